"""When each of a project's steps and stages happened, or would happen. Pure: chance and calendar come as arguments.

Days follow the map: a step begins when its hard predecessors are done, stages follow from steps (domain.md 1, 3.1).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from projects.stages import ORDER, Stage
from workdays.arithmetic import WorkCalendar

CODES = tuple(f"S{n:02}" for n in range(1, 23))
AT_HANDOVER = {"S18", "S19", "S20", "S21"}  # not before the works are finished
BEFORE_START = ("S02", "S03", "S04", "S05", "S17")
PERMITS = tuple(f"S{n:02}" for n in range(10, 18))
FIRST_LAG = {"S01": 2, "S02": 18, "S03": 14, "S04": 20, "S05": 12, "S06": 4, "S07": 5, "S08": 9}
PAUSES = {
    "S02": ("public_notice", 5), "S03": ("expert_review", 6), "S04": ("expert_review", 9), "S06": ("upper_level", 28),
    "S12": ("public_notice", 7), "S14": ("correction", 4), "S19": ("site_rectification", 5),
}  # fmt: skip


@dataclass(frozen=True)
class StepFacts:
    """What the catalogue says about one step of one project; limits as judged, documents as codes.

    ``by_hand``: the catalogue asks for it, but somebody decided that it is not applicable. ``notice_days``: workdays
    for a correction notice, 0: only on the spot.
    """

    code: str
    applicability: str
    reason: str
    variant_key: str
    committed_limit_wd: int | None
    statutory_value: int | None
    statutory_unit: str
    clock_start: str = "accepted"
    predecessors: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    deferrable: tuple[str, ...] = ()
    by_hand: bool = False
    notice_days: int = 5

    @property
    def limit(self) -> int:
        return self.committed_limit_wd or 10


@dataclass(frozen=True)
class Draw:
    """The luck of one step: lags in working days, ``share`` of the committed limit used, pause length (0: none)."""

    lag: int
    wait: int
    correction: int
    share: float
    pause: int
    deferred: bool
    refused: bool


@dataclass(frozen=True)
class Focus:
    """The step a project hangs on, and how: accepted (or outstanding, reapplied), received, correcting, paused,
    refused, owing (decided with a paper still to come), statutory (past the limit of the law).

    ``days``: workdays to the committed due day (negative: past it); for received, correcting, paused, refused and owing
    workdays since; for statutory days past that limit.
    """

    code: str
    situation: str
    days: int


@dataclass
class Span:
    """One step's days; None: not yet, or never. ``pause``: (kind, start, end or None)."""

    received: date
    accepted: date | None = None
    decided: date | None = None
    notified: date | None = None
    pause: tuple[str, date, date | None] | None = None
    deferred: bool = False
    supplied: date | None = None
    refused: date | None = None
    reopened: date | None = None
    first_accepted: date | None = None


@dataclass(frozen=True)
class Pace:
    """The luck of the project between the steps: ``plan`` … ``register`` calendar days before filing, then workdays."""

    plan: int
    talk: int
    bind: int
    register: int
    build: int
    equip: int
    trial: int
    ramp: int
    benefit: int
    draws: Mapping[str, Draw]


@dataclass
class Timeline:
    """``spans`` of the steps that come to something, ``stages`` with their days (future ones included)."""

    start: date
    spans: dict[str, Span] = field(default_factory=dict)
    stages: dict[Stage, date] = field(default_factory=dict)

    def stage_on(self, day: date) -> Stage:
        """The furthest stage entered by the day; at least the first."""
        reached = [stage for stage in ORDER if stage in self.stages and self.stages[stage] <= day]
        return reached[-1] if reached else Stage.PLANNING


def draw_pace(chance: Random, *, upgrade: bool, slow: Collection[str] = ()) -> Pace:
    """Always the same number of draws in the same order; ``slow`` steps begin a hundred workdays later than usual."""
    draws = {code: _draw(code, chance, 100 if code in slow else 0) for code in CODES}
    build = chance.randint(55, 110) if upgrade else chance.randint(170, 260)
    spans = [(45, 90), (18, 40), (10, 16), (4, 8)]
    planning = [chance.randint(*span) for span in spans]
    rest = [chance.randint(*span) for span in [(8, 25), (6, 15), (18, 40), (45, 80)]]
    return Pace(*planning, build, *rest[:3], rest[3], draws)


def at_once(pace: Pace) -> Pace:
    """The same life with every permit given on the day its turn comes."""
    quick = Draw(lag=0, wait=0, correction=0, share=0, pause=0, deferred=False, refused=False)
    return replace(pace, draws=pace.draws | dict.fromkeys(PERMITS, quick))


def _draw(code: str, chance: Random, more: int) -> Draw:
    kind, length = PAUSES.get(code, ("", 0))
    return Draw(
        lag=more + FIRST_LAG.get(code, 2) + chance.randint(0, 4),
        wait=chance.choice((0, 0, 1, 1, 2)),
        correction=chance.choice((0,) * 7 + (3,)),
        share=chance.choice((0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.0, 1.3)),
        pause=length + chance.randint(-1, 3) if kind and chance.random() < 0.7 else 0,
        deferred=chance.random() < 0.12,
        refused=chance.random() < 0.03,
    )


def simulate(
    start: date, facts: Mapping[str, StepFacts], pace: Pace, calendar: WorkCalendar, focus: Focus | None, as_of: date
) -> Timeline:
    """The whole life when filing begins on ``start``; what depends on the focus never comes."""
    line = Timeline(start)
    for stage, days in zip(ORDER[:4], (pace.plan, pace.talk, pace.bind, pace.register), strict=True):
        line.stages[stage] = start - timedelta(days=days)
    for code in CODES:
        if code == "S18":
            _begin_works(line, facts, pace, calendar)
        ready = _ready(code, line, facts, pace, calendar)
        if ready is None:
            continue
        fact, draw = facts[code], pace.draws[code]
        if focus and focus.code == code:
            line.spans[code] = hold(focus, fact, calendar, as_of)
        else:
            line.spans[code] = _go(fact, draw, calendar.add(ready, draw.lag), calendar)
    _finish(line, facts, pace, calendar)
    return line


def _ready(code: str, line: Timeline, facts, pace: Pace, calendar: WorkCalendar) -> date | None:
    """The day the step can begin; None when it is not needed, not known to be needed, or its turn never comes."""
    if facts[code].applicability != "applies":
        return None
    days = [line.start]
    before = facts[code].predecessors + (("S12",) if code == "S15" else ())
    for other in before:
        if facts[other].applicability == "not_applicable":
            continue
        done = line.spans[other].decided if other in line.spans else None
        if done is None:
            return None
        days.append(done)
    if code in AT_HANDOVER:
        if Stage.STARTED not in line.stages:
            return None
        days.append(calendar.add(line.stages[Stage.STARTED], pace.build))
    return max(days)


def _go(fact: StepFacts, draw: Draw, received: date, calendar: WorkCalendar) -> Span:
    """An ordinary case from receipt to decision."""
    span = Span(received)
    accepted = calendar.add(received, draw.wait)
    if draw.correction and fact.limit > 1 and fact.notice_days:
        span.notified = calendar.add(received, 1)
        accepted = calendar.add(span.notified, draw.correction)
    work = max(round(fact.limit * draw.share), 0 if fact.limit <= 1 or not draw.share else 1)
    if draw.refused and fact.limit > 2:
        span.first_accepted, span.refused = accepted, calendar.add(accepted, work)
        span.reopened = calendar.add(span.refused, 8)
        accepted = calendar.add(span.reopened, 1)
    span.accepted = accepted
    if draw.pause and not draw.refused:
        begun = calendar.add(accepted, max(1, work // 2))
        span.pause = (PAUSES[fact.code][0], begun, calendar.add(begun, draw.pause))
    span.decided = calendar.add(accepted, work + (draw.pause if span.pause else 0))
    if draw.deferred and fact.deferrable and not span.pause:
        span.deferred = True
        span.supplied = calendar.add(accepted, min(2, work))
    return span


def anchor_of(focus: Focus, fact: StepFacts, calendar: WorkCalendar, as_of: date) -> date:
    """The day the focus step was received, so that on ``as_of`` it stands as the focus says."""
    return hold(focus, fact, calendar, as_of).received


def hold(focus: Focus, fact: StepFacts, calendar: WorkCalendar, as_of: date) -> Span:
    """The case that is not decided by ``as_of``."""
    if focus.situation == "received":
        return Span(calendar.subtract(as_of, focus.days))
    if focus.situation == "correcting":
        notified = calendar.subtract(as_of, focus.days)
        return Span(calendar.subtract(notified, 2), notified=notified)
    if focus.situation == "paused":
        begun = calendar.subtract(as_of, focus.days)
        accepted = calendar.subtract(begun, 2)
        return Span(accepted, accepted, pause=(PAUSES.get(fact.code, ("correction", 0))[0], begun, None))
    if focus.situation == "owing":
        decided = calendar.subtract(as_of, focus.days)
        accepted = calendar.subtract(decided, fact.limit)
        return Span(accepted, accepted, decided, deferred=True)
    if focus.situation == "refused":
        refused = calendar.subtract(as_of, focus.days)
        accepted = calendar.subtract(refused, fact.limit)
        return Span(accepted, first_accepted=accepted, refused=refused)
    if focus.situation == "statutory":
        length = (fact.statutory_value or 20) + focus.days
        accepted = as_of - timedelta(days=length) if fact.statutory_unit == "cd" else calendar.subtract(as_of, length)
        accepted = calendar.previous_workday(accepted)
        return Span(accepted, accepted)
    accepted = calendar.previous_workday(calendar.subtract(as_of, max(fact.limit - focus.days, 1)))
    span = Span(calendar.subtract(accepted, 1), accepted, deferred=focus.situation == "outstanding")
    if focus.situation == "reapplied":
        span.reopened, span.refused = span.received, calendar.subtract(accepted, 9)
        span.first_accepted = calendar.subtract(span.refused, fact.limit)
        span.received = span.first_accepted
    return span


def _begin_works(line: Timeline, facts, pace: Pace, calendar: WorkCalendar) -> None:
    """L05–L09: filed, land, permits, start, structure."""
    _from_step(line, Stage.FILED, "S01")
    _from_step(line, Stage.LAND, "S09")
    needs_land = facts["S09"].applicability == "applies"
    accepted = [line.spans[code].first_accepted or line.spans[code].accepted for code in PERMITS if code in line.spans]
    accepted = [day for day in accepted if day is not None]
    before = line.stages.get(Stage.LAND if needs_land else Stage.FILED)
    if accepted and before:
        line.stages[Stage.PERMITTING] = max(before, min(accepted))
    gate = [code for code in BEFORE_START if facts[code].applicability != "not_applicable"]
    if all(code in line.spans and line.spans[code].decided for code in gate) and Stage.PERMITTING in line.stages:
        last = max([line.spans[code].decided for code in gate] + [line.stages[Stage.PERMITTING]])
        line.stages[Stage.STARTED] = calendar.add(last, 3 + pace.register)
        line.stages[Stage.TOPPED_OUT] = calendar.add(line.stages[Stage.STARTED], pace.build * 3 // 5)


def _from_step(line: Timeline, stage: Stage, code: str) -> None:
    if code in line.spans and (done := line.spans[code].decided):
        line.stages[stage] = done


def _finish(line: Timeline, facts, pace: Pace, calendar: WorkCalendar) -> None:
    """L10–L15: completed, equipped, on trial, producing."""
    _from_step(line, Stage.COMPLETED, "S21")
    if Stage.STARTED not in line.stages:
        return
    early = calendar.add(line.stages[Stage.STARTED], pace.build + pace.equip)
    completed = line.stages.get(Stage.COMPLETED)
    line.stages[Stage.EQUIPPING] = max(early, calendar.add(completed, pace.equip)) if completed else early
    ready = [line.spans[code].decided if code in line.spans else None for code in ("S19", "S20")]
    if completed is None or None in ready:
        return
    days = (pace.trial, pace.ramp, pace.benefit + 30, pace.benefit + 70)
    day = max([*ready, line.stages[Stage.EQUIPPING]])
    for stage, length in zip(ORDER[11:], days, strict=True):
        day = line.stages[stage] = calendar.add(day, length)


def fit(
    facts: Mapping[str, StepFacts],
    pace: Pace,
    calendar: WorkCalendar,
    *,
    as_of: date,
    stage: Stage,
    part: float,
    focus: Focus | None,
) -> Timeline:
    """The life that stands on ``as_of`` as wanted: at the focus step, else ``part`` of the way through ``stage``."""
    start = as_of - timedelta(days=300)
    for attempt in range(8):
        line = simulate(start, facts, pace, calendar, focus, as_of)
        if focus:
            shift = _shift_to_focus(line, facts, pace, calendar, focus, as_of)
        else:
            shift = _shift(line, stage, part, as_of, settle=attempt > 0)
        if shift == 0:
            return line
        start += timedelta(days=shift)
    return line


def _shift(line: Timeline, stage: Stage, part: float, as_of: date, *, settle: bool) -> int:
    """Days to move the start; with ``settle`` 0 once the stage is right."""
    if stage not in line.stages:
        return 0
    entered = line.stages[stage]
    later = [day for other, day in line.stages.items() if ORDER.index(other) > ORDER.index(stage)]
    leaves = min(later) if later else entered + timedelta(days=120)
    if settle and line.stage_on(as_of) == stage:
        return 0
    return (as_of - (entered + (leaves - entered) * part)).days or 1


def _shift_to_focus(line, facts, pace, calendar, focus: Focus, as_of: date) -> int:
    wanted = anchor_of(focus, facts[focus.code], calendar, as_of)
    ready = _ready(focus.code, line, facts, pace, calendar)
    if ready is None:
        return 0
    gap = (wanted - ready).days
    return 0 if 0 <= gap <= 6 else gap - 3

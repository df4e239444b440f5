"""The two clocks of an approval step: due dates, pauses, lateness, and who held the file on which day.

Pure: values in, values out; `today` is an argument. Source of every rule: domain.md 2.3 to 2.6
(行政许可法 arts. 32, 42, 45, 82; Civil Code 201 and 203 by analogy).

* Day 0 (acceptance, for some steps receipt) is never counted.
* A pause (start, end] counts from the day after it starts to the day it ends; it may begin before day 0 or
  still be open ("ends today"); overlapping pauses are merged, never added.
* A pause that starts after the due day buys nothing back: lateness cannot be wiped out afterwards. A pause that
  starts on the due day itself, which is still on time, counts.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from workdays.arithmetic import WorkCalendar

SUPPLEMENT_CAP_WD = 5


class Unit(StrEnum):
    """What a limit counts."""

    WORKDAYS = "wd"
    CALENDAR_DAYS = "cd"


class Party(StrEnum):
    """Who holds the file on a day."""

    ENTERPRISE = "enterprise"
    DEPARTMENT = "department"
    UPPER = "upper"
    THIRD_PARTY = "third_party"
    PARK = "park"


PARTY_PRIORITY = (Party.ENTERPRISE, Party.UPPER, Party.THIRD_PARTY, Party.PARK, Party.DEPARTMENT)
"""Who is charged when pauses of several parties overlap: the first in this order. The file cannot move without what
the applicant owes, so the enterprise comes first; the department is charged only for days nobody else holds."""


@dataclass(frozen=True)
class PauseKind:
    """A reason to stop a clock, with the defaults for a new pause (a recorded pause carries its own flags)."""

    code: str
    name_zh: str
    name_en: str
    party: Party
    stops_committed: bool
    stops_statutory: bool


def _kinds() -> dict[str, PauseKind]:
    both, committed = (True, True), (True, False)
    rows = [
        ("hearing", "听证", "Hearing", Party.THIRD_PARTY, both),
        ("tendering", "招标", "Tendering", Party.THIRD_PARTY, both),
        ("auction", "拍卖", "Auction", Party.THIRD_PARTY, both),
        ("inspection", "检验", "Inspection", Party.THIRD_PARTY, both),
        ("testing", "检测", "Testing", Party.THIRD_PARTY, both),
        ("quarantine", "检疫", "Quarantine", Party.THIRD_PARTY, both),
        ("appraisal", "鉴定", "Appraisal", Party.THIRD_PARTY, both),
        ("expert_review", "专家评审", "Expert review", Party.THIRD_PARTY, both),
        ("public_notice", "公示", "Public notice", Party.THIRD_PARTY, committed),
        ("correction", "补正", "Correction", Party.ENTERPRISE, committed),
        ("site_rectification", "现场整改", "Site rectification", Party.ENTERPRISE, committed),
        ("deferred_documents", "容缺待补", "Deferred documents", Party.ENTERPRISE, committed),
        ("applicant_change", "申请人原因修改", "Change by the applicant", Party.ENTERPRISE, committed),
        ("upper_level", "上级审批", "Approval by a higher level", Party.UPPER, committed),
    ]
    return {code: PauseKind(code, zh, en, party, *stops) for code, zh, en, party, stops in rows}


PAUSE_KINDS = _kinds()
"""code → PauseKind. The statutory clock stops only for the list of 行政许可法 art. 45; the committed clock also for
local exclusions (approval_steps.yaml `committed_exclusions_zh`) and for a higher level's own approval."""


@dataclass(frozen=True)
class Limit:
    """So many workdays ("wd") or calendar days ("cd"). `value` None: no limit is set, the clock does not run."""

    value: int | None
    unit: Unit = Unit.WORKDAYS

    def __post_init__(self) -> None:
        object.__setattr__(self, "unit", Unit(self.unit))
        if self.value is not None and self.value < 0:
            raise ValueError("a limit must not be negative")


@dataclass(frozen=True)
class PauseSpan:
    """One recorded interval (start, end]; `end` None while it is open. `kind` is a key of PAUSE_KINDS or free text."""

    start: date
    end: date | None
    stops_committed: bool
    stops_statutory: bool
    party: Party
    kind: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "party", Party(self.party))
        if self.end is not None and self.end < self.start:
            raise ValueError("a pause must not end before it starts")

    @classmethod
    def of_kind(cls, kind: str, start: date, end: date | None = None) -> "PauseSpan":
        """A pause with the defaults of its kind. Raises KeyError for an unknown code."""
        known = PAUSE_KINDS[kind]
        return cls(start, end, known.stops_committed, known.stops_statutory, known.party, kind)

    @classmethod
    def of_deferral(cls, accepted: date, supplied: date | None) -> "PauseSpan":
        """容缺受理: the enterprise owes documents while both clocks run on (domain.md 2.4, WD-07)."""
        return cls(accepted, supplied, False, False, Party.ENTERPRISE, "deferred_documents")


@dataclass(frozen=True)
class Due:
    """The last day that is still on time.

    raw_on differs from `on` only when the count ended on a day off. paused_days is in the unit of the limit.
    provisional: the answer rests on a year without an official holiday table and may still move.
    """

    on: date
    raw_on: date
    provisional: bool
    paused_days: int


@dataclass(frozen=True)
class Lateness:
    """How far past the due day; both 0 when on time. Late on a weekend only: 0 workdays, 1 or 2 calendar days."""

    workdays: int
    calendar_days: int

    @property
    def is_late(self) -> bool:
        return self.calendar_days > 0


@dataclass(frozen=True)
class Charges:
    """Days by party; every party is a key, and the values add up to the days of the whole interval."""

    workdays: dict[Party, int]
    calendar_days: dict[Party, int]


@dataclass(frozen=True)
class MinimumPeriod:
    """A period that must have passed: its last day, and the first workday on or after it."""

    ends_on: date
    practical_on: date


def merged(pauses: Iterable[PauseSpan], *, after: date, today: date) -> list[tuple[date, date]]:
    """The union of the pauses as disjoint intervals (start, end], in order, cut at `after`; open ones end `today`."""
    spans = sorted((max(p.start, after), today if p.end is None else p.end) for p in pauses)
    union: list[tuple[date, date]] = []
    for start, end in spans:
        if end <= start:
            continue
        if union and start <= union[-1][1]:
            union[-1] = (union[-1][0], max(union[-1][1], end))
        else:
            union.append((start, end))
    return union


def due_on(
    day0: date | None,
    limit: Limit,
    *,
    extension: int = 0,
    pauses: Iterable[PauseSpan] = (),
    today: date,
    calendar: WorkCalendar,
) -> Due | None:
    """When one clock runs out; None when it has not started or the step has no such limit.

    `pauses` are those that stop this very clock; `extension` is in the unit of the limit.
    Workday limits end on the N-th workday after day 0, calendar-day limits roll forward to a workday. A limit of 0
    is day 0, or the next workday when day 0 is a day off.
    """
    if day0 is None or limit.value is None:
        return None
    days, paused = limit.value + extension, 0
    raw = _count_on(day0, days, limit.unit, calendar)
    for start, end in merged(pauses, after=day0, today=today):
        if start > calendar.roll_forward(raw):
            break
        paused += calendar.count(start, end) if limit.unit is Unit.WORKDAYS else (end - start).days
        raw = _count_on(day0, days + paused, limit.unit, calendar)
    on = calendar.roll_forward(raw)
    looked_up_from = day0 if limit.unit is Unit.WORKDAYS else raw - timedelta(days=1)
    provisional = calendar.provisional_between(looked_up_from, on)
    return Due(on=on, raw_on=raw, provisional=provisional, paused_days=paused)


def _count_on(day0: date, days: int, unit: Unit, calendar: WorkCalendar) -> date:
    return calendar.add(day0, days) if unit is Unit.WORKDAYS else day0 + timedelta(days=days)


def effective_due(committed: Due | None, statutory: Due | None) -> Due | None:
    """The earlier of the two clocks, the committed one on the same day; None when neither runs (WD-15)."""
    running = [due for due in (committed, statutory) if due is not None]
    return min(running, key=lambda due: due.on, default=None)


def lateness(due: date, decided_or_today: date, calendar: WorkCalendar) -> Lateness:
    """Workdays and calendar days in (due, decided or today]; the due day itself is on time (WD-09)."""
    return Lateness(calendar.count(due, decided_or_today), max(0, (decided_or_today - due).days))


def remaining(today: date, due: date, calendar: WorkCalendar) -> int:
    """Workdays in (today, due]: 0 on the due day and after it."""
    return calendar.count(today, due)


def charged_days(
    day0: date | None,
    ended: date | None,
    pauses: Iterable[PauseSpan],
    *,
    today: date,
    calendar: WorkCalendar,
    holder: Party = Party.DEPARTMENT,
) -> Charges:
    """Share out the days in (day0, ended or today], each to exactly one party.

    A day inside a pause belongs to the pause's party, any other day to `holder`. Where pauses overlap, PARTY_PRIORITY
    decides. The interval is the caller's: (received, accepted] before the clock, (accepted, decided] on it,
    (due, decided] for the late days alone, so that lateness caused by the applicant is shown apart (WD-07).
    """
    workdays, calendar_days = dict.fromkeys(Party, 0), dict.fromkeys(Party, 0)
    for piece in pieces(day0, today if ended is None else ended, pauses):
        party = piece.pause.party if piece.pause else holder
        workdays[party] += calendar.count(piece.after, piece.upto)
        calendar_days[party] += (piece.upto - piece.after).days
    return Charges(workdays, calendar_days)


@dataclass(frozen=True)
class Piece:
    """The days (after, upto], on which the same pause is charged; ``pause`` None: the file is with its holder."""

    after: date
    upto: date
    pause: PauseSpan | None


def pieces(start: date | None, end: date, pauses: Iterable[PauseSpan], *cuts: date | None) -> Iterator[Piece]:
    """The interval (start, end] in order, cut wherever a pause begins or ends and at ``cuts``.

    Of pauses that overlap the one whose party comes first in PARTY_PRIORITY is charged, of one party's the earlier.
    """
    if start is None or start >= end:
        return
    spans = [(pause.start, end if pause.end is None else pause.end, pause) for pause in pauses]
    edges = {cut for begin, finish, _pause in spans for cut in (begin, finish)} | {cut for cut in cuts if cut}
    for after, upto in pairwise(sorted({start, end} | {edge for edge in edges if start < edge < end})):
        over = [pause for begin, finish, pause in spans if begin <= after and upto <= finish]
        yield Piece(after, upto, min(over, key=lambda p: (PARTY_PRIORITY.index(p.party), p.start), default=None))


def correction_notice_due(received: date, days: int, calendar: WorkCalendar) -> date:
    """Last day to list everything missing, once (补正一次性告知), in workdays after receipt; 0 days: on the spot.

    Without a notice by then the application counts as accepted from the day of receipt (许可法 32, WD-03).
    """
    return calendar.roll_forward(calendar.add(received, days))


@dataclass(frozen=True)
class Notice:
    """The notice of corrections of an application that lies at the window: its last day, and what follows without it.

    is_given: it was given in time. deemed_on: the day since which the application counts as accepted; None while that
    is open or the notice was given.
    """

    due_on: date
    provisional: bool
    is_given: bool
    deemed_on: date | None


def notice_of(received: date, days: int, *, is_given: bool, today: date, calendar: WorkCalendar) -> Notice:
    """Whether the notice is still to come, and whether silence has become acceptance (行政许可法 art. 32 no. 4).

    Until the due day has passed, silence means nothing.
    """
    due = correction_notice_due(received, days, calendar)
    silent = not is_given and today > due
    provisional = calendar.provisional_between(received - timedelta(days=1), due)
    return Notice(due, provisional, is_given, received if silent else None)


def supplement_due(
    accepted: date, committed_limit: int | None, calendar: WorkCalendar, *, zone_days: int | None = None
) -> date:
    """Last day to hand in deferred documents: min(committed limit, 5) workdays after acceptance.

    Without a committed limit the cap of 5 holds alone; `zone_days` is what the zone has set instead of the rule
    (approval_steps.yaml `supplement_deadline_rule`; WD-07 has 5 for a step with a committed limit of 3).
    """
    days = min(SUPPLEMENT_CAP_WD if committed_limit is None else committed_limit, SUPPLEMENT_CAP_WD)
    return calendar.roll_forward(calendar.add(accepted, days if zone_days is None else zone_days))


def supplement_lapses_on(supplement_due_on: date, calendar: WorkCalendar) -> date:
    """First workday on which a case with documents still outstanding counts as withdrawn (WD-07)."""
    return calendar.add(supplement_due_on, 1)


def minimum_period_end(start: date, days: int, calendar: WorkCalendar) -> MinimumPeriod:
    """End of a period of at least `days` calendar days after `start`, as for a land listing (WD-13)."""
    ends_on = start + timedelta(days=days)
    return MinimumPeriod(ends_on, calendar.roll_forward(ends_on))


@dataclass(frozen=True)
class StepClock:
    """Everything the two clocks of one step need. day0 None: not started; decided None: still running.

    holder: whose days are those outside the pauses, the department's or, for the park's own steps, the park's.
    """

    day0: date | None
    committed: Limit = Limit(None)
    statutory: Limit = Limit(None)
    pauses: Sequence[PauseSpan] = ()
    committed_extension: int = 0
    statutory_extension: int = 0
    decided: date | None = None
    holder: Party = Party.DEPARTMENT

    def read(self, today: date, calendar: WorkCalendar) -> "Reading":
        """What the clocks say on `today`, or on the day of the decision when there is one."""
        as_of = today if self.decided is None else self.decided
        committed = due_on(
            self.day0,
            self.committed,
            extension=self.committed_extension,
            pauses=[p for p in self.pauses if p.stops_committed],
            today=as_of,
            calendar=calendar,
        )
        statutory = due_on(
            self.day0,
            self.statutory,
            extension=self.statutory_extension,
            pauses=[p for p in self.pauses if p.stops_statutory],
            today=as_of,
            calendar=calendar,
        )
        due = effective_due(committed, statutory)
        return Reading(
            committed=committed,
            statutory=statutory,
            effective=due,
            remaining=remaining(as_of, due.on, calendar) if due else None,
            late=lateness(due.on, as_of, calendar) if due else Lateness(0, 0),
            late_charges=self._charges(due.on if due else None, as_of, calendar),
            charges=self._charges(self.day0, as_of, calendar),
        )

    def _charges(self, start: date | None, as_of: date, calendar: WorkCalendar) -> Charges:
        return charged_days(start, as_of, self.pauses, today=as_of, calendar=calendar, holder=self.holder)


@dataclass(frozen=True)
class Reading:
    """A StepClock read on one day. `remaining` is None without a due day; `late_charges` shares out the late days."""

    committed: Due | None
    statutory: Due | None
    effective: Due | None
    remaining: int | None
    late: Lateness
    late_charges: Charges
    charges: Charges

    @property
    def department_is_late(self) -> bool:
        """True when at least one late day is the department's own."""
        return self.late_charges.calendar_days[Party.DEPARTMENT] > 0

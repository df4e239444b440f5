"""Where everything of a project's Gantt chart stands, in pixels. Pure: a schedule in, shapes out, the same every time.

Linear in tasks, links and days shown. One line a task in groups; in each line the baseline as a thin bar below the
forecast or fact, the latest finish as a tick, the float between, pauses, and one date beside the bar.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from dispatch.plan.gantt_axis import Axis, Scale, Tick, axis_for, days_off, heads, text_width, worked
from dispatch.plan.gantt_links import End, Wire, route
from dispatch.plan.values import TaskInfo
from projects.planning.network import Link
from projects.planning.schedule import Placed, Schedule, Standing
from workdays.arithmetic import WorkCalendar

GROUPS = ("milestones", "LAND", "EVAL", "SITE", "FILING", "works", "ACCEPT", "own")
GAP = 6.0
THIN = 2.0  # a bar of no length is still seen
FLAG_LANE = 16
POINT = 7.0  # half of a milestone's diamond


@dataclass(frozen=True, slots=True)
class Options:
    """What is shown. ``width``: pixels to fill when the scale is AUTO; ``row``: height of a line.

    Tasks that begin after the goal's forecast and do not lead to it are shown only with ``after_goal``.
    """

    scale: Scale = Scale.AUTO
    only_critical: bool = False
    hide_finished: bool = False
    hide_waiting: bool = False
    after_goal: bool = False
    all_links: bool = False
    width: float = 940
    row: int = 30


@dataclass(frozen=True, slots=True)
class Words:
    """Texts that take room in the drawing."""

    today: str = "today"
    target: str = "target"
    month: Callable[[int], str] = str


@dataclass(frozen=True, slots=True)
class Span:
    x: float
    width: float

    @property
    def end(self) -> float:
        return round(self.x + self.width, 2)


@dataclass(frozen=True, slots=True)
class Label:
    """A text of 11 px; ``anchor`` start or end."""

    x: float
    text: str
    anchor: str = "start"

    @property
    def reach(self) -> tuple[float, float]:
        """From where to where it stands."""
        width = text_width(self.text)
        return (self.x, self.x + width) if self.anchor == "start" else (self.x - width, self.x)


@dataclass(frozen=True, slots=True)
class Flag:
    """A day with a line through the whole chart; ``lane`` 0 or 1 of the head, so that two texts never meet."""

    kind: str
    x: float
    label: Label
    lane: int


@dataclass(frozen=True, slots=True)
class Row:
    """One task. A milestone has ``point`` in place of ``bar``. ``late_wd``: working days behind the baseline."""

    info: TaskInfo
    placed: Placed
    top: int
    bar: Span | None = None
    point: float | None = None
    baseline: Span | None = None
    baseline_point: float | None = None
    reported_point: float | None = None
    latest: float | None = None
    slack: Span | None = None
    pauses: tuple[Span, ...] = ()
    label: Label | None = None
    is_critical: bool = False
    late_wd: int = 0
    name: str = ""

    @property
    def key(self) -> str:
        return self.info.key

    @property
    def is_behind(self) -> bool:
        """Still open, and later than the baseline or too late for the target."""
        return self.placed.is_open and (self.late_wd > 0 or self.is_short)

    @property
    def is_short(self) -> bool:
        return (self.placed.total_float_wd or 0) < 0


@dataclass(frozen=True, slots=True)
class Group:
    code: str
    top: int
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Chart:
    """The whole drawing. ``pattern``: one letter a day of the axis, 1 worked. ``skipped``: tasks that do not apply."""

    axis: Axis
    options: Options
    above: Sequence[Tick]
    below: Sequence[Tick]
    groups: Sequence[Group]
    wires: Sequence[Wire]
    flags: Sequence[Flag]
    off: Sequence[Span]
    pattern: str
    head: int
    height: int
    skipped: int = 0
    hidden: int = 0
    numbers: Mapping[str, int] = field(default_factory=dict)

    @property
    def rows(self) -> Iterator[Row]:
        return (row for group in self.groups for row in group.rows)

    @property
    def width(self) -> float:
        return self.axis.width

    @property
    def tall(self) -> int:
        """Height without the head."""
        return self.height - self.head

    @property
    def text_drop(self) -> float:
        """From the top of a line to the foot of a text of 11 px in its middle."""
        return round(self.options.row / 2 + 4, 2)

    @property
    def shading(self) -> str:
        """All days off as one path."""
        return "".join(f"M{one.x:g} {self.head}h{one.width:g}v{self.tall}h-{one.width:g}z" for one in self.off)


def draw(
    schedule: Schedule,
    info: Mapping[str, TaskInfo],
    links: Iterable[Link],
    *,
    calendar: WorkCalendar,
    options: Options | None = None,
    words: Words | None = None,
) -> Chart:
    """The chart of the schedule: tasks in the order of ``info`` inside their groups; not those that do not apply."""
    options, words = options or Options(), words or Words()
    known = [one for one in info.values() if one.key in schedule.tasks]
    applying = [one for one in known if schedule[one.key].standing is not Standing.SKIPPED]
    shown = [one for one in applying if _is_shown(schedule, one.key, options)]
    axis = axis_for(_days(schedule, shown), schedule.today, options.scale, options.width)
    head = 2 * FLAG_LANE + 2 * 18
    groups, bottom = _groups(schedule, shown, _Painter(schedule, axis, calendar), head, options.row)
    above, below = heads(axis, words.month)
    pattern = worked(axis, calendar)
    return Chart(
        axis=axis,
        options=options,
        above=above,
        below=below,
        groups=groups,
        wires=_wires(groups, links, schedule, options),
        flags=_flags(schedule, axis, words),
        off=[Span(x, width) for x, width in days_off(axis, pattern)],
        pattern=pattern,
        head=head,
        height=bottom,
        skipped=len(known) - len(applying),
        hidden=len(applying) - len(shown),
        numbers=_numbers(groups),
    )


def _is_shown(schedule: Schedule, key: str, options: Options) -> bool:
    here = schedule[key]
    if options.only_critical and key not in schedule.critical and key != schedule.goal:
        return False
    if options.hide_finished and not here.is_open and key != schedule.goal:
        return False
    if options.hide_waiting and here.standing is Standing.WAITING and key != schedule.goal:
        return False
    return options.after_goal or not _follows_goal(schedule, here)


def _follows_goal(schedule: Schedule, here: Placed) -> bool:
    """Waits, does not lead to the goal and begins when that is reached."""
    leads = here.latest_finish is not None or here.key == schedule.goal
    if leads or here.standing is not Standing.WAITING or not schedule.goal_on or not here.start:
        return False
    return here.start >= schedule.goal_on


def _days(schedule: Schedule, shown: Iterable[TaskInfo]) -> Iterator[date]:
    if schedule.target_on:
        yield schedule.target_on
    for one in shown:
        here = schedule[one.key]
        given = (here.start, here.finish, here.latest_finish, one.baseline_start, one.baseline_finish, one.reported_on)
        yield from (day for day in given if day)


def group_of(info: TaskInfo) -> str:
    """Its group: milestones, the step's line, works, own."""
    return {"milestone": "milestones", "works": "works", "own": "own"}.get(info.kind, info.line)


def _groups(
    schedule: Schedule, shown: Sequence[TaskInfo], painter: "_Painter", top: int, height: int
) -> tuple[list[Group], int]:
    found: dict[str, list[TaskInfo]] = {code: [] for code in GROUPS}
    for one in shown:
        found.setdefault(group_of(one), []).append(one)
    groups = []
    for code in sorted(found, key=lambda code: (GROUPS.index(code) if code in GROUPS else len(GROUPS) - 2, code)):
        if not found[code]:
            continue
        start, top = top, top + height
        rows = []
        for one in found[code]:
            rows.append(painter.row(one, top))
            top += height
        groups.append(Group(code, start, tuple(rows)))
    return groups, top


class _Painter:
    """Shapes of one line after another."""

    def __init__(self, schedule: Schedule, axis: Axis, calendar: WorkCalendar) -> None:
        self.schedule, self.axis, self.calendar = schedule, axis, calendar

    def row(self, info: TaskInfo, top: int) -> Row:
        here = self.schedule[info.key]
        is_point = info.kind == "milestone"
        bar = None if is_point else self._span(here.start or here.finish, here.finish)
        point = self._at(here.finish) if is_point else None
        baseline = None if is_point else self._span(info.baseline_start or info.baseline_finish, info.baseline_finish)
        baseline_point = self._at(info.baseline_finish) if is_point else None
        reported = self._at(info.reported_on) if here.is_open else None
        latest = self._at(here.latest_finish) if here.is_open else None
        slack = self._slack(here)
        taken = [x for x in (latest,) if x is not None]
        taken += [x + side for x in (point, baseline_point, reported) if x is not None for side in (-POINT, POINT)]
        taken += [x for span in (bar, baseline) if span for x in (span.x, span.end)]
        return Row(
            info, here, top, bar, point, baseline, baseline_point, reported, latest, slack,
            pauses=self._pauses(info, here) if bar else (),
            label=self._label(here, taken),
            is_critical=info.key in self.schedule.critical,
            late_wd=self._late(info, here),
            name=info.name,
        )  # fmt: skip

    def _at(self, day: date | None) -> float | None:
        return None if day is None else self.axis.at(day)

    def _span(self, start: date | None, finish: date | None) -> Span | None:
        if start is None or finish is None:
            return None
        x, end = sorted((self.axis.at(start), self.axis.at(finish)))
        width = round(end - x, 2)
        return Span(x, width) if width >= THIN else Span(min(x, self.axis.width - THIN), THIN)

    def _slack(self, here: Placed) -> Span | None:
        """Between forecast and latest finish, whichever comes first."""
        if not here.is_open or here.finish is None or here.latest_finish is None:
            return None
        x, end = sorted((self.axis.at(here.finish), self.axis.at(here.latest_finish)))
        return Span(x, round(end - x, 2)) if end > x else None

    def _pauses(self, info: TaskInfo, here: Placed) -> tuple[Span, ...]:
        """Inside the bar, so that it is seen what the clock left out; an open pause lasts until today."""
        if here.start is None or here.finish is None:
            return ()
        spans = []
        for pause in info.pauses:
            start = max(pause.start, here.start)
            end = min(pause.end or self.schedule.today, here.finish)
            if end > start and (span := self._span(start, end)):
                spans.append(span)
        return tuple(spans)

    def _late(self, info: TaskInfo, here: Placed) -> int:
        if info.baseline_finish is None or here.finish is None:
            return 0
        return self.calendar.count(info.baseline_finish, here.finish)

    def _label(self, here: Placed, taken: Sequence[float]) -> Label | None:
        if here.finish is None or not taken:
            return None
        text = short_day(here.finish, self.schedule.today)
        right = Label(round(max(taken) + GAP + 2, 2), text)
        if right.reach[1] <= self.axis.width:
            return right
        left = Label(round(min(taken) - GAP - 2, 2), text, "end")
        return left if left.reach[0] >= 0 else None


def short_day(day: date, today: date) -> str:
    """03-12 in the year of today, else with the year."""
    return f"{day:%m-%d}" if day.year == today.year else f"{day.year:04}-{day:%m-%d}"


def _wires(groups: Sequence[Group], links: Iterable[Link], schedule: Schedule, options: Options) -> list[Wire]:
    """Links that hold a date, the critical ones last so that they lie on top; all of them when asked for."""
    ends = {row.key: _end(row, options.row) for group in groups for row in group.rows}
    wires = []
    for link in links:
        before, after = ends.get(link.before), ends.get(link.after)
        if before is None or after is None or not schedule[link.after].is_open:
            continue
        holds = link.before in schedule[link.after].tight
        if not (holds or (options.all_links and link.is_hard)):
            continue
        critical = holds and link.after in schedule.critical and link.before in schedule.critical
        points = route(before, after, link.kind, row=options.row)
        wires.append(Wire(link.before, link.after, points, critical, not holds))
    return sorted(wires, key=lambda wire: wire.is_critical)


def _end(row: Row, height: int) -> End | None:
    middle = row.top + bar_middle(height)
    if row.bar:
        return End(row.bar.x, row.bar.end, middle, bar_half(height))
    return None if row.point is None else End(row.point, row.point, middle, bar_half(height))


def bar_middle(height: int) -> float:
    """From the top of a line to the middle of its bar; the baseline lies below."""
    return round(height * 0.43, 2)


def bar_half(height: int) -> float:
    """Half the height of a bar."""
    return round(height * 0.22, 2)


def _flags(schedule: Schedule, axis: Axis, words: Words) -> list[Flag]:
    days = [("today", schedule.today, words.today)]
    if schedule.target_on and axis.first <= schedule.target_on <= axis.last:
        days.append(("target", schedule.target_on, words.target))
    flags: list[Flag] = []
    for kind, day, word in sorted(days, key=lambda one: (one[1], one[0] == "today")):
        x, text = axis.at(day), f"{word} {short_day(day, schedule.today)}"
        label = Label(x + 4, text)
        if label.reach[1] > axis.width:
            label = Label(x - 4, text, "end")
        meets = any(_meet(label, other.label) for other in flags)
        flags.append(Flag(kind, x, label, 1 if meets else 0))
    return flags


def _meet(one: Label, other: Label) -> bool:
    (a, b), (c, d) = one.reach, other.reach
    return a < d + GAP and c < b + GAP


def _numbers(groups: Sequence[Group]) -> dict[str, int]:
    rows = [row for group in groups for row in group.rows]
    return {
        "running": sum(row.placed.standing is Standing.RUNNING for row in rows),
        "behind": sum(row.is_behind for row in rows),
        "critical": sum(row.is_critical for row in rows),
    }

"""The rows behind the figures of steps and departments. Reads only; a fixed number of queries, whatever the period.

A unit sees the figures of the steps it handles, the park those of all its steps: of a department that is shown to
somebody, every step counts. Steps that do not apply are left out everywhere.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Sum, When

from accounts.i18n import localized
from accounts.models import Organization
from approvals.actions.clockwork import CORRECTION, debts_of
from approvals.clocks import Party
from approvals.figures.periods import Period
from approvals.figures.rules import Limits, Span, Tally, Used, away, tally, total
from approvals.flow import DECIDED, State
from approvals.models import CommittedStep, ProjectStep, Rating, Step, StepDocument, StepPause
from workdays.arithmetic import WorkCalendar

COUNTED = DECIDED | {State.REVOKED}  # a decision revoked later was handled all the same
RECEIVED, ACCEPTED = Step.ClockStart.RECEIVED, Step.ClockStart.ACCEPTED
HAS_CLOCK = Q(clock_start=RECEIVED, received_on__isnull=False) | Q(clock_start=ACCEPTED, accepted_on__isnull=False)
NO_STATUTORY = Q(statutory_due_on__isnull=True) | Q(statutory_value__isnull=True) | Q(statutory_value=0)
HAS_DUE = Q(committed_due_on__isnull=False) | Q(statutory_due_on__isnull=False, statutory_value__gt=0)
IN_TIME = (
    HAS_DUE
    & (Q(committed_due_on__isnull=True) | Q(committed_due_on__gte=F("decided_on")))
    & (NO_STATUTORY | Q(statutory_due_on__gte=F("decided_on")))
)


class Department(NamedTuple):
    """The handling unit, or, where none is named, the lead department of the catalogue in words."""

    unit: int | None
    lead: str

    @property
    def code(self) -> str:
        """For addresses: "12" or ":生态环境局"."""
        return str(self.unit) if self.unit else f":{self.lead}"


class Key(NamedTuple):
    """What a line of the table is about."""

    code: str
    department: Department


DAY0 = Case(When(clock_start=RECEIVED, then="received_on"), default="accepted_on")
LINE = ("code", "unit", "step__department_lead_zh")
GROUP = (*LINE, "committed_limit_wd", "statutory_value", "statutory_unit")
Group = Sequence[Any]  # values of GROUP: what steps have in common that are counted together


class Paper(NamedTuple):
    """A promised paper, as far as ``debts_of`` looks at it."""

    state: str
    promised_on: date
    supplied_on: date | None
    at: datetime


def department(unit: int | None, lead: str) -> Department:
    return Department(unit, "" if unit else lead)


def steps(user) -> QuerySet[ProjectStep]:
    """The steps whose figures this person may see."""
    rows = ProjectStep.objects.visible_to(user).applicable().order_by()
    return rows.filter(unit__in=user.organization.branch_ids()) if user.role.scope == "unit" else rows


def decided(user, period: Period) -> QuerySet[ProjectStep]:
    """Decided in the period, those taken over from a milestone included."""
    return steps(user).filter(decided_on__range=(period.first, period.last), state__in=COUNTED)


def accepted(user, period: Period) -> QuerySet[ProjectStep]:
    """Accepted in the period."""
    return steps(user).filter(accepted_on__range=(period.first, period.last))


def deferred() -> Exists:
    """Whether a step was accepted with papers outstanding (容缺受理): one was promised on the day of acceptance."""
    return Exists(StepDocument.objects.filter(project_step=OuterRef("pk"), promised_on=OuterRef("accepted_on")))


def of_round(model, **more: Any) -> Exists:
    """Whether the step's present application has a row of this kind."""
    return Exists(model.objects.filter(project_step=OuterRef("pk"), round=OuterRef("round"), **more))


@dataclass(frozen=True)
class Only:
    """The steps behind one number. ``population``: decided or accepted in the period."""

    population: str
    condition: Q | None = None


ONLY: Mapping[str, Only] = {
    "handled": Only("decided", HAS_CLOCK),
    "adopted": Only("decided", ~HAS_CLOCK),
    "with_due": Only("decided", HAS_CLOCK & HAS_DUE),
    "on_time": Only("decided", HAS_CLOCK & IN_TIME),
    "limited": Only("decided", HAS_CLOCK & Q(committed_limit_wd__isnull=False)),
    "with_wd": Only("decided", HAS_CLOCK & Q(statutory_value__gt=0, statutory_unit="wd")),
    "with_cd": Only("decided", HAS_CLOCK & Q(statutory_value__gt=0, statutory_unit="cd")),
    "committed": Only("decided", HAS_CLOCK & Q(of_round(CommittedStep))),
    "returned": Only("decided", HAS_CLOCK & Q(of_round(StepPause, kind=CORRECTION))),
    "rated": Only("decided", HAS_CLOCK & Q(of_round(Rating))),
    "accepted": Only("accepted"),
    "deferred": Only("accepted", Q(deferred())),
}


def behind(user, period: Period, only: str, code: str = "", department_code: str = "") -> QuerySet[ProjectStep]:
    """Exactly the steps that make up one number of the table. Raises KeyError for an unknown ``only``."""
    wanted = ONLY[only]
    rows = decided(user, period) if wanted.population == "decided" else accepted(user, period)
    rows = rows.filter(wanted.condition) if wanted.condition is not None else rows
    if code:
        rows = rows.filter(code=code)
    if department_code.startswith(":"):
        rows = rows.filter(unit__isnull=True, step__department_lead_zh=department_code[1:])
    elif department_code:
        rows = rows.filter(unit=int(department_code)) if department_code.isdecimal() else rows.none()
    return rows


def tallies(user, period: Period, calendar: WorkCalendar) -> dict[Key, Tally]:
    """The sums of every step and department with something to count in the period; six queries.

    The database counts steps that are alike; only those that others had in their hands are looked at one by one.
    """
    rows = decided(user, period).annotate(day0=DAY0)
    clocked = rows.filter(HAS_CLOCK)
    parts: dict[Key, list[Tally]] = defaultdict(list)
    for some in (_handled(rows, calendar), _paused(clocked, calendar), _with_records(clocked)):
        for key, counted in some:
            parts[key].append(counted)
    for key, all_, later in _acceptances(user, period):
        parts[key].append(Tally(accepted=all_, deferred=later))
    return {key: total(found) for key, found in parts.items()}


def _key(line: Group) -> Key:
    code, unit, lead = line
    return Key(code, department(unit, lead))


def _handled(rows, calendar: WorkCalendar) -> Iterator[tuple[Key, Tally]]:
    """All days as the department's own, whoever had the file. One query: steps alike that began and ended together."""
    alike = rows.values_list("decided_on", "day0", *GROUP).annotate(
        Count("pk"), with_due=Count("pk", filter=HAS_DUE), in_time=Count("pk", filter=IN_TIME)
    )
    sums: dict[Group, list[int]] = defaultdict(lambda: [0] * 5)
    for decided_on, day0, *group, n, with_due, on_time in alike:
        if day0 is None:
            yield _key(tuple(group[:3])), Tally(adopted=n)
            continue
        sum_ = sums[tuple(group)]
        sum_[0] += n
        sum_[1] += with_due
        sum_[2] += on_time
        sum_[3] += n * calendar.count(day0, decided_on)
        sum_[4] += n * max(0, (decided_on - day0).days)
    for group, (n, with_due, on_time, wd, cd) in sums.items():
        counted = tally(Limits(*group[3:]), Used(wd, wd, cd), handled=n, with_due=with_due, on_time=on_time)
        yield _key(group[:3]), counted


def _paused(clocked, calendar: WorkCalendar) -> Iterator[tuple[Key, Tally]]:
    """Less the days others had the file, and the steps returned for correction. Two queries."""
    columns = ("pk", "day0", "decided_on", *GROUP)
    steps: dict[int, Group] = {}  # by key: day 0, day of the decision, GROUP
    spans: dict[int, list[Span]] = defaultdict(list)
    returned = set()
    pauses = clocked.filter(pauses__isnull=False).annotate(is_now=Q(pauses__round=F("round")))
    for pk, *step, start, end, party, kind, is_now in pauses.values_list(
        *columns, "pauses__started_on", "pauses__ended_on", "pauses__party", "pauses__kind", "is_now"
    ):
        steps[pk] = step
        if party != Party.DEPARTMENT:
            spans[pk].append((start, end))
        if kind == CORRECTION and is_now:
            returned.add(pk)
    papers = clocked.filter(documents__promised_on__isnull=False)
    for pk, *step, state, promised_on, supplied_on, at in papers.values_list(
        *columns, "documents__state", "documents__promised_on", "documents__supplied_on", "documents__at"
    ):
        steps[pk] = step
        spans[pk] += owed([Paper(state, promised_on, supplied_on, at)])
    yield from _less(((steps[pk], others) for pk, others in spans.items()), calendar)
    for line, n in Counter(tuple(steps[pk][2:5]) for pk in returned).items():
        yield _key(line), Tally(returned=n)


def _less(paused: Iterable[tuple[Group, Sequence[Span]]], calendar: WorkCalendar) -> Iterator[tuple[Key, Tally]]:
    """What to take off for the days of others, of steps as (day 0, day of the decision, *GROUP)."""
    sums: dict[Group, list[int]] = defaultdict(lambda: [0, 0])
    for (day0, decided_on, *group), others in paused:
        workdays, days = away(day0, decided_on, others, calendar)
        sum_ = sums[tuple(group)]
        sum_[0] += workdays
        sum_[1] += days
    for group, (workdays, days) in sums.items():
        yield _key(group[:3]), tally(Limits(*group[3:]), Used(0, -workdays, -days), handled=0)


def owed(papers: Iterable[Any]) -> list[Span]:
    """The days on which the enterprise owed a promised paper."""
    return [(debt.start, debt.end) for debt in debts_of(papers)]


def _with_records(clocked) -> Iterator[tuple[Key, Tally]]:
    """Decided on commitment, and rated by the enterprise, in the present application. Two queries."""
    committed = clocked.filter(committed__round=F("round")).values_list(*LINE).annotate(Count("pk"))
    yield from ((_key(line), Tally(committed=n)) for *line, n in committed)
    rated = clocked.filter(ratings__round=F("round")).values_list(*LINE).annotate(Count("pk"), Sum("ratings__score"))
    yield from ((_key(line), Tally(rated=n, score=score)) for *line, n, score in rated)


def _acceptances(user, period: Period) -> Iterable[tuple[Key, int, int]]:
    """(what, accepted, of them with papers outstanding)."""
    rows = accepted(user, period).annotate(later=deferred())
    grouped = rows.values("code", "unit", "step__department_lead_zh").annotate(
        all=Count("pk"), deferred=Count("pk", filter=Q(later=True))
    )
    merged: dict[Key, tuple[int, int]] = {}
    for row in grouped:
        key = Key(row["code"], department(row["unit"], row["step__department_lead_zh"]))
        before = merged.get(key, (0, 0))
        merged[key] = before[0] + row["all"], before[1] + row["deferred"]
    return [(key, *counted) for key, counted in merged.items()]


@dataclass(frozen=True)
class Names:
    """Words for the lines of a table: step code → (order, step of the newest catalogue), department → name."""

    steps: Mapping[str, tuple[int, Step]]
    departments: Mapping[Department, str]


def names(user, keys: Iterable[Key]) -> Names:
    """Two queries."""
    keys = list(keys)
    known_steps = Step.objects.known_in(user.organization.park_id)
    rows = known_steps.filter(code__in={key.code for key in keys}).order_by("catalogue__version", "pk")
    found = list(rows.defer("guide_zh", "guide_en", "commitment_text_zh"))
    by_code = {step.code: (step.seq, step) for step in found}
    english = {step.department_lead_zh: step for step in found}
    units = {key.department.unit for key in keys if key.department.unit}
    known = dict(Organization.objects.visible_to(user).filter(pk__in=units).values_list("pk", "name"))
    return Names(by_code, {key.department: _named(key.department, known, english) for key in keys})


def _named(which: Department, units: Mapping[int, str], leads: Mapping[str, Step]) -> str:
    if which.unit:
        return units.get(which.unit, "")
    return localized(leads[which.lead], "department_lead") if which.lead in leads else which.lead


def department_name(user, code: str) -> str:
    """Words for a department code of an address; "" when there is none or it is nobody's to know."""
    if code.startswith(":"):
        step = Step.objects.known_in(user.organization.park_id).filter(department_lead_zh=code[1:]).last()
        return localized(step, "department_lead") if step else ""
    known = Organization.objects.visible_to(user).filter(pk=int(code) if code.isdecimal() else 0)
    return known.values_list("name", flat=True).first() or ""

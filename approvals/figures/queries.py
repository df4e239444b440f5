"""The rows behind the figures of steps and departments. Reads only; a fixed number of queries, whatever the period.

A unit sees the figures of the steps it handles, the park those of all its steps: of a department that is shown to
somebody, every step counts. Steps that do not apply are left out everywhere.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from accounts.i18n import localized
from accounts.models import Organization
from approvals.actions.clockwork import CORRECTION, debts_of
from approvals.clocks import Party, PauseSpan
from approvals.figures.periods import Period
from approvals.figures.rules import Case, Tally, tally, total
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


COLUMNS = (
    "pk", "code", "step", "unit", "step__department_lead_zh", "round", "clock_start", "received_on", "accepted_on",
    "decided_on", "committed_limit_wd", "statutory_value", "statutory_unit", "committed_due_on", "statutory_due_on",
)  # fmt: skip


class Row(NamedTuple):
    """One step as ``COLUMNS`` fetch it."""

    pk: int
    code: str
    step: int
    unit: int | None
    lead: str
    round: int
    clock_start: str
    received_on: date | None
    accepted_on: date | None
    decided_on: date
    committed_wd: int | None
    statutory: int | None
    statutory_unit: str
    committed_due_on: date | None
    statutory_due_on: date | None

    @property
    def key(self) -> Key:
        return Key(self.code, department(self.unit, self.lead))

    @property
    def day0(self) -> date | None:
        """None: taken over from a milestone, without a clock of its own."""
        return self.received_on if self.clock_start == RECEIVED else self.accepted_on


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


def cases(rows: QuerySet[ProjectStep]) -> list[tuple[Row, Case | None]]:
    """Each step with what is counted about it; None for one without a clock of its own. Five queries in all."""
    found = [Row(*values) for values in rows.values_list(*COLUMNS)]
    chosen = rows.values("pk")
    spans, returned = _spans(chosen)
    scores = dict(_of_this_round(Rating.objects, chosen).values_list("project_step", "score"))
    committed = set(_of_this_round(CommittedStep.objects, chosen).values_list("project_step", flat=True))
    return [
        (row, None if row.day0 is None or row.decided_on is None else _case(row, spans, returned, scores, committed))
        for row in found
    ]


def _case(row: Row, spans, returned, scores, committed) -> Case:
    statutory_due_on = row.statutory_due_on if row.statutory else None
    due = min(filter(None, (row.committed_due_on, statutory_due_on)), default=None)
    return Case(
        row.day0, row.decided_on, due, row.committed_wd, row.statutory, row.statutory_unit, spans.get(row.pk, ()),
        row.pk in committed, (row.pk, row.round) in returned, scores.get(row.pk),
    )  # fmt: skip


def _of_this_round(rows, chosen):
    return rows.filter(project_step__in=chosen, round=F("project_step__round")).order_by()


def _spans(chosen) -> tuple[Mapping[int, list[PauseSpan]], set[tuple[int, int]]]:
    """Step → its pauses and the days on which the enterprise owed a promised paper; (step, round) of those returned for
    correction. Two queries."""
    spans: dict[int, list[PauseSpan]] = defaultdict(list)
    returned = set()
    pauses = StepPause.objects.filter(project_step__in=chosen).order_by()
    columns = ("project_step", "round", "started_on", "ended_on", "party", "kind")
    for step, round_, start, end, party, kind in pauses.values_list(*columns):
        spans[step].append(PauseSpan(start, end, False, False, Party(party), kind))
        if kind == CORRECTION:
            returned.add((step, round_))
    papers = StepDocument.objects.filter(project_step__in=chosen, promised_on__isnull=False).order_by()
    for paper in papers.only("project_step", "state", "promised_on", "supplied_on", "at"):
        spans[paper.project_step_id].extend(debts_of([paper]))
    return spans, returned


def tallies(user, period: Period, calendar: WorkCalendar) -> dict[Key, Tally]:
    """The sums of every step and department with something to count in the period; six queries."""
    groups: dict[Key, list[Tally]] = defaultdict(list)
    for row, case in cases(decided(user, period)):
        groups[row.key].append(Tally(adopted=1) if case is None else tally(case, calendar))
    sums = {key: total(found) for key, found in groups.items()}
    for key, all_, later in _acceptances(user, period):
        sums[key] = sums.get(key, Tally())._replace(accepted=all_, deferred=later)
    return sums


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
    rows = Step.objects.filter(code__in={key.code for key in keys}).order_by("catalogue__version", "pk")
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
        step = Step.objects.filter(department_lead_zh=code[1:]).first()
        return localized(step, "department_lead") if step else ""
    known = Organization.objects.visible_to(user).filter(pk=int(code) if code.isdecimal() else 0)
    return known.values_list("name", flat=True).first() or ""

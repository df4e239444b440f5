"""The dated facts of a park for a replay: due days as they stand today, with the days on which things were done.

Pauses and rests of projects as they were recorded. What has no date cannot be played back and is left out: a milestone
ticked off without a day, an investment figure before it was corrected, a due day before it was moved.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.db.models import Max
from django.db.models.functions import TruncDate

from accounts.models import Park
from approvals.flow import State, is_open
from approvals.models import Certificate, CommittedStep, ProjectStep, Step, StepDocument, StepPause, StepTransition
from dispatch.ledger.flow import ItemVerb
from dispatch.ledger.models import LedgerEntry, LedgerItem
from dispatch.warnings import levels, replay, rules
from dispatch.warnings.levels import DAY
from dispatch.warnings.models import Warning
from dispatch.warnings.project_parts import FINISHED, ZONE
from dispatch.warnings.replay import Case, Dated, Span, Thing
from dispatch.warnings.rules import Rule
from projects.models import AnnualPlan, Milestone, MonthlyInvestment, Precision, Project, ProjectChange, StatusChange
from projects.stages import Stage
from workdays.arithmetic import WorkCalendar

KIND = Warning.ObjectType
NOT_APPLICABLE = ProjectStep.Applicability.NOT_APPLICABLE
MONTHS_BACK = 13


@dataclass(frozen=True)
class Period:
    first: date
    last: date


class Facts:
    """What the rules of one park looked at in the period; every kind of fact is fetched once, when it is asked for."""

    def __init__(self, park: Park, period: Period, calendar: WorkCalendar):
        self.park, self.period, self.calendar = park, period, calendar

    def cases(self, rule: Rule, others: list[Rule] = ()) -> list[Case]:
        """Every case of the rule that could touch the period; nothing when it is switched off.

        ``others``: the rules in force beside it, for the rule that looks at their warnings.
        """
        if not rule.enabled:
            return []
        if rule.code == rules.HISTORY:
            return list(self._history(rule, others))
        return list(_RULES[rule.code](self, rule.params))

    @cached_property
    def rests(self) -> dict[int, tuple[Span, ...]]:
        """{project: when it was suspended or terminated}."""
        moves = defaultdict(list)
        rows = StatusChange.objects.filter(project__park=self.park).order_by("on", "pk")
        for project, was, status, on in rows.values_list("project", "from_status", "status", "on"):
            moves[project].append((on, was, status))
        now = Project.objects.filter(park=self.park).values_list("pk", "status")
        return {pk: _rests(moves.get(pk, []), status) for pk, status in now}

    def thing(self, kind: str, pk: int, project: int | None, label: str = "", silent: tuple[Span, ...] = ()) -> Thing:
        rest = self.rests.get(project, ()) if project else ()
        return Thing(kind, pk, project, label, rest + silent)

    @cached_property
    def clocks(self) -> list[tuple[str, Dated]]:
        """("committed" | "statutory", due day with the time its clock ran) of every step that applies."""
        pauses = defaultdict(list)
        rows = StepPause.objects.filter(project_step__project__park=self.park).order_by("started_on")
        for step, *pause in rows.values_list(
            "project_step", "started_on", "ended_on", "stops_committed", "stops_statutory"
        ):
            pauses[step].append(pause)
        steps = ProjectStep.objects.filter(project__park=self.park).exclude(applicability=NOT_APPLICABLE)
        columns = ("pk", "project", "code", "state", "received_on", "accepted_on", "decided_on", "clock_start",
                   "committed_due_on", "committed_runs", "statutory_due_on", "statutory_runs")  # fmt: skip
        found = []
        for row in steps.values_list(*columns, named=True):
            for name, due, runs, flag in (
                ("committed", row.committed_due_on, row.committed_runs, 2),
                ("statutory", row.statutory_due_on, row.statutory_runs, 3),
            ):
                fact = due and self._clock(row, due, runs, [p for p in pauses[row.pk] if p[flag]])
                if fact:
                    found.append((name, fact))
        return found

    def _clock(self, row, due: date, runs: bool, pauses: list) -> Dated | None:
        is_paused = is_open(State(row.state)) and any(end is None for _start, end, *_flags in pauses)
        over = None if runs or is_paused else row.decided_on or self.last_moves.get(row.pk)
        if not (runs or is_paused or over):
            return None
        begun = row.received_on if row.clock_start == Step.ClockStart.RECEIVED else row.accepted_on
        silent = tuple((start, end) for start, end, *_flags in pauses)
        return Dated(self.thing(KIND.STEP, row.pk, row.project, row.code, silent), due, begun, over)

    @cached_property
    def last_moves(self) -> dict[int, date]:
        rows = StepTransition.objects.filter(project_step__project__park=self.park, project_step__decided_on=None)
        return dict(rows.order_by().values("project_step").annotate(last=Max("on")).values_list("project_step", "last"))

    @cached_property
    def milestones(self) -> list[Dated]:
        rows = Milestone.objects.filter(project__park=self.park, due_on__isnull=False)
        found = []
        for m in rows:
            if m.is_done and m.actual_on is None:
                continue
            precision = m.baseline_precision if m.baseline_on else m.forecast_precision
            due = levels.month_end(m.due_on) if precision == Precision.MONTH else m.due_on
            found.append(Dated(self.thing(KIND.MILESTONE, m.pk, m.project_id, m.stage), due, over=m.actual_on))
        return found

    @cached_property
    def items(self) -> list[Dated]:
        rows = LedgerItem.objects.filter(park=self.park, due_on__isnull=False)
        return [
            Dated(self.thing(KIND.LEDGER_ITEM, pk, project, number), due, raised, closed)
            for pk, project, number, due, raised, closed in rows.values_list(
                "pk", "project", "number", "due_on", "raised_on", "closed_on"
            )
        ]

    @cached_property
    def returns(self) -> dict[int, list[date]]:
        found = defaultdict(list)
        rows = LedgerEntry.objects.filter(item__park=self.park, verb=ItemVerb.RETURN).order_by()
        for item, on in rows.values_list("item", "on"):
            found[item].append(on)
        return found

    def papers(self) -> Iterator[Dated]:
        rows = _applying(StepDocument.objects.filter(due_on__isnull=False), self.park)
        columns = ("pk", "project_step__project", "project_step__code", "state", "due_on", "promised_on",
                   "supplied_on", "lapsed_on")  # fmt: skip
        for pk, project, code, state, due, promised, supplied, lapsed in rows.values_list(*columns):
            over = None if state == StepDocument.State.OUTSTANDING else supplied or lapsed
            if state == StepDocument.State.OUTSTANDING or over:
                yield Dated(self.thing(KIND.PAPER, pk, project, code), due, promised, over)

    def commitments(self) -> Iterator[Dated]:
        rows = _applying(CommittedStep.objects.live().filter(commitment__check_due_on__isnull=False), self.park)
        columns = ("pk", "project_step__project", "project_step__code", "commitment__check_due_on",
                   "project_step__decided_on", "checked_on")  # fmt: skip
        for pk, project, code, due, decided, checked in rows.values_list(*columns):
            yield Dated(self.thing(KIND.COMMITMENT, pk, project, code), due, decided, checked)

    def certificates(self) -> Iterator[tuple[Dated, int]]:
        """With the days of notice of the step."""
        rows = _applying(Certificate.objects.all(), self.park)
        step = "project_step__step__validity_"
        columns = ("pk", "project_step__project", "project_step__code", "kind", "issued_on", "valid_until", "state",
                   "state_on", f"{step}remind_days", f"{step}kind")  # fmt: skip
        started, ticked = self.started
        for pk, project, code, kind, issued, until, state, state_on, notice, life in rows.values_list(*columns):
            ends = [] if state == Certificate.State.VALID else [state_on]
            if kind == Step.Validity.START_BY:
                ends += [started[project]] if project in started else [None] if project in ticked else []
            if life and None not in ends:
                over = min(ends, default=None)
                yield Dated(self.thing(KIND.CERTIFICATE, pk, project, code), until, issued, over), notice

    @cached_property
    def started(self) -> tuple[dict[int, date], set[int]]:
        """{project: the day construction started}, and projects where it is only ticked off."""
        rows = Milestone.objects.filter(project__park=self.park, stage=Stage.STARTED)
        days = dict(rows.filter(actual_on__isnull=False).values_list("project", "actual_on"))
        return days, set(rows.filter(is_done=True).values_list("project", flat=True)) - set(days)

    def enrolments(self, least_10k) -> Iterator[Dated]:
        rows = Project.objects.filter(park=self.park, total_investment_10k__gte=Decimal(str(least_10k)))
        days, _ticked = self.started
        for pk, enrolled, enrolled_on in rows.values_list("pk", "enrolled", "enrolled_on"):
            if pk in days and (not enrolled or enrolled_on):
                over = enrolled_on if enrolled else None
                yield Dated(self.thing(KIND.PROJECT, pk, pk), days[pk], over=over)

    def investments(self) -> Iterator[tuple[Thing, date, Decimal, Decimal]]:
        """(project, month end, this year so far, planned) for every month end that a day of the period looks at."""
        figures = defaultdict(list)
        rows = MonthlyInvestment.objects.filter(project__park=self.park).order_by("month")
        for project, year, month, ytd in rows.values_list("project", "year", "month", "ytd_10k"):
            figures[project, year].append((month, ytd))
        plans = AnnualPlan.objects.filter(project__park=self.park, planned_10k__gt=0)
        for project, year, planned in plans.values_list("project", "year", "planned_10k"):
            for end in self.month_ends:
                known = [ytd for month, ytd in figures[project, year] if month <= end.month]
                if end.year == year and known:
                    yield self.thing(KIND.PROJECT, project, project), end, known[-1], planned

    @cached_property
    def month_ends(self) -> list[date]:
        """From a year before the period, for months in a row, to its end."""
        end = levels.closed_month(self.period.first)
        for _n in range(MONTHS_BACK):
            end = end.replace(day=1) - DAY
        found = []
        while end <= self.period.last:
            found.append(end)
            end = levels.month_end(end + DAY)
        return found

    def records(self) -> Iterator[tuple[Thing, list[date]]]:
        """Days of records of every project that is not in production and has any in its own log."""
        days = defaultdict(set)
        changes = ProjectChange.objects.filter(project__park=self.park).order_by()
        for project, on in changes.values_list("project", TruncDate("at", tzinfo=ZONE)).distinct():
            days[project].add(on)
        moves = StepTransition.objects.filter(project_step__project__park=self.park).order_by()
        for project, on in moves.values_list("project_step__project", TruncDate("at", tzinfo=ZONE)).distinct():
            if project in days:
                days[project].add(on)
        finished = Project.objects.filter(park=self.park, stage__in=FINISHED).values_list("pk", flat=True)
        for project in days.keys() - set(finished):
            yield self.thing(KIND.PROJECT, project, project), sorted(days[project])

    def _history(self, rule: Rule, others: list[Rule]) -> Iterator[Case]:
        late = defaultdict(list)
        for other in others:
            if other.code in {rules.HISTORY, rules.STALE, *rules.EARLY} or other.code.endswith("_SOON"):
                continue
            for case in self.cases(other):
                if case.thing.project_id is not None and self._is_near(case):
                    late[case.thing.project_id].append((other.code, case))
        things = {project: self.thing(KIND.PROJECT, project, project) for project in late}
        yield from replay.history(things, late, self.month_ends, rule.params)

    def _is_near(self, case: Case) -> bool:
        return case.first <= self.period.last and (case.over is None or case.over > self.month_ends[0])


def _rests(moves: list[tuple[date, str, str]], now: str) -> tuple[Span, ...]:
    """When the status was not active: the history of the status, the last of which is what the project is now."""
    states = [(date.min, moves[0][1]), *((on, status) for on, _was, status in moves)] if moves else [(date.min, now)]
    states[-1] = (states[-1][0], now)
    ends = [*(on for on, _status in states[1:]), None]
    return tuple((on, end) for (on, status), end in zip(states, ends, strict=True) if status != Project.Status.ACTIVE)


def _applying(rows, park: Park):
    rows = rows.filter(project_step__project__park=park)
    return rows.exclude(project_step__applicability=NOT_APPLICABLE).order_by()


def _each(name: str, work: Callable) -> Callable[[Facts, dict], Iterator[Case]]:
    """A rule over every dated fact of one kind."""

    def cases(facts: Facts, params: dict) -> Iterator[Case]:
        found = getattr(facts, name)
        for fact in found() if callable(found) else found:
            yield from work(fact, params, facts.calendar)

    return cases


def _of_clock(name: str, work: Callable) -> Callable[[Facts, dict], Iterator[Case]]:
    def cases(facts: Facts, params: dict) -> Iterator[Case]:
        for clock, fact in facts.clocks:
            if clock == name:
                yield from work(fact, params, facts.calendar)

    return cases


def _step_soon(facts: Facts, params: dict) -> Iterator[Case]:
    by_step = defaultdict(list)
    for clock, fact in facts.clocks:
        by_step[fact.thing.object_id].append((fact.due_on, clock, fact))
    for found in by_step.values():
        first, *second = (list(replay.soon(fact, params, facts.calendar)) for _due, _clock, fact in sorted(
            found, key=lambda entry: entry[:2]))  # fmt: skip
        yield from replay.sooner_first(first, second[0]) if second else first


_RULES: dict[str, Callable[[Facts, dict], Iterator[Case]]] = {
    rules.STEP_DUE_SOON: _step_soon,
    rules.STEP_LATE: _of_clock("committed", replay.late_by_workdays),
    rules.STEP_STATUTORY: _of_clock("statutory", replay.statutory),
    rules.MILESTONE_DUE_SOON: _each("milestones", replay.soon),
    rules.MILESTONE_LATE: _each("milestones", replay.milestone_late),
    rules.LEDGER_DUE_SOON: _each("items", replay.soon),
    rules.LEDGER_LATE: _each("items", replay.late_by_workdays),
    rules.INVESTMENT_BEHIND: lambda facts, params: (
        case for fact in facts.investments() for case in replay.investment_behind(*fact, params)
    ),
    rules.ENROLMENT_LATE: lambda facts, params: (
        case
        for fact in facts.enrolments(params["from_investment_10k"])
        for case in replay.enrolment_late(fact, params, facts.calendar)
    ),
    rules.PAPER_OWED_SOON: _each("papers", replay.soon),
    rules.PAPER_OWED_LATE: _each("papers", replay.late_by_workdays),
    rules.COMMITMENT_CHECK_SOON: _each("commitments", replay.soon),
    rules.COMMITMENT_CHECK_LATE: _each("commitments", replay.late_by_workdays),
    rules.CERTIFICATE_ENDING: lambda facts, params: (
        case for fact, notice in facts.certificates() for case in replay.certificate_ending(fact, params, notice)
    ),
    rules.LEDGER_RETURNED: lambda facts, params: (
        case for fact in facts.items for case in replay.returned(fact, facts.returns[fact.thing.object_id], params)
    ),
    rules.STALE: lambda facts, params: (
        case for thing, days in facts.records() for case in replay.stale(thing, days, params, facts.calendar)
    ),
    # A forecast is kept as it is today; what it was on a past day is not recorded, so it is left out.
    rules.PLAN_SHORT: lambda facts, params: iter(()),
    rules.PLAN_RISK: lambda facts, params: iter(()),
}

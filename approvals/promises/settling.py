"""Papers that were not supplied in time: what the park has set for that happens once, the first workday after.

Safe to run twice, at once and after missed days: a debt is settled when ``lapsed_on`` is set, every case is changed by
compare-and-swap on its version, and the day of the record is the day the rule took effect. Source: domain.md section 1.
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused
from accounts.models import Park
from approvals.actions.progress import move
from approvals.actions.records import snapshot, write
from approvals.clocks import supplement_lapses_on
from approvals.flow import PAUSED, State, Verb
from approvals.models import ApprovalPolicy, ProjectStep, StepDocument
from approvals.promises.rules import AtDeadline, lapsed_before, outcome
from projects.models import Project
from workdays.arithmetic import WorkCalendar
from workdays.models import load_calendar

LAPSE = "lapse_debt"
BATCH = 200  # cases in one transaction


@dataclass
class Counts:
    """What one run did, in cases; ``skipped``: somebody was changing the case, or its records forbid it."""

    withdrawn: int = 0
    refused: int = 0
    flagged: int = 0
    skipped: int = 0

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


ENDED_AS = {Verb.WITHDRAW: "withdrawn", Verb.DECIDE_REFUSE: "refused", None: "flagged"}


def settle_debts(
    *,
    as_of: date,
    at: datetime,
    park: Park | None = None,
    by=None,
    fence: Callable[[], None] = lambda: None,
    batch: int = BATCH,
) -> Counts:
    """Settle every debt whose due day has passed, with a workday since, by ``as_of``; of one park or of all.

    A case under way is withdrawn, refused or flagged as the park has set; a decided one is only flagged. Suspended and
    terminated projects are left alone. ``fence`` is called first in the transaction of every batch.
    """
    calendar, counts = load_calendar(), Counts()
    policies = {policy.park_id: policy for policy in ApprovalPolicy.objects.all()}
    after = 0
    while steps := list(_concerned(as_of, calendar, park).filter(pk__gt=after).order_by("pk")[:batch]):
        with transaction.atomic():
            fence()
            for step in _fresh(steps):
                rule = policies.get(step.project.park_id, ApprovalPolicy()).at_deadline
                _settle(step, AtDeadline(rule), as_of, calendar, counts, by=by, at=at)
        after = steps[-1]
    return counts


def preview(*, as_of: date, at: datetime, park: Park | None = None) -> Counts:
    """What ``settle_debts`` would do now; nothing is changed."""
    with transaction.atomic():
        counts = settle_debts(as_of=as_of, at=at, park=park)
        transaction.set_rollback(True)
    return counts


def lapsed(as_of: date, calendar: WorkCalendar):
    """Debts of active projects that have lapsed by ``as_of`` and are not settled."""
    return StepDocument.objects.filter(
        state=StepDocument.State.OUTSTANDING,
        lapsed_on__isnull=True,
        due_on__lt=lapsed_before(as_of, calendar),
        project_step__project__status=Project.Status.ACTIVE,
    )


def _concerned(as_of: date, calendar: WorkCalendar, park: Park | None):
    debts = lapsed(as_of, calendar)
    if park is not None:
        debts = debts.filter(project_step__project__park=park)
    return ProjectStep.objects.filter(pk__in=debts.values("project_step")).values_list("pk", flat=True)


def _fresh(ids: Iterable[int]) -> list[ProjectStep]:
    rows = ProjectStep.objects.filter(pk__in=list(ids)).select_related("step", "project__enterprise").order_by("pk")
    return list(rows.prefetch_related("pauses"))


def _settle(
    step: ProjectStep, rule: AtDeadline, as_of: date, calendar: WorkCalendar, counts: Counts, **who: Any
) -> None:
    """One case, in a savepoint of its own."""
    try:
        with transaction.atomic():
            done = _Case(step, rule, as_of, calendar, who).settle()
    except (Conflict, Refused):
        counts.skipped += 1
        return
    if done:
        setattr(counts, done, getattr(counts, done) + 1)


@dataclass
class _Case:
    step: ProjectStep
    rule: AtDeadline
    as_of: date
    calendar: WorkCalendar
    who: dict[str, Any]

    def settle(self) -> str:
        """How it ended, "" when there was nothing left to settle."""
        debts = list(lapsed(self.as_of, self.calendar).filter(project_step=self.step).select_related("requirement"))
        if not debts:
            return ""
        due_on = min(debt.due_on for debt in debts)
        verb = outcome(self.rule, State(self.step.state))
        on = self._day(due_on)
        if on > self.as_of:
            raise Refused(f"{self.step} has later records")
        data = {
            "lapsed": [debt.requirement.code for debt in debts],
            "due_on": due_on.isoformat(),
            "rule": ENDED_AS[verb],
        }
        note = _("Not supplied by %(due)s: %(papers)s.") % {
            "due": due_on,
            "papers": "、".join(debt.requirement.name for debt in debts),
        }
        if verb is None:
            write(self.step, {}, verb=LAPSE, on=on, before=snapshot(self.step), note=note, **data, **self.who)
        else:
            self._end(verb, on, note, data)
        StepDocument.objects.filter(pk__in=[debt.pk for debt in debts]).update(lapsed_on=on)
        return ENDED_AS[verb]

    def _day(self, due_on: date) -> date:
        """The day the rule took effect, or the last day on record where that is later."""
        pauses = [day for pause in self.step.pauses.all() for day in (pause.started_on, pause.ended_on)]
        known = [self.step.accepted_on, self.step.decided_on, *pauses]
        return max([supplement_lapses_on(due_on, self.calendar), *filter(None, known)])

    def _end(self, verb: Verb, on: date, note: str, data: dict[str, Any]) -> None:
        edge = {"on": on, "today": self.as_of, "calendar": self.calendar, **self.who}
        if verb is Verb.DECIDE_REFUSE and State(self.step.state) in PAUSED:
            move(self.step, Verb.RESUME, **edge)
            (self.step,) = _fresh([self.step.pk])  # with the pause that has just ended
        move(self.step, verb, note=note, data=data, **edge)

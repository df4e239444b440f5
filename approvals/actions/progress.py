"""``move``: every step from one state to the next, with its dates, pauses, papers, clocks and history."""

import copy
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.i18n import localized
from approvals import date_rules, flow
from approvals.actions.clockwork import clock_fields, notice_of
from approvals.actions.records import require, require_version, snapshot, write
from approvals.clocks import PAUSE_KINDS
from approvals.flow import State, Verb
from approvals.models import (
    DocumentRequirement,
    ProjectStep,
    StepDependency,
    StepDocument,
    StepPause,
    StepTransition,
)
from approvals.promises import gates
from workdays.arithmetic import WorkCalendar
from workdays.models import load_calendar

ACCEPTS = frozenset({Verb.ACCEPT, Verb.ACCEPT_WITH_OUTSTANDING})
DECIDES = gates.APPROVES | {Verb.DECIDE_REFUSE}
WITHOUT_DEBTS = frozenset({Verb.DECIDE_APPROVE, Verb.DECIDE_ON_COMMITMENT})
NEEDS_REASON = frozenset(
    {
        Verb.NOTIFY_CORRECTION,
        Verb.PAUSE,
        Verb.REJECT_APPLICATION,
        Verb.REFUSE_ACCEPTANCE,
        Verb.DECIDE_REFUSE,
        Verb.REVOKE,
    }
)
ENDS_DEBTS = frozenset({Verb.WITHDRAW, Verb.DECIDE_REFUSE, Verb.REVOKE, Verb.REOPEN})
NO_DEBT = {"promised_on": None, "due_on": None, "due_before": "", "renewed_on": None, "lapsed_on": None}
Pieces = tuple[str, ...]


class StepRefused(Refused):
    """Refused for one or more reasons, all of them listed in ``reasons``."""

    def __init__(self, reasons: Collection[str]):
        self._reasons = tuple(reasons)
        super().__init__(" ".join(self._reasons))

    @property
    def reasons(self):
        return self._reasons


class NeedsAcknowledgement(StepRefused):
    """Nothing forbids the record, but these warnings have to be acknowledged first; ``codes`` to pass on."""

    def __init__(self, problems: Collection[date_rules.Problem]):
        self.codes = tuple(problem.code for problem in problems)
        super().__init__([sentence(problem) for problem in problems])


@dataclass(frozen=True)
class Moved:
    """What ``move`` did. ``warnings`` are sentences for the person; ``codes`` name them."""

    step: ProjectStep
    transition: StepTransition
    warnings: Pieces
    codes: Pieces


def sentence(problem: date_rules.Problem) -> str:
    return _(problem.text) % problem.params


@dataclass
class _Move:
    """One call of ``move`` on its way."""

    step: ProjectStep
    verb: Verb
    on: date
    by: Any
    at: datetime
    today: date
    calendar: WorkCalendar
    note: str
    pause_kind: str | None
    outstanding: Collection[int]
    result_number: str
    delivered_on: date | None
    joint: int | None
    data: Mapping[str, Any]

    def __post_init__(self):
        self.pauses = list(self.step.pauses.all())
        self.open_pause = next((pause for pause in self.pauses if pause.ended_on is None), None)
        self.notice = notice_of(self.step, self.pauses, self.calendar, self.today)
        self.debts = list(self.step.documents.filter(state=StepDocument.State.OUTSTANDING))
        self.target = self._target()
        self.asked = self._asked()

    def _target(self) -> State:
        state = State(self.step.state)
        if not self.step.applies:
            raise Refused(_("This step is marked as not applicable."))
        try:
            return flow.next_state(state, self.verb, self.pause_kind)
        except flow.IllegalTransition as error:
            words = {"state": localized(state, "label"), "verb": localized(self.verb, "label")}
            raise Refused(_(error.text) % words) from None
        except ValueError:
            raise Refused(_("Choose the kind of pause.")) from None

    def _asked(self) -> list[DocumentRequirement]:
        """The papers accepted as outstanding."""
        found = list(DocumentRequirement.objects.filter(step=self.step.step_id, pk__in=self.outstanding))
        if len(found) != len(set(self.outstanding)):
            raise Refused(_("One of the papers is not asked for at this step."))
        return found

    def refusals(self) -> list[str]:
        """Reasons against the record other than the date rules."""
        reasons = []
        if self.verb in NEEDS_REASON and not self.note:
            reasons.append(_("Please give the reason."))
        reasons += self._correction_refusals()
        if bool(self.asked) != (self.verb is Verb.ACCEPT_WITH_OUTSTANDING):
            reasons.append(_("Name the papers that may follow later, and only when accepting with outstanding ones."))
        if self.verb is Verb.DECIDE_ON_COMMITMENT and "promise" not in self.data:
            reasons.append(_("Record the written promise with this decision."))
        if self.verb in WITHOUT_DEBTS and self.debts:
            reasons.append(_("Papers are still outstanding: approve with documents outstanding, or record them first."))
        if self.verb is Verb.DECIDE_APPROVE_OUTSTANDING and not self.debts:
            reasons.append(_("No paper is outstanding: approve without outstanding documents."))
        if self.delivered_on and not self.on <= self.delivered_on <= self.today:
            reasons.append(_("The day of delivery must lie between the decision and today."))
        return reasons + gates.refusals(self.step, self.verb) + self._order_refusals()

    def _correction_refusals(self) -> list[str]:
        """One notice of corrections for each application, in time (行政许可法 art. 32), answered once."""
        if self.verb is Verb.RESUBMIT and self.open_pause is None:
            return [_("No correction has been asked for.")]
        if self.verb is not Verb.NOTIFY_CORRECTION:
            return []
        if self.notice and self.notice.is_given:
            return [_("Corrections have been notified already; everything must be named at once.")]
        if self.notice and self.on > self.notice.due_on:
            words = {"due": self.notice.due_on, "since": self.step.received_on}
            text = _(
                "The notice was due by %(due)s: by law the application counts as accepted since %(since)s. Record the "
                "acceptance, then pause for the correction."
            )
            return [text % words]
        return []

    def _order_refusals(self) -> list[str]:
        """A day in the future or before what has been recorded already; dates of their own have the date rules."""
        ruled = self.verb in ACCEPTS | DECIDES
        known = [day for pause in self.pauses for day in (pause.started_on, pause.ended_on)]
        if not ruled:
            known += [self.step.received_on, self.step.accepted_on, self.step.decided_on]
        last = max((day for day in known if day is not None), default=None)
        reasons = []
        if self.on > self.today and not ruled and self.verb is not Verb.RECEIVE:
            reasons.append(_("The day %(on)s lies in the future.") % {"on": self.on})
        if self.on < date_rules.EARLIEST:
            reasons.append(_("The day %(on)s lies too far back.") % {"on": self.on})
        if last is not None and self.on < last:
            reasons.append(
                _("The day %(on)s lies before %(last)s, the last day on record.") % {"on": self.on, "last": last}
            )
        return reasons

    def problems(self) -> list[date_rules.Problem]:
        """What the date rules say about the dates this record would set."""
        dates = {name: self.changes().get(name) for name in ("received_on", "accepted_on", "decided_on")}
        if not any(dates.values()):
            return []
        deemed = self.notice and self.verb in ACCEPTS and self.notice.deemed_on
        found = date_rules.check_dates(
            received_on=dates["received_on"] or (self.step.received_on if self.verb is not Verb.REOPEN else None),
            accepted_on=dates["accepted_on"] or (self.step.accepted_on if self.verb in DECIDES else None),
            decided_on=dates["decided_on"],
            today=self.today,
            outcome=self.target,
            predecessors=predecessors_of(self.step) if self.verb in ACCEPTS | DECIDES else (),
            pre_review=self.step.step.pre_review,
            outstanding=[date_rules.OutstandingDocument(paper.name, paper.deferrable) for paper in self.asked],
            deemed_accepted_on=deemed or None,
        )
        return [p for p in found if self.verb in ACCEPTS or p.code != "accepted_before_predecessor"]

    def changes(self) -> dict[str, Any]:
        """Columns this record sets, without the clocks."""
        fields: dict[str, Any] = {"state": self.target}
        if self.verb in (Verb.RECEIVE, Verb.REOPEN):
            fields |= {"received_on": self.on, "applicability": ProjectStep.Applicability.APPLIES}
        if self.verb is Verb.REOPEN:
            fields |= dict.fromkeys(("accepted_on", "decided_on", "delivered_on"))
            fields |= {"result_number": "", "extension_wd": 0, "round": self.step.round + 1}
        if self.verb in ACCEPTS or (self.verb is Verb.DECIDE_ON_COMMITMENT and self.step.accepted_on is None):
            fields["accepted_on"] = self.on
        if self.verb in DECIDES:
            fields |= {"decided_on": self.on, "result_number": self.result_number, "delivered_on": self.delivered_on}
        return fields

    def pauses_after(self) -> list[StepPause]:
        """The pauses with the one this record opens or ends; in memory only."""
        pauses = [copy.copy(pause) for pause in self.pauses]
        opens = "correction" if self.verb is Verb.NOTIFY_CORRECTION else self.pause_kind
        if opens:
            return [*pauses, self._new_pause(opens)]
        goes_on = self.target in flow.PAUSED or self.verb is Verb.BEGIN_HANDLING
        for pause in pauses:
            if pause.ended_on is None and not goes_on:
                pause.ended_on, pause.ended_by = self.on, self.by
        return pauses

    def _new_pause(self, kind: str) -> StepPause:
        known = PAUSE_KINDS[kind]
        return StepPause(
            project_step=self.step,
            round=self.step.round,
            kind=kind,
            party=known.party,
            stops_committed=known.stops_committed,
            stops_statutory=known.stops_statutory,
            started_on=self.on,
            reason=self.note,
            started_by=self.by,
        )

    def write(self) -> StepTransition:
        before, changes, pauses = snapshot(self.step), self.changes(), self.pauses_after()
        after = copy.copy(self.step)
        for name, value in changes.items():
            setattr(after, name, value)
        as_of = self.on if self.target in flow.ENDED else self.today
        transition = write(
            self.step, changes | clock_fields(after, pauses, self.calendar, as_of),
            verb=self.verb.value, on=self.on, by=self.by, at=self.at, before=before, note=self.note,
            pause_kind=self.pause_kind, result_number=self.result_number, delivered_on=self.delivered_on,
            outstanding=[paper.code for paper in self.asked], joint=self.joint, **self.data,
        )  # fmt: skip
        for pause in pauses:
            if pause.pk is None or pause.ended_on != next(p.ended_on for p in self.pauses if p.pk == pause.pk):
                pause.save()
        self._write_debts()
        return transition

    def _write_debts(self) -> None:
        dues = gates.dues_of(self.step, self.asked, self.on, self.calendar)
        for paper in self.asked:
            StepDocument.objects.update_or_create(
                project_step=self.step,
                requirement=paper,
                defaults={
                    **NO_DEBT, "state": StepDocument.State.OUTSTANDING, "promised_on": self.on,
                    "due_on": dues[paper.pk].on, "due_before": dues[paper.pk].before, "supplied_on": None,
                    "verified_by": None, "by": self.by, "at": self.at,
                },
            )  # fmt: skip
        if self.verb in ENDS_DEBTS and self.debts:
            StepDocument.objects.filter(pk__in=[debt.pk for debt in self.debts]).update(
                state=StepDocument.State.RETURNED, note="", by=self.by, at=self.at
            )
        if self.verb is Verb.REOPEN:
            self.step.documents.filter(promised_on__isnull=False).update(**NO_DEBT)


def predecessors_of(step: ProjectStep) -> list[date_rules.Predecessor]:
    """The project's copies of the steps that come before, as the date rules want them; two queries."""
    hard = dict(StepDependency.objects.filter(step=step.step_id).values_list("predecessor", "is_hard"))
    copies = ProjectStep.objects.filter(project=step.project_id, step__in=hard).select_related("step").order_by("seq")
    return [
        date_rules.Predecessor(
            f"{row.code} {row.step.name}",
            State(row.state),
            decided_on=row.decided_on,
            hard=hard[row.step_id],
            applicable=row.applies,
        )
        for row in copies
    ]


@transaction.atomic
def move(
    step: ProjectStep,
    verb: Verb | str,
    *,
    on: date,
    by,
    at: datetime,
    today: date,
    calendar: WorkCalendar | None = None,
    version: int | None = None,
    note: str = "",
    pause_kind: str | None = None,
    outstanding: Collection[int] = (),
    result_number: str = "",
    delivered_on: date | None = None,
    acknowledge: Collection[str] | None = None,
    joint: int | None = None,
    data: Mapping[str, Any] | None = None,
) -> Moved:
    """Take the step along one verb of ``flow`` as of the day ``on``.

    outstanding: ids of DocumentRequirement that may follow later (容缺受理). version: the one the person saw.
    acknowledge: None lists warnings in the result; otherwise every warning must be named in it, else
    NeedsAcknowledgement. joint: key of the joint review the record belongs to, for the history; data: what else
    the history keeps (a decision on commitment: its "promise"). Also raises PermissionDenied, Refused (all reasons at
    once), Conflict.
    """
    verb = Verb(verb)
    require(by, flow.VERB_PERMISSIONS[verb], step)
    require_version(step, version)
    this = _Move(
        step, verb, on, by, at, today, calendar or load_calendar(), note.strip(), pause_kind, outstanding,
        result_number.strip(), delivered_on, joint, data or {},
    )  # fmt: skip
    problems = this.problems()
    reasons = [sentence(problem) for problem in date_rules.blocks(problems)] + this.refusals()
    if reasons:
        raise StepRefused(reasons)
    if acknowledge is not None and (unseen := [p for p in problems if p.code not in acknowledge]):
        raise NeedsAcknowledgement(unseen)
    transition = this.write()
    return Moved(step, transition, tuple(map(sentence, problems)), tuple(p.code for p in problems))

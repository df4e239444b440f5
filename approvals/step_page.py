"""What the page of one step shows, and what it says before a record that is hard to take back."""

from dataclasses import replace
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.i18n import localized
from accounts.models import User
from accounts.permissions import Verb as Permission
from accounts.permissions import may
from approvals import actions, clocks, flow
from approvals.flow import State, Verb
from approvals.guide.queries import facts_of
from approvals.models import Certainty, DayUnit, ProjectStep, StepTransition
from approvals.promises.words import in_words
from approvals.queries import StepView, limit_words, pause_name, steps_of
from approvals.step_parts import parts_of
from workdays.arithmetic import WorkCalendar
from workdays.models import load_calendar

CONFIRM = frozenset(
    {
        Verb.REJECT_APPLICATION,
        Verb.REFUSE_ACCEPTANCE,
        Verb.WITHDRAW_BEFORE,
        Verb.DECIDE_REFUSE,
        Verb.WITHDRAW,
        Verb.REVOKE,
    }
)
ENDS = {
    Verb.REJECT_APPLICATION: lambda: _("The case ends: the matter needs no approval."),
    Verb.REFUSE_ACCEPTANCE: lambda: _("The case ends without acceptance; the applicant may apply again."),
    Verb.WITHDRAW_BEFORE: lambda: _("The case ends; the applicant may apply again."),
    Verb.DECIDE_REFUSE: lambda: _("The case ends with a refusal; the applicant may apply again."),
    Verb.WITHDRAW: lambda: _("The case ends and its clocks stop; the applicant may apply again."),
    Verb.REVOKE: lambda: _("The approval no longer counts: steps after this one wait for it again."),
}
HISTORY_SHOWN = 100


def consequences(verb: Verb) -> list[str]:
    """What the person should know before confirming; empty for verbs that need no confirmation."""
    if verb not in ENDS:
        return []
    return [ENDS[verb](), _("The record stays in the history, also when it is undone.")]


def usual(row: ProjectStep, verb: Verb, today: date, calendar: WorkCalendar) -> dict[str, Any]:
    """What the form of this verb proposes; an application that counts as accepted, the day since which it does."""
    notice = actions.notice_of(row, row.pauses.all(), calendar, today)
    return {"on": notice.deemed_on} if verb in actions.ACCEPTS and notice and notice.deemed_on else {}


def undo_consequences(row: ProjectStep) -> list[str]:
    last = row.history.order_by("-at", "-pk").first()
    if last is None:
        return []
    return [
        _("The step goes back to what it was before “%(what)s” of %(on)s.") % {"what": what(last), "on": last.on},
        _("Both records stay in the history."),
    ]


def applicability_consequences(choice: str) -> list[str]:
    if choice == "applies":
        return [_("The step counts among the steps of this project from now on.")]
    return [
        _("The step counts as done for the steps after it and is left out of every count."),
        _("Your name and the reason are shown on the step."),
    ]


def context(row: ProjectStep, user: User, today: date) -> dict[str, Any]:
    """Everything of the step's page; the parts for staff are left out for enterprises."""
    calendar = load_calendar()
    views = steps_of(row.project, user, today=today, calendar=calendar)
    view = next(view for view in views if view.row.pk == row.pk)
    shared = {
        "view": view,
        "row": view.row,
        "step": view.row.step,
        "project": row.project,
        "is_staff": user.role.scope != "enterprise",
        "successors": [other for other in views if view in other.waits_for],
        "guide": facts_of(row.step, row.project.park),
        "limits": limits(view),
        "clock": clock_rows(view, is_staff=user.role.scope != "enterprise"),
        "papers": papers(view),
    }
    return shared | parts_of(view, user) | (_for_staff(view, user) if shared["is_staff"] else {})


def _for_staff(view: StepView, user: User) -> dict[str, Any]:
    row = view.row
    handles = actions.handles(user, row)
    can_work = handles and may(user, Permission.WORK_STEP)
    verbs = allowed(view, user)
    return {
        "ordinary": [_link(verb, row) for verb in verbs if verb not in CONFIRM],
        "grave": [_link(verb, row) for verb in verbs if verb in CONFIRM],
        "can_undo": handles and (can_work or may(user, Permission.REVOKE_STEP)) and row.history.exists(),
        "can_judge": handles and may(user, Permission.SET_APPLICABILITY),
        "can_exclude": not flow.is_open(view.state) and not view.is_done,
        "can_record_papers": can_work and view.applies,
        "can_extend": handles and may(user, Permission.DECIDE_STEP) and _is_extendable(view),
        "can_deliver": can_work and view.state in flow.DECIDED and bool(row.decided_on) and row.delivered_on is None,
        "can_assign": handles and may(user, Permission.EDIT_PROJECT),
        "history": history(row),
    }


USUAL_NEXT = frozenset(
    {
        Verb.RECEIVE,
        Verb.RESUBMIT,
        Verb.ACCEPT,
        Verb.RESUME,
        Verb.DECIDE_APPROVE,
        Verb.DECIDE_APPROVE_OUTSTANDING,
    }
)


def allowed(view: StepView, user: User) -> list[Verb]:
    """The verbs possible in this state that the user may use on this step, the usual next one first."""
    if not view.applies or not actions.handles(user, view.row):
        return []
    deferrable = any(paper.deferrable for paper in view.row.step.documents.all())
    impossible = {Verb.DECIDE_ON_COMMITMENT}  # has a page of its own
    if not (deferrable and view.row.step.allows_deferral):
        impossible.add(Verb.ACCEPT_WITH_OUTSTANDING)
    impossible.add(Verb.DECIDE_APPROVE if _debts(view) else Verb.DECIDE_APPROVE_OUTSTANDING)
    if not view.open_pause:
        impossible.add(Verb.RESUBMIT)
    if view.notice and view.notice.is_given:
        impossible.add(Verb.NOTIFY_CORRECTION)
    possible = [
        verb
        for verb in flow.verbs_from(view.state)
        if verb not in impossible and may(user, Permission(flow.VERB_PERMISSIONS[verb]))
    ]
    return sorted(possible, key=lambda verb: verb not in USUAL_NEXT)


def _debts(view: StepView) -> bool:
    return any(paper.state == paper.State.OUTSTANDING for paper in view.owed)


def _link(verb: Verb, row: ProjectStep) -> dict[str, Any]:
    url = reverse("approvals:step_move", args=[row.project_id, row.code, verb.value])
    if verb is Verb.NOTIFY_CORRECTION:  # everything at once, with the papers it is about
        url = reverse("approvals:paper_notice", args=[row.project_id, row.code])
    return {"verb": verb.value, "label": localized(verb, "label"), "url": url}


def _is_extendable(view: StepView) -> bool:
    due_on = view.row.due_on
    has_clock = view.state in flow.RUNNING | flow.PAUSED and due_on is not None and due_on >= view.today
    return has_clock and not view.row.extension_wd


def limits(view: StepView) -> list[dict[str, Any]]:
    """Committed and statutory limit in words, with how certain each is."""
    row, step = view.row, view.row.step
    committed = step.committed_note
    return [
        {
            "label": _("Committed limit"),
            "value": limit_words(row.committed_limit_wd, DayUnit.WORKING, row.extension_wd),
            "note": committed,
            "to_confirm": step.committed_certainty != Certainty.SURE,
            "certainty": step.get_committed_certainty_display(),
        },
        {
            "label": _("Statutory limit"),
            "value": limit_words(row.statutory_value, row.statutory_unit, 0),
            "note": step.statutory_text,
            "to_confirm": step.statutory_certainty != Certainty.SURE,
            "certainty": step.get_statutory_certainty_display(),
        },
    ]


def clock_rows(view: StepView, *, is_staff: bool) -> dict[str, Any]:
    """Both clocks on this day, the pauses, and who held the file for how many working days.

    Enterprises read why a pause is theirs, not what was noted about the others.
    """
    row, reading = view.row, view.reading
    both = [
        (_("Committed"), reading.committed, row.committed_runs, clocks.Unit.WORKDAYS),
        (_("Statutory"), reading.statutory, row.statutory_runs, row.statutory_unit),
    ]
    return {
        "has_started": reading.effective is not None,
        "rows": [_clock_row(view, *clock) for clock in both],
        "pauses": [
            {
                "name": pause_name(pause.kind),
                "party": pause.get_party_display(),
                "from": pause.started_on,
                "to": pause.ended_on,
                "reason": pause.reason if is_staff or pause.party == clocks.Party.ENTERPRISE else "",
            }
            for pause in view.pauses
        ],
        "extension": _extension(view),
    }


def _extension(view: StepView) -> dict[str, Any] | None:
    """The extension with its reason, which the applicant is told (行政许可法 art. 42), and the due day without it."""
    row = view.row
    if not row.extension_wd:
        return None
    record = row.history.filter(verb="extend").order_by("-at", "-pk").first()
    without = replace(view.clock, committed_extension=0, statutory_extension=0).read(view.today, view.calendar)
    return {
        "days": row.extension_wd,
        "reason": record.note if record else "",
        "was_due_on": without.effective.on if without.effective else None,
    }


def _clock_row(view: StepView, label: str, due: clocks.Due | None, runs: bool, unit: str) -> dict[str, Any]:
    if due is None:
        return {"label": label, "due_on": None}
    as_of = view.row.decided_on or view.today
    late = clocks.lateness(due.on, as_of, view.calendar)
    left = -max(late.workdays, 1) if late.is_late else clocks.remaining(as_of, due.on, view.calendar)
    return {
        "label": label,
        "due_on": due.on,
        "runs": runs,
        "days": left,
        "is_paused": not runs and flow.is_open(view.state),
        "has_ended": view.state in flow.ENDED,
        "in_time": not late.is_late,
        "paused_days": due.paused_days,
        "paused_unit": DayUnit(unit).label,
        "is_provisional": due.provisional,
    }


def papers(view: StepView) -> list[dict[str, Any]]:
    """The papers asked for with how each stands; a missing row means nothing has been handed in."""
    known = {paper.requirement_id: paper for paper in view.row.documents.all()}
    return [{"asked": asked, "given": known.get(asked.pk)} for asked in view.row.step.documents.all()]


OTHER_RECORDS = {
    "set_applies": lambda: _("Marked as applicable"),
    "set_not_applicable": lambda: _("Marked as not applicable"),
    "judged": lambda: _("Judged anew from the project's data"),
    "adopt_milestone": lambda: _("Taken over from the date of a milestone"),
    "assign_unit": lambda: _("Handling unit named"),
    "document": lambda: _("Paper recorded"),
    "extend": lambda: _("Limit extended"),
    "deliver": lambda: _("Result delivered"),
    "renew_certificate": lambda: _("Certificate renewed"),
    "void_certificate": lambda: _("Certificate recorded as void"),
    "renew_debt": lambda: _("Due day of a paper moved"),
    "lapse_debt": lambda: _("Papers not supplied in time"),
    "check_commitment": lambda: _("Commitment checked"),
}


def what(record: StepTransition) -> str:
    """The record in words."""
    if record.verb in OTHER_RECORDS:
        return OTHER_RECORDS[record.verb]()
    return localized(Verb(record.verb), "label") if record.verb in frozenset(Verb) else record.verb


def history(row: ProjectStep) -> list[dict[str, Any]]:
    """The newest records for the timeline component."""
    records = row.history.select_related("by").order_by("-at", "-pk")[:HISTORY_SHOWN]
    return [
        {"at": record.at, "who": record.by or _("System"), "what": _headline(record), "note": _details(record)}
        for record in records
    ]


def _headline(record: StepTransition) -> str:
    text = f"{what(record)} · {record.on}"
    if record.from_state == record.to_state:
        return text
    states = [localized(State(code), "label") for code in (record.from_state, record.to_state)]
    return f"{text} · {states[0]} → {states[1]}"


def _details(record: StepTransition) -> str:
    data = record.data
    parts = [record.note, data.get("result_number", ""), data.get("unit", ""), data.get("document", "")]
    if data.get("pause_kind"):
        parts.append(pause_name(data["pause_kind"]))
    if data.get("milestone"):
        parts.append(_("Derived from milestone %(code)s.") % {"code": data["milestone"]})
    parts += [*data.get("outstanding", []), *in_words(data)]
    return " · ".join(part for part in parts if part)

"""What an enterprise writes: urgings, requests for help, ratings, wishes for notices. ``by`` is an Applicant.

Raises PermissionDenied when the link or account does not allow it, Refused when the rule or the state stands against.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused
from accounts.models import User
from accounts.permissions import Verb
from approvals import flow, seams
from approvals.actions.records import day_of
from approvals.actions.records import require as require_step
from approvals.models import ApprovalPolicy, HelpRequest, NoticePreference, ProjectStep, Rating, Urge
from approvals.portal import rules
from approvals.portal.applicant import Applicant, require
from approvals.portal.events import Event
from approvals.queries import ENTERPRISE, StepView
from projects.models import Project
from workdays.arithmetic import WorkCalendar

SAME_REQUEST = timedelta(hours=24)
NO_URGE = {
    rules.NoUrge.OWN_TURN: lambda: _("It is your turn at this step, so there is nobody to urge."),
    rules.NoUrge.NOT_OPEN: lambda: _("This step is not with a department at the moment, so there is nobody to urge."),
}


def why_no_urge(view: StepView) -> str:
    """Why this step cannot be urged by its state, as a sentence; "" when it can."""
    reason = rules.why_no_urge(
        own_turn=view.turn == ENTERPRISE and not view.is_done,
        is_open=flow.is_open(view.state),
        due_on=view.running_due_on,
        is_done=view.is_done,
        today=view.today,
    )
    return NO_URGE[reason]() if reason else ""


def too_soon(last: Urge | None, every_wd: int, today: date, calendar: WorkCalendar) -> str:
    """Why it cannot be urged again yet, as a sentence; "" when it can."""
    if last is None:
        return ""
    possible_on = rules.next_urge_on(last.on, every_wd, calendar)
    if today >= possible_on:
        return ""
    when = {"last": last.on.isoformat(), "on": possible_on.isoformat()}
    if last.answered_at is None:
        return (
            _("You urged this step on %(last)s; the answer is still owed. Urging again is possible from %(on)s.") % when
        )
    return _("You urged this step on %(last)s. Urging again is possible from %(on)s.") % when


@transaction.atomic
def urge(view: StepView, *, text: str, by: Applicant, at: datetime) -> Urge:
    """催办: ask that the step be hurried; reaches the handler's unit and the specialist until it is answered.

    At most once in ``ApprovalPolicy.urge_every_wd`` working days for each step, whoever urges.
    """
    row = view.row
    require(by, row.project_id, at=at)
    ProjectStep.objects.select_for_update().get(pk=row.pk)
    if reason := why_no_urge(view):
        raise Refused(reason)
    every_wd = ApprovalPolicy.of(row.project.park_id).urge_every_wd
    last = Urge.objects.filter(project_step=row).order_by("-at", "-pk").first()
    if reason := too_soon(last, every_wd, view.today, view.calendar):
        raise Refused(reason)
    return Urge.objects.create(project_step=row, on=view.today, at=at, text=text, **by.columns())


@transaction.atomic
def answer_urges(step: ProjectStep, *, text: str, upto: int, by: User, at: datetime) -> int:
    """Answer the open urgings of a step up to the newest one seen (its id); returns how many. Raises Conflict."""
    require_step(by, Verb.WORK_STEP, step)
    waiting = Urge.objects.filter(project_step=step, answered_at=None, pk__lte=upto)
    answered = waiting.update(answer=text, answered_by=by, answered_at=at)
    if not answered:
        raise Conflict(_("Somebody else has answered this urging already."))
    return answered


@transaction.atomic
def ask_for_help(
    project: Project, *, text: str, step: ProjectStep | None = None, by: Applicant, at: datetime
) -> HelpRequest:
    """A request for help, kept by the app that handles it (``seams.help_requested``) in the same transaction.

    The same text about the same step within a day is the same request: sent twice, it is made once.
    """
    require(by, project.pk, at=at)
    if step is not None and step.project_id != project.pk:
        raise PermissionDenied
    Project.objects.select_for_update().get(pk=project.pk)
    same = HelpRequest.objects.filter(project=project, project_step=step, text=text, **by.own())
    known = same.filter(at__gt=at - SAME_REQUEST).order_by("-at").first()
    if known is not None:
        return known
    request = HelpRequest.objects.create(project=project, project_step=step, at=at, text=text, **by.columns())
    for keep in seams.help_requested:
        request.item_id, request.item_number = keep(request, at=at, on=day_of(at))
        request.save(update_fields=["item_id", "item_number"])
    return request


@transaction.atomic
def rate(step: ProjectStep, *, score: int, comment: str = "", by: Applicant, at: datetime) -> Rating:
    """How satisfied the enterprise is with a decided step; once for each round, changeable for seven days."""
    require(by, step.project_id, at=at)
    row = ProjectStep.objects.select_for_update().get(pk=step.pk)
    if flow.State(row.state) not in flow.DECIDED:
        raise Refused(_("A step can be rated once it has been decided."))
    if not 1 <= score <= 5:
        raise Refused(_("Please choose 1 to 5."))
    known = Rating.objects.filter(project_step=row, round=row.round).first()
    values = {"score": score, "comment": comment, **by.columns()}
    if known is None:
        return Rating.objects.create(project_step=row, round=row.round, at=at, **values)
    if at >= rules.rating_ends(known.at):
        raise Refused(_("A rating can be changed for %(n)d days; this one stands.") % {"n": rules.RATING_DAYS})
    for name, value in values.items():
        setattr(known, name, value)
    known.save(update_fields=list(values))
    return known


@transaction.atomic
def set_notices(
    project: Project, *, events: Collection[str], email: str, phone: str, by: Applicant, at: datetime
) -> NoticePreference:
    """Keep what this account or this link wants to be told, and where."""
    wanted = [event.value for event in Event if event.value in events]
    return _preference(project, {"events": wanted, "email": email, "phone": phone}, by, at)


@transaction.atomic
def mark_read(project: Project, *, by: Applicant, at: datetime) -> NoticePreference:
    """The news up to now has been read by this account or this link."""
    return _preference(project, {"seen_at": at}, by, at)


def _preference(project: Project, values: dict, by: Applicant, at: datetime) -> NoticePreference:
    if by.project is None or project.pk not in {own.pk for own in by.projects}:
        raise PermissionDenied
    first = {"events": Event.values, **by.columns()} | values | {"updated_at": at}
    Project.objects.select_for_update().get(pk=project.pk)
    row, made = NoticePreference.objects.get_or_create(project=project, **by.own(), defaults=first)
    if not made:
        for name, value in (values | {"updated_at": at}).items():
            setattr(row, name, value)
        row.save(update_fields=[*values, "updated_at"])
    return row

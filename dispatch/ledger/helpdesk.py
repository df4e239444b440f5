"""An enterprise's request for help becomes an item of the responsibility ledger; the enterprise reads how it stands."""

from collections.abc import Collection
from datetime import date, datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organization
from approvals import seams
from approvals.models import HelpRequest
from approvals.seams import HelpState
from dispatch.ledger import actions
from dispatch.ledger.models import LedgerItem
from projects.models import Project, TeamMember

TITLE_LENGTH = 200
State = LedgerItem.State
WORDS = {
    State.REGISTERED: gettext_lazy("registered, a unit is being chosen"),
    State.ASSIGNED: gettext_lazy("given to a unit"),
    State.SIGNED: gettext_lazy("the unit has taken it on"),
    State.WORKING: gettext_lazy("being worked on"),
    State.CLOSING: gettext_lazy("done, being checked"),
    State.CLOSED: gettext_lazy("closed"),
    State.RETURNED: gettext_lazy("being worked on again"),
    State.HUNG: gettext_lazy("put before the leaders for a decision"),
}


def item_for(request: HelpRequest, *, at: datetime, on: date) -> tuple[int, str]:
    """Register the item inside the request's transaction; its id and number.

    Of the five elements the leader, the start and the standard are known; the deadline is set by whoever assigns it.
    """
    project = request.project
    with translation.override(settings.LANGUAGE_CODE):
        item = actions.register(
            park=project.park,
            by=None,
            at=at,
            on=on,
            source=LedgerItem.Source.ENTERPRISE,
            category=LedgerItem.Category.PERMITS if request.project_step_id else LedgerItem.Category.ENTERPRISE,
            title=_title(request),
            description=_description(request),
            project=project,
            project_step=request.project_step,
            leader=_leader(project),
            starts_on=on,
            standard=_("The enterprise has been helped. It reads the evidence of closure as the result."),
            unit=_unit(project),
        )
    return item.pk, item.number


def _title(request: HelpRequest) -> str:
    words = {"text": " ".join(request.text.split()), "step": request.project_step}
    text = _("Help for %(step)s: %(text)s") if request.project_step else _("Request for help: %(text)s")
    title = text % words
    return title if len(title) <= TITLE_LENGTH else f"{title[: TITLE_LENGTH - 1]}…"


def _description(request: HelpRequest) -> str:
    return "\n".join([request.text, _("Asked by %(name)s.") % {"name": request.by_name}])


def _leader(project: Project) -> str:
    leader = TeamMember.objects.filter(project=project, role=TeamMember.Role.LEADER).first()
    return leader.person_name[:60] if leader else ""


def _unit(project: Project) -> Organization | None:
    """The project's responsible unit, else the park's office, else nobody yet."""
    if project.responsible_unit_id:
        return project.responsible_unit
    offices = Organization.objects.filter(park=project.park_id, kind=Organization.Kind.PARK_OFFICE, is_active=True)
    return offices.order_by("pk").first()


def states(ids: Collection[int]) -> dict[int, HelpState]:
    """How these items stand in plain words; of a closed one the evidence of closure, of an open one nothing more."""
    rows = LedgerItem.objects.filter(pk__in=ids, source=LedgerItem.Source.ENTERPRISE)
    found = {}
    for pk, state, closed_on, progress in rows.values_list("pk", "state", "closed_on", "progress"):
        is_closed = state == State.CLOSED
        found[pk] = HelpState(str(WORDS[State(state)]), is_closed, closed_on, progress if is_closed else "")
    return found


def register() -> None:
    if item_for not in seams.help_requested:
        seams.help_requested.append(item_for)
    if states not in seams.help_states:
        seams.help_states.append(states)

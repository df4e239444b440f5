"""帮办代办: what agents do on an enterprise's behalf is written down and never changed; a mistake is cancelled.

Raises: PermissionDenied, Refused (nothing changed), Conflict.
"""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused
from accounts.models import Organization, User
from accounts.permissions import Verb, may
from approvals.models import AgentAction, ProjectStep
from projects.models import Project, TeamMember
from projects.text import LONG_TEXT, find_problem, tidy

OFFICES = (Organization.Kind.PARK_OFFICE, Organization.Kind.UNIT)


def is_agent(user, project: Project) -> bool:
    """Whether the person is the project's agent by its team; one query."""
    if not user.pk or not user.organization_id or user.organization.park_id != project.park_id:
        return False
    return TeamMember.objects.filter(project=project, role=TeamMember.Role.AGENT, user=user).exists()


def may_record(user, project: Project) -> bool:
    """Staff of the park for any agent; the project's own agent for what they did themselves."""
    return records_for_any(user, project) or is_agent(user, project)


def records_for_any(user, project: Project) -> bool:
    """Whether the person keeps the record for all agents of the park."""
    own = bool(user.organization_id) and user.organization.park_id == project.park_id
    return own and may(user, Verb.RECORD_AGENCY)


@transaction.atomic
def record(
    project: Project,
    *,
    agent: User,
    on_behalf_of: str,
    on: date,
    what: str,
    by,
    at: datetime,
    today: date,
    step: ProjectStep | None = None,
) -> AgentAction:
    """Write down that ``agent`` did ``what`` for ``on_behalf_of`` on the day ``on``. ``by`` None is the system."""
    if by is not None:
        _require(by, project, agent)
    if project.status == Project.Status.TERMINATED:
        raise Refused(_("This project has been terminated. Resume it first."))
    if agent.organization_id is None or agent.organization.park_id != project.park_id:
        raise Refused(_("The agent must be an account of this park."))
    if agent.organization.kind not in OFFICES:
        raise Refused(_("The agent must be an account of an office or unit of the park."))
    if step is not None and step.project_id != project.pk:
        raise Refused(_("This step belongs to another project."))
    if on > today:
        raise Refused(_("The day %(on)s lies in the future.") % {"on": on})
    return AgentAction.objects.create(
        project=project, project_step=step, agent=agent, on=on, by=by, at=at,
        on_behalf_of=_text(on_behalf_of, 100, _("Name whom it was done for.")),
        what=_text(what, LONG_TEXT, _("Say what was done.")),
    )  # fmt: skip


@transaction.atomic
def cancel(action: AgentAction, *, reason: str, by, at: datetime) -> AgentAction:
    """Mark an entry as a mistake; it stays on the list and counts no more. The agent may cancel own entries."""
    if by is not None:
        _require(by, action.project, action.agent)
    text = _text(reason, LONG_TEXT, _("Please give the reason."))
    entry = AgentAction.objects.filter(pk=action.pk, cancelled_reason="")
    if not entry.update(cancelled_reason=text, cancelled_by=by, cancelled_at=at):
        raise Conflict(_("This entry has been cancelled already."))
    action.cancelled_reason, action.cancelled_by, action.cancelled_at = text, by, at
    return action


def _require(by, project: Project, agent: User) -> None:
    if not (records_for_any(by, project) or (agent.pk == by.pk and is_agent(by, project))):
        raise PermissionDenied(_("You may record this for yourself only, as the agent of the project."))


def _text(value: str, limit: int, missing: str) -> str:
    text = tidy(value, lines=limit > 100)
    if not text:
        raise Refused(missing)
    if find_problem(text, limit=limit):
        raise Refused(_("The text is too long or contains a character that cannot be stored."))
    return text

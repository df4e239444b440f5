"""Rows of the portal as pages want them, each fetched once for the whole page. Reads only."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Avg, Count, Max, Q
from django.utils.translation import gettext as _

from approvals import flow, seams
from approvals.models import (
    AccessLink,
    AccessUse,
    AgentAction,
    CorrectionNotice,
    HelpRequest,
    ProjectStep,
    Rating,
    Urge,
)
from approvals.portal import rules
from approvals.queries import StepView
from projects.models import Project, TeamMember

MOST_SHOWN = 20
USES_SHOWN = 12


def notices_of(project: Project, principal) -> list[CorrectionNotice]:
    """All notices of the project, newest first."""
    rows = CorrectionNotice.objects.visible_to(principal).filter(project_step__project=project)
    return list(rows.select_related("project_step__step").order_by("-at", "-pk"))


def urges_of(project: Project, principal) -> list[Urge]:
    """All urgings of the project, newest first."""
    rows = Urge.objects.visible_to(principal).filter(project_step__project=project)
    return list(rows.select_related("project_step__step").order_by("-at", "-pk"))


def urges_of_step(step: ProjectStep, principal) -> list[Urge]:
    """Urgings of one step, newest first."""
    rows = Urge.objects.visible_to(principal).filter(project_step=step)
    return list(rows.select_related("answered_by").order_by("-at", "-pk"))


def requests_of(project: Project, principal) -> list[HelpRequest]:
    rows = HelpRequest.objects.visible_to(principal).filter(project=project)
    return list(rows.select_related("project_step__step").order_by("-at", "-pk"))


def ratings_of(project: Project, principal) -> dict[tuple[int, int], Rating]:
    """{(step id, round): rating}."""
    rows = Rating.objects.visible_to(principal).filter(project_step__project=project)
    return {(row.project_step_id, row.round): row for row in rows}


def steps_to_ask_about(project: Project, principal) -> dict[str, ProjectStep]:
    """{code: step} of the steps a request for help can be about, in order."""
    rows = ProjectStep.objects.visible_to(principal).filter(project=project)
    return {row.code: row for row in rows.applicable().select_related("step").order_by("seq")}


def requests_in_words(requests: Sequence[HelpRequest]) -> list[dict[str, Any]]:
    """Each request with its number and how it stands; a result only once it is closed."""
    states = seams.states_of(requests)
    unknown = seams.HelpState(_("received"))
    return [{"request": row, "state": states.get(row.item_id, unknown)} for row in requests]


def helpers_of(project: Project, principal) -> list[dict[str, str]]:
    """The specialist and the agent: {"role", "name", "phone"}."""
    roles = (TeamMember.Role.SPECIALIST, TeamMember.Role.AGENT)
    rows = TeamMember.objects.visible_to(principal).filter(project=project, role__in=roles).order_by("-role")
    found = [(row.get_role_display(), row.person_name, row.phone) for row in rows]
    return [{"role": role, "name": name, "phone": phone} for role, name, phone in found if name or phone]


def done_for(project: Project, principal) -> list[AgentAction]:
    """What the park's agents did for the enterprise, newest first; cancelled records are left out."""
    rows = AgentAction.objects.visible_to(principal).filter(project=project, cancelled_reason="")
    return list(rows.select_related("project_step__step", "agent").order_by("-on", "-pk")[:MOST_SHOWN])


def to_rate(views: Sequence[StepView], ratings: dict[tuple[int, int], Rating], now: datetime) -> list[dict[str, Any]]:
    """Decided steps that may be rated, or whose rating may still be changed, the newest first: {"view", "rating"}."""
    found = []
    for view in views:
        rating = ratings.get((view.row.pk, view.row.round))
        if view.state in flow.DECIDED and (rating is None or now < rules.rating_ends(rating.at)):
            found.append({"view": view, "rating": rating})
    return sorted(found, key=lambda item: item["view"].row.decided_on or date.min, reverse=True)


# For the park


def unanswered_for(user) -> Any:
    """Urgings this person should answer: steps of the own unit, projects whose specialist or agent they are.

    Staff of the whole park also get those that reach nobody: no handling unit and no specialist with an account.
    """
    rows = Urge.objects.visible_to(user).filter(answered_at=None, project_step__project__status=Project.Status.ACTIVE)
    own_units = user.organization.branch_ids()
    served = TeamMember.objects.filter(role__in=("specialist", "agent"))
    mine = Q(project_step__unit__in=own_units)
    mine |= Q(project_step__project__in=served.filter(user=user.pk).values("project"))
    if user.role.scope == "park":
        with_specialist = served.filter(role="specialist", user__isnull=False).values("project")
        mine |= Q(project_step__unit=None) & ~Q(project_step__project__in=with_specialist)
    else:
        mine |= Q(project_step__unit=None, project_step__project__responsible_unit__in=own_units)
    return rows.filter(mine)


def links_of(project: Project, user, now: datetime) -> list[dict[str, Any]]:
    """Links of the project with their state, rights and newest uses; two queries and one a link."""
    rows = AccessLink.objects.visible_to(user).filter(project=project).select_related("created_by", "withdrawn_by")
    rows = rows.annotate(use_count=Count("uses"), last_use=Max("uses__at")).order_by("-created_at", "-pk")
    links = list(rows[:MOST_SHOWN])
    uses = _newest_uses([link.pk for link in links], user)
    return [{"link": link, "state": state_of(link, now), "uses": uses[link.pk]} for link in links]


def _newest_uses(link_ids: Collection[int], user) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {pk: [] for pk in link_ids}
    for use in AccessUse.objects.visible_to(user).filter(link__in=link_ids).order_by("-at", "-pk")[:400]:
        if len(found[use.link_id]) < USES_SHOWN:
            found[use.link_id].append({"at": use.at, "what": use_in_words(use.what), "ip": use.ip})
    return found


def state_of(link: AccessLink, now: datetime) -> tuple[str, str]:
    """(code, word): open, expired, withdrawn."""
    if link.withdrawn_at:
        return "withdrawn", _("withdrawn")
    return ("open", _("valid")) if link.is_open(now) else ("expired", _("expired"))


USES = {
    "opened": lambda: _("opened"),
    "home": lambda: _("looked at the project"),
    "step": lambda: _("looked at a step"),
    "upload": lambda: _("handed in a paper"),
    "urge": lambda: _("urged"),
    "help": lambda: _("asked for help"),
    "rate": lambda: _("rated"),
    "download": lambda: _("downloaded a file"),
    "notices": lambda: _("changed the notices"),
    "left": lambda: _("ended the visit"),
}


def use_in_words(what: str) -> str:
    """ "step S03" → "looked at a step S03"; what is not known stays as it is."""
    code, _space, about = what.partition(" ")
    words = USES[code]() if code in USES else code
    return f"{words} {about}".strip()


def panel(project: Project, user, now: datetime, *, with_links: bool) -> dict[str, Any]:
    """The officer's view of the enterprise's side of a project."""
    urges = urges_of(project, user)
    requests = requests_of(project, user)
    rows = Rating.objects.visible_to(user).filter(project_step__project=project)
    ratings = list(rows.select_related("project_step__step").order_by("-at", "-pk")[:MOST_SHOWN])
    return {
        "links": links_of(project, user, now) if with_links else [],
        "waiting": [row for row in urges if row.answered_at is None],
        "answered": [row for row in urges if row.answered_at][:MOST_SHOWN],
        "requests": requests_in_words(requests[:MOST_SHOWN]),
        "ratings": ratings,
        "average": rows.aggregate(average=Avg("score"))["average"],
    }


def rating_of_step(code: str, user) -> dict[str, Any]:
    """Average and number of the ratings of a step over the projects this person sees; None without any."""
    rows = Rating.objects.visible_to(user).filter(project_step__code=code)
    return rows.aggregate(average=Avg("score"), number=Count("pk"))

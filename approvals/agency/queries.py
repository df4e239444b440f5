"""Services on behalf as pages show them: entries, and counts of a period. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Max, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from approvals.models import AgentAction, ProjectStep
from projects.models import Project, TeamMember

AGENT, PROJECT, STEP = "agent", "project", "step"
GROUPS = {AGENT: _("by agent"), PROJECT: _("by project"), STEP: _("by step")}
# Group → (columns of the key, columns of the name)
_COLUMNS = {
    AGENT: ("agent", ("agent__display_name", "agent__organization__name")),
    PROJECT: ("project", ("project__name", "project__enterprise__name")),
    STEP: ("project_step__code", ("project_step__code", "step_name")),
}


@dataclass(frozen=True)
class Total:
    """How much was done for one agent, project or step in the period; ``key`` "" where no step was named."""

    key: Any
    name: str
    more: str
    entries: int
    projects: int
    last_on: date


def counting(rows: QuerySet) -> QuerySet:
    """Entries that count: not cancelled."""
    return rows.filter(cancelled_reason="")


def totals(rows: QuerySet, group: str) -> list[Total]:
    """Counts of the entries by agent, project or step, the most first; one query."""
    key, (name, more) = _COLUMNS[group]
    found = counting(rows).order_by()
    if group == STEP:  # called otherwise, perhaps, in another version of the catalogue; its code is the same
        found = found.values(key).annotate(step_name=Max("project_step__step__name_zh"))
    else:
        found = found.values(key, name, more)
    found = found.annotate(n=Count("pk"), projects_n=Count("project", distinct=True), last_on=Max("on"))
    return [
        Total(row[key] or "", row[name] or "", row[more] or "", row["n"], row["projects_n"], row["last_on"])
        for row in found.order_by("-n", key)
    ]


def numbers(rows: QuerySet) -> dict[str, int]:
    """How many entries that count, and of how many agents, projects and enterprises."""
    return counting(rows).aggregate(
        entries=Count("pk"),
        agents=Count("agent", distinct=True),
        projects=Count("project", distinct=True),
        enterprises=Count("project__enterprise", distinct=True),
    )


def for_list(rows: QuerySet) -> QuerySet:
    """With everything a list shows, newest first."""
    return rows.select_related("project", "project_step__step", "agent__organization", "by", "cancelled_by").order_by(
        "-on", "-pk"
    )


def done_for(project: Project, user, limit: int | None = None) -> list[AgentAction]:
    """What was done for the enterprise of the project, newest first, without cancelled entries."""
    rows = counting(AgentAction.objects.visible_to(user)).filter(project=project)
    return list(for_list(rows)[:limit])


def agent_of(project: Project) -> TeamMember | None:
    """The agent named in the project's team."""
    return TeamMember.objects.filter(project=project, role=TeamMember.Role.AGENT).select_related("user").first()


def projects_of(user) -> QuerySet:
    """Active projects whose agent this person is, the one served longest ago first."""
    own = TeamMember.objects.filter(role=TeamMember.Role.AGENT, user=user.pk).values("project")
    rows = Project.objects.visible_to(user).active().filter(pk__in=own)
    last = Coalesce(Max("agent_actions__on"), date(2000, 1, 1))
    return rows.annotate(last_on=last).select_related("enterprise").order_by("last_on", "name_key")


def steps_for(project: Project, user) -> Iterable[ProjectStep]:
    """The project's steps that apply, in order: what a service may be about."""
    rows = ProjectStep.objects.visible_to(user).applicable().filter(project=project)
    return rows.select_related("step").order_by("seq")

"""What approvals have to say about projects: registered in ``projects.seams`` by ``AppConfig.ready()``."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.i18n import localized
from approvals.flow import DONE, State
from approvals.models import ProjectStep, Step
from projects.models import Project
from projects.seams import Missing


def missing_steps(project: Project, gate: str, on: date) -> Iterator[Missing]:
    """Steps the gate asks for that apply, or may apply, and were not done by the day ``on``; one query."""
    asked = ProjectStep.objects.applicable().filter(project=project, step__gates__code=gate)
    for step in asked.select_related("step").order_by("seq"):
        text = _unmet(step, on)
        if text:
            yield Missing(step.code, text, step_url(step))


def _unmet(step: ProjectStep, on: date) -> str:
    state = State(step.state)
    name = str(step)
    if state in DONE:
        if step.decided_on is None or step.decided_on <= on:
            return ""
        return _("%(step)s was decided only on %(on)s.") % {"step": name, "on": step.decided_on}
    if step.applicability == ProjectStep.Applicability.UNDETERMINED and state == State.NOT_STARTED:
        return _("%(step)s: it is not known yet whether the project needs it.") % {"step": name}
    return _("%(step)s is not finished: %(state)s.") % {"step": name, "state": localized(state, "label")}


def step_url(step: ProjectStep) -> str:
    return reverse("approvals:step", args=[step.project_id, step.code])


def late_on(today: date) -> Q:
    """Steps with a clock that runs and has run out before ``today``."""
    return Q(committed_runs=True, committed_due_on__lt=today) | Q(statutory_runs=True, statutory_due_on__lt=today)


def row_facts(projects: Sequence[Project], user, today: date) -> Mapping[int, Mapping[str, Any]]:
    """For rows of a project list: steps_done, steps_total (applicable), late_steps, next_due; two queries.

    next_due: {"code", "name", "due_on"} of the running step that is due first, or None.
    """
    steps = ProjectStep.objects.applicable().filter(project__in=[project.pk for project in projects]).order_by()
    counted = steps.values("project").annotate(
        steps_total=Count("pk"),
        steps_done=Count("pk", filter=Q(state__in=DONE)),
        late_steps=Count("pk", filter=late_on(today)),
    )
    nothing = {"steps_total": 0, "steps_done": 0, "late_steps": 0, "next_due": None}
    facts = {project.pk: dict(nothing) for project in projects}
    for row in counted:
        facts[row.pop("project")] |= row
    for project, due in _next_due(steps).items():
        facts[project]["next_due"] = due
    return facts


def _next_due(steps) -> dict[int, dict[str, Any]]:
    columns = ("project", "seq", "code", "committed_runs", "committed_due_on", "statutory_runs", "statutory_due_on")
    first: dict[int, tuple] = {}
    for row in steps.running().values(*columns, "step__name_zh", "step__name_en"):
        running = [row[f"{clock}_due_on"] for clock in ("committed", "statutory") if row[f"{clock}_runs"]]
        name = localized(Step(name_zh=row["step__name_zh"], name_en=row["step__name_en"]), "name")
        due = (min(running), row["seq"], {"code": row["code"], "name": name, "due_on": min(running)})
        first[row["project"]] = min(first.get(row["project"], due), due, key=lambda item: item[:2])
    return {project: due[2] for project, due in first.items()}


def unit_reach(organization_ids: Iterable[int]) -> Q:
    """Projects with a step that one of these units handles."""
    return Q(pk__in=ProjectStep.objects.filter(unit__in=organization_ids).values("project"))

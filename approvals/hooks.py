"""What approvals have to say about projects: registered in ``projects.seams`` by ``AppConfig.ready()``."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from django.db.models import Case, Count, Min, Model, Q, When
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.i18n import localized
from approvals.flow import DONE, State
from approvals.models import ProjectStep, StepTransition
from projects.models import Project
from projects.seams import Missing


def missing_steps(project: Project, gate: str, on: date) -> Iterator[Missing]:
    """Steps the gate asks for that apply, or may apply, and were not done by the day ``on``; one query."""
    for step, text in unmet_steps([project], gate, on).get(project.pk, ()):
        yield Missing(step.code, text, step_url(step))


def unmet_steps(projects: Iterable[Project], gate: str, on: date) -> dict[int, list[tuple[ProjectStep, str]]]:
    """Project id → what ``missing_steps`` finds there, as (step, sentence); one query for all of them."""
    asked = ProjectStep.objects.applicable().filter(project__in=[project.pk for project in projects])
    found: dict[int, list[tuple[ProjectStep, str]]] = {}
    for step in asked.filter(step__gates__code=gate).select_related("step", "unit").order_by("project", "seq"):
        if text := _unmet(step, on):
            found.setdefault(step.project_id, []).append((step, text))
    return found


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
    """For rows of a project list: steps_done, steps_total (applicable), late_steps, next_due; one query.

    next_due: {"code", "name", "due_on", "is_provisional"} of the running step that is due first, or None.
    """
    facts = {project.pk: {"steps_total": 0, "steps_done": 0, "late_steps": 0, "next_due": None} for project in projects}
    first: dict[int, tuple] = {}
    for project, seq, total, done, late, *step in _grouped(facts, today):
        own = facts[project]
        own["steps_total"] += total
        own["steps_done"] += done
        own["late_steps"] += late
        if seq is not None:
            due = (min(filter(None, step[:2])), seq, step)
            first[project] = min(first.get(project, due), due, key=lambda item: item[:2])
    for project, (due_on, _seq, step) in first.items():
        name = localized(SimpleNamespace(name_zh=step[3], name_en=step[4]), "name")
        facts[project]["next_due"] = {
            "code": step[2], "name": name, "due_on": due_on, "is_provisional": bool(step[5]),
        }  # fmt: skip
    return facts


def _grouped(projects: Iterable[int], today: date):
    """Applicable steps: those without a running clock together, one row for each with one.

    (project, seq or None, steps, done, late, committed due day, statutory due day, code, Chinese name, English name,
    provisional or 0); what follows the counts has a meaning only where seq is known.
    """
    running = Q(committed_runs=True) | Q(statutory_runs=True)
    steps = ProjectStep.objects.applicable().filter(project__in=list(projects)).order_by()
    counts = {
        "total": Count("pk"),
        "done": Count("pk", filter=Q(state__in=DONE)),
        "late": Count("pk", filter=late_on(today)),
    }
    names = {
        "committed": Min("committed_due_on", filter=Q(committed_runs=True)),
        "statutory": Min("statutory_due_on", filter=Q(statutory_runs=True)),
        "step_code": Min("code"),
        "name_zh": Min("step__name_zh"),
        "name_en": Min("step__name_en"),
        "provisional": Count("pk", filter=Q(is_provisional=True)),
    }
    grouped = steps.annotate(running_seq=Case(When(running, then="seq"))).values("project", "running_seq")
    return grouped.annotate(**counts, **names).values_list("project", "running_seq", *counts, *names)


def unit_reach(organization_ids: Iterable[int]) -> Q:
    """Projects with a step that one of these units handles."""
    return Q(pk__in=ProjectStep.objects.filter(unit__in=organization_ids).values("project"))


def born_with() -> dict[type[Model], Callable[[datetime], Q]]:
    """For seams.born_with: the steps a project was given, as long as nobody has moved them."""
    return {ProjectStep: lambda at: Q(updated_at=at), StepTransition: lambda at: Q(at=at)}

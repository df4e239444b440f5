"""Everything the plans of some projects are read from, in a fixed number of queries for any number of projects."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, OuterRef, Subquery

from accounts.models import Organization
from approvals.models import MilestoneGate, ProjectStep, Step, StepDependency, StepPause
from dispatch.plan import policies
from dispatch.plan.models import Plan, PlanBaseline, PlanLever, PlanLink, PlanTask
from dispatch.plan.policy import PlanPolicy
from projects.models import Milestone, Project, TeamMember
from projects.planning.network import Link

STEP_COLUMNS = (
    "pk", "project_id", "step_id", "code", "seq", "line_code", "applicability", "state", "received_on", "accepted_on",
    "decided_on", "clock_start", "committed_limit_wd", "statutory_value", "statutory_unit", "extension_wd", "unit_id",
    "handler_name",
)  # fmt: skip
PAUSE_COLUMNS = (
    "project_step_id", "kind", "party", "stops_committed", "stops_statutory", "started_on", "ended_on",
)  # fmt: skip
CATALOGUE_COLUMNS = (
    "catalogue", "code", "name_zh", "name_en", "department_lead_zh", "department_lead_en", "pre_review",
)  # fmt: skip


@dataclass(frozen=True)
class Gathered:
    """By project id unless said. ``dependencies`` and ``gates`` by catalogue id; ``people``: names of specialists."""

    steps: Mapping[int, Sequence[Any]]
    catalogue: Mapping[int, Step]  # by step id
    dependencies: Mapping[int, Sequence[Link]]
    gates: Mapping[int, Mapping[str, Sequence[str]]]
    pauses: Mapping[int, Sequence[Any]]  # by project step
    milestones: Mapping[int, Mapping[str, Any]]
    plans: Mapping[int, Plan]
    tasks: Mapping[int, Mapping[str, PlanTask]]  # by plan id
    links: Mapping[int, Sequence[PlanLink]]
    levers: Mapping[int, Sequence[PlanLever]]
    baselines: Mapping[int, Mapping[str, Mapping[str, Any]]]
    people: Mapping[int, str]
    units: Mapping[int, str]
    policies: Mapping[int, PlanPolicy]


def gather(projects: Iterable[Project], *, with_info: bool = True) -> Gathered:
    """14 queries; without ``with_info`` what only people read (units, specialists, baselines) is left out."""
    projects = list(projects)
    ids = [project.pk for project in projects]
    steps = _grouped(_steps(ids), "project_id")
    known = {row.step_id for rows in steps.values() for row in rows}
    catalogue = Step.objects.only(*CATALOGUE_COLUMNS).in_bulk(known)
    versions = {step.catalogue_id for step in catalogue.values()}
    plans = {plan.project_id: plan for plan in Plan.objects.filter(project__in=ids).select_related("template")}
    own = [plan.pk for plan in plans.values()]
    tasks = _grouped(PlanTask.objects.filter(plan__in=own), "plan_id")
    return Gathered(
        steps=steps,
        catalogue=catalogue,
        dependencies=dependencies(versions),
        gates=gates(versions),
        pauses=_grouped(_pauses(ids), "project_step_id"),
        milestones={pk: {row.stage: row for row in rows} for pk, rows in _milestones(ids).items()},
        plans=plans,
        tasks={pk: {row.key: row for row in rows} for pk, rows in tasks.items()},
        links=_grouped(PlanLink.objects.filter(plan__in=own), "plan_id"),
        levers=_grouped(PlanLever.objects.filter(plan__in=own, withdrawn_at=None), "plan_id"),
        baselines=_baselines(own) if with_info else {},
        people=_people(ids) if with_info else {},
        units=_units(projects, steps, tasks) if with_info else {},
        policies=policies.of_parks({project.park_id for project in projects}),
    )


def _grouped(rows: Iterable[Any], name: str) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, name)].append(row)
    return dict(found)


def _steps(ids: Collection[int]) -> Iterable[Any]:
    rows = ProjectStep.objects.filter(project__in=ids).order_by("project", "seq")
    return rows.values_list(*STEP_COLUMNS, named=True)


def _pauses(ids: Collection[int]) -> Iterable[Any]:
    rows = StepPause.objects.filter(project_step__project__in=ids, stops_committed=True)
    return rows.order_by("started_on", "pk").values_list(*PAUSE_COLUMNS, named=True)


def _milestones(ids: Collection[int]) -> dict[int, list[Any]]:
    rows = Milestone.objects.filter(project__in=ids)
    columns = ("project_id", "stage", "baseline_on", "forecast_on", "actual_on", "is_done")
    return _grouped(rows.values_list(*columns, named=True), "project_id")


def dependencies(versions: Collection[int]) -> dict[int, list[Link]]:
    """Links of each of these catalogues (id)."""
    rows = StepDependency.objects.filter(step__catalogue__in=versions).order_by("step__seq", "predecessor__seq")
    found: dict[int, list[Link]] = defaultdict(list)
    for catalogue, before, after, is_hard in rows.values_list(
        "step__catalogue", "predecessor__code", "step__code", "is_hard"
    ):
        found[catalogue].append(Link(before, after, is_hard=is_hard))
    return dict(found)


def gates(versions: Collection[int]) -> dict[int, dict[str, list[str]]]:
    """{catalogue id: {code of the milestone gate: codes of its steps}}."""
    found: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    rows = MilestoneGate.objects.filter(catalogue__in=versions).order_by("code", "steps__seq")
    for catalogue, code, step in rows.values_list("catalogue", "code", "steps__code"):
        if step:
            found[catalogue][code].append(step)
    return {catalogue: dict(steps) for catalogue, steps in found.items()}


def _baselines(plans: Collection[int]) -> dict[int, dict[str, dict[str, Any]]]:
    """Rows of the newest version of each plan, by key."""
    last = PlanBaseline.objects.filter(plan=OuterRef("plan")).order_by().values("plan").annotate(last=Max("number"))
    rows = PlanBaseline.objects.filter(plan__in=plans, number=Subquery(last.values("last")))
    return {row.plan_id: {entry["key"]: entry for entry in row.rows} for row in rows.only("plan_id", "rows")}


def _people(ids: Collection[int]) -> dict[int, str]:
    rows = TeamMember.objects.filter(project__in=ids, role=TeamMember.Role.SPECIALIST)
    return dict(rows.values_list("project_id", "person_name"))


def _units(projects: Iterable[Project], steps: Mapping, tasks: Mapping) -> dict[int, str]:
    named = {project.responsible_unit_id for project in projects}
    named |= {row.unit_id for rows in [*steps.values(), *tasks.values()] for row in rows}
    return dict(Organization.objects.filter(pk__in=named - {None}).values_list("pk", "name"))

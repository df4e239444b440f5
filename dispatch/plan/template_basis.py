"""What templates are made from: the tasks every project of the park has, their usual durations and links."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ObjectDoesNotExist

from accounts.models import Park
from approvals.models import Catalogue
from dispatch.plan import facts, gathering, policies, skeleton
from dispatch.plan.building import PLACES, milestone_name, works_name
from dispatch.plan.models import PlanLink, PlanTask
from projects.models import Project
from projects.planning.network import Link


@dataclass(frozen=True)
class Usual:
    """One task of every project; ``duration_wd``: catalogue's limit or the park's default, None of a milestone."""

    key: str
    name: str
    duration_wd: int | None


@dataclass(frozen=True)
class Basis:
    """``tasks`` in the order of pages, by key; ``links``: of the catalogue and of what every project has."""

    tasks: Mapping[str, Usual]
    links: Sequence[Link]


def basis_of(park: Park) -> Basis:
    """From the catalogue in force in the park; without one only milestones and works. Six queries."""
    works = policies.in_force(park.pk).works
    found = [(PLACES[key], Usual(key, milestone_name(key), None)) for key in skeleton.MILESTONES]
    found += [(PLACES[key], Usual(key, works_name(key), works[key])) for key in skeleton.WORKS]
    links: list[Link] = []
    gates: Mapping[str, Sequence[str]] = {}
    try:
        catalogue = Catalogue.objects.in_force(park)
    except ObjectDoesNotExist:
        catalogue = None
    if catalogue is not None:
        found += [
            (step.seq * 10, Usual(step.code, step.name, facts.limit_of(step)[0])) for step in catalogue.steps.all()
        ]
        links = gathering.dependencies([catalogue.pk]).get(catalogue.pk, [])
        gates = gathering.gates([catalogue.pk]).get(catalogue.pk, {})
    tasks = {usual.key: usual for _place, usual in sorted(found, key=lambda pair: pair[0])}
    pairs = {(link.before, link.after): link for link in [*skeleton.links(gates, tasks), *links]}
    return Basis(tasks, list(pairs.values()))


def rows_of_project(project: Project) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """(rows, links) of a template made from a project's plan: its limits, its own values, tasks and links."""
    own = {row.key: row for row in PlanTask.objects.filter(plan__project=project, is_dropped=False)}
    limits = dict(project.steps.applicable().values_list("code", "committed_limit_wd"))
    rows = [_row(key, own.get(key), limit) for key, limit in limits.items()]
    rows += [_row(key, own.get(key), None) for key in skeleton.WORKS if key in own]
    rows += [_row(row.key, row, None) for row in own.values() if row.kind == PlanTask.Kind.OWN]
    known = {*limits, *skeleton.WORKS, *skeleton.MILESTONES, *(row["key"] for row in rows)}
    links = [
        {"before": link.before, "after": link.after, "kind": link.kind, "lag_wd": link.lag_wd, "is_hard": link.is_hard}
        for link in PlanLink.objects.filter(plan__project=project, is_removed=False)
        if {link.before, link.after} <= known
    ]
    return [row for row in rows if _says_something(row)], links


def _row(key: str, own: PlanTask | None, limit: int | None) -> dict[str, Any]:
    duration = own.duration_wd if own and own.duration_wd is not None else limit
    is_own = own is not None and own.kind == PlanTask.Kind.OWN
    return {
        "key": key,
        "name": own.name if own and is_own else "",
        "duration_wd": duration,
        "preparation_wd": own.preparation_wd if own else None,
    }


def _says_something(row: Mapping[str, Any]) -> bool:
    return bool(row["name"]) or row["duration_wd"] is not None or row["preparation_wd"] is not None

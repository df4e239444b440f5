"""What every write on a plan does: permission, compare-and-swap on the plan's version, history.

    with transaction.atomic():
        plan = open_plan(project, by=by, at=at)      # created when there is none, at version 0
        claim(plan, version, by=by, at=at)           # Conflict when somebody was first; before anything is written
        entry(plan, "levers", changes, by=by, at=at, note=reason)
        forecasting.refresh_one(project, …)

``version`` is what the person saw: ``version_of(plan)``, 0 while there is no plan.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused
from accounts.permissions import Verb, may
from dispatch.plan import skeleton
from dispatch.plan.models import Plan, PlanEntry
from projects.actions.shared import put
from projects.models import Project
from projects.stages import reached


def version_of(plan: Plan | None) -> int:
    """The version a page carries; 0 while nobody has touched the plan."""
    return plan.version if plan else 0


def require_planner(project: Project, by) -> None:
    """Who may change this project's plan; ``by=None`` is the system itself. Raises PermissionDenied."""
    if by is None:
        return
    if not (may(by, Verb.EDIT_PLAN) and Project.objects.visible_to(by).filter(pk=project.pk).exists()):
        raise PermissionDenied


def refuse_unless_planned(project: Project) -> None:
    """Suspended and terminated projects keep their plan as it was. Raises Refused."""
    if project.status == Project.Status.TERMINATED:
        raise Refused(_("This project has been terminated. Resume it first."))
    if project.status == Project.Status.SUSPENDED:
        raise Refused(_("This project is suspended; its plan stays as it was. Resume the project first."))


def open_plan(project: Project, *, by, at: datetime) -> Plan:
    """The project's plan, made when there is none with the goal and target that counted without one.

    Call inside the transaction, claim next. Raises PermissionDenied, Refused.
    """
    require_planner(project, by)
    refuse_unless_planned(project)
    plan = Plan.objects.filter(project=project).first()
    if plan is None:
        goal, target_on = usual_goal(project)
        made = {"goal": goal, "target_on": target_on, "version": 0, "created_by": by, "created_at": at}
        plan, _made = Plan.objects.get_or_create(project=project, defaults=made | {"updated_by": by, "updated_at": at})
    return plan


def usual_goal(project: Project) -> tuple[str, date | None]:
    """Goal and target without a plan: the next of start, completion, production, and its own baseline date."""
    rows = {row.stage: row for row in project.milestones.filter(stage__in=skeleton.GOALS)}
    done = [key for key, row in rows.items() if row.actual_on or row.is_done]
    goal = skeleton.usual_goal([*done, *(key for key in skeleton.GOALS if reached(project.stage, key))])
    return goal, rows[goal].baseline_on if goal in rows else None


def claim(plan: Plan, version: int | None, *, by, at: datetime, **updates: Any) -> None:
    """The plan's next version with ``updates``, on the instance too, if nobody changed it since. Raises Conflict."""
    seen = plan.version if version is None else version
    updates = updates | {"updated_at": at, "updated_by": by, "version": seen + 1}
    if seen != plan.version or not Plan.objects.filter(pk=plan.pk, version=seen).update(**updates):
        raise Conflict(_("Somebody else has changed this plan in the meantime. Please look at it again."))
    put(plan, updates)


def entry(
    plan: Plan, verb: str, changes: Iterable[Mapping[str, Any]] = (), *, by, at: datetime, note: str = ""
) -> PlanEntry:
    """One row of the plan's history; ``changes`` as projects.actions.shared.differences() makes them."""
    return PlanEntry.objects.create(plan=plan, verb=verb, changes=list(changes), note=note, by=by, at=at)

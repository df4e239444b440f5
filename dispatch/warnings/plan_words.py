"""What a warning about a plan says beyond its rule: by how much the target is missed, and over which chain. Reads only.

The figures are those of the stored forecast; once it speaks of another target they are left out.
"""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.i18n import localized
from approvals.models import ProjectStep
from dispatch.plan.building import works_name
from dispatch.plan.models import PlanForecast, PlanTask
from dispatch.plan.skeleton import WORKS
from dispatch.warnings import rules
from projects.stages import STAGES, Stage

SHOWN = 6  # tasks of a chain that are named


class PlanWords:
    """Forecasts and names of the projects whose warnings are about plans; no query when there are none, else three."""

    def __init__(self, warnings: Sequence[Any]):
        ids = {warning.project_id for warning in warnings if warning.rule in rules.EARLY}
        rows = PlanForecast.objects.filter(project__in=ids).defer("rows") if ids else ()
        self._forecasts = {row.project_id: row for row in rows}
        self._names = _names(self._forecasts.values()) if self._forecasts else {}

    def amount(self, warning: Any) -> str:
        """By how much, in words; "" for warnings of other rules."""
        if warning.rule not in rules.EARLY:
            return ""
        found = self._of(warning)
        if warning.rule == rules.PLAN_SHORT and found and found.short_wd:
            return ngettext("%(n)s working day short", "%(n)s working days short", found.short_wd) % {
                "n": found.short_wd
            }
        if warning.rule == rules.PLAN_RISK and found and found.p80_on:
            return _("four of five comparable courses finish by %(day)s") % {"day": found.p80_on.isoformat()}
        return _("the target is not kept") if warning.rule == rules.PLAN_SHORT else _("the target is at risk")

    def detail(self, warning: Any) -> str:
        """When the goal is expected, and the chain that holds it; "" without a forecast that speaks of the target."""
        found = self._of(warning) if warning.rule in rules.EARLY else None
        if found is None or found.goal_on is None:
            return ""
        parts = {
            "goal": _stage(found.goal),
            "day": found.goal_on.isoformat(),
            "as_of": found.as_of.isoformat(),
            "chain": " → ".join(_shown([self._name(found.project_id, key) for key in found.chain])),
        }
        if len(found.chain) < 2:
            return _("%(goal)s expected on %(day)s (forecast of %(as_of)s)") % parts
        return _("%(goal)s expected on %(day)s (forecast of %(as_of)s) over: %(chain)s") % parts

    def url(self, warning: Any) -> str:
        """Where something can be done about it; "" for warnings of other rules, or while there is no such page."""
        if warning.rule not in rules.EARLY:
            return ""
        try:
            return reverse("dispatch:plan_levers", args=[warning.project_id])
        except NoReverseMatch:
            return ""

    def _of(self, warning: Any) -> PlanForecast | None:
        found = self._forecasts.get(warning.project_id)
        return found if found and found.target_on == warning.due_on else None

    def _name(self, project_id: int, key: str) -> str:
        if key in STAGES:
            return _stage(key)
        return self._names.get((project_id, key)) or (works_name(key) if key in WORKS else key)


def _stage(code: str) -> str:
    return localized(STAGES[Stage(code)], "name")


def _shown(names: list[str]) -> list[str]:
    """All of them, or the first and last ones."""
    return names if len(names) <= SHOWN else [*names[: SHOWN - 2], "…", *names[-2:]]


def _names(forecasts) -> dict[tuple[int, str], str]:
    """Of steps and of the projects' own tasks on the chains; two queries."""
    steps, own = Q(), Q()
    for row in forecasts:
        steps |= Q(project=row.project_id, code__in=row.chain)
        own |= Q(plan__project=row.project_id, key__in=row.chain)
    found = {
        (step.project_id, step.code): f"{step.code} {localized(step.step, 'name')}"
        for step in ProjectStep.objects.filter(steps)
        .select_related("step")
        .only("project_id", "code", "step__name_zh", "step__name_en")
    }
    tasks = PlanTask.objects.filter(own, kind=PlanTask.Kind.OWN).values_list("plan__project", "key", "name")
    return found | {(project, key): name for project, key, name in tasks}

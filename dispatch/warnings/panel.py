"""What warnings say on pages of projects: a panel on the project page, and the reasons behind a light in lists."""

from collections import defaultdict

from django.utils.translation import gettext_lazy as _

from dispatch.warnings.models import Warning
from dispatch.warnings.reading import lines, reasons
from projects import seams
from workdays.models import load_calendar

MOST_REASONS = 3
NEEDED = ("pk", "project_id", "rule", "object_type", "object_id", "label", "due_on", "level")


def panel_context(project, user, today) -> dict:
    """Active warnings of the project for people who may see them; nothing for enterprises."""
    rows = Warning.objects.visible_to(user).active().filter(project=project).select_related("project", "unit")
    return {"lines": lines(_worst_first(rows), today=today, calendar=load_calendar())}


def row_facts(projects, user, today) -> dict[int, dict]:
    """{project id: {"triggers": [sentence, …]}}: the worst causes of each light, at most three; two queries."""
    rows = Warning.objects.visible_to(user).active().filter(project__in=[project.pk for project in projects]).order_by()
    by_project = defaultdict(list)
    for warning in _worst_first(rows.values_list(*NEEDED, named=True)):
        if len(by_project[warning.project_id]) < MOST_REASONS:
            by_project[warning.project_id].append(warning)
    shown = [warning for found in by_project.values() for warning in found]
    sentences = iter(reasons(shown))
    return {pk: {"triggers": [next(sentences) for _warning in found]} for pk, found in by_project.items()}


def _worst_first(rows) -> list:
    order = {"red": 0, "yellow": 1, "blue": 2}
    return sorted(rows, key=lambda warning: (order[warning.level], warning.due_on, warning.pk))


def register() -> None:
    panel = seams.Panel("warnings", _("Warnings"), "dispatch/warning_panel.html", panel_context)
    if panel not in seams.panels:
        seams.panels.append(panel)
    if row_facts not in seams.row_facts:
        seams.row_facts.append(row_facts)

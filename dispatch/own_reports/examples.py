"""Reports that come with the site, to be run and copied."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Example:
    """``raw``: a definition as a saved report has it."""

    key: str
    name: Any
    raw: Mapping[str, Any]


def _raw(dataset: str, columns: str, *, grouping: str = "", order: str = "", **filters: Any) -> dict[str, Any]:
    return {
        "dataset": dataset, "columns": columns.split(), "filters": filters, "grouping": grouping.split(),
        "order": order, "limit": None,
    }  # fmt: skip


EXAMPLES = (
    Example(
        "not_started",
        _("Projects that have not started"),
        _raw(
            "projects", "name unit stage start_due_on total_10k plan_10k ytd_10k leader issue", grouping="unit",
            order="start_due_on", status={"in": ["active"]}, pool={"in": ["planning", "reserve"]},
        ),
    ),
    Example(
        "steps_overdue",
        _("Approval steps that are overdue"),
        _raw(
            "steps", "project step state accepted_on due_on handler", grouping="unit", order="due_on",
            running={"in": ["yes"]}, due_on={"span": "overdue"},
        ),
    ),
    Example(
        "milestones_month",
        _("Milestones due this month"),
        _raw(
            "milestones", "project project_unit milestone due_on leader", order="due_on", reached={"in": ["no"]},
            due_on={"span": "this_month"}, status={"in": ["active"]},
        ),
    ),
    Example(
        "investment_by_unit",
        _("Investment of this year by unit"),
        _raw(
            "projects", "name total_10k plan_10k ytd_10k plan_rate", grouping="unit", order="-plan_10k",
            status={"in": ["active"]},
        ),
    ),
    Example(
        "items_open",
        _("Open ledger items by unit"),
        _raw("ledger_items", "number title project state raised_on due_on", grouping="unit", order="due_on",
             open={"in": ["yes"]}),
    ),
    Example(
        "warnings_active",
        _("Active warnings by level"),
        _raw("warnings", "project rule unit due_on since_on", grouping="level", order="due_on",
             active={"in": ["yes"]}),
    ),
)  # fmt: skip
BY_KEY = {example.key: example for example in EXAMPLES}

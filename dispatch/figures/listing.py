"""The list behind a number as page and workbook show it: columns by what was asked, rows in their order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.i18n import localized
from dispatch.figures import behind
from dispatch.figures.behind import Question
from dispatch.figures.policy import FigurePolicy
from dispatch.figures.rates import RateKey


@dataclass(frozen=True)
class Column:
    """``kind``: text, day, money (万元) or number. ``value``: of a row, None for an empty cell."""

    heading: Any
    kind: str
    value: Callable[[Any], Any]

    @property
    def is_figure(self) -> bool:
        return self.kind != "text"


@dataclass(frozen=True)
class Listing:
    """``rows``: what the person may see of it; ``total``: how many there are in all. ``steps``: rows are steps."""

    question: Question
    steps: bool
    columns: Sequence[Column]
    rows: QuerySet
    total: int

    def lines(self, rows) -> list[dict[str, Any]]:
        """Rows for the page: name and address of the project or step, then the cells."""
        return [
            {
                "name": self.project_of(row).name,
                "url": self.url_of(row),
                "cells": [{"column": column, "value": column.value(row)} for column in self.columns],
            }
            for row in rows
        ]

    def project_of(self, row):
        return row.project if self.steps else row

    def url_of(self, row) -> str:
        if self.steps:
            return reverse("approvals:step", args=[row.project_id, row.code])
        return reverse("projects:detail", args=[row.pk])


def listing(park, question: Question, policy: FigurePolicy, user) -> Listing:
    """Two queries until the rows are asked for."""
    found = behind.rows(park, question, policy)
    steps = behind.are_steps(question.rate, policy)
    mine = behind.visible(found, user)
    if steps:
        rows = mine.select_related("project__responsible_unit", "step", "unit").order_by(
            "project__name_key", "seq", "pk"
        )
        return Listing(question, True, STEP_COLUMNS, rows, found.count())
    rows = mine.select_related("responsible_unit")
    if question.is_money:
        rows = rows.order_by(behind.amount_column(question, policy).desc(nulls_last=True), "name_key", "pk")
    else:
        rows = rows.annotate(start_due_on=F("start__due_on"), started_on=F("start__actual_on")).order_by(
            "name_key", "pk"
        )
    return Listing(question, False, _columns(question, policy), rows, found.count())


def _columns(question: Question, policy: FigurePolicy) -> list[Column]:
    if question.is_money:
        return [*PROJECT_COLUMNS, *MONEY_COLUMNS[question.rate], _amount(question, policy)]
    return [*PROJECT_COLUMNS, *START_COLUMNS, *(ENROLMENT_COLUMNS if question.rate is RateKey.ENROLMENT else ())]


def _amount(question: Question, policy: FigurePolicy) -> Column:
    is_gap = question.part == behind.MISSING and (
        question.rate is RateKey.INVESTMENT or behind.is_planned(question, policy)
    )
    return Column(_("Lacking") if is_gap else _("Counted"), "money", behind.amount_of(question, policy))


def _unit(project) -> str | None:
    return project.responsible_unit.name if project.responsible_unit else None


PROJECT_COLUMNS = (
    Column(_("Responsible unit"), "text", _unit),
    Column(_("Industry"), "text", lambda p: p.industry or None),
    Column(_("Stage"), "text", lambda p: p.stage_name),
)
START_COLUMNS = (
    Column(_("Planned start"), "day", lambda p: p.start_due_on),
    Column(_("Started on"), "day", lambda p: p.started_on),
)
ENROLMENT_COLUMNS = (
    Column(_("Total investment (10k CNY)"), "money", lambda p: p.total_investment_10k),
    Column(_("Enrolled on"), "day", lambda p: p.enrolled_on),
)
MONEY_COLUMNS = {
    RateKey.INVESTMENT: (
        Column(_("Annual plan (10k CNY)"), "money", lambda p: p.plan),
        Column(_("Invested this year (10k CNY)"), "money", lambda p: p.ytd),
    ),
    RateKey.QUARTER: (
        Column(_("Annual plan (10k CNY)"), "money", lambda p: p.plan),
        Column(_("Invested before the quarter (10k CNY)"), "money", lambda p: p.before),
        Column(_("Invested this year (10k CNY)"), "money", lambda p: p.ytd),
    ),
}
STEP_COLUMNS = (
    Column(_("Step"), "text", lambda s: f"{s.code} {localized(s.step, 'name')}"),
    Column(_("Responsible unit"), "text", lambda s: _unit(s.project)),
    Column(_("Handling unit"), "text", lambda s: s.unit.name if s.unit else localized(s.step, "department_lead")),
    Column(_("State"), "text", lambda s: s.get_state_display()),
    Column(_("Decided on"), "day", lambda s: s.decided_on),
)

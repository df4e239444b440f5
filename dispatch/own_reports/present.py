"""How a value of a report looks: words of the page, cell of the workbook, JSON of the API."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from accounts.templatetags.navigator import figure, in_percent
from dispatch.own_reports.columns import Column
from dispatch.own_reports.definitions import NUMBERS, Kind, Problem, Span
from dispatch.own_reports.reading import YI, Reading

NONE = "—"
FORMATS = {
    Kind.INT: "0", Kind.NUMBER: "#,##0.00", Kind.MONEY: "#,##0.00", Kind.YI: "0.00##", Kind.PERCENT: '0.0"%"',
    Kind.DAY: "yyyy-mm-dd",
}  # fmt: skip

SPANS = {
    Span.OVERDUE: pgettext_lazy("days", "before today"),
    Span.TODAY: pgettext_lazy("days", "today"),
    Span.NEXT_7: pgettext_lazy("days", "the next 7 days"),
    Span.NEXT_30: pgettext_lazy("days", "the next 30 days"),
    Span.LAST_7: pgettext_lazy("days", "the last 7 days"),
    Span.LAST_30: pgettext_lazy("days", "the last 30 days"),
    Span.THIS_MONTH: pgettext_lazy("days", "this month"),
    Span.NEXT_MONTH: pgettext_lazy("days", "next month"),
    Span.LAST_MONTH: pgettext_lazy("days", "last month"),
    Span.THIS_YEAR: pgettext_lazy("days", "this year"),
    Span.GIVEN: pgettext_lazy("days", "any day given"),
    Span.EMPTY: pgettext_lazy("days", "no day given"),
}


def words(column: Column, value: Any, labels: Mapping[str, Mapping[str, str]]) -> str:
    """On the page; rounded half up, "—" for nothing."""
    if column.kind == Kind.CHOICE:
        return labels[column.name].get(value, value) or NONE
    if value in (None, ""):
        return NONE
    match column.kind:
        case Kind.DAY:
            return value.isoformat()
        case Kind.INT:
            return figure(value, 0) if column.sums else str(value)  # a year is no quantity
        case Kind.YI:
            return figure(value / YI, 2)
        case Kind.PERCENT:
            return in_percent(value)
        case Kind.MONEY | Kind.NUMBER:
            return figure(value)
    return str(value)


def cell(column: Column, value: Any, labels: Mapping[str, Mapping[str, str]]) -> Any:
    """In the workbook: typed and unrounded; choices by their words, an empty cell for nothing."""
    if column.kind == Kind.CHOICE:
        return labels[column.name].get(value, value) or None
    if value in (None, ""):
        return None
    return value / YI if column.kind == Kind.YI else value


def plain(column: Column, value: Any) -> Any:
    """In the API: codes of choices, days in ISO form, decimals as strings without needless zeros."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        shown = value / YI if column.kind == Kind.YI else value
        return f"{shown.normalize():f}" if shown else "0"
    return value


def is_number(column: Column) -> bool:
    return column.kind in NUMBERS


def unit_words(reading: Reading, keys: tuple) -> str:
    """The name of a group: its innermost key in words."""
    column = reading.grouped[len(keys) - 1]
    return words(column, keys[-1], reading.labels)


def problem_words(problem: Problem, reading: Reading) -> str:
    """What was left out of the report, for its reader."""
    column = reading.dataset.by_name.get(problem.name)
    name = str(column.label) if column else problem.name
    texts = {
        "column": _("The column “%(name)s” does not exist any more and is left out."),
        "filter": _("The filter “%(name)s” does not exist any more and is left out."),
        "value": _("The filter “%(name)s” says nothing that can be looked for, and is left out."),
        "grouping": _("It is not possible to group by “%(name)s”; this is left out."),
        "order": _("The order “%(name)s” does not exist any more and is left out."),
        "limit": _("“%(name)s” is not a number of rows from 1 to 1000, and is left out."),
        "empty": _("No column is left; the first one is shown."),
        "many": _("It asks for more than is possible (%(name)s); the rest is left out."),
    }
    return texts[problem.code] % {"name": name}


def filter_words(column: Column, given: Mapping[str, Any], reading: Reading) -> str:
    """A filter as one phrase."""
    if "contains" in given:
        return _("contains “%(text)s”") % {"text": given["contains"]}
    if "in" in given:
        labels = {code: str(label) for code, label in reading.options(column)}
        return _(", ").join(labels.get(code, code) or NONE for code in given["in"])
    if "span" in given:
        return str(SPANS[given["span"]])
    low, high = given.get("min", given.get("from")), given.get("max", given.get("to"))
    return f"{low or '…'} – {high or '…'}"


def table(reading: Reading, rows) -> dict[str, Any]:
    """The page's table: lines of cells in words. A group's name takes the columns before the first sum."""
    summed = [n for n, column in enumerate(reading.columns) if column.sums]
    span = summed[0] if summed and summed[0] else len(reading.columns)
    lines = [_line(reading, line, span) for line in reading.lines(rows)]
    return {
        "columns": [{"column": column, "num": is_number(column)} for column in reading.columns],
        "lines": lines,
        "span": span,
        "total": _sums(reading, reading.total, span),
        "count": reading.total.count,
    }


def _line(reading: Reading, line, span: int) -> dict[str, Any]:
    if line.group is not None:
        name = unit_words(reading, line.group.keys)
        return {"name": name, "count": line.group.count, "level": line.group.level} | _sums(reading, line.group, span)
    link = reading.dataset.link
    cells = [
        {
            "text": words(column, line.row.values[column.name], reading.labels),
            "num": is_number(column),
            "label": column.label,
            "long": column.long,
            "code": line.row.values[column.name] if column.name in ("light", "project_light", "level") else "",
        }
        for column in reading.columns
    ]
    return {"cells": cells, "href": link(line.row.pk) if link else ""}


def _sums(reading: Reading, group, span: int) -> dict[str, Any]:
    shown = [
        {
            "text": words(c, group.sums[c.name], reading.labels) if c.sums else "",
            "num": True,
            "label": c.label,
        }
        for c in reading.columns
    ]
    return {"sums": shown[span:], "inline": [one for one in shown if one["text"]] if span == len(shown) else []}

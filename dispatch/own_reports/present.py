"""How a value of a report looks: words of the page, cell of the workbook, JSON of the API."""

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.templatetags.navigator import figure, in_percent
from dispatch.own_reports.columns import Column
from dispatch.own_reports.definitions import NUMBERS, Kind, Problem
from dispatch.own_reports.reading import YI, Reading

NONE = "—"
FORMATS = {
    Kind.INT: "0", Kind.NUMBER: "#,##0.##", Kind.MONEY: "#,##0.##", Kind.YI: "0.00##", Kind.PERCENT: '0.0"%"',
    Kind.DAY: "yyyy-mm-dd",
}  # fmt: skip


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
            return figure(value, 0)
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


def rounded(value: Decimal, places: int) -> Decimal:
    """Half up."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


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

"""A bulletin's annexes as tables on screen: the columns of ``layout``, values in words. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dispatch.reports import layout
from dispatch.reports.layout import Column
from projects.investment import round_half_up

NONE = "—"
WIDE = 12  # columns of running text in the workbook
NUMBERS = {"int": 0, "money": 2, "yi": 4, "area": 2}


@dataclass(frozen=True)
class Cell:
    text: str
    is_number: bool
    light: str = ""
    is_wide: bool = False
    is_day: bool = False


@dataclass(frozen=True)
class Line:
    """``kind``: total, group (``cells`` holds the heading alone) or row."""

    kind: str
    cells: list[Cell]


@dataclass(frozen=True)
class Table:
    title: str
    groups: list[layout.Group]
    lines: list[Line]

    @property
    def width(self) -> int:
        return sum(len(group.columns) for group in self.groups)

    @property
    def second_row(self) -> list[Column]:
        return [column for group in self.groups if group.title for column in group.columns]


def table(snapshot: Mapping[str, Any], number: int) -> Table:
    """Annex 1 to 6 of a snapshot. Raises KeyError for another number."""
    if number == 1:
        groups = layout.annex1(snapshot)
        return Table(layout.ANNEX1_TITLE, groups, _annex1(snapshot["annex1"], groups))
    title, columns = {n: (title, columns) for n, title, columns in layout.PLAIN}[number]
    lines = [Line("row", _cells(columns, row)) for row in snapshot[f"annex{number}"]]
    return Table(title, [layout.Group("", (column,)) for column in columns], lines)


def _annex1(annex: Mapping[str, Any], groups: Sequence[layout.Group]) -> list[Line]:
    columns = [column for group in groups for column in group.columns]
    lines = [Line("total", _cells(columns, annex["total"]))]
    for group in annex["groups"]:
        lines.append(Line("group", [Cell(group["heading"], False)]))
        lines += [Line("row", _cells(columns, row)) for row in group["rows"]]
    return lines


def _cells(columns: Sequence[Column], row: Mapping[str, Any]) -> list[Cell]:
    return [_cell(column, column.value(row), row) for column in columns]


def _cell(column: Column, value: Any, row: Mapping[str, Any]) -> Cell:
    light = row.get("light", "") if column.path == "light_zh" else ""
    is_number = column.kind not in ("text", "day")
    if value is None or value == "":
        return Cell(NONE if column.path != "no" else "", is_number)
    if column.kind in NUMBERS:
        amount = Decimal(value) / 10_000 if column.kind == "yi" else Decimal(value)
        text = f"{round_half_up(amount, NUMBERS[column.kind]):,f}"
        return Cell(text.rstrip("0").rstrip(".") if "." in text else text, True)
    if column.kind == "points":
        return Cell(f"+{value}" if Decimal(value) > 0 else str(value).replace("-", "−"), True)
    return Cell(str(value), is_number, light, column.width > WIDE, column.kind == "day")

"""A sheet as typed cells, with what the importer must find in it quickly: by row, by merged range. Pure."""

import datetime as dt
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import NamedTuple

from openpyxl.utils import get_column_letter

from projects.ledger.parts import Value as Value

_by_column = attrgetter("column")


class Cell(NamedTuple):
    """One filled cell. `value` is typed; `formula` is the text after ``=``; `error` is ``#REF!`` and the like."""

    row: int
    column: int
    value: Value
    number_format: str = "General"
    formula: str | None = None
    has_value: bool = True
    error: str | None = None
    struck: bool = False

    @property
    def address(self) -> str:
        return f"{get_column_letter(self.column)}{self.row}"

    @property
    def raw(self) -> str:
        """The content as stored: formula text, number, ISO date or text."""
        if self.formula is not None:
            return "=" + self.formula
        return self.error or raw_text(self.value)


@dataclass(frozen=True, slots=True)
class Range:
    """A merged range; all four bounds are 1-based and included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Sheet:
    """`cells` holds filled cells only; `anchors` maps every cell covered by a merge to the range's first cell."""

    name: str
    state: str  # visible | hidden | veryHidden
    cells: dict[tuple[int, int], Cell]
    rows: tuple[int, ...]
    last_row: int
    last_column: int
    merges: tuple[Range, ...] = ()
    anchors: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    comments: dict[tuple[int, int], str] = field(default_factory=dict)
    stray: tuple[str, ...] = ()

    @cached_property
    def comments_of_rows(self) -> dict[int, list[tuple[int, str]]]:
        """Row → (column, text) of its comments, from the left."""
        found: dict[int, list[tuple[int, str]]] = {}
        for (row, column), text in sorted(self.comments.items()):
            found.setdefault(row, []).append((column, text))
        return found

    @cached_property
    def by_row(self) -> dict[int, list[Cell]]:
        """Row → its filled cells, from the left."""
        found: dict[int, list[Cell]] = {}
        for cell in self.cells.values():
            found.setdefault(cell.row, []).append(cell)
        for cells in found.values():
            cells.sort(key=_by_column)
        return found

    @cached_property
    def merges_of_rows(self) -> dict[int, list[Range]]:
        """Row → the merged ranges that begin in it, in the order of the file."""
        found: dict[int, list[Range]] = {}
        for each in self.merges:
            found.setdefault(each.top, []).append(each)
        return found

    @cached_property
    def merge_widths(self) -> dict[tuple[int, int], int]:
        """First cell of a merged range → how many columns it covers; of two ranges the first of the file."""
        return {(each.top, each.left): each.right - each.left + 1 for each in reversed(self.merges)}

    def rows_between(self, first: int, last: int) -> tuple[int, ...]:
        """Filled rows from `first` to `last`, both included."""
        return self.rows[bisect_left(self.rows, first) : bisect_right(self.rows, last)]

    def cell(self, row: int, column: int, *, merged: bool = False) -> Cell | None:
        """The filled cell there; with `merged`, the first cell of the merge that covers it."""
        found = self.cells.get((row, column))
        if found is None and merged and (row, column) in self.anchors:
            return self.cells.get(self.anchors[row, column])
        return found


def raw_text(value: Value) -> str:
    """`value` as the file stores it, for messages and for the record of a change."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    return str(value)

"""Totals against the rows they are said to sum up. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from projects.ledger.amounts import parse_area_mu, parse_floor_area_m2, parse_money, plain
from projects.ledger.findings import Finding
from projects.ledger.headers import Column, Table
from projects.ledger.kinds import TableKind
from projects.ledger.rows import LedgerRow
from projects.ledger.table import TableRow
from projects.ledger.text import is_blank
from projects.ledger.workbook import Sheet

TOLERANCE = Decimal(1)
MOST_BOUNDS = 6  # headings and totals on either side of a total that may bound what it sums up


def wrong_totals(
    sheet: Sheet, table: Table, kind: TableKind, classified: list[TableRow], rows: dict[int, LedgerRow]
) -> Iterator[Finding]:
    """TOTAL_MISMATCH for every total more than 1 (万元, 亩 or ㎡) away from the sum of its rows.

    Of the readings of what a total sums up the one that most columns agree with counts, of equal ones the likeliest.
    """
    columns = [c for c in table.columns if c.field and kind.fields[c.field].unit_family]
    for position, each in enumerate(classified):
        if each.role != "total" or each.text.strip().startswith("其中"):
            continue
        readings = (
            _compared(sheet, each.number, columns, kind, [rows[number] for number in numbers])
            for numbers in _rows_of_total(classified, position)
        )
        yield from max(readings, key=lambda reading: reading.agreeing, default=_Reading(0, ())).wrong


def _rows_of_total(classified: list[TableRow], position: int) -> list[list[int]]:
    """The project rows that a total may sum up, the likeliest first.

    合计: all rows of the table; 小计: those since the last heading or total, or else those that follow. People write
    合计 below a group as well, 小计 above it, and one total over several groups.
    """
    whole = [each.number for each in classified if each.role == "project"]
    above, below = _spans(reversed(classified[:position])), _spans(classified[position + 1 :])
    if classified[position].subtotal:
        near = above[:1] if above[0] else below[:1]
        likely = [*near, *below[:1], *above, *below, whole]
    else:
        likely = [whole, *above, *below]
    found: list[list[int]] = []
    for numbers in likely:
        if numbers and numbers not in found:
            found.append(numbers)
    return found


def _spans(rows: Iterable[TableRow]) -> list[list[int]]:
    """The project rows on one side of a total: up to the first heading or total, up to the second, and so on."""
    found: list[list[int]] = []
    numbers: list[int] = []
    for each in rows:
        if each.role in ("group", "total"):
            found.append(list(numbers))
            if len(found) == MOST_BOUNDS:
                return found
        elif each.role == "project":
            numbers.append(each.number)
    return [*found, numbers]


class _Reading(NamedTuple):
    agreeing: int
    wrong: Sequence[Finding]


def _compared(
    sheet: Sheet, number: int, columns: Sequence[Column], kind: TableKind, rows: Sequence[LedgerRow]
) -> _Reading:
    agreeing = 0
    wrong: list[Finding] = []
    for column in columns:
        sums = _stated_and_sum(sheet, number, column, kind, rows)
        if sums is None:
            continue
        stated, total = sums
        if abs(stated - total) <= TOLERANCE:
            agreeing += 1
            continue
        cell = sheet.cells[number, column.number]
        params = {"stated": plain(stated), "sum": plain(total), "difference": plain(stated - total)}
        wrong.append(Finding("TOTAL_MISMATCH", sheet.name, cell.address, cell.raw, column.field, params))
    return _Reading(agreeing, wrong)


def _stated_and_sum(
    sheet: Sheet, number: int, column: Column, kind: TableKind, rows: Sequence[LedgerRow]
) -> tuple[Decimal, Decimal] | None:
    """What the total says and what its rows add up to; None where either cannot be read."""
    cell = sheet.cells.get((number, column.number))
    if cell is None or cell.error or not rows or column.field is None:
        return None
    parse = {"land": parse_area_mu, "floor": parse_floor_area_m2}.get(kind.fields[column.field].kind, parse_money)
    stated = parse(cell.value, column.unit).value
    if stated is None or any(_unreadable(row, column.field) for row in rows):
        return None
    return stated, sum((row.value(column.field) or Decimal(0) for row in rows), Decimal(0))


def _unreadable(row: LedgerRow, field: str) -> bool:
    found = row.fields[field]
    return found.value is None and not is_blank(found.raw)

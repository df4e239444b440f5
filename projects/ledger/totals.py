"""Totals against the rows they are said to sum up. Pure."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from projects.ledger.amounts import parse_area_mu, parse_floor_area_m2, parse_money, plain
from projects.ledger.findings import Finding
from projects.ledger.headers import Column, Table
from projects.ledger.kinds import TableKind
from projects.ledger.rows import LedgerRow
from projects.ledger.table import TableRow
from projects.ledger.text import is_blank
from projects.ledger.workbook import Sheet

TOLERANCE = Decimal(1)


def wrong_totals(
    sheet: Sheet, table: Table, kind: TableKind, classified: list[TableRow], rows: dict[int, LedgerRow]
) -> Iterator[Finding]:
    """TOTAL_MISMATCH for every total more than 1 (万元, 亩 or ㎡) away from the sum of its rows."""
    columns = [c for c in table.columns if c.field and kind.fields[c.field].unit_family]
    for position, each in enumerate(classified):
        if each.role != "total":
            continue
        summed = [rows[number] for number in _rows_of_total(classified, position)]
        for column in columns:
            finding = _wrong_total(sheet, each.number, column, kind, summed)
            if finding:
                yield finding


def _rows_of_total(classified: list[TableRow], position: int) -> list[int]:
    """合计: all project rows of the table. 小计: those since the last heading or total, or else those that follow."""
    if not classified[position].subtotal:
        return [each.number for each in classified if each.role == "project"]
    before = _run(reversed(classified[:position]))
    return before or _run(iter(classified[position + 1 :]))


def _run(rows: Iterable[TableRow]) -> list[int]:
    found: list[int] = []
    for each in rows:
        if each.role in ("group", "total"):
            break
        if each.role == "project":
            found.append(each.number)
    return found


def _wrong_total(sheet: Sheet, number: int, column: Column, kind: TableKind, rows: list[LedgerRow]) -> Finding | None:
    cell = sheet.cells.get((number, column.number))
    if cell is None or cell.error or not rows or column.field is None:
        return None
    parse = {"land": parse_area_mu, "floor": parse_floor_area_m2}.get(kind.fields[column.field].kind, parse_money)
    stated = parse(cell.value, column.unit).value
    if stated is None or any(_unreadable(row, column.field) for row in rows):
        return None
    total = sum((row.value(column.field) or Decimal(0) for row in rows), Decimal(0))
    if abs(stated - total) <= TOLERANCE:
        return None
    params = {"stated": plain(stated), "sum": plain(total), "difference": plain(stated - total)}
    return Finding("TOTAL_MISMATCH", sheet.name, cell.address, cell.raw, column.field, params)


def _unreadable(row: LedgerRow, field: str) -> bool:
    found = row.fields[field]
    return found.value is None and not is_blank(found.raw)

"""Totals against the rows they are said to sum up. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Context, Decimal
from itertools import accumulate
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
EXACT = Context(prec=200)  # digits: sums are differences of sums
MOST_BOUNDS = 6  # headings and totals on either side of a total that may bound what it sums up


def wrong_totals(
    sheet: Sheet, table: Table, kind: TableKind, classified: list[TableRow], rows: dict[int, LedgerRow]
) -> Iterator[Finding]:
    """TOTAL_MISMATCH for every total more than 1 (万元, 亩 or ㎡) away from the sum of its rows.

    Of the readings of what a total sums up the one that most columns agree with counts, of equal ones the likeliest.
    """
    bounds = [position for position, each in enumerate(classified) if each.role in ("group", "total")]
    if not any(classified[position].role == "total" for position in bounds):
        return
    projects = [rows[each.number] for each in classified if each.role == "project"]
    before = list(accumulate((each.role == "project" for each in classified), initial=0))
    places = [before[position] for position in bounds]
    columns = [c for c in table.columns if c.field and kind.fields[c.field].unit_family]
    sums = {column.number: _Sums(projects, column.field or "") for column in columns}
    for at, position in enumerate(bounds):
        each = classified[position]
        if each.role != "total" or each.text.strip().startswith("其中"):
            continue
        said = [
            (column, stated) for column in columns if (stated := _stated(sheet, each.number, column, kind)) is not None
        ]
        spans = _spans_of_total(places, at, len(projects), subtotal=each.subtotal)
        readings = (_compared(said, sums, span) for span in spans)
        best = max(readings, key=lambda reading: reading.agreeing, default=_Reading(0, ()))
        yield from (_mismatch(sheet, each.number, *wrong) for wrong in best.wrong)


class _Span(NamedTuple):
    """Projects of the table from the position `first`, before the position `end`."""

    first: int
    end: int


def _spans_of_total(places: Sequence[int], at: int, count: int, *, subtotal: bool) -> list[_Span]:
    """The projects that a total may sum up, the likeliest first. `places`: how many stand above each heading or total.

    合计: all of the `count` rows of the table; 小计: those since the last heading or total, or else those that follow.
    People write 合计 below a group as well, 小计 above it, and one total over several groups.
    """
    here, whole = places[at], _Span(0, count)
    firsts, ends = places[max(0, at - MOST_BOUNDS) : at][::-1], places[at + 1 : at + 1 + MOST_BOUNDS]
    above = [_Span(each, here) for each in (firsts if len(firsts) == MOST_BOUNDS else [*firsts, 0])]
    below = [_Span(here, each) for each in (ends if len(ends) == MOST_BOUNDS else [*ends, count])]
    if subtotal:
        near = above[:1] if above[0].first < here else below[:1]
        likely = [*near, *below[:1], *above, *below, whole]
    else:
        likely = [whole, *above, *below]
    return [span for span in dict.fromkeys(likely) if span.first < span.end]


class _Sums:
    """The sums of one field over any projects that stand one after another."""

    def __init__(self, rows: Sequence[LedgerRow], field: str) -> None:
        self.sums = [Decimal(0)]
        self.unreadable = [0]
        for row in rows:
            self.sums.append(EXACT.add(self.sums[-1], row.value(field) or Decimal(0)))
            self.unreadable.append(self.unreadable[-1] + _unreadable(row, field))

    def of(self, span: _Span) -> Decimal | None:
        """None when one of them cannot be read."""
        if self.unreadable[span.first] != self.unreadable[span.end]:
            return None
        return EXACT.subtract(self.sums[span.end], self.sums[span.first])


class _Reading(NamedTuple):
    agreeing: int
    wrong: Sequence[tuple[Column, Decimal, Decimal]]  # column, what the total says, the sum


def _compared(said: Sequence[tuple[Column, Decimal]], sums: Mapping[int, _Sums], span: _Span) -> _Reading:
    agreeing = 0
    wrong: list[tuple[Column, Decimal, Decimal]] = []
    for column, stated in said:
        total = sums[column.number].of(span)
        if total is None:
            continue
        if abs(stated - total) <= TOLERANCE:
            agreeing += 1
        else:
            wrong.append((column, stated, total))
    return _Reading(agreeing, wrong)


def _mismatch(sheet: Sheet, number: int, column: Column, stated: Decimal, total: Decimal) -> Finding:
    cell = sheet.cells[number, column.number]
    params = {"stated": plain(stated), "sum": plain(total), "difference": plain(stated - total)}
    return Finding("TOTAL_MISMATCH", sheet.name, cell.address, cell.raw, column.field, params)


def _stated(sheet: Sheet, number: int, column: Column, kind: TableKind) -> Decimal | None:
    """What the total says; None where it cannot be read."""
    cell = sheet.cells.get((number, column.number))
    if cell is None or cell.error or column.field is None:
        return None
    parse = {"land": parse_area_mu, "floor": parse_floor_area_m2}.get(kind.fields[column.field].kind, parse_money)
    stated: Decimal | None = parse(cell.value, column.unit).value
    return stated


def _unreadable(row: LedgerRow, field: str) -> bool:
    found = row.fields[field]
    return found.value is None and not is_blank(found.raw)

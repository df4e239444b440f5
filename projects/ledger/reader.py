"""A ledger workbook, read: sheets → tables → rows, and the checks that need the whole file. Pure."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from openpyxl.utils import get_column_letter

from projects.ledger.amounts import parse_area_mu, parse_floor_area_m2, parse_money, plain
from projects.ledger.findings import Finding, Refusal, Severity
from projects.ledger.headers import Column, Table, find_table, marks_of
from projects.ledger.kinds import TableKind
from projects.ledger.marker import OWN_SHEETS, marker_of
from projects.ledger.project_kind import PROJECTS
from projects.ledger.rows import Context, LedgerRow, read_row
from projects.ledger.table import TableRow, classify
from projects.ledger.text import is_blank
from projects.ledger.vocabulary import RESPONSIBILITY
from projects.ledger.workbook import Sheet, Workbook, read_workbook

TOLERANCE = Decimal(1)
PROGRESS_STEP = 200
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class SheetInfo:
    """`role` is data or ignored; `why` says why a sheet was ignored: hidden, no_table,
    or the key of the kind it holds."""

    name: str
    state: str
    role: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class IgnoredRow:
    """`why`: total, group, note, header_repeat, empty."""

    sheet: str
    row: int
    why: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """A column that the reader is not sure of. `header` is the path, `key` its folded form (what HeaderMemory keeps).

    `samples`: up to three contents as stored; `guess`: a field or ""; `choices`: fields that come into question, the
    likeliest first. Until somebody answers, the guess holds.
    """

    sheet: str
    column: str
    header: str
    key: str
    samples: tuple[str, ...]
    guess: str
    confidence: float
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class LedgerFile:
    """Everything read from one workbook. `findings` holds those of the rows and those of the file, in file order."""

    sha256: str
    report_year: int | None
    report_month: int | None
    sheets: tuple[SheetInfo, ...]
    tables: tuple[Table, ...]
    rows: tuple[LedgerRow, ...]
    findings: tuple[Finding, ...]
    ignored: tuple[IgnoredRow, ...]
    questions: tuple[Question, ...] = ()
    kind: str = "projects"

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(each for each in self.findings if each.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return tuple(each for each in self.findings if each.severity is Severity.WARNING)


RESPONSIBILITY_LEDGER = TableKind(
    key="ledger_items", name_zh="责任台账", fields={}, words={}, title="task", marks=frozenset(RESPONSIBILITY)
)
SURE_MARKS = 2  # so many words of another kind make a sheet one of that kind


def read_ledger(
    data: bytes,
    *,
    report_year: int | None = None,
    report_month: int | None = None,
    progress: Progress | None = None,
) -> LedgerFile:
    """The project ledger in `data`: `read_table` for the kind PROJECTS."""
    return read_table(data, PROJECTS, report_year=report_year, report_month=report_month, progress=progress)


def read_table(
    data: bytes | Workbook,
    kind: TableKind,
    *,
    others: Sequence[TableKind] = (RESPONSIBILITY_LEDGER,),
    report_year: int | None = None,
    report_month: int | None = None,
    answers: Mapping[str, Mapping[str, str]] | None = None,
    memory: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> LedgerFile:
    """All tables of `kind` in the workbook `data`.

    Year and month of the report are taken from the headers (``2025年投资``, ``1-4月累计``) or captions when not given,
    else from the marker of our own export. Sheets with more marks of one of `others` are left out, its key as reason.
    `answers`: {"columns": {"Sheet!C": field or ""}, "cells": {"Sheet!C17": text}} of a person; `memory`: {folded header
    path: field or ""} of the sender. `progress` is called with (rows read, rows of this table) from time to time.
    Raises Refusal: see safety.check_file, NO_TABLE when no visible sheet holds such a table, WRONG_KIND when it holds
    another kind instead, NOT_IMPORTED for an export of a list that is only read.
    """
    infos: list[SheetInfo] = []
    tables: list[Table] = []
    rows: list[LedgerRow] = []
    findings: list[Finding] = []
    ignored: list[IgnoredRow] = []
    book = data if isinstance(data, Workbook) else read_workbook(data)
    others = [other for other in others if other.key != kind.key]
    ours = marker_of(book.sheets)
    if ours and not ours.is_imported:
        raise Refusal("NOT_IMPORTED", name=ours.name)
    for sheet in book.sheets:
        if ours and sheet.name in OWN_SHEETS:
            infos.append(SheetInfo(sheet.name, sheet.state, "ignored", "no_table"))
            continue
        info, table = _role(sheet, kind, others)
        infos.append(info)
        if sheet.state != "visible" and sheet.rows:
            findings.append(_hidden_sheet(sheet))
        if table is None:
            continue
        report_year = report_year or table.year or (ours.year if ours else None)
        report_month = report_month or table.month or (ours.month if ours else None)
        tables.append(table)
        context = Context(report_year, report_month, kind.fields, kind.title)
        new, skipped, found = _read_table(sheet, table, kind, context, progress)
        rows += new
        ignored += skipped
        findings += found
    if not tables:
        raise _refusal(kind, others, infos)
    rows = _with_findings(rows, [each for check in kind.checks for each in check(rows)])
    findings += [finding for row in rows for finding in row.findings]
    return LedgerFile(
        sha256=hashlib.sha256(data).hexdigest() if isinstance(data, bytes) else "",
        report_year=report_year,
        report_month=report_month,
        sheets=tuple(infos),
        tables=tuple(tables),
        rows=tuple(rows),
        findings=tuple(findings),
        ignored=tuple(ignored),
        kind=kind.key,
    )


def _refusal(kind: TableKind, others: Sequence[TableKind], infos: Sequence[SheetInfo]) -> Refusal:
    found = next((other for other in others for info in infos if info.why == other.key), None)
    if found:
        return Refusal("WRONG_KIND", found=found.name_zh, wanted=kind.name_zh)
    return Refusal("NO_TABLE", title=kind.fields[kind.title].name_zh)


def _role(sheet: Sheet, kind: TableKind, others: Sequence[TableKind]) -> tuple[SheetInfo, Table | None]:
    if sheet.state != "visible":
        return SheetInfo(sheet.name, sheet.state, "ignored", "hidden"), None
    own = marks_of(sheet, kind)
    for other in others:
        if (theirs := marks_of(sheet, other)) >= SURE_MARKS and theirs > own:
            return SheetInfo(sheet.name, sheet.state, "ignored", other.key), None
    table = find_table(sheet, kind)
    if table is None:
        return SheetInfo(sheet.name, sheet.state, "ignored", "no_table"), None
    return SheetInfo(sheet.name, sheet.state, "data"), table


def _hidden_sheet(sheet: Sheet) -> Finding:
    first = sheet.cells[min(sheet.cells)]
    return Finding("HIDDEN_CONTENT", sheet.name, first.address, first.raw)


def _read_table(
    sheet: Sheet, table: Table, kind: TableKind, context: Context, progress: Progress | None
) -> tuple[list[LedgerRow], list[IgnoredRow], list[Finding]]:
    classified = classify(sheet, table, kind.title)
    rows: list[LedgerRow] = []
    for position, each in enumerate(classified, 1):
        if each.role == "project":
            rows.append(read_row(sheet, table, each.number, context))
        if progress and (position % PROGRESS_STEP == 0 or position == len(classified)):
            progress(position, len(classified))
    ignored = [
        IgnoredRow(sheet.name, each.number, each.role, each.text) for each in classified if each.role != "project"
    ]
    findings = [
        *_hidden_columns(sheet, table),
        *(
            Finding(
                "COMMENT_NOTE",
                sheet.name,
                f"{get_column_letter(column)}{row}",
                _raw(sheet, row, column),
                None,
                {"note": text},
            )
            for (row, column), text in sorted(sheet.comments.items())
        ),
        *(Finding("CELL_OUTSIDE", sheet.name, address) for address in sheet.stray),
        *_wrong_totals(sheet, table, kind, classified, {row.number: row for row in rows}),
    ]
    return rows, ignored, findings


def _raw(sheet: Sheet, row: int, column: int) -> str:
    cell = sheet.cells.get((row, column))
    return cell.raw if cell else ""


def _hidden_columns(sheet: Sheet, table: Table) -> Iterator[Finding]:
    for column in table.columns:
        if column.number in sheet.hidden_columns:
            row = table.header_rows[-1]
            yield Finding("HIDDEN_CONTENT", sheet.name, f"{get_column_letter(column.number)}{row}", column.header)


def _with_findings(rows: list[LedgerRow], findings: Iterable[tuple[int, Finding]]) -> list[LedgerRow]:
    """`rows` with further findings given as (position in rows, finding)."""
    rows = list(rows)
    for position, finding in findings:
        rows[position] = replace(rows[position], findings=(*rows[position].findings, finding))
    return rows


def _wrong_totals(
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

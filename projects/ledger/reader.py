"""A ledger workbook, read: sheets → tables → rows, and the checks that need the whole file. Pure."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from openpyxl.utils import column_index_from_string, get_column_letter

from projects.ledger import limits
from projects.ledger.answers import place
from projects.ledger.columns import SURE, header_key
from projects.ledger.findings import Finding, Refusal, Severity
from projects.ledger.headers import SAMPLED_ROWS, SURE_MARKS, Table, find_tables, marks_of
from projects.ledger.kinds import TableKind
from projects.ledger.marker import OWN_SHEETS, Marker, marker_of
from projects.ledger.project_kind import PROJECTS
from projects.ledger.rows import Context, LedgerRow, read_row
from projects.ledger.table import classify
from projects.ledger.totals import wrong_totals
from projects.ledger.vocabulary import RESPONSIBILITY
from projects.ledger.workbook import Sheet, Workbook, read_workbook

PROGRESS_STEP = 200
SAMPLES = 3
LONGEST_SAMPLE = 120  # characters
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
    row: int = 0  # of the header cell


@dataclass(frozen=True)
class LedgerFile:
    """Everything read from one workbook. `findings` holds those of the rows and those of the file, in file order.

    `samples`: {"Sheet!C": up to three contents, cut} of columns that are not imported or were answered.
    """

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
    samples: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(each for each in self.findings if each.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return tuple(each for each in self.findings if each.severity is Severity.WARNING)


RESPONSIBILITY_LEDGER = TableKind(
    key="ledger_items", name_zh="责任台账", fields={}, words={}, title="task", marks=frozenset(RESPONSIBILITY)
)
_PLACE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})?")


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
    year_else: int | None = None,
    answers: Mapping[str, Mapping[str, str]] | None = None,
    memory: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> LedgerFile:
    """All tables of `kind` in the workbook `data`.

    Year and month of the report are taken from the headers (``2025年投资``, ``1-4月累计``) or captions when not given,
    else from the marker of our own export; the year at last is `year_else`. Sheets with more marks of one of `others`
    are left out, its key as reason.
    `answers`: {"columns": {"Sheet!C": field or ""}, "cells": {"Sheet!C17": text}} of a person; `memory`: {folded header
    path: field or ""} of the sender. `progress` is called with (rows read, rows of this table) from time to time.
    Raises Refusal: see safety.check_file, TOO_LARGE for more than limits.MAX_RECORDS rows, NO_TABLE when no visible
    sheet holds such a table, WRONG_KIND when it holds another kind instead, NOT_IMPORTED for an export of a list
    that is only read.
    """
    book = data if isinstance(data, Workbook) else read_workbook(data)
    reading = _Reading(kind, [other for other in others if other.key != kind.key], answers or {}, memory or {})
    reading.year, reading.month, reading.year_else = report_year, report_month, year_else
    reading.ours = marker_of(book.sheets)
    if reading.ours and not reading.ours.is_imported:
        raise Refusal("NOT_IMPORTED", name=reading.ours.name)
    for sheet in book.sheets:
        reading.read(sheet, progress)
    return reading.result(hashlib.sha256(data).hexdigest() if isinstance(data, bytes) else "")


class _Reading:
    """What has been read so far of one workbook."""

    def __init__(
        self,
        kind: TableKind,
        others: Sequence[TableKind],
        answers: Mapping[str, Mapping[str, str]],
        memory: Mapping[str, str],
    ) -> None:
        self.kind, self.others, self.memory = kind, others, memory
        self.columns = _by_sheet(answers.get("columns", {}))
        self.corrections = _by_sheet(answers.get("cells", {}))
        self.year: int | None = None
        self.month: int | None = None
        self.year_else: int | None = None
        self.ours: Marker | None = None
        self.records = self.headings = 0
        self.infos: list[SheetInfo] = []
        self.tables: list[Table] = []
        self.rows: list[LedgerRow] = []
        self.findings: list[Finding] = []
        self.ignored: list[IgnoredRow] = []
        self.questions: list[Question] = []
        self.samples: dict[str, tuple[str, ...]] = {}

    def read(self, sheet: Sheet, progress: Progress | None) -> None:
        if self.ours and sheet.name in OWN_SHEETS:
            self.infos.append(SheetInfo(sheet.name, sheet.state, "ignored", "no_table"))
            return
        info, tables = self._tables(sheet)
        self.infos.append(info)
        if sheet.state != "visible" and sheet.rows:
            self.findings.append(_hidden_sheet(sheet))
        if tables:
            self.findings += _about_sheet(sheet, tables)
        for table in tables:
            self.year = self.year or table.year or (self.ours.year if self.ours else None) or self.year_else
            self.month = self.month or table.month or (self.ours.month if self.ours else None)
            self.tables.append(table)
            self.questions += questions_of(sheet, table)
            self.samples |= self._samples_of(sheet, table)
            self._read_table(sheet, table, progress)

    def _tables(self, sheet: Sheet) -> tuple[SheetInfo, list[Table]]:
        if sheet.state != "visible":
            return SheetInfo(sheet.name, sheet.state, "ignored", "hidden"), []
        told = {at[1]: field for at, field in self.columns.get(sheet.name, {}).items()}
        tables = find_tables(sheet, self.kind, others=self.others, told=told, memory=self.memory, month=self.month)
        self.headings += sum(len(table.paths) * len(table.header_rows) for table in tables)
        if self.headings > limits.MAX_HEADINGS:
            raise limits.too_large("headings", limits.MAX_HEADINGS)
        if tables:
            return SheetInfo(sheet.name, sheet.state, "data"), tables
        why = next((each.key for each in self.others if marks_of(sheet, each) >= SURE_MARKS), "no_table")
        return SheetInfo(sheet.name, sheet.state, "ignored", why), []

    def _samples_of(self, sheet: Sheet, table: Table) -> Iterator[tuple[str, tuple[str, ...]]]:
        told = {at[1] for at in self.columns.get(sheet.name, {})}
        for each in table.columns:
            if each.field is None or each.number in told or header_key(each.header) in self.memory:
                found = _samples(sheet, table, each.number)
                where = place(sheet.name, get_column_letter(each.number))
                yield where, tuple(text[:LONGEST_SAMPLE] for text in found)

    def _read_table(self, sheet: Sheet, table: Table, progress: Progress | None) -> None:
        cells = self.corrections.get(sheet.name, {})
        context = Context(self.year, self.month, self.kind.fields, self.kind.title, cells)
        classified = classify(sheet, table, self.kind.title)
        self.records += sum(each.role == "project" for each in classified)
        if self.records > limits.MAX_RECORDS:
            raise limits.too_large("rows", limits.MAX_RECORDS)
        rows: list[LedgerRow] = []
        for position, each in enumerate(classified, 1):
            if each.role == "project":
                rows.append(read_row(sheet, table, each.number, context))
            if progress and (position % PROGRESS_STEP == 0 or position == len(classified)):
                progress(position, len(classified))
        self.rows += rows
        self.ignored += (
            IgnoredRow(sheet.name, each.number, each.role, each.text) for each in classified if each.role != "project"
        )
        self.findings += wrong_totals(sheet, table, self.kind, classified, {row.number: row for row in rows})

    def result(self, sha256: str) -> LedgerFile:
        if not self.tables:
            raise self._refusal()
        rows = _with_findings(self.rows, [each for check in self.kind.checks for each in check(self.rows)])
        return LedgerFile(
            sha256=sha256,
            report_year=self.year,
            report_month=self.month,
            sheets=tuple(self.infos),
            tables=tuple(self.tables),
            rows=tuple(rows),
            findings=(*self.findings, *(finding for row in rows for finding in row.findings)),
            ignored=tuple(self.ignored),
            questions=tuple(self.questions),
            kind=self.kind.key,
            samples=self.samples,
        )

    def _refusal(self) -> Refusal:
        found = next((other for other in self.others for info in self.infos if info.why == other.key), None)
        if found:
            return Refusal("WRONG_KIND", found=found.name_zh, wanted=self.kind.name_zh)
        return Refusal("NO_TABLE", title=self.kind.fields[self.kind.title].name_zh)


def _by_sheet(answers: Mapping[str, str]) -> dict[str, dict[tuple[int, int], str]]:
    """{"Sheet!C17": text} → {sheet: {(17, 3): text}}; a column alone has the row 0. What is no address is left out."""
    found: dict[str, dict[tuple[int, int], str]] = {}
    for address, text in answers.items():
        sheet, _, place = address.rpartition("!")
        match = _PLACE.fullmatch(place)
        if match:
            at = (int(match[2] or 0), column_index_from_string(match[1]))
            found.setdefault(sheet, {})[at] = text
    return found


def questions_of(sheet: Sheet, table: Table) -> list[Question]:
    """Columns that somebody should look at, with what stands in them."""
    found = []
    for column in table.columns:
        if not column.choices and not (column.field and column.confidence < SURE):
            continue
        if column.confidence >= SURE:
            continue
        letter = get_column_letter(column.number)
        key = header_key(column.header)
        guess = column.field or ""
        choices = column.choices or (guess,)
        samples = _samples(sheet, table, column.number)
        known = (sheet.name, letter, column.header, key, samples, guess, column.confidence, choices)
        found.append(Question(*known, row=table.first_row - 1))
    return found


def _samples(sheet: Sheet, table: Table, column: int) -> tuple[str, ...]:
    found: list[str] = []
    for row in range(table.first_row, min(table.last_row, table.first_row + SAMPLED_ROWS) + 1):
        cell = sheet.cells.get((row, column))
        if cell and row not in table.repeats and cell.raw not in found:
            found.append(cell.raw)
        if len(found) == SAMPLES:
            break
    return tuple(found)


def _about_sheet(sheet: Sheet, tables: Sequence[Table]) -> Iterator[Finding]:
    for table in tables:
        yield from _hidden_columns(sheet, table)
    for (row, column), text in sorted(sheet.comments.items()):
        address = f"{get_column_letter(column)}{row}"
        yield Finding("COMMENT_NOTE", sheet.name, address, _raw(sheet, row, column), None, {"note": text})
    for address in sheet.stray:
        yield Finding("CELL_OUTSIDE", sheet.name, address)


def _hidden_sheet(sheet: Sheet) -> Finding:
    first = sheet.cells[min(sheet.cells)]
    return Finding("HIDDEN_CONTENT", sheet.name, first.address, first.raw)


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

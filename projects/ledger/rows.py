"""Normalised rows: every cell of a project row read by the parser of its field. Pure; a bad row never raises."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from openpyxl.utils import get_column_letter

from projects.ledger import cells
from projects.ledger.fields import FIELDS, FieldSpec
from projects.ledger.findings import Finding, Note
from projects.ledger.headers import Column, Table
from projects.ledger.text import clean_text, is_blank
from projects.ledger.workbook import Cell, Sheet


class FieldValue(NamedTuple):
    """`value` is normalised (None: blank or refused), `raw` the content as stored, `cell` its address."""

    value: Any
    raw: str
    cell: str


@dataclass(frozen=True)
class LedgerRow:
    """One project row. `fields` holds a key for every imported column, blank ones included."""

    sheet: str
    number: int
    fields: dict[str, FieldValue]
    findings: tuple[Finding, ...] = ()
    comments: tuple[tuple[str, str], ...] = ()
    stage_code: str | None = None
    stage_exact: bool = True
    row_key: str | None = None
    row_version: int | None = None
    row_base: str | None = None

    @property
    def ok(self) -> bool:
        """No error: the row may be imported."""
        return not any(finding.is_error for finding in self.findings)

    def value(self, field: str) -> Any:
        found = self.fields.get(field)
        return found.value if found else None

    def cell(self, field: str) -> str:
        """Address of the field's cell, or of the row's first cell when the table has no such column."""
        found = self.fields.get(field)
        return found.cell if found else f"A{self.number}"


@dataclass(frozen=True, slots=True)
class Context:
    """What a row is read with: `year` and `month` of the report complete dates and headers that lack them.

    `fields` and `title` are those of the kind of table; `cells` holds corrected contents by address (row, column).
    """

    year: int | None = None
    month: int | None = None
    fields: Mapping[str, FieldSpec] = field(default_factory=lambda: FIELDS)
    title: str = "name"
    cells: Mapping[tuple[int, int], str] = field(default_factory=dict)


class Read(NamedTuple):
    """Result of one cell: its field's value, further fields found in the same cell, notes."""

    value: Any = None
    notes: tuple[Note, ...] = ()
    more: tuple[tuple[str, Any], ...] = ()


Reader = Callable[[Cell, FieldSpec, Column, Context], Read]


def _text(cell: Cell, spec: FieldSpec, _column: Column, _context: Context) -> Read:
    return Read(*clean_text(cell.value, limit=spec.limit, lines=spec.kind == "long_text"))


def _money(cell: Cell, spec: FieldSpec, column: Column, _context: Context) -> Read:
    return Read(*cells.parse_money(cell.value, column.unit, is_total=spec.name == "total_investment_10k"))


def _date(cell: Cell, spec: FieldSpec, _column: Column, context: Context) -> Read:
    kind: Literal["actual", "planned"] = "planned" if spec.kind == "planned_date" else "actual"
    found = cells.parse_date(
        cell.value, cell.number_format, report_year=context.year, report_month=context.month, kind=kind
    )
    return Read(*found)


def _enrolment(cell: Cell, _spec: FieldSpec, _column: Column, context: Context) -> Read:
    found = cells.parse_enrolment(cell.value, cell.number_format, report_year=context.year)
    return Read(found.on, found.notes, () if found.enrolled is None else (("enrolled", found.enrolled),))


def _stage(cell: Cell, _spec: FieldSpec, _column: Column, _context: Context) -> Read:
    found = cells.parse_stage(cell.value)
    return Read(found.raw if found.code else None, found.notes, (("stage_code", found),))


def _people(cell: Cell, spec: FieldSpec, _column: Column, _context: Context) -> Read:
    """Names; the bracket after a leader is the leader's unit, elsewhere it stays with the name."""
    people, notes = cells.parse_people(cell.value, limit=spec.limit)
    more: list[tuple[str, Any]] = []
    names = people.joined_names
    if spec.kind == "leader" and people.unit:
        more.append(("leader_unit", people.unit))
    elif people.unit and names:
        units = people.unit.split("、")
        if len(units) == len(people.names):
            names = "、".join(f"{name}（{unit}）" for name, unit in zip(people.names, units, strict=True))
        else:
            names = f"{names}（{people.unit}）"
    if spec.kind == "contact" and people.phones:
        more.append(("contact_phone", people.joined_phones))
    return Read(names, notes, tuple(more))


READERS: dict[str, Reader] = {
    "text": _text,
    "long_text": _text,
    "name": _text,
    "code": lambda cell, spec, _column, _context: Read(*cells.parse_project_code(cell.value, limit=spec.limit)),
    "credit_code": lambda cell, spec, _column, _context: Read(*cells.parse_credit_code(cell.value, limit=spec.limit)),
    "phone": lambda cell, spec, _column, _context: Read(*cells.parse_phone(cell.value, limit=spec.limit)),
    "choice": lambda cell, spec, _column, _context: Read(*cells.parse_choice(spec.choices or spec.name, cell.value)),
    "yes_no": lambda cell, _spec, _column, _context: Read(*cells.parse_yes_no(cell.value)),
    "period": lambda cell, _spec, _column, context: Read(
        *cells.parse_period(cell.value, cell.number_format, report_year=context.year)
    ),
    "money": _money,
    "land": lambda cell, _spec, column, _context: Read(*cells.parse_area_mu(cell.value, column.unit)),
    "floor": lambda cell, _spec, column, _context: Read(*cells.parse_floor_area_m2(cell.value, column.unit)),
    "percent": lambda cell, _spec, _column, _context: Read(*cells.parse_percent(cell.value, cell.number_format)),
    "pp": lambda cell, _spec, _column, _context: Read(*cells.parse_pp(cell.value, cell.number_format)),
    "date": _date,
    "planned_date": _date,
    "enrolment": _enrolment,
    "stage": _stage,
    "contact": _people,
    "people": _people,
    "leader": _people,
}


def read_row(sheet: Sheet, table: Table, number: int, context: Context) -> LedgerRow:
    """The project in row `number` of the table with everything found wrong in it."""
    fields: dict[str, FieldValue] = {}
    extra: dict[str, FieldValue] = {}
    findings: list[Finding] = []
    for column in table.columns:
        if column.field is None:
            continue
        spec = context.fields[column.field]
        cell = sheet.cell(number, column.number, merged=spec.inherits)
        address = cell.address if cell else f"{get_column_letter(column.number)}{number}"
        raw = cell.raw if cell else ""
        read = _read(_corrected(cell, number, column.number, context), spec, column, context)
        fields[spec.name] = FieldValue(read.value, raw, address)
        findings += [Finding(note.kind, sheet.name, address, raw, spec.name, note.params) for note in read.notes]
        for name, value in read.more:
            extra[name] = FieldValue(value, raw, address)
    stage = extra.pop("stage_code", None)
    for name, found in extra.items():
        if name not in fields or fields[name].value is None:
            fields[name] = found
    findings += _about_row(sheet, table, context.title, number, fields)
    return LedgerRow(
        sheet=sheet.name,
        number=number,
        fields=fields,
        findings=tuple(findings),
        comments=tuple(_comments(sheet, number)),
        stage_code=stage.value.code if stage else None,
        stage_exact=stage.value.exact if stage else True,
        **identity_of(sheet, table, number),
    )


def _read(cell: Cell | None, spec: FieldSpec, column: Column, context: Context) -> Read:
    if cell is None:
        return Read()
    if cell.error:
        return Read(None, (Note("CELL_ERROR"),))
    if cell.formula is not None and not cell.has_value:
        return Read(None, (Note("FORMULA_NO_VALUE"),))
    return READERS[spec.kind](cell, spec, column, context)


def _corrected(cell: Cell | None, row: int, column: int, context: Context) -> Cell | None:
    """The cell with the content that a person has put in its place; the file's own stays the raw text."""
    text = context.cells.get((row, column))
    return cell if text is None else Cell(row, column, text or None)


def identity_of(sheet: Sheet, table: Table, number: int) -> dict[str, Any]:
    """row_key, row_version and row_base of a row that an export of ours has stamped."""
    found = {name: cell for name, column in table.identity if (cell := sheet.cells.get((number, column)))}
    key, version, base = (found.get(name) for name in ("row_key", "row_version", "row_base"))
    digits = version.raw.strip() if version else ""
    return {
        "row_key": key.raw.strip() if key else None,
        "row_version": int(digits) if digits.isdecimal() and len(digits) < 10 else None,
        "row_base": base.raw.strip() if base else None,
    }


def _about_row(sheet: Sheet, table: Table, title: str, number: int, fields: dict[str, FieldValue]) -> Iterator[Finding]:
    """Findings about the row as a whole: no name, hidden, struck through."""
    name = fields.get(title)
    if name is not None and name.value is None and is_blank(name.raw):
        yield Finding("NAME_MISSING", sheet.name, name.cell, "", title)
    first = next((c for column in table.columns if (c := sheet.cells.get((number, column.number)))), None)
    if number in sheet.hidden_rows and first:
        yield Finding("HIDDEN_CONTENT", sheet.name, first.address, first.raw)
    column = table.column(title)
    cell = sheet.cells.get((number, column.number)) if column else None
    if cell and cell.struck:
        yield Finding("STRUCK_TEXT", sheet.name, cell.address, cell.raw, title)


def _comments(sheet: Sheet, number: int) -> Iterator[tuple[str, str]]:
    for column, text in sheet.comments_of_rows.get(number, ()):
        yield f"{get_column_letter(column)}{number}", text

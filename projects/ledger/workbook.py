"""Bytes of an .xlsx → typed cells with everything the importer must know about them. Pure.

The parts are streamed once each: a cell comes with its formula *and* its stored value, hidden rows and columns, merges,
comments and struck-out text are seen, the ``<dimension>`` is never believed, and memory grows with filled cells only
(a stray cell at XFD1048576 costs nothing).  openpyxl's own readers give either merges or streaming, never both.
"""

import posixpath
import zipfile
from dataclasses import dataclass

from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from projects.ledger import limits
from projects.ledger.findings import Refusal
from projects.ledger.grid import Cell as Cell
from projects.ledger.grid import Range as Range
from projects.ledger.grid import Sheet as Sheet
from projects.ledger.grid import Value as Value
from projects.ledger.grid import raw_text as raw_text
from projects.ledger.limits import Counts, too_large
from projects.ledger.parts import Comments, Names, SharedStrings, Styles, calls_programs, integer, position, typed_value
from projects.ledger.safety import check_file, parse_xml

_R = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",  # strict
)
_ELSEWHERE = ("formula", "formula1", "formula2")  # of conditional formats and validations


@dataclass(frozen=True)
class Workbook:
    sheets: tuple[Sheet, ...]


def read_workbook(data: bytes) -> Workbook:
    """All sheets of the workbook in `data`. Raises Refusal (see safety.check_file), TOO_LARGE beyond the row limits."""
    with check_file(data) as package:
        book = _Book(package)
        return Workbook(tuple(book.read_sheet(*entry) for entry in book.sheets))


def _length(cell: Cell) -> int:
    return len(cell.formula or "") + (len(cell.value) if isinstance(cell.value, str) else 1)


class _Book:
    """The parts shared by all sheets."""

    def __init__(self, package: zipfile.ZipFile) -> None:
        self.package = package
        self.names = {part.filename for part in package.infolist()}
        self.epoch = CALENDAR_WINDOWS_1900
        self.counts = Counts()
        self.sheets: list[tuple[str, str, str]] = []
        links = self._relations("xl/workbook.xml")
        self._read_index(links)
        by_type = dict(links.values())
        self.strings = self._strings(by_type.get("sharedStrings"))
        self.formats, self.struck = self._styles(by_type.get("styles"))

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Relationship id → (last word of the type, part name)."""
        folder, name = posixpath.split(part)
        found: dict[str, tuple[str, str]] = {}

        def start(tag: str, attributes: dict[str, str]) -> None:
            if tag == "Relationship" and attributes.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/" + folder, attributes.get("Target", "")))
                found[attributes.get("Id", "")] = (attributes.get("Type", "").rsplit("/", 1)[-1], target.lstrip("/"))

        rels = f"{folder}/_rels/{name}.rels"
        if rels in self.names:
            parse_xml(self.package, rels, start=start)
        return found

    def _read_index(self, links: dict[str, tuple[str, str]]) -> None:
        names = Names(limits.MAX_TEXT)

        def start(tag: str, attributes: dict[str, str]) -> None:
            names.start(tag)
            if tag == "workbookPr" and attributes.get("date1904") in ("1", "true"):
                self.epoch = CALENDAR_MAC_1904
            elif tag == "sheet":
                link = next((attributes[f"{each} id"] for each in _R if f"{each} id" in attributes), "")
                kind, part = links.get(link, ("", ""))
                if kind == "worksheet":
                    self.sheets.append((attributes.get("name", ""), attributes.get("state", "visible"), part))

        parse_xml(self.package, "xl/workbook.xml", start=start, end=names.end, text=names.text)
        if not self.sheets or len({part for _name, _state, part in self.sheets}) < len(self.sheets):
            raise Refusal("CORRUPT")
        if len(self.sheets) > limits.MAX_SHEETS:
            raise Refusal("TOO_LARGE", what="sheets", limit=limits.MAX_SHEETS)

    def _strings(self, part: str | None) -> list[tuple[str, bool]]:
        """Shared strings as (text, every run struck through)."""
        if part is None or part not in self.names:
            return []
        reader = SharedStrings(limits.MAX_TEXT, limits.MAX_FILLED_CELLS)
        parse_xml(self.package, part, start=reader.start, end=reader.end, text=reader.text)
        return reader.items

    def _styles(self, part: str | None) -> tuple[list[str], list[bool]]:
        """Number format and strike flag per cell style."""
        if part is None or part not in self.names:
            return [], []
        reader = Styles()
        parse_xml(self.package, part, start=reader.start, end=reader.end)
        formats = [reader.format(number) for number, _font in reader.styles]
        return formats, [font < len(reader.fonts) and reader.fonts[font] for _number, font in reader.styles]

    def read_sheet(self, name: str, state: str, part: str) -> Sheet:
        reader = _SheetReader(self)
        parse_xml(self.package, part, start=reader.start, end=reader.end, text=reader.text, ends=reader.ends)
        rows = tuple(sorted({row for row, _column in reader.cells}))
        last_row, last_column = max(rows, default=0), max((c for _r, c in reader.cells), default=0)
        anchors = _anchors(reader.merges, last_row, last_column)
        for at in anchors.values():
            if at in reader.cells:
                self.counts.add_text(_length(reader.cells[at]))
        return Sheet(
            name=name,
            state=state,
            cells=reader.cells,
            rows=rows,
            last_row=last_row,
            last_column=last_column,
            merges=tuple(reader.merges),
            anchors=anchors,
            hidden_rows=frozenset(reader.hidden_rows),
            hidden_columns=frozenset(reader.hidden_columns),
            comments=self._comments(part),
            stray=tuple(reader.stray),
        )

    def _comments(self, part: str) -> dict[tuple[int, int], str]:
        reader = Comments(limits.MAX_COMMENTS)
        for kind, target in self._relations(part).values():
            if kind == "comments" and target in self.names:
                parse_xml(self.package, target, start=reader.start, end=reader.end, text=reader.text)
        self.counts.add_text(sum(map(len, reader.items.values())))
        return reader.items


class _SheetReader:
    """Handlers for a worksheet part."""

    def __init__(self, book: _Book) -> None:
        self.book = book
        self.cells: dict[tuple[int, int], Cell] = {}
        self.merges: list[Range] = []
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()
        self.stray: list[str] = []
        self.counts = book.counts
        self.row = self.column = self.last_filled = self.buffered = self.column_groups = 0
        self.kind, self.style, self.reference = "n", 0, ""
        self.attributes: dict[str, str] = {}
        self.buffer: list[str] | None = None
        self.stored: str | None = None
        self.formula: str | None = None
        self.inline: list[str] = []
        self.phonetic = False
        self.begin = {"c": self._start_cell, "row": self._start_row, "col": self._start_column}
        self.ends = {"c": self._end_cell, "v": self._end_value}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if handler := self.begin.get(tag):
            handler(attributes)
        elif tag in ("v", "f", "t") or tag in _ELSEWHERE:
            self.buffer, self.buffered = [], 0
        elif tag == "mergeCell":
            self._merge(attributes.get("ref", ""))
        elif tag == "rPh":
            self.phonetic = True

    def text(self, data: str) -> None:
        if self.buffer is not None:
            self.buffer.append(data)
            self.buffered += len(data)
            if self.buffered > limits.MAX_TEXT:
                raise too_large("text", limits.MAX_TEXT)

    def end(self, tag: str) -> None:
        if tag == "rPh":
            self.phonetic = False
        elif tag in ("f", "t") and self.buffer is not None:
            content = "".join(self.buffer)
            self.buffer = None
            if tag == "f":
                self.formula = content
            elif not self.phonetic:
                self.inline.append(content)
        elif tag in _ELSEWHERE and self.buffer is not None:
            content = "".join(self.buffer)
            self.buffer = None
            if calls_programs(content):
                raise Refusal("XML_UNSAFE", what="dde", cell="")

    def _end_value(self) -> None:
        if self.buffer is not None:
            self.stored = "".join(self.buffer)
            self.buffer = None

    def _start_row(self, attributes: dict[str, str]) -> None:
        self.counts.rows += 1
        if self.counts.rows > limits.MAX_ROWS:
            raise too_large("rows", limits.MAX_ROWS)
        if "r" not in attributes:
            self._place()
        self.row = max(1, integer(attributes.get("r"), self.row + 1))
        self.column, self.reference = 0, ""
        if attributes.get("hidden") in ("1", "true"):
            self.hidden_rows.add(self.row)

    def _start_column(self, attributes: dict[str, str]) -> None:
        self.column_groups += 1
        if self.column_groups > limits.MAX_COLUMN_GROUPS:
            raise too_large("columns", limits.MAX_COLUMNS)
        if attributes.get("hidden") in ("1", "true"):
            first, last = integer(attributes.get("min"), 1), integer(attributes.get("max"), 1)
            self.hidden_columns.update(range(max(first, 1), min(last, limits.MAX_COLUMNS) + 1))

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self.counts.cells += 1
        if self.counts.cells > limits.MAX_CELLS:
            raise too_large("cells", limits.MAX_CELLS)
        if "r" not in attributes:
            self._place()
            self.column += 1
        self.reference = attributes.get("r", "")
        self.attributes = attributes
        if self.stored is not None or self.formula is not None or self.inline:
            self.stored = self.formula = None
            self.inline = []

    def _place(self) -> None:
        """Row and column of the last cell that said where it is: only filled cells and those before others need it."""
        if self.reference:
            at = position(self.reference)
            self.row, self.column = at or (self.row, self.column + 1)
            self.reference = ""

    def _end_cell(self) -> None:
        if self.stored is None and self.formula is None and not self.inline:
            return
        if self.reference:
            self._place()
        self.kind = self.attributes.get("t", "n")
        self.style = max(0, integer(self.attributes["s"])) if "s" in self.attributes else 0
        cell = self._cell()
        if cell.value is None and cell.formula is None and cell.error is None:
            return
        if cell.formula is not None and calls_programs(cell.formula):
            raise Refusal("XML_UNSAFE", what="dde", cell=cell.address if self.column <= 16384 else "")
        if self.column > limits.MAX_COLUMNS or self.row > limits.MAX_ROWS:
            self.stray.append(cell.address if self.column <= 16384 else "")
            if len(self.stray) > limits.MAX_STRAY_CELLS:
                wide = self.column > limits.MAX_COLUMNS
                raise too_large(*(("columns", limits.MAX_COLUMNS) if wide else ("rows", limits.MAX_ROWS)))
            return
        if self.row != self.last_filled:
            self.last_filled = self.row
            self.counts.filled_rows += 1
        self.counts.add(_length(cell))
        self.cells[self.row, self.column] = cell

    def _cell(self) -> Cell:
        value: Value = None
        error = None
        struck = False
        stored, kind = self.stored, self.kind
        number_format = self.book.formats[self.style] if self.style < len(self.book.formats) else "General"
        if kind == "s":
            value, struck = self._shared(stored)
        elif kind == "inlineStr":
            value = "".join(self.inline) or None
            if value and len(value) > limits.MAX_TEXT:
                raise too_large("text", limits.MAX_TEXT)
        elif kind == "e":
            error = stored or "#N/A"
        elif kind in ("str", "b", "d") or stored:
            value = typed_value(kind, stored or "", number_format, self.book.epoch)
        has_value = value is not None or error is not None or (kind == "str" and stored is not None)
        if self.style < len(self.book.struck):
            struck = struck or self.book.struck[self.style]
        return Cell(self.row, self.column, value, number_format, self.formula, has_value, error, struck)

    def _shared(self, stored: str | None) -> tuple[str | None, bool]:
        index = integer(stored, -1)
        if not 0 <= index < len(self.book.strings):
            raise Refusal("CORRUPT")
        text, struck = self.book.strings[index]
        return text or None, struck

    def _merge(self, ref: str) -> None:
        first, _, last = ref.partition(":")
        top_left, bottom_right = position(first), position(last or first)
        if top_left and bottom_right and top_left != bottom_right:
            if len(self.merges) >= limits.MAX_MERGES:
                raise too_large("merges", limits.MAX_MERGES)
            self.merges.append(Range(*top_left, *bottom_right))


def _anchors(merges: list[Range], last_row: int, last_column: int) -> dict[tuple[int, int], tuple[int, int]]:
    """Every covered cell inside the used range → first cell of its merge."""
    found: dict[tuple[int, int], tuple[int, int]] = {}
    total = 0
    for each in merges:
        bottom, right = min(each.bottom, last_row), min(each.right, last_column)
        total += max(0, bottom - each.top + 1) * max(0, right - each.left + 1)
        if total > limits.MAX_MERGED_CELLS:
            raise too_large("merges", limits.MAX_MERGED_CELLS)
        first = (each.top, each.left)
        for row in range(each.top, bottom + 1):
            for column in range(each.left, right + 1):
                found[row, column] = first
    return found

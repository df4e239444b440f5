"""Annexes as PDF pages across, drawn by ourselves: thousands of rows in seconds. Head on every page, rows in one piece.

Why not from HTML: WeasyPrint lays out a row of Annex 1 in 25 ms (2,000 rows: 50 s); here it is below one millisecond.
"""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from dispatch.reports.pdf_text import Face
from dispatch.reports.screen import Cell, Line, Table

MM = 72 / 25.4
A4, A3 = (297 * MM, 210 * MM), (420 * MM, 297 * MM)
WIDE_TABLE = 200  # characters of all columns from which a sheet is A3
SIDE, TOP, BOTTOM = 12 * MM, 13 * MM, 15 * MM
SIZE, SMALLEST, LEAD, PAD = 7.0, 4.5, 1.28, 1.6
TITLE_SIZE, NOTE_SIZE, FOOT_SIZE = 13.0, 7.5, 8.0
LONG = 12  # columns wider than this hold text that reads better from the left
BATCH = 50
HEAD_FILL, BAND_FILL = "0.93 0.945 0.96", "0.965 0.965 0.965"


@dataclass
class Page:
    size: tuple[float, float]
    parts: list[bytes] = field(default_factory=list)
    name: str = ""


@dataclass(frozen=True)
class Sheet:
    """One annex: its table, the line under the title (left, right), and notes below."""

    table: Table
    title: str
    left: str = ""
    right: str = ""
    notes: Sequence[str] = ()


class Painter:
    """Draws sheets page after page; ``blank`` pages before them get page numbers only, ``sizes`` in points."""

    def __init__(self, progress: Callable[[int, int], None], total: int) -> None:
        self.face, self.pages = Face(), []  # type: Face, list[Page]
        self._progress, self._total, self._done = progress, total, 0
        self._y = 0.0

    def blank(self, size: tuple[float, float]) -> None:
        self.pages.append(Page(size))

    def sheet(self, sheet: Sheet) -> None:
        columns = [column for group in sheet.table.groups for column in group.columns]
        size = A3 if sum(column.width for column in columns) > WIDE_TABLE else A4
        room = size[0] - 2 * SIDE
        unit = room / sum(column.width for column in columns)
        self._widths = [column.width * unit for column in columns]
        self._lefts = [SIDE + sum(self._widths[:at]) for at in range(len(columns))]
        self._wide = [column.width > LONG for column in columns]
        self._table, self._size, self._name = sheet.table, size, sheet.title
        self._head = _head(self.face, sheet.table, self._widths)
        self._page()
        self._begin(sheet, room)
        self._draw_head()
        for line in sheet.table.lines:
            self._row(line)
            self._tick()
        for note in sheet.notes:
            self._note(note, room)

    def _tick(self) -> None:
        self._done += 1
        if self._done % BATCH == 0:
            self._progress(self._done, self._total)

    def _page(self) -> None:
        self.pages.append(Page(self._size, name=self._name))
        self._y = self._size[1] - TOP

    def _begin(self, sheet: Sheet, room: float) -> None:
        for line in self.face.lines(sheet.title, TITLE_SIZE, room):
            self._y -= TITLE_SIZE * 1.3
            self._text(SIDE + (room - self.face.width(line, TITLE_SIZE)) / 2, self._y, line, TITLE_SIZE)
        self._y -= 12
        right = self.face.width(sheet.right, NOTE_SIZE)
        self._text(SIDE + room - right, self._y, sheet.right, NOTE_SIZE)
        for at, line in enumerate(self.face.lines(sheet.left, NOTE_SIZE, room - right)):
            self._y -= NOTE_SIZE * 1.5 if at else 0
            self._text(SIDE, self._y, line, NOTE_SIZE)
        self._y -= 4

    def _note(self, note: str, room: float) -> None:
        for line in self.face.lines(note, NOTE_SIZE, room):
            if self._y - NOTE_SIZE * 1.5 < BOTTOM:
                self._page()
            self._y -= NOTE_SIZE * 1.5
            self._text(SIDE, self._y, line, NOTE_SIZE)

    def _draw_head(self) -> None:
        """The head of the table, on one or two rows."""
        top, total = self._y, sum(self._head.heights)
        for left, width, row, span, lines in self._head.cells:
            at = sum(self._head.heights[:row])
            height = total - at if span == 2 else self._head.heights[row]
            self._box(left, top - at - height, width, height, HEAD_FILL)
            self._lines(left, top - at, width, height, lines, SIZE, "centre")
        self._y = top - total

    def _row(self, line: Line) -> None:
        if line.kind == "group":
            lines = [self.face.lines(line.cells[0].text, SIZE, sum(self._widths) - 2 * PAD)]
            self._pieces([(self._lefts[0], sum(self._widths), lines[0], SIZE, "left")], BAND_FILL)
            return
        cells = [self._cell(at, cell) for at, cell in enumerate(line.cells)]
        self._pieces(cells, BAND_FILL if line.kind == "total" else "")

    def _cell(self, at: int, cell: Cell) -> tuple[float, float, list[str], float, str]:
        """Left edge, width, lines, size, alignment. Numbers and days never break: they get smaller."""
        width, size = self._widths[at], SIZE
        if cell.is_number or cell.is_day:
            needed = self.face.width(cell.text, SIZE)
            if needed > width - 2 * PAD:
                size = max(SMALLEST, SIZE * (width - 2 * PAD) / needed)
        lines = self.face.lines(cell.text, size, width - 2 * PAD + 0.01)
        return (
            self._lefts[at],
            width,
            lines,
            size,
            "right" if cell.is_number else "left" if self._wide[at] else "centre",
        )

    def _pieces(self, cells: list[tuple[float, float, list[str], float, str]], fill: str) -> None:
        """One row; one that is taller than a page goes on over the next."""
        step = SIZE * LEAD
        full = self._size[1] - TOP - BOTTOM - sum(self._head.heights)
        most = max(1, int((full - 2 * PAD) / step))
        rest = max(len(cell[2]) for cell in cells)
        start = 0
        while rest > 0:
            count = min(rest, most)
            height = count * step + 2 * PAD
            if self._y - height < BOTTOM:
                self._page()
                self._draw_head()
            for left, width, lines, size, align in cells:
                self._box(left, self._y - height, width, height, fill)
                self._lines(left, self._y, width, height, lines[start : start + count], size, align)
            self._y -= height
            start, rest = start + count, rest - count

    def _lines(
        self, left: float, top: float, width: float, height: float, lines: Sequence[str], size: float, align: str
    ) -> None:
        step = SIZE * LEAD
        y = top - (height - len(lines) * step) / 2 - step + (step - SIZE) / 2 + SIZE * 0.14
        for line in lines:
            used = self.face.width(line, size)
            x = {"left": left + PAD, "right": left + width - PAD - used}.get(align, left + (width - used) / 2)
            self._text(x, y, line, size)
            y -= step

    def _text(self, x: float, y: float, text: str, size: float) -> None:
        if text:
            shown = self.face.shown(text)
            self.pages[-1].parts.append(b"BT /F %.2f Tf %.2f %.2f Td %s ET" % (size, x, y, shown))

    def _box(self, x: float, y: float, width: float, height: float, fill: str) -> None:
        box = f"{x:.2f} {y:.2f} {width:.2f} {height:.2f} re"
        self.pages[-1].parts.append(f"q {fill} rg {box} f Q {box} S".encode() if fill else f"{box} S".encode())

    def finish(self, foot: str) -> bytes:
        """The PDF, with page x of y and ``foot`` on every page."""
        for number, page in enumerate(self.pages, 1):
            text = f"第 {number} 页，共 {len(self.pages)} 页"
            side = SIDE if page.name else 27 * MM
            x = page.size[0] - side - self.face.width(text, FOOT_SIZE)
            left = self.face.lines(f"{page.name}　{foot}" if page.name else foot, FOOT_SIZE, x - side - 8)[0]
            for at, words in ((x, text), (side, left)):
                shown = self.face.shown(words)
                page.parts.append(b"q 0.35 g BT /F %.2f Tf %.2f %.2f Td %s ET Q" % (FOOT_SIZE, at, 8 * MM, shown))
        self._progress(self._total, self._total)
        return document(self.pages, self.face.objects())


@dataclass(frozen=True)
class _Head:
    """``cells``: left edge, width, row 0 or 1, rows spanned, lines."""

    heights: list[float]
    cells: list[tuple[float, float, int, int, list[str]]]


def _head(face: Face, table: Table, widths: Sequence[float]) -> _Head:
    two = any(group.title for group in table.groups)
    cells, at, left = [], 0, SIDE
    needed = [0, 0]
    for group in table.groups:
        own = widths[at : at + len(group.columns)]
        if group.title:
            lines = face.lines(group.title, SIZE, sum(own) - 2 * PAD)
            cells.append((left, sum(own), 0, 1, lines))
            needed[0] = max(needed[0], len(lines))
        for column, width in zip(group.columns, own, strict=True):
            lines = face.lines(column.heading, SIZE, width - 2 * PAD)
            inner = 1 if group.title else 0
            cells.append((left, width, inner, 1 if inner or not two else 2, lines))
            needed[1 if two else 0] = max(needed[1 if two else 0], len(lines) if inner or not two else len(lines) - 1)
            left += width
        at += len(group.columns)
    heights = [max(1, count) * SIZE * LEAD + 3 * PAD for count in (needed if two else needed[:1])]
    return _Head(heights, cells)


def document(pages: Sequence[Page], font: dict[str, Any]) -> bytes:
    """The file: catalogue, pages, the one font, a stream for each page."""
    first = 8
    kids = " ".join(f"{first + 2 * at} 0 R" for at in range(len(pages)))
    base = "/BaseFont /NavigatorSans"
    objects = [
        b"<</Type /Catalog /Pages 2 0 R>>",
        f"<</Type /Pages /Count {len(pages)} /Kids [{kids}]>>".encode(),
        f"<</Type /Font /Subtype /Type0 {base} /Encoding /Identity-H "
        f"/DescendantFonts [4 0 R] /ToUnicode 7 0 R>>".encode(),
        f"<</Type /Font /Subtype /CIDFontType0 {base} /CIDSystemInfo <</Registry (Adobe) /Ordering (Identity) "
        f"/Supplement 0>> /DW 1000 /FontDescriptor 5 0 R /W {font['widths']}>>".encode(),
        b"<</Type /FontDescriptor /FontName /NavigatorSans /Flags 4 /FontBBox [-1002 -1048 2928 1808] /ItalicAngle 0 "
        b"/Ascent 880 /Descent -120 /CapHeight 733 /StemV 80 /FontFile3 6 0 R>>",
        _stream(font["file"], "/Subtype /CIDFontType0C "),
        _stream(font["unicode"]),
    ]
    for at, page in enumerate(pages):
        box = f"[0 0 {page.size[0]:.2f} {page.size[1]:.2f}]"
        objects.append(
            f"<</Type /Page /Parent 2 0 R /MediaBox {box} /Resources <</Font <</F 3 0 R>>>> "
            f"/Contents {first + 2 * at + 1} 0 R>>".encode()
        )
        objects.append(_stream(b"0.4 w 0.25 G\n" + b"\n".join(page.parts)))
    return _written(objects)


def _stream(content: bytes, more: str = "") -> bytes:
    packed = zlib.compress(content, 6)
    return f"<<{more}/Length {len(packed)} /Filter /FlateDecode>>\nstream\n".encode() + packed + b"\nendstream"


def _written(objects: Sequence[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)

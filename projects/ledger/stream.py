"""Rows of a worksheet as XML, written straight into the file: twice as quick as cell objects, and nothing is kept.

openpyxl makes everything else (styles, head rows, print set-up, further sheets); ``save`` puts the rows behind the head
rows of a sheet. There is no way to write a formula here: a text is an inline string, whatever it begins with.
"""

import zipfile
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from io import BytesIO
from math import isfinite
from typing import IO, Any
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel

from accounts.chunks import chunks
from projects.ledger.sheet import careful, safe_text, starts_actively, streamed_cell

LAST_ROW = 1_048_576  # in areas of the workbook given to ``save``: stands for the last row that is written
TOGETHER = 200  # rows handed to the compressor at once
EXACT = 15  # digits a spreadsheet keeps
DAY_FORMAT, MONTH_FORMAT, MOMENT_FORMAT = "yyyy-mm-dd", 'yyyy"年"m"月"', "yyyy-mm-dd hh:mm"


class Cells:
    """Values of a row → its XML. ``style``: attributes every cell has besides number format and quote prefix."""

    def __init__(self, sheet: Any, width: int, **style: Any) -> None:
        self.sheet, self.look = sheet, style
        self.letters = [get_column_letter(number) for number in range(1, width + 1)]
        self.normal, self.quoted = self.style(), self.style(quotePrefix=True)
        self.day, self.moment = self.style(number_format=DAY_FORMAT), self.style(number_format=MOMENT_FORMAT)

    def style(self, **more: Any) -> str:
        """The attribute of a cell with this look; to be asked for before the workbook is saved."""
        cell = streamed_cell(self.sheet, "-")
        for name, value in (self.look | more).items():
            setattr(cell, name, value)
        return f' s="{cell.style_id}"' if cell.style_id else ""

    def row(self, number: int, values: Iterable[Any]) -> str:
        """A value may be (value, style)."""
        cells = []
        for letter, value in zip(self.letters, values, strict=False):
            if value is None or value == "":
                continue
            style = self.normal
            if type(value) is tuple:
                value, style = value
            cells.append(self.cell(f"{letter}{number}", value, style))
        return f'<row r="{number}">{"".join(cells)}</row>'

    def cell(self, place: str, value: Any, style: str) -> str:
        if isinstance(value, str):
            return self.text(place, value, style)
        if isinstance(value, bool):
            return f'<c r="{place}"{style} t="b"><v>{int(value)}</v></c>'
        if isinstance(value, Decimal):
            if not value.is_finite() or len(value.as_tuple().digits) > EXACT:
                return self.text(place, f"{value:f}", style)
            return f'<c r="{place}"{style}><v>{value}</v></c>'
        if isinstance(value, int | float):
            if not isfinite(value) or (isinstance(value, int) and abs(value) >= 10**EXACT):
                return self.text(place, str(value), style)
            return f'<c r="{place}"{style}><v>{value!r}</v></c>'
        if isinstance(value, datetime):
            return f'<c r="{place}"{style if style != self.normal else self.moment}><v>{_moment(value)}</v></c>'
        if isinstance(value, date):
            return f'<c r="{place}"{style if style != self.normal else self.day}><v>{_serial(value)}</v></c>'
        return self.text(place, str(value), style)

    def text(self, place: str, text: str, style: str) -> str:
        if careful(text):
            text = safe_text(text)
            style = self.quoted if starts_actively(text) and style == self.normal else style
        if "&" in text or "<" in text or ">" in text:
            text = escape(text)
        space = ' xml:space="preserve"' if text[:1].isspace() or text[-1:].isspace() else ""
        return f'<c r="{place}"{style} t="inlineStr"><is><t{space}>{text}</t></is></c>'


@lru_cache(maxsize=65_536)
def _serial(day: date) -> int:
    return int(to_excel(day))


def _moment(at: datetime) -> float:
    return float(to_excel(at.replace(tzinfo=None)))


def save(book: Workbook, bodies: Mapping[str, Iterable[str]], file: IO[bytes]) -> None:
    """Writes the workbook; ``bodies``: {sheet name: its rows as XML, in order}, behind the rows that are there.

    The rows are taken one after the other while the file is written. Areas that reach to LAST_ROW end with the rows.
    """
    raw = BytesIO()
    book.save(raw)
    last: list[tuple[str, int]] = []
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        parts = {f"xl/worksheets/sheet{n}.xml": name for n, name in enumerate(book.sheetnames, 1)}
        for part in source.namelist():
            if parts.get(part) in bodies:
                name = parts[part]
                last.append((name, _with_rows(source.read(part), bodies[name], target, part)))
        for part in source.namelist():
            if parts.get(part) in bodies:
                continue
            content = source.read(part)
            if part == "xl/workbook.xml":
                content = _with_areas(content, last)
            target.writestr(part, content)


def _with_rows(xml: bytes, rows: Iterable[str], target: zipfile.ZipFile, part: str) -> int:
    """Writes the part; returns the number of rows in it."""
    head, end, tail = xml.partition(b"</sheetData>")
    count = head.count(b"<row ")
    with target.open(part, "w") as out:
        out.write(head)
        for some in chunks(rows, TOGETHER):
            count += len(some)
            out.write("".join(some).encode())
        out.write(end + tail.replace(str(LAST_ROW).encode(), str(count).encode()))
    return count


def _with_areas(xml: bytes, last: Iterable[tuple[str, int]]) -> bytes:
    """The index of the workbook, where every defined area names its sheet."""
    for name, count in last:
        title = escape(name.replace("'", "''"))
        for shown in {f"'{title}'!", f"{title}!"}:
            xml = _ended(xml, shown.encode(), count)
    return xml


def _ended(xml: bytes, sheet: bytes, count: int) -> bytes:
    parts = xml.split(sheet)
    end = f"${LAST_ROW}".encode()
    return sheet.join([parts[0], *(part.replace(end, f"${count}".encode(), 1) for part in parts[1:])])

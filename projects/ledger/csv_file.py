"""A .csv as a workbook of one sheet: UTF-8 with or without a mark, UTF-16 with one, GB18030. Pure.

All cells are text as it stands there: leading zeros, long numbers and ``=1+1`` stay what they are. Encoding and
delimiter are found in the content. What is read is decided by content and name: text under the
name of a .csv (.txt, .tsv) is read, text under another name is refused with the advice to rename it, a workbook is
read under any name.
"""

import codecs
import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath

from projects.ledger import limits
from projects.ledger.findings import Refusal
from projects.ledger.limits import Counts, too_large
from projects.ledger.safety import MAX_UPLOAD, what_is
from projects.ledger.workbook import Cell, Sheet, Workbook, read_workbook

ENDINGS = (".csv", ".txt", ".tsv")
DELIMITERS = "\t,;|"
TRIED_LINES = 200  # to find the delimiter
END = "\x01"  # a record of our own behind the last one; when it is missing, a quotation mark was never closed
FOREIGN_SHARE = 0.01  # of characters for private use, from which on GB18030 was not the encoding
LONGEST_NAME = 100

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_HAN = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]{2}")
_PRIVATE = re.compile(r"[\ue000-\uf8ff]")


def read_book(data: bytes, *, name: str = "") -> Workbook:
    """The workbook or .csv in `data`; `name` as its sender calls it. Raises Refusal."""
    if PurePosixPath(name.lower()).suffix in ENDINGS and what_is(data) == "csv":
        return Workbook((read_csv(data, name=name),))
    return read_workbook(data)


def read_csv(data: bytes, *, name: str = "") -> Sheet:
    """The rows of a .csv as a sheet that bears its file's name. Raises Refusal: TOO_LARGE, CORRUPT."""
    if len(data) > MAX_UPLOAD:
        raise Refusal("TOO_LARGE", what="upload", limit=MAX_UPLOAD // 1024 // 1024)
    cells: dict[tuple[int, int], Cell] = {}
    counts = Counts()
    for row, record in enumerate(_records(decoded(data)), 1):
        if row > limits.MAX_ROWS:
            raise too_large("rows", limits.MAX_ROWS)
        counts.filled_rows += any(record)
        for column, text in enumerate(record, 1):
            if not text.strip():
                continue
            if column > limits.MAX_COLUMNS:
                raise too_large("columns", limits.MAX_COLUMNS)
            counts.add(len(text))
            cells[row, column] = Cell(row, column, text, "@")
    rows = tuple(sorted({row for row, _column in cells}))
    return Sheet(_title(name), "visible", cells, rows, max(rows, default=0), max((c for _r, c in cells), default=0))


def decoded(data: bytes) -> str:
    """The text. Raises Refusal CORRUPT when it is in no one encoding or holds NUL characters."""
    text = _decoded(data)
    if "\x00" in text:
        raise Refusal("CORRUPT", what="nul")
    return text


def _decoded(data: bytes) -> str:
    try:
        if data.startswith(_UTF16):
            return data.decode("utf-16")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if data.startswith((*_UTF16, codecs.BOM_UTF8)) or _is_mixed(data):
            raise Refusal("CORRUPT", what="text") from error
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError as error:
        raise Refusal("CORRUPT", what="text") from error
    if len(_PRIVATE.findall(text)) > FOREIGN_SHARE * len(text):
        raise Refusal("CORRUPT", what="text")
    return text


def _is_mixed(data: bytes) -> bool:
    """Lines that are Chinese in UTF-8 beside others that are not: two files pasted into one."""
    for line in data.splitlines():
        if line.isascii():
            continue
        try:
            if _HAN.search(line.decode("utf-8")):
                return True
        except UnicodeDecodeError:
            continue
    return False


def _records(text: str) -> Iterator[list[str]]:
    """The records without the one of our own. Raises Refusal for an open quotation mark or an endless field."""
    lines = io.StringIO(f"{text}\n{END}\n", newline="")
    delimiter = _delimiter(text)
    before: list[str] | None = None
    try:
        for record in csv.reader(lines, delimiter=delimiter):
            if before is not None:
                yield before
            before = record
    except csv.Error as error:
        raise too_large("text", limits.MAX_TEXT) from error
    if before != [END]:
        raise Refusal("CORRUPT", what="quotes")


def _delimiter(text: str) -> str:
    """The one that gives most records of the same width, and of those the wider."""
    sample = "".join(line for line, _ in zip(io.StringIO(text, newline=""), range(TRIED_LINES), strict=False))
    return max(DELIMITERS, key=lambda each: _regularity(sample, each))


def _regularity(sample: str, delimiter: str) -> tuple[int, int]:
    try:
        widths = Counter(map(len, csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)))
    except csv.Error:
        return 0, 0
    return max(((count * (width > 1), width) for width, count in widths.items()), default=(0, 0))


def _title(name: str) -> str:
    stem = PurePosixPath(name.replace("\\", "/")).stem
    shown = "".join(each for each in stem if unicodedata.category(each)[0] != "C").strip()
    return shown[:LONGEST_NAME] or "CSV"

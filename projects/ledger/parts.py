"""Handlers for the smaller parts of a workbook: shared strings, styles, comments. Pure; see safety.parse_xml."""

import datetime as dt
import re
from collections.abc import Sized
from functools import lru_cache

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.datetime import from_excel

from projects.ledger.findings import Refusal

Value = str | int | float | bool | dt.datetime | dt.date | dt.time | dt.timedelta | None

MAX_STYLES = 70_000  # Excel knows 64,000
MAX_FORMAT = 255  # characters

# Date formats of Chinese Excel that the file names by number only.
_LOCAL_FORMATS = {
    **dict.fromkeys((27, 36, 50, 52, 57), 'yyyy"年"m"月"'),
    **dict.fromkeys((28, 29, 51, 53, 54, 58), 'm"月"d"日"'),
    30: "m-d-yy",
    31: 'yyyy"年"m"月"d"日"',
}


_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_DDE = re.compile(r"\||\bDDE\s*\(", re.IGNORECASE)


def calls_programs(formula: str) -> bool:
    """True for ``cmd|'/C calc'!A0`` and ``DDE(…)``; what stands in quotation marks is text."""
    return bool(_DDE.search(formula)) and bool(_DDE.search(_QUOTED.sub("", formula)))


class Names:
    """Handlers for the defined names of a workbook: none may call a program. Raises Refusal."""

    def __init__(self, longest: int) -> None:
        self.longest = longest
        self.length = 0
        self.parts: list[str] | None = None

    def start(self, tag: str) -> None:
        if tag == "definedName":
            self.parts, self.length = [], 0

    def text(self, data: str) -> None:
        if self.parts is not None:
            self.parts.append(data)
            self.length += len(data)
            if self.length > self.longest:
                raise Refusal("TOO_LARGE", what="text", limit=self.longest)

    def end(self, tag: str) -> None:
        if tag == "definedName" and self.parts is not None:
            if calls_programs("".join(self.parts)):
                raise Refusal("XML_UNSAFE", what="dde", cell="")
            self.parts = None


class SharedStrings:
    """Handlers for ``<si>``: plain and rich text without phonetic hints; not more texts than cells may hold."""

    def __init__(self, longest: int, most: int) -> None:
        self.longest, self.most = longest, most
        self.length = 0
        self.items: list[tuple[str, bool]] = []
        self.parts: list[tuple[str, bool]] = []
        self.inside = self.phonetic = self.struck = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "si":
            self.parts, self.length = [], 0
        elif tag == "r":
            self.struck = False
        elif tag == "strike":
            self.struck = attributes.get("val", "1") not in ("0", "false")
        elif tag == "rPh":
            self.phonetic = True
        elif tag == "t":
            self.inside = not self.phonetic

    def end(self, tag: str) -> None:
        if tag == "t":
            self.inside = False
        elif tag == "rPh":
            self.phonetic = False
        elif tag == "si":
            filled = [(text, struck) for text, struck in self.parts if text.strip()]
            text = "".join(text for text, _struck in self.parts)
            self.items.append((text, bool(filled) and all(struck for _text, struck in filled)))
            self.struck = False
            if len(self.items) > self.most:
                raise Refusal("TOO_LARGE", what="cells", limit=self.most)

    def text(self, data: str) -> None:
        if self.inside:
            self.parts.append((data, self.struck))
            self.length += len(data)
            if self.length > self.longest:
                raise Refusal("TOO_LARGE", what="text", limit=self.longest)


class Styles:
    """Handlers for the style part: number formats, struck fonts, and which style uses which."""

    def __init__(self) -> None:
        self.custom: dict[int, str] = {}
        self.fonts: list[bool] = []
        self.styles: list[tuple[int, int]] = []
        self.section = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in ("numFmts", "fonts", "cellXfs", "cellStyleXfs", "dxfs"):
            self.section = tag
        elif tag == "numFmt" and self.section == "numFmts":
            self.custom[integer(attributes.get("numFmtId"))] = attributes.get("formatCode", "General")[:MAX_FORMAT]
            self._limit(self.custom)
        elif self.section == "fonts" and tag == "font":
            self.fonts.append(False)
            self._limit(self.fonts)
        elif self.section == "fonts" and tag == "strike" and self.fonts:
            self.fonts[-1] = attributes.get("val", "1") not in ("0", "false")
        elif self.section == "cellXfs" and tag == "xf":
            self.styles.append((integer(attributes.get("numFmtId")), max(0, integer(attributes.get("fontId")))))
            self._limit(self.styles)

    @staticmethod
    def _limit(items: Sized) -> None:
        if len(items) > MAX_STYLES:
            raise Refusal("TOO_LARGE", what="styles", limit=MAX_STYLES)

    def end(self, tag: str) -> None:
        if tag == self.section:
            self.section = ""

    def format(self, number: int) -> str:
        return self.custom.get(number) or BUILTIN_FORMATS.get(number) or _LOCAL_FORMATS.get(number) or "General"


class Comments:
    """Handlers for a comments part. Excel puts the author's name in front; the text is kept whole."""

    def __init__(self, most: int) -> None:
        self.most, self.seen = most, 0
        self.items: dict[tuple[int, int], str] = {}
        self.at: tuple[int, int] | None = None
        self.parts: list[str] = []
        self.inside = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "comment":
            self.seen += 1
            if self.seen > self.most:
                raise Refusal("TOO_LARGE", what="comments", limit=self.most)
            self.at, self.parts = position(attributes.get("ref", "")), []
        elif tag == "t":
            self.inside = True

    def end(self, tag: str) -> None:
        if tag == "t":
            self.inside = False
        elif tag == "comment" and self.at and (text := "".join(self.parts).strip()):
            self.items[self.at] = text

    def text(self, data: str) -> None:
        if self.inside:
            self.parts.append(data)


_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})\Z")


def position(reference: str) -> tuple[int, int] | None:
    """``B12`` → (12, 2); None when it is no cell reference."""
    match = _REFERENCE.match(reference)
    return (int(match[2]), _column_number(match[1])) if match else None


@lru_cache(maxsize=1024)
def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def integer(text: str | None, default: int = 0) -> int:
    if text is None:
        return default
    try:
        return int(text)
    except ValueError:
        return default


def typed_value(kind: str, stored: str, number_format: str, epoch: dt.datetime) -> Value:
    if kind == "str":
        return stored or None
    if kind == "b":
        return stored.strip() in ("1", "true")
    if kind == "d":
        try:
            return dt.datetime.fromisoformat(stored.rstrip("Z"))
        except ValueError:
            return stored
    try:
        number = float(stored)
    except ValueError:
        return stored
    if _is_date(number_format):
        try:
            moment: Value = from_excel(number, epoch)
            return moment
        except (ValueError, OverflowError):
            return number
    return int(number) if number.is_integer() and abs(number) < 1e15 else number


@lru_cache(maxsize=1024)
def _is_date(number_format: str) -> bool:
    return bool(is_date_format(number_format))

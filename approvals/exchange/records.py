"""Records of an approval platform, from a file or pushed: one state of one case each. Pure.

The shape (names of columns, fields and elements) is ours and has not been confirmed by any platform; the state codes
1 to 15 are those of the national exchange standard (domain.md 2.4). Documented in docs/exchange.md. Nothing is refused
here because of what a record says: what cannot be read is named in ``Record.errors`` and the record kept as it came.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from projects.ledger.findings import Refusal
from projects.ledger.workbook import Sheet, raw_text, read_workbook

ZONE = ZoneInfo("Asia/Shanghai")
LARGEST_FILE = 10 * 1024 * 1024  # bytes
MOST_RECORDS = 20_000
LONGEST_TEXT = 2000  # characters of one field that are kept
FIELDS = {
    "message_id": "消息编号",
    "project_code": "项目代码",
    "case_number": "办件编号",
    "item_code": "事项编码",
    "item_name": "事项名称",
    "state": "状态代码",
    "happened_at": "状态时间",
    "unit": "承办单位",
    "handler": "经办人",
    "remark": "备注",
    "certificate_number": "证照编号",
    "certificate_until": "证照有效期止",
}
NAMES = {name: key for key, title in FIELDS.items() for name in (key, title)}
NEEDED = ("project_code", "item_code", "state", "happened_at")
LIMITS = {"message_id": 80, "project_code": 40, "case_number": 100, "item_code": 60, "certificate_number": 100}
EARLIEST, LATEST = 1990, 2200
_DAY = r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
_CLOCK = r"(?:[T ]\s*(\d{1,2})\s*[:时]\s*(\d{1,2})(?:\s*[:分]\s*(\d{1,2})(?:[.,]\d{1,9})?\s*秒?)?\s*分?)?"
_MOMENT = re.compile(rf"{_DAY}\s*{_CLOCK}\s*(Z|[+-]\d{{2}}:?\d{{2}})?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?")


class Unreadable(Exception):
    """The file as a whole is refused: ``code`` is "size", "kind", "broken", "unsafe", "headers" or "many"."""

    def __init__(self, code: str):
        self.code = code
        super().__init__(code)


@dataclass(frozen=True)
class Record:
    """One state of one case. ``raw``: every field as it came, also unknown ones; ``place``: where it stands.

    ``state``: the platform's own code as text. ``errors``: fields that are missing or cannot be read.
    """

    raw: Mapping[str, str]
    place: str
    message_id: str
    project_code: str = ""
    case_number: str = ""
    item_code: str = ""
    item_name: str = ""
    state: str = ""
    happened_at: datetime | None = None
    remark: str = ""
    certificate_number: str = ""
    certificate_until: date | None = None
    errors: tuple[str, ...] = field(default=())

    @property
    def digest(self) -> str:
        return digest_of(self.raw)


def digest_of(raw: Mapping[str, str]) -> str:
    """SHA-256 of the fields as they came; the order of the columns plays no part."""
    return hashlib.sha256(json.dumps(dict(raw), ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def read_file(data: bytes, name: str) -> list[Record]:
    """The records of a file, in its order. The kind is told by the content, ``name`` only parts .csv from .json.

    Raises Unreadable.
    """
    if len(data) > LARGEST_FILE:
        raise Unreadable("size")
    if data.startswith(b"PK\x03\x04"):
        return _records(_of_workbook(data))
    text = _decoded(data).lstrip("\ufeff \t\r\n")
    if not text:
        raise Unreadable("headers")
    if text[0] == "<":
        return _records(_of_xml(text))
    if text[0] in "[{":
        return _records(_of_json(text))
    if "\x00" in text or name.lower().endswith((".xls", ".doc", ".pdf")):
        raise Unreadable("kind")
    return _records(_of_csv(text))


def read_messages(found: Sequence[Any]) -> list[Record]:
    """Pushed messages: objects with our field names or the Chinese ones; what is no object has no fields."""
    return _records((f"messages[{n}]", each if isinstance(each, Mapping) else {}) for n, each in enumerate(found))


def _records(rows: Iterable[tuple[str, Mapping[str, Any]]]) -> list[Record]:
    made: list[Record] = []
    for place, fields in rows:
        if len(made) >= MOST_RECORDS:
            raise Unreadable("many")
        made.append(record_of(fields, place))
    return made


def record_of(fields: Mapping[str, Any], place: str) -> Record:
    """One record from named values."""
    raw = {_key(name): _text(value) for name, value in fields.items() if _text(value)}
    known = {key: _plain(raw[key]) for key in FIELDS if key in raw}
    errors = [key for key in NEEDED if key not in known]
    errors += [key for key, longest in LIMITS.items() if len(known.get(key, "")) > longest]
    happened_at, until = moment_of(known.get("happened_at", "")), moment_of(known.get("certificate_until", ""))
    errors += [] if happened_at or "happened_at" in errors else ["happened_at"]
    errors += ["certificate_until"] if known.get("certificate_until") and until is None else []
    return Record(
        raw=raw,
        place=place,
        message_id=known.get("message_id", "")[: LIMITS["message_id"]] or f"sha256:{digest_of(raw)}",
        happened_at=happened_at,
        certificate_until=until.astimezone(ZONE).date() if until else None,
        errors=tuple(dict.fromkeys(errors)),
        remark=raw.get("remark", "").strip(),
        state=known.get("state", "").removesuffix(".0"),
        **{name: known.get(name, "")[: LIMITS.get(name, LONGEST_TEXT)] for name in (
            "project_code", "case_number", "item_code", "item_name", "certificate_number",
        )},
    )  # fmt: skip


def moment_of(text: str) -> datetime | None:
    """A moment in any of the usual ways; without a zone it is Asia/Shanghai, without a time of day the day's start."""
    text = text.strip()
    found, zone = _MOMENT.fullmatch(text), ""
    if found:
        *parts, zone = found.groups()
    elif compact := _COMPACT.fullmatch(text):
        parts = list(compact.groups())
    else:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in parts)
    if not EARLIEST <= year <= LATEST:
        return None
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=_zone(zone))
    except ValueError:
        return None


def _zone(text: str | None) -> timezone | ZoneInfo:
    if not text:
        return ZONE
    if text == "Z":
        return UTC
    ahead = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-ahead if text[0] == "-" else ahead)


def _key(name: Any) -> str:
    kept = re.sub(r"[\s:：*＊]+", "", unicodedata.normalize("NFKC", str(name)))
    folded = unicodedata.normalize("NFKC", "".join(sign for sign in kept if sign.isprintable()))
    return NAMES.get(folded, folded[:100])


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False)
    elif isinstance(value, datetime):
        value = value.isoformat(sep=" ") if value.time() != time() else value.date().isoformat()
    text = raw_text(value) if not isinstance(value, str) else value
    return "".join(sign for sign in text if sign.isprintable() or sign in "\n\t").strip()[:LONGEST_TEXT]


def _of_workbook(data: bytes) -> Iterable[tuple[str, Mapping[str, Any]]]:
    try:
        sheets = read_workbook(data).sheets
    except Refusal as refusal:
        unsafe = refusal.code in ("ZIP_BOMB", "XML_UNSAFE", "MACRO", "ENCRYPTED")
        raise Unreadable("size" if refusal.code == "TOO_LARGE" else "unsafe" if unsafe else "broken") from None
    for sheet in sheets:
        if sheet.state == "visible" and (header := _header_of(sheet)):
            return _rows_of(sheet, *header)
    raise Unreadable("headers")


def _header_of(sheet: Sheet) -> tuple[int, dict[int, str]] | None:
    """The first of the first 20 rows that names the columns that are needed."""
    for row in sheet.rows[:20]:
        named = {cell.column: _key(cell.raw) for (at, _), cell in sheet.cells.items() if at == row}
        if set(NEEDED) <= set(named.values()):
            return row, named
    return None


def _rows_of(sheet: Sheet, header: int, named: Mapping[int, str]) -> Iterable[tuple[str, Mapping[str, Any]]]:
    rows: dict[int, dict[str, Any]] = {}
    for (row, column), cell in sorted(sheet.cells.items()):
        if row > header and column in named:
            value = cell.error or (
                f"={cell.formula}" if cell.formula is not None and not cell.has_value else cell.value
            )
            rows.setdefault(row, {})[named[column]] = value
    return [(f"{sheet.name}!{row}", fields) for row, fields in rows.items() if any(map(_text, fields.values()))]


def _of_csv(text: str) -> Iterable[tuple[str, Mapping[str, Any]]]:
    sign = "\t" if "\t" in text.partition("\n")[0] else ","
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=sign, strict=True))
    except csv.Error:
        raise Unreadable("broken") from None
    for n, row in enumerate(rows[:20]):
        named = [_key(cell) for cell in row]
        if set(NEEDED) <= set(named):
            body = enumerate(rows[n + 1 :], n + 2)
            return [
                (str(at), dict(zip(named, cells, strict=False))) for at, cells in body if any(map(str.strip, cells))
            ]
    raise Unreadable("headers")


def _of_json(text: str) -> Iterable[tuple[str, Mapping[str, Any]]]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable("broken") from None
    found = found.get("messages") if isinstance(found, dict) else found
    if not isinstance(found, list):
        raise Unreadable("headers")
    return [(f"messages[{n}]", each if isinstance(each, Mapping) else {}) for n, each in enumerate(found)]


def _of_xml(text: str) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """``<messages><message><消息编号>…``: one element a field, or one attribute a field."""
    try:
        root = ElementTree.fromstring(re.sub(r"\A<\?xml[^>]*\?>", "", text), forbid_dtd=True)
    except DefusedXmlException:
        raise Unreadable("unsafe") from None
    except (ElementTree.ParseError, ValueError, RecursionError):
        raise Unreadable("broken") from None
    rows = []
    for n, element in enumerate(root):
        fields = dict(element.attrib) | {part.tag.rpartition("}")[2]: part.text or "" for part in element}
        rows.append((f"message[{n + 1}]", fields))
    return rows


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030", "utf-16"):
        if encoding == "utf-16" and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
            continue
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable("kind")

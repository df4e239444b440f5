"""A LedgerFile as lines of JSON and back, for the way out of the child process. Pure; never pickle.

What JSON has no word for is a list that begins with one: ``["d", "1.5"]`` a decimal, ``["o", "PartialDate", …]`` one of
the data classes of the reader. Only those can come out, whatever a child in the hands of a file may say.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from sys import intern
from typing import Any

from projects.ledger import dates, findings, headers, reader, rows, workbook
from projects.ledger.reader import LedgerFile
from projects.ledger.rows import FieldValue, LedgerRow

CLASSES: dict[str, type[Any]] = {
    name: each
    for module in (dates, findings, headers, reader, rows, workbook)
    for name, each in vars(module).items()
    if isinstance(each, type) and is_dataclass(each)
}
NAMES = {each: tuple(field.name for field in fields(each)) for each in CLASSES.values()}
PLAIN = frozenset({str, int, float, bool, type(None)})


def packed(value: Any) -> Any:
    """`value` as JSON. Raises TypeError for a class that is not on the list."""
    kind = type(value)
    if kind in PLAIN:
        return value
    if kind in NAMES:
        return ["o", kind.__name__, *(packed(getattr(value, name)) for name in NAMES[kind])]
    if kind in PACK:
        return PACK[kind](value)
    if isinstance(value, str):  # an enumeration is written as its word
        return str(value)
    raise TypeError(kind.__name__)


def _packed_field(found: FieldValue) -> list[Any]:
    value, raw, cell = found
    return ["f", raw, cell] if value == raw and type(value) is str else ["f", cell, raw, packed(value)]


PACK: dict[type[Any], Callable[[Any], list[Any]]] = {
    FieldValue: _packed_field,
    tuple: lambda value: ["t", *map(packed, value)],
    list: lambda value: ["l", *map(packed, value)],
    frozenset: lambda value: ["s", *map(packed, value)],
    dict: lambda value: ["m", *([packed(key), packed(each)] for key, each in value.items())],
    Decimal: lambda value: ["d", str(value)],
    dt.date: lambda value: ["date", value.isoformat()],
}


def unpacked(data: Any) -> Any:
    """The inverse of `packed`. Raises ValueError, TypeError, KeyError or IndexError for anything else."""
    return UNPACK[data[0]](data) if type(data) is list else data


def _object(data: list[Any]) -> Any:
    return CLASSES[data[1]](*map(unpacked, data[2:]))


def _field(data: list[Any]) -> FieldValue:
    if len(data) == 3:
        return FieldValue(data[1], data[1], data[2])
    return FieldValue(unpacked(data[3]), data[2], data[1])


UNPACK: dict[str, Callable[[list[Any]], Any]] = {
    "t": lambda data: tuple(map(unpacked, data[1:])),
    "s": lambda data: frozenset(map(unpacked, data[1:])),
    "l": lambda data: list(map(unpacked, data[1:])),
    "m": lambda data: {intern(key) if type(key) is str else unpacked(key): unpacked(each) for key, each in data[1:]},
    "d": lambda data: Decimal(data[1]),
    "date": lambda data: dt.date.fromisoformat(data[1]),
    "f": _field,
    "o": _object,
}


def taken_apart(found: LedgerFile) -> Iterator[Any]:
    """First the file without its rows and with the remarks that are about no row, then each row, packed."""
    of_rows = sum(len(row.findings) for row in found.rows)
    own = found.findings[: len(found.findings) - of_rows]
    yield packed(replace(found, rows=(), findings=own))
    for row in found.rows:
        yield packed(row)


def put_together(head: LedgerFile, rows: Iterable[LedgerRow]) -> LedgerFile:
    """The whole file; remarks about a row are the row's own objects."""
    rows = tuple(rows)
    return replace(head, rows=rows, findings=(*head.findings, *(each for row in rows for each in row.findings)))

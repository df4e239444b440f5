"""What a row held when it was handed out, kept in the row itself, and the three-way comparison made from it. Pure.

A handed out workbook has three hidden columns at its right end (HEADERS): the row's key (row_keys), its version and its
base, a ``stamp`` of its values. Who edits a copy offline and hands it in again is asked only about what was changed on
both sides.

How a list is written so that it can come back (writer.py, template.py), streamed into an open temporary file::

    list_sheet(kind, layout, rows, *, park, at, title, remarks=("", ""), year=None, month=None, words=None,
               progress=lambda done, total: None, total=0) -> BinaryIO
    template(kind, layout, *, park, title, year=None, month=None, choices=None, meanings=None) -> BinaryIO

``kind``: TableKind; ``layout``: layouts.Layout, one Leaf a column; ``rows``: writer.Row(key, version, values), values
as {field: value} in the kind's fields; ``words``: {field: {code: what the list says}}; ``choices``: {field: list}.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Any

from projects.ledger.fields import is_empty
from projects.ledger.text import folded

KEY, VERSION, BASE = HEADERS = ("行标识", "行版本", "行原值")

_FORMAT = "1"
_NAME, _VALUE, _CHECK = 6, 8, 8  # hexadecimal characters of a field's name, of its value, of the whole
_NOTHING = "-" * _VALUE
_STAMP = re.compile(rf"1((?:[0-9a-f]{{{_NAME}}}(?:[0-9a-f]{{{_VALUE}}}|-{{{_VALUE}}}))*)([0-9a-f]{{{_CHECK}}})")


class Side(StrEnum):
    """Who has changed a field since the row was handed out."""

    SAME = "same"
    MINE = "mine"
    THEIRS = "theirs"
    CONFLICT = "conflict"


def stamp(values: Mapping[str, Any]) -> str:
    """A short text from which ``merge`` tells for each of these fields whether it still holds the same.

    Values in their JSON form (fields.to_json). Texts that differ in width, white space or kind of brackets only count
    as one, as everywhere in the ledger. Fields that are not given are unknown to the stamp; None and "" are empty.
    """
    body = "".join(_name(field) + _value(value) for field, value in values.items())
    return f"{_FORMAT}{body}{_hashed(body, _CHECK)}"


def merge(base: str | None, mine: Mapping[str, Any], here: Mapping[str, Any]) -> dict[str, Side]:
    """For every field of the file's row (`mine`) who has changed it since `base`; `here`: what is stored now.

    SAME: nothing to do: both agree, or the file's cell is blank (blank never erases), or it says "done" where a date is
    known. MINE: the file alone has changed. THEIRS: only what is stored has, and it is kept. CONFLICT: both, each to
    something else; a person decides. Where the base does not know the field, or is damaged (``known``), nothing can be
    said about the stored value: then a difference is MINE, as in any other workbook.
    """
    were = known(base) or {}
    return {field: _side(were.get(_name(field)), value, here.get(field)) for field, value in mine.items()}


def known(base: str | None) -> Mapping[str, str] | None:
    """What a stamp says, for ``merge``; None for a text that is no stamp or is not whole."""
    found = _STAMP.fullmatch(base.strip()) if base else None
    if found is None or _hashed(found[1], _CHECK) != found[2]:
        return None
    step = _NAME + _VALUE
    parts = [found[1][start : start + step] for start in range(0, len(found[1]), step)]
    return {part[:_NAME]: part[_NAME:] for part in parts}


def _side(base: str | None, mine: Any, here: Any) -> Side:
    file, stored = _value(mine), _value(here)
    if file in (stored, _NOTHING) or (_is_only_done(mine) and stored != _NOTHING):
        return Side.SAME
    if base is None or stored == base:
        return Side.MINE
    return Side.THEIRS if file == base else Side.CONFLICT


def _is_only_done(value: Any) -> bool:
    return isinstance(value, Mapping) and bool(value.get("done")) and value.get("value") is None


@lru_cache(maxsize=1024)
def _name(field: str) -> str:
    return _hashed(field, _NAME)


def _value(value: Any) -> str:
    if is_empty(value):
        return _NOTHING
    if isinstance(value, str):
        return _text(value)
    return _hashed(json.dumps(value, sort_keys=True, separators=(",", ":")), _VALUE)


@lru_cache(maxsize=65_536)
def _text(value: str) -> str:
    return _hashed("t" + folded(value), _VALUE)


def _hashed(text: str, length: int) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=length // 2).hexdigest()

"""What a person has decided about a workbook so far: columns, cells put right, rows, conflicts. Pure.

The shape is that of ImportBatch.answers; places are ``Sheet!C`` (column), ``Sheet!C17`` (cell), ``Sheet!17`` (row).
"""

from collections.abc import Mapping
from typing import Any

GROUPS = ("columns", "cells", "rows", "conflicts")
LARGEST = 2000  # answers about one file
LONGEST = 4000  # characters of one text
SKIP, NEW = "skip", "new"
MINE, THEIRS = "mine", "theirs"

Answers = Mapping[str, Mapping[str, Any]]


class TooMany(ValueError):
    """More answers than one file may have."""


class TooLong(ValueError):
    """A text longer than a cell may be."""


def place(sheet: str, where: str | int) -> str:
    """``Sheet!17``, ``Sheet!C17`` or ``Sheet!C``."""
    return f"{sheet}!{where}"


def count(answers: Answers) -> int:
    """How many things have been decided."""
    return sum(len(answers.get(group, {})) for group in GROUPS)


def with_answer(answers: Answers, group: str, key: str, value: Any) -> dict[str, dict[str, Any]]:
    """The answers with one more, or without the one that is taken back (`value` None). Raises TooMany, TooLong."""
    if isinstance(value, str) and len(value) > LONGEST:
        raise TooLong
    found = {name: dict(answers.get(name, {})) for name in GROUPS}
    if value is None:
        found[group].pop(key, None)
    else:
        found[group][key] = value
    if value is not None and count(found) > LARGEST:
        raise TooMany
    return {name: entries for name, entries in found.items() if entries}


def about_row(answers: Answers, sheet: str, row: int) -> Any:
    """The id of the row meant, ``new``, ``skip`` or None."""
    return answers.get("rows", {}).get(place(sheet, row))


def about_cell(answers: Answers, sheet: str, cell: str) -> str | None:
    """The text put in the place of the cell's content."""
    return answers.get("cells", {}).get(place(sheet, cell))


def about_conflict(answers: Answers, sheet: str, cell: str) -> str:
    """``mine``, ``theirs`` or empty: still open."""
    found = answers.get("conflicts", {}).get(place(sheet, cell), "")
    return found if found in (MINE, THEIRS) else ""

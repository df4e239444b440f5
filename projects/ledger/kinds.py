"""A kind of table that workbooks hold: its fields, the words of its columns, and what makes a row a row. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from projects.ledger.fields import FieldSpec


@dataclass(frozen=True)
class TableKind:
    """What the reader knows about one kind of table.

    ``fields``: every column it may have. ``words``: field → its known headers, separated by blanks. ``patterns``: tried
    in order on the folded header when no word fits. ``title``: the field that names a row (a project's name, a task);
    a row without it is an error. ``marks``: folded headers that tell this kind from the others. ``keys``: fields that
    a row's own identity may come from, the surest first.
    """

    key: str
    name_zh: str
    fields: Mapping[str, FieldSpec]
    words: Mapping[str, str]
    title: str
    patterns: Sequence[tuple[re.Pattern[str], str]] = ()
    marks: frozenset[str] = frozenset()
    keys: tuple[str, ...] = ()

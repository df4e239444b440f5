"""A kind of table that workbooks hold: its fields, the words of its columns, and what makes a row a row. Pure.

Files are read in a child process that knows neither Django nor the register of import kinds (jail_reader). What it
needs to find a kind is the path to its TableKind: an app that registers an ImportKind writes that path here as well,
``TABLES["visits"] = "dispatch.visits.importing.table:VISITS"``. The module named must be pure (no Django but lazy
texts, better none) and quick to import; `table_kind` follows such a path.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING

from projects.ledger.fields import FieldSpec
from projects.ledger.text import folded

if TYPE_CHECKING:
    from projects.ledger.findings import Finding
    from projects.ledger.rows import LedgerRow

Check = Callable[[Sequence["LedgerRow"]], Iterable[tuple[int, "Finding"]]]


@dataclass(frozen=True)
class TableKind:
    """What the reader knows about one kind of table.

    ``fields``: every column it may have. ``words``: field → its known headers, separated by blanks. ``patterns``: tried
    in order on the folded header when no word fits. ``title``: the field that names a row (a project's name, a task);
    a row without it is an error. ``marks``: folded headers that tell this kind from the others. ``keys``: fields that
    a row's own identity may come from, the surest first.

    ``special``: for headers that say more than one word: takes the folded levels of a header path; gives a field, ""
    (certainly none) or None (ask the words); asked first. ``checks``: look at all rows of the file and give (position
    of the row, finding).
    ``wanted``: so many known headers (the title among them) make a row of texts a header.
    """

    key: str
    name_zh: str
    fields: Mapping[str, FieldSpec]
    words: Mapping[str, str]
    title: str
    patterns: Sequence[tuple[re.Pattern[str], str]] = ()
    marks: frozenset[str] = frozenset()
    keys: tuple[str, ...] = ()
    special: Callable[[Sequence[str]], str | None] | None = None
    checks: Sequence[Check] = ()
    wanted: int = 3
    name_en: str = ""

    @cached_property
    def by_word(self) -> Mapping[str, str]:
        """Folded header → field."""
        return {folded(word): field for field, line in self.words.items() for word in line.split()}


TABLES: dict[str, str] = {"projects": "projects.ledger.project_kind:PROJECTS"}


def table_kind(path: str) -> TableKind:
    """The kind at ``module:ATTRIBUTE``. Raises ImportError, AttributeError, TypeError when there is none."""
    module, _, name = path.partition(":")
    found = getattr(import_module(module), name)
    if not isinstance(found, TableKind):
        raise TypeError(path)
    return found

"""The kinds of workbooks that can be imported. An app registers its own in ``AppConfig.ready()``::

KINDS["visits"] = ImportKind(table=VISITS, label=_("Visits"), verb=Verb.PLAN_VISITS, …)
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO

from accounts.permissions import Verb, may
from projects.ledger.kinds import TableKind

if TYPE_CHECKING:
    from projects.models import ImportBatch, ImportRow


@dataclass
class Outcome:
    """What a dry run found: unsaved rows, and what its summary says (once all rows are taken) beside the counts.

    ``findings``: remarks about the file, {"severity", "kind", "sheet", "cell", "raw", "message_zh", "message_en"}.
    """

    rows: Iterable["ImportRow"]
    summary: dict[str, Any] = field(default_factory=dict)
    findings: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class ImportKind:
    """One kind: how its rows are judged, written and taken back.

    ``dry_run(rows, batch=, at=)`` reads only, in a fixed number of queries, and applies ``batch.answers``;
    ``write(batch, at=)`` writes the rows with action create or update inside the caller's transaction, fills in
    ``ImportRow.target`` and raises Conflict, InvalidFields or IntegrityError when the register has moved on;
    ``undo(batch, by=, at=)`` takes a whole import back inside the caller's transaction, or raises Refused, naming what
    has come to depend on it. ``candidates(batch, text)``: rows a person may choose from, at most twenty.
    ``template(user)``: an empty workbook with lists of the allowed values; ``months``: whether a report month is asked.
    ``own_rows``: it sees and writes only what the person may write, so that units and enterprises may import it, too.
    ``by_row``: its dry run takes and gives rows one after the other, so that large files need little memory.
    """

    table: TableKind
    label: Any
    verb: Verb
    dry_run: Callable[..., Outcome]
    write: Callable[..., None]
    undo: Callable[..., None]
    candidates: Callable[["ImportBatch", str], Sequence[dict[str, Any]]]
    template: Callable[[Any], BinaryIO]
    months: bool = False
    own_rows: bool = False
    by_row: bool = False
    list_url: str = ""  # name of the page that shows the rows afterwards
    labels: Callable[[str], Any] | None = None  # field → what pages call it; else FieldSpec.name_zh
    shown: Callable[[str, Any], Any] | None = None  # (field, JSON value) → in words; else as it is


KINDS: dict[str, ImportKind] = {}


def may_import(user: Any, kind: ImportKind) -> bool:
    """Whole workbooks are the business of the park's own people; others bring in only what is their own."""
    return may(user, kind.verb) and (kind.own_rows or user.role.scope == "park")


def kinds_for(user: Any) -> list[str]:
    """Keys of the kinds this person may import."""
    return [key for key, kind in KINDS.items() if may_import(user, kind)]


def kind_of(key: str) -> ImportKind:
    """Raises KeyError for a kind nobody registered."""
    return KINDS[key]

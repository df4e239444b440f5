"""The kinds of workbooks that can be imported. An app registers its own in ``AppConfig.ready()``::

KINDS["visits"] = ImportKind(table=VISITS, label=_("Visits"), verb=Verb.PLAN_VISITS, …)
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO

from accounts.permissions import Verb
from projects.ledger.kinds import TableKind

if TYPE_CHECKING:
    from projects.models import ImportBatch, ImportRow


@dataclass
class Outcome:
    """What a dry run found: unsaved rows in file order, and what its summary says beyond the counts of actions.

    ``findings``: remarks about the file, {"severity", "kind", "sheet", "cell", "raw", "message_zh", "message_en"}.
    """

    rows: list["ImportRow"]
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
    list_url: str = ""  # name of the page that shows the rows afterwards
    labels: Callable[[str], Any] | None = None  # field → what pages call it; else FieldSpec.name_zh
    shown: Callable[[str, Any], Any] | None = None  # (field, JSON value) → in words; else as it is


KINDS: dict[str, ImportKind] = {}


def kind_of(key: str) -> ImportKind:
    """Raises KeyError for a kind nobody registered."""
    return KINDS[key]

"""What a person decides about a file that has been read. The decisions are kept with the import; reading applies them.

Each names its place as answers.place does. A decision about something the file does not have is refused.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused
from projects.actions.shared import permit
from projects.ledger import answers as rules
from projects.ledger.registry import kind_of
from projects.models import HeaderMemory, ImportBatch, ImportRow

_CELL = re.compile(r"[A-Z]{1,3}([1-9][0-9]{0,6})")
Decision = tuple[str, str, Any]  # group, place, value or None to take it back


def answer_columns(batch: ImportBatch, fields: Mapping[str, str], *, by, at: datetime) -> None:
    """What columns (``Sheet!C``) mean: a field, or empty for none; remembered for files of the uploader's organization.

    Raises PermissionDenied, Conflict, Refused (a column or field that is not there).
    """
    kind = kind_of(batch.kind)
    known = {each["place"]: each["key"] for each in columns_of(batch)}
    if fields.keys() - known.keys() or set(fields.values()) - kind.table.fields.keys() - {""}:
        raise Refused(_("This column or field is not there."))
    with transaction.atomic():
        _keep(batch, [("columns", place, field) for place, field in fields.items()], by=by)
        for place, field in fields.items():
            HeaderMemory.objects.update_or_create(
                park_id=batch.park_id, sender_id=batch.created_by.organization_id, kind=batch.kind,
                header=known[place][:300], defaults={"field": field, "answered_by": by, "answered_at": at},
            )  # fmt: skip


def columns_of(batch: ImportBatch) -> list[dict[str, Any]]:
    """Columns that may be answered: those in question, then those that are not imported or were answered."""
    return [*batch.summary.get("questions", ()), *batch.summary.get("columns", ())]


def forget(column: HeaderMemory, *, by) -> None:
    """The next file of this sender is read without the answer. Raises PermissionDenied."""
    permit(by, kind_of(column.kind).verb)
    column.delete()


def correct_cell(batch: ImportBatch, sheet: str, cell: str, text: str | None, *, by) -> None:
    """Puts a text in the place of what the cell holds, or (None) takes that back. Raises as ``answer_columns``."""
    row = _row(batch, sheet, cell)
    known = (*row.values.values(), *row.findings, *row.changes)
    cells = {each["cell"] for each in known if "cell" in each}  # what a kind notes for itself has none
    if cell not in cells:
        raise Refused(_("This cell is not there."))
    _keep(batch, [("cells", rules.place(sheet, cell), None if text is None else text.strip())], by=by)


def decide_row(batch: ImportBatch, sheet: str, number: int, choice: str, *, by) -> None:
    """``skip`` leaves the row out, ``new`` makes it a new one, an id says which one it is, empty takes that back.

    Raises as ``answer_columns``.
    """
    if not batch.rows.filter(sheet=sheet, row=number).exists():
        raise Refused(_("This row is not there."))
    value: Any = choice or None
    if value not in (None, rules.SKIP, rules.NEW):
        if not choice.isdecimal() or len(choice) > 18:
            raise Refused(_("Please choose one of these."))
        value = int(choice)
    _keep(batch, [("rows", rules.place(sheet, number), value)], by=by)


def decide_conflicts(batch: ImportBatch, sheet: str, number: int, choices: Mapping[str, str], *, by) -> None:
    """For cells changed on both sides ``mine`` (the file) or ``theirs`` (what stands here). Raises as above."""
    row = _row(batch, sheet, f"A{number}")
    cells = {change["cell"] for change in row.changes if "choice" in change}
    if choices.keys() - cells or set(choices.values()) - {rules.MINE, rules.THEIRS} or not choices:
        raise Refused(_("Please choose one of these."))
    _keep(batch, [("conflicts", rules.place(sheet, cell), choice) for cell, choice in choices.items()], by=by)


def _row(batch: ImportBatch, sheet: str, cell: str) -> ImportRow:
    found = _CELL.fullmatch(cell)
    row = batch.rows.filter(sheet=sheet, row=int(found[1])).first() if found else None
    if row is None:
        raise Refused(_("This row is not there."))
    return row


@transaction.atomic
def _keep(batch: ImportBatch, decisions: Sequence[Decision], *, by) -> None:
    permit(by, kind_of(batch.kind).verb)
    locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if locked.state != ImportBatch.State.READY:
        raise Conflict(_("This import has moved on in the meantime. Please look at it again."))
    kept: Any = locked.answers
    try:
        for group, place, value in decisions:
            kept = rules.with_answer(kept, group, place, value)
    except rules.TooMany as error:
        text = _("More than %(n)s decisions about one file. Please correct the file itself and hand it in again.")
        raise Refused(text % {"n": rules.LARGEST}) from error
    except rules.TooLong as error:
        raise Refused(_("At most %(n)s characters, please.") % {"n": rules.LONGEST}) from error
    summary = locked.summary | {"pending": locked.summary.get("pending", 0) + len(decisions)}
    moved = ImportBatch.objects.filter(pk=batch.pk, state=ImportBatch.State.READY)
    if not moved.update(answers=kept, summary=summary):
        raise Conflict(_("This import has moved on in the meantime. Please look at it again."))
    batch.answers, batch.summary = kept, summary

"""Writing confirmed rows into drafts, and taking them back, within the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.bulk import insert, take_versions
from accounts.chunks import row_chunks
from accounts.errors import Conflict, Refused
from accounts.models import User
from dispatch.filing import scope
from dispatch.filing.importing.dryrun import column_values
from dispatch.filing.importing.table import COLUMNS
from dispatch.filing.models import Filing, FilingEntry, FilingRound
from dispatch.ledger.importing.judging import taken
from dispatch.ledger.importing.undoing import overtaken, refuse_touched
from projects.models import ImportBatch, ImportRow

PARTS = 500
WRITTEN = [*COLUMNS.values(), "state"]
State = Filing.State


def write(batch: ImportBatch, *, at: datetime) -> None:
    """Fills the drafts. What was handed in becomes a draft again, what was returned stays returned."""
    _hold(batch)
    for rows in _parts(batch):
        filings = _claimed(rows, batch, batch.confirmed_by)
        for row in rows:
            filing = filings[row.target]
            _put(filing, column_values(taken(row.changes)))
            filing.state = State.RETURNED if filing.state == State.RETURNED else State.DRAFT
        Filing.objects.bulk_update(filings.values(), WRITTEN, batch_size=100)
        insert(_entries(rows, batch, batch.confirmed_by, at))


def undo(batch: ImportBatch, *, by: User, at: datetime) -> None:
    """Gives the filings what they held before. Raises Refused when one of them has been touched or the month locked."""
    window = FilingRound.objects.select_for_update().get(
        park=batch.park_id, year=batch.report_year, month=batch.report_month
    )  # fmt: skip
    if window.state == FilingRound.State.LOCKED:
        raise Refused(_("The month is locked."))
    _refuse_touched(batch)
    for rows in _parts(batch):
        if not take_versions(Filing.objects.all(), ((row.target, (row.version or 0) + 1) for row in rows)):
            raise overtaken()
        filings = {row.pk: row for row in Filing.objects.filter(pk__in=[row.target for row in rows])}
        for row in rows:
            filing = filings[row.target]
            _put(filing, column_values(taken(row.changes), "old"))
            filing.state = row.values.get("_", {}).get("state", State.DRAFT)
        Filing.objects.bulk_update(filings.values(), WRITTEN, batch_size=100)
        insert(_entries(rows, batch, by, at, back=True))


def _parts(batch: ImportBatch):
    return row_chunks(batch.rows.filter(action=ImportRow.Action.UPDATE).order_by("sheet", "row"), PARTS)


def _hold(batch: ImportBatch) -> None:
    """Keeps the lock of the month out until the transaction is through."""
    rows = FilingRound.objects.select_for_update()
    window = rows.get(park=batch.park_id, year=batch.report_year, month=batch.report_month)
    if window.state == FilingRound.State.LOCKED:
        raise _changed_since()


def _claimed(rows: Sequence[ImportRow], batch: ImportBatch, by: User) -> dict[int, Filing]:
    """Takes every filing at the version that was shown; those the person may not file for are none of them."""
    still_open = Filing.objects.filter(state__in=scope.OPEN_STATES)
    if not take_versions(still_open, ((row.target, row.version) for row in rows)):
        raise _changed_since()
    visible = Filing.objects.visible_to(by).with_filer().filter(scope.filed_by(by), round__park=batch.park_id)
    found = {filing.pk: filing for filing in visible.filter(pk__in=[row.target for row in rows])}
    if len(found) != len(rows):
        raise _changed_since()
    return found


def _put(filing: Filing, columns: dict[str, Any]) -> None:
    for name, value in columns.items():
        setattr(filing, name, value)


def _entries(rows: Sequence[ImportRow], batch: ImportBatch, by: User, at: datetime, *, back: bool = False):
    sides = ("new", "old") if back else ("old", "new")
    for row in rows:
        changes = [
            {
                "field": COLUMNS[each["field"]], "old": each[sides[0]], "new": each[sides[1]],
                "cell": f"{row.sheet}!{each['cell']}", "raw": each["raw"],
            }
            for each in taken(row.changes)
        ]  # fmt: skip
        note = f"{batch.file_name} · {row.sheet}!{row.row}"
        yield FilingEntry(
            filing_id=row.target, verb=FilingEntry.Verb.SAVED, changes=changes, note=note, by=by, at=at
        )  # fmt: skip


def _refuse_touched(batch: ImportBatch) -> None:
    rows = batch.rows.filter(action=ImportRow.Action.UPDATE).values_list("target", "version", "name")
    versions = dict(Filing.objects.filter(pk__in=[pk for pk, _v, _n in rows]).values_list("pk", "version"))
    refuse_touched([name for pk, version, name in rows if versions.get(pk) != (version or 0) + 1])


def _changed_since() -> Conflict:
    return Conflict(_("Filings have been changed since this file was read. Please read it again."))

"""A workbook on its way into the register: upload → read (dry run) → decide → confirm → write → perhaps undo.

Every step is decided by compare-and-swap on ``ImportBatch.state``. Reading and writing may be done by any process and
again after a crash: reading leaves all its rows or none, writing is one transaction. ``attempts`` counts the tries of
the present step; who has been overtaken by a later try gives up without writing. What is written, and how, each kind
says for itself (registry.KINDS).
"""

import hashlib
import logging
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from tempfile import TemporaryFile

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.core.files.temp import NamedTemporaryFile
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.chunks import chunks
from accounts.errors import Conflict, Refused
from accounts.models import Park
from projects.actions.shared import permit
from projects.errors import InvalidFields
from projects.ledger import annotate, progress, reading
from projects.ledger.findings import Refusal
from projects.ledger.registry import kind_of, may_import
from projects.ledger.text import ZERO_WIDTH
from projects.models import ImportBatch, ImportRow

SMALL_FILE = 100 * 1024  # bytes; about 500 rows are read while the person waits, more in the worker
SMALL_WRITE = 500  # rows
TOGETHER = 500  # rows kept in one statement
ATTEMPTS = 3
UNHEARD = timedelta(minutes=1)  # after this, a step nobody has begun is handed out again
LOST = timedelta(minutes=30)  # longer than the task may run

State, Action = ImportBatch.State, ImportRow.Action
HELD = (Action.REFUSED, Action.UNSURE, Action.CONFLICT)  # rows that cannot be written as they are
logger = logging.getLogger(__name__)


def upload(
    file: UploadedFile, *, park: Park, by, at: datetime, kind: str = "projects",
    report_year: int | None = None, report_month: int | None = None,
) -> ImportBatch:  # fmt: skip
    """Keeps the file under a name of our own; without year and month those of the headers count.

    Raises KeyError (no such kind), PermissionDenied, Refused (too large, empty). Nothing of it is looked at yet.
    """
    if not may_import(by, kind_of(kind)):
        raise PermissionDenied
    name = ZERO_WIDTH.sub("", file.name or "").replace("\x00", "")[:200] or "—"
    with NamedTemporaryFile(suffix=".xlsx") as copy:
        digest = _copied(file, copy)
        copy.seek(0)
        batch = ImportBatch(
            park=park, kind=kind, file_name=name, sha256=digest, created_at=at, created_by=by,
            report_year=report_year or 0, report_month=report_month or 0,
        )  # fmt: skip
        batch.file.save(f"{uuid.uuid4().hex}.xlsx", File(copy), save=False)
    batch.save()
    return batch


def _copied(file: UploadedFile, copy) -> str:
    digest, size, limit = hashlib.sha256(), 0, settings.LEDGER_UPLOAD_MAX_BYTES
    for chunk in file.chunks():
        size += len(chunk)
        if size > limit:
            text = _("The file is larger than %(limit)s MB. Please split it, or remove pictures and unused sheets.")
            raise Refused(text % {"limit": limit // 1024 // 1024})
        digest.update(chunk)
        copy.write(chunk)
    if not size:
        raise Refused(_("The file is empty."))
    return digest.hexdigest()


def reads_quickly(batch: ImportBatch) -> bool:
    """Whether the file is read while the person waits."""
    return batch.file.size <= SMALL_FILE


def is_small(batch: ImportBatch) -> bool:
    """Whether the present step is quick enough to be done while the person waits."""
    if batch.state == State.UPLOADED:
        return reads_quickly(batch)
    return batch.summary.get("create", 0) + batch.summary.get("update", 0) <= SMALL_WRITE


def work(batch_id: int, *, now: Callable[[], datetime]) -> None:
    """Does the batch's present step: reads what was uploaded, writes what was confirmed; otherwise nothing.

    Unexpected errors are logged and the step stays open for another try; the third one ends in FAILED.
    """
    state = ImportBatch.objects.filter(pk=batch_id).values_list("state", flat=True).first()
    step = {State.UPLOADED: read, State.CONFIRMED: write}.get(state)
    if step is None:
        return
    attempt = _begin(batch_id, state)
    if attempt > ATTEMPTS:
        _end(batch_id, state, attempt, now(), **_failure("INTERNAL"))
        return
    try:
        step(ImportBatch.objects.select_related("park", "created_by", "confirmed_by").get(pk=batch_id), at=now())
    except Exception:
        logger.exception("ledger import %s failed (attempt %s of %s)", batch_id, attempt, ATTEMPTS)
        if attempt >= ATTEMPTS:
            _end(batch_id, state, attempt, now(), **_failure("INTERNAL"))


def _begin(batch_id: int, state: str) -> int:
    ImportBatch.objects.filter(pk=batch_id, state=state).update(attempts=F("attempts") + 1)
    return ImportBatch.objects.values_list("attempts", flat=True).get(pk=batch_id)


def _end(batch_id: int, leaving: str, attempt: int, at: datetime, **updates) -> bool:
    """Leaves the state, unless another try has taken over."""
    mine = ImportBatch.objects.filter(pk=batch_id, state=leaving, attempts=attempt)
    return bool(mine.update(finished_at=at, **updates))


def _failure(code: str) -> dict:
    return {"state": State.FAILED, "refusal": reading.refusal(code)}


def read(batch: ImportBatch, *, at: datetime) -> None:
    """Reads the file and keeps the dry run: READY with one ImportRow a row, or REFUSED with the reason."""
    try:
        with reading.read_file(batch, lambda done, total: _progress(batch, done, total)) as (found, rows):
            _judge(batch, found, rows, at)
    except Refusal as refusal:
        told = {"code": refusal.code, "zh": refusal.message_zh, "en": refusal.message_en}
        _end(batch.pk, State.UPLOADED, batch.attempts, at, state=State.REFUSED, refusal=told)


def _judge(batch: ImportBatch, found, rows, at: datetime) -> None:
    year, month = found.report_year, found.report_month
    if refused := reading.month_refused(kind_of(batch.kind), year, month, at):
        _end(batch.pk, State.UPLOADED, batch.attempts, at, state=State.REFUSED, refusal=refused)
        return
    batch.report_year, batch.report_month = year or 0, month or 0
    batch.follows_id = batch.follows_id or annotate.followed(batch)
    outcome = reading.compared(batch, rows, at)
    with TemporaryFile() as file:
        kept = reading.Kept(file, outcome.rows)
        _keep(batch, kept, reading.summary(batch, found, outcome, kept), at)


def _progress(batch: ImportBatch, done: int, total: int) -> None:
    ImportBatch.objects.filter(pk=batch.pk, state=State.UPLOADED).update(rows_done=done, rows_total=total)


def _keep(batch: ImportBatch, kept: reading.Kept, summary: dict, at: datetime) -> None:
    rows, number = kept.rows(batch), kept.count.total()
    with transaction.atomic():
        moved = _end(
            batch.pk, State.UPLOADED, batch.attempts, at, state=State.READY, summary=summary, rows_total=number,
            rows_done=number, report_year=batch.report_year, report_month=batch.report_month, refusal={},
            follows=batch.follows_id,
        )  # fmt: skip
        if moved:
            ImportRow.objects.filter(batch=batch).delete()
            for part in chunks(rows, TOGETHER):
                ImportRow.objects.bulk_create(part)


def held(batch: ImportBatch) -> int:
    """Rows that keep the whole from being written: with errors, to be decided, changed on both sides."""
    return sum(batch.summary.get(action, 0) for action in HELD)


def confirm(batch: ImportBatch, *, valid_rows_only: bool, by, at: datetime) -> None:
    """READY → CONFIRMED; `work` then writes. Raises PermissionDenied, Conflict, Refused (rows that are held)."""
    permit(by, kind_of(batch.kind).verb)
    if batch.state == State.READY and batch.summary.get("pending"):
        raise Refused(_("Decisions have been made that are not applied yet. Read the file again first."))
    if batch.state == State.READY and batch.summary.get("questions"):
        raise Refused(_("Please say first what the columns in question mean."))
    refused = held(batch)
    if batch.state == State.READY and refused and not valid_rows_only:
        text = ngettext(
            "%(n)s row has an error or waits for a decision. Settle it, or choose to import the valid rows only.",
            "%(n)s rows have errors or wait for a decision. Settle them, or choose to import the valid rows only.",
            refused,
        )
        raise Refused(text % {"n": refused})
    _move(
        batch, [State.READY], state=State.CONFIRMED, valid_rows_only=valid_rows_only, confirmed_at=at, confirmed_by=by
    )


def discard(batch: ImportBatch, *, by) -> None:
    """Puts an import aside, also while it is read; nothing of it was written. Raises PermissionDenied, Conflict."""
    permit(by, kind_of(batch.kind).verb)
    _move(batch, [State.READY, State.REFUSED, State.FAILED, State.UPLOADED], state=State.DISCARDED)


def read_again(batch: ImportBatch, *, by) -> None:
    """Back to UPLOADED, to be read against the register as it is now. Raises PermissionDenied, Conflict."""
    permit(by, kind_of(batch.kind).verb)
    _move(batch, [State.READY, State.FAILED], state=State.UPLOADED, confirmed_at=None, confirmed_by=None, refusal={})


def _move(batch: ImportBatch, allowed: list[str], **updates) -> None:
    updates |= {"attempts": 0, "rows_done": 0}
    if not ImportBatch.objects.filter(pk=batch.pk, state__in=allowed).update(**updates):
        raise Conflict(_("This import has moved on in the meantime. Please look at it again."))
    for name, value in updates.items():
        setattr(batch, name, value)


def write(batch: ImportBatch, *, at: datetime) -> None:
    """Writes a confirmed dry run in one transaction: all of it, or nothing and FAILED with the reason."""
    try:
        with transaction.atomic():
            if _end(batch.pk, State.CONFIRMED, batch.attempts, at, state=State.DONE):
                kind_of(batch.kind).write(batch, at=at)
    except (Conflict, InvalidFields, IntegrityError) as error:
        logger.warning("ledger import %s was overtaken: %s", batch.pk, error)
        _end(batch.pk, State.CONFIRMED, batch.attempts, at, **_failure("CHANGED_SINCE"))
    finally:
        progress.forget(batch)


def stuck_batches(now: datetime) -> list[int]:
    """Imports whose present step nobody works on: never begun for a minute, or begun by a process that is gone."""
    open_ = ImportBatch.objects.filter(state__in=[State.UPLOADED, State.CONFIRMED])
    return [batch.pk for batch in open_ if now > _since(batch) + (LOST * batch.attempts if batch.attempts else UNHEARD)]


def _since(batch: ImportBatch) -> datetime:
    return batch.confirmed_at if batch.state == State.CONFIRMED else batch.created_at


def undo(batch: ImportBatch, *, by, at: datetime) -> None:
    """DONE → UNDONE: takes back everything the import wrote, while nothing depends on it.

    Raises PermissionDenied, Conflict, Refused (naming what has come to depend on it).
    """
    kind = kind_of(batch.kind)
    permit(by, kind.verb)
    with transaction.atomic():
        _move(batch, [State.DONE], state=State.UNDONE, undone_at=at, undone_by=by)
        kind.undo(batch, by=by, at=at)

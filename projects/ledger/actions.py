"""A ledger workbook on its way into the register: upload → read (dry run) → confirm → write.

Every step is decided by compare-and-swap on ``ImportBatch.state``. Reading and writing may be done by any process and
again after a crash: reading leaves all its rows or none, writing is one transaction. ``attempts`` counts the tries of
the present step; who has been overtaken by a later try gives up without writing.
"""

import hashlib
import logging
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.base import File
from django.core.files.temp import NamedTemporaryFile
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.errors import Conflict, Refused
from accounts.models import Park
from accounts.permissions import Verb
from projects.actions.shared import permit
from projects.errors import InvalidFields
from projects.ledger.creating import Report, create_projects, units_named
from projects.ledger.dryrun import Names, Planned, as_remark, as_rows, dry_run, remark
from projects.ledger.findings import Refusal
from projects.ledger.reader import LedgerFile, read_ledger
from projects.ledger.store import stored_values
from projects.ledger.text import ZERO_WIDTH, normalise_name
from projects.ledger.updating import update_projects
from projects.models import ImportBatch, ImportRow, Project

SMALL_FILE = 100 * 1024  # bytes; about 500 rows are read while the person waits, more in the worker
SMALL_WRITE = 500  # rows
CREATED = 1000  # new projects written together
ATTEMPTS = 3
UNHEARD = timedelta(minutes=1)  # after this, a step nobody has begun is handed out again
LOST = timedelta(minutes=30)  # longer than the task may run
SHOWN = 200  # remarks about the file, names of new enterprises and units kept in the summary

UNIT_FIELDS = ("responsible_unit", "leader_unit")
State, Action = ImportBatch.State, ImportRow.Action
logger = logging.getLogger(__name__)

REFUSALS = {
    "NO_MONTH": (
        "表头没有写明报告年月，请在上传时选择",
        "The headers name no report month; choose year and month when uploading",
    ),
    "MONTH_FUTURE": ("报告月份 {month} 还没有到", "The report month {month} has not begun"),
    "CHANGED_SINCE": (
        "读取之后项目又有变动，什么都没有写入，请重新读取后再确认",
        "Projects have been changed since the file was read. Nothing was written; read it again, then confirm",
    ),
    "INTERNAL": (
        "处理时出错，什么都没有写入；已尝试 3 次",
        "Something went wrong three times; nothing was written",
    ),
}


def upload(
    file: UploadedFile, *, park: Park, report_year: int | None, report_month: int | None, by, at: datetime
) -> ImportBatch:
    """Keeps the file under a name of our own; without year and month those of the headers count.

    Raises PermissionDenied, Refused (too large, empty). Nothing of the content is looked at yet.
    """
    permit(by, Verb.IMPORT_LEDGER)
    name = ZERO_WIDTH.sub("", file.name or "").replace("\x00", "")[:200] or "—"
    with NamedTemporaryFile(suffix=".xlsx") as copy:
        digest = _copied(file, copy)
        copy.seek(0)
        batch = ImportBatch(
            park=park, file_name=name, sha256=digest, report_year=report_year or 0, report_month=report_month or 0,
            created_at=at, created_by=by,
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


def is_small(batch: ImportBatch) -> bool:
    """Whether the present step is quick enough to be done while the person waits."""
    if batch.state == State.UPLOADED:
        return batch.file.size <= SMALL_FILE
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
        step(ImportBatch.objects.select_related("park", "confirmed_by").get(pk=batch_id), at=now())
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


def _refusal(code: str, **params) -> dict[str, str]:
    zh, en = REFUSALS[code]
    return {"code": code, "zh": zh.format_map(params), "en": en.format_map(params)}


def _failure(code: str) -> dict:
    return {"state": State.FAILED, "refusal": _refusal(code)}


def read(batch: ImportBatch, *, at: datetime) -> None:
    """Reads the file and keeps the dry run: READY with one ImportRow a row, or REFUSED with the reason."""
    try:
        with batch.file.open("rb") as file:
            found = read_ledger(
                file.read(),
                report_year=batch.report_year or None,
                report_month=batch.report_month or None,
                progress=lambda done, total: _progress(batch, done, total),
            )
    except Refusal as refusal:
        told = {"code": refusal.code, "zh": refusal.message_zh, "en": refusal.message_en}
        _end(batch.pk, State.UPLOADED, batch.attempts, at, state=State.REFUSED, refusal=told)
        return
    year, month = found.report_year, found.report_month
    if refused := _month_refused(year, month, at):
        _end(batch.pk, State.UPLOADED, batch.attempts, at, state=State.REFUSED, refusal=refused)
        return
    batch.report_year, batch.report_month = year, month
    _keep(batch, found, at)


def _progress(batch: ImportBatch, done: int, total: int) -> None:
    ImportBatch.objects.filter(pk=batch.pk, state=State.UPLOADED).update(rows_done=done, rows_total=total)


def _month_refused(year: int | None, month: int | None, at: datetime) -> dict[str, str] | None:
    if not (year and month):
        return _refusal("NO_MONTH")
    today = localtime(at).date()
    if not year >= 2000 or (year, month) > (today.year, today.month):
        return _refusal("MONTH_FUTURE", month=f"{year}-{month:02}")
    return None


def _keep(batch: ImportBatch, found: LedgerFile, at: datetime) -> None:
    """Versions are read before the values, so that a change in between is noticed when the batch is confirmed."""
    versions = dict(Project.objects.filter(park=batch.park).values_list("pk", "version"))
    stored = stored_values(batch.park, batch.report_year, batch.report_month)
    names = Names(batch.park)
    planned = dry_run(found.rows, stored, batch.park, year=batch.report_year, month=batch.report_month)
    rows = as_rows(planned, versions, batch=batch)
    summary = _summary(planned, rows, found, batch, names)
    with transaction.atomic():
        moved = _end(
            batch.pk, State.UPLOADED, batch.attempts, at, state=State.READY, summary=summary, rows_total=len(rows),
            rows_done=len(rows), report_year=batch.report_year, report_month=batch.report_month, refusal={},
        )  # fmt: skip
        if moved:
            ImportRow.objects.filter(batch=batch).delete()
            ImportRow.objects.bulk_create(rows, batch_size=500)


def _summary(
    planned: Sequence[Planned], rows: Sequence[ImportRow], found: LedgerFile, batch: ImportBatch, names: Names
) -> dict:
    counts = Counter(row.action for row in rows)
    written = [p.diff for p, row in zip(planned, rows, strict=True) if row.action in (Action.CREATE, Action.UPDATE)]
    own = {id(each) for row in found.rows for each in row.findings}
    remarks = [as_remark(each) for each in found.findings if id(each) not in own]
    header = next(((t.year, t.month) for t in found.tables if t.year and t.month), None)
    if header and header != (batch.report_year, batch.report_month):
        chosen = f"{batch.report_year}-{batch.report_month:02}"
        remarks.insert(0, remark("MONTH_DIFFERS", header=f"{header[0]}-{header[1]:02}", chosen=chosen))
    new_enterprises = _new(written, ("enterprise",), names.known_enterprises)
    new_units = _new(written, UNIT_FIELDS, names.known_units)
    return {action.value: counts[action] for action in Action} | {
        "warnings": sum(1 for row in rows if row.findings and row.action != Action.REFUSED),
        "new_enterprises": new_enterprises[:SHOWN],
        "new_enterprises_count": len(new_enterprises),
        "new_units": new_units[:SHOWN],
        "new_units_count": len(new_units),
        "findings": remarks[:SHOWN],
        "ignored": Counter(each.why for each in found.ignored),
        "sheets": [{"name": s.name, "role": s.role, "why": s.why} for s in found.sheets],
    }


def _new(diffs, fields: tuple[str, ...], known: set[str]) -> list[str]:
    names = {change.new for diff in diffs for change in diff.changes if change.field in fields}
    return sorted(name for name in names if normalise_name(name) not in known)


def confirm(batch: ImportBatch, *, valid_rows_only: bool, by, at: datetime) -> None:
    """READY → CONFIRMED; `work` then writes. Raises PermissionDenied, Conflict, Refused (rows with errors)."""
    permit(by, Verb.IMPORT_LEDGER)
    refused = batch.summary.get("refused", 0)
    if batch.state == State.READY and refused and not valid_rows_only:
        text = ngettext(
            "%(n)s row has an error. Correct the file, or choose to import the valid rows only.",
            "%(n)s rows have errors. Correct the file, or choose to import the valid rows only.",
            refused,
        )
        raise Refused(text % {"n": refused})
    _move(
        batch, [State.READY], state=State.CONFIRMED, valid_rows_only=valid_rows_only, confirmed_at=at, confirmed_by=by
    )


def discard(batch: ImportBatch, *, by) -> None:
    """Puts an import aside; nothing of it has been written. Raises PermissionDenied, Conflict."""
    permit(by, Verb.IMPORT_LEDGER)
    _move(batch, [State.READY, State.REFUSED, State.FAILED], state=State.DISCARDED)


def read_again(batch: ImportBatch, *, by) -> None:
    """Back to UPLOADED, to be read against the register as it is now. Raises PermissionDenied, Conflict."""
    permit(by, Verb.IMPORT_LEDGER)
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
                _write_rows(batch, at)
    except (Conflict, InvalidFields, IntegrityError) as error:
        logger.warning("ledger import %s was overtaken: %s", batch.pk, error)
        _end(batch.pk, State.CONFIRMED, batch.attempts, at, **_failure("CHANGED_SINCE"))


def _write_rows(batch: ImportBatch, at: datetime) -> None:
    """Changes first, then the new projects, some at a time: a large file needs no more memory than a small one."""
    updates, creates = (batch.rows.filter(action=action) for action in (Action.UPDATE, Action.CREATE))
    report = Report(batch, batch.confirmed_by, at, localtime(at).date(), units_named(batch.park, _unit_names(batch)))
    if rows := list(updates):
        update_projects(rows, report)
    ids = list(creates.values_list("pk", flat=True))
    for start in range(0, len(ids), CREATED):
        create_projects(list(creates.filter(pk__in=ids[start : start + CREATED])), report)


def _unit_names(batch: ImportBatch) -> set[str]:
    rows = batch.rows.filter(action__in=[Action.CREATE, Action.UPDATE]).values_list("changes", flat=True)
    return {change["new"] for changes in rows.iterator() for change in changes if change["field"] in UNIT_FIELDS}


def stuck_batches(now: datetime) -> list[int]:
    """Imports whose present step nobody works on: never begun for a minute, or begun by a process that is gone."""
    open_ = ImportBatch.objects.filter(state__in=[State.UPLOADED, State.CONFIRMED])
    return [batch.pk for batch in open_ if now > _since(batch) + (LOST * batch.attempts if batch.attempts else UNHEARD)]


def _since(batch: ImportBatch) -> datetime:
    return batch.confirmed_at if batch.state == State.CONFIRMED else batch.created_at

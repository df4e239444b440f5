"""Imports of the dispatch's kinds for tests: a file as a batch on its way, judged, written, undone."""

import hashlib
from io import BytesIO

from django.core.files.base import ContentFile
from django.db import transaction
from openpyxl import Workbook

from projects.ledger.reader import read_table
from projects.ledger.registry import kind_of
from projects.models import ImportBatch, ImportRow
from tests.factories import AT


def sheet_bytes(headers, *rows, title="表"):
    """An .xlsx with these rows below one row of headers."""
    book = Workbook()
    book.active.title = title
    for line in (headers, *rows):
        book.active.append(list(line))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def batch_of(kind, data, *, park, by, year=2026, month=3, answers=None, at=AT):
    """A batch that has been read and waits for its confirmation, with its rows."""
    batch = ImportBatch(
        park=park, kind=kind, file_name="台账.xlsx", sha256=hashlib.sha256(data).hexdigest(), report_year=year,
        report_month=month, state=ImportBatch.State.READY, answers=answers or {}, created_at=at, created_by=by,
    )  # fmt: skip
    batch.file.save("test.xlsx", ContentFile(data), save=False)
    batch.save()
    found = read_table(data, kind_of(kind).table, report_year=year, report_month=month)
    outcome = kind_of(kind).dry_run(found.rows, batch=batch, at=at)
    ImportRow.objects.bulk_create(outcome.rows)
    return batch


def written(batch, *, by=None, at=AT):
    """The same, confirmed and written."""
    batch.confirmed_by, batch.confirmed_at, batch.state = by or batch.created_by, at, ImportBatch.State.DONE
    batch.save()
    with transaction.atomic():
        kind_of(batch.kind).write(batch, at=at)
    return batch


def undone(batch, *, by=None, at=AT):
    with transaction.atomic():
        kind_of(batch.kind).undo(batch, by=by or batch.created_by, at=at)
    return batch


def actions_of(batch):
    return [row.action for row in batch.rows.order_by("sheet", "row")]


def kinds_of(batch):
    """(row, kind of finding) pairs in file order."""
    return [(row.row, found["kind"]) for row in batch.rows.order_by("sheet", "row") for found in row.findings]

"""Imports workbooks in tests as a person would: upload, read, confirm."""

import io
from datetime import UTC, datetime

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile

from projects.ledger import actions
from projects.ledger.fields import to_json
from projects.ledger.layouts import PROJECT_LEDGER
from projects.ledger.store import stored_values
from projects.models import ImportBatch
from tests.projects.ledger.adapter import nested

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
HEADERS = [leaf.header for leaf in PROJECT_LEDGER.leaves]


def uploaded(data, person, *, year=None, month=None, name="台账.xlsx", at=AT):
    """The batch of a file, read."""
    batch = actions.upload(
        SimpleUploadedFile(name, data), park=person.park, report_year=year, report_month=month, by=person, at=at
    )
    actions.work(batch.pk, now=lambda: at)
    return ImportBatch.objects.get(pk=batch.pk)


def imported(data, person, *, valid_rows_only=False, at=AT, **options):
    """The batch of a file, read, confirmed and written."""
    return confirmed(uploaded(data, person, at=at, **options), person, valid_rows_only=valid_rows_only, at=at)


def confirmed(batch, person, *, valid_rows_only=False, at=AT):
    actions.confirm(batch, valid_rows_only=valid_rows_only, by=person, at=at)
    actions.work(batch.pk, now=lambda: at)
    return ImportBatch.objects.get(pk=batch.pk)


def book(rows, year=2025, month=4):
    """A ledger in our own layout; every row is {header: value}."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = PROJECT_LEDGER.sheet
    for row, column, text in PROJECT_LEDGER.header_cells(year, month):
        sheet.cell(row, column, text)
    for merge in PROJECT_LEDGER.merges():
        sheet.merge_cells(start_row=merge.top, start_column=merge.left, end_row=merge.bottom, end_column=merge.right)
    for number, values in enumerate(rows, PROJECT_LEDGER.first_data_row):
        for header, value in ({"序号": number} | values).items():
            cell = sheet.cell(number, HEADERS.index(header) + 1, value)
            if isinstance(value, str):
                cell.data_type = "s"
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def in_database(park, year, month):
    """{name: fields as the expected files write them} of everything the database holds."""
    return {
        values["name"]: nested({name: to_json(value) for name, value in values.items()})
        for values in stored_values(park, year, month).values()
    }

"""The sample responsibility ledger through the pages: after its projects, hand in, decide, confirm, take back."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dispatch.ledger.models import LedgerEntry, LedgerItem
from projects.models import ImportBatch
from tests import factories
from tests.projects.ledger.adapter import workbook
from tests.projects.ledger.importing import imported

pytestmark = pytest.mark.slow


def post(client, name, *args, **data):
    return client.post(reverse(f"projects:import_{name}", args=args), data)


def test_the_sample_all_the_way_and_back(client, db):
    staff = factories.user(factories.park(), "staff")
    assert imported(workbook("A1_project_ledger_clean.xlsx"), staff).state == "done"
    client.force_login(staff)
    file = SimpleUploadedFile("责任台账.xlsx", workbook("A5_responsibility_ledger.xlsx"))
    assert post(client, "new", kind="ledger_items", file=file).status_code == 302
    batch = ImportBatch.objects.get(kind="ledger_items")
    counts = {name: batch.summary[name] for name in ("create", "refused", "unsure")}
    assert batch.state == "ready" and counts["refused"] == 1 and sum(counts.values()) == 21
    assert (batch.report_year, batch.report_month) == (2025, 4) and batch.summary["findings"] == []  # as headed
    post(client, "confirm", batch.pk)
    batch.refresh_from_db()
    assert batch.state == "ready" and not LedgerItem.objects.exists()  # one row cannot be written
    for row in batch.rows.filter(action="unsure"):
        assert [each["why"] for each in row.proposals] == ["similar"]
        place = {"sheet": row.sheet, "row": row.row, "choice": row.proposals[0]["id"]}
        assert post(client, "row", batch.pk, **place).status_code == 302
    post(client, "confirm", batch.pk, valid_rows_only="on")
    batch.refresh_from_db()
    assert batch.state == "done" and LedgerItem.objects.count() == 20
    named = LedgerItem.objects.get(title="环评批复", measures="技术评估提前介入")
    assert named.project.name == "示例四：海川智能仓储设备项目" and named.source == LedgerItem.Source.LEDGER
    assert "13" in LedgerEntry.objects.filter(item=named).earliest("pk").note
    post(client, "undo", batch.pk)
    batch.refresh_from_db()
    assert batch.state == "undone" and not LedgerItem.objects.exists()

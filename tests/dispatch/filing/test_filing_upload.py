"""A unit's own filings through the pages: hand in, read in the jail, confirm, take back; nobody else's business."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from projects.models import ImportBatch
from tests.dispatch.filing.filing_cases import case as make_case
from tests.dispatch.filing.test_filing_import import HEAD, line
from tests.dispatch.ledger.importing import sheet_bytes
from tests.factories import organization, user


@pytest.fixture
def case(db):
    return make_case()


def post(client, name, *args, **data):
    return client.post(reverse(f"projects:import_{name}", args=args), data)


@pytest.mark.parametrize("who", ["worker", "staff"])
def test_all_the_way_and_back(client, case, who):
    person = case.worker if who == "worker" else user(case.park)
    client.force_login(person)
    file = SimpleUploadedFile("三月.xlsx", sheet_bytes(HEAD, line()))
    assert post(client, "new", kind="filings", report_year=2026, report_month=3, file=file).status_code == 302
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.summary["update"], batch.created_by) == ("ready", 1, person)
    post(client, "confirm", batch.pk)
    batch.refresh_from_db()
    assert (batch.state, case.filing().month_10k) == ("done", 300)
    stranger = user(case.park, "unit", organization=organization(case.park, name="另一单位"))
    client.force_login(stranger)
    assert client.get(reverse("projects:import_detail", args=[batch.pk])).status_code == 404
    assert post(client, "undo", batch.pk).status_code == 404
    client.force_login(person)
    post(client, "undo", batch.pk)
    batch.refresh_from_db()
    assert (batch.state, case.filing().month_10k) == ("undone", None)

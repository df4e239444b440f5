"""The bulletin of the sample ledger, cell by cell, on whatever database the tests run: pages, but no browser."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dispatch.models import Bulletin
from dispatch.reports.actions import draft_bulletin
from projects.models import ImportBatch
from tests import factories
from tests.approvals.cases import catalogue
from tests.journeys import figures
from workdays.seed import SEED_FILE, load_seed

pytestmark = pytest.mark.django_db
A1, A6 = "A1_project_ledger_clean", "A6_project_ledger_update"


@pytest.fixture
def staff(client):
    load_seed(SEED_FILE, at=factories.AT)
    catalogue()
    person = factories.user(factories.park())
    client.force_login(person)
    return person


def import_ledger(client, name):
    data = (figures.SAMPLES / f"{name}.xlsx").read_bytes()
    client.post(reverse("projects:import_new"), {"file": SimpleUploadedFile(f"{name}.xlsx", data)})
    batch = ImportBatch.objects.order_by("pk").last()
    client.post(reverse("projects:import_confirm", args=[batch.pk]))


def bulletin_file(client, staff, year, month, as_of):
    draft_bulletin(park=staff.park, year=year, month=month, as_of=as_of, by=staff, at=factories.AT)
    bulletin = Bulletin.objects.get(year=year, month=month)
    return client.get(reverse("dispatch:bulletin_download", args=[bulletin.pk])).content


@pytest.mark.parametrize(
    ("year", "month", "as_of"),
    [
        (2025, 4, date(2025, 4, 30)),
        (2025, 9, date(2025, 9, 30)),
        (2026, 1, date(2026, 1, 30)),
        (2026, 11, date(2026, 11, 22)),
    ],
)
def test_annex_1_says_what_the_ledger_says(client, staff, year, month, as_of):
    import_ledger(client, A1)
    workbook = bulletin_file(client, staff, year, month, as_of)
    assert figures.differences(workbook, figures.expected(A1), year=year, month=month, as_of=as_of) == {}


def test_the_comparison_sees_a_wrong_figure(client, staff):
    import_ledger(client, A1)
    ledger, as_of = figures.expected(A1), date(2025, 4, 30)
    workbook = bulletin_file(client, staff, 2025, 4, as_of)
    ledger["projects"][0]["ytd_investment_10k"] = "6301"
    found = figures.differences(workbook, ledger, year=2025, month=4, as_of=as_of)
    assert {cell.rstrip("0123456789") for cell in found} == {"O"}

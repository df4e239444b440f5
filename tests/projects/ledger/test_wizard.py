"""The import pages: upload, dry run, confirm, result, and who may see them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import gettext as _

from projects.ledger import actions
from projects.ledger.template import project_template
from projects.models import ImportBatch, Project
from tests.factories import park, project, user
from tests.projects.ledger.adapter import SAMPLES, expected, workbook
from tests.projects.ledger.importing import AT, book, confirmed, in_database, uploaded

pytestmark = pytest.mark.django_db
A1, A6 = "A1_project_ledger_clean.xlsx", "A6_project_ledger_update.xlsx"
REFUSED = ["A_zip_bomb_sheet.xlsx", "A_macro.xlsm", "A_encrypted.xlsx", "A_truncated.xlsx", "A_csv_renamed.xlsx",
           "A_xls_renamed.xlsx", "A_external_entity.xlsx"]  # fmt: skip


@pytest.fixture
def staff(client, db):
    person = user(park())
    client.force_login(person)
    return person


def hand_in(client, data, name="台账.xlsx", **values):
    return client.post(reverse("projects:import_new"), {"file": SimpleUploadedFile(name, data)} | values, follow=True)


def step(client, name, batch):
    return client.post(reverse(f"projects:import_{name}", args=[batch.pk]), follow=True)


def body(response):
    return response.content.decode()


def test_the_clean_ledger_through_the_pages(client, staff):
    page = hand_in(client, workbook(A1))
    batch = ImportBatch.objects.get()
    assert (page.status_code, batch.state, batch.summary["create"]) == (200, "ready", 30)
    assert batch.file_name == "台账.xlsx"
    assert "台账" not in batch.file.name
    assert "云岚智能配电装备产业园项目" in body(page)
    assert not Project.objects.exists()
    done = step(client, "confirm", batch)
    assert done.status_code == 200
    assert ImportBatch.objects.get().state == "done"
    wanted = {each["name"]: each for each in expected(A1.removesuffix(".xlsx"))["projects"]}
    found = in_database(staff.park, 2025, 4)
    assert found.keys() == wanted.keys()
    for name, entry in wanted.items():
        assert {key: found[name][key] for key in entry if key in found[name]} == {
            key: entry[key] for key in entry if key in found[name]
        }
    assert reverse("projects:detail", args=[Project.objects.order_by("pk").first().pk]) in body(done)


def test_the_update_is_shown_cell_by_cell(client, staff):
    confirmed(uploaded(workbook(A1), staff), staff)
    page = body(hand_in(client, workbook(A6)))
    assert all(text in page for text in ("6,300", "8,900", "Y5", "2025-06-30", "2025-06-18", "S5"))
    batch = ImportBatch.objects.order_by("pk").last()
    address = reverse("projects:import_detail", args=[batch.pk])
    shown = {tab: client.get(address, {"show": tab}).context["page_obj"].paginator.count for tab in
             ("update", "create", "unchanged", "warnings", "refused")}  # fmt: skip
    assert shown == {"update": 27, "create": 2, "unchanged": 3, "warnings": 2, "refused": 0}


def test_the_downloaded_file_is_the_one_handed_in(client, staff):
    hand_in(client, workbook(A1))
    response = client.get(reverse("projects:import_file", args=[ImportBatch.objects.get().pk]))
    assert b"".join(response.streaming_content) == workbook(A1)
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", REFUSED)
def test_refused_files_say_why(client, staff, name):
    page = hand_in(client, (SAMPLES / "hostile" / name).read_bytes(), name)
    batch = ImportBatch.objects.get()
    if batch.state == "uploaded":  # large: for the worker
        actions.work(batch.pk, now=lambda: AT)
        page = client.get(reverse("projects:import_detail", args=[batch.pk]))
        batch.refresh_from_db()
    assert (page.status_code, batch.state) == (200, "refused")
    assert batch.refusal["zh"] in body(page)
    assert not Project.objects.exists()


def test_errors_are_named_with_their_cell_and_only_the_valid_rows_go(client, staff):
    data = book([{"项目名称": "甲"}, {"项目名称": "乙", "总投资（亿元）": "1-2"}])
    hand_in(client, data)
    batch = ImportBatch.objects.get()
    address = reverse("projects:import_detail", args=[batch.pk])
    assert "项目台账!K6" in body(client.get(address, {"show": "refused"}))
    step(client, "confirm", batch)
    assert not Project.objects.exists()
    client.post(reverse("projects:import_confirm", args=[batch.pk]), {"valid_rows_only": "on"})
    assert list(Project.objects.values_list("name", flat=True)) == ["甲"]


@pytest.mark.parametrize(
    "values", [{}, {"file": ""}, {"report_year": "2025"}, {"report_year": "abc", "report_month": "99"}]
)
def test_incomplete_uploads_show_the_form_again(client, staff, values):
    response = client.post(reverse("projects:import_new"), values)
    assert response.status_code == 422
    assert not ImportBatch.objects.exists()


def test_too_large_and_empty_files(client, staff, settings):
    assert hand_in(client, b"").status_code == 422
    settings.LEDGER_UPLOAD_MAX_BYTES = 1000
    assert hand_in(client, workbook(A1)).status_code == 422
    assert not ImportBatch.objects.exists()


@pytest.mark.parametrize("name", ["../../etc/passwd.xlsx", "a\x00b.xlsx", "🚀" * 60 + ".xlsx", '"><script>.xlsx'])
def test_odd_file_names_are_only_data(client, staff, name):
    page = hand_in(client, workbook(A1), name)
    assert page.status_code in (200, 422)
    for batch in ImportBatch.objects.all():
        assert batch.file.name.startswith("imports/20")
        assert "<script>" not in body(page)
        assert client.get(reverse("projects:import_file", args=[batch.pk])).status_code == 200


def test_discard_and_read_again(client, staff):
    batch = uploaded(book([{"项目名称": "甲"}]), staff)
    step(client, "again", batch)
    assert ImportBatch.objects.get().state == "ready"
    address = reverse("projects:import_discard", args=[batch.pk])
    assert f'href="{address}" data-confirm' in body(client.get(reverse("projects:import_detail", args=[batch.pk])))
    assert f'action="{address}"' in body(client.get(address))
    assert ImportBatch.objects.get().state == "ready"
    step(client, "discard", batch)
    assert ImportBatch.objects.get().state == "discarded"
    assert step(client, "confirm", batch).status_code == 200
    assert not Project.objects.exists()


def test_a_conflict_is_explained(client, staff):
    batch = uploaded(book([{"项目名称": "甲"}]), staff)
    project(staff.park, name="甲")
    page = step(client, "confirm", batch)
    batch.refresh_from_db()
    assert (batch.state, batch.refusal["zh"] in body(page)) == ("failed", True)


def test_a_long_file_is_left_to_the_worker(client, staff, monkeypatch):
    monkeypatch.setattr(actions, "SMALL_FILE", 0)
    page = hand_in(client, workbook(A1))
    batch = ImportBatch.objects.get()
    assert batch.state == "uploaded"
    address = reverse("projects:import_detail", args=[batch.pk])
    assert f'hx-get="{address}"' in body(page)
    assert f'href="{address}"' in body(page)
    ImportBatch.objects.update(rows_done=10, rows_total=30)
    polled = client.get(address, headers={"HX-Request": "true"})
    assert "10 / 30" in body(polled)
    assert "<html" not in body(polled)
    actions.work(batch.pk, now=lambda: AT)
    assert client.get(address, headers={"HX-Request": "true"})["HX-Redirect"] == address


PAGES = ["detail", "file", "confirm", "discard", "again"]


def ask(client, name, pk):
    method = client.post if name in ("confirm", "discard", "again") else client.get
    return method(reverse(f"projects:import_{name}", args=[pk])).status_code


@pytest.mark.parametrize("name", PAGES)
def test_who_may_see_an_import(client, staff, name):
    batch = uploaded(book([{"项目名称": "甲"}]), staff)
    for role, status in (("unit", 404), ("enterprise", 404), ("leader", 403)):
        client.force_login(user(staff.park, role))
        assert ask(client, name, batch.pk) == status
    client.force_login(user(park()))
    assert ask(client, name, batch.pk) == 404
    client.logout()
    assert ask(client, name, batch.pk) in (302, 401)
    batch.refresh_from_db()
    assert batch.state == "ready"


@pytest.mark.parametrize(("role", "status"), [("unit", 200), ("enterprise", 200), ("leader", 403)])
def test_who_may_begin_one(client, staff, role, status):
    """Units and enterprises bring in their own filings, and no other kind."""
    client.force_login(user(staff.park, role))
    assert client.get(reverse("projects:import_list")).status_code == status
    assert client.get(reverse("projects:import_new")).status_code == status
    for kind in ("projects", "ledger_items", "visits"):
        assert hand_in(client, workbook(A1), kind=kind).status_code == 403
    assert not ImportBatch.objects.exists()


def test_a_file_without_rows_is_not_called_known(client, staff):
    batch = uploaded(project_template(staff, AT.date()).read(), staff)
    assert batch.summary["columns"] == []
    page = body(client.get(reverse("projects:import_detail", args=[batch.pk])))
    assert "notice-warning" in page and str(_("The register already holds everything in this file.")) not in page


def test_who_has_one_kind_only_is_told_which(client, staff):
    client.force_login(user(staff.park, "unit"))
    page = client.get(reverse("projects:import_new"))
    assert page.context["choices"] == [] and f"<p>{page.context['kind'].label}</p>" in body(page)


def test_the_list_shows_imports_of_the_own_park(client, staff):
    assert client.get(reverse("projects:import_list")).status_code == 200
    uploaded(book([{"项目名称": "甲"}]), staff, name="四月.xlsx")
    uploaded(book([{"项目名称": "甲"}]), user(park()), name="别人.xlsx")
    page = body(client.get(reverse("projects:import_list")))
    assert "四月.xlsx" in page
    assert "别人.xlsx" not in page


def queries_of(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_queries_do_not_grow(client, staff):
    counts, lists = [], []
    for number in (1, 3, 60):
        rows = [{"项目名称": f"项目{number}-{index}", "建设单位": f"企业{index}"} for index in range(number)]
        batch = uploaded(book(rows), staff)
        counts.append(queries_of(client, reverse("projects:import_detail", args=[batch.pk])))
        lists.append(queries_of(client, reverse("projects:import_list")))
    assert len(set(counts)) == 1
    assert len(set(lists)) == 1
    assert max(counts) <= 12

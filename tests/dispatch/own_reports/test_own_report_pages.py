"""Pages of own reports: the table is the workbook is the API, the builder without JavaScript, whose rows are shown."""

from decimal import Decimal
from io import BytesIO
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts import clock
from accounts.templatetags.navigator import figure, in_percent
from dispatch.exports import work as exports_work
from dispatch.models import FileJob, SavedReport
from dispatch.own_reports import actions, files, workbook
from dispatch.own_reports.actions import Wanted
from dispatch.own_reports.datasets import DATASETS
from dispatch.own_reports.examples import EXAMPLES
from projects.models import Project
from tests import factories
from tests.dispatch.own_reports.report_cases import one_of_each, random_park
from tests.factories import AT, TODAY

pytestmark = pytest.mark.django_db
EMPTY = {"filters": {}, "grouping": [], "order": "", "limit": None}
COLUMNS = [
    "name",
    "unit",
    "stage",
    "start_due_on",
    "total_10k",
    "total_yi",
    "plan_10k",
    "ytd_10k",
    "plan_rate",
    "warnings",
]


@pytest.fixture(autouse=True)
def _now(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(clock, "now", lambda: AT)
    monkeypatch.setattr(clock, "today", lambda: TODAY)


@pytest.fixture
def park(db):
    return random_park(Random(11), units=3, projects=12)[0]


@pytest.fixture
def staff(park):
    return factories.user(park)


@pytest.fixture
def page(client, staff):
    client.force_login(staff)
    return client


def url(name, *args):
    return reverse(f"dispatch:{name}", args=args)


def made(person, name="表", **more):
    raw = EMPTY | {"dataset": "projects", "columns": COLUMNS} | more
    shared = raw.pop("is_shared", False)
    return actions.create(Wanted(name, raw, shared), by=person, at=AT)


def sheet_of(answer) -> list[tuple]:
    return list(load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True))


def as_words(column, cell) -> str:
    """What the page shows for the cell of a workbook."""
    if cell is None:
        return "—"
    match column.kind:
        case "money" | "number" | "yi":
            return figure(Decimal(str(cell)))
        case "percent":
            return in_percent(Decimal(str(cell)))
        case "day":
            return cell.date().isoformat() if hasattr(cell, "date") else cell.isoformat()
    return str(cell)


class TestSame:
    def test_page_workbook_and_api(self, page, staff):
        report = made(staff, grouping=["unit"], order="-total_10k")
        columns = [DATASETS["projects"].by_name[name] for name in COLUMNS]
        table = page.get(url("own_report_detail", report.pk)).context["table"]
        rows = sheet_of(page.get(url("own_report_export", report.pk)))[3:]
        api = page.get(f"/api/v1/reports/{report.pk}/rows/").json()
        in_page = [[cell["text"] for cell in line["cells"]] for line in table["lines"] if "cells" in line]
        in_book = [[as_words(c, v) for c, v in zip(columns, row[1:], strict=True)] for row in rows if row[0] is None]
        assert in_page == in_book
        assert len(in_page) == api["total"]["count"] == 12
        for line, row in zip(api["results"], [row for row in rows if row[0] is None], strict=True):
            for column, cell in zip(columns, row[1:], strict=True):
                said = line["values"][column.name]
                if column.kind in ("money", "yi", "percent"):
                    assert (said and Decimal(said)) == (
                        None if cell is None else Decimal(str(cell)).quantize(Decimal(said))
                    )
                elif column.kind == "text":
                    assert said == cell
        sums = [
            [as_words(c, v) if c.sums else "" for c, v in zip(columns, row[1:], strict=True)] for row in rows if row[0]
        ]
        shown = [line for line in table["lines"] if "cells" not in line] + [table["total"]]
        assert [[one["text"] for one in line["sums"]] for line in shown] == [row[table["span"] :] for row in sums]
        groups = {group["keys"][0]: group for group in api["groups"]}
        assert sum(group["count"] for group in groups.values()) == 12
        total = sum(Decimal(group["sums"]["total_10k"] or 0) for group in groups.values())
        assert total == Decimal(api["total"]["sums"]["total_10k"])

    def test_text_that_looks_like_a_formula_stays_text(self, page, staff, park):
        factories.project(park, name='=CMD|"/c calc"!A1')
        report = made(staff, columns=["name"])
        book = load_workbook(BytesIO(page.get(url("own_report_export", report.pk)).content))
        cells = [cell for row in book.active.iter_rows() for cell in row if str(cell.value).startswith("=CMD")]
        assert [(cell.data_type, cell.quotePrefix) for cell in cells] == [("s", True)]

    def test_a_long_one_is_made_in_the_background(self, page, staff, monkeypatch):
        monkeypatch.setattr(files, "MOST_AT_ONCE", 5)
        report = made(staff)
        offer = page.get(url("own_report_export", report.pk))
        assert offer["Content-Type"].startswith("text/html")
        page.post(
            url("file_ask"), {"kind": offer.context["kind"], "params": f'{{"report": {report.pk}}}', "title": "表"}
        )
        job = FileJob.objects.get()
        assert exports_work.make(job.pk, now=lambda: AT)
        job.refresh_from_db()
        waited = page.get(offer.context["now_url"])
        made_rows = list(load_workbook(job.file.open()).active.iter_rows(values_only=True))
        assert made_rows == sheet_of(waited)


class TestWhose:
    @pytest.fixture
    def units(self, park):
        office = factories.organization(park, "unit", name="甲办")
        other = factories.organization(park, "unit", name="乙办")
        for unit in (office, other):
            factories.project(park, name=f"{unit.name}项目", responsible_unit=unit)
        return office, other

    def test_a_shared_report_shows_each_reader_their_own_rows(self, client, park, units):
        leader = factories.user(park, organization=units[0], role="unit")
        reader = factories.user(park, "unit", units[0])
        report = made(leader, columns=["name"], is_shared=True)
        stranger = factories.user(park, "unit", units[1])
        client.force_login(reader)
        text = client.get(url("own_report_detail", report.pk)).content.decode()
        assert "甲办项目" in text
        assert "乙办项目" not in text
        client.force_login(stranger)
        for name in ("own_report_detail", "own_report_export", "own_report_edit", "own_report_delete"):
            assert client.get(url(name, report.pk)).status_code == 404
        assert client.get(f"/api/v1/reports/{report.pk}/rows/").status_code == 404
        assert report.pk not in [row["id"] for row in client.get("/api/v1/reports/").json()["results"]]

    def test_the_same_report_of_the_centre_has_all(self, page, park, units):
        colleague = SavedReport.objects.create(
            park=park, owner=factories.user(park), organization=page_user(page).organization, name="共享",
            is_shared=True, dataset="projects", columns=["name"], created_at=AT, updated_at=AT,
        )  # fmt: skip
        text = page.get(url("own_report_detail", colleague.pk)).content.decode()
        assert "甲办项目" in text
        assert "乙办项目" in text
        assert page.get(url("own_report_edit", colleague.pk)).status_code == 403
        assert page.post(url("own_report_copy", colleague.pk)).status_code == 302

    def test_one_that_is_not_shared_is_nobody_elses(self, client, park, units):
        owner = factories.user(park, "unit", units[0])
        report = made(owner, columns=["name"])
        client.force_login(factories.user(park, "unit", units[0]))
        assert client.get(url("own_report_detail", report.pk)).status_code == 404

    def test_nothing_for_enterprises(self, client, park):
        client.force_login(factories.user(park, "enterprise"))
        for address in (url("own_report_list"), url("own_report_new"), url("own_report_example", "not_started")):
            assert client.get(address).status_code == 404


def page_user(page):
    from django.contrib.auth import get_user

    return get_user(page)


def sent(page, **fields):
    base = {"dataset": "projects", "column": ["name", "unit"], "name": "新表", "schedule": "never"}
    return page.post(url("own_report_new"), base | fields)


class TestBuilder:
    def test_each_button_does_one_thing_and_saves_nothing(self, page):
        def columns(**fields):
            return [column.name for column in sent(page, **fields).context["chosen"]]

        assert columns(do="preview") == ["name", "unit"]
        assert columns(do="left:unit") == ["unit", "name"]
        assert columns(do="right:name") == ["unit", "name"]
        assert columns(do="drop:name") == ["unit"]
        assert columns(do="add", add_column="stage") == ["name", "unit", "stage"]
        assert columns(do="add", add_column="park__name") == ["name", "unit"]
        opened = sent(page, do="filter", add_filter="total_10k").context["filters"]
        assert [one["column"].name for one in opened] == ["total_10k"]
        assert sent(page, do="unfilter:total_10k", filter=["total_10k"]).context["filters"] == []
        assert not SavedReport.objects.exists()

    def test_the_preview_follows_the_filters(self, page, park):
        project = Project.objects.filter(park=park).first()
        found = sent(page, filter=["name"], **{"f.name.contains": project.name, "do": "preview"}).context["table"]
        assert found["count"] == 1

    def test_saved_and_changed(self, page):
        fields = {
            "filter": ["total_10k", "stage", "start_due_on"],
            "f.total_10k.min": "5",
            "f.stage.in": ["L08", "L13"],
        }
        fields |= {
            "f.start_due_on.span": "this_month",
            "f.start_due_on.from": "2026-01-01",
            "group1": "unit",
            "limit": "9",
        }
        fields |= {"order_by": "total_10k", "order_down": "1", "schedule": "weekly", "is_shared": "1"}
        answer = sent(page, do="save", **fields)
        report = SavedReport.objects.get()
        assert (answer.status_code, answer.url) == (302, url("own_report_detail", report.pk))
        assert report.filters == {
            "total_10k": {"min": "5"}, "stage": {"in": ["L08", "L13"]}, "start_due_on": {"span": "this_month"}
        }  # fmt: skip
        assert (report.grouping, report.order, report.limit) == (["unit"], "-total_10k", 9)
        assert (report.schedule, report.is_shared) == ("weekly", True)
        form = page.get(url("own_report_edit", report.pk)).context["builder"]
        assert (form.filters, form.columns, form.version) == (report.filters, report.columns, 1)
        again = {
            "dataset": "projects",
            "column": ["name"],
            "name": "改名",
            "schedule": "never",
            "do": "save",
            "version": "1",
        }
        assert page.post(url("own_report_edit", report.pk), again).status_code == 302
        assert page.post(url("own_report_edit", report.pk), again).status_code == 409
        report.refresh_from_db()
        assert (report.name, report.filters, report.version) == ("改名", {}, 2)

    @pytest.mark.parametrize(
        "fields",
        [
            {"column": ["park__name"]}, {"column": []}, {"filter": ["park__name"]}, {"name": ""}, {"limit": "-1"},
            {"filter": ["total_10k"], "f.total_10k.min": "much"}, {"group1": "name"}, {"order_by": "?"},
            {"schedule": "hourly"},
        ],
    )  # fmt: skip
    def test_what_does_not_fit_is_said_and_nothing_is_saved(self, page, fields):
        answer = sent(page, do="save", **fields)
        assert answer.status_code == 422
        assert answer.context["refusal"]
        assert not SavedReport.objects.exists()

    def test_ten_thousand_columns(self, page):
        assert sent(page, do="save", column=["name"] * 4000).status_code == 422

    def test_who_may_not_make_reports(self, client, park):
        from accounts.models import Role

        person = factories.user(park)
        Role.objects.filter(code="staff").update(verbs=[])
        client.force_login(person)
        assert client.get(url("own_report_new")).status_code == 403
        assert client.get(url("own_report_list")).status_code == 200


def test_deleted_after_a_question(page, staff):
    report = made(staff)
    assert page.get(url("own_report_delete", report.pk)).status_code == 200
    assert SavedReport.objects.exists()
    page.post(url("own_report_delete", report.pk))
    assert not SavedReport.objects.exists()


def test_an_old_report_names_what_is_gone(page, staff):
    report = made(staff)
    SavedReport.objects.update(columns=["name", "vanished"], order="-vanished")
    answer = page.get(url("own_report_detail", report.pk))
    assert answer.status_code == 200
    assert len(answer.context["problems"]) == 2
    assert "vanished" in answer.content.decode()
    head = sheet_of(page.get(url("own_report_export", report.pk)))
    assert "vanished" in "".join(str(row[0]) for row in head[:4])


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one.key)
def test_examples_fit_their_datasets(client, example):
    park = factories.park()
    one_of_each(park, factories.organization(park, "unit"))
    client.force_login(factories.user(park))
    answer = client.get(url("own_report_example", example.key))
    assert answer.status_code == 200
    assert answer.context["problems"] == []
    assert client.get(url("own_report_new") + f"?example={example.key}").status_code == 200


def test_sorted_paged_and_printed(page, staff, monkeypatch):
    from dispatch.own_reports import views

    report = made(staff, columns=["name", "total_10k"])
    monkeypatch.setattr(views, "PAGE_SIZE", 5)
    seen = []
    for number in (1, 2, 3):
        answer = page.get(url("own_report_detail", report.pk), {"sort": "-name", "page": number})
        seen += [line["cells"][0]["text"] for line in answer.context["table"]["lines"]]
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 12
    printed = page.get(url("own_report_detail", report.pk), {"print": "1"})
    assert len(printed.context["table"]["lines"]) == 12
    assert page.get(url("own_report_detail", report.pk), {"sort": "park__name"}).status_code == 200


def test_queries_do_not_grow(page, staff, park):
    report = made(staff, grouping=["unit", "stage"])
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert page.get(url("own_report_detail", report.pk)).status_code == 200
        counts.append(len(queries))
        for _ in range(30):
            factories.project(park)
    assert counts[0] == counts[1] <= 14


def test_the_sheet_begins_below_its_head(page, staff):
    report = made(staff, columns=["name", "total_10k"])
    rows = sheet_of(page.get(url("own_report_export", report.pk)))
    assert rows[0][0] == report.name
    assert rows[2] == tuple(str(DATASETS["projects"].by_name[name].label) for name in ("name", "total_10k"))
    assert workbook.TOLD_EVERY

"""Pages of made files: progress, download, another's, after the right is gone; the long list of projects."""

import json
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts import clock
from accounts.models import Role
from dispatch.exports import making, projects, work
from dispatch.models import FileJob
from tests import factories
from tests.factories import AT

pytestmark = pytest.mark.django_db
State = FileJob.State


@pytest.fixture(autouse=True)
def now(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AT)


@pytest.fixture
def page(client, staff):
    client.force_login(staff)
    return client


@pytest.fixture
def job(staff):
    return making.ask("t_export", {"n": 1}, title="一张表", by=staff, at=AT)


def url(name, *args):
    return reverse(f"dispatch:{name}", args=args)


def ask(client, **fields):
    return client.post(url("file_ask"), {"kind": "t_quick", "params": "{}", "title": "表"} | fields)


class TestAsk:
    def test_the_button_leads_to_the_page_of_the_file(self, page, staff):
        answer = ask(page, params=json.dumps({"n": 5}))
        job = FileJob.objects.get()
        assert (answer.status_code, answer.url) == (302, url("file_job", job.pk))
        assert (job.params, job.title, job.by) == ({"n": 5}, "表", staff)

    @pytest.mark.parametrize("params", ["", "[1]", "{", '"x"', "[" * 5000, '{"a":"\\u0000"}', "1" * 20000,
                                        '{"a":NaN}', '{"a":1e400}', '{"a":"\\ud800"}'])  # fmt: skip
    def test_arguments_no_button_sends(self, page, params):
        assert ask(page, params=params).status_code in (400, 404)
        assert not FileJob.objects.exists()

    def test_too_many_is_said(self, page):
        for n in range(making.MOST_OPEN + 1):
            answer = ask(page, params=json.dumps({"n": n}))
        assert answer.url == url("file_job_list")
        assert FileJob.objects.count() == making.MOST_OPEN


class TestPage:
    def test_waits_without_javascript(self, page, job):
        text = page.get(url("file_job", job.pk)).content.decode()
        assert f'href="{url("file_job", job.pk)}"' in text
        assert "hx-trigger" in text
        assert url("file_job_cancel", job.pk) in text

    def test_asks_again_by_itself_and_then_goes_to_the_result(self, page, job):
        htmx = {"HX-Request": "true"}
        assert "<html" not in page.get(url("file_job", job.pk), headers=htmx).content.decode()
        work.make(job.pk, now=lambda: AT)
        assert page.get(url("file_job", job.pk), headers=htmx).headers["HX-Redirect"] == url("file_job", job.pk)
        assert url("file_job_download", job.pk) in page.get(url("file_job", job.pk)).content.decode()

    def test_download(self, page, job, staff):
        assert page.get(url("file_job_download", job.pk)).status_code == 404
        work.make(job.pk, now=lambda: AT)
        answer = page.get(url("file_job_download", job.pk))
        assert b"".join(answer.streaming_content) == f"{staff.pk}:1".encode()
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer["Cache-Control"]

    def test_no_download_after_the_right_is_gone(self, page, job, staff):
        work.make(job.pk, now=lambda: AT)
        Role.objects.filter(pk=staff.role_id).update(verbs=[])
        assert page.get(url("file_job_download", job.pk)).status_code == 403
        assert url("file_job_download", job.pk) not in page.get(url("file_job", job.pk)).content.decode()

    def test_no_download_after_it_has_expired(self, page, job, monkeypatch):
        work.make(job.pk, now=lambda: AT)
        monkeypatch.setattr(clock, "now", lambda: AT + work.KEPT)
        assert page.get(url("file_job_download", job.pk)).status_code == 404

    def test_another_person_finds_nothing(self, client, job, staff):
        work.make(job.pk, now=lambda: AT)
        client.force_login(factories.user(staff.park))
        for name in ("file_job", "file_job_download"):
            assert client.get(url(name, job.pk)).status_code == 404
        for name in ("file_job_again", "file_job_cancel"):
            assert client.post(url(name, job.pk)).status_code == 404
        assert str(job) not in client.get(url("file_job_list")).content.decode()

    def test_cancel_and_again(self, page, job):
        page.post(url("file_job_cancel", job.pk))
        assert FileJob.objects.get(pk=job.pk).state == State.CANCELLED
        answer = page.post(url("file_job_again", job.pk))
        assert answer.url == url("file_job", FileJob.objects.get(state=State.WAITING).pk)
        assert FileJob.objects.get(state=State.WAITING).params == {"n": 1}

    def test_a_failed_one_says_why(self, page, staff):
        job = making.ask("t_refusing", {}, title="表", by=staff, at=AT)
        work.make(job.pk, now=lambda: AT)
        assert "没有数据" in page.get(url("file_job", job.pk)).content.decode()

    def test_the_list_needs_as_many_queries_for_fifty(self, page, staff, job):
        with CaptureQueriesContext(
            connection,
        ) as few:
            page.get(url("file_job_list"))
        rows = [FileJob(by=staff, park=staff.park, kind="t_quick", title=f"{n}", asked_at=AT) for n in range(49)]
        FileJob.objects.bulk_create(rows)
        with CaptureQueriesContext(connection) as many:
            assert page.get(url("file_job_list")).status_code == 200
        assert len(many) == len(few)


class TestLongList:
    @pytest.fixture
    def park(self, staff, monkeypatch):
        monkeypatch.setattr(projects, "MOST_AT_ONCE", 2)
        for _ in range(3):
            factories.project(staff.park)
        return staff.park

    def test_is_offered_in_the_background(self, page, staff, park):
        answer = page.get(reverse("projects:ledger_export"), {"sort": "-name"})
        assert answer["Content-Type"].startswith("text/html")
        context = answer.context
        job = making.ask(context["kind"], context["params"], title=context["title"], by=staff, at=AT)
        work.make(job.pk, now=lambda: AT)
        job.refresh_from_db()
        waited = b"".join(page.get(context["now_url"]).streaming_content)
        assert cells(job.file.read()) == cells(waited)

    def test_a_short_one_is_there_at_once(self, page, park):
        answer = page.get(reverse("projects:ledger_export"), {"template": "1"})
        assert "spreadsheet" in answer["Content-Type"]

    def test_a_unit_gets_its_own_rows(self, staff, park):
        unit = factories.user(park, "unit")
        mine = factories.project(park, responsible_unit=unit.organization, name="唯一的项目")
        job = making.ask(projects.KIND, {"query": ""}, title="", by=unit, at=AT)
        work.make(job.pk, now=lambda: AT)
        job.refresh_from_db()
        names = [row[1:6] for row in cells(job.file.read())[4:]]
        assert len(names) == 1
        assert mine.name in names[0]


def cells(content: bytes) -> list:
    return list(load_workbook(BytesIO(content)).active.iter_rows(values_only=True))

"""Pages of the bulletin: who sees what, what the buttons do, how many queries they take."""

import io
from copy import copy
from datetime import UTC, date, datetime

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import clock
from dispatch.models import Bulletin
from dispatch.reports import actions, issuing
from projects.models import Project
from tests import factories
from tests.dispatch import bulletin_park
from tests.dispatch.bulletin_park import AT
from tests.standing import standing

pytestmark = pytest.mark.django_db
TODAY = date(2026, 10, 30)


@pytest.fixture(autouse=True)
def a_day(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 10, 30, 8, tzinfo=UTC))


filled = standing(lambda: bulletin_park.fill(6))


@pytest.fixture
def park(filled, db):
    return copy(filled)


@pytest.fixture
def bulletin(park):
    return actions.draft_bulletin(park=park, year=2026, month=10, as_of=TODAY, by=None, at=AT)


def issued(bulletin):
    person = factories.user(bulletin.park)
    done = issuing.check(bulletin, by=person, at=AT, version=bulletin.version)
    return issuing.issue(done, by=person, at=AT, version=done.version)


def url(name, *args):
    return reverse(f"dispatch:bulletin_{name}", args=args)


def signed_in(client, park, role):
    person = factories.user(park, role)
    client.force_login(person)
    return person


@pytest.mark.parametrize(
    ("role", "draft", "final"),
    [("staff", 200, 200), ("leader", 200, 200), ("unit", 404, 200), ("enterprise", 404, 404)],
)
def test_who_reads_what(client, bulletin, role, draft, final):
    signed_in(client, bulletin.park, role)
    for name in ("detail", "download"):
        assert client.get(url(name, bulletin.pk)).status_code == draft
    issued(bulletin)
    for name in ("detail", "download"):
        assert client.get(url(name, bulletin.pk)).status_code == final
    assert client.get(url("list")).status_code == (404 if role == "enterprise" else 200)


def test_another_parks_bulletin_does_not_exist(client, bulletin):
    signed_in(client, factories.park(), "staff")
    issued(bulletin)
    assert client.get(url("detail", bulletin.pk)).status_code == 404
    assert url("detail", bulletin.pk) not in client.get(url("list")).content.decode()


def test_without_the_verb_it_is_forbidden(client, bulletin):
    person = signed_in(client, bulletin.park, "leader")
    person.role.verbs = []
    person.role.save()
    assert client.get(url("list")).status_code == 403


@pytest.mark.parametrize(("role", "status"), [("leader", 403), ("unit", 404), ("enterprise", 404)])
def test_only_the_centre_refreshes_and_issues(client, bulletin, role, status):
    signed_in(client, bulletin.park, role)
    for name in ("refresh", "issue"):
        assert client.post(url(name, bulletin.pk), {"version": 1}).status_code == status
    assert Bulletin.objects.get().version == 1


def test_drafting_from_the_list(client, park):
    person = signed_in(client, park, "staff")
    response = client.post(url("draft"), {"month": "2026-09"})
    made = Bulletin.objects.get()
    assert response.url == url("detail", made.pk)
    assert (made.year, made.month, made.as_of, made.created_by) == (2026, 9, date(2026, 9, 30), person)
    client.post(url("draft"), {"month": "2026-10"})
    assert Bulletin.objects.get(month=10).as_of == TODAY


@pytest.mark.parametrize("month", ["2026-11", "1999-01", "", "十月", "2026-10 "])
def test_a_month_that_is_not_offered_makes_nothing(client, park, month):
    signed_in(client, park, "staff")
    response = client.post(url("draft"), {"month": month}, follow=True)
    assert response.status_code == 200
    assert not Bulletin.objects.exists()


def test_refreshing(client, bulletin):
    signed_in(client, bulletin.park, "staff")
    client.post(url("refresh", bulletin.pk), {"version": 1})
    assert Bulletin.objects.get().version == 1
    Project.objects.update(physical_progress="主体封顶")
    client.post(url("refresh", bulletin.pk), {"version": 1})
    assert Bulletin.objects.get().version == 2
    assert client.post(url("refresh", bulletin.pk), {"version": 1}).status_code == 409
    assert client.post(url("refresh", bulletin.pk)).status_code == 409


def test_issuing_asks_first_and_takes_the_version_that_was_seen(client, bulletin):
    signed_in(client, bulletin.park, "staff")
    here = url("issue", bulletin.pk)
    values = {"number": 7, "send_to": "各部门", "copy_to": ""}
    assert client.post(here, values | {"version": 1}).status_code == 409  # nobody has checked it
    issuing.check(bulletin, by=factories.user(bulletin.park), at=AT, version=1)
    page = client.get(here).content.decode()
    assert 'name="number" value="1"' in page and 'name="version" value="2"' in page
    assert client.post(here, values | {"version": 9}).status_code == 409
    assert client.post(here, {"version": 2}).status_code == 422
    assert Bulletin.objects.get().state == "checked"
    assert client.post(here, values | {"version": 2}).url == url("detail", bulletin.pk)
    made = Bulletin.objects.get()
    assert (made.state, made.number, made.send_to) == ("issued", 7, "各部门")
    page = client.get(url("detail", bulletin.pk)).content.decode()
    assert here not in page and url("refresh", bulletin.pk) not in page


def test_the_file(client, bulletin):
    signed_in(client, bulletin.park, "staff")
    response = client.get(url("download", bulletin.pk))
    assert response["Content-Type"].endswith("spreadsheetml.sheet")
    assert "attachment" in response["Content-Disposition"]
    assert ".xlsx" in response["Content-Disposition"]
    assert openpyxl.load_workbook(io.BytesIO(response.content)).sheetnames[0] == "通报"


@pytest.mark.parametrize("annex", range(1, 7))
def test_the_annexes_on_screen_show_every_row(client, bulletin, annex):
    signed_in(client, bulletin.park, "leader")
    page = client.get(f"{url('detail', bulletin.pk)}?annex={annex}").content.decode()
    rows = bulletin.snapshot[f"annex{annex}"]
    rows = [row for group in rows["groups"] for row in group["rows"]] if annex == 1 else rows
    assert all((row.get("name") or row.get("number") or row["unit"]) in page for row in rows)


def test_the_text_is_on_the_page(client, bulletin):
    signed_in(client, bulletin.park, "leader")
    page = client.get(url("detail", bulletin.pk)).content.decode()
    for section in bulletin.snapshot["text"]["sections"]:
        assert section["heading"] in page


def test_an_unknown_annex_shows_the_text(client, bulletin):
    signed_in(client, bulletin.park, "leader")
    for wrong in ("0", "7", "x", "²", "-1"):
        assert "一、总体情况" in client.get(url("detail", bulletin.pk), {"annex": wrong}).content.decode()


@pytest.mark.slow
def test_queries_do_not_grow(client):
    used = []
    for n, size in enumerate((1, 3, 60)):
        park = bulletin_park.fill(size, seed=n)
        for month in range(1, 3 + n * 3):
            actions.draft_bulletin(park=park, year=2026, month=month, as_of=date(2026, month, 28), by=None, at=AT)
        signed_in(client, park, "staff")
        pk = Bulletin.objects.filter(park=park).first().pk
        for address in (url("list"), url("detail", pk), f"{url('detail', pk)}?annex=1", url("download", pk)):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            used.append((address.replace(str(pk), "N"), len(queries)))
    assert len(set(used)) == 4, used

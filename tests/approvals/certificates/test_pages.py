"""Pages of certificates: list, filters and workbook, the step's part, the project's panel, the two forms."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from approvals.models import Certificate
from projects.models import Milestone
from tests.approvals.cases import AT, TODAY, step_of
from tests.approvals.cases import project as project_with_steps

pytestmark = pytest.mark.django_db
LIST = "approvals:certificate_list"


@pytest.fixture(autouse=True)
def day(monkeypatch):
    monkeypatch.setattr("accounts.clock.today", lambda: TODAY)
    monkeypatch.setattr("accounts.clock.now", lambda: datetime(2026, 3, 2, 9, 0, tzinfo=UTC))


def certify(project, days, code="S02", **fields):
    values = {"kind": "start_by", "issued_on": date(2025, 6, 2), "valid_until": TODAY + timedelta(days=days), "at": AT}
    return Certificate.objects.create(project_step=step_of(project, code), **(values | fields))


def client(user):
    own = Client()
    own.force_login(user)
    return own


@pytest.fixture
def several(scene):
    """One expired, one to end in each of 30, 60 and 90 days and later, one whose construction has started."""
    made = [certify(project_with_steps(scene.park), days) for days in (-1, 30, 60, 90, 91)]
    started = project_with_steps(scene.park)
    Milestone.objects.create(project=started, stage="L08", actual_on=date(2026, 2, 2))
    made.append(certify(started, -1, state="fulfilled", state_on=date(2026, 2, 2)))
    return made


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({}, [0, 1, 2, 3, 4]), ({"when": "expired"}, [0]), ({"when": "30"}, [1]), ({"when": "60"}, [1, 2]),
        ({"when": "90"}, [1, 2, 3]), ({"when": "all"}, [0, 5, 1, 2, 3, 4]), ({"kind": "expires"}, []),
        ({"step": "S02", "when": "expired"}, [0]), ({"when": "nonsense"}, [0, 1, 2, 3, 4]),
    ],
)  # fmt: skip
def test_the_list_by_end_and_its_workbook(scene, several, query, numbers):
    page = client(scene.staff).get(reverse(LIST), query)
    assert [row.certificate.pk for row in page.context["rows"]] == [several[n].pk for n in numbers]
    answer = client(scene.staff).get(reverse("approvals:certificate_export"), query)
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert [row[6].value.date() for row in sheet.iter_rows(min_row=2)] == [several[n].valid_until for n in numbers]


def test_every_number_leads_to_exactly_its_rows(scene, several):
    own = client(scene.staff)
    for stat in own.get(reverse(LIST)).context["stats"]:
        assert own.get(stat["href"]).context["page_obj"].paginator.count == stat["number"] > 0


def test_search_by_project_and_number(scene):
    row = certify(scene.project, 10, number="环审7号")
    certify(project_with_steps(scene.park), 10)
    for q in ("环审7", scene.project.search_text):
        found = client(scene.staff).get(reverse(LIST), {"q": q}).context["rows"]
        assert [one.certificate.pk for one in found] == [row.pk]


def test_the_list_takes_the_same_queries_for_any_number_of_rows(scene, django_assert_num_queries):
    own = client(scene.staff)
    certify(scene.project, 10)
    own.get(reverse(LIST))
    counted = set()
    for n in (0, 20):
        for _n in range(n):
            certify(project_with_steps(scene.park), 10)
        with django_assert_num_queries(10):
            counted.add(own.get(reverse(LIST)).status_code)
    assert counted == {200}


@pytest.mark.parametrize(("person", "may"), [("staff", True), ("worker", True), ("leader", False), ("boss", False)])
def test_the_steps_page_offers_what_the_person_may_record(scene, person, may):
    running = certify(scene.project, 10, history=[{"on": "2026-01-05", "until": "x", "reason": "内部原因", "by": ""}])
    address = reverse("approvals:step", args=[scene.project.pk, "S02"])
    page = client(getattr(scene, person)).get(address, follow=True)
    text = page.content.decode()
    assert (reverse("approvals:certificate_renew", args=[running.pk]) in text) == may
    assert reverse("approvals:certificate_void", args=[running.pk]) not in text
    assert ("内部原因" in text) == (person != "boss")
    Certificate.objects.update(valid_until=TODAY - timedelta(days=1))
    text = client(getattr(scene, person)).get(address, follow=True).content.decode()
    assert (reverse("approvals:certificate_void", args=[running.pk]) in text) == may


def test_the_projects_panel_shows_the_first_end_first(scene):
    late, soon = certify(scene.project, 40), certify(scene.project, 10, "S03")
    page = client(scene.staff).get(reverse("projects:detail", args=[scene.project.pk]), {"tab": "papers"})
    text = page.content.decode()
    assert text.index(soon.valid_until.isoformat()) < text.index(late.valid_until.isoformat())


def test_recording_on_the_pages(scene):
    row = certify(scene.project, 29)
    address = reverse("approvals:certificate_renew", args=[row.pk])
    form = client(scene.worker).get(address).context["form"]
    assert form["until"].value() == date(2026, 6, 30)
    data = {"version": 1, "on": TODAY, "until": "2026-06-30", "reason": "冬季停工"}
    assert client(scene.worker).post(address, data | {"until": "2026-07-01"}).status_code == 422
    assert client(scene.worker).post(address, data).status_code == 302
    assert client(scene.worker).post(address, data).status_code == 409
    row.refresh_from_db()
    assert (row.valid_until, row.renewals) == (date(2026, 6, 30), 1)
    Certificate.objects.update(valid_until=TODAY - timedelta(days=1))
    address = reverse("approvals:certificate_void", args=[row.pk])
    assert client(scene.staff).post(address, {"version": 2, "on": TODAY, "reason": "过期"}).status_code == 302
    row.refresh_from_db()
    assert row.state == "void"

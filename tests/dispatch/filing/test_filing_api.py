"""Filings over the API: saved, handed in, returned, accepted; versions; the lock; other people's rows."""

from datetime import date

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from dispatch.files import keeping
from dispatch.filing import rounds
from dispatch.filing.models import Filing
from tests.dispatch.filing.filing_cases import AT, TODAY, handed_in, photo
from tests.dispatch.filing.filing_cases import case as make_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(monkeypatch):
    monkeypatch.setattr("accounts.clock.today", lambda: TODAY)
    monkeypatch.setattr("accounts.clock.now", lambda: AT)
    return make_case()


def call(person, method, name, pk=None, data=None, version=None):
    client = APIClient()
    client.force_authenticate(person)
    headers = {"If-Match": f'"{version}"'} if version else {}
    address = reverse(f"api:filing-{name}", args=[pk] if pk else [])
    return getattr(client, method)(address, data or {}, format="json", headers=headers)


def test_from_draft_to_register(case):
    filing = case.filing()
    keeping.attach(filing, photo(), role="photo", by=case.worker, at=AT)
    figures = {"month_10k": "300", "physical_percent": "40"}
    assert call(case.worker, "patch", "detail", filing.pk, figures).status_code == 428
    assert call(case.worker, "patch", "detail", filing.pk, figures, 9).status_code == 412
    saved = call(case.worker, "patch", "detail", filing.pk, figures, 1)
    assert (saved.status_code, saved["ETag"], saved.json()["state"]) == (200, '"2"', "draft")
    sent = call(case.worker, "post", "submit", filing.pk, version=2)
    assert (sent.json()["state"], sent.json()["ytd_10k"]) == ("submitted", "1500.0000")
    assert call(case.worker, "post", "accept", filing.pk, version=3).status_code == 403
    back = call(case.staff, "post", "return", filing.pk, {"reason": "照片看不清"}, 3)
    assert (back.json()["state"], back.json()["return_reason"]) == ("returned", "照片看不清")
    call(case.worker, "post", "submit", filing.pk, version=4)
    done = call(case.staff, "post", "accept", filing.pk, version=5)
    assert done.json()["state"] == "accepted" and case.built.investments.get(month=3).ytd_10k == 1500
    rows = call(case.staff, "get", "list", data={"state": "accepted"}).json()["results"]
    assert [row["project"]["name"] for row in rows] == [case.built.name] and rows[0]["month"] == 3


def test_many_are_accepted_each_by_itself_or_none(case):
    for project, person in ((case.built, case.worker), (case.own, case.owner)):
        handed_in(case, project, by=person)
    own, built = case.filing(case.own), case.filing()
    items = [{"id": own.pk, "version": own.version}, {"id": built.pk, "version": built.version + 1}]
    none = call(case.staff, "post", "bulk-accept", data={"items": items})
    assert (none.status_code, case.filing(case.own).state) == (409, "submitted")
    some = call(case.staff, "post", "bulk-accept", data={"items": items, "mode": "each"})
    assert (some.status_code, [one["status"] for one in some.json()["results"]]) == (207, [200, 412])
    assert (case.filing(case.own).state, case.filing().state) == ("accepted", "submitted")
    assert call(case.worker, "post", "bulk-accept", data={"items": items}).status_code == 403


def test_wrong_figures_and_the_lock(case):
    filing = case.filing()
    wrong = call(case.worker, "patch", "detail", filing.pk, {"physical_percent": "101"}, 1)
    assert wrong.status_code in (400, 422) and case.filing().version == 1
    assert call(case.worker, "patch", "detail", filing.pk, {"nothing": 1}, 1).status_code == 400
    assert call(case.worker, "post", "submit", filing.pk, version=1).status_code in (400, 409, 422)
    rounds.lock(case.round, by=None, at=AT, today=date(2026, 3, 31))
    locked = call(case.worker, "patch", "detail", filing.pk, {"month_10k": "1"}, 1)
    assert locked.status_code == 409 and "2026-03" in str(locked.json())
    assert call(case.worker, "get", "detail", filing.pk).json()["is_locked"] is True


def test_an_enterprise_reaches_its_own_and_no_other(case):
    own, other = case.filing(case.own), case.filing()
    assert [row["id"] for row in call(case.owner, "get", "list").json()["results"]] == [own.pk]
    assert call(case.owner, "patch", "detail", own.pk, {"month_10k": "5"}, 1).status_code == 200
    for person, pk in ((case.owner, other.pk), (case.other_owner, own.pk), (case.stranger, own.pk)):
        assert call(person, "get", "detail", pk).status_code == 404
        assert call(person, "patch", "detail", pk, {"month_10k": "5"}, 1).status_code == 404
    assert Filing.objects.get(pk=other.pk).version == 1

"""What happened to rows, the catalogue, the working calendar and many rows in one request."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.models import StepTransition
from dispatch.ledger import actions as ledger
from dispatch.ledger.models import LedgerComment, LedgerItem
from tests import factories
from tests.factories import AT, TODAY


def add_transitions(step, by, n):
    rows = [
        StepTransition(project_step=step, verb="note", from_state=1, to_state=1, on=TODAY, note=f"{i}", by=by, at=AT)
        for i in range(n)
    ]
    StepTransition.objects.bulk_create(rows)


def test_the_history_of_a_step_is_one_query_whatever_its_length(scene):
    step = scene.project.steps.first()
    counted = []
    for more in (1, 2, 57):
        add_transitions(step, scene.staff_user, more)
        with CaptureQueriesContext(connection) as queries:
            rows = scene.staff.get(f"steps/{step.pk}/history/").json()
        counted.append(len(queries))
        assert [row["id"] for row in rows] == sorted(row["id"] for row in rows)
    assert len(rows) == 60
    assert len(set(counted)) == 1
    assert rows[-1] | {"id": 0, "at": ""} == {
        "id": 0, "verb": "note", "from_state": 1, "to_state": 1, "on": "2026-03-02", "note": "56", "at": "",
        "by": {"id": scene.staff_user.pk, "name": str(scene.staff_user)},
    }  # fmt: skip


def test_histories_are_for_insiders_of_the_row(scene):
    path = f"steps/{scene.project.steps.first().pk}/history/"
    assert scene.boss.get(path).status_code == 403
    assert scene.nobody.get(path).status_code == 401
    assert scene.staff.get("steps/999999/history/").status_code == 404
    assert scene.boss.get(f"projects/{scene.project.pk}/schedule/history/").status_code == 403
    assert scene.staff.get(f"projects/{scene.project.pk}/schedule/history/").json() == []


def test_a_plan_tells_what_was_changed(scene):
    goal = {"target_on": "2027-06-30"}
    assert scene.staff.patch(f"projects/{scene.project.pk}/schedule/", goal, version=0).status_code == 200
    (row,) = scene.staff.get(f"projects/{scene.project.pk}/schedule/history/").json()
    assert row["by"]["id"] == scene.staff_user.pk
    assert "2027-06-30" in [change["new"] for change in row["changes"]]


def test_the_catalogue_in_force_and_its_guide(scene):
    answer = scene.boss.get("catalogue/").json()
    codes = [step["code"] for step in answer["steps"]]
    assert (len(codes), len(set(codes))) == (scene.project.steps.count(), scene.project.steps.count())
    with CaptureQueriesContext(connection) as queries:
        guide = scene.boss.get(f"catalogue/steps/{codes[-1]}/").json()
    assert len(queries) <= 16
    assert guide["code"] == codes[-1]
    assert set(guide["after"]) <= set(codes)
    assert guide["documents"]
    assert scene.boss.get("catalogue/steps/S999/").status_code == 404


def test_the_working_calendar(scene):
    years = scene.boss.get("workdays/").json()
    assert 2026 in [year["year"] for year in years]
    table = scene.boss.get("workdays/2026/").json()
    assert {k: table["days"][0][k] for k in ("on", "is_workday")} == {"on": "2026-01-01", "is_workday": False}
    assert any(day["is_workday"] for day in table["days"])
    assert scene.boss.get("workdays/1900/").status_code == 404
    assert scene.boss.get(f"workdays/{10**30}/").status_code == 404


@pytest.fixture
def items(scene):
    words = {"park": scene.park, "by": scene.staff_user, "at": AT, "on": TODAY}
    return [ledger.register(title=f"事项 {number}", **words) for number in range(3)]


def given(scene, item, **more):
    return {"id": item.pk, "version": item.version, "unit": scene.unit.pk, "due_on": "2026-03-20"} | more


def test_many_items_are_assigned_or_none(scene, items):
    stale = [given(scene, items[0]), given(scene, items[1], version=9)]
    assert scene.staff.post("ledger-items/bulk-assign/", {"items": stale}).status_code == 409
    assert set(LedgerItem.objects.values_list("unit", flat=True)) == {None}
    answer = scene.staff.post("ledger-items/bulk-assign/", {"items": stale, "mode": "each"})
    assert (answer.status_code, [one["status"] for one in answer.json()["results"]]) == (207, [200, 412])
    rest = {"items": [given(scene, item) for item in items[1:]]}
    assert scene.worker.post("ledger-items/bulk-assign/", rest).status_code == 403
    assert scene.staff.post("ledger-items/bulk-assign/", rest).status_code == 200
    assert set(LedgerItem.objects.values_list("unit", flat=True)) == {scene.unit.pk}


def test_a_unit_of_another_park_is_none(scene, items):
    foreign = factories.organization(factories.park(), "unit")
    body = {"items": [given(scene, items[0], unit=foreign.pk)]}
    assert scene.staff.post("ledger-items/bulk-assign/", body).status_code == 400


def test_the_same_is_said_of_many_items(scene, items):
    body = {"items": [{"id": item.pk, "version": item.version, "text": "请抓紧"} for item in items]}
    assert scene.staff.post("ledger-items/bulk-comment/", body).status_code == 200
    assert LedgerComment.objects.filter(text="请抓紧", by=scene.staff_user).count() == 3

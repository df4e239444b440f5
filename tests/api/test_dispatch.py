"""Ledger items, warnings and bulletins over the API."""

import io
from datetime import date

import pytest
from openpyxl import load_workbook

from dispatch.ledger.models import LedgerItem
from dispatch.reports.workbook import render
from dispatch.warnings.models import Warning
from tests import factories
from tests.api.conftest import Api


@pytest.fixture
def item(scene):
    data = {"title": "协调用地", "project": scene.project.pk, "unit": scene.unit.pk, "due_on": "2026-03-20"}
    response = scene.staff.post("ledger-items/", data)
    assert response.status_code == 201
    return response.json()


def test_register_and_show(scene, item):
    assert (item["number"], item["state"], item["version"]) == ("WT-2026-0001", "assigned", 1)
    assert item["missing_elements"] == ["leader", "measures", "dates", "standard", "reward_penalty"]
    assert scene.worker.get(f"ledger-items/{item['id']}/").json()["title"] == "协调用地"
    assert scene.boss.get(f"ledger-items/{item['id']}/").status_code == 404
    assert scene.boss.get("ledger-items/").json()["results"] == []
    assert LedgerItem.objects.get().history.get().by == scene.staff_user


def test_a_leaders_item_is_an_instruction(scene):
    body = scene.leader.post("ledger-items/", {"title": "限期开工"}).json()
    assert (body["source"], body["state"]) == ("instruction", "registered")


def test_who_may_not_register(scene):
    for api in (scene.worker, scene.boss):
        assert api.post("ledger-items/", {"title": "x"}).status_code == 403
    assert not LedgerItem.objects.exists()


def test_the_way_of_an_item(scene, item):
    path = f"ledger-items/{item['id']}/move/"
    verifier = Api(factories.user(scene.park, "staff"))
    way = [
        (scene.worker, {"verb": "sign"}, "signed"),
        (scene.worker, {"verb": "progress", "note": "已现场踏勘"}, "working"),
        (verifier, {"verb": "extend", "workdays": 3, "reason": "雨季"}, "working"),
        (scene.worker, {"verb": "ask_close", "evidence": "协议已签"}, "closing"),
        (verifier, {"verb": "close", "note": "核实"}, "closed"),
        (verifier, {"verb": "reopen", "reason": "反复"}, "returned"),
    ]
    for version, (api, data, state) in enumerate(way, start=1):
        response = api.post(path, data, version=version)
        assert (response.status_code, response.json().get("state")) == (200, state), response.json()
    body = scene.staff.get(f"ledger-items/{item['id']}/").json()
    assert (body["due_on"], body["extended_wd"]) == ("2026-03-25", 3)


def test_what_goes_with_a_verb(scene, item):
    path = f"ledger-items/{item['id']}/move/"
    wrong = scene.worker.post(path, {"verb": "progress", "workdays": 3}, version=1)
    assert (wrong.status_code, set(wrong.json()["errors"])) == (400, {"note", "workdays"})
    assert scene.worker.post(path, {"verb": "close"}, version=1).status_code == 403
    assert scene.staff.post(path, {"verb": "close"}, version=1).status_code == 409
    stranger = Api(factories.user(scene.park, "unit"))
    assert stranger.post(path, {"verb": "sign"}, version=1).status_code == 404


def test_change_before_and_after_assigning(scene, item):
    path = f"ledger-items/{item['id']}/"
    assert scene.staff.patch(path, {"leader": "王主任"}, version=1).json()["leader"] == "王主任"
    assert scene.staff.patch(path, {"due_on": "2026-05-01"}, version=2).status_code == 409
    assert scene.staff.patch(path, {"leader": "李"}, version=1).status_code == 412
    assert scene.worker.patch(path, {"leader": "李"}, version=2).status_code == 403


def test_filters(scene, item):
    scene.staff.post("ledger-items/", {"title": "未派", "kind": "task"})
    counts = {
        "": 2, "?open=true": 2, "?open=false": 0, "?late=true": 0, "?state=assigned": 1, "?kind=task": 1,
        f"?project={scene.project.pk}": 1, f"?unit={scene.unit.pk}": 1, "?q=协调": 1, "?q=不存在": 0,
        "?waiting=true": 1,
    }  # fmt: skip
    found = {query: len(scene.staff.get(f"ledger-items/{query}").json()["results"]) for query in counts}
    assert found == counts


@pytest.fixture
def warning(scene):
    return Warning.objects.create(
        park=scene.park, project=scene.project, unit=scene.unit, rule="step_late", object_type="step", object_id=1,
        label="S01", due_on=date(2026, 2, 10), level="yellow", since_on=date(2026, 2, 11),
    )  # fmt: skip


def test_warnings(scene, warning):
    row = scene.worker.get("warnings/?active=true&level=yellow").json()["results"][0]
    assert (row["id"], row["project"]["id"], row["due_on"]) == (warning.pk, scene.project.pk, "2026-02-10")
    assert scene.worker.get("warnings/?active=false").json()["results"] == []
    assert scene.boss.get("warnings/").json()["results"] == []
    assert scene.boss.get(f"warnings/{warning.pk}/").status_code == 404
    assert scene.staff.post("warnings/", {}).status_code == 405


def test_a_bulletin_from_draft_to_issue(scene):
    draft = scene.staff.post("bulletins/", {"year": 2026, "month": 2})
    body = draft.json()
    assert (draft.status_code, body["state"], body["as_of"]) == (201, "draft", "2026-02-28")
    path = f"bulletins/{body['id']}/"
    assert scene.worker.get(path).status_code == 404  # units read what has been issued
    assert scene.boss.get(path).status_code == 403
    again = scene.staff.post("bulletins/", {"year": 2026, "month": 2}).json()
    assert (again["id"], again["version"], again["sha256"]) == (body["id"], 1, body["sha256"])

    assert scene.leader.post(f"{path}issue/", version=1).status_code == 403
    assert scene.staff.post(f"{path}issue/", version=7).status_code == 412
    assert scene.staff.post(f"{path}issue/", version=1).status_code == 409  # nobody has checked it
    assert scene.staff.post(f"{path}check/", version=1).status_code == 409  # who drafted it does not check it
    second = Api(factories.user(scene.park, "staff"))
    checked = second.post(f"{path}check/", version=1).json()
    assert (checked["state"], checked["version"]) == ("checked", 2)
    issued = scene.staff.post(f"{path}issue/", {"number": 4, "copy_to": "管委会"}, version=2)
    assert (issued.status_code, issued.json()["state"], issued.json()["number"]) == (200, "issued", 4)
    assert issued.json()["copy_to"] == issued.json()["snapshot"]["final"]["copy_to"] == "管委会"
    assert scene.staff.post(f"{path}issue/", version=3).status_code == 409
    assert scene.staff.post("bulletins/", {"year": 2026, "month": 2}).status_code == 409
    snapshot = scene.worker.get(path).json()["snapshot"]
    assert snapshot.pop("final")["number"] == 4
    assert snapshot == body["snapshot"]
    texts = [row["text"] for row in issued.json()["sentences"]]
    assert texts == [row["text"] for row in body["sentences"]] and len(texts) > 15
    assert "snapshot" not in scene.worker.get("bulletins/").json()["results"][0]


def test_a_bulletin_as_a_workbook_is_its_snapshot(scene):
    body = scene.staff.post("bulletins/", {"year": 2026, "month": 2}).json()
    response = scene.leader.get(f"bulletins/{body['id']}/download/")
    raw = b"".join(response.streaming_content)
    assert response["Content-Type"].endswith("spreadsheetml.sheet")
    assert raw == render(body["snapshot"])
    assert load_workbook(io.BytesIO(raw)).sheetnames[0] == "通报"


@pytest.mark.parametrize("data", [{}, {"year": 2026, "month": 13}, {"year": 2026, "month": 2, "as_of": "2026-03-05"}])
def test_months_that_cannot_be(scene, data):
    assert scene.staff.post("bulletins/", data).status_code == 400


def test_a_month_to_come_is_refused(scene):
    assert scene.staff.post("bulletins/", {"year": 2026, "month": 4}).status_code == 409

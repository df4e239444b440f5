"""Moving up, extensions, comments and history of ledger items over the API."""

import pytest

from dispatch.ledger.models import LedgerComment
from tests import factories
from tests.api.conftest import Api


@pytest.fixture
def item(scene):
    data = {"title": "协调用地", "project": scene.project.pk, "unit": scene.unit.pk, "due_on": "2026-03-20"}
    return scene.staff.post("ledger-items/", data).json()


def test_moved_up_and_taken_up_again(scene, item):
    path = f"ledger-items/{item['id']}/move/"
    assert scene.worker.post(path, {"verb": "hang", "reason": "x"}, version=1).status_code == 403
    assert scene.worker.post(path, {"verb": "ask_hang", "reason": "跨区"}, version=1).status_code == 200
    assert scene.staff.post(path, {"verb": "refuse_hang", "reason": "本级可办"}, version=2).status_code == 200
    body = scene.staff.post(path, {"verb": "hang", "reason": "需省厅"}, version=3).json()
    assert (body["state"], body["tier"], body["hung_on"]) == ("hung", 2, "2026-03-02")
    assert scene.staff.get("ledger-items/?state=hung").json()["results"][0]["id"] == item["id"]
    assert scene.leader.post(path, {"verb": "take_up"}, version=4).status_code == 400
    body = scene.leader.post(path, {"verb": "take_up", "note": "已定", "due_on": "2026-05-20"}, version=4).json()
    assert (body["state"], body["tier"], body["due_on"], body["version"]) == ("working", 1, "2026-05-20", 5)


def test_an_extension_is_asked_for_and_decided(scene, item):
    path = f"ledger-items/{item['id']}/move/"
    ask = {"verb": "ask_extension", "workdays": 3, "reason": "雨季"}
    assert scene.worker.post(path, ask | {"workdays": 11}, version=1).status_code == 400
    assert scene.worker.post(path, ask, version=1).json()["due_on"] == "2026-03-20"
    assert scene.worker.post(path, ask, version=2).status_code == 409
    grant = {"verb": "extend", "workdays": 3, "reason": "同意"}
    assert scene.worker.post(path, grant, version=2).status_code == 403
    body = scene.staff.post(path, grant, version=2).json()
    assert (body["due_on"], body["extended_wd"]) == ("2026-03-25", 3)
    assert scene.staff.post(path, {"verb": "refuse_extension", "reason": "x"}, version=3).status_code == 409


def test_comments(scene, item):
    path = f"ledger-items/{item['id']}/comments/"
    made = scene.worker.post(path, {"text": f"@{scene.staff_user} 请看", "mentioned": []})
    assert (made.status_code, [each["id"] for each in made.json()["mentions"]]) == (201, [scene.staff_user.pk])
    rows = scene.staff.get(path).json()
    assert [(row["text"], row["by"]["id"]) for row in rows] == [(f"@{scene.staff_user} 请看", scene.unit_user.pk)]
    for data in ({}, {"text": " "}, {"text": "x", "by": 1}, {"text": "x", "mentioned": [999999]}):
        assert scene.worker.post(path, data).status_code == 400
    stranger = factories.user(scene.park, "unit")
    assert scene.staff.post(path, {"text": "x", "mentioned": [stranger.pk]}).status_code == 409
    for api in (scene.boss, Api(stranger)):
        assert (api.get(path).status_code, api.post(path, {"text": "x"}).status_code) == (404, 404)
    assert LedgerComment.objects.count() == 1


def test_history(scene, item):
    scene.worker.post(f"ledger-items/{item['id']}/move/", {"verb": "sign"}, version=1)
    rows = scene.worker.get(f"ledger-items/{item['id']}/history/").json()
    assert [(row["verb"], row["to_state"]) for row in rows] == [("register", "assigned"), ("sign", "signed")]
    assert rows[1]["by"]["id"] == scene.unit_user.pk
    assert scene.boss.get(f"ledger-items/{item['id']}/history/").status_code == 404

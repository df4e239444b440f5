"""Approval steps over the API."""

from datetime import date

import pytest

from approvals.models import StepTransition
from tests.approvals.cases import finish

INTERNAL = {"note"}


@pytest.fixture
def step(scene):
    row = scene.project.steps.select_related("step").get(code="S01")
    row.unit = scene.unit
    row.save()
    return row


def test_list_in_words(scene, step):
    body = scene.boss.get(f"steps/?project={scene.project.pk}").json()
    assert len(body["results"]) == 22
    first = body["results"][0]
    assert (first["code"], first["state"], first["state_name"]) == ("S01", 0, "未开始")
    assert (first["unit"]["id"], first["due_on"], first["days_left"], first["light"]) == (scene.unit.pk, None, None, "")


def test_moving_a_step_is_the_action_of_the_page(scene, step):
    path = f"steps/{step.pk}/move/"
    received = scene.worker.post(path, {"verb": "receive", "on": "2026-02-02"}, version=1)
    assert (received.status_code, received.json()["state"], received["ETag"]) == (200, 1, '"2"')
    accepted = scene.worker.post(path, {"verb": "accept", "on": "2026-02-02"}, version=2)
    body = accepted.json()
    assert (body["state"], body["accepted_on"], body["light"]) == (3, "2026-02-02", "red")
    assert body["days_left"] < 0
    history = StepTransition.objects.filter(project_step=step).order_by("pk").values_list("verb", "by")
    assert list(history) == [("receive", scene.unit_user.pk), ("accept", scene.unit_user.pk)]
    assert [row["code"] for row in scene.worker.get("steps/?late=true").json()["results"]] == ["S01"]
    assert len(scene.staff.get("steps/?late=false").json()["results"]) == 21
    assert len(scene.staff.get("steps/?state=3&state=1").json()["results"]) == 1
    assert len(scene.staff.get(f"steps/?unit={scene.unit.pk}").json()["results"]) == 1


def test_a_wrong_state_is_409_and_changes_nothing(scene, step):
    response = scene.staff.post(f"steps/{step.pk}/move/", {"verb": "accept", "on": "2026-02-02"}, version=1)
    assert response.status_code == 409
    assert "受理" in response.json()["detail"] or response.json()["detail"]
    step.refresh_from_db()
    assert (step.state, step.version) == (0, 1)


def test_every_reason_of_a_refusal_is_listed(scene, step):
    path = f"steps/{step.pk}/move/"
    scene.staff.post(path, {"verb": "receive", "on": "2026-02-02"}, version=1)
    response = scene.staff.post(path, {"verb": "refuse_acceptance", "on": "2026-03-09"}, version=2)
    assert response.status_code == 409
    assert len(response.json()["reasons"]) == 2


def test_warnings_have_to_be_acknowledged_by_name(scene):
    row = scene.project.steps.get(code="S09")
    path = f"steps/{row.pk}/move/"
    scene.staff.post(path, {"verb": "receive", "on": "2026-02-02"}, version=1)
    accept = {"verb": "accept", "on": "2026-02-02"}
    asked = scene.staff.post(path, accept, version=2)
    assert (asked.status_code, asked.json()["type"].split(":")[-1]) == (409, "needs-acknowledgement")
    codes = asked.json()["codes"]
    done = scene.staff.post(path, accept | {"acknowledge": codes}, version=2)
    assert (done.status_code, done.json()["state"]) == (200, 3)


def test_a_unit_handles_its_own_steps_only(scene, step):
    other = scene.project.steps.get(code="S02")
    data = {"verb": "receive", "on": "2026-02-02"}
    assert scene.worker.post(f"steps/{other.pk}/move/", data, version=1).status_code == 403
    assert scene.boss.post(f"steps/{step.pk}/move/", data, version=1).status_code == 403
    assert scene.leader.post(f"steps/{step.pk}/move/", data, version=1).status_code == 403
    assert (
        scene.staff.post(f"steps/{other.pk}/move/", {"verb": "undo", "on": "2026-02-02"}, version=1).status_code == 400
    )


def test_revoking_needs_its_own_verb(scene, step):
    finish(scene.project, "S01", on=date(2026, 1, 5))
    step.refresh_from_db()
    data = {"verb": "revoke", "on": "2026-02-02", "note": "材料虚假"}
    assert scene.worker.post(f"steps/{step.pk}/move/", data, version=step.version).status_code == 403
    assert scene.staff.post(f"steps/{step.pk}/move/", data, version=step.version).json()["state"] == 15


def test_papers(scene, step):
    papers = scene.boss.get(f"steps/{step.pk}/documents/").json()
    asked = step.step.documents.order_by("seq")
    assert [paper["code"] for paper in papers] == [row.code for row in asked]
    assert all(paper["given"] is None for paper in papers)

    path = f"steps/{step.pk}/documents/{papers[0]['requirement']}/"
    data = {"state": "supplied", "on": "2026-02-02", "note": "仅内部"}
    assert scene.worker.post(path, data, version=1).status_code == 200
    given = scene.boss.get(f"steps/{step.pk}/documents/").json()[0]["given"]
    assert (given["state"], given["supplied_on"]) == ("supplied", "2026-02-02")
    assert not INTERNAL & set(given)
    assert scene.staff.get(f"steps/{step.pk}/documents/").json()[0]["given"]["note"] == "仅内部"
    assert scene.worker.post(path, data, version=1).status_code == 412


def test_a_paper_of_another_step_is_absent(scene, step):
    foreign = scene.project.steps.select_related("step").get(code="S11").step.documents.first()
    data = {"state": "supplied", "on": "2026-02-02"}
    assert scene.staff.post(f"steps/{step.pk}/documents/{foreign.pk}/", data, version=1).status_code == 404

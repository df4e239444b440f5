"""A project's plan over the API: what the page shows, the same actions, versions named."""

import pytest

from dispatch.models import LedgerItem, PlanBaseline, PlanForecast, PlanTask
from tests import factories
from tests.api.conftest import Api


@pytest.fixture
def path(scene):
    return f"projects/{scene.project.pk}/schedule/"


def tasks(body):
    return {task["key"]: task for task in body["tasks"]}


def test_the_schedule_of_a_project_nobody_has_planned(scene, path):
    answer = scene.worker.get(path)
    body = answer.json()
    assert (answer.status_code, answer["ETag"]) == (200, '"0"')
    assert (body["version"], body["goal"], body["target_on"], body["as_of"]) == (0, "L08", None, "2026-03-02")
    assert body["chain"][-1] == "L08"
    assert tasks(body)["L08"]["finish"] == body["goal_on"]
    assert all(tasks(body)[key]["is_critical"] for key in body["chain"])


def test_set_a_target_and_read_the_shortfall(scene, path):
    answer = scene.staff.patch(path, {"target_on": "2026-03-20"}, version=0)
    body = answer.json()
    assert answer.status_code == 200
    assert (body["version"], body["target_on"]) == (1, "2026-03-20")
    assert body["short_wd"] > 0
    assert "target_short" in {conflict["problem"] for conflict in body["conflicts"]}
    kept = PlanForecast.objects.get(project=scene.project)
    assert (kept.short_wd, kept.goal_on.isoformat()) == (body["short_wd"], body["goal_on"])
    listed = scene.staff.get("plan-forecasts/?short=true").json()["results"]
    assert [(row["project"]["id"], row["short_wd"]) for row in listed] == [(scene.project.pk, body["short_wd"])]
    assert scene.staff.get("plan-forecasts/?short=false").json()["results"] == []


def test_a_task_and_a_link_change(scene, path):
    before = tasks(scene.staff.get(path).json())
    body = scene.staff.patch(f"{path}tasks/S12/", {"duration_wd": 30, "person_name": "王工"}, version=0).json()
    assert (tasks(body)["S12"]["duration_wd"], tasks(body)["S12"]["person"]) == (30, "王工")
    assert tasks(body)["S12"]["duration_from"] == "own"
    assert tasks(body)["S14"]["start"] > before["S14"]["start"]
    link = {"before": "S15", "after": "S17", "kind": "fs", "lag_wd": 2}
    assert scene.staff.post(f"{path}links/", link, version=1).json()["version"] == 2
    circle = scene.staff.post(f"{path}links/", {"before": "S17", "after": "S12"}, version=2)
    assert circle.status_code in (400, 409)
    assert scene.staff.get(path).json()["version"] == 2


def test_levers_are_listed_and_pulled(scene, path):
    scene.staff.patch(path, {"target_on": "2026-03-20"}, version=0)
    offered = scene.worker.get(f"{path}levers/").json()
    useful = [row["code"] for row in offered if row["gain_wd"] > 0]
    assert useful
    before = scene.staff.get(path).json()
    answer = scene.staff.post(f"{path}levers/", {"levers": useful[:1]}, version=1)
    body = answer.json()
    assert (answer.status_code, body["levers"], body["version"]) == (200, useful[:1], 2)
    assert body["goal_on"] < before["goal_on"]
    assert LedgerItem.objects.get().source == LedgerItem.Source.PLAN
    unknown = scene.staff.post(f"{path}levers/", {"levers": ["commit:S99"]}, version=2)
    assert (unknown.status_code, list(unknown.json()["errors"])) == (400, ["levers"])


def test_baselines_are_versions(scene, path):
    scene.staff.patch(path, {"target_on": "2027-12-31"}, version=0)
    answer = scene.staff.post(f"{path}baselines/", {"reason": "年度计划", "latest": True}, version=1)
    assert answer.status_code == 200
    assert tasks(answer.json())["L08"]["baseline_finish"] == "2027-12-31"
    listed = scene.worker.get(f"{path}baselines/").json()
    assert [(row["number"], row["reason"]) for row in listed] == [(1, "年度计划")]


@pytest.mark.parametrize(
    ("what", "data"),
    [("", {"target_on": "2026-05-01"}), ("tasks/S12/", {"duration_wd": 3}),
     ("links/", {"before": "S15", "after": "S17"}), ("levers/", {"levers": ["commit:S10"]}),
     ("baselines/", {"reason": "x"})],
)  # fmt: skip
def test_who_may_not_and_versions(scene, path, what, data):
    def send(api, version):
        return (api.post if what in ("links/", "levers/", "baselines/") else api.patch)(path + what, data, version)

    stranger = Api(factories.user(factories.park(), "staff"))
    assert send(stranger, 0).status_code == 404
    assert send(scene.boss, 0).status_code == 403
    assert send(scene.worker, 0).status_code == 403
    assert send(scene.leader, 0).status_code == 403
    assert send(scene.staff, None).status_code == 428
    assert send(scene.staff, 7).status_code in (400, 412)
    assert not PlanTask.objects.exists()
    assert not PlanBaseline.objects.exists()


@pytest.mark.parametrize("what", ["", "levers/", "baselines/"])
def test_nobody_else_reads_a_plan(scene, path, what):
    stranger = Api(factories.user(factories.park(), "staff"))
    assert stranger.get(path + what).status_code == 404
    assert scene.boss.get(path + what).status_code == 403
    assert scene.boss.get("plan-forecasts/").json()["results"] == []


@pytest.mark.parametrize(
    "data",
    [{"duration_wd": -1}, {"duration_wd": 10**30}, {"planned_on": "gestern"}, {"finished_on": "2026-01-01"},
     {"fixed_on": "2026-05-01"}, {"person_name": "x" * 61}],
)  # fmt: skip
def test_what_makes_no_sense_is_named_and_changes_nothing(scene, path, data):
    answer = scene.staff.patch(f"{path}tasks/S12/", data, version=0)
    assert answer.status_code == 400
    assert answer["Content-Type"].startswith("application/problem+json")
    assert answer.json()["errors"]
    assert scene.staff.patch(f"{path}tasks/NIX/", {"duration_wd": 1}, version=0).status_code in (400, 404)
    assert not PlanTask.objects.exists()

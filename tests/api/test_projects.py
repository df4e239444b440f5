"""Projects and milestones over the API: the same actions as the pages, with their history."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import User
from projects.models import ProjectChange
from tests import factories
from tests.api.conftest import Api

INTERNAL = {"remark", "issue", "next_work", "physical_progress", "physical_percent", "light"}
ENTERPRISE_FIELDS = {
    "id", "version", "code", "name", "enterprise", "industry", "nature", "level", "stage", "stage_name",
    "stage_entered_on", "pool", "status", "status_name", "responsible_unit", "total_investment_10k", "updated_at",
    "location", "content", "period_start_on", "period_end_on", "contact_name", "contact_phone",
    "equipment_investment_10k", "invested_before_10k", "land_mu", "floor_area_m2", "has_new_construction_land",
    "annual_energy_tce", "annual_power_10k_kwh", "hazardous_chemical", "earthwork_m3", "soil_erosion_area",
    "eia_class", "special_fire_project", "has_civil_building", "building_scale", "works_investment_10k",
    "permit_class", "status_since_on", "enrolled", "enrolled_on", "annual_plans", "investments", "created_at",
}  # fmt: skip


@pytest.fixture
def path(scene):
    return f"projects/{scene.project.pk}/"


def test_fields_by_role(scene, path):
    assert set(scene.boss.get(path).json()) == ENTERPRISE_FIELDS
    assert set(scene.staff.get(path).json()) == ENTERPRISE_FIELDS | INTERNAL
    assert set(scene.worker.get(path).json()) == ENTERPRISE_FIELDS | INTERNAL
    assert not INTERNAL & set(scene.boss.get("projects/").json()["results"][0])


def test_an_enterprise_cannot_ask_about_what_it_is_not_shown(scene):
    for query in ("light=red", "stale=true"):
        assert len(scene.boss.get(f"projects/?{query}").json()["results"]) == 1, query
    assert len(scene.staff.get("projects/?light=red").json()["results"]) == 0


def test_register(scene):
    data = {"name": "新材料基地", "enterprise_name": "海川材料有限公司", "total_investment_10k": "12000.5",
            "responsible_unit": scene.unit.pk, "hazardous_chemical": False}  # fmt: skip
    response = scene.staff.post("projects/", data)
    assert response.status_code == 201
    body = response.json()
    assert (body["total_investment_10k"], body["version"], response["ETag"]) == ("12000.5000", 1, '"1"')
    assert body["enterprise"]["name"] == "海川材料有限公司"
    assert len(scene.staff.get(f"steps/?project={body['id']}").json()["results"]) == 22
    assert ProjectChange.objects.get(project=body["id"]).by == scene.staff_user


def test_a_name_in_use_is_an_error_of_that_field(scene):
    response = scene.staff.post("projects/", {"name": scene.project.name})
    assert (response.status_code, list(response.json()["errors"])) == (400, ["name"])


def test_enterprise_and_its_name_together_are_refused(scene):
    data = {"name": "新", "enterprise": scene.enterprise.pk, "enterprise_name": "另一家"}
    assert list(scene.staff.post("projects/", data).json()["errors"]) == ["enterprise_name"]


def test_a_unit_reports_progress_and_nothing_else(scene, path):
    done = scene.worker.patch(path, {"physical_progress": "主体封顶"}, version=1)
    assert (done.status_code, done.json()["physical_progress"]) == (200, "主体封顶")
    assert scene.worker.patch(path, {"name": "改名"}, version=2).status_code == 403
    assert scene.boss.patch(path, {"physical_progress": "x"}, version=2).status_code == 403
    scene.project.refresh_from_db()
    assert scene.project.version == 2


def test_a_closed_gate_names_what_is_missing(scene, path):
    data = {"stage": "L08", "on": "2026-03-01", "evidence": "照片"}
    refused = scene.staff.post(f"{path}enter-stage/", data, version=1)
    body = refused.json()
    assert (refused.status_code, body["type"]) == (409, "urn:project-navigator:problem:gate-closed")
    assert {"code", "text", "final"} == set(body["missing"][0])

    passed = scene.staff.post(f"{path}enter-stage/", data | {"override_reason": "市领导批示先建后验"}, version=1)
    assert (passed.status_code, passed.json()["stage"]) == (200, "L08")
    assert scene.project.stage_entries.get(stage="L08").override_reason == "市领导批示先建后验"


def test_suspend_resume_terminate(scene, path):
    data = {"on": "2026-03-01", "reason": "资金链"}
    for n, (verb, status) in enumerate(
        [("suspend", "suspended"), ("resume", "active"), ("terminate", "terminated")], start=1
    ):
        response = scene.staff.post(f"{path}{verb}/", data, version=n)
        assert (response.status_code, response.json()["status"]) == (200, status)
    assert scene.staff.post(f"{path}suspend/", data, version=4).status_code == 409
    assert scene.staff.post(f"{path}suspend/", {"on": "2026-03-01"}, version=4).status_code == 400


def test_report_investment_asks_before_it_believes(scene, path):
    report = {"year": 2026, "month": 1, "ytd_10k": "500"}
    assert scene.worker.post(f"{path}report-investment/", report, version=1).status_code == 200
    odd = {"year": 2026, "month": 2, "ytd_10k": "400"}
    response = scene.worker.post(f"{path}report-investment/", odd, version=2)
    assert (response.status_code, response.json()["type"].split(":")[-1]) == (409, "needs-acknowledgement")
    assert response.json()["warnings"]
    done = scene.worker.post(f"{path}report-investment/", odd | {"acknowledged": True}, version=2)
    assert [row["ytd_10k"] for row in done.json()["investments"]] == ["500.0000", "400.0000"]
    assert scene.project.investments.get(month=2).ytd_10k == Decimal(400)


def test_another_unit_reports_nothing(scene, path):
    other = Api(factories.user(scene.park, "unit"))
    assert other.post(f"{path}report-investment/", {}, version=1).status_code == 404


def test_milestones(scene, path):
    done = scene.staff.patch(f"{path}milestones/L08/", {"baseline_on": "2026-06-30"}, version=1)
    assert (done.status_code, done["ETag"]) == (200, '"2"')
    listed = scene.boss.get(f"{path}milestones/")
    assert listed["ETag"] == '"2"'
    assert [(row["stage"], row["due_on"]) for row in listed.json()] == [("L08", "2026-06-30")]
    assert "evidence" not in listed.json()[0]

    moved = {"baseline_on": "2026-07-31"}
    assert list(scene.staff.patch(f"{path}milestones/L08/", moved, version=2).json()["errors"]) == ["reason"]
    reasoned = scene.staff.patch(f"{path}milestones/L08/", moved | {"reason": "土方延期"}, version=2)
    assert reasoned.json()["baseline_on"] == "2026-07-31"
    assert scene.project.milestones.get().baseline_on == date(2026, 7, 31)
    assert scene.staff.patch(f"{path}milestones/L99/", moved, version=3).status_code == 400
    assert scene.staff.patch(f"{path}milestones/L08/", moved, version=1).status_code == 412


def test_who_am_i(scene):
    body = scene.worker.get("me/").json()
    assert (body["scope"], body["organization"]["id"], body["park"]["id"]) == ("unit", scene.unit.pk, scene.park.pk)
    assert "work_step" in body["verbs"]
    assert "create_project" not in body["verbs"]


def test_an_account_without_role_sees_nothing(scene):
    bare = Api(User.objects.create_superuser("root", password=factories.PASSWORD))
    assert bare.get("me/").json()["role"] is None
    assert bare.get("projects/").json()["results"] == []
    assert bare.post("projects/", {"name": "x"}).status_code == 403

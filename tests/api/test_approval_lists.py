"""Certificates, commitments, debts, joint reviews, figures and the map over the API; addresses that lead nowhere."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from approvals.models import (
    Bundle,
    Certificate,
    Commitment,
    CommittedStep,
    JointReview,
    JointReviewStep,
    Step,
    StepDocument,
)
from tests.approvals.cases import finish
from tests.factories import AT, TODAY


@pytest.fixture
def step(scene):
    Step.objects.filter(code="S02").update(
        validity_kind="start_by", validity_months=3, validity_renewals=1, validity_renewal_months=3
    )
    scene.project.steps.filter(code="S02").update(unit=scene.unit, applicability="applies")
    finish(scene.project, "S01", "S02", on=date(2025, 12, 31))
    return scene.project.steps.select_related("step").get(code="S02")


class TestCertificates:
    def test_list_and_filters(self, scene, step):
        (row,) = scene.boss.get("certificates/").json()["results"]
        assert (row["step"]["code"], row["valid_until"], row["fate"], row["days_left"]) == (
            "S02", "2026-03-31", "ending", 29
        )  # fmt: skip
        assert "history" not in row
        for query, number in [
            ("ends_within=29", 1), ("ends_within=28", 0), ("expired=true", 0), ("expired=false", 1), ("step=S17", 0),
            ("kind=start_by", 1), ("state=void", 0), (f"project={scene.project.pk}", 1),
        ]:  # fmt: skip
            assert len(scene.staff.get(f"certificates/?{query}").json()["results"]) == number, query

    def test_renewal_and_void_are_the_actions_of_the_page(self, scene, step):
        path = f"certificates/{step.certificates.get().pk}"
        data = {"on": "2026-03-02", "reason": "冬季停工"}
        assert scene.boss.post(f"{path}/renew/", data, version=1).status_code == 403
        answer = scene.worker.post(f"{path}/renew/", data, version=1)
        assert (answer.status_code, answer.json()["valid_until"], answer["ETag"]) == (200, "2026-06-30", '"2"')
        assert scene.worker.post(f"{path}/renew/", data, version=1).status_code == 412
        assert scene.worker.post(f"{path}/renew/", data, version=2).status_code == 409
        assert scene.worker.post(f"{path}/void/", data, version=2).status_code == 409
        Certificate.objects.update(valid_until=date(2026, 2, 27))
        assert scene.worker.post(f"{path}/void/", data, version=2).json()["state"] == "void"


def test_commitments(scene, step):
    row = Commitment.objects.create(
        project=scene.project, kind="single", text="承诺书", signed_by_name="某", signed_on=TODAY, check_due_on=TODAY,
        at=AT,
    )  # fmt: skip
    CommittedStep.objects.create(commitment=row, project_step=step, round=1, note="仅内部")
    (found,) = scene.boss.get("commitments/?outcome=pending").json()["results"]
    assert (found["text"], found["steps"][0]["step"]["code"], found["steps"][0]["outcome"]) == (
        "承诺书", "S02", "pending"
    )  # fmt: skip
    assert "仅内部" not in str(found)
    assert scene.staff.get(f"commitments/{row.pk}/").json()["steps"][0]["note"] == "仅内部"
    assert scene.staff.get("commitments/?outcome=kept").json()["results"] == []


def test_debts(scene, step):
    paper = step.step.documents.first()
    row = StepDocument.objects.create(
        project_step=step, requirement=paper, state="outstanding", promised_on=date(2026, 2, 2),
        due_on=date(2026, 2, 27), note="仅内部", at=AT,
    )  # fmt: skip
    (found,) = scene.boss.get("debts/?late=true").json()["results"]
    assert (found["id"], found["code"], found["due_on"], found["days_left"]) == (row.pk, paper.code, "2026-02-27", -2)
    assert "note" not in found
    StepDocument.objects.update(state="supplied")
    assert scene.staff.get("debts/").json()["results"] == []


def test_joint_reviews_are_not_for_enterprises(scene, step):
    review = JointReview.objects.create(
        project=scene.project, bundle=Bundle.objects.earliest("pk"), state="issued", opened_at=AT,
        issued_at=AT.replace(hour=16, minute=30),
    )  # fmt: skip
    JointReviewStep.objects.create(review=review, project_step=step, unit=scene.unit)
    (found,) = scene.worker.get("joint-reviews/?state=issued").json()["results"]
    assert (found["hours"], found["steps"][0]["answer"], found["steps"][0]["unit"]["id"]) == (
        7.5, "pending", scene.unit.pk
    )  # fmt: skip
    assert scene.boss.get("joint-reviews/").json()["results"] == []
    assert scene.boss.get(f"joint-reviews/{review.pk}/").status_code == 404


def test_figures_of_a_period(scene, step):
    body = scene.staff.get("figures/?since=2025-12-01&until=2025-12-31").json()
    handled = {row["step"]: row["measures"][0] for row in body["results"]}
    assert (handled["S02"]["code"], handled["S02"]["value"], set(handled)) == ("handled", "1.0", {"S01", "S02"})
    assert scene.staff.get("figures/").json()["results"] == []
    assert scene.staff.get("figures/?since=2026-02-30").status_code == 400
    assert scene.staff.get("figures/?since=2026-02-03&until=2026-02-02").status_code == 400
    assert scene.boss.get("figures/").status_code == 403


def test_the_map_of_a_project(scene, step):
    body = scene.boss.get(f"projects/{scene.project.pk}/map/").json()
    stops = {stop["code"]: stop for stop in body["stops"]}
    assert len(stops) == 22
    assert (stops["S02"]["state"], stops["S02"]["line"], stops["S02"]["days_left"]) == (11, "EVAL", None)
    assert {"before": "S01", "after": "S02", "hard": True} in body["edges"]
    assert [group["code"] for group in body["phases"]] and sum(len(g["steps"]) for g in body["phases"]) == 22
    assert {code for edge in body["edges"] for code in (edge["before"], edge["after"])} <= set(stops)
    assert [set(group) for group in body["bundles"]] == [{"code", "name", "steps"}] * len(body["bundles"])
    with CaptureQueriesContext(connection) as queries:
        scene.staff.get(f"projects/{scene.project.pk}/map/")
    assert len(queries) <= 14


@pytest.mark.parametrize("path", ["/api/", "/api/v1/nothing/", "/api/v2/projects/", "/api/v1/projects/1/nothing/"])
def test_an_address_below_api_that_leads_nowhere_is_a_problem(scene, path):
    for client in (scene.staff.client, Client()):
        answer = client.get(path)
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
        assert (answer.json()["status"], set(answer.json())) == (404, {"type", "title", "status", "detail"})


def test_elsewhere_it_is_a_page(scene):
    answer = scene.staff.client.get("/nothing/")
    assert (answer.status_code, answer["Content-Type"].split(";")[0]) == (404, "text/html")

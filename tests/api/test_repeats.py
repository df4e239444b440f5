"""Idempotency-Key: one effect, however often and however parallel a request comes."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts import api_repeats
from accounts.models import IdempotentRequest
from projects.models import Project
from tests.api.test_frame import is_problem

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PROBLEM = "urn:project-navigator:problem:idempotency-key-"
BODY = {"name": "只登记一次的项目"}


def key(text="k-1"):
    return {"Idempotency-Key": text}


def test_a_request_sent_again_gets_the_first_answer(scene):
    first = scene.staff.post("projects/", BODY, **key())
    again = scene.staff.post("projects/", BODY, **key('"k-1"'))
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert (again["ETag"], again["Content-Type"]) == (first["ETag"], first["Content-Type"])
    assert (first.headers.get("Idempotent-Replayed"), again["Idempotent-Replayed"]) == (None, "true")
    assert Project.objects.filter(name=BODY["name"]).count() == 1


def test_a_change_sent_again_is_not_a_conflict_with_itself(scene):
    path, data = f"projects/{scene.project.pk}/", {"industry": "装备"}
    answers = [scene.staff.patch(path, data, version=1, **key()) for _n in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    is_problem(scene.staff.patch(path, data, version=1), 412)
    scene.project.refresh_from_db()
    assert scene.project.version == 2


def test_without_a_key_every_request_counts(scene):
    before = Project.objects.count()
    for n in range(2):
        assert scene.staff.post("projects/", {"name": f"重复 {n}"}).status_code == 201
    assert Project.objects.count() == before + 2


def test_a_refusal_is_kept_like_any_answer(scene):
    answers = [scene.staff.post("projects/", {"name": ""}, **key()) for _n in range(2)]
    assert [answer.status_code for answer in answers] == [400, 400]
    assert answers[1]["Content-Type"] == "application/problem+json"
    assert answers[1]["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize(
    ("path", "data", "headers"),
    [("projects/", {"name": "另一个"}, {}), ("projects/?x=1", BODY, {}), ("projects/", BODY, {"If-Match": '"1"'})],
)
def test_a_key_belongs_to_one_request(scene, path, data, headers):
    scene.staff.post("projects/", BODY, **key())
    is_problem(scene.staff.post(path, data, **key(), **headers), 422, type=PROBLEM + "reused")


def test_a_key_belongs_to_one_person(scene):
    assert scene.staff.post("projects/", BODY, **key()).status_code == 201
    assert scene.worker.post("projects/", BODY, **key()).status_code == 403


@pytest.mark.parametrize("text", ["", " ", "x" * 256, "a b", "钥匙", '""'])
def test_a_key_is_visible_ascii(scene, text):
    answer = scene.staff.client.post(
        "/api/v1/projects/", BODY, content_type="application/json", HTTP_IDEMPOTENCY_KEY=text
    )
    is_problem(answer, 400, type=PROBLEM + "invalid")


def test_reads_pay_no_attention_to_it(scene):
    assert scene.staff.get("projects/", **key("钥")).status_code == 200
    assert not IdempotentRequest.objects.exists()


def test_what_is_still_worked_on_is_409_until_its_process_must_be_gone(scene):
    scene.staff.post("projects/", BODY, **key())
    Project.objects.filter(name=BODY["name"]).delete()
    IdempotentRequest.objects.update(status=0, body="", headers={})
    is_problem(scene.staff.post("projects/", BODY, **key()), 409, type=PROBLEM + "busy")
    IdempotentRequest.objects.update(created_at=NOW - api_repeats.GIVEN_UP)
    assert scene.staff.post("projects/", BODY, **key()).status_code == 201
    assert IdempotentRequest.objects.get().status == 201


def test_who_lost_the_reservation_leaves_nothing(scene, monkeypatch):
    """A process that was taken for dead comes to its end after another has taken over: its work is undone."""
    from projects import actions

    create = actions.create

    def slowly(*args, **options):
        IdempotentRequest.objects.update(created_at=NOW + timedelta(seconds=1))
        return create(*args, **options)

    monkeypatch.setattr(actions, "create", slowly)
    is_problem(scene.staff.post("projects/", BODY, **key()), 409, type=PROBLEM + "busy")
    assert not Project.objects.filter(name=BODY["name"]).exists()


def test_an_error_nobody_expected_undoes_all_and_keeps_nothing(scene, monkeypatch):
    from projects import actions

    create = actions.create

    def half(*args, **options):
        create(*args, **options)
        raise RuntimeError("power cut")

    scene.staff.client.raise_request_exception = False
    with monkeypatch.context() as patch:
        patch.setattr(actions, "create", half)
        assert scene.staff.post("projects/", BODY, **key()).status_code == 500
    assert not IdempotentRequest.objects.exists()
    assert not Project.objects.filter(name=BODY["name"]).exists()
    assert scene.staff.post("projects/", BODY, **key()).status_code == 201


def test_answers_are_thrown_away_after_a_day(scene):
    from dispatch.jobs.registry import JOBS

    scene.staff.post("projects/", BODY, **key())
    job = JOBS["api_answers"].work
    assert job(None, NOW + timedelta(hours=24), lambda: None) == {"removed": 0}
    assert job(None, NOW + timedelta(hours=24, seconds=1), lambda: None) == {"removed": 1}


def test_an_old_answer_is_not_given_any_more(scene):
    scene.staff.post("projects/", BODY, **key())
    IdempotentRequest.objects.update(created_at=NOW - timedelta(hours=25))
    assert scene.staff.post("projects/", BODY, **key()).status_code in (400, 409)  # the name is taken

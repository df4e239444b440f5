"""The questionnaire over the API: what is asked, what would change, and that only what was seen is saved."""

import pytest

from approvals.models import ProjectStep
from projects.actions import edit
from projects.models import Project, ProjectChange
from tests.approvals.cases import finish, step_of
from tests.approvals.questions.test_changes import EASY, MONDAY
from tests.factories import AT


@pytest.fixture
def made(scene):
    edit(scene.project, EASY, by=None, at=AT)  # version 2
    ProjectChange.objects.all().delete()
    return scene


def at(scene, more=""):
    return f"projects/{scene.project.pk}/conditions/{more}"


def applicability(scene, code):
    return ProjectStep.objects.get(project=scene.project, code=code).applicability


def shown(scene, **answers):
    return scene.staff.post(at(scene, "preview/"), {"answers": answers}).json()


def happening(body):
    return {one["code"]: one["effect"] for one in body["changes"] if one["happens"]}


def test_questions_answers_and_what_they_decide(made):
    answer = made.leader.get(at(made))
    body = answer.json()
    asked = {one["field"]: one for one in body["questions"]}
    assert len(asked) == 14
    assert (answer["ETag"], body["version"], body["differs"]) == ('"2"', 2, False)
    assert [asked[name]["answer"] for name in ("eia_class", "hazardous_chemical", "land_mu")] == ["form", "false", None]
    assert [asked[name]["kind"] for name in ("eia_class", "hazardous_chemical", "land_mu")] == [
        "choice", "yes_no", "number"
    ]  # fmt: skip
    assert [one["code"] for one in asked["land_mu"]["decides"]] == ["S05"]
    assert {"key": "", "name": asked["eia_class"]["choices"][0]["name"]} in asked["eia_class"]["choices"]
    assert "S04" in [one["code"] for one in body["steps"]]
    assert made.worker.get(at(made)).status_code == 200


def test_a_preview_saves_nothing_and_a_saving_does_what_it_showed(made):
    body = shown(made, hazardous_chemical=True)
    assert (body["differs"], happening(body)) == (True, {"S04": "appears"})
    assert (applicability(made, "S04"), ProjectChange.objects.count()) == ("not_applicable", 0)
    sent = {"answers": {"hazardous_chemical": True}, "previewed": body["previewed"]}
    answer = made.staff.patch(at(made), sent, version=2)
    assert (answer.status_code, answer["ETag"], answer.json()["differs"]) == (200, '"3"', False)
    assert applicability(made, "S04") == "applies"
    row = ProjectChange.objects.get()
    assert (row.by, row.changes) == (
        made.staff_user, [{"field": "hazardous_chemical", "old": False, "new": True}]
    )  # fmt: skip
    project = Project.objects.get(pk=made.project.pk)
    assert {name: getattr(project, name) for name in EASY} == EASY | {"hazardous_chemical": True}


def test_what_was_not_seen_is_not_saved(made):
    for sent in (
        {"answers": {"hazardous_chemical": True}, "previewed": "somethingelse"},
        {"answers": {"hazardous_chemical": True, "eia_class": "exempt"},
         "previewed": shown(made, hazardous_chemical=True)["previewed"]},
    ):  # fmt: skip
        answer = made.staff.patch(at(made), sent, version=2)
        assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (409, "refused")
    sent = {"answers": {"hazardous_chemical": True}, "previewed": shown(made, hazardous_chemical=True)["previewed"]}
    assert made.staff.patch(at(made), sent).status_code == 428
    assert made.staff.patch(at(made), sent, version=1).status_code == 412
    assert (applicability(made, "S04"), ProjectChange.objects.count()) == ("not_applicable", 0)


def test_an_answer_can_be_taken_back_and_work_is_kept(made):
    finish(made.project, "S01", "S02", on=MONDAY)
    body = shown(made, eia_class=None, hazardous_chemical=None)
    assert happening(body) == {"S04": "undetermined"}
    (kept,) = [one for one in body["changes"] if not one["happens"]]
    assert (kept["code"], kept["why_kept"] != "") == ("S02", True)
    assert step_of(made.project, "S02").applicability == "applies"


HOSTILE = [
    {}, {"hazardous_chemical": 3}, {"hazardous_chemical": [True]}, {"eia_class": "unheard"}, {"land_mu": -1},
    {"land_mu": "1e999"}, {"land_mu": 10**30}, {"land_mu": {"a": 1}}, {"name": "别名"}, {"\ud800": 1}, [], None,
    "x", {"eia_class": "\ud800"}, {"eia_class": "a\u0000b"}, {"land_mu": float("inf")}, {"land_mu": True},
]  # fmt: skip


def test_what_means_nothing_is_refused(made):
    for answers in HOSTILE:
        assert made.staff.post(at(made, "preview/"), {"answers": answers}).status_code == 400, answers
        sent = {"answers": answers, "previewed": "x"}
        assert made.staff.patch(at(made), sent, version=2).status_code == 400, answers
    for previewed in ("\ud800", 3 * [1], None, "x" * 41):
        sent = {"answers": {"hazardous_chemical": True}, "previewed": previewed}
        assert made.staff.patch(at(made), sent, version=2).status_code == 400, previewed
    assert not ProjectChange.objects.exists()


def test_only_the_park_reads_and_only_its_editors_write(made):
    sent = {"answers": {"hazardous_chemical": True}, "previewed": "x"}
    assert made.boss.get(at(made)).status_code == 403
    for person in (made.boss, made.leader, made.worker):
        assert person.post(at(made, "preview/"), sent).status_code == 403
        assert person.patch(at(made), sent, version=2).status_code == 403
    assert made.staff.post(at(made), sent).status_code == 405
    assert made.staff.get(at(made, "preview/")).status_code == 405

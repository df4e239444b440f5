"""Over the API everything that the pages of a step can do: undo, extend, delivery, unit, applicability, files."""

import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from approvals.models import StepFile, StepTransition
from tests.approvals.cases import finish


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def step(scene):
    row = scene.project.steps.select_related("step").get(code="S07")
    row.unit = scene.unit
    row.save()
    return row


def moved(scene, step, *verbs, on="2026-02-27"):
    for version, verb in enumerate(verbs, start=step.version):
        answer = scene.worker.post(f"steps/{step.pk}/move/", {"verb": verb, "on": on}, version=version)
        assert answer.status_code == 200, answer.json()
    return version + 1


def verbs(step):
    return list(StepTransition.objects.filter(project_step=step).order_by("pk").values_list("verb", flat=True))


def test_undo(scene, step):
    version = moved(scene, step, "receive", "accept")
    path = f"steps/{step.pk}/undo/"
    assert scene.boss.post(path, {}, version=version).status_code == 403
    answer = scene.worker.post(path, {"note": "误点"}, version=version)
    assert (answer.status_code, answer.json()["state"], answer["ETag"]) == (200, 1, f'"{version + 1}"')
    assert verbs(step) == ["receive", "accept", "undo"]
    assert scene.worker.post(path, {}, version=version).status_code == 412
    assert scene.worker.post(path, {}, version=version + 1).status_code == 409


def test_extend(scene, step):
    version = moved(scene, step, "receive", "accept")
    path = f"steps/{step.pk}/extend/"
    for wrong in ({"days": 11, "reason": "论证"}, {"days": 5}, {"days": 5, "reason": ""}):
        assert scene.worker.post(path, wrong, version=version).status_code == 400
    answer = scene.worker.post(path, {"days": 5, "reason": "专家论证"}, version=version)
    assert (answer.status_code, answer.json()["extension_wd"]) == (200, 5)
    assert scene.worker.post(path, {"days": 5, "reason": "再次"}, version=version + 1).status_code == 409


def test_delivery(scene, step):
    path = f"steps/{step.pk}/delivery/"
    assert scene.worker.post(path, {"on": "2026-03-02"}, version=1).status_code == 409
    finish(scene.project, "S07", on=date(2026, 2, 9))
    step.refresh_from_db()
    answer = scene.worker.post(path, {"on": "2026-03-02"}, version=step.version)
    assert (answer.status_code, answer.json()["delivered_on"]) == (200, "2026-03-02")


def test_unit(scene, step):
    path = f"steps/{step.pk}/unit/"
    data = {"unit": scene.unit.pk, "handler_name": "方", "handler_phone": "1"}
    assert scene.worker.post(path, data, version=1).status_code == 403
    answer = scene.staff.post(path, data, version=1)
    assert (answer.json()["unit"]["id"], answer.json()["handler_name"]) == (scene.unit.pk, "方")
    assert scene.staff.post(path, {"unit": None}, version=2).json()["unit"] is None
    assert list(scene.staff.post(path, {"unit": 999_999}, version=3).json()["errors"]) == ["unit"]


def test_applicability(scene, step):
    path = f"steps/{step.pk}/applicability/"
    assert scene.worker.post(path, {"applicability": "not_applicable"}, version=1).status_code == 403
    assert scene.staff.post(path, {"applicability": "undetermined"}, version=1).status_code == 400
    assert scene.staff.post(path, {"applicability": "not_applicable"}, version=1).status_code == 409
    data = {"applicability": "not_applicable", "reason": "自有用地"}
    answer = scene.staff.post(path, data, version=1)
    assert (answer.json()["applicability"], answer.json()["not_applicable_reason"]) == ("not_applicable", "自有用地")
    assert scene.staff.post(path, {"applicability": "applies"}, version=2).json()["applicability"] == "applies"


@pytest.fixture
def paper(step):
    return step.step.documents.filter(shared=False).first()


def upload(api, step, paper, version=1, content=None, name="申请表.png"):
    data = {"file": SimpleUploadedFile(name, content or picture())}
    path = f"/api/v1/steps/{step.pk}/documents/{paper.pk}/files/"
    headers = {"If-Match": f'"{version}"'} if version else {}
    return api.client.post(path, data, headers=headers)


def test_a_file_is_handed_in_and_fetched_again(scene, step, paper, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    answer = upload(scene.boss, step, paper)
    assert answer.status_code == 201, answer.content
    row = StepFile.objects.get()
    assert (answer.json()["id"], answer.json()["version_no"], row.uploaded_by) == (row.pk, 1, scene.boss_user)
    papers = scene.boss.get(f"steps/{step.pk}/documents/").json()
    given = next(one["given"] for one in papers if one["requirement"] == paper.pk)
    assert (given["state"], [one["original_name"] for one in given["files"]]) == ("supplied", ["申请表.png"])

    found = scene.boss.get(f"paper-files/{row.pk}/").json()
    assert (found["step"], found["requirement"], found["size"]) == (step.pk, paper.pk, row.size)
    if found["download_url"]:
        assert b"".join(scene.boss.client.get(found["download_url"])) == row.file.open().read()
        # The address is of this session alone.
        assert scene.staff.client.get(found["download_url"]).status_code == 404


def test_a_file_has_to_be_one_and_of_the_version_seen(scene, step, paper, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    assert upload(scene.worker, step, paper, version=None).status_code == 428
    assert upload(scene.worker, step, paper, version=7).status_code == 412
    assert upload(scene.leader, step, paper).status_code == 403
    assert upload(scene.worker, step, paper, content=b"MZ\x90\x00", name="申请表.exe").status_code in (400, 409)
    path = f"steps/{step.pk}/documents/{paper.pk}/files/"
    assert scene.worker.post(path, {"file": "x"}, version=1).status_code == 415
    foreign = scene.project.steps.get(code="S11").step.documents.first()
    assert upload(scene.worker, step, foreign).status_code == 404
    assert not StepFile.objects.exists()

"""What an enterprise does for itself over the API, and what the park reads of it."""

from datetime import date, timedelta

import pytest

from approvals.models import (
    AccessUse,
    CorrectionNotice,
    HelpRequest,
    NoticePreference,
    PaperTemplate,
    Rating,
    Urge,
)
from approvals.portal.events import Event
from dispatch.ledger.models import LedgerItem
from tests import factories
from tests.api.conftest import Api
from tests.approvals.cases import finish, move, step_of
from tests.approvals.cases import project as project_with_steps
from tests.factories import AT, TODAY

HOSTILE = ["\ud800", "a\u0000b", "\u0007", "x" * 1001, 10**30, [], {}, None, True]


@pytest.fixture
def case(scene):
    """S07 lies with the department since Friday, S01 is decided."""
    finish(scene.project, "S01", on=date(2026, 2, 26))
    step = step_of(scene.project, "S07")
    for verb in ("receive", "accept"):
        move(step, verb, date(2026, 2, 27))
    scene.step, scene.done = step_of(scene.project, "S07"), step_of(scene.project, "S01")
    scene.other = Api(factories.user(scene.park, "enterprise"))
    return scene


def test_urging_is_the_page_s_action(case):
    path = f"steps/{case.step.pk}/urge/"
    answer = case.boss.post(path, {"text": " 设备已到港 "})
    row = Urge.objects.get()
    assert (answer.status_code, answer.json()["id"], answer.json()["step"]["code"]) == (200, row.pk, "S07")
    assert (row.text, row.on, row.by, row.link, row.by_name) == (
        "设备已到港", TODAY, case.boss_user, None, str(case.boss_user)
    )  # fmt: skip
    assert case.boss.post(path, {}).status_code == 409  # again only after some days
    assert case.boss.post(f"steps/{case.done.pk}/urge/", {}).status_code == 409
    (found,) = case.staff.get("urgings/").json()["results"]
    assert found["text"] == "设备已到港"
    refused = [person.post(path, {}).status_code for person in (case.staff, case.worker, case.leader, case.other)]
    assert refused == [403, 403, 403, 404]
    assert Urge.objects.count() == 1


def test_rating_is_the_page_s_action(case, monkeypatch):
    path = f"steps/{case.done.pk}/rate/"
    assert case.boss.post(path, {"score": 5, "comment": "很快"}).json()["score"] == 5
    answer = case.boss.post(path, {"score": 4})
    row = Rating.objects.get()
    assert (answer.json()["id"], row.score, row.comment, row.by, row.round) == (row.pk, 4, "", case.boss_user, 1)
    assert case.boss.post(f"steps/{case.step.pk}/rate/", {"score": 5}).status_code == 409
    for score in (0, 6, None, "x", 10**30, [5], 4.5, "\ud800"):
        assert case.boss.post(path, {"score": score}).status_code == 400, score
    refused = [person.post(path, {"score": 1}).status_code for person in (case.staff, case.worker, case.other)]
    assert refused == [403, 403, 404]
    (found,) = case.staff.get("ratings/").json()["results"]
    assert (found["score"], found["step"]["code"]) == (4, "S01")
    late = AT + timedelta(days=30)
    monkeypatch.setattr("accounts.clock.now", lambda: late)
    assert case.boss.post(path, {"score": 1}).status_code == 409
    assert Rating.objects.get().score == 4


def test_a_request_for_help_becomes_an_item_of_the_ledger(case):
    sent = {"project": case.project.pk, "step": case.step.pk, "text": "用电报装卡住了"}
    answer = case.boss.post("help-requests/", sent)
    row, item = HelpRequest.objects.get(), LedgerItem.objects.get()
    assert (answer.status_code, answer.json()["id"], answer.json()["number"]) == (201, row.pk, item.number)
    assert (row.project_step, row.text, row.by, row.item_id) == (case.step, sent["text"], case.boss_user, item.pk)
    assert case.boss.post("help-requests/", sent).json()["id"] == row.pk  # the same within a day
    (found,) = case.staff.get("help-requests/").json()["results"]
    assert (found["standing"]["is_closed"], found["standing"]["result"]) == (False, "")
    assert found["standing"]["text"]
    for person in (case.staff, case.worker, case.leader):
        assert person.post("help-requests/", sent).status_code == 403
    assert case.other.post("help-requests/", sent).status_code == 400
    own = project_with_steps(case.park, enterprise=case.enterprise, name="另一个")
    assert case.boss.post("help-requests/", sent | {"project": own.pk}).status_code == 400  # a step of another
    without = case.boss.post("help-requests/", {"project": own.pk, "text": "选址"}).json()
    assert (without["step"], without["project"]["id"]) == (None, own.pk)
    assert HelpRequest.objects.count() == 2


def test_notices_of_an_account(case):
    path = f"projects/{case.project.pk}/notices/"
    assert case.boss.get(path).json() == {"events": Event.values, "email": "", "phone": ""}
    assert not NoticePreference.objects.exists()
    wanted = {"events": ["late", "decided"], "phone": "0510-123456"}
    answer = case.boss.patch(path, wanted)
    assert (answer.status_code, answer.json()) == (
        200, {"events": ["decided", "late"], "email": "", "phone": "0510-123456"}
    )  # fmt: skip
    assert case.boss.patch(path, {"email": "a@b.example"}).json()["events"] == ["decided", "late"]
    row = NoticePreference.objects.get()
    assert (row.by, row.project, row.email, row.seen_at) == (case.boss_user, case.project, "a@b.example", None)
    wrong = [{"email": "x"}, {"phone": "call me"}, {"events": ["party"]}, {"events": "late"}, {"seen_at": None}]
    wrong += [{"phone": bad} for bad in HOSTILE] + [{"events": [bad]} for bad in HOSTILE]
    for data in wrong:
        assert case.boss.patch(path, data).status_code == 400, data
    refused = [person.patch(path, {}).status_code for person in (case.staff, case.worker, case.other)]
    assert refused == [403, 403, 404]
    assert NoticePreference.objects.get().phone == "0510-123456"


def test_news_until_they_are_read(case):
    path = f"projects/{case.project.pk}/news/"
    body = case.boss.get(path).json()
    assert [(one["event"], one["on"], one["step"]) for one in body["news"]] == [("decided", "2026-02-26", "S01")]
    assert body["seen_at"] is None
    body = case.boss.post(f"{path}read/").json()
    assert (body["news"], body["seen_at"]) == ([], "2026-03-02T17:00:00+08:00")
    assert case.boss.get(path).json() == body
    for method, address in (("get", path), ("post", f"{path}read/")):
        assert [getattr(who, method)(address).status_code for who in (case.staff, case.other)] == [403, 404]
    assert case.boss.post(f"{path}read/", {"at": "2030-01-01"}).status_code == 400
    assert case.boss.get(f"{path}read/").status_code == 405
    assert NoticePreference.objects.count() == 1


def test_hostile_texts_are_refused(case):
    urge, rate = f"steps/{case.step.pk}/urge/", f"steps/{case.done.pk}/rate/"
    for text in HOSTILE:
        if text == 10**30:  # a number is its digits
            continue
        assert case.boss.post(urge, {"text": text}).status_code == 400, text
        assert case.boss.post(rate, {"score": 3, "comment": text}).status_code == 400, text
        assert case.boss.post("help-requests/", {"project": case.project.pk, "text": text}).status_code == 400, text
    for key in (*HOSTILE, -1, 2**63, 2**200, "1 OR 1"):
        assert case.boss.post("help-requests/", {"project": key, "text": "x"}).status_code == 400, key
    assert (Urge.objects.count(), Rating.objects.count(), HelpRequest.objects.count()) == (0, 0, 0)


def test_correction_notices(case):
    point = {"code": "S07-D1", "paper": "申请书", "reason": "缺章", "missing": False}
    row = CorrectionNotice.objects.create(
        project_step=case.step, round=1, issued_on=TODAY, text="请补正", points=[point], by=case.staff_user, at=AT
    )
    (found,) = case.staff.get(f"correction-notices/?step=S07&answered=false&project={case.project.pk}").json()[
        "results"
    ]
    assert (found["id"], found["points"], found["by"]["id"]) == (row.pk, [point], case.staff_user.pk)
    (own,) = case.boss.get("correction-notices/").json()["results"]
    assert (own["text"], "by" in own) == ("请补正", False)
    for query in ("step=S08", "answered=true"):
        assert case.staff.get(f"correction-notices/?{query}").json()["results"] == []
    assert case.other.get("correction-notices/").json()["results"] == []


def test_uses_of_a_link(case):
    sent = {"project": case.project.pk, "holder_name": "李工", "days": 30}
    pk = case.staff.post("signed-links/", sent).json()["id"]
    AccessUse.objects.create(link_id=pk, at=AT, what="step S07", ip="192.0.2.7")
    (found,) = case.staff.get(f"signed-link-uses/?link={pk}").json()["results"]
    assert (found["link"], found["what"], found["ip"]) == ({"id": pk, "name": "李工"}, "step S07", "192.0.2.7")
    assert found["words"].endswith("S07") and not found["words"].startswith("step")
    assert case.staff.get(f"signed-link-uses/?link={pk + 1}").json()["results"] == []
    for bad in ("x", "0", "1" * 40):
        assert case.staff.get(f"signed-link-uses/?link={bad}").status_code == 400
    for person in (case.worker, case.boss, case.leader):
        assert person.get("signed-link-uses/").status_code == 403


def test_forms_of_papers(case, client):
    for code, is_active in (("S01-D1", True), ("S01-D2", True), ("S02-D1", False)):
        PaperTemplate.objects.create(
            park=case.park, paper_code=code, title="表", file="paper-templates/a.docx", original_name="表.docx",
            is_active=is_active,
        )  # fmt: skip
    (found,) = case.boss.get("paper-templates/?paper=S01-D2").json()["results"]
    row = PaperTemplate.objects.get(paper_code="S01-D2")
    assert (found["id"], found["file_name"]) == (row.pk, "表.docx")
    assert found["download_url"] == f"http://testserver/guide/{case.park.code}/templates/{row.pk}/"
    assert [one["paper_code"] for one in case.staff.get("paper-templates/").json()["results"]] == ["S01-D1", "S01-D2"]
    foreign = Api(factories.user(factories.park(), "staff"))
    assert foreign.get("paper-templates/").json()["results"] == []

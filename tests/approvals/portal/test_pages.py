"""The enterprise's pages, the same for an account and for a visit, and the officer's side of them."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from approvals.models import (
    AgentAction,
    CorrectionNotice,
    HelpRequest,
    JointReview,
    NoticePreference,
    Rating,
    StepFile,
    Urge,
)
from approvals.portal import actions
from approvals.portal.events import Event
from dispatch.ledger.models import LedgerItem
from projects.models import TeamMember
from tests import factories
from tests.approvals.cases import TODAY, finish, move, step_of
from tests.approvals.portal.conftest import NOW, hand_out

pytestmark = pytest.mark.django_db


class Way:
    """A browser of one of the two ways in, with the addresses of its pages."""

    def __init__(self, browser, base, home):
        self.browser, self.base, self.home = browser, base, home

    def get(self, path=""):
        return self.browser.get(self.base + path if path else self.home)

    def post(self, path, data=None):
        return self.browser.post(self.base + path, data or {})


@pytest.fixture
def by_account(person, made, moment):
    browser = Client()
    browser.force_login(person)
    return Way(browser, f"/enterprise/{made.pk}/", "/enterprise/")


@pytest.fixture
def by_link(visitor):
    return Way(visitor, "/my/", "/my/")


@pytest.fixture(params=["by_account", "by_link"])
def way(request):
    return request.getfixturevalue(request.param)


def running(made, code="S07", on=date(2026, 2, 27)):
    step = step_of(made, code)
    move(step, "receive", on)
    move(step, "accept", on)
    return step


def without_addresses(text):
    """The body of a page without what must differ: addresses, tokens, bars around it."""
    main = text[text.index("<main") : text.index("</main>")]
    main = re.sub(r'csrfmiddlewaretoken" value="[^"]+"', "", main)
    return re.sub(r"/my/|/enterprise/(\d+/)?", "/", main)


def test_both_ways_show_the_same_page(by_account, by_link, made):
    running(made)
    finish(made, "S01")
    for path in ("", "steps/S01/", "steps/S07/", "steps/S07/urge/", "help/", "notices/", "steps/S01/rate/"):
        one, other = by_account.get(path), by_link.get(path)
        assert (one.status_code, other.status_code) == (200, 200), path
        assert without_addresses(one.content.decode()) == without_addresses(other.content.decode()), path


def test_no_address_of_a_visit_leads_out_of_it(by_link, made):
    running(made)
    allowed = ("/my/", "#", "/static/", "tel:", "/i18n/")
    for path in ("", "steps/S01/", "steps/S07/", "help/", "notices/"):
        text = by_link.get(path).content.decode()
        found = re.findall(r'(?:href|action|src|xlink:href)="([^"]+)"', text)
        assert [address for address in found if not address.startswith(allowed)] == []


def test_it_says_what_is_promised_by_whom_and_until_when(way, made, unit):
    step = running(made)
    made.steps.filter(pk=step.pk).update(unit=unit)
    rows = {item["view"].row.code: item for item in way.get().context["running"]}
    assert rows["S07"]["view"].running_due_on == step_of(made, "S07").due_on
    assert rows["S07"]["waits_for"] == unit.name
    assert rows["S07"]["can_urge"]
    assert not rows["S08"]["can_urge"]
    assert step_of(made, "S07").due_on.isoformat() in way.get().content.decode()


def test_returned_papers_come_first_with_every_reason(way, made):
    step = step_of(made, "S08")
    move(step, "receive", date(2026, 2, 26))
    move(step, "notify_correction", date(2026, 2, 27), note="缺红线图")
    points = [{"code": "x", "paper": "申请表", "reason": "未盖章"}]
    CorrectionNotice.objects.create(
        project_step=step, round=1, issued_on=TODAY, points=points, text="请五日内补齐", at=NOW
    )
    first = way.get().context["to_do"][0]
    assert (first["view"].row.code, first["kind"]) == ("S08", "correct")
    assert first["reasons"] == ["缺红线图", "申请表: 未盖章", "请五日内补齐"]
    text = way.get("steps/S08/").content.decode()
    assert all(reason in text for reason in ("缺红线图", "未盖章", "请五日内补齐"))


def test_it_says_whom_to_call_and_what_was_done(way, made, staff):
    TeamMember.objects.create(project=made, role="specialist", person_name="周予安", phone="0510-1")
    TeamMember.objects.create(project=made, role="leader", person_name="包联领导", phone="0510-2")
    what = {"project": made, "agent": staff, "on_behalf_of": "公司", "on": TODAY, "at": NOW}
    AgentAction.objects.create(what="代交申请表", **what)
    AgentAction.objects.create(what="记错了", cancelled_reason="误记", **what)
    text = way.get().content.decode()
    assert all(word in text for word in ("周予安", "0510-1", "0510-12345", "代交申请表"))
    assert not any(word in text for word in ("包联领导", "记错了", "误记"))


def test_urging_from_the_page_to_the_answer_and_back(way, made, unit, client):
    step = running(made)
    made.steps.filter(pk=step.pk).update(unit=unit)
    assert way.post("steps/S07/urge/", {"text": "设备已到港"}).status_code == 302
    assert way.post("steps/S07/urge/", {"text": "再催"}).status_code == 422
    urge = Urge.objects.get()
    assert urge.text == "设备已到港"
    assert way.get().context["running"][0]["urge"] == urge

    client.force_login(factories.user(made.park, "unit", unit))
    desk = {block.key: block for block in client.get("/").context["blocks"]}
    assert [entry.url for entry in desk["urges"].entries] == [f"/projects/{made.pk}/steps/S07/#urges"]
    page = client.get(f"/projects/{made.pk}/steps/S07/").content.decode()
    assert "设备已到港" in page
    answer = reverse("approvals:urge_answer", args=[made.pk, "S07"])
    assert f'action="{answer}"' in page
    assert client.post(answer, {"text": "", "upto": urge.pk}).status_code == 422
    assert client.post(answer, {"text": "周五发证", "upto": urge.pk}).status_code == 302
    assert client.post(answer, {"text": "又答", "upto": urge.pk}).status_code == 409
    assert "周五发证" in way.get("steps/S07/").content.decode()
    assert Event.ANSWER in [item.event for item in way.get().context["news"]]


def test_a_request_for_help_shows_its_number_and_is_made_once(way, made):
    form = {"text": "施工用电接不上", "step": "S15"}
    assert way.post("help/", form).status_code == 302
    assert way.post("help/", form).status_code == 302
    item = LedgerItem.objects.get()
    assert item.project_step.code == "S15"
    assert item.number in way.get().content.decode()
    assert way.post("help/", {"text": "  "}).status_code == 422
    assert way.post("help/", {"text": "x", "step": "S99"}).status_code == 422
    assert HelpRequest.objects.count() == 1


def test_a_step_is_rated_and_staff_read_it(way, made, staff, client):
    finish(made, "S01")
    assert way.post("steps/S01/rate/", {"score": "6"}).status_code == 422
    assert way.post("steps/S01/rate/", {"score": "4", "comment": "快"}).status_code == 302
    assert Rating.objects.get().score == 4
    client.force_login(staff)
    part = client.get(f"/projects/{made.pk}/steps/S01/").context["main_parts"]
    urges = next(item for item in part if item.template.endswith("_urges.html"))
    assert (urges.context["average"]["average"], urges.context["average"]["number"]) == (4, 1)


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"events": ["late", "answer"], "email": "a@b.cn", "phone": "+86 510-1234567"}, 302),
        ({"events": [], "email": "", "phone": ""}, 302),
        ({"events": ["nonsense"]}, 422),
        ({"email": "nobody"}, 422),
        ({"phone": "call me"}, 422),
    ],
)
def test_preferences_are_validated(way, made, form, status):
    assert way.post("notices/", form).status_code == status
    assert NoticePreference.objects.count() == (status == 302)


def test_news_are_what_came_after_reading_them(way, made, moment):
    finish(made, "S01", on=date(2026, 2, 27))
    assert [(item.event, item.step) for item in way.get().context["news"]] == [(Event.DECIDED, "S01")]
    assert way.post("news/read/").status_code == 302
    assert way.get().context["news"] == []
    moment.at = NOW + timedelta(hours=2)
    decided = step_of(made, "S07")
    for verb in ("receive", "accept", "decide_approve"):
        move(decided, verb, moment.at.date(), today=moment.at.date(), at=moment.at)
    bundle = made.steps.first().step.catalogue.bundles.first()
    JointReview.objects.create(project=made, bundle=bundle, opened_at=moment.at, note="内部意见")
    found = sorted(item.event for item in way.get().context["news"])
    assert found == [Event.DECIDED, Event.JOINT]
    assert "内部意见" not in way.get().content.decode()
    way.post("notices/", {"events": ["decided"]})
    assert [item.event for item in way.get().context["news"]] == [Event.DECIDED]


def test_late_and_owed_are_news_from_their_day(by_account, made, moment):
    step = running(made, "S07", on=date(2026, 2, 2))
    made.steps.filter(pk=step.pk).update(committed_due_on=date(2026, 2, 26), statutory_due_on=date(2026, 3, 20))
    owing = step_of(made, "S15")
    finish(made, "S01", on=date(2026, 1, 5))
    move(owing, "receive", date(2026, 2, 27))
    paper = owing.step.documents.get(code="S15-D2")
    move(owing, "accept_with_outstanding", date(2026, 2, 27), outstanding=[paper.pk])
    owing.documents.update(due_on=date(2026, 3, 4))
    events = {item.event: item for item in by_account.get().context["news"]}
    assert events[Event.LATE].on == date(2026, 2, 27)
    assert events[Event.DUE_SOON].step == "S15"


def test_a_paper_is_handed_in_and_read_again(way, made, settings, tmp_path):
    step = step_of(made, "S01")
    asked = next(paper for paper in step.step.documents.all() if not paper.shared)
    page = way.get("steps/S01/")
    url = f"steps/S01/papers/{asked.pk}/"
    assert url in page.content.decode()
    assert way.post(url, {"file": SimpleUploadedFile("a.pdf", b"no pdf")}).status_code == 422
    assert not StepFile.objects.exists()
    answer = way.post(url, {"file": SimpleUploadedFile("图.png", picture(), "image/png")})
    assert answer.status_code == 302, answer.context["form"].errors
    file = StepFile.objects.get()
    assert file.uploader_name in ("程思", "李工")
    assert (file.uploaded_link is None) == (way.base != "/my/")
    read = way.get(f"files/{file.pk}/")
    assert read.status_code == (200 if way.base == "/my/" else 302)
    if way.base == "/my/":
        assert read["Content-Disposition"].startswith("attachment")
        assert file.downloads.get().link is not None


def picture() -> bytes:
    from io import BytesIO

    from PIL import Image

    out = BytesIO()
    Image.new("RGB", (20, 20), "white").save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("lacking", ["may_upload", "may_ask"])
def test_a_link_without_a_right_neither_offers_nor_takes(made, staff, moment, lacking):
    running(made)
    finish(made, "S01")
    secret = hand_out(made, staff, **{lacking: False})[1]
    browser = Client()
    browser.post(f"/l/{secret}/")
    asked = step_of(made, "S12").step.documents.first()
    asking = ["/my/help/", "/my/steps/S07/urge/", "/my/steps/S01/rate/"]
    upload = f"/my/steps/S12/papers/{asked.pk}/"
    text = browser.get("/my/").content.decode() + browser.get("/my/steps/S12/").content.decode()
    if lacking == "may_ask":
        assert [browser.get(url).status_code for url in asking] == [403] * 3
        assert [browser.post(url).status_code for url in asking] == [403] * 3
        assert not any(url in text for url in asking)
        assert browser.get(upload).status_code == 200
    else:
        assert browser.get(upload).status_code == browser.post(upload).status_code == 403
        assert upload not in text
        assert [browser.get(url).status_code for url in asking] == [200] * 3


def test_uses_are_named_in_the_log(by_link, made, handed):
    running(made)
    by_link.post("steps/S07/urge/", {"text": ""})
    by_link.post("help/", {"text": "帮忙"})
    number = LedgerItem.objects.get().number
    assert list(handed[0].uses.order_by("pk").values_list("what", flat=True)) == [
        "opened",
        "urge S07",
        f"help {number}",
    ]


def test_the_project_page_has_the_officers_part(client, made, staff, handed, account, unit, moment):
    running(made)
    actions.urge(_view(made, "S07"), text="设备已到港", by=account, at=NOW)
    actions.ask_for_help(made, text="帮忙", by=account, at=NOW)
    client.force_login(staff)
    url = f"/projects/{made.pk}/?tab=enterprise"
    text = client.get(url).content.decode()
    assert all(word in text for word in ("李工", "设备已到港", "帮忙", reverse("approvals:link_list", args=[made.pk])))
    client.force_login(factories.user(made.park, "unit", unit))
    text = client.get(url).content.decode()
    assert "设备已到港" in text
    assert "李工" not in text


def _view(made, code):
    from tests.approvals.portal.test_actions import view_of

    return view_of(made, code)


@pytest.mark.parametrize("many", [1, 5])
def test_queries_do_not_grow(way, made, many, django_assert_max_num_queries):
    for number in range(many):
        day = TODAY - timedelta(days=10 + 7 * number)
        at = datetime(day.year, day.month, day.day, tzinfo=UTC)
        step = step_of(made, f"S{7 + number:02}")
        Urge.objects.create(project_step=step, on=day, at=at, by_name="x")
        CorrectionNotice.objects.create(project_step=step, round=1, issued_on=day, at=at)
        Rating.objects.create(project_step=step, round=1, score=3, by_name="x", at=at)
        HelpRequest.objects.create(project=made, project_step=step, text="x", by_name="x", at=at)
    way.get()
    with django_assert_max_num_queries(32):
        way.get()
    way.get("steps/S07/")
    with django_assert_max_num_queries(28):
        way.get("steps/S07/")

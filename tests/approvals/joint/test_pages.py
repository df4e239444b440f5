"""Pages of joint reviews: who sees what, every form does what it says, and the workbook says what the list says."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.urls import reverse
from django.utils import translation

from accounts import clock
from accounts.visitors import ProjectVisitor
from approvals import actions as step_actions
from approvals.joint import actions, part, queries
from approvals.models import JointReview
from approvals.queries import steps_of
from dispatch.desk import queries as desk
from tests import factories
from tests.approvals.cases import move as step_move
from tests.approvals.joint.conftest import FIVE, LATER, OPENED, PLAIN, TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: LATER)
    monkeypatch.setattr(clock, "today", lambda: TODAY)


def url(name, *args):
    return reverse(f"approvals:joint_{name}", args=args)


def page(client, user, address):
    client.force_login(user)
    return client.get(address)


def test_opening_by_the_page(client, case):
    pk = case.project.pk
    assert url("open", pk, "FIVE_CERTS") in page(client, case.staff, url("project", pk)).content.decode()
    form = client.get(url("open", pk, "FIVE_CERTS"))
    assert [form.content.decode().count(f'value="{paper}"') for paper in case.everything] == [1] * len(case.everything)

    core = next(p for p in form.context["opening"].papers if not p.may_follow)
    most = [paper for paper in case.everything if paper != core.pk]
    refused = client.post(url("open", pk, "FIVE_CERTS"), {"present": most})
    assert refused.status_code == 422 and core.name in refused.content.decode()
    assert refused.content.decode().count("checked") == len(most)  # nothing has to be marked again
    assert not JointReview.objects.exists()

    answer = client.post(url("open", pk, "FIVE_CERTS"), {"present": case.everything})
    review = JointReview.objects.get()
    assert (answer.status_code, answer.url) == (302, url("detail", review.pk))
    again = client.post(url("open", pk, "FIVE_CERTS"), {"present": case.everything})
    assert again.status_code == 422


def test_units_answer_and_the_park_issues_by_the_pages(client, case):
    review = case.open().review
    person = case.person("S13")
    seen = page(client, person, url("detail", review.pk)).content.decode()
    assert url("answer", review.pk, "S13") in seen and url("answer", review.pk, "S14") not in seen
    assert url("issue", review.pk) not in seen and url("cancel", review.pk) not in seen
    assert client.get(url("answer", review.pk, "S14")).status_code == 404
    assert client.get(url("issue", review.pk)).status_code == 403

    said = client.post(url("answer", review.pk, "S13"), {"answer": "objected", "note": "", "seen": ""})
    assert said.status_code == 422
    said = client.post(url("answer", review.pk, "S13"), {"answer": "objected", "note": "退线不足", "seen": ""})
    assert said.url == url("detail", review.pk)
    stale = client.post(url("answer", review.pk, "S13"), {"answer": "agreed", "seen": ""})
    assert stale.status_code == 409 and case.row(review, "S13").answer == "objected"
    fresh = {"answer": "agreed", "seen": LATER.isoformat(), "result_number": "建字第7号"}
    assert client.post(url("answer", review.pk, "S13"), fresh).status_code == 302

    blocked = page(client, case.staff, url("detail", review.pk)).content.decode()
    assert "退线不足" in blocked and url("issue", review.pk) not in blocked
    case.agree(review, *[code for code in FIVE if code != "S13"])
    assert url("issue", review.pk) in client.get(url("detail", review.pk)).content.decode()
    review.refresh_from_db()
    sent = client.post(url("issue", review.pk), {"version": review.version})
    assert sent.url == url("detail", review.pk)
    assert case.step("S13").result_number == "建字第7号"


def test_issue_refused_says_which_step_and_changes_nothing(client, case):
    review = case.open().review
    case.agree(review)
    case.project.steps.filter(code="S09").update(state=8, decided_on=None)
    review.refresh_from_db()
    client.force_login(case.staff)
    refused = client.post(url("issue", review.pk), {"version": review.version})
    assert refused.status_code == 422 and "S10" in refused.content.decode()
    assert client.post(url("issue", review.pk), {"version": review.version - 1}).status_code == 409
    assert case.step("S10").state == 3


def test_cancel_by_the_page(client, case):
    review = case.open().review
    client.force_login(case.staff)
    assert client.post(url("cancel", review.pk), {"version": review.version}).status_code == 422
    client.post(url("cancel", review.pk), {"version": review.version, "reason": "企业调整方案"})
    assert "企业调整方案" in client.get(url("detail", review.pk)).content.decode()


def test_a_step_decided_by_itself_waits_for_nobody(client, case):
    review = case.open().review
    person = case.person("S10")
    assert queries.pending_answers(person).count() == 1
    step_move(case.step("S10"), "decide_approve", TODAY)
    case.agree(review, *FIVE[1:])

    assert not queries.pending_answers(person).exists()
    shown = queries.of(review, case.staff, TODAY, PLAIN)
    assert shown.may_be_issued and not shown.waits_for and (shown.agreed, len(shown.counting)) == (5, 5)
    first = next(line for line in shown.lines if line.step.code == "S10")
    assert first.is_left_out and not first.may_answer
    row = queries.reviews(case.staff).get()
    assert (row.asked, row.answered_agreed) == (5, 5)
    client.force_login(case.staff)
    page = client.get(url("detail", review.pk)).content.decode()
    assert url("issue", review.pk) in page and url("answer", review.pk, "S10") not in page
    step_page = reverse("approvals:step", args=[case.project.pk, "S10"])
    assert url("answer", review.pk, "S10") not in client.get(step_page).content.decode()

    case.issue(review)
    review.refresh_from_db()
    row = queries.reviews(case.staff).get()
    assert (row.asked, row.answered_agreed, row.undone_steps) == (5, 5, 0)
    assert not queries.of(review, case.staff, TODAY, PLAIN).undone


def test_review_says_when_a_decision_is_undone(client, case):
    review = case.open().review
    case.agree(review)
    case.issue(review)
    assert not queries.of(review, case.staff, TODAY, PLAIN).undone
    step_actions.undo_last(case.step("S17"), by=case.staff, at=LATER, today=TODAY, calendar=PLAIN)

    review.refresh_from_db()
    shown = queries.of(review, case.staff, TODAY, PLAIN)
    assert [line.step.code for line in shown.undone] == ["S17"]
    assert "notice-warning" in page(client, case.staff, url("detail", review.pk)).content.decode()
    assert queries.reviews(case.staff).get().undone_steps == 1


def test_list_figures_and_workbook_agree(client, case):
    review = case.open().review
    case.agree(review)
    case.issue(review, at=OPENED + timedelta(hours=7, minutes=3))
    answer = page(client, case.staff, url("list"))
    hours, days = answer.context["hours"], answer.context["days"]
    assert (hours.count, f"{hours.median:.2f}", f"{hours.best:.2f}") == (1, "7.05", "7.05")
    assert (days.median, days.within, days.with_target) == (0, 0, 0)  # the five certificates have no target
    case.bundle.target_wd = 10
    case.bundle.save()
    assert client.get(url("list")).context["days"].within == 1
    (shown,) = client.get(url("list")).context["rows"]
    assert f"{shown.hours}" == "7.1"  # half up, not 7.0

    book = client.get(url("export"))
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(book.streaming_content))).active
    row = [cell.value for cell in sheet[4]]
    assert row[0] == case.project.name and row[6:12] == [7.1, 0, 10, 6, 6, 0]
    assert client.get(url("list") + "?state=open").context["page"].paginator.count == 0


def test_hours_since_the_award(case):
    review = case.open().review
    assert queries.since_award(queries.of(review, case.staff, TODAY, PLAIN)) is None
    case.agree(review)
    case.issue(review)
    award = queries.since_award(queries.of(review, case.staff, TODAY, PLAIN))
    assert (award["workdays"], f"{award['hours']}") == (20, "688.5")  # from the beginning of 2 February
    case.project.steps.filter(code="S09").update(decided_on=None)
    assert queries.since_award(queries.of(review, case.staff, TODAY, PLAIN)) is None


def part_for(case, user, code="S13"):
    views = steps_of(case.project, user, today=TODAY, calendar=PLAIN)
    return part.source(next(view for view in views if view.row.code == code), user)


def test_step_page_tells_the_enterprise_the_day_and_nothing_else(client, case):
    owner = factories.organization(case.project.park, "enterprise")
    case.project.enterprise = factories.enterprise(case.project.park, owner)
    case.project.save()
    person = factories.user(case.project.park, "enterprise", owner)
    assert part_for(case, person) is None
    review = case.open(note="内部说明").review
    actions.answer(case.row(review, "S13"), "objected", note="内部意见", by=None, at=LATER)

    for reader in (person, ProjectVisitor(case.project.pk, 1, "持码人")):
        assert part_for(case, reader).context == {"due_on": review.answer_due_on}
    text = page(client, person, reverse("approvals:step", args=[case.project.pk, "S13"])).content.decode()
    assert 'id="joint"' in text and f"{review.answer_due_on}" in text
    assert "内部" not in text and "/joint/" not in text
    for name, args in (("detail", [review.pk]), ("answer", [review.pk, "S13"]), ("issue", [review.pk])):
        assert client.get(url(name, *args)).status_code == 404
    assert client.get(url("list")).status_code == 403


def test_step_page_lets_the_department_answer(client, case):
    review = case.open().review
    text = page(client, case.person("S13"), reverse("approvals:step", args=[case.project.pk, "S13"])).content.decode()
    assert url("answer", review.pk, "S13") in text
    case.agree(review)
    case.issue(review)
    text = client.get(reverse("approvals:step", args=[case.project.pk, "S13"])).content.decode()
    assert url("answer", review.pk, "S13") not in text and url("detail", review.pk) in text


def test_desk_of_a_unit_holds_its_pending_answers(client, case):
    review = case.open().review
    person = case.person("S13")
    client.force_login(person)
    block = next(b for b in client.get(reverse("desk")).context["blocks"] if b.key == "joint")
    assert (block.number, [entry.url for entry in block.entries]) == (1, [url("detail", review.pk)])
    assert block.entries[0].days == 1
    case.agree(review, "S13")
    assert queries.pending_answers(person).count() == 0
    assert desk.joint_answers(desk.Desk(person, TODAY, LATER, PLAIN)).number == 0


def test_another_park_and_an_unconcerned_unit_see_nothing(client, case):
    review = case.open().review
    for user in (factories.user(factories.park()), factories.user(case.project.park, "unit")):
        assert page(client, user, url("detail", review.pk)).status_code == 404
        assert client.get(url("project", case.project.pk)).status_code == 404
        assert client.get(url("list")).context["page"].paginator.count == 0


def test_queries_do_not_grow(client, case, django_assert_max_num_queries):
    case.open()
    client.force_login(case.staff)
    with translation.override("en"), django_assert_max_num_queries(14):
        client.get(url("detail", JointReview.objects.get().pk))
    with django_assert_max_num_queries(8):
        client.get(url("list"))

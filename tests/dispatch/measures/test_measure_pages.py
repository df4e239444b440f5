"""Measures: actions with their guards, pages per role, the form of a new item, the workbook."""

from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.errors import Conflict, Refused
from dispatch.ledger.models import LedgerEntry, LedgerItem
from dispatch.ledger.parts import parts_of
from dispatch.measures import actions
from dispatch.measures.models import Measure, MeasureChange
from tests import factories
from tests.dispatch.ledger_cases import EDGE, assigned, cast, closed, closing, item
from tests.factories import AT, TODAY

pytestmark = pytest.mark.django_db
WORDS = {"category": "land", "title": "存量指标调剂", "problem": "缺指标", "solution": "先行组卷", "conditions": ""}
NEW = {"kind": "problem", "category": "other", "source": "centre"}


@pytest.fixture(autouse=True)
def fixed_clock(monkeypatch):
    monkeypatch.setattr("accounts.clock.today", lambda: TODAY)
    monkeypatch.setattr("accounts.clock.now", lambda: AT)


@pytest.fixture
def people():
    return cast()


def published(people, **fields):
    return actions.publish(item=closed(people), fields=WORDS | fields, by=people.staff, at=AT)


def send(client, user, method, url, status, data=None, **headers):
    client.force_login(user)
    response = getattr(client, method)(url, data or {}, headers=headers)
    assert response.status_code == status, response.content.decode()[:2000]
    return response


def untouched(action, expected):
    def everything():
        return [list(m.objects.order_by("pk").values()) for m in (Measure, MeasureChange, LedgerItem, LedgerEntry)]

    before = everything()
    with pytest.raises(expected):
        action()
    assert everything() == before


class TestActions:
    def test_publish(self, people):
        source = closed(people)
        row = Measure.objects.get(pk=actions.publish(item=source, fields=WORDS, by=people.staff, at=AT).pk)
        assert {name: getattr(row, name) for name in WORDS} == WORDS
        facts = (row.park, row.item, row.published_by, row.published_at, row.withdrawn_at, row.version)
        assert facts == (people.park, source, people.staff, AT, None, 1)
        assert row.tokens == " 存量 量指 指标 标调 调剂 缺指 先行 行组 组卷 "
        assert [(one.verb, one.by) for one in row.history.all()] == [("publish", people.staff)]

    def test_publish_refused(self, people):
        source = closed(people)
        for by in (people.worker, people.leader, factories.user(factories.park(), "staff")):
            untouched(lambda by=by: actions.publish(item=source, fields=WORDS, by=by, at=AT), PermissionDenied)
        waiting = closing(people)
        untouched(lambda: actions.publish(item=waiting, fields=WORDS, by=people.staff, at=AT), Refused)
        actions.publish(item=source, fields=WORDS, by=people.staff, at=AT)
        untouched(lambda: actions.publish(item=source, fields=WORDS, by=people.second, at=AT), Refused)

    def test_edit(self, people):
        row = published(people)
        actions.edit(row, fields=WORDS | {"solution": "调剂"}, by=people.second, at=AT, version=1)
        assert (row.solution, row.version, row.tokens) == ("调剂", 2, " 存量 量指 指标 标调 调剂 缺指 ")
        change = row.history.latest("pk")
        assert (change.verb, change.by) == ("edit", people.second)
        assert change.changes == [{"field": "solution", "old": "先行组卷", "new": "调剂"}]
        actions.edit(row, fields={"solution": "调剂"}, by=people.staff, at=AT, version=2)  # nothing new
        assert (Measure.objects.get(pk=row.pk).version, row.history.count()) == (2, 2)

    def test_edit_refused(self, people):
        row = published(people)
        stale = Measure.objects.get(pk=row.pk)
        actions.edit(row, fields={"title": "新"}, by=people.staff, at=AT, version=1)
        untouched(lambda: actions.edit(stale, fields={"title": "旧"}, by=people.staff, at=AT, version=1), Conflict)
        untouched(lambda: actions.edit(row, fields={"title": "旧"}, by=people.staff, at=AT, version=1), Conflict)
        untouched(
            lambda: actions.edit(row, fields={"title": "旧"}, by=people.worker, at=AT, version=2), PermissionDenied
        )

    def test_withdraw(self, people):
        row = published(people)
        untouched(lambda: actions.withdraw(row, reason=" ", by=people.staff, at=AT, version=1), Refused)
        untouched(lambda: actions.withdraw(row, reason="x", by=people.leader, at=AT, version=1), PermissionDenied)
        actions.withdraw(row, reason="政策已变", by=people.staff, at=AT, version=1)
        facts = (row.withdrawn_by, row.withdrawn_at, row.withdrawn_reason, row.version)
        assert facts == (people.staff, AT, "政策已变", 2)
        assert list(Measure.objects.in_use()) == []
        untouched(lambda: actions.withdraw(row, reason="x", by=people.staff, at=AT, version=2), Refused)
        untouched(lambda: actions.edit(row, fields={"title": "x"}, by=people.staff, at=AT, version=2), Refused)
        mine = assigned(people)
        untouched(lambda: actions.take_over(mine, row, by=people.staff, version=1, **EDGE), Refused)

    def test_take_over(self, people):
        row, mine = published(people), assigned(people, measures="每周协调", standard="")
        done = actions.take_over(mine, row, by=people.staff, version=1, **EDGE)
        assert (done.measures, done.standard, done.measure, done.version) == (
            "每周协调\n先行组卷",
            "取得许可证",
            row,
            2,
        )
        assert "组卷" in done.tokens
        assert {change["field"] for change in done.history.latest("pk").changes} == {"measures", "standard", "measure"}
        again = actions.take_over(done, row, by=people.staff, version=2, **EDGE)
        assert (again.version, again.measures) == (2, done.measures)
        untouched(lambda: actions.take_over(mine, row, by=people.worker, version=2, **EDGE), PermissionDenied)
        foreign = cast()
        theirs = item(foreign)
        untouched(lambda: actions.take_over(theirs, row, by=foreign.staff, version=1, **EDGE), Refused)


class TestPages:
    def test_publishing_starts_with_what_the_item_says(self, client, people):
        source = closed(people, description="缺农转用指标")
        url = f"/ledger/{source.pk}/publish/"
        form = send(client, people.staff, "get", url, 200).context["form"]
        assert (form["title"].value(), form["problem"].value()) == (source.title, "缺农转用指标")
        assert form["solution"].value() == "每周协调一次\n已取得许可证"
        made = send(client, people.staff, "post", url, 302, WORDS)
        row = Measure.objects.get()
        assert made.url == f"/measures/{row.pk}/"
        send(client, people.staff, "post", url, 409, WORDS)
        send(client, people.staff, "get", f"/ledger/{assigned(people).pk}/publish/", 302)

    def test_the_list(self, client, people):
        row = published(people)
        other = published(people, title="临时排水", category="works", problem="积水", solution="泵站")
        actions.take_over(assigned(people), row, by=people.staff, version=1, **EDGE)
        actions.withdraw(published(people, title="旧办法"), reason="x", by=people.staff, at=AT, version=1)

        def shown(user, query=""):
            page = send(client, user, "get", f"/measures/{query}", 200).context["page_obj"]
            return [(one.title, one.times_used) for one in page]

        everything = [(other.title, 0), (row.title, 1)]
        for user in (people.staff, people.leader, people.stranger):
            assert shown(user) == everything
        assert shown(people.staff, "?category=works") == shown(people.staff, "?q=排水") == everything[:1]
        assert shown(people.staff, "?sort=-uses") == everything[::-1]
        assert shown(people.staff, "?use=withdrawn") == [("旧办法", 0)]
        assert shown(factories.user(factories.park(), "staff")) == []
        send(client, factories.user(people.park, "enterprise"), "get", "/measures/", 404)

    def test_the_workbook(self, client, people):
        published(people, solution="=1+1")
        raw = send(client, people.worker, "get", "/measures/export/?category=land", 200).content
        sheet = load_workbook(BytesIO(raw)).active
        assert sheet.max_row == 2
        values = [cell.value for cell in sheet[2]]
        assert (values[0], values[7]) == ("存量指标调剂", 0)
        assert sheet["D2"].data_type == "s"

    def test_editing_after_somebody_else_keeps_the_text(self, client, people):
        row = published(people)
        actions.edit(row, fields={"title": "先到"}, by=people.second, at=AT, version=1)
        url = f"/measures/{row.pk}/edit/"
        form = send(client, people.staff, "post", url, 409, WORDS | {"title": "后到", "version": 1}).context["form"]
        assert (form["title"].value(), form["version"].value()) == ("后到", "2")
        send(client, people.staff, "post", url, 302, WORDS | {"title": "后到", "version": 2})

    def test_withdrawing_is_asked_about(self, client, people):
        row = published(people)
        url = f"/measures/{row.pk}/withdraw/"
        assert b"confirm" in send(client, people.staff, "get", url, 200).content
        send(client, people.staff, "post", url, 422, {"version": 1})
        send(client, people.staff, "post", url, 302, {"version": 1, "reason": "政策已变"})
        assert "政策已变" in send(client, people.worker, "get", f"/measures/{row.pk}/", 200).content.decode()

    def test_its_item_is_shown_to_who_may_see_it(self, client, people):
        row = published(people)
        link = f"/ledger/{row.item_id}/"
        for user, is_there in ((people.staff, True), (people.worker, True), (people.stranger, False)):
            assert (link in send(client, user, "get", f"/measures/{row.pk}/", 200).content.decode()) == is_there

    def test_queries_do_not_grow(self, client, people):
        from django.db import connection

        def cost():
            send(client, people.staff, "get", "/measures/", 200)
            with CaptureQueriesContext(connection) as captured:
                send(client, people.staff, "get", "/measures/", 200)
            return len(captured)

        published(people)
        before = cost()
        for _turn in range(3):
            published(people)
        assert cost() == before


class TestOnAnItem:
    def test_similar_ones_and_taking_over(self, client, people):
        row, mine = published(people, title="用地指标未落实"), assigned(people)
        url = f"/measures/similar/?item={mine.pk}"
        whole = send(client, people.staff, "get", url, 200)
        part = send(client, people.staff, "get", url, 200, **{"HX-Request": "true"})
        assert b"<html" in whole.content
        assert b"<html" not in part.content
        assert [one for one, _share in part.context["alike"].measures] == [row]
        taking = f"/ledger/{mine.pk}/take/"
        assert taking in part.content.decode()
        assert taking not in send(client, people.worker, "get", url, 200).content.decode()
        send(client, people.stranger, "get", url, 404)
        send(client, people.staff, "post", taking, 302, {"measure": row.pk, "version": 1})
        send(client, people.staff, "post", taking, 409, {"measure": row.pk, "version": 1})
        mine.refresh_from_db()
        assert mine.measure == row

    def test_the_section(self, people):
        def section(row, user):
            found = [p for p in parts_of(row, user, TODAY) if p.template.startswith("dispatch/measures")]
            return found[0].context if found else None

        source = closed(people)
        assert section(source, people.staff)["may_publish"]
        assert section(source, people.worker) is None
        row = actions.publish(item=source, fields=WORDS, by=people.staff, at=AT)
        assert (section(source, people.worker)["published"], section(source, people.staff)["may_publish"]) == (
            row,
            False,
        )
        mine = actions.take_over(assigned(people), row, by=people.staff, version=1, **EDGE)
        assert section(mine, people.worker)["taken"] == row


class TestANewItem:
    def test_typing_shows_what_was_solved(self, client, people):
        published(people, title="用地指标未落实")
        text = send(client, people.staff, "get", "/ledger/new/", 200).content.decode()
        assert 'hx-include="#id_title"' in text
        asked = "/measures/similar/?form&title=用地指标"
        part = send(client, people.staff, "get", asked, 200, **{"HX-Request": "true"}).content.decode()
        assert 'name="take_measure"' in part

    def test_without_javascript_the_form_looks_and_keeps_what_was_typed(self, client, people):
        row = published(people, title="用地指标未落实")
        typed = NEW | {"title": "二期用地指标未落实", "due_on": "2026-04-01", "cooperating_units": [people.unit.pk]}
        shown = send(client, people.staff, "post", "/ledger/new/", 200, typed | {"similar": "1"})
        assert [one for one, _share in shown.context["alike"].measures] == [row]
        taken = send(client, people.staff, "post", "/ledger/new/", 200, typed | {"take_measure": row.pk})
        form = taken.context["form"]
        assert (form["title"].value(), form["due_on"].value()) == ("二期用地指标未落实", "2026-04-01")
        assert (form["measures"].value(), form["standard"].value()) == ("先行组卷", "取得许可证")
        assert form["cooperating_units"].value() == [str(people.unit.pk)]
        assert LedgerItem.objects.filter(title__startswith="二期").count() == 0
        more = {"measures": "先行组卷", "measure": form["measure"].value()}
        send(client, people.staff, "post", "/ledger/new/", 302, typed | more)
        assert LedgerItem.objects.get(title__startswith="二期").measure == row

    @pytest.mark.parametrize("measure", ["0", "x", "9" * 30, "-1", "²"])
    def test_a_link_with_a_measure(self, client, people, measure):
        row = published(people)
        form = send(client, people.staff, "get", f"/ledger/new/?measure={row.pk}", 200).context["form"]
        assert (form["measures"].value(), form["measure"].value()) == ("先行组卷", row.pk)
        form = send(client, people.staff, "get", f"/ledger/new/?measure={measure}", 200).context["form"]
        assert (form["measures"].value(), form["measure"].value()) == (None, None)

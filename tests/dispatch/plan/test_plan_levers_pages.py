"""The pages of levers: a preview saves nothing, pulling is confirmed, and who may do which."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import clock
from approvals.models import ProjectStep, Step
from dispatch.ledger.models import LedgerItem
from dispatch.plan import lever_page
from dispatch.plan.actions import levers as actions
from dispatch.plan.models import Plan, PlanEntry, PlanForecast, PlanLever
from projects.models import Milestone, Project
from projects.planning.levers import Lever, LeverKind
from projects.stages import Stage
from tests import factories
from tests.approvals.cases import PLAIN, finish, project
from tests.factories import AT, TODAY
from workdays.models import load_calendar

pytestmark = pytest.mark.django_db
TARGET = date(2026, 5, 29)
PICKS = {"lever": ["overlap:S17:S13", "shorten:S13:2"]}


@pytest.fixture
def one(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    monkeypatch.setattr(clock, "now", lambda: AT)
    park = factories.park()
    unit = factories.organization(park)
    made = project(park, stage=Stage.FILED, enterprise=factories.enterprise(park), responsible_unit=unit)
    finish(made, "S01")
    ProjectStep.objects.filter(project=made, code__in=["S13", "S17"]).update(unit=unit)
    Milestone.objects.update_or_create(project=made, stage="L08", defaults={"baseline_on": TARGET})
    return made


@pytest.fixture
def staff(one):
    return factories.user(one.park)


@pytest.fixture
def look(client, one, staff):
    client.force_login(staff)
    address = reverse("dispatch:plan_levers", args=[one.pk])
    return lambda data=None, **headers: client.get(address, data or {}, headers=headers)


def sheet(response) -> lever_page.Sheet:
    return response.context["sheet"]


def boxes(text: str) -> dict[str, bool]:
    """Code of every box on the page → whether it is ticked."""
    found = re.findall(r'name="lever"[^>]*value="([^"]+)"([^>]*)>', text)
    return {code: "checked" in rest for code, rest in found}


def snapshot() -> tuple:
    models = (Plan, PlanLever, PlanEntry, PlanForecast, LedgerItem, ProjectStep, Milestone)
    return tuple(tuple(model.objects.order_by("pk").values_list()) for model in models)


class TestPreview:
    def test_the_page_says_how_short_it_is_and_why(self, look):
        response = look()
        found = sheet(response)
        assert response.status_code == 200 and found.now.short_wd > 0
        text = response.content.decode()
        assert all(day.isoformat() in text for day in (TARGET, found.now.goal_on))
        assert text.count("lever-stop-goal") == 1 and len(found.stops) == len(found.now.chain) > 3
        assert not any(boxes(text).values()) and boxes(text)

    def test_ticked_levers_are_previewed_and_nothing_is_saved(self, look):
        before = snapshot()
        response = look(PICKS)
        found = sheet(response)
        assert snapshot() == before
        assert {code for code, ticked in boxes(response.content.decode()).items() if ticked} == set(PICKS["lever"])
        assert found.after.goal_on < found.now.goal_on
        assert found.moves.goal_after == found.after.goal_on and found.moves.milestones
        assert found.after.goal_on.isoformat() in response.content.decode()

    def test_htmx_gets_the_moving_part_of_the_same_address(self, look):
        whole, part = look(PICKS).content.decode(), look(PICKS, HX_Request="true")
        text = part.content.decode()
        assert "<html" in whole and "<html" not in text
        assert text.lstrip().startswith('<div id="levers"')
        assert boxes(text) == boxes(whole)
        assert "HX-Request" in part.headers["Vary"]
        again = look(PICKS, HX_Request="true", HX_History_Restore_Request="true").content.decode()
        assert "<html" in again

    def test_working_days_can_be_typed(self, look):
        one_day = look({"lever": "shorten:S13:2", "wd_S13": "1"})
        assert [option.lever.code for option in sheet(one_day).picked] == ["shorten:S13:1"]
        three = look({"lever": "shorten:S13:3"})
        assert [option.lever.code for option in sheet(three).picked] == ["shorten:S13:3"]
        assert sheet(one_day).after.goal_on < sheet(three).after.goal_on

    @pytest.mark.parametrize(
        "data",
        [
            {"lever": "commit:S09"},
            {"lever": "overlap"},
            {"lever": "x:S13"},
            {"lever": "shorten:S13:-2", "wd_S13": "99"},
            {"lever": "shorten:S13:"},
            {"lever": "：：" * 90},
        ],
    )
    def test_what_is_not_possible_is_left_out_and_said(self, look, data):
        response = look(data)
        assert response.status_code == 200
        picked = [option.lever.code for option in sheet(response).picked]
        assert picked in ([], ["shorten:S13:2"])
        assert response.context["strangers"] == (0 if picked else 1)

    def test_the_proposal_is_a_link_to_its_preview(self, look):
        found = sheet(look())
        ahead = look(dict_of(found.proposal_query))
        assert len(sheet(ahead).picked) == len(found.proposal) > 0
        assert sheet(ahead).after.short_wd == found.proposal_short < found.now.short_wd

    def test_barred_levers_stand_with_their_reason(self, look):
        response = look()
        text = response.content.decode()
        assert sheet(response).barred and "lever-barred" in text

    def test_as_many_queries_whatever_is_ticked(self, look, one):
        def queries(data) -> int:
            look(data)
            with CaptureQueriesContext(connection) as caught:
                assert look(data).status_code == 200
            return len(caught)

        assert queries({}) == queries(PICKS) <= 45

    def test_a_reached_goal_a_suspended_project_and_no_target(self, look, one):
        Milestone.objects.filter(project=one, stage="L08").update(baseline_on=None)
        found = look()
        assert found.status_code == 200 and sheet(found).proposal == []
        Plan.objects.create(project=one, goal="L08", target_on=TARGET, created_at=AT, updated_at=AT)
        Milestone.objects.filter(project=one, stage="L08").update(actual_on=TODAY)
        reached = look()
        assert reached.status_code == 200 and sheet(reached).is_reached and not boxes(reached.content.decode())
        Project.objects.filter(pk=one.pk).update(status=Project.Status.SUSPENDED)
        assert "sheet" not in look().context and look(HX_Request="true").status_code == 200


def dict_of(query: str) -> dict[str, list[str]]:
    from django.http import QueryDict

    return dict(QueryDict(query).lists())


class TestPull:
    def address(self, one):
        return reverse("dispatch:plan_levers_pull", args=[one.pk])

    def fields(self, client, one):
        """The form as the browser would send it."""
        response = client.get(self.address(one), PICKS)
        assert response.status_code == 200
        data = {"version": response.context["head"]["version"].value(), "lever": PICKS["lever"]}
        for part in response.context["parts"]:
            for field in part["form"]:
                value = field.value()
                data[field.html_name] = "" if value is None else value
        return data

    def test_from_the_form_to_plan_and_ledger(self, client, look, one):
        data = self.fields(client, one) | {"duty-overlap-S17-S13-standard": "出具预审意见"}
        before = snapshot()
        assert client.get(self.address(one), PICKS).status_code == 200 and snapshot() == before
        response = client.post(self.address(one), data)
        assert response.status_code == 302, response.context["head"].errors
        assert {(row.kind, *row.keys) for row in PlanLever.objects.all()} == {
            ("overlap", "S17", "S13"), ("shorten", "S13"),
        }  # fmt: skip
        assert LedgerItem.objects.filter(source="plan", state="assigned").count() == 2
        assert LedgerItem.objects.filter(standard="出具预审意见").count() == 1
        after = look()
        assert len(after.context["pulled"]) == 2 and not set(PICKS["lever"]) & set(boxes(after.content.decode()))
        assert LedgerItem.objects.first().number in after.content.decode()

    def test_mistakes_are_marked_and_nothing_is_saved(self, client, look, one):
        data = self.fields(client, one)
        before = snapshot()
        assert client.post(self.address(one), data | {"duty-shorten-S13-due_on": "soon"}).status_code == 422
        assert client.post(self.address(one), data | {"duty-overlap-S17-S13-unit": ""}).status_code == 422
        assert client.post(self.address(one), data | {"duty-overlap-S17-S13-due_on": "2026-01-05"}).status_code == 409
        foreign = factories.organization(factories.park())
        assert client.post(self.address(one), data | {"duty-overlap-S17-S13-unit": foreign.pk}).status_code == 422
        assert snapshot()[1:5] == before[1:5]

    def test_somebody_was_first(self, client, look, one):
        data = self.fields(client, one)
        lever = Lever(LeverKind.COMMIT, ("S10",))
        actions.pull(one, [lever], by=factories.user(one.park), at=AT, today=TODAY, calendar=PLAIN, version=0)
        response = client.post(self.address(one), data)
        assert response.status_code == 409 and PlanLever.objects.count() == 1
        again = data | {"version": response.context["head"]["version"].value()}
        assert client.post(self.address(one), again).status_code == 302 and PlanLever.objects.count() == 3

    def test_one_that_became_impossible_is_told_and_its_words_go_to_no_other(self, client, look, one):
        data = self.fields(client, one)
        parts = client.get(self.address(one), PICKS).context["parts"]
        (name,) = [part["form"]["measures"].html_name for part in parts if part["row"].beside]
        Step.objects.filter(code="S17").update(pre_review=False)
        response = client.post(self.address(one), data | {name: "只属于并联审查"})
        assert response.status_code == 409 and not PlanLever.objects.exists() and not LedgerItem.objects.exists()
        (part,) = response.context["parts"]
        assert part["row"].option.lever.code == "shorten:S13:2"
        assert part["form"]["measures"].value() != "只属于并联审查"
        assert client.post(self.address(one), data | {"lever": ["shorten:S13:2"]}).status_code == 302
        assert [row.keys for row in PlanLever.objects.all()] == [["S13"]]

    def test_without_a_choice_back_to_the_look(self, client, look, one):
        assert client.get(self.address(one)).status_code == 302
        assert client.post(self.address(one), {"version": 0}).status_code == 302

    def test_who_may(self, client, one):
        for role, seen, pulls in (
            ("admin", 200, 200),
            ("unit", 404, 404),
            ("leader", 200, 403),
            ("enterprise", 404, 404),
        ):
            client.force_login(factories.user(one.park, role))
            assert client.get(reverse("dispatch:plan_levers", args=[one.pk])).status_code == seen
            assert client.get(self.address(one), PICKS).status_code == pulls
        client.force_login(factories.user(one.park, "unit", one.responsible_unit))
        response = client.get(reverse("dispatch:plan_levers", args=[one.pk]))
        assert response.status_code == 200 and self.address(one) not in response.content.decode()
        assert client.post(self.address(one), PICKS).status_code == 403


class TestWithdraw:
    @pytest.fixture
    def row(self, one, staff):
        lever = Lever(LeverKind.OVERLAP, ("S17", "S13"))
        (row,) = actions.pull(one, [lever], by=staff, at=AT, today=TODAY, calendar=load_calendar(), version=0)
        return row

    def test_asks_why(self, client, look, one, row):
        address = reverse("dispatch:plan_lever_withdraw", args=[row.pk])
        assert address in look().content.decode()
        response = client.get(address)
        assert response.status_code == 200 and row.item.number in response.content.decode()
        assert client.post(address, {"version": 1, "reason": ""}).status_code == 422
        answer = client.post(address, {"version": 0, "reason": "改"})
        assert answer.status_code == 409 and answer.context["form"]["version"].value() == "1"
        assert client.post(address, {"version": 1, "reason": "改"}).status_code == 302
        row.refresh_from_db()
        assert row.withdrawn_reason == "改" and address not in look().content.decode()

    def test_who_may(self, client, one, row):
        address = reverse("dispatch:plan_lever_withdraw", args=[row.pk])
        people = [(factories.user(one.park, "leader"), 403), (factories.user(factories.park()), 404)]
        people += [(factories.user(one.park, "unit", one.responsible_unit), 403)]
        for person, expected in people:
            client.force_login(person)
            assert client.post(address, {"version": 1, "reason": "改"}).status_code == expected
        assert PlanLever.objects.get(pk=row.pk).withdrawn_at is None

"""Levers of a project: which there are and which are barred, what they cost, pulling and withdrawing them."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from accounts.errors import Conflict, Refused
from accounts.permissions import Verb
from approvals.models import ApprovalPolicy, ProjectStep, Step
from dispatch.ledger.models import LedgerComment, LedgerItem
from dispatch.ledger.parts import parts_of
from dispatch.plan import building, possible, prices
from dispatch.plan.actions import levers as actions
from dispatch.plan.models import LearnedDurations, Plan, PlanEntry, PlanForecast, PlanLever, PlanRules, PlanTask
from projects.models import Milestone, Project, TeamMember
from projects.planning.engine import workdays_between
from projects.planning.levers import Lever, LeverKind, apply
from projects.stages import Stage
from tests import factories
from tests.approvals.cases import PLAIN, finish, move, project, step_of
from tests.factories import AT, TODAY

pytestmark = pytest.mark.django_db
TARGET = date(2026, 5, 29)
OVERLAP = Lever(LeverKind.OVERLAP, ("S17", "S13"))
SHORTEN = Lever(LeverKind.SHORTEN, ("S13",), 2)
COMMIT = Lever(LeverKind.COMMIT, ("S17",))
EDGE = {"at": AT, "today": TODAY, "calendar": PLAIN}


@pytest.fixture
def one():
    """A filed project on its way to the start of construction on 29 May, forecast for later."""
    park = factories.park()
    unit = factories.organization(park, name="自然资源和规划分局")
    made = project(park, stage=Stage.FILED, enterprise=factories.enterprise(park))
    finish(made, "S01")
    ProjectStep.objects.filter(project=made, code__in=["S13", "S17"]).update(unit=unit, handler_name="王工")
    Milestone.objects.update_or_create(project=made, stage="L08", defaults={"baseline_on": TARGET})
    return made


@pytest.fixture
def staff(one):
    return factories.user(one.park)


def read(one):
    return building.read_one(Project.objects.get(pk=one.pk), today=TODAY, calendar=PLAIN)


def options(one):
    return possible.of(read(one))


def codes(found):
    return {option.lever.code for option in found}


def bars(one):
    return {option.lever.name: option.bar for option in options(one).barred}


def goal_on(one):
    return read(one).schedule(today=TODAY, calendar=PLAIN).goal_on


class TestPossible:
    def test_parallel_work_where_the_catalogue_has_pre_review(self, one):
        found = codes(options(one).open)
        assert {"overlap:S13:S10", "overlap:S13:S11", "overlap:S13:S12", "overlap:S17:S13"} <= found
        assert "overlap:S11:S09" in bars(one)

    def test_only_papers_that_may_follow_are_deferred(self, one):
        found = options(one)
        deferred = {option.lever.code: option.papers for option in found.open if option.lever.kind is LeverKind.DEFER}
        with override("zh-hans"):
            assert deferred["defer:S16:S14"] == ("施工图审查合格书",)
        assert {"defer:S17:S13", "defer:S17:S14", "defer:S17:S08", "defer:S13:S12", "defer:S10:S09"} <= set(bars(one))
        assert "defer:S11:S09" in bars(one)  # registration: incomplete papers must be refused

    def test_commitments_as_the_catalogue_allows_them(self, one):
        found = {option.lever.code: option for option in options(one).open}
        assert found["commit:S10"].condition == "" and found["commit:S17"].condition
        assert {"commit:S09", "commit:S11"} <= set(bars(one))

    def test_a_safety_review_is_never_promised(self, one):
        ProjectStep.objects.filter(project=one, code="S04").update(applicability="applicable")
        step = Step.objects.get(pk=step_of(one, "S04").step_id)
        assert step.commitment_note and step.commitment_note in bars(one)["commit:S04"]

    def test_bad_credit_bars_what_rests_on_trust_and_nothing_else(self, one):
        before = codes(options(one).open)
        one.enterprise.credit_bar_reason = "失信被执行人"
        one.enterprise.save()
        after, reasons = options(one), bars(one)
        trust = {code for code in before if code.split(":")[0] in ("defer", "commit", "build_first")}
        assert trust and before - codes(after.open) == trust
        assert all("失信被执行人" in reasons[code] for code in trust)

    def test_notice_periods_of_the_law_are_not_shortened(self, one):
        assert "shorten:S09" in bars(one)
        assert not any(code.startswith("shorten:S09") for code in codes(options(one).open))

    def test_half_the_limit_is_asked_for_until_the_park_knows_better(self, one):
        assert "shorten:S13:2" in codes(options(one).open)
        rows = {"S13": {"n": 7, "median": 3, "p80": 4, "best": 1, "counts": {"1": 2, "3": 5}}}
        LearnedDurations.objects.create(park=one.park, as_of=TODAY, rows=rows, computed_at=AT)
        learned = next(option for option in options(one).open if option.lever.name == "shorten:S13")
        assert (learned.lever.wd, learned.before_wd, learned.is_learned) == (3, 4, True)
        LearnedDurations.objects.update(rows={"S13": rows["S13"] | {"n": 4}})
        assert "shorten:S13:2" in codes(options(one).open)

    def test_a_running_step_starts_no_earlier_and_a_done_one_has_no_lever(self, one):
        step = move(step_of(one, "S12"), "receive", TODAY) and step_of(one, "S12")
        move(step, "accept", TODAY)
        found = options(one)
        kinds = {option.lever.kind for option in [*found.open, *found.barred] if option.lever.step == "S12"}
        assert kinds and not kinds & {LeverKind.OVERLAP, LeverKind.DEFER}
        assert not any("S01" in code.split(":")[1:] for code in codes(found.open))

    def test_the_site_begins_at_once_when_something_holds_it(self, one):
        assert "site_earlier:S08" not in codes(options(one).open)
        plan = Plan.objects.create(project=one, target_on=TARGET, created_at=AT, updated_at=AT)
        PlanTask.objects.create(plan=plan, key="S08", kind="step", planned_on=TODAY + timedelta(30))
        assert "site_earlier:S08" in codes(options(one).open)

    def test_only_what_leads_to_the_goal(self, one):
        assert not any(code.split(":")[1] in ("S18", "S19", "S21", "S22") for code in codes(options(one).open))
        Plan.objects.create(project=one, goal="L10", target_on=TARGET, created_at=AT, updated_at=AT)
        assert any(code.split(":")[1] == "S19" for code in codes(options(one).open))

    def test_as_many_queries_for_few_steps_as_for_many(self, one):
        def queries(plan) -> int:
            with CaptureQueriesContext(connection) as caught:
                possible.of(plan)
            return len(caught)

        many = queries(read(one))
        ProjectStep.objects.filter(project=one).exclude(code__in=["S08", "S13"]).update(
            applicability="not_applicable", not_applicable_reason="不需要"
        )
        assert queries(read(one)) == many <= 7


class TestPrices:
    def test_every_lever_has_a_price_and_a_source(self, one):
        found = options(one)
        for option in found.open:
            cost = prices.price(option, found.policy)
            assert cost.text and cost.source
        assert set(prices.NAMES) == set(prices.SOURCES) == set(LeverKind)

    @pytest.mark.parametrize(("at_deadline", "days"), [("withdrawn", None), ("refused", 3), ("flagged", 8)])
    def test_the_debt_follows_the_parks_policy(self, one, at_deadline, days):
        ApprovalPolicy.objects.create(park=one.park, at_deadline=at_deadline, supplement_wd=days)
        found = options(one)
        option = next(option for option in found.open if option.lever.code == "defer:S14:S12")
        text = prices.price(option, found.policy).text
        assert str(prices.AT_DEADLINE[at_deadline]) in text
        assert f" {days or 5} " in text or str(days or 5) in text

    def test_the_condition_is_part_of_the_price(self, one):
        found = options(one)
        option = next(option for option in found.open if option.lever.code == "commit:S17")
        assert option.condition in prices.price(option, found.policy).text


class TestPull:
    def test_rows_items_history_forecast(self, one, staff):
        TeamMember.objects.create(project=one, role="leader", person_name="李主任")
        before, plan = goal_on(one), read(one)
        first = plan.schedule(today=TODAY, calendar=PLAIN, network=apply(plan.plain, [OVERLAP])).goal_on
        details = {OVERLAP.name: {"due_on": date(2026, 4, 1), "standard": "出具预审意见"}}
        rows = actions.pull(one, [OVERLAP, SHORTEN], by=staff, version=0, details=details, **EDGE)

        assert [(row.kind, row.keys, row.wd) for row in rows] == [
            ("overlap", ["S17", "S13"], 0), ("shorten", ["S13"], 2),
        ]  # fmt: skip
        after = goal_on(one)
        assert after < first < before
        assert [row.gain_wd for row in rows] == [
            workdays_between(first, before, PLAIN), workdays_between(after, first, PLAIN),
        ]  # fmt: skip
        item = rows[0].item
        assert (item.source, item.kind, item.state) == ("plan", "task", LedgerItem.State.ASSIGNED)
        assert (item.project, item.project_step.code, item.unit.name) == (one, "S17", "自然资源和规划分局")
        assert (item.person_name, item.leader) == ("王工", "李主任")
        assert (item.due_on, item.starts_on, item.standard) == (date(2026, 4, 1), TODAY, "出具预审意见")
        assert item.measures and item.reward_penalty and str(rows[0].gain_wd) in item.description
        plan = Plan.objects.get(project=one)
        assert (plan.version, plan.goal, plan.target_on, plan.updated_by) == (1, "L08", TARGET, staff)
        entry = PlanEntry.objects.get(plan=plan)
        assert (entry.verb, entry.by, [change["field"] for change in entry.changes]) == (
            "pull_levers", staff, ["overlap:S17:S13", "shorten:S13:2"],
        )  # fmt: skip
        assert PlanForecast.objects.get(project=one).goal_on == after

    def test_the_deadline_is_the_latest_start_and_never_over(self, one, staff):
        plan = read(one)
        after = plan.schedule(today=TODAY, calendar=PLAIN, network=apply(plan.plain, [COMMIT]))
        (row,) = actions.pull(one, [COMMIT], by=staff, version=0, **EDGE)
        assert row.item.due_on == max(after["S17"].latest_start, TODAY + timedelta(1))

    def test_pulled_levers_are_no_longer_offered(self, one, staff):
        actions.pull(one, [OVERLAP], by=staff, version=0, **EDGE)
        assert OVERLAP.code not in codes(options(one).open)

    @pytest.mark.parametrize("role", ["unit", "leader", "enterprise"])
    def test_others_may_not(self, one, role):
        with pytest.raises(PermissionDenied):
            actions.pull(one, [OVERLAP], by=factories.user(one.park, role), version=0, **EDGE)
        assert nothing_written()

    def test_nobody_of_another_park(self, one):
        with pytest.raises(PermissionDenied):
            actions.pull(one, [OVERLAP], by=factories.user(factories.park()), version=0, **EDGE)
        assert nothing_written()

    @pytest.mark.parametrize("verb", [Verb.EDIT_PLAN, Verb.REGISTER_LEDGER_ITEM])
    def test_both_verbs_are_needed(self, one, staff, verb):
        staff.role.verbs = [code for code in staff.role.verbs if code != verb]
        staff.role.save()
        with pytest.raises(PermissionDenied):
            actions.pull(one, [OVERLAP], by=type(staff).objects.get(pk=staff.pk), version=0, **EDGE)
        assert nothing_written()

    @pytest.mark.parametrize(
        "chosen",
        [
            [],
            [OVERLAP, OVERLAP],
            [Lever(LeverKind.COMMIT, ("S09",))],  # barred
            [Lever(LeverKind.OVERLAP, ("S17", "S01"))],  # no such link
            [Lever(LeverKind.SHORTEN, ("S13",), 4)],  # as long as now
            [Lever(LeverKind.SHORTEN, ("S13",), 0)],
            [OVERLAP, Lever(LeverKind.COMMIT, ("S99",))],
        ],
    )
    def test_what_is_not_possible_is_refused_as_a_whole(self, one, staff, chosen):
        with pytest.raises(Refused):
            actions.pull(one, chosen, by=staff, version=0, **EDGE)
        assert nothing_written()

    def test_a_wrong_detail_refuses_everything(self, one, staff):
        details = {SHORTEN.name: {"due_on": TODAY - timedelta(1)}}
        with pytest.raises(Refused):
            actions.pull(one, [OVERLAP, SHORTEN], by=staff, version=0, details=details, **EDGE)
        assert nothing_written()

    def test_suspended_projects_keep_their_plan(self, one, staff):
        Project.objects.filter(pk=one.pk).update(status=Project.Status.SUSPENDED)
        with pytest.raises(Refused):
            actions.pull(Project.objects.get(pk=one.pk), [OVERLAP], by=staff, version=0, **EDGE)
        assert nothing_written()

    def test_two_people_pull_the_same_lever(self, one, staff):
        actions.pull(one, [OVERLAP], by=staff, version=0, **EDGE)
        second = factories.user(one.park)
        for version in (0, 1):  # has not seen it; has, and still asks for it
            with pytest.raises(Conflict):
                actions.pull(one, [OVERLAP], by=second, version=version, **EDGE)
        assert (PlanLever.objects.count(), LedgerItem.objects.count()) == (1, 1)


class TestWithdraw:
    def test_the_forecast_returns_and_the_item_stays_open_with_a_comment(self, one, staff):
        before = goal_on(one)
        (row,) = actions.pull(one, [OVERLAP], by=staff, version=0, **EDGE)
        actions.withdraw(row, reason="方案要修改", by=staff, version=1, **EDGE)
        row.refresh_from_db()
        assert (row.withdrawn_by, row.withdrawn_at, row.withdrawn_reason) == (staff, AT, "方案要修改")
        assert goal_on(one) == before == PlanForecast.objects.get(project=one).goal_on
        assert row.item.state == LedgerItem.State.ASSIGNED
        assert "方案要修改" in LedgerComment.objects.get(item=row.item).text
        entry = PlanEntry.objects.filter(plan=row.plan).first()
        assert (entry.verb, entry.note, entry.changes[0]["field"]) == ("withdraw_lever", "方案要修改", OVERLAP.code)
        assert OVERLAP.code in codes(options(one).open)

    @pytest.mark.parametrize("reason", ["", "  ", "长" * 201])
    def test_a_reason_is_needed(self, one, staff, reason):
        (row,) = actions.pull(one, [OVERLAP], by=staff, version=0, **EDGE)
        with pytest.raises(Refused):
            actions.withdraw(row, reason=reason, by=staff, version=1, **EDGE)
        assert PlanLever.objects.get(pk=row.pk).withdrawn_at is None

    def test_once_only_and_on_the_version_seen(self, one, staff):
        (row,) = actions.pull(one, [OVERLAP], by=staff, version=0, **EDGE)
        with pytest.raises(Conflict):
            actions.withdraw(row, reason="改", by=staff, version=0, **EDGE)
        actions.withdraw(row, reason="改", by=staff, version=1, **EDGE)
        with pytest.raises(Refused):
            actions.withdraw(row, reason="再改", by=staff, version=2, **EDGE)
        assert PlanEntry.objects.count() == 2

    @pytest.mark.parametrize("role", ["unit", "leader"])
    def test_others_may_not(self, one, staff, role):
        (row,) = actions.pull(one, [OVERLAP], by=staff, version=0, **EDGE)
        with pytest.raises(PermissionDenied):
            actions.withdraw(row, reason="改", by=factories.user(one.park, role), version=1, **EDGE)
        assert PlanLever.objects.get(pk=row.pk).withdrawn_at is None


def test_the_ledger_item_says_which_plan_it_follows_from(one, staff):
    (row,) = actions.pull(one, [OVERLAP], by=staff, version=0, **EDGE)
    templates = [part.template for part in parts_of(row.item, staff, TODAY)]
    assert "dispatch/plan/_lever_part.html" in templates
    PlanLever.objects.update(item=None)
    assert "dispatch/plan/_lever_part.html" not in [part.template for part in parts_of(row.item, staff, TODAY)]


def nothing_written() -> bool:
    return not any(model.objects.exists() for model in (Plan, PlanLever, PlanEntry, PlanForecast, LedgerItem))


class TestPreparation:
    """Papers still to be prepared are no part of the limit that a unit agrees to."""

    @pytest.fixture
    def prepared(self, one):
        plan = Plan.objects.create(project=one, target_on=TARGET, created_at=AT, updated_at=AT)
        PlanTask.objects.create(plan=plan, key="S13", kind="step", preparation_wd=6)
        return one

    def test_a_shorter_limit_leaves_the_papers_out_and_lasts_after_they_are_handed_in(self, prepared, staff):
        option = next(option for option in options(prepared).open if option.lever.name == "shorten:S13")
        assert (option.lever.wd, option.before_wd) == (2, 4)
        actions.pull(prepared, [option.lever], by=staff, version=1, **EDGE)
        assert read(prepared).network.tasks["S13"].duration_wd == 6 + 2
        move(step_of(prepared, "S13"), "receive", TODAY)
        assert read(prepared).network.tasks["S13"].duration_wd == 2

    def test_a_deferral_by_its_name_alone_buys_the_preparation_too(self, prepared, staff):
        finish(prepared, "S06", "S07", "S08", "S09", "S10", "S11", "S12")
        Step.objects.filter(code="S13").update(allows_deferral=True)
        for step in Step.objects.filter(code="S13"):
            step.documents.update(deferrable=True)
        option = next(option for option in options(prepared).open if option.lever.kind is LeverKind.DEFER
                      and option.lever.step == "S13")  # fmt: skip
        before = goal_on(prepared)
        bare = Lever(LeverKind.DEFER, option.lever.keys)
        (row,) = actions.pull(prepared, [bare], by=staff, version=1, **EDGE)
        assert row.gain_wd == workdays_between(goal_on(prepared), before, PLAIN)


def test_where_the_usual_order_binds_its_steps_have_levers_too(one):
    """The way to production leads over completion by a soft link."""
    Plan.objects.create(project=one, goal="L13", target_on=TARGET, created_at=AT, updated_at=AT)
    assert not any(option.lever.step == "S21" for option in options(one).open)
    PlanRules.objects.create(park=one.park, version=1, params={"with_soft": True}, at=AT)
    assert any(option.lever.step == "S21" for option in options(one).open)

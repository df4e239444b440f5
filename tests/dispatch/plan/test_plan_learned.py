"""What a park learns from its finished steps and works, and the page of it."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from approvals.models import ProjectStep, StepPause
from dispatch.plan import learned
from dispatch.plan.models import LearnedDurations
from projects.models import Milestone
from tests import factories
from tests.approvals.cases import PLAIN, project, step_of
from tests.factories import AT, TODAY

pytestmark = pytest.mark.django_db


def approved(one, code, day0: date, decided: date, **fields) -> ProjectStep:
    step = step_of(one, code)
    ProjectStep.objects.filter(pk=step.pk).update(
        **{"state": 11, "received_on": day0, "accepted_on": day0, "decided_on": decided, "committed_limit_wd": 7}
        | fields
    )
    return step


def refresh(park):
    return learned.refresh(park, today=TODAY, at=AT, calendar=PLAIN)


@pytest.fixture
def park():
    return factories.park()


class TestSteps:
    def test_working_days_from_day_0_without_pauses(self, park):
        first, second = project(park), project(park)
        approved(first, "S02", date(2026, 2, 2), date(2026, 2, 9))  # 5
        step = approved(second, "S02", date(2026, 2, 2), date(2026, 2, 27))  # 19, of which 5 paused
        StepPause.objects.create(
            project_step=step, kind="expert_review", party="third_party", started_on=date(2026, 2, 6),
            ended_on=date(2026, 2, 13),
        )  # fmt: skip
        found = refresh(park)["S02"]
        assert (found.n, found.best, found.median, found.p80) == (2, 5, 9.5, 14)
        assert found.counts == {5: 1, 14: 1}
        assert (found.within, found.with_limit) == (1, 2)

    def test_an_extension_was_promised_too(self, park):
        approved(project(park), "S02", date(2026, 2, 2), date(2026, 2, 13), extension_wd=2)  # 9 of 7 + 2
        found = refresh(park)["S02"]
        assert (found.within, found.with_limit) == (1, 1)

    @pytest.mark.parametrize(
        "fields",
        [
            {"state": 8, "decided_on": None},
            {"state": 13},
            {"state": 15},
            {"accepted_on": None, "received_on": None},
            {"applicability": "not_applicable", "not_applicable_reason": "无"},
        ],
    )
    def test_only_what_was_approved_on_known_days(self, park, fields):
        approved(project(park), "S02", date(2026, 2, 2), date(2026, 2, 9), clock_start="accepted", **fields)
        assert refresh(park) == {}

    def test_decided_on_a_promise_teaches_nothing(self, park):
        one = project(park)
        step = approved(one, "S02", date(2026, 2, 2), date(2026, 2, 2))
        promise = one.commitments.create(
            kind="single", text="承诺", signed_by_name="甲", signed_on=date(2026, 2, 2), check_due_on=TODAY, at=AT
        )
        promise.steps.create(project_step=step, round=step.round)
        assert refresh(park) == {}

    def test_each_park_learns_from_its_own(self, park):
        other = factories.park()
        approved(project(park), "S02", date(2026, 2, 2), date(2026, 2, 9))
        assert refresh(other) == {}
        assert set(refresh(park)) == {"S02"}
        assert set(learned.of_park(park.pk)) == {"S02"}
        assert learned.of_park(other.pk) == {}


class TestWorks:
    def test_from_the_milestones_beside_them(self, park):
        one = project(park)
        days = {"L08": date(2026, 1, 5), "L09": date(2026, 1, 12), "L11": date(2026, 1, 9), "L12": date(2026, 1, 19)}
        for stage, day in days.items():
            Milestone.objects.create(project=one, stage=stage, actual_on=day)
        found = refresh(park)
        assert {key: one.counts for key, one in found.items()} == {"W1": {5: 1}, "W4": {6: 1}}  # W3 would be negative

    def test_fitting_out_ends_when_the_first_acceptance_is_handed_in(self, park):
        one = project(park)
        Milestone.objects.create(project=one, stage="L09", actual_on=date(2026, 1, 5))
        approved(one, "S18", date(2026, 1, 19), date(2026, 1, 23))
        approved(one, "S19", date(2026, 1, 14), date(2026, 1, 28))
        assert refresh(park)["W2"].counts == {7: 1}

    def test_a_month_is_no_day(self, park):
        one = project(park)
        Milestone.objects.create(project=one, stage="L08", actual_on=date(2026, 1, 5))
        Milestone.objects.create(project=one, stage="L09", actual_on=date(2026, 1, 31), actual_precision="month")
        assert refresh(park) == {}


class TestPage:
    def test_says_when_there_is_not_enough(self, client, park):
        for _ in range(3):
            approved(project(park), "S02", date(2026, 2, 2), date(2026, 2, 9))
        for _ in range(5):
            approved(project(park), "S03", date(2026, 2, 2), date(2026, 2, 27))
        refresh(park)
        client.force_login(factories.user(park, "leader"))
        answer = client.get(reverse("dispatch:plan_durations"))
        lines = {line.code: line for line in answer.context["table"].lines}
        assert (lines["S02"].is_enough, lines["S03"].is_enough) == (False, True)
        assert (lines["S02"].learned.n, lines["S02"].minimum) == (3, 5)
        assert lines["S03"].is_slow
        assert answer.context["as_of"] == TODAY
        assert set(lines) >= {"S01", "S22", "W1", "W5"}

    def test_the_workbook_keeps_silent_where_there_is_not_enough(self, client, park):
        for code, times in (("S02", 3), ("S03", 5)):
            for _ in range(times):
                approved(project(park), code, date(2026, 2, 2), date(2026, 2, 9))
        refresh(park)
        client.force_login(factories.user(park, "staff"))
        answer = client.get(reverse("dispatch:plan_durations_export"))
        rows = {
            row[0]: row for row in openpyxl.load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True)
        }
        assert rows["S02"][3:7] == (3, None, None, None)
        assert rows["S03"][3:9] == (5, 5, 5, 5, 5, 5)
        assert "3" in rows["S02"][9]
        assert not rows["S03"][9]

    def test_before_the_first_morning_the_page_opens(self, client, park):
        project(park)
        client.force_login(factories.user(park, "staff"))
        answer = client.get(reverse("dispatch:plan_durations"))
        assert (answer.status_code, answer.context["as_of"]) == (200, None)
        assert not LearnedDurations.objects.exists()

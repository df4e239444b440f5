"""Where the days went: the bar of a step, of a project, and what an enterprise may see of it."""

from datetime import date

import pytest
from django.urls import reverse

from approvals import actions, panel
from approvals.clocks import Party
from approvals.days.bars import ended_days, of_project, part, slices
from approvals.models import ProjectStep
from approvals.queries import StepView, steps_of
from tests import factories
from tests.approvals.cases import AT, PLAIN, TODAY, days, finish, move, project, step_of

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 2, 2)
SECRET = "评审专家名单不公开"


@pytest.fixture
def made():
    return project(factories.park(), eia_class="form")


@pytest.fixture
def staff(made):
    return factories.user(made.park)


@pytest.fixture
def walked(made):
    """Received Monday, notice Tuesday, papers Thursday, accepted Friday, expert review from the Monday after."""
    step = step_of(made, "S10")
    move(step, "receive", MONDAY)
    move(step, "notify_correction", MONDAY + days(1), note="缺红线图")
    move(step, "resubmit", MONDAY + days(3))
    move(step, "accept", MONDAY + days(4))
    move(step, "pause", MONDAY + days(7), pause_kind="expert_review", note=SECRET)
    move(step, "resume", MONDAY + days(9))
    return step


def bar(step, today, user=None):
    row = ProjectStep.objects.select_related("step", "project").get(pk=step.pk)
    return part(StepView(row, today, PLAIN), user)


def test_slices_fill_the_bar():
    found = slices([(Party.DEPARTMENT, 1), (Party.ENTERPRISE, 0), (Party.PARK, 3)])
    assert [(one.party, one.x, one.width, one.middle) for one in found] == [
        ("department", "0.000%", "25.000%", "12.500%"),
        ("park", "25.000%", "75.000%", "62.500%"),
    ]
    assert slices([]) == slices([(Party.PARK, 0)]) == []
    assert [one.has_number for one in slices([(Party.PARK, 1), (Party.UPPER, 99)])] == [False, True]


def test_segments_say_with_whom_and_why(walked):
    context = bar(walked, MONDAY + days(15)).context
    assert [(row["party"], row["days"], row["from"], row["to"]) for row in context["rows"]] == [
        ("department", 1, MONDAY + days(1), MONDAY + days(1)),
        ("enterprise", 2, MONDAY + days(2), MONDAY + days(3)),
        ("department", 1, MONDAY + days(4), MONDAY + days(4)),
        ("department", 1, MONDAY + days(5), MONDAY + days(7)),
        ("third_party", 2, MONDAY + days(8), MONDAY + days(9)),
        ("department", 4, MONDAY + days(10), MONDAY + days(15)),
    ]
    assert context["total"] == sum(row["days"] for row in context["rows"]) == 11
    assert [(one["party"], one["days"]) for one in context["legend"]] == [
        ("enterprise", 2), ("department", 7), ("third_party", 2),
    ]  # fmt: skip
    # 3 working days from Friday the 6th, two of them paused: due on Friday the 13th, two working days ago
    assert context["due"] == {"on": MONDAY + days(11), "x": "81.818%", "provisional": False}
    assert [(one["party"], one["days"]) for one in context["late"]] == [("department", 2)]


def test_bar_ends_with_the_decision_and_with_any_other_end(made, walked):
    move(walked, "withdraw", MONDAY + days(10))
    early, late = bar(walked, MONDAY + days(11)).context, bar(walked, TODAY).context
    assert early["end"] == late["end"] == MONDAY + days(10)
    assert early["total"] == late["total"] == 8
    assert late["has_ended"]
    (decided,) = finish(made, "S01")
    assert bar(decided, TODAY).context["total"] == 0


def test_nothing_received_nothing_shown(made):
    assert bar(step_of(made, "S10"), TODAY) is None
    adopted = step_of(made, "S01")
    ProjectStep.objects.filter(pk=adopted.pk).update(state=11, decided_on=MONDAY)
    assert bar(adopted, TODAY) is None


def test_a_second_application_begins_anew(walked):
    move(walked, "withdraw", MONDAY + days(10))
    move(walked, "reopen", MONDAY + days(14))
    context = bar(walked, MONDAY + days(16)).context
    assert (context["start"], context["total"], context["round"]) == (MONDAY + days(14), 2, 2)
    assert [row["party"] for row in context["rows"]] == ["department"]


def test_papers_owed_are_the_enterprises_days(made):
    finish(made, "S01", "S06", "S07", "S08", "S09", "S10", "S11", "S12")
    step = step_of(made, "S13")
    move(step, "receive", MONDAY)
    owed = step.step.documents.filter(deferrable=True).first()
    move(step, "accept_with_outstanding", MONDAY, outstanding=[owed.pk])
    actions.record_document(step, owed, "supplied", on=MONDAY + days(2), by=None, at=AT, today=TODAY, calendar=PLAIN)
    rows = bar(step, MONDAY + days(4)).context["rows"]
    assert [(row["party"], row["days"]) for row in rows] == [("enterprise", 2), ("department", 2)]


def test_ended_days_asks_once(django_assert_num_queries, made, walked):
    move(walked, "withdraw", MONDAY + days(10))
    other = step_of(made, "S15")
    move(other, "receive", MONDAY)
    move(other, "withdraw_before", MONDAY + days(1))
    views = [StepView(step, TODAY, PLAIN) for step in made.steps.select_related("step", "project")]
    with django_assert_num_queries(1):
        assert ended_days(views) == {walked.pk: MONDAY + days(10), other.pk: MONDAY + days(1)}


def test_project_is_the_sum_over_its_steps_by_phase(made, staff, walked):
    park_step = step_of(made, "S07")
    move(park_step, "receive", MONDAY)
    views = steps_of(made, staff, today=MONDAY + days(11), calendar=PLAIN)
    days_of = of_project(views)
    assert {one["party"]: one["days"] for one in days_of["legend"]} == {
        "enterprise": 2, "department": 5, "third_party": 2, "park": 9,
    }  # fmt: skip
    assert (days_of["steps"], days_of["total"], days_of["on_calendar"]) == (2, 18, 9)
    assert [phase["total"] for phase in days_of["phases"]] == [18]  # phases without a day are left out
    assert of_project(steps_of(project(made.park), staff, today=TODAY, calendar=PLAIN)) is None


def test_panel_shows_the_project_bar(client, made, staff, walked):
    client.force_login(staff)
    page = client.get(reverse("projects:detail", args=[made.pk]) + "?tab=steps").content.decode()
    assert 'fill="url(#days-enterprise)"' in page
    assert reverse("approvals:conditions", args=[made.pk]) in page
    assert panel.steps(made, staff, TODAY)["days"]["total"]


def test_enterprise_sees_the_bar_without_what_was_noted_about_others(client, made, walked):
    owner = factories.user(made.park, "enterprise")
    made.enterprise = factories.enterprise(made.park, owner.organization)
    made.save(update_fields=["enterprise"])
    client.force_login(owner)
    page = client.get(reverse("approvals:step", args=[made.pk, "S10"])).content.decode()
    assert 'fill="url(#days-third_party)"' in page
    assert "缺红线图" in page  # its own
    assert SECRET not in page
    assert "<style" not in page and ' style="' not in page


def test_extension_stays_visible_with_reason_and_former_due_day(client, made, staff):
    step = step_of(made, "S10")
    move(step, "receive", MONDAY)
    move(step, "accept", MONDAY)
    due = step.committed_due_on
    actions.extend(step, days=5, reason="地块情况复杂", by=None, at=AT, today=MONDAY, calendar=PLAIN)
    client.force_login(staff)
    page = client.get(reverse("approvals:step", args=[made.pk, "S10"]))
    assert page.context["clock"]["extension"] == {"days": 5, "reason": "地块情况复杂", "was_due_on": due}
    assert page.content.decode().count("地块情况复杂") >= 1

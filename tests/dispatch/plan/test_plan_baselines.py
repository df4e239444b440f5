"""Versions of the baseline: exact days, what follows from them, what they never change."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from accounts.errors import Conflict, Refused
from dispatch.figures.canonical import digest
from dispatch.plan import building
from dispatch.plan.actions import baselines, editing
from dispatch.plan.actions.baselines import save_baseline
from dispatch.plan.comparison import compare
from dispatch.plan.models import Plan, PlanBaseline, PlanEntry
from projects.actions import suspend
from projects.errors import InvalidFields, NeedsAcknowledgement
from projects.models import Milestone, ProjectChange
from tests import factories
from tests.approvals import cases
from tests.factories import AT, TODAY

pytestmark = pytest.mark.django_db
TARGET = date(2026, 9, 1)


@pytest.fixture
def park():
    return factories.park()


@pytest.fixture
def project(park):
    return cases.project(park)


@pytest.fixture
def edge(park):
    return {"by": factories.user(park, "staff"), "at": AT, "today": TODAY, "calendar": cases.PLAIN}


@pytest.fixture
def targeted(project, edge):
    editing.set_goal(project, goal="L08", target_on=TARGET, version=0, **edge)
    return project


def rows_of(baseline):
    return {row["key"]: row for row in baseline.rows}


def schedule(project):
    found = building.read_one(project, today=TODAY, calendar=cases.PLAIN)
    return found.schedule(today=TODAY, calendar=cases.PLAIN)


def promised(project):
    return dict(Milestone.objects.filter(project=project).values_list("stage", "baseline_on"))


def test_latest_dates_promise_the_target_and_what_keeps_it(targeted, edge):
    placed = schedule(targeted)
    saved = save_baseline(targeted, basis="latest", reason=" 首版 ", version=1, **edge)
    rows = rows_of(saved)
    assert (saved.number, saved.goal, saved.target_on, saved.reason) == (1, "L08", TARGET, "首版")
    assert rows["L08"]["finish"] == "2026-09-01"
    for key in ("S01", "S06", "S17"):
        assert rows[key]["start"] == placed[key].latest_start.isoformat()
        assert rows[key]["finish"] == placed[key].latest_finish.isoformat()
        assert rows[key]["float"] == placed[key].total_float_wd
    assert rows["W1"]["start"] == "2026-09-01"  # what follows the goal follows its promise, not its forecast
    assert saved.sha256 == digest({"goal": "L08", "target_on": "2026-09-01", "number": 1, "rows": saved.rows})
    assert Plan.objects.get().version == 2
    entry = PlanEntry.objects.filter(verb="baseline").get()
    assert (entry.changes, entry.note) == ([{"field": "baseline", "old": None, "new": 1}], "首版")


def test_open_milestones_get_their_baseline_dates_with_the_reason(targeted, edge):
    Milestone.objects.create(project=targeted, stage="L08", baseline_on=date(2026, 8, 3))
    saved = save_baseline(targeted, basis="latest", reason="延期", version=1, **edge)
    rows = rows_of(saved)
    days = promised(targeted)
    assert set(days) == {"L08", "L09", "L10", "L11", "L12", "L13"}  # reached ones are left alone
    assert all(days[key].isoformat() == rows[key]["finish"] for key in days)
    notes = ProjectChange.objects.filter(project=targeted, verb="milestone").values_list("note", flat=True)
    assert set(notes) == {"延期"} or "延期" in set(notes)


def test_forecast_dates(targeted, edge):
    placed = schedule(targeted)
    rows = rows_of(save_baseline(targeted, basis="forecast", reason="首版", version=1, **edge))
    assert rows["S06"]["finish"] == placed["S06"].finish.isoformat()
    assert rows["L08"]["finish"] == "2026-09-01"


def test_done_tasks_keep_their_own_dates(targeted, edge):
    cases.finish(targeted, "S01", on=date(2026, 1, 5))
    Milestone.objects.create(project=targeted, stage="L05", actual_on=date(2026, 1, 6), baseline_on=date(2026, 1, 2))
    rows = rows_of(save_baseline(targeted, basis="latest", reason="首版", version=1, **edge))
    assert rows["S01"]["finish"] == "2026-01-05" and rows["L05"]["finish"] == "2026-01-06"
    row = Milestone.objects.get(stage="L05")
    assert (row.actual_on, row.baseline_on) == (date(2026, 1, 6), date(2026, 1, 2))


def test_a_target_that_cannot_be_kept_is_asked_about(project, edge):
    early = date(2026, 4, 1)
    editing.set_goal(project, goal="L08", target_on=early, version=0, **edge)
    with pytest.raises(NeedsAcknowledgement):
        save_baseline(project, basis="latest", reason="省里要求", version=1, **edge)
    assert not PlanBaseline.objects.exists() and not promised(project)
    placed = schedule(project)
    saved = save_baseline(project, basis="latest", reason="省里要求", version=1, acknowledged=True, **edge)
    rows = rows_of(saved)
    assert rows["L08"]["finish"] == early.isoformat()
    assert rows["S06"]["finish"] == placed["S06"].finish.isoformat()


@pytest.mark.parametrize("given", [{"basis": "latest"}, {"basis": "soon"}, {"reason": "  "}, {"reason": "a\0"}])
def test_refused(project, edge, given):
    with pytest.raises(InvalidFields):
        save_baseline(project, **{"basis": "forecast", "reason": "首版", "version": 0} | given, **edge)
    assert not Plan.objects.exists()


def test_versions_are_added_and_the_first_stays(targeted, edge):
    first = save_baseline(targeted, basis="latest", reason="首版", version=1, **edge)
    with pytest.raises(Conflict):
        save_baseline(targeted, basis="latest", reason="又一版", version=1, **edge)
    editing.set_task(targeted, "S06", {"duration_wd": 70}, version=2, **edge)
    second = save_baseline(targeted, basis="forecast", reason="征地增加", version=3, **edge)
    assert second.number == 2
    assert PlanBaseline.objects.get(number=1).rows == first.rows
    lines = {line.key: line for line in compare(first.rows, second.rows, cases.PLAIN)}
    assert lines["L08"].days == 0 and lines["S06"].days < 0
    assert building.read_one(targeted, today=TODAY, calendar=cases.PLAIN).info[
        "S06"
    ].baseline_finish == date.fromisoformat(rows_of(second)["S06"]["finish"])


def test_who_may(park, targeted, edge):
    for user in (factories.user(park, "leader"), factories.user(park, "unit"), factories.user(factories.park())):
        with pytest.raises(PermissionDenied):
            save_baseline(targeted, basis="latest", reason="首版", version=1, **edge | {"by": user})
    assert not PlanBaseline.objects.exists()


def test_halted_projects_and_reached_goals(park, targeted, edge):
    staff = edge["by"]
    other = cases.project(park, stage="L13")
    with pytest.raises(Refused):
        save_baseline(other, basis="forecast", reason="首版", version=0, **edge)
    suspend(targeted, on=TODAY, reason="资金", by=staff, at=AT, today=TODAY)
    with pytest.raises(Refused):
        save_baseline(targeted, basis="latest", reason="首版", version=1, **edge)


def test_comparison_of_what_came_and_went():
    left = [{"key": "A", "name": "甲", "start": None, "finish": "2026-03-02", "unit": "资规局"}]
    right = [{"key": "B", "name": "乙", "start": None, "finish": None}]
    found = compare(left, right, cases.PLAIN)
    assert [(x.key, x.is_new, x.is_gone, x.days) for x in found] == [("B", True, False, None), ("A", False, True, None)]
    moved = compare(left, [left[0] | {"finish": "2026-03-06"}], cases.PLAIN)
    assert [(x.days, x.is_same) for x in moved] == [(4, False)]
    assert all(line.is_same for line in compare(left, left, cases.PLAIN))


def test_queries_do_not_grow_with_versions(targeted, edge, django_assert_max_num_queries):
    for number in range(1, 6):
        save_baseline(targeted, basis="latest", reason="又一版", version=number, **edge)
    with django_assert_max_num_queries(110):
        save_baseline(targeted, basis="latest", reason="又一版", version=6, **edge)
    assert baselines.Basis("latest") is baselines.Basis.LATEST

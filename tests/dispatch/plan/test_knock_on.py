"""What a change moves: two schedules compared. Pure."""

from datetime import date

import pytest

from dispatch.plan import explain
from dispatch.plan.knock_on import Kept, Why, compare
from dispatch.plan.values import TaskInfo
from projects.planning.engine import schedule
from projects.planning.network import Link, Network, Task
from projects.planning.schedule import Conflict, Driver, Problem
from workdays.arithmetic import WorkCalendar

CALENDAR = WorkCalendar(years={2026: "official"})
MONDAY = date(2026, 3, 2)
INFO = {
    "A": TaskInfo("A", "step", "备案", unit_id=1, unit_name="经发局", duration_wd=5),
    "B": TaskInfo("B", "step", "规划", unit_id=2, unit_name="资规局", duration_wd=3),
    "C": TaskInfo("C", "step", "施工图", unit_id=2, unit_name="资规局", duration_wd=3),
    "L08": TaskInfo("L08", "milestone", "开工"),
}
LINKS = (Link("A", "B"), Link("A", "C"), Link("B", "L08"), Link("C", "L08"))


def network(**changed):
    tasks = {"A": Task("A", 5), "B": Task("B", 3), "C": Task("C", 3), "L08": Task("L08")} | changed
    return Network.of(tasks.values(), LINKS)


def placed(one, target=None):
    return schedule(one, today=MONDAY, calendar=CALENDAR, goal="L08", target_on=target)


def effect(before, after, target=None):
    return compare(placed(before, target), placed(after, target), INFO, network=after, calendar=CALENDAR)


def test_everything_behind_moves_by_the_same_days():
    found = effect(network(), network(A=Task("A", 7)), date(2026, 3, 12))
    assert [(one.key, one.from_on, one.to_on, one.days) for one in found.moved] == [
        ("A", date(2026, 3, 9), date(2026, 3, 11), 2),
        ("B", date(2026, 3, 12), date(2026, 3, 16), 2),
        ("C", date(2026, 3, 12), date(2026, 3, 16), 2),
        ("L08", date(2026, 3, 12), date(2026, 3, 16), 2),
    ]
    assert [one.key for one in found.milestones] == ["L08"]
    assert [(unit.name, unit.tasks) for unit in found.units] == [("经发局", 1), ("资规局", 2)]
    assert (found.goal_before, found.goal_after, found.goal_days) == (date(2026, 3, 12), date(2026, 3, 16), 2)
    assert (found.short_before, found.short_after) == (0, 2)
    assert [conflict.problem for conflict in found.new_conflicts] == [Problem.TARGET_SHORT]
    assert found.kept == ()


def test_back_again_solves_what_the_way_there_broke():
    there = effect(network(), network(A=Task("A", 7)), date(2026, 3, 12))
    back = effect(network(A=Task("A", 7)), network(), date(2026, 3, 12))
    assert [one.days for one in back.moved] == [-one.days for one in there.moved]
    assert back.solved_conflicts == there.new_conflicts and back.new_conflicts == ()


def test_what_does_not_move_says_why():
    fixed = Task("B", 3, fixed_on=date(2026, 3, 20))
    planned = Task("C", 3, planned_on=date(2026, 3, 12))
    found = effect(network(B=fixed, C=planned), network(A=Task("A", 3), B=fixed, C=planned))
    assert [(one.key, one.days) for one in found.moved] == [("A", -2), ("B", 0)]  # B begins earlier, ends as confirmed
    assert found.kept == (
        Kept("L08", "开工", Why.OTHER, date(2026, 3, 20), "B"),
        Kept("C", "施工图", Why.PLANNED, date(2026, 3, 12)),
    ) or {one.key: one.why for one in found.kept} == {"L08": Why.OTHER, "C": Why.PLANNED}


def test_a_confirmed_day_and_a_fact_stay():
    late = Task("B", 3, started_on=date(2026, 2, 20), finished_on=date(2026, 2, 27))
    fixed = Task("L08", fixed_on=date(2026, 4, 1))
    found = effect(network(B=late, L08=fixed), network(A=Task("A", 8), B=late, L08=fixed))
    whys = {one.key: (one.why, one.on) for one in found.kept}
    assert whys["B"] == (Why.FACT, date(2026, 2, 27))
    # the milestone begins with what it waits for and ends on its confirmed day
    assert all(one.days == 0 for one in found.moved if one.key == "L08")


def test_the_same_is_empty():
    assert effect(network(), network()).is_empty
    assert not effect(network(), network(A=Task("A", 6))).is_empty


def test_tasks_that_come_and_go():
    smaller = Network.of([Task("A", 5), Task("L08")], [Link("A", "L08")])
    found = compare(placed(network()), placed(smaller), INFO, network=smaller, calendar=CALENDAR)
    assert [(one.key, one.to_on) for one in found.moved if one.to_on is None] == [("B", None), ("C", None)]
    found = compare(placed(smaller), placed(network()), INFO, network=network(), calendar=CALENDAR)
    assert [one.key for one in found.moved if one.from_on is None] == ["B", "C"]


@pytest.mark.parametrize("problem", Problem)
def test_every_problem_has_a_sentence(problem):
    for days in (0, 1, 3):
        for other in ("", "A"):
            text = explain.what_is_wrong(Conflict(problem, "B", other, days, MONDAY), INFO)
            assert "规划" in text and "%(" not in text


@pytest.mark.parametrize("why", Why)
def test_every_reason_to_stay_has_a_sentence(why):
    assert "%(" not in explain.why_kept(Kept("B", "规划", why, MONDAY, "A"), INFO)


def test_every_driver_has_a_sentence():
    tasks = {
        "A": Task("A", 5, started_on=date(2026, 2, 25), used_wd=2),
        "B": Task("B", 3),
        "C": Task("C", 3, fixed_on=date(2026, 5, 4)),
        "D": Task("D", 1, not_before=date(2026, 4, 1)),
        "E": Task("E", 1, planned_on=date(2026, 4, 1)),
        "F": Task("F", 1),
        "G": Task("G", 1, finished_on=date(2026, 2, 2)),
        "H": Task("H", 1, is_finished=True),
    }
    one = Network.of(tasks.values(), [Link("A", "B")])
    found = schedule(one, today=MONDAY, calendar=CALENDAR)
    seen = {found[key].driver for key in tasks}
    assert seen == set(Driver)
    for key, task in tasks.items():
        text = explain.why_there(found[key], task, INFO)
        assert text and "%(" not in text
    assert "备案" in explain.why_there(found["B"], tasks["B"], INFO)
    assert "2" in explain.why_there(found["A"], tasks["A"], INFO)

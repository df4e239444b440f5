"""Which durations of a plan are drawn, when there is enough data, and what the sentence says."""

from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace

import pytest
from django.utils.translation import override

from dispatch.plan import risk_words
from dispatch.plan.policy import PlanPolicy
from dispatch.plan.risks import basis_of, quantiles_of, risk_of
from dispatch.plan.values import DurationFrom, ProjectPlan, TaskInfo
from projects.planning.network import Link, Network, Task
from workdays.arithmetic import WorkCalendar

TODAY = date(2026, 3, 2)  # a Monday
CALENDAR = WorkCalendar({2026: "official"})
POLICY = PlanPolicy(version=1, risk_on=True, runs=500)


@dataclass(frozen=True)
class Known:
    n: int
    counts: dict


FIVE = Known(5, {"8": 3, "14": 2})  # as stored: JSON knows only words as keys
FOUR = Known(4, {"8": 4})


def plan(*tasks, links=None, target_on=None, pk=7, preparation=None, comes_from=None):
    """A chain of the tasks up to L08. ``comes_from`` and ``preparation``: by key."""
    keys = [task.key for task in tasks]
    links = links or [Link(a, b) for a, b in zip(keys, [*keys[1:], "L08"], strict=True)]
    network = Network.of([*tasks, Task("L08")], links)
    info = {
        key: TaskInfo(
            key,
            "step",
            key,
            preparation_wd=(preparation or {}).get(key, 0),
            duration_from=(comes_from or {}).get(key, DurationFrom.LIMIT),
        )
        for key in keys
    }
    return ProjectPlan(SimpleNamespace(pk=pk), None, network, network, info, "L08", target_on)


def asked(made, learned, policy=POLICY):
    schedules = {7: made.schedule(today=TODAY, calendar=CALENDAR)}
    return quantiles_of({7: made}, schedules, learned, policy, today=TODAY, calendar=CALENDAR)


def test_half_of_the_days_is_enough_and_less_is_not():
    """10 of 20 days drawn: enough; 10 of 21: none at all."""
    assert set(asked(plan(Task("S01", 10), Task("W1", 10)), {"S01": FIVE})) == {7}
    assert asked(plan(Task("S01", 10), Task("W1", 11)), {"S01": FIVE}) == {}


def test_exact_days_of_one_step():
    """Three of five finished in 8 working days, all in 14; ten days of works follow."""
    found = asked(plan(Task("S01", 10), Task("W1", 10)), {"S01": FIVE})
    assert found == {7: (CALENDAR.add(TODAY, 18), CALENDAR.add(TODAY, 24))}


def test_switched_off_or_below_the_minimum_there_is_nothing():
    made = plan(Task("S01", 10))
    assert asked(made, {"S01": FIVE}, PlanPolicy(version=1, runs=500)) == {}
    assert asked(made, {"S01": FOUR}) == {}
    assert asked(made, {"S01": FOUR}, PlanPolicy(risk_on=True, minimum_sample=4, runs=500))
    assert asked(made, {}) == {}
    assert asked(made, {"S09": FIVE}) == {}


@pytest.mark.parametrize(
    ("comes_from", "is_drawn"),
    [
        (DurationFrom.LIMIT, True),
        (DurationFrom.TEMPLATE, True),
        (DurationFrom.DEFAULT, True),
        (DurationFrom.OWN, False),
        (DurationFrom.LEVER, False),
    ],
)
def test_what_somebody_has_set_for_the_project_is_kept(comes_from, is_drawn):
    basis = basis_of(plan(Task("S01", 10), comes_from={"S01": comes_from}), {"S01": FIVE}, POLICY)
    assert (basis.drawn == ("S01",)) is is_drawn is basis.is_enough


def test_the_preparation_comes_on_top():
    found = asked(plan(Task("S01", 13), preparation={"S01": 3}), {"S01": Known(5, {"8": 5})})
    assert found[7][0] == CALENDAR.add(TODAY, 11)


def test_a_reached_goal_has_no_risk():
    made = plan(Task("S01", 10))
    reached = made.network.with_tasks(Task("L08", finished_on=TODAY))
    done = ProjectPlan(made.project, None, reached, reached, made.info, "L08", None)
    assert asked(done, {"S01": FIVE}) == {}


def test_done_and_skipped_steps_do_not_count():
    made = plan(Task("S01", 10, finished_on=TODAY), Task("S02", 30, is_skipped=True), Task("S03", 10))
    made = plan(
        Task("S01", 10, finished_on=TODAY),
        Task("S02", 30, is_skipped=True),
        Task("S03", 10),
        links=[Link("S01", "S03"), Link("S02", "L08"), Link("S03", "L08")],
    )
    basis = basis_of(made, {"S01": FIVE, "S02": FIVE, "S03": FIVE}, POLICY)
    assert (basis.steps, basis.drawn, basis.drawn_wd, basis.total_wd, basis.examples) == (("S03",), ("S03",), 10, 10, 5)


def test_a_late_running_step_is_drawn_though_no_day_of_its_plan_is_left():
    made = plan(Task("S01", 5, started_on=date(2026, 2, 2), used_wd=9), Task("S02", 4))
    basis = basis_of(made, {"S01": FIVE, "S02": FIVE}, POLICY)
    assert basis.drawn == ("S01", "S02") and basis.drawn_wd == 4
    found = asked(made, {"S01": FIVE, "S02": Known(5, {4: 5})})
    assert found == {7: (CALENDAR.add(TODAY, 9), CALENDAR.add(TODAY, 9))}  # 14 of 9 used, then 4


def test_only_what_leads_to_the_goal_counts():
    made = plan(Task("S01", 10), Task("S20", 400), links=[Link("S01", "L08"), Link("L08", "S20")])
    basis = basis_of(made, {"S01": FIVE}, POLICY)
    assert (basis.steps, basis.total_wd) == (("S01",), 10)


def test_the_dice_are_those_of_the_project_and_the_rules():
    spread = {"S01": Known(100, dict.fromkeys(range(1, 101), 1))}
    made = plan(Task("S01", 10), Task("S02", 9))
    assert asked(made, spread) == asked(made, spread)
    ends = set()
    for pk in range(1, 40):
        one = plan(Task("S01", 10), Task("S02", 9), pk=pk)
        basis = basis_of(one, spread, POLICY)
        ends.add(risk_of(one, basis, POLICY, today=TODAY, calendar=CALENDAR).p50_on)
    assert len(ends) > 1


class TestSentence:
    """In the source language, so that every number can be looked for."""

    def said(self, made, learned, policy=POLICY):
        basis = basis_of(made, learned, policy)
        found = risk_of(made, basis, policy, today=TODAY, calendar=CALENDAR)
        dates = (found.p50_on, found.p80_on) if found else (None, None)
        with override("en"):
            return risk_words.sentence(basis, *dates, made.target_on, policy, CALENDAR)

    @pytest.mark.parametrize(
        ("target", "words"),
        [
            (date(2026, 3, 31), "3 working days after the target"),
            (date(2026, 4, 2), "1 working day after the target"),
            (date(2026, 4, 3), "just in time for the target"),
            (date(2026, 4, 6), "1 working day before the target"),
            (None, "no target day has been set"),
        ],
    )
    def test_against_the_target(self, target, words):
        text = self.said(plan(Task("S01", 10), Task("W1", 10), target_on=target), {"S01": FIVE})
        assert text == (
            f"Half of comparable courses finish by 2026-03-26, four of five by 2026-04-03: {words};"
            " 1 of 2 durations come from the park's own 5 finished steps, the rest from the plan."
        )

    def test_all_durations_of_the_parks_own(self):
        text = self.said(plan(Task("S01", 10)), {"S01": FIVE})
        assert text.endswith("all 1 durations come from the park's own 5 finished steps.")

    def test_not_enough_data(self):
        text = self.said(plan(Task("S01", 10), Task("W1", 30)), {"S01": FIVE})
        assert "1 of 2 durations" in text and "at least 5 finished examples" in text

    def test_switched_off(self):
        assert "not switched it on" in self.said(plan(Task("S01", 1)), {"S01": FIVE}, PlanPolicy())

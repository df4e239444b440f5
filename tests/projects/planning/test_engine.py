"""Forecast, latest dates, floats, critical path and conflicts on small plans whose dates can be counted by hand."""

import itertools
from datetime import date

import pytest

from projects.planning.engine import schedule
from projects.planning.network import Link, LinkKind, Network, Task, UnknownTask
from projects.planning.schedule import Conflict, Driver, Problem, Standing
from workdays.arithmetic import OFFICIAL, PROVISIONAL, WorkCalendar

FS, FF, SS = LinkKind.FS, LinkKind.FF, LinkKind.SS
# No holidays; 2 March is a Monday.
PLAIN = WorkCalendar({2026: OFFICIAL})
TODAY = date(2026, 3, 2)


def march(day):
    return date(2026, 3, day)


def plan(tasks, links=(), *, today=TODAY, calendar=PLAIN, **asked):
    return schedule(Network.of(tasks, links), today=today, calendar=calendar, **asked)


def dates(found, key):
    return found[key].start, found[key].finish


def problems(found):
    return {(conflict.problem, conflict.key) for conflict in found.conflicts}


class TestForecast:
    def test_day_of_the_start_is_not_counted(self):
        """EPIC.track 672795e0: five days from Monday end on the next Monday, and the follower begins on that day."""
        found = plan([Task("A", 5), Task("B", 1)], [Link("A", "B")])
        assert dates(found, "A") == (march(2), march(9))
        assert dates(found, "B") == (march(9), march(10))

    def test_today_on_a_day_off_begins_on_the_next_working_day(self):
        found = plan([Task("A", 1)], today=march(7))
        assert dates(found, "A") == (march(9), march(10))

    def test_holiday_and_weekend_worked_instead(self):
        calendar = WorkCalendar({2026: OFFICIAL}, {march(4): "x", march(5): "x"}, {march(7): "x"})
        assert plan([Task("A", 3)], calendar=calendar)["A"].finish == march(7)

    def test_running_task_has_its_remaining_days_from_today(self):
        found = plan([Task("A", 10, started_on=date(2026, 2, 23), used_wd=4)])
        assert dates(found, "A") == (date(2026, 2, 23), march(10))
        assert found["A"].driver is Driver.CLOCK

    def test_running_task_whose_days_are_used_ends_on_the_next_working_day(self):
        found = plan([Task("A", 3, started_on=date(2026, 2, 2), used_wd=9)], today=march(7))
        assert found["A"].finish == march(9)

    def test_running_task_that_begins_in_the_future_counts_from_there(self):
        found = plan([Task("A", 2, started_on=march(12))])
        assert found["A"].finish == march(16)
        assert problems(found) == {(Problem.FACT_IN_FUTURE, "A")}

    def test_result_of_a_running_task_waits_for_the_tasks_before_it(self):
        """Pre-review: worked before the land is awarded, dated on the same day at the earliest."""
        found = plan([Task("A", 8), Task("B", 3, started_on=TODAY)], [Link("A", "B", lag_wd=5)])
        assert found["B"].finish == found["A"].finish == march(12)
        assert (found["B"].driver, found["B"].driven_by) == (Driver.LINK, "A")

    def test_beginning_early_never_makes_it_later(self):
        """A negative lag lets the result come before that of the other, begun or not."""
        links = [Link("A", "B", lag_wd=-5)]
        waiting = plan([Task("A", 10), Task("B", 1)], links)
        running = plan([Task("A", 10), Task("B", 1, started_on=TODAY)], links)
        assert waiting["B"].finish == march(10)
        assert running["B"].finish == march(9)

    def test_lag_counts_from_a_fact_on_a_day_off(self):
        """One working day after Saturday is Monday, as a limit would be counted (domain.md 2.3)."""
        found = plan([Task("A", finished_on=march(7)), Task("B")], [Link("A", "B", lag_wd=1)], today=march(6))
        assert found["B"].start == march(9)
        found = plan([Task("A", finished_on=march(7)), Task("B")], [Link("A", "B", lag_wd=-1)], today=march(2))
        assert found["B"].start == march(6)

    def test_unknown_days_hold_nobody(self):
        found = plan([Task("A", 9, is_finished=True), Task("B", 1)], [Link("A", "B"), Link("A", "B", SS, 9)])
        assert found["A"].finish is None
        assert dates(found, "B") == (march(2), march(3))

    def test_finished_task_cuts_what_lies_before_it_off(self):
        """EPIC.track f257aad1: work that is done is never late, and does not carry lateness on."""
        rows = [Task("A", 20), Task("B", finished_on=date(2026, 2, 20)), Task("C", 1)]
        found = plan(rows, [Link("A", "B"), Link("B", "C")], goal="C", target_on=march(3))
        assert found["C"].finish == march(3)
        assert found["B"].standing is Standing.FINISHED
        assert (found["B"].total_float_wd, found["B"].latest_finish) == (None, None)
        assert found["A"].latest_finish is None, "nothing ahead waits for it"
        assert found.critical == {"C"}

    @pytest.mark.parametrize(("kind", "expected"), [(FS, (5, 6)), (FF, (2, 5)), (SS, (2, 3))])
    def test_kinds_of_links(self, kind, expected):
        found = plan([Task("A", 3), Task("B", 1)], [Link("A", "B", kind)])
        assert dates(found, "B") == (march(expected[0]), march(expected[1]))

    def test_soft_link_binds_when_asked_and_is_a_hint_else(self):
        rows, links = [Task("A", 3), Task("B", 1)], [Link("A", "B", is_hard=False)]
        loose, bound = plan(rows, links), plan(rows, links, with_soft=True)
        assert (loose["B"].start, bound["B"].start) == (march(2), march(5))
        assert loose.conflicts == (Conflict(Problem.USUAL_ORDER, "B", "A", on=march(2)),)
        assert loose.conflicts[0].is_hint
        assert bound.conflicts == ()

    def test_hint_looks_at_what_the_link_is_about(self):
        rows = [Task("A", 3), Task("B", 3)]
        for kind in (FF, SS):
            assert plan(rows, [Link("A", "B", kind, is_hard=False)]).conflicts == ()
            assert problems(plan(rows, [Link("A", "B", kind, 1, is_hard=False)])) == {(Problem.USUAL_ORDER, "B")}

    @pytest.mark.parametrize(
        ("task", "driver"),
        [
            (Task("B", 1), Driver.TODAY),
            (Task("B", 1, not_before=march(4)), Driver.NOT_BEFORE),
            (Task("B", 1, planned_on=march(4)), Driver.PLANNED),
            (Task("B", 1, planned_on=march(4), not_before=march(4)), Driver.NOT_BEFORE),
            (Task("B", 1, planned_on=march(4), not_before=march(3)), Driver.PLANNED),
            (Task("B", 1, fixed_on=march(4)), Driver.FIXED),
            (Task("B", 1, fixed_on=march(3)), Driver.TODAY),
        ],
    )
    def test_driver_says_why_it_is_not_earlier(self, task, driver):
        assert plan([task])["B"].driver is driver

    def test_of_two_that_hold_as_hard_the_one_that_can_move_is_named(self):
        rows = [Task("D", finished_on=march(4)), Task("A", 2), Task("B", 1)]
        found = plan(rows, [Link("D", "B"), Link("A", "B")], today=TODAY, goal="B")
        assert found["B"].driven_by == "A"
        assert found["B"].tight == ("D", "A")
        assert found.chain == ("A", "B")


class TestNeverBackwards:
    """OpenProject#11249: what somebody planned goes forwards when it is pushed, never backwards by itself."""

    LINKS = [Link("A", "B")]

    def test_task_before_it_finishes_early(self):
        planned = Task("B", 2, planned_on=march(10))
        assert plan([Task("A", 6), planned], self.LINKS)["B"].start == march(10)
        assert plan([Task("A", finished_on=march(3)), planned], self.LINKS, today=march(4))["B"].start == march(10)

    def test_calendar_gains_working_days(self):
        off = {march(day): "x" for day in (3, 4, 5)}
        planned = Task("B", 2, planned_on=march(11))
        for calendar in (WorkCalendar({2026: OFFICIAL}, off), PLAIN):
            assert plan([Task("A", 4), planned], self.LINKS, calendar=calendar)["B"].start == march(11)

    def test_it_goes_forwards_when_pushed(self):
        assert plan([Task("A", 9), Task("B", 2, planned_on=march(10))], self.LINKS)["B"].start == march(13)

    def test_without_a_planned_day_it_follows(self):
        assert plan([Task("A", finished_on=march(3)), Task("B", 2)], self.LINKS, today=march(4))["B"].start == march(4)


class TestConfirmedDays:
    def test_confirmed_day_stays_while_others_move(self):
        """kaavapino KAAV-3517: one date moves, the confirmed and the unrelated ones stay."""
        rows = [Task("A", 3), Task("B", 2, fixed_on=march(20)), Task("C", 1), Task("X", 4)]
        links = [Link("A", "B"), Link("B", "C")]
        before = plan(rows, links)
        after = plan([Task("A", 6), *rows[1:]], links)
        assert before["A"].finish != after["A"].finish
        for key in "BCX":
            assert before[key].finish == after[key].finish
        assert after["B"].driver is Driver.FIXED

    def test_confirmed_day_that_cannot_be_kept_is_told(self):
        found = plan([Task("A", 8), Task("B", 2, fixed_on=march(11))], [Link("A", "B")])
        assert found["B"].finish == march(16)
        assert found.conflicts == (Conflict(Problem.FIXED_TOO_EARLY, "B", "A", 3, march(11)),)

    def test_confirmed_day_that_is_over(self):
        found = plan([Task("A", 2, fixed_on=date(2026, 2, 25))])
        assert found["A"].finish == march(4)
        assert found.conflicts == (Conflict(Problem.FIXED_PASSED, "A", days=3, on=date(2026, 2, 25)),)

    def test_days_since_a_confirmed_saturday_count_from_the_monday_it_means(self):
        found = plan([Task("A", fixed_on=date(2026, 2, 21))], today=date(2026, 2, 26))
        assert found.conflicts == (Conflict(Problem.FIXED_PASSED, "A", days=3, on=date(2026, 2, 21)),)

    def test_confirmed_saturday_means_monday_and_is_not_over_on_sunday(self):
        found = plan([Task("A", fixed_on=march(7))], today=march(8))
        assert found["A"].finish == march(9)
        assert found.conflicts == ()

    def test_task_with_a_confirmed_day_keeps_it_in_the_latest_dates(self):
        """Also where its own days happen to end on it."""
        for duration in (2, 5):
            rows = [Task("A", duration, fixed_on=march(9)), Task("B", 1)]
            found = plan(rows, [Link("A", "B")], goal="B", target_on=march(20))
            assert found["A"].latest_finish == march(9)
            assert found["A"].total_float_wd == 0

    def test_tasks_before_a_confirmed_day_may_slip_up_to_it(self):
        rows = [Task("A", 2), Task("B", 3, fixed_on=march(16)), Task("C")]
        found = plan(rows, [Link("A", "B"), Link("B", "C")], goal="C")
        assert (found["A"].latest_finish, found["A"].total_float_wd, found["A"].free_float_wd) == (march(11), 5, 0)
        assert found.critical == {"B", "C"}

    def test_goal_with_a_confirmed_day_before_its_target_has_days_to_spare(self):
        found = plan([Task("A", 2, fixed_on=march(10))], goal="A", target_on=march(17))
        assert (found.goal_on, found.spare_wd, found.short_wd) == (march(10), 5, 0)
        assert found["A"].latest_finish == march(10)

    def test_goal_with_a_confirmed_day_after_its_target_is_short(self):
        found = plan([Task("A", 2, fixed_on=march(10))], goal="A", target_on=march(5))
        assert (found.spare_wd, found.short_wd) == (-3, 3)


class TestBackward:
    """LibrePlan#906, #912, #1420: wrong critical paths and dates when planned backwards from an end."""

    ROWS = [Task("A", 3), Task("B", 5), Task("C", 2), Task("D", 1), Task("E", 4)]
    LINKS = [Link("A", "B"), Link("A", "C"), Link("B", "D"), Link("C", "D"), Link("C", "E")]

    def test_latest_dates_and_floats(self):
        found = plan(self.ROWS, self.LINKS, goal="D", target_on=march(17))
        latest = {key: (found[key].latest_start, found[key].latest_finish) for key in "ABCD"}
        assert latest == {
            "A": (march(4), march(9)),
            "B": (march(9), march(16)),
            "C": (march(12), march(16)),
            "D": (march(16), march(17)),
        }
        assert [found[key].total_float_wd for key in "ABCDE"] == [2, 2, 5, 2, None]
        assert [found[key].free_float_wd for key in "ABCDE"] == [0, 0, 0, 2, None]
        assert (found.chain, found.critical) == (("A", "B", "D"), {"A", "B", "D"})
        assert (found.spare_wd, found.short_wd) == (2, 0)

    def test_without_a_target_the_forecast_is_kept(self):
        found = plan(self.ROWS, self.LINKS, goal="D")
        assert [found[key].total_float_wd for key in "ABCD"] == [0, 0, 3, 0]
        assert (found.spare_wd, found.short_wd, found.target_on) == (None, 0, None)

    def test_target_on_a_day_off_is_the_working_day_before(self):
        found = plan(self.ROWS, self.LINKS, goal="D", target_on=march(15))
        assert found["D"].latest_finish == march(13)
        assert found.spare_wd == 0

    def test_target_in_the_past(self):
        found = plan(self.ROWS, self.LINKS, goal="D", target_on=date(2026, 2, 25))
        assert found.short_wd == 12
        assert [found[key].total_float_wd for key in "ABCD"] == [-12, -12, -9, -12]
        assert found["D"].free_float_wd == 0
        assert problems(found) == {(Problem.TARGET_PASSED, "D"), (Problem.TARGET_SHORT, "D")}
        assert [conflict.days for conflict in found.conflicts] == [3, 12]

    def test_not_before_that_spoils_the_target_is_named(self):
        rows = [Task("A", 3, not_before=march(6)), *self.ROWS[1:]]
        found = plan(rows, self.LINKS, goal="D", target_on=march(17))
        assert Conflict(Problem.NOT_BEFORE_TOO_LATE, "A", days=2, on=march(6)) in found.conflicts
        assert found.short_wd == 2

    def test_path_to_a_chosen_milestone(self):
        """ganttproject#1636: the critical path is that of the milestone asked for, not of the end of everything."""
        to_d, to_e = (plan(self.ROWS, self.LINKS, goal=goal) for goal in "DE")
        assert to_d.chain == ("A", "B", "D")
        assert to_e.chain == ("A", "C", "E")
        assert to_e["B"].total_float_wd is None

    def test_only_milestones(self):
        """LibrePlan#1710: a plan without work must not crash."""
        found = plan([Task("L1")], goal="L1", target_on=TODAY)
        assert dates(found, "L1") == (TODAY, TODAY)
        assert (found.spare_wd, found.chain, found.critical) == (0, ("L1",), {"L1"})
        chained = plan([Task("L1"), Task("L2")], [Link("L1", "L2")], goal="L2")
        assert chained.chain == ("L1", "L2")

    def test_no_tasks_at_all(self):
        found = plan([])
        assert (found.tasks, found.conflicts, found.is_provisional) == ({}, (), False)

    @pytest.mark.parametrize(
        ("task", "on"),
        [
            (Task("A", 3, finished_on=date(2026, 2, 9)), date(2026, 2, 9)),
            (Task("A", 3, is_finished=True), None),
            (Task("A", 3, is_skipped=True, finished_on=date(2026, 2, 9)), None),
        ],
    )
    def test_goal_that_is_reached_or_does_not_apply(self, task, on):
        found = plan([task, Task("B", 1)], [Link("A", "B")], goal="A", target_on=date(2026, 2, 1))
        assert (found.goal_on, found.spare_wd, found.short_wd) == (on, None, 0)
        assert (found.chain, found.critical, found.conflicts) == ((), frozenset(), ())

    def test_unknown_goal(self):
        with pytest.raises(UnknownTask):
            plan([Task("A")], goal="B")

    def test_negative_lag_overlaps_forwards_and_backwards(self):
        """OpenProject#19033."""
        rows = [Task("A", 10), Task("B", 4)]
        found = plan(rows, [Link("A", "B", lag_wd=-3)], goal="B", target_on=march(20))
        assert found["B"].start == march(11)
        assert found["B"].finish == march(17)
        assert (found["A"].latest_finish, found["A"].total_float_wd) == (march(19), 3)

    def test_every_task_of_a_long_chain_is_pushed(self):
        """kaavapino KAAV-3428: the third repeat of a step was left where it was."""
        keys = [f"T{i}" for i in range(60)]
        rows = [Task(key, 1, planned_on=TODAY) for key in keys]
        links = [Link(before, after) for before, after in itertools.pairwise(keys)]
        before = plan(rows, links, goal=keys[-1])
        after = plan([Task("T0", 4, planned_on=TODAY), *rows[1:]], links, goal=keys[-1])
        for key in keys[1:]:
            assert PLAIN.count(before[key].start, after[key].start) == 3
        assert after.chain == tuple(keys)

    def test_stale_dates_of_a_skipped_task_have_no_effect(self):
        """kaavapino KAAV-3492."""
        stale = {"planned_on": march(30), "fixed_on": march(30), "not_before": march(30), "finished_on": march(30)}
        links = [Link("A", "B"), Link("B", "C")]
        rows = [Task("A", 2), Task("B", 9, is_skipped=True, **stale), Task("C", 1)]
        found = plan(rows, links, goal="C", target_on=march(3))
        assert found["C"].finish == march(3)
        assert (found["B"].standing, found["B"].finish) == (Standing.SKIPPED, None)
        assert found.conflicts == ()
        assert found["A"].total_float_wd is None, "nothing waits for it through a step that does not apply"


class TestStartsAndFinishes:
    """A start and a finish of one task may be held by different tasks."""

    def test_goal_that_waits_for_a_start_is_held_by_what_holds_that_start(self):
        rows = [Task("A", 3), Task("C", 9), Task("B", 1), Task("G", 1)]
        found = plan(rows, [Link("A", "B"), Link("C", "B", FF), Link("B", "G", SS)], goal="G")
        assert found["B"].finish == march(13)
        assert found["G"].start == march(5)
        assert (found.critical, found.chain) == ({"A", "B", "G"}, ("A", "B", "G"))
        assert found["B"].total_float_wd == 0
        assert found["C"].total_float_wd is None

    def test_start_of_a_running_task_can_no_longer_delay(self):
        rows = [Task("A", 9, started_on=TODAY), Task("G", 1)]
        found = plan(rows, [Link("A", "G", SS, 4)], goal="G")
        assert (found["G"].driven_by, found["G"].start) == ("A", march(6))
        assert (found.critical, found.chain) == ({"G"}, ("G",))
        assert found["A"].total_float_wd is None

    def test_both_a_start_and_a_finish_held_as_hard_are_named(self):
        rows = [Task("A", 3), Task("C", 5), Task("B", 2)]
        found = plan(rows, [Link("A", "B"), Link("C", "B", FF)], goal="B")
        assert found["B"].tight == ("A", "C")
        assert found.critical == {"A", "B", "C"}

    def test_task_before_a_stretched_one_has_float(self):
        rows = [Task("A", 3), Task("C", 9), Task("B", 2)]
        found = plan(rows, [Link("A", "B"), Link("C", "B", FF)], goal="B")
        assert (found["A"].total_float_wd, found["A"].free_float_wd) == (4, 0)
        assert found.critical == {"B", "C"}


class TestFacts:
    def test_result_before_the_one_it_should_have_waited_for(self):
        rows = [Task("A", finished_on=date(2026, 2, 27)), Task("B", finished_on=date(2026, 2, 24))]
        found = plan(rows, [Link("A", "B")])
        assert found.conflicts == (Conflict(Problem.OUT_OF_ORDER, "B", "A", 3, date(2026, 2, 24)),)

    def test_same_day_is_in_order(self):
        rows = [Task(key, finished_on=date(2026, 2, 27)) for key in "AB"]
        assert plan(rows, [Link("A", "B")]).conflicts == ()

    def test_result_while_the_one_before_is_open(self):
        found = plan([Task("A", 2), Task("B", finished_on=TODAY)], [Link("A", "B")])
        assert found.conflicts == (Conflict(Problem.OUT_OF_ORDER, "B", "A", 2, TODAY),)

    def test_negative_lag_lets_the_result_come_first(self):
        rows = [Task("A", finished_on=date(2026, 2, 27)), Task("B", finished_on=date(2026, 2, 24))]
        assert plan(rows, [Link("A", "B", lag_wd=-3)]).conflicts == ()
        assert problems(plan(rows, [Link("A", "B", lag_wd=-2)])) == {(Problem.OUT_OF_ORDER, "B")}

    @pytest.mark.parametrize("link", [Link("A", "B", SS), Link("A", "B", is_hard=False)])
    def test_soft_links_and_links_of_starts_say_nothing_about_results(self, link):
        rows = [Task("A", 2), Task("B", finished_on=date(2026, 2, 24))]
        assert plan(rows, [link]).conflicts == ()


class TestProvisionalYears:
    CALENDAR = WorkCalendar({2026: OFFICIAL, 2027: PROVISIONAL})
    ROWS = [Task("A", 5), Task("B", 40)]

    def test_dates_behind_the_last_official_year_are_marked(self):
        found = plan(
            self.ROWS, [Link("A", "B")], today=date(2026, 11, 23), calendar=self.CALENDAR,
            goal="B", target_on=date(2026, 12, 31),
        )  # fmt: skip
        assert [found[key].is_provisional for key in "AB"] == [False, True]
        assert found.is_provisional

    def test_a_latest_date_behind_it_is_marked_too(self):
        found = plan(
            [Task("A", 5)], today=date(2026, 11, 23), calendar=self.CALENDAR, goal="A", target_on=date(2027, 2, 1)
        )
        assert found["A"].is_provisional

    def test_without_a_goal_as_well(self):
        found = plan(self.ROWS, [Link("A", "B")], today=date(2026, 11, 23), calendar=self.CALENDAR)
        assert [found[key].is_provisional for key in "AB"] == [False, True]
        assert found.is_provisional

    def test_what_does_not_lead_to_the_goal_leaves_it_alone(self):
        found = plan(self.ROWS, today=date(2026, 11, 23), calendar=self.CALENDAR, goal="A")
        assert found["B"].is_provisional
        assert not found.is_provisional


class Counting(tuple):
    """Links that count how often one of them is looked at."""

    looked = 0

    def __iter__(self):
        for link in super().__iter__():
            Counting.looked += 1
            yield link


@pytest.mark.parametrize("n", [10, 100, 400])
def test_every_link_is_looked_at_a_few_times_however_many_there_are(n):
    keys = [f"T{i}" for i in range(n)]
    links = [Link(keys[i], keys[j], is_hard=(i + j) % 5 > 0) for j in range(n) for i in range(max(0, j - 6), j)]
    network = Network.of([Task(key, 1, finished_on=TODAY if key == "T0" else None) for key in keys], links)
    for name in ("before", "after"):
        counted = {key: Counting(rows) for key, rows in getattr(network, name).items()}
        object.__setattr__(network, name, counted)
    object.__setattr__(network, "links", Counting(links))
    Counting.looked = 0
    schedule(network, today=TODAY, calendar=PLAIN, goal=keys[-1], target_on=march(30))
    assert len(links) <= Counting.looked <= 4 * len(links)

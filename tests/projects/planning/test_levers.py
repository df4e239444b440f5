"""Levers: exact effects, and what holds for every network: order, idempotence, never later, sets gain more."""

from datetime import date, timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projects.planning.engine import schedule
from projects.planning.levers import COST, Lever, LeverKind, apply, best_first, fits, gains, unfit
from projects.planning.network import Link, LinkKind, Network, Task
from workdays.arithmetic import WorkCalendar

TODAY = date(2026, 3, 2)  # a Monday
CALENDAR = WorkCalendar(
    {2026: "official"},
    off={date(2026, 3, 10) + timedelta(days): "假" for days in range(4)},
    make_up={date(2026, 3, 15): "班"},
)
FF, SS = LinkKind.FF, LinkKind.SS

DEFER = Lever(LeverKind.DEFER, ("B", "A"), 2)
OVERLAP = Lever(LeverKind.OVERLAP, ("B", "A"))
COMMIT = Lever(LeverKind.COMMIT, ("B",))
SHORTEN = Lever(LeverKind.SHORTEN, ("B",), 3)
BUILD_FIRST = Lever(LeverKind.BUILD_FIRST, ("A", "B"))
SITE_EARLIER = Lever(LeverKind.SITE_EARLIER, ("A",))


def network(a=None, b=None, link=None):
    tasks = [Task("A", 5) if a is None else a, Task("B", 8) if b is None else b, Task("G")]
    return Network.of(tasks, [link or Link("A", "B"), Link("B", "G")])


def goal_on(net, **kwargs):
    return schedule(net, today=TODAY, calendar=CALENDAR, goal="G", **kwargs).goal_on


def test_code_and_name():
    assert [lever.code for lever in (DEFER, OVERLAP, SHORTEN, BUILD_FIRST)] == [
        "defer:B:A", "overlap:B:A", "shorten:B:3", "build_first:A:B",
    ]  # fmt: skip
    assert SHORTEN.name == "shorten:B"
    assert set(COST) == set(LeverKind)


def test_each_kind_changes_what_it_says():
    plain = network()
    assert apply(plain, [OVERLAP]).links[0] == Link("A", "B", FF)
    assert apply(plain, [OVERLAP]).tasks["B"].duration_wd == 8
    deferred = apply(plain, [DEFER])
    assert deferred.links[0] == Link("A", "B", FF) and deferred.tasks["B"].duration_wd == 6
    assert apply(plain, [COMMIT]).tasks["B"].duration_wd == 0
    assert apply(plain, [SHORTEN]).tasks["B"].duration_wd == 3
    first = apply(plain, [BUILD_FIRST])
    assert [task.duration_wd for task in first] == [0, 0, 0]
    assert apply(plain, []) is plain


def test_goal_dates_by_hand():
    """A 5 wd from Monday 2 March: 9 March; B 8 wd over the holiday of the 10th to 13th and the Sunday worked."""
    assert goal_on(network()) == date(2026, 3, 24)
    assert goal_on(apply(network(), [OVERLAP])) == date(2026, 3, 17)
    assert goal_on(apply(network(), [DEFER])) == date(2026, 3, 15)
    assert goal_on(apply(network(), [COMMIT])) == date(2026, 3, 9)
    assert goal_on(apply(network(), [SHORTEN])) == date(2026, 3, 17)
    assert goal_on(apply(network(), [SHORTEN, OVERLAP])) == date(2026, 3, 9)
    assert goal_on(apply(network(), [BUILD_FIRST])) == TODAY


def test_site_earlier_drops_the_plan_and_softens_what_comes_before():
    planned = Task("B", 8, planned_on=date(2026, 5, 4), not_before=date(2026, 5, 6))
    lever = Lever(LeverKind.SITE_EARLIER, ("B",))
    changed = apply(network(b=planned), [lever])
    assert (changed.tasks["B"].planned_on, changed.tasks["B"].not_before) == (None, None)
    assert changed.links[0] == Link("A", "B", is_hard=False) and changed.links[1].is_hard
    assert goal_on(changed) == date(2026, 3, 17)
    assert goal_on(changed, with_soft=True) == date(2026, 3, 24)


def test_a_running_step_keeps_the_days_it_has_used():
    running = Task("B", 8, started_on=date(2026, 2, 24), used_wd=4)
    plain = network(a=Task("A", is_finished=True), b=running)
    assert apply(plain, [SHORTEN]).tasks["B"].duration_wd == 4
    assert apply(plain, [COMMIT]).tasks["B"].duration_wd == 4
    assert goal_on(apply(plain, [COMMIT])) == TODAY
    over = network(a=Task("A", is_finished=True), b=Task("B", 3, started_on=date(2026, 2, 24), used_wd=4))
    assert apply(over, [COMMIT]).tasks["B"].duration_wd == 3


@pytest.mark.parametrize("lever", [OVERLAP, DEFER])
def test_parallel_work_on_a_running_or_done_step_has_no_effect(lever):
    for task in (Task("B", 8, started_on=TODAY), Task("B", 8, finished_on=TODAY), Task("B", is_skipped=True)):
        plain = network(b=task)
        assert not fits(plain, lever) and unfit(plain, [lever, COMMIT])[0] == lever
        assert apply(plain, [lever]) is plain


@pytest.mark.parametrize(
    "lever",
    [
        Lever(LeverKind.COMMIT, ("X",)),
        Lever(LeverKind.COMMIT, ()),
        Lever(LeverKind.COMMIT, ("A", "B")),
        Lever(LeverKind.OVERLAP, ("A", "B")),  # the link runs the other way
        Lever(LeverKind.OVERLAP, ("B",)),
        Lever(LeverKind.BUILD_FIRST, ("A", "X")),
        Lever(LeverKind.BUILD_FIRST, ("A", "A")),
        Lever(LeverKind.SHORTEN, ("B",), -1),
    ],
)
def test_what_does_not_fit_is_reported_and_ignored(lever):
    plain = network()
    assert unfit(plain, [OVERLAP, lever]) == [lever]
    assert apply(plain, [OVERLAP, lever]) == apply(plain, [OVERLAP])


def test_other_links_are_no_overlap():
    assert not fits(network(link=Link("A", "B", FF)), OVERLAP)
    assert not fits(network(link=Link("A", "B", SS)), OVERLAP)


def test_a_negative_lag_is_never_made_worse():
    lagging = network(a=Task("A", 9), b=Task("B", 2), link=Link("A", "B", lag_wd=-6))
    changed = apply(lagging, [OVERLAP])
    assert changed.links[0].lag_wd == -4
    assert goal_on(changed) == goal_on(lagging)


def asked(net, candidates, chosen=(), target_on=date(2026, 3, 15)):
    values = {"today": TODAY, "calendar": CALENDAR, "goal": "G", "target_on": target_on}
    return gains(net, candidates, chosen, **values), best_first(net, candidates, **values)


def test_gains_alone_on_top_and_in_order():
    """24 March without, 9 March with COMMIT, 17 March with either of the others; the target is the 15th."""
    candidates = [SHORTEN, OVERLAP, COMMIT]
    rows, best = asked(network(), candidates)
    assert [(row.lever, row.alone_wd, row.on_top_wd, row.short_after_wd) for row in rows] == [
        (COMMIT, 8, 8, 0), (OVERLAP, 5, 5, 2), (SHORTEN, 5, 5, 2),
    ]  # fmt: skip
    assert best == (SHORTEN, OVERLAP)
    rows, _best = asked(network(), candidates, chosen=[SHORTEN])
    assert [(row.lever, row.alone_wd, row.on_top_wd, row.goal_on_after) for row in rows] == [
        (SHORTEN, 5, 5, date(2026, 3, 17)), (COMMIT, 8, 3, date(2026, 3, 9)), (OVERLAP, 5, 3, date(2026, 3, 9)),
    ]  # fmt: skip


def test_a_reached_goal_has_no_gains():
    done = Network.of([Task("A", 5), Task("G", finished_on=TODAY)], [Link("A", "G")])
    assert asked(done, [Lever(LeverKind.COMMIT, ("A",))]) == ([], ())


def test_two_chains_need_a_lever_on_each():
    net = Network.of([Task("A", 8), Task("B", 8), Task("G")], [Link("A", "G"), Link("B", "G")])
    pair = [Lever(LeverKind.COMMIT, ("A",)), Lever(LeverKind.COMMIT, ("B",))]
    rows, best = asked(net, pair, target_on=TODAY)
    assert [row.alone_wd for row in rows] == [0, 0]
    assert set(best) == set(pair)
    assert [row.on_top_wd for row in asked(net, pair, chosen=pair[:1])[0] if row.lever == pair[1]] == [8]


def test_nothing_is_proposed_when_in_time_or_when_nothing_helps():
    assert asked(network(), [OVERLAP], target_on=date(2026, 4, 1))[1] == ()
    assert asked(network(), [OVERLAP], target_on=None)[1] == ()
    assert asked(network(), [Lever(LeverKind.COMMIT, ("X",))])[1] == ()


# --- for every network -------------------------------------------------------------------------------------------

KEYS = "ABCDEF"
days = st.integers(-20, 40).map(lambda number: TODAY + timedelta(number))


@st.composite
def networks(draw):
    tasks = [draw(_task(key)) for key in KEYS]
    links = [
        Link(
            before, after, draw(st.sampled_from(LinkKind)), draw(st.sampled_from([0, 0, 0, 3, -4])), draw(st.booleans())
        )
        for before, after in combinations(KEYS, 2)
        if draw(st.integers(0, 2)) == 0
    ]
    goal = Task("G", planned_on=draw(st.none() | days))
    return Network.of([*tasks, goal], [*links, *(Link(key, "G") for key in "DEF")])


@st.composite
def _task(draw, key):
    standing = draw(st.sampled_from(["waiting", "waiting", "running", "done", "skipped"]))
    past = TODAY - timedelta(draw(st.integers(0, 20)))
    values = {"duration_wd": draw(st.integers(0, 12))}
    if standing == "running":
        values |= {"started_on": past, "used_wd": draw(st.integers(0, 14))}
    elif standing == "done":
        values["finished_on"] = past
    elif standing == "skipped":
        values["is_skipped"] = True
    elif draw(st.booleans()):
        values |= {name: draw(st.none() | days) for name in ("planned_on", "not_before", "fixed_on")}
    return Task(key, **values)


@st.composite
def levers(draw):
    kind = draw(st.sampled_from(LeverKind))
    size = {LeverKind.DEFER: 2, LeverKind.OVERLAP: 2, LeverKind.BUILD_FIRST: 3}.get(kind, 1)
    keys = sorted(draw(st.permutations(KEYS))[:size], reverse=True)
    wd = draw(st.integers(0, 6)) if kind in (LeverKind.SHORTEN, LeverKind.DEFER) else 0
    return Lever(kind, tuple(keys), wd)


some = st.lists(levers(), max_size=7, unique=True)


@given(networks(), some, st.randoms(use_true_random=False))
def test_order_changes_nothing_and_twice_is_once(net, pulled, random):
    changed = apply(net, pulled)
    mixed = [*pulled, *pulled]
    random.shuffle(mixed)
    assert apply(net, mixed) == changed
    assert apply(changed, pulled) == changed or any(lever.kind is LeverKind.DEFER for lever in pulled)
    assert apply(net, [lever for lever in pulled if lever not in unfit(net, pulled)]) == changed


@given(networks(), some, st.booleans())
def test_never_later_and_a_set_gains_at_least_its_best(net, pulled, with_soft):
    before = goal_on(net, with_soft=with_soft)
    together = goal_on(apply(net, pulled), with_soft=with_soft)
    for lever in pulled:
        alone = goal_on(apply(net, [lever]), with_soft=with_soft)
        assert together <= alone <= before


@settings(max_examples=60)
@given(networks(), some, st.randoms(use_true_random=False), st.integers(-10, 30))
def test_proposal_is_enough_and_nothing_in_it_can_be_spared(net, candidates, random, away):
    target_on = TODAY + timedelta(away)
    values = {"today": TODAY, "calendar": CALENDAR, "goal": "G", "target_on": target_on}
    rows = gains(net, candidates, (), **values)
    best = best_first(net, candidates, **values)

    def short(chosen):
        return schedule(apply(net, chosen), **values).short_wd

    if short([]) == short(candidates):
        assert best == ()
    else:
        assert short(best) == short(candidates)
        assert all(short([lever for lever in best if lever != spared]) > short(best) for spared in best)
    mixed = random.sample(candidates, len(candidates))
    assert gains(net, mixed, (), **values) == rows
    assert set(best_first(net, mixed, **values)) == set(best)


def test_levers_already_pulled_hold_throughout():
    values = {"today": TODAY, "calendar": CALENDAR, "goal": "G", "target_on": date(2026, 3, 15), "pulled": [SHORTEN]}
    rows = gains(network(), [OVERLAP], (), **values)
    assert [(row.alone_wd, row.on_top_wd, row.goal_on_after) for row in rows] == [(3, 3, date(2026, 3, 9))]
    assert best_first(network(), [OVERLAP, COMMIT], **values) == (OVERLAP,)


def test_a_shorter_limit_is_without_the_papers_still_to_be_prepared():
    """Limit 10, papers 6; shorter to 4, and accepted without the papers."""
    task = Task("B", 16, preparation_wd=6)
    plain = Network.of([Task("A"), task], [Link("A", "B")])
    deferred, shorter = Lever(LeverKind.DEFER, ("B", "A"), 6), Lever(LeverKind.SHORTEN, ("B",), 4)
    assert apply(plain, [shorter]).tasks["B"].duration_wd == 10
    assert apply(plain, [deferred]).tasks["B"].duration_wd == 10
    assert apply(plain, [shorter, deferred]).tasks["B"].duration_wd == 4

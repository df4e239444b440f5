"""The engine against the oracle, which walks day by day, on random networks and calendars."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projects.planning.engine import schedule
from projects.planning.network import Link, LinkKind, Network, Task
from tests.projects.planning.oracle import Oracle
from workdays.arithmetic import OFFICIAL, PROVISIONAL, WorkCalendar

BASE = date(2026, 9, 14)  # a Monday; cases reach over the turn of the year into one without an official table
KEYS = "HCFADGBEI"  # the order given is not the order of the links

offsets = st.integers(-40, 60)
few = st.integers(0, 12)


@st.composite
def calendars(draw):
    """Holidays of up to twelve days, weekends worked instead, a year without official table."""
    off, make_up = set(), set()
    for first, length in draw(st.lists(st.tuples(st.integers(-50, 140), st.integers(1, 12)), max_size=4)):
        off |= {BASE + timedelta(days=first + i) for i in range(length)}
    for week in draw(st.sets(st.integers(-8, 20), max_size=6)):
        make_up.add(BASE + timedelta(days=7 * week + 5))
    years = {2026: OFFICIAL} | draw(st.sampled_from([{}, {2027: PROVISIONAL}, {2027: OFFICIAL}]))
    return WorkCalendar(years, dict.fromkeys(sorted(off), "off"), dict.fromkeys(sorted(make_up), "make-up"))


@st.composite
def tasks(draw, key):
    """Mostly waiting; running, finished, finished on an unknown day, skipped (with stale dates) as well."""
    what = draw(st.sampled_from(["waiting"] * 6 + ["running"] * 3 + ["done", "done", "unknown", "skipped"]))

    def day(chance=4):
        return BASE + timedelta(days=draw(offsets)) if draw(st.integers(1, chance)) == 1 else None

    facts = {}
    if what == "running":
        facts = {"started_on": day(1), "used_wd": draw(few)}
    elif what == "done":
        facts = {"started_on": day(2), "finished_on": day(1)}
    elif what == "unknown":
        facts = {"is_finished": True, "started_on": day(2)}
    elif what == "skipped":
        facts = {"is_skipped": True, "started_on": day(2), "finished_on": day(2)}
    return Task(key, draw(few), not_before=day(), planned_on=day(), fixed_on=day(), **facts)


@st.composite
def cases(draw):
    n = draw(st.integers(1, len(KEYS)))
    rows = [draw(tasks(key)) for key in KEYS[:n]]
    order = draw(st.permutations(KEYS[:n]))
    links = []
    if n > 1:
        for i, j in draw(st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=2 * n)):
            if i != j:
                kind = draw(st.sampled_from([LinkKind.FS, LinkKind.FS, LinkKind.FF, LinkKind.SS]))
                lag = draw(st.sampled_from([0, 0, 0, 1, 3, -1, -4]))
                before, after = order[min(i, j)], order[max(i, j)]
                links.append(Link(before, after, kind, lag, is_hard=draw(st.integers(1, 4)) > 1))
    today = BASE + timedelta(days=draw(st.integers(-3, 14)))
    target = draw(st.one_of(st.none(), st.integers(-20, 120).map(lambda n: BASE + timedelta(days=n))))
    goal = draw(st.sampled_from(order[-2:]))
    return rows, links, today, draw(calendars()), goal, target, draw(st.booleans())


def agree(case):
    rows, links, today, calendar, goal, target, with_soft = case
    found = schedule(
        Network.of(rows, links), today=today, calendar=calendar, goal=goal, target_on=target, with_soft=with_soft
    )
    oracle = Oracle(
        rows, links, today=today, off=calendar.off, make_up=calendar.make_up,
        goal=goal, target_on=target, with_soft=with_soft,
    )  # fmt: skip
    assert {key: (here.start, here.finish) for key, here in found.tasks.items()} == oracle.dates
    assert found.goal_on == oracle.dates[goal][1]
    assert {key for key, here in found.tasks.items() if here.is_open} == set(filter(oracle.is_open, oracle.tasks))
    if oracle.is_ahead:
        assert found.critical == oracle.critical()
        spare = oracle.between(found.goal_on, target) if target and target >= found.goal_on else None
        if target and target < found.goal_on:
            spare = -oracle.between(oracle.last_workday(target), found.goal_on)
        assert (found.spare_wd, found.short_wd) == (spare, max(0, -(spare or 0)))
        follows = {(link.before, link.after) for link in oracle.links}
        assert found.chain[-1] == goal
        assert set(found.chain) <= found.critical
        assert set(zip(found.chain, found.chain[1:], strict=False)) <= follows
    else:
        assert (found.chain, found.critical, found.spare_wd, found.short_wd) == ((), frozenset(), None, 0)
    for key, here in found.tasks.items():
        latest, free = (None, None, None), None
        if here.is_open:
            latest = oracle.latest(key) if oracle.is_ahead else latest
            free = oracle.free(key)
            if free is None and latest[2] is not None:
                free = max(0, latest[2])
        assert (key, here.latest_start, here.latest_finish, here.total_float_wd) == (key, *latest)
        assert (key, here.free_float_wd) == (key, free)


checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]


@given(cases())
@settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=checks)
def test_engine_equals_oracle(case):
    agree(case)


@pytest.mark.slow
@pytest.mark.once
@given(cases())
@settings(max_examples=2500, deadline=None, suppress_health_check=checks)
def test_engine_equals_oracle_on_thousands(case):
    agree(case)

"""The Gantt chart as shapes: everything stands inside, days keep their order, texts keep apart, links end at tasks."""

import sys
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.plan import gantt
from dispatch.plan.gantt import Options, draw
from dispatch.plan.gantt_axis import Axis, Scale, axis_for, days_off, heads, text_width, worked
from dispatch.plan.gantt_links import End, route
from dispatch.plan.values import PauseSpan, TaskInfo
from projects.planning.engine import schedule
from projects.planning.network import Link, LinkKind, Network, Task
from workdays.arithmetic import WorkCalendar

pytestmark = pytest.mark.once
TODAY = date(2026, 3, 2)  # a Monday
HOLIDAY = {date(2026, 4, 6): "清明节"}
MADE_UP = {date(2026, 4, 11): "清明节"}
CALENDAR = WorkCalendar({2026: "official"}, HOLIDAY, MADE_UP)


def on(days):
    return TODAY + timedelta(days=days)


def step(key, **fields):
    return TaskInfo(key, "step", f"任务{key}", **({"line": "LAND"} | fields))


def chart_of(tasks, links=(), info=(), *, options=None, target_on=None, goal=""):
    network = Network.of(tasks, links)
    known = {one.key: one for one in info}
    info = {task.key: known.get(task.key) or step(task.key) for task in tasks}
    answer = schedule(network, today=TODAY, calendar=CALENDAR, goal=goal, target_on=target_on)
    return draw(answer, info, network.links, calendar=CALENDAR, options=options), answer


def rows(chart):
    return {row.key: row for row in chart.rows}


def shapes(row):
    spans = [span for span in (row.bar, row.baseline, row.slack, *row.pauses) if span]
    points = [x for x in (row.point, row.baseline_point, row.reported_point, row.latest) if x is not None]
    return [span.x for span in spans] + [span.end for span in spans] + points


DAYS = st.integers(-2500, 4000)
INSIDE = st.integers(-700, 1500)


def pause(day):
    return PauseSpan(on(day), None if day % 3 else on(day + 9), "x")


@st.composite
def plans(draw_from):
    """Tasks in a row with some links forwards, hostile dates included, and what is known of them."""
    count = draw_from(st.integers(1, 12))
    tasks, infos = [], []
    for number in range(count):
        key = f"S{number:02}"
        kind = draw_from(st.sampled_from(["step", "milestone", "works", "own"]))
        state = draw_from(st.sampled_from(["waiting", "running", "done", "unknown", "skipped"]))
        start, length = draw_from(DAYS), draw_from(st.integers(0, 60))
        facts = {
            "waiting": {"planned_on": on(start)} if start % 2 else {},
            "running": {"started_on": on(min(start, 0))},
            "done": {"started_on": on(min(start, 0) - length), "finished_on": on(min(start, 0))},
            "unknown": {"is_finished": True},
            "skipped": {"is_skipped": True},
        }[state]
        tasks.append(Task(key, 0 if kind == "milestone" else length, **facts))
        base = draw_from(st.none() | INSIDE)
        infos.append(
            TaskInfo(
                key, kind, draw_from(st.text(max_size=8)), line=draw_from(st.sampled_from(["LAND", "SITE", "ODD", ""])),
                baseline_start=None if base is None else on(base - length),
                baseline_finish=None if base is None else on(base),
                reported_on=draw_from(st.none() | INSIDE.map(on)),
                pauses=tuple(pause(day) for day in draw_from(st.lists(INSIDE, max_size=3))),
            )
        )  # fmt: skip
    pairs = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)).filter(lambda pair: pair[0] < pair[1])
    found = draw_from(st.lists(pairs, max_size=15, unique=True)) if count > 1 else []
    kinds = st.sampled_from(list(LinkKind))
    links = [Link(f"S{a:02}", f"S{b:02}", draw_from(kinds), draw_from(st.integers(-3, 5))) for a, b in found]
    options = Options(
        scale=draw_from(st.sampled_from(list(Scale))), all_links=draw_from(st.booleans()),
        only_critical=draw_from(st.booleans()), hide_finished=draw_from(st.booleans()),
        hide_waiting=draw_from(st.booleans()), after_goal=draw_from(st.booleans()),
        row=draw_from(st.sampled_from([18, 30])),
    )  # fmt: skip
    goal = draw_from(st.sampled_from([task.key for task in tasks if not task.is_skipped] or [""]))
    return tasks, links, infos, options, goal, draw_from(st.none() | INSIDE.map(on))


@given(plans())
def test_everything_stands_inside_and_keeps_apart(plan):
    tasks, links, infos, options, goal, target_on = plan
    chart, _answer = chart_of(tasks, links, infos, options=options, goal=goal, target_on=target_on)
    tops = []
    for group in chart.groups:
        tops.append(group.top)
        for row in group.rows:
            tops.append(row.top)
            assert all(0 <= x <= chart.width for x in shapes(row)), row
            if row.point and abs((row.placed.finish - TODAY).days) < 1800:
                assert row.point - gantt.POINT >= 0 and row.point + gantt.POINT <= chart.width
            if row.label:
                left, right = row.label.reach
                assert left >= 0 and right <= chart.width
                assert all(not left < x < right for x in shapes(row))
    assert tops == sorted(set(tops)) and all(b - a == options.row for a, b in pairwise(tops))
    assert all(chart.head <= top <= chart.height - options.row for top in tops)
    on_lane = [flag.label.reach for lane in (0, 1) for flag in chart.flags if flag.lane == lane]
    lanes = [flag.lane for flag in chart.flags]
    assert len(lanes) < 2 or lanes[0] != lanes[1] or on_lane[0][1] < on_lane[1][0] or on_lane[1][1] < on_lane[0][0]
    assert chart.skipped == sum(task.is_skipped for task in tasks)
    assert len(rows(chart)) + chart.skipped + chart.hidden == len(tasks)
    again, _answer = chart_of(tasks, links, infos, options=options, goal=goal, target_on=target_on)
    assert again == chart


@given(plans())
def test_links_end_at_their_tasks(plan):
    tasks, links, infos, options, goal, target_on = plan
    chart, answer = chart_of(tasks, links, infos, options=options, goal=goal, target_on=target_on)
    found = rows(chart)
    for wire in chart.wires:
        for key, (x, y) in ((wire.before, wire.points[0]), (wire.after, wire.points[-1])):
            row = found[key]
            edges = (row.bar.x, row.bar.end) if row.bar else (row.point,)
            assert min(abs(x - edge) for edge in edges) <= 6
            assert row.top < y < row.top + options.row
        corners = pairwise(wire.points)
        assert all(a[0] == b[0] or a[1] == b[1] for a, b in corners)
        assert not wire.is_critical or {wire.before, wire.after} <= answer.critical


@given(st.lists(DAYS, max_size=6), st.sampled_from(list(Scale)), st.floats(200, 3000))
def test_days_keep_their_order_and_fill_the_axis(days, scale, width):
    axis = axis_for([on(day) for day in days], TODAY, scale, width)
    assert axis.first.weekday() == 0 and axis.first < TODAY < axis.last
    shown = [axis.first + timedelta(days=number) for number in range(0, axis.days, max(1, axis.days // 50))]
    places = [axis.at(day) for day in shown]
    assert places == sorted(places) and len(set(places)) == len(places)
    assert all(axis.left(day) < axis.at(day) < axis.left(day) + axis.px + 0.02 for day in shown)
    assert axis.at(date(1990, 1, 1)) == 0 and axis.at(date(2100, 1, 1)) == axis.width
    for line in heads(axis, lambda number: f"{number}月"):
        assert line[0].x == 0 and abs(line[-1].x + line[-1].width - axis.width) < 0.1
        assert all(not tick.text or text_width(tick.text) <= tick.width for tick in line)


def test_the_whole_plan_fits_the_width_given_when_the_scale_is_free():
    axis = axis_for([on(0), on(700)], TODAY, Scale.AUTO, 900)
    assert axis.width <= 920
    assert axis_for([on(0), on(20)], TODAY, Scale.AUTO, 900).px > axis.px
    assert axis_for([on(0), on(20)], TODAY, Scale.MONTHS, 900).px == 2.2


def test_days_off_are_shaded_and_days_made_up_are_not():
    axis = Axis(date(2026, 4, 3), date(2026, 4, 12), 10)
    pattern = worked(axis, CALENDAR)
    assert pattern == "1000111110"[: axis.days]
    assert days_off(axis, pattern) == [(10, 30), (90, 10)]
    assert days_off(Axis(axis.first, axis.last, 1), pattern) == [(1, 3)]


def test_baseline_forecast_and_fact_are_three_things():
    info = [
        step("S01", baseline_start=on(0), baseline_finish=on(4)),
        step("S02", baseline_start=on(-9), baseline_finish=on(-3)),
        TaskInfo("L08", "milestone", "开工", baseline_finish=on(8), reported_on=on(14)),
    ]
    tasks = [Task("S01", 6), Task("S02", started_on=on(-7), finished_on=on(-3)), Task("L08")]
    chart, _answer = chart_of(tasks, [Link("S01", "L08")], info, goal="L08", target_on=on(7))
    found, at = rows(chart), chart.axis.at
    assert (found["S01"].bar.x, found["S01"].bar.end) == (at(on(0)), at(on(8)))
    assert (found["S01"].baseline.x, found["S01"].baseline.end) == (at(on(0)), at(on(4)))
    assert found["S01"].late_wd == 2 and found["S01"].is_behind and found["S01"].latest == at(on(7))
    assert (found["S01"].slack.x, found["S01"].slack.end) == (at(on(7)), at(on(8)))
    assert found["S02"].late_wd == 0 and found["S02"].latest is None and not found["S02"].is_behind
    milestone = found["L08"]
    assert (milestone.bar, milestone.point, milestone.baseline_point) == (None, at(on(8)), at(on(8)))
    assert milestone.reported_point == at(on(14)) and milestone.is_critical
    assert chart.numbers == {"running": 0, "behind": 2, "critical": 2}
    assert [flag.kind for flag in chart.flags] == ["today", "target"]
    assert {flag.lane for flag in chart.flags} == {0} or chart.flags[1].lane == 1


def test_groups_stand_in_their_order_and_lines_nobody_knows_before_the_own_tasks():
    info = [
        TaskInfo("T1", "own", "自有"), step("S01", line="ACCEPT"), step("S02", line="ODD"), step("S03", line="LAND"),
        TaskInfo("W1", "works", "施工"), TaskInfo("L08", "milestone", "开工"), step("S04", line="LAND"),
    ]  # fmt: skip
    chart, _answer = chart_of([Task(one.key, 1) for one in info], (), info)
    shown = [(group.code, [row.key for row in group.rows]) for group in chart.groups]
    assert [code for code, _keys in shown] == ["milestones", "LAND", "works", "ACCEPT", "ODD", "own"]
    assert dict(shown)["LAND"] == ["S03", "S04"]


def test_a_pause_is_seen_inside_its_bar_and_an_open_one_until_today():
    info = [step("S01", pauses=(PauseSpan(on(-20), on(-10), "补正"), PauseSpan(on(-4), None, "公示")))]
    chart, _answer = chart_of([Task("S01", 20, started_on=on(-14), used_wd=4)], (), info)
    row, at = rows(chart)["S01"], chart.axis.at
    assert [(one.x, one.end) for one in row.pauses] == [(at(on(-14)), at(on(-10))), (at(on(-4)), at(on(0)))]


@pytest.mark.parametrize(
    ("options", "left"),
    [
        (Options(), "S01 S02 S03 S04 L08"),
        (Options(only_critical=True), "S03 L08"),
        (Options(hide_finished=True), "S02 S03 S04 L08"),
        (Options(hide_waiting=True), "S01 S02 L08"),
        (Options(hide_waiting=True, hide_finished=True), "S02 L08"),
    ],
)
def test_what_is_hidden_is_counted(options, left):
    tasks = [
        Task("S01", finished_on=on(-5), started_on=on(-9)), Task("S02", 3, started_on=on(-2)), Task("S03", 9),
        Task("S04", 1), Task("L08"), Task("S05", is_skipped=True),
    ]  # fmt: skip
    links = [Link(task.key, "L08") for task in tasks[:4]]
    info = [TaskInfo("L08", "milestone", "开工")]
    chart, _answer = chart_of(tasks, links, info, goal="L08", options=options)
    assert sorted(rows(chart)) == sorted(left.split())
    assert (chart.hidden, chart.skipped) == (5 - len(left.split()), 1)


def test_only_links_that_hold_are_drawn_unless_all_are_asked_for():
    tasks = [Task("S01", 2), Task("S02", 9), Task("S03", 3)]
    links = [Link("S01", "S03"), Link("S02", "S03"), Link("S01", "S02", is_hard=False)]
    chart, _answer = chart_of(tasks, links, goal="S03")
    assert [(wire.before, wire.after, wire.is_critical) for wire in chart.wires] == [("S02", "S03", True)]
    chart, _answer = chart_of(tasks, links, goal="S03", options=Options(all_links=True))
    assert [(wire.before, wire.is_soft) for wire in chart.wires] == [("S01", True), ("S02", False)]


@pytest.mark.parametrize(
    ("before", "after", "kind", "corners"),
    [
        ((0, 50), (80, 90), LinkKind.FS, [(50, 10), (50, 40), (80, 40)]),
        ((0, 50), (50, 90), LinkKind.FS, [(50, 10), (50, 35)]),
        ((0, 50), (20, 90), LinkKind.FS, [(50, 10), (50, 25), (14, 25), (14, 40), (20, 40)]),
        ((0, 50), (20, 90), LinkKind.FF, [(50, 10), (96, 10), (96, 40), (90, 40)]),
        ((20, 50), (30, 90), LinkKind.SS, [(20, 10), (14, 10), (14, 40), (30, 40)]),
    ],
)
def test_ways_of_links(before, after, kind, corners):
    assert list(route(End(*before, 10, 5), End(*after, 40, 5), kind, row=30)) == corners


def test_a_project_without_any_task_still_has_an_axis():
    chart, _answer = chart_of([])
    assert chart.groups == [] and chart.height == chart.head and chart.flags[0].kind == "today"


def test_the_work_grows_with_tasks_and_days_alone():
    def calls(count):
        tasks = [Task(f"S{number}", 3) for number in range(count)]
        links = [Link(f"S{number}", f"S{number + 1}") for number in range(count - 1)]
        network = Network.of(tasks, links)
        answer = schedule(network, today=TODAY, calendar=CALENDAR, goal=f"S{count - 1}")
        info = {task.key: step(task.key) for task in tasks}
        counted = 0

        def count_one(_frame, event, _argument):
            nonlocal counted
            counted += event == "call"

        before = sys.getprofile()
        sys.setprofile(count_one)
        try:
            draw(answer, info, network.links, calendar=CALENDAR)
        finally:
            sys.setprofile(before)
        return counted

    few, many = calls(60), calls(600)
    assert many < 11 * few


def test_heights_of_bar_and_baseline_fit_a_line():
    for height in (18, 22, 30):
        assert gantt.bar_half(height) < gantt.bar_middle(height) < height - gantt.bar_half(height)

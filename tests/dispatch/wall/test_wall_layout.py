"""Where marks stand on the wall, by tables and properties. No database."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.wall import layout, sums
from dispatch.wall.layout import SCREEN, Aim, Kind, Scale, Stop, Window, expected, slip_of, tracks
from dispatch.wall.screen import parts_of
from dispatch.wall.sums import Line
from dispatch.wall.words import SHORT
from projects.stages import MILESTONE_STAGES

pytestmark = pytest.mark.once
TODAY = date(2026, 3, 2)
YEAR = Window(date(2026, 1, 1), 12)
WINDOWS = [YEAR, Window(date(2025, 12, 1), 18), Window(date(2026, 11, 1), 24)]
STAGES = [stage.value for stage in MILESTONE_STAGES]

days = st.dates(date(2024, 6, 1), date(2029, 6, 1))
some = st.none() | days


@st.composite
def stops(draw):
    found = []
    for stage in draw(st.lists(st.sampled_from(STAGES), unique=True, max_size=12)):
        is_done = draw(st.booleans())
        found.append(Stop(stage, draw(some), draw(some), None if is_done else draw(some), is_done))
    return tuple(found)


aims = st.none() | st.builds(Aim, days, st.none() | st.integers(0, 99))


@st.composite
def lines(draw):
    return Line(
        pk=draw(st.integers(1, 10**6)), name=draw(st.sampled_from("甲乙丙丁")), stage=draw(st.sampled_from(STAGES)),
        light=draw(st.sampled_from(["red", "green", "grey"])), status=draw(st.sampled_from(["active", "suspended"])),
        leader=draw(st.sampled_from(["", "李", "王"])), unit=draw(st.sampled_from(["", "经发局"])),
        stops=draw(stops()), aim=draw(aims),
    )  # fmt: skip


def drawn(stops, aim=None, window=YEAR, scale=SCREEN[12], **more):
    def words(stage, slip, kind):
        return f"{SHORT[stage][0]} 迟{slip}天" if slip else SHORT[stage][0]

    return tracks(stops, aim, window, scale, TODAY, words=words, aim_words=lambda aim: "目标 差9个工作日", **more)


def marks_of(found):
    return {(track.stage, mark.kind, mark.on) for track in found for mark in (track.baseline, track.current) if mark}


@pytest.mark.parametrize(
    ("stop", "kind", "on", "slip"),
    [
        (Stop("L08"), None, None, None),
        (Stop("L08", date(2026, 5, 1)), None, None, None),
        (Stop("L08", date(2026, 2, 28)), Kind.OVERDUE, TODAY, 2),
        (Stop("L08", date(2026, 3, 2)), None, None, None),
        (Stop("L08", date(2026, 5, 1), date(2026, 5, 11)), Kind.FORECAST, date(2026, 5, 11), 10),
        (Stop("L08", date(2026, 5, 1), date(2026, 4, 21)), Kind.FORECAST, date(2026, 4, 21), -10),
        (Stop("L08", date(2026, 5, 1), date(2026, 2, 1)), None, None, None),
        (Stop("L08", None, date(2026, 2, 1)), Kind.OVERDUE, TODAY, None),
        (Stop("L08", date(2026, 2, 1), date(2026, 2, 20)), Kind.OVERDUE, TODAY, 29),
        (Stop("L08", date(2026, 1, 5), date(2026, 9, 9), date(2026, 1, 4)), Kind.ACTUAL, date(2026, 1, 4), -1),
        (Stop("L08", date(2026, 1, 5), date(2026, 9, 9), is_done=True), None, None, None),
    ],
)
def test_where_a_milestone_is_or_will_be(stop, kind, on, slip):
    found = expected(stop, TODAY)
    assert found == ((kind, on) if kind else None)
    assert slip_of(stop, TODAY) == slip


def test_the_plan_of_a_suspended_project_is_shown_as_it_was():
    stop = Stop("L08", date(2026, 2, 1), date(2026, 8, 1))
    assert expected(stop, TODAY, moving=False) is None
    [track] = drawn([stop], moving=False)
    assert (track.baseline.on, track.current, track.is_late) == (date(2026, 2, 1), None, False)


def test_every_milestone_has_a_short_name():
    assert set(SHORT) == set(STAGES)
    assert len({chinese for chinese, _english in SHORT.values()}) == len(SHORT)


@pytest.mark.parametrize(
    ("first", "count", "last"),
    [
        (date(2026, 1, 1), 12, date(2026, 12, 31)),
        (date(2026, 11, 1), 18, date(2028, 4, 30)),
        (date(2026, 3, 1), 24, date(2028, 2, 29)),
    ],
)
def test_a_window_ends_with_its_last_month(first, count, last):
    window = Window(first, count)
    assert (window.last, len(window.months), window.months[0]) == (last, count, first)
    assert not window.holds(first - timedelta(days=1)) and not window.holds(last + timedelta(days=1))


@given(days, st.sampled_from(WINDOWS))
def test_every_day_stands_in_its_month(day, window):
    at = window.position(day)
    inside = [n for n, month in enumerate(window.months) if (month.year, month.month) == (day.year, day.month)]
    assert ([int(at)] if window.holds(day) else []) == inside
    assert 0 <= at <= window.count


@given(stops(), aims, st.sampled_from(WINDOWS))
def test_exactly_the_marks_of_the_window_are_drawn_in_their_months(found, aim, window):
    scale = SCREEN[window.count]
    placed = drawn(found, aim, window, scale)
    wanted = set()
    for stop in found:
        now = expected(stop, TODAY)
        dates = [("baseline", stop.baseline_on)] + ([(now[0].value, now[1])] if now else [])
        wanted |= {(stop.stage, kind, on) for kind, on in dates if on and window.first <= on <= window.last}
    if aim and window.first <= aim.on <= window.last:
        wanted.add(("target", "target", aim.on))
    assert marks_of(placed) == wanted
    for track in placed:
        for mark in (track.baseline, track.current):
            if mark:
                month = window.months[int(mark.x // scale.month)]
                assert (month.year, month.month) == (mark.on.year, mark.on.month)


@given(stops(), aims, st.sampled_from(WINDOWS), st.floats(1, 4))
def test_nothing_hides_anything_also_when_the_page_is_wider(found, aim, window, stretch):
    """Marks and lines spread with the page; marks and words keep their size."""
    scale = SCREEN[window.count]
    placed = drawn(found, aim, window, scale)
    spans: dict[int, list[tuple[float, float]]] = {}
    for track in placed:
        ends = [mark.x for mark in (track.baseline, track.current) if mark] + list(track.line or ())
        radius = scale.radius
        words = layout.width_of(track.words, scale.em)
        x = track.anchor * stretch + (track.words_x - track.anchor)
        text = (x - words, x) if track.words_end else (x, x + words)
        span = (min(min(ends) * stretch - radius, text[0]), max(max(ends) * stretch + radius, text[1]))
        spans.setdefault(track.lane, []).append(span)
    for lane in spans.values():
        lane.sort()
        assert all(before[1] <= after[0] + 1e-6 for before, after in pairwise(lane))
    lanes = sorted(spans)
    assert lanes == list(range(len(lanes))) and (not placed or layout.lanes_of(placed) == len(lanes))


@given(stops(), aims, st.sampled_from(WINDOWS))
def test_words_stay_on_the_paper_beside_or_upon_their_line(found, aim, window):
    scale = SCREEN[window.count]
    for track in drawn(found, aim, window, scale):
        width = layout.width_of(track.words, scale.em)
        left = track.words_x - width if track.words_end else track.words_x
        assert left >= -1e-6 and left + width <= window.count * scale.month + 1e-6
        others = [mark.x for mark in (track.baseline, track.current) if mark]
        assert all(x <= left or x >= left + width for x in others)


@given(stops(), st.sampled_from(WINDOWS))
def test_late_is_what_slips(found, window):
    for track in drawn(found, None, window, SCREEN[window.count]):
        stop = next(stop for stop in found if stop.stage == track.stage)
        now = expected(stop, TODAY)
        if stop.baseline_on and now:
            assert track.slip == (now[1] - stop.baseline_on).days
            assert track.is_late == (now[1] > stop.baseline_on)
            x1, x2 = track.line or (0, 0)
            assert (x2 - x1) * track.slip >= 0
        elif not (now and now[0] is Kind.OVERDUE):
            assert track.slip is None and not track.is_late


def test_the_two_marks_of_one_day_are_both_seen():
    """The hollow mark is larger than the other one, wherever that stands."""
    [track] = drawn([Stop("L08", date(2026, 5, 6), date(2026, 5, 6))])
    assert track.baseline.x == track.current.x and track.line is None and track.slip == 0


@pytest.mark.parametrize(
    ("stop", "line", "words"),
    [
        (Stop("L08", date(2025, 11, 1), date(2026, 6, 1)), (0.0, 5.02), "开 迟212天"),
        (Stop("L08", date(2026, 6, 1), date(2027, 3, 9)), (5.02, 12.0), "开 迟281天 → 2027-03"),
        (Stop("L08", date(2025, 6, 1), date(2027, 3, 9)), (0.0, 12.0), "开 迟646天 → 2027-03"),
    ],
)
def test_lines_are_cut_at_the_edges_and_say_where_they_lead(stop, line, words):
    [track] = drawn([stop], None, YEAR, Scale(1.0, 0.01, 0.1, 0.01))
    assert tuple(round(x, 2) for x in track.line) == line
    assert track.words == words


def test_what_lies_outside_is_not_drawn():
    assert drawn([Stop("L08", date(2025, 12, 31), is_done=True), Stop("L10", date(2027, 1, 1), date(2028, 1, 1))]) == []
    assert drawn([], Aim(date(2027, 1, 1), 3)) == []


@settings(max_examples=30)
@given(st.lists(lines(), max_size=12), st.sampled_from(WINDOWS))
def test_counts_by_month_are_those_of_a_slow_count(found, window):
    counts = sums.month_counts(found, window, TODAY)
    for (stage, kind), months in counts.items():
        for month, number in zip(window.months, months, strict=True):
            slow = 0
            for line in found:
                for stop in line.stops:
                    if stop.stage != stage:
                        continue
                    open_ = stop.actual_on is None and not stop.is_done and line.status == "active"
                    day = {
                        "baseline": stop.baseline_on,
                        "actual": stop.actual_on,
                        "forecast": stop.forecast_on if open_ and (stop.forecast_on or TODAY) >= TODAY else None,
                    }[kind]
                    slow += bool(day and (day.year, day.month) == (month.year, month.month))
            one = Window(month, 1)
            assert number == slow == len(sums.happening(found, stage, kind, one.first, one.last, TODAY))


@settings(max_examples=30)
@given(st.lists(lines(), max_size=12), st.sampled_from(sorted(sums.KEYS)), st.sampled_from(sorted(sums.ORDERS)))
def test_groups_hold_every_line_once_and_their_numbers(found, by, sort):
    found = [replace(line, pk=number) for number, line in enumerate(found)]
    groups = sums.grouped(sums.ordered(found, sort), by, YEAR, TODAY)
    assert sorted(line.pk for group in groups for line in group.lines) == [line.pk for line in found]
    keys = [group.key for group in groups]
    assert len(set(keys)) == len(keys) and "" not in keys[:-1]
    for group in groups:
        assert all(sums.KEYS[by](line) == group.key for line in group.lines)
        assert group.lights.total() == len(group.lines)
        assert group.short == len([line for line in group.lines if line.aim and (line.aim.short_wd or 0) > 0])
        assert list(group.lines) == sums.ordered(group.lines, sort)
    for size in (1, 5):
        pages = [sums.paged(groups, start, start + size) for start in range(0, len(found), size)]
        assert [line.pk for page in pages for _group, cut in page for line in cut] == [
            line.pk for group in groups for line in group.lines
        ]


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2026, 3, 2), date(2026, 1, 1), date(2026, 3, 31)),
        (date(2026, 12, 31), date(2026, 10, 1), date(2026, 12, 31)),
        (date(2026, 4, 1), date(2026, 4, 1), date(2026, 6, 30)),
    ],
)
def test_quarters(day, first, last):
    assert sums.quarter_of(day) == (first, last)


def test_who_starts_in_a_period_goes_by_fact_then_forecast_then_baseline():
    def line(*dates):
        return Line(1, "甲", "L07", "green", "active", stops=(Stop("L08", *dates),))

    january, may, june = date(2026, 1, 9), date(2026, 5, 4), date(2026, 6, 1)
    quarter = (date(2026, 4, 1), date(2026, 6, 30))
    for dates, starts in [
        ((may,), True), ((january, may), True), ((may, date(2026, 8, 1)), False), ((may, june, january), False),
        ((None, None, None), False), ((january, None, may), True),
    ]:  # fmt: skip
        assert bool(sums.starting([line(*dates)], *quarter, TODAY)) is starts


@given(st.lists(st.integers(20, 999), max_size=30))
def test_pages_of_the_projector_hold_every_row_in_order(heights):
    sizes = [(Line(n, "甲", "L01", "red", "active"), high) for n, high in enumerate(heights)]
    parts = parts_of(sizes, 830)
    assert [line.pk for part in parts for line in part] == list(range(len(heights)))
    assert all(len(part) == 1 or sum(heights[line.pk] for line in part) <= 830 for part in parts)
    assert all(part for part in parts)

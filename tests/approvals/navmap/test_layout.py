"""The picture of the map, as numbers: for the shipped catalogue, for altered ones and for any other."""

from itertools import combinations, pairwise, permutations

import pytest
from hypothesis import given, settings

from approvals.navmap.gaps import turn_offsets
from approvals.navmap.lanes import best_scheme, exchanges, scheme_of
from approvals.navmap.layout import RADIUS, layout
from approvals.navmap.network import GATE, columns, links, rows
from approvals.navmap.values import Bundle, Edge, Gate, Named, Plan, Stop
from tests.approvals.cases import document
from tests.approvals.navmap.plans import CATALOGUES, plan_of, plans

ORIENTATIONS = ("horizontal", "vertical")
every_catalogue = pytest.mark.parametrize("name", CATALOGUES)
both_ways = pytest.mark.parametrize("orientation", ORIENTATIONS)


def drawn(name, orientation, language="zh"):
    return layout(plan_of(CATALOGUES[name](), language), orientation)


def corners(box):
    return box.x, box.y, box.x + box.width, box.y + box.height


def overlap(one, two) -> bool:
    left, top, right, bottom = corners(one)
    left2, top2, right2, bottom2 = corners(two)
    return min(right, right2) - max(left, left2) > 0.01 and min(bottom, bottom2) - max(top, top2) > 0.01


def nearest(point, start, end) -> float:
    """Distance of a point from a straight piece."""
    (x, y), (x1, y1), (x2, y2) = point, start, end
    length = (x2 - x1) ** 2 + (y2 - y1) ** 2
    part = 0 if length == 0 else max(0, min(1, ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / length))
    return ((x1 + part * (x2 - x1) - x) ** 2 + (y1 + part * (y2 - y1) - y) ** 2) ** 0.5


def cuts_box(box, start, end) -> bool:
    """Whether a piece, seen at a hundred of its points, is inside the box."""
    left, top, right, bottom = corners(box)
    points = [[a + (b - a) * n / 100 for a, b in zip(start, end, strict=True)] for n in range(101)]
    return any(left + 0.5 < x < right - 0.5 and top + 0.5 < y < bottom - 0.5 for x, y in points)


def check(plan, picture) -> None:
    """What holds for every picture."""
    assert sorted(stop.code for stop in picture.stops) == sorted(stop.code for stop in plan.stops)
    for stop in picture.stops:
        assert RADIUS <= stop.x <= picture.width - RADIUS and RADIUS <= stop.y <= picture.height - RADIUS
    for one, two in combinations(picture.stops, 2):
        assert max(abs(one.x - two.x), abs(one.y - two.y)) >= 2 * RADIUS, (one.code, two.code)
    boxes = [label.box for label in picture.labels]
    for box in boxes:
        left, top, right, bottom = corners(box)
        assert left >= 0 and top >= 0 and right <= picture.width + 0.01 and bottom <= picture.height + 0.01
    assert [(one, two) for one, two in combinations(boxes, 2) if overlap(one, two)] == []
    for stop in picture.stops:
        around = type(boxes[0])(stop.x - RADIUS, stop.y - RADIUS, 2 * RADIUS, 2 * RADIUS)
        assert [box for box in boxes if overlap(box, around)] == []


def check_ways(picture) -> None:
    """Tracks and links stay clear of foreign stops and of all labels of stops, and turn by 45° or 90° at most."""
    for path in picture.paths:
        own = {path.link.before, path.link.after}
        for start, end in pairwise(path.points):
            foreign = [stop for stop in picture.stops if stop.code not in own]
            assert [s.code for s in foreign if nearest((s.x, s.y), start, end) < RADIUS] == [], path.link
            assert [s.code for s in picture.stops if cuts_box(s.label.box, start, end)] == [], path.link
            run, rise = abs(start[0] - end[0]), abs(start[1] - end[1])
            assert run < 0.01 or rise < 0.01 or abs(run - rise) < 0.01


@every_catalogue
@both_ways
@pytest.mark.parametrize("language", ["zh", "en"])
def test_labels_and_stops_keep_apart(name, orientation, language):
    plan = plan_of(CATALOGUES[name](), language)

    check(plan, layout(plan, orientation))


@every_catalogue
@both_ways
def test_tracks_keep_clear_of_foreign_stops_and_labels(name, orientation):
    check_ways(drawn(name, orientation))


def test_the_altered_catalogues_have_18_22_and_30_steps():
    counts = [len(make().steps) for make in CATALOGUES.values()]

    assert counts == [22, 18, 22, 30]


@settings(max_examples=80)
@given(plan=plans())
@both_ways
def test_any_catalogue_keeps_apart_and_clear(orientation, plan):
    picture = layout(plan, orientation)

    check(plan, picture)
    check_ways(picture)


@given(plan=plans())
def test_the_same_plan_gives_the_same_picture(plan):
    shuffled = Plan(plan.phases, plan.lines, plan.stops[::-1], plan.edges[::-1], plan.bundles, plan.gates)

    assert layout(shuffled) == layout(plan)


def longest(code, before) -> int:
    """By trying every way: how many steps come before this one in its phase."""
    return max((longest(earlier, before) + 1 for earlier in before.get(code, [])), default=0)


@given(plan=plans())
def test_columns_are_the_longest_path_inside_the_phase(plan):
    phase = {stop.code: stop.phase for stop in plan.stops}
    before: dict[str, list[str]] = {}
    for edge in plan.edges:
        if phase[edge.before] == phase[edge.after]:
            before.setdefault(edge.after, []).append(edge.before)

    axis = columns(plan)

    first = {index: slot for slot, index in reversed(list(enumerate(axis.phases)))}
    number = {named.code: index for index, named in enumerate(plan.phases)}
    expected = {code: first[number[phase[code]]] + longest(code, before) for code in phase}
    assert {code: slot for code, slot in axis.slots if not code.startswith(GATE)} == expected


def ways(drawn_links, start) -> set[str]:
    after: dict[str, set[str]] = {}
    for link in drawn_links:
        after.setdefault(link.before, set()).add(link.after)
    seen, waiting = set(), [start]
    while waiting:
        for node in after.get(waiting.pop(), set()) - seen:
            seen.add(node)
            waiting.append(node)
    return seen


@pytest.mark.parametrize("axis_of", [columns, rows])
@given(plan=plans())
def test_every_dependency_has_a_way_in_the_picture_and_no_link_says_what_others_say(axis_of, plan):
    axis = axis_of(plan)
    slot_of = axis.slot_of
    found = links(plan, axis)
    forward = [link for link in found if not link.is_back]

    joined = [set(gate.stops) for gate in plan.gates if GATE + gate.code in slot_of]
    for edge in plan.edges:
        if slot_of[edge.before] > slot_of[edge.after]:
            assert any((link.before, link.after, link.is_back) == (edge.before, edge.after, True) for link in found)
        elif edge.is_hard or not any({edge.before, edge.after} <= codes for codes in joined):
            assert edge.after in ways(forward, edge.before)
    for link in forward:
        assert slot_of[link.before] < slot_of[link.after]
        if not link.is_track:
            assert link.after not in ways([other for other in forward if other != link], link.before)


@every_catalogue
@pytest.mark.parametrize("axis_of", [columns, rows])
def test_no_exchange_of_neighbours_saves_a_crossing(name, axis_of):
    plan = plan_of(CATALOGUES[name]())
    axis = axis_of(plan)
    scheme = best_scheme(plan, axis)

    others = [scheme_of(plan, axis, order) for order in exchanges(scheme.order)]
    assert all(other.cost >= scheme.cost for other in others)


@settings(max_examples=40)
@given(plan=plans())
def test_no_exchange_of_neighbours_saves_a_crossing_anywhere(plan):
    axis = columns(plan)
    scheme = best_scheme(plan, axis)

    assert all(scheme_of(plan, axis, order).cost >= scheme.cost for order in exchanges(scheme.order))


@every_catalogue
def test_no_order_of_the_lines_at_all_has_fewer_crossings(name):
    plan = plan_of(CATALOGUES[name]())
    axis = columns(plan)
    scheme = best_scheme(plan, axis)

    every = [scheme_of(plan, axis, (order, *scheme.order[1:])) for order in permutations(scheme.order[0])]
    assert scheme.crossings == min(other.crossings for other in every)


def test_the_shipped_map_has_no_crossing_and_fits_the_page():
    picture = drawn("shipped", "horizontal")

    assert picture.crossings == 0
    assert picture.width <= 1300
    assert drawn("shipped", "vertical").width <= 360


def test_places_in_a_gap_are_ordered_to_cross_least():
    plan = plan_of(document())
    scheme = best_scheme(plan, columns(plan))

    assert turn_offsets(scheme.routes).crossings == 0


def test_phases_are_bands_side_by_side_that_hold_their_stops():
    picture = drawn("thirty", "horizontal")
    phase_of = {step.code: step.phase for step in CATALOGUES["thirty"]().steps}

    assert [band.code for band in picture.bands] == ["P1", "P2", "P3", "P4", "P5"]
    for one, two in pairwise(picture.bands):
        assert one.box.right == pytest.approx(two.box.x)
    assert picture.bands[-1].box.right == pytest.approx(picture.width)
    bands = {band.code: band.box for band in picture.bands}
    for stop in picture.stops:
        assert bands[phase_of[stop.code]].x < stop.x < bands[phase_of[stop.code]].right


@both_ways
def test_the_parallel_lines_join_at_the_start_of_construction(orientation):
    picture = drawn("shipped", orientation)
    gate = picture.gates[0]
    joining = {path.link.line for path in picture.paths if path.link.after == GATE + gate.code}

    assert [gate.code for gate in picture.gates] == ["CONSTRUCTION_START"]
    assert joining == {"EVAL", "SITE", "FILING"}
    for path in picture.paths:
        if path.link.after == GATE + gate.code:
            x, y = path.points[-1]
            left, top, right, bottom = corners(gate.bar)
            assert left <= x <= right and top <= y <= bottom


@every_catalogue
@both_ways
def test_capsules_hold_the_stops_of_their_bundle_and_no_others(name, orientation):
    doc = CATALOGUES[name]()
    picture = drawn(name, orientation)
    stops = {stop.code: (stop.x, stop.y) for stop in picture.stops}
    members = {bundle.code: set(bundle.steps) for bundle in doc.bundles}

    assert len(picture.interchanges) == 2
    for interchange in picture.interchanges:
        held = set()
        for box in interchange.capsules:
            left, top, right, bottom = corners(box)
            held |= {code for code, (x, y) in stops.items() if left < x < right and top < y < bottom}
        assert held == members[interchange.code]


def test_a_circle_of_dependencies_is_drawn_all_the_same():
    stops = tuple(Stop(code, code, "P", "L", n) for n, code in enumerate("abc"))
    plan = Plan((Named("P", "P"),), (Named("L", "L"),), stops, (Edge("a", "b"), Edge("b", "c"), Edge("c", "a")))

    picture = layout(plan)

    check(plan, picture)
    assert any(path.link.is_back for path in picture.paths)


def test_a_bundle_and_a_gate_of_unknown_steps_are_left_out():
    stops = (Stop("a", "a", "P", "L", 1),)
    plan = Plan(
        (Named("P", "P"),), (Named("L", "L"),), stops, (Edge("x", "a"),), (Bundle("B", "B", ("x",)),),
        (Gate("G", "G", ("x", "y")),),
    )  # fmt: skip

    picture = layout(plan)

    assert picture.paths == () and picture.gates == () and picture.interchanges == ()

"""Which lane every stop stands in: the order of the lines with the fewest crossings. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from statistics import median

from approvals.navmap.gaps import turn_offsets
from approvals.navmap.network import Axis, groups_of, links
from approvals.navmap.routes import Route, Router
from approvals.navmap.values import Link, Plan

Span = tuple[int, int]
Order = tuple[tuple[str, ...], ...]
Cost = tuple[int, int, float, int]


@dataclass(frozen=True)
class Scheme:
    """Lanes and routes for one order of the lines, and how good it looks."""

    order: Order
    lane_of: Mapping[str, int]
    lanes: int
    routes: tuple[Route, ...]
    inversions: int

    @cached_property
    def crossings(self) -> int:
        """Points where a change from lane to lane cuts a run, or another change's, that is not its own."""
        cut = set()
        runs = {run for route in self.routes for run in route.runs}
        for route in self.routes:
            for turn in route.turns:
                place = turn.slot - 0.5
                cut |= {
                    (place, lane, route.begin, turn.start if turn.start == route.begin[1] else turn.end)
                    for lane, start, end in runs
                    if turn.low < lane < turn.high and start < place < end
                }
        return len(cut) + turn_offsets(self.routes).crossings

    @property
    def cost(self) -> Cost:
        """Crossings first, then streets, the length of all changes, the distance from the given order."""
        streets = sum(len(route.turns) > 1 for route in self.routes)
        length = sum(turn.high - turn.low for route in self.routes for turn in route.turns)
        return self.crossings, streets, length, self.inversions


@lru_cache(maxsize=64)
def best_scheme(plan: Plan, axis: Axis) -> Scheme:
    """The scheme that no exchange of two neighbours (lines, or stops of one column of a line) makes better."""
    given = first_order(plan, axis)
    tried = [_descend(plan, axis, order) for order in dict.fromkeys((given, _barycentre(plan, axis, given)))]
    return min(tried, key=lambda scheme: scheme.cost)


def first_order(plan: Plan, axis: Axis) -> Order:
    """The order as given: the lines, then every column of a line that has several stops."""
    groups = groups_of(plan, axis.slot_of)
    cells = [tuple(cell) for cells in groups.values() for cell in cells if len(cell) > 1]
    return (tuple(groups), *cells)


def exchanges(order: Order) -> Iterable[Order]:
    """Every order with two neighbours exchanged."""
    for index, part in enumerate(order):
        for place in range(len(part) - 1):
            swapped = (*part[:place], part[place + 1], part[place], *part[place + 2 :])
            yield (*order[:index], swapped, *order[index + 1 :])


def _moves(order: Order) -> Iterable[Order]:
    """Every order with one line taken out and put in elsewhere."""
    lines = order[0]
    for line in lines:
        rest = [other for other in lines if other != line]
        yield from (((*rest[:place], line, *rest[place:]), *order[1:]) for place in range(len(lines)))


def _descend(plan: Plan, axis: Axis, order: Order) -> Scheme:
    scheme = scheme_of(plan, axis, order)
    while True:
        nearby = dict.fromkeys((*exchanges(order), *_moves(order)))
        better = min(((scheme_of(plan, axis, other), other) for other in nearby), key=_cost, default=None)
        if better is None or better[0].cost >= scheme.cost:
            return scheme
        scheme, order = better


def _cost(pair: tuple[Scheme, Order]) -> tuple[Cost, Order]:
    return pair[0].cost, pair[1]


def _barycentre(plan: Plan, axis: Axis, order: Order) -> Order:
    """Every line beside the lines that it is linked with."""
    rank = {line: float(place) for place, line in enumerate(order[0])}
    line_of = {stop.code: stop.line for stop in plan.stops}
    near: dict[str, list[float]] = defaultdict(list)
    for link in _links(plan, axis):
        one, two = line_of.get(link.before), line_of.get(link.after)
        if one is not None and two is not None and one != two:
            near[one].append(rank[two])
            near[two].append(rank[one])
    mean = {line: (sum(near[line]) + rank[line]) / (len(near[line]) + 1) for line in order[0]}
    return (tuple(sorted(order[0], key=lambda line: (mean[line], rank[line]))), *order[1:])


@lru_cache(maxsize=64)
def _links(plan: Plan, axis: Axis) -> tuple[Link, ...]:
    return links(plan, axis)


def scheme_of(plan: Plan, axis: Axis, order: Order) -> Scheme:
    """Lanes from the order, then the routes of all links."""
    slots, drawn = axis.slot_of, _links(plan, axis)
    rank = {code: place for part in order[1:] for place, code in enumerate(part)}
    groups = {
        line: [sorted(cell, key=lambda code: rank.get(code, 0)) for cell in cells]
        for line, cells in groups_of(plan, slots).items()
    }
    width = {line: max(map(len, cells)) for line, cells in groups.items()}
    top = _tops(order[0], width, _spans(groups, slots, drawn), _neighbours(groups, drawn), axis.gate_slots)
    lane_of = {code: top[line] + lane for line, cells in groups.items() for code, lane in _inside(cells, width[line])}
    main = {line: top[line] + (width[line] - 1) // 2 for line in groups}
    lanes = max((top[line] + width[line] for line in groups), default=1)
    routes = Router(slots, lane_of, {s.code: main[s.line] for s in plan.stops}).routes(drawn)
    return Scheme(order, lane_of, lanes, routes, _inversions(order, first_order(plan, axis)))


def _inside(cells: list[list[str]], width: int) -> Iterable[tuple[str, int]]:
    """(stop, lane inside its line): the stops of a column around the line's main lane."""
    for cell in cells:
        start = (width - 1) // 2 - (len(cell) - 1) // 2
        yield from ((code, start + place) for place, code in enumerate(cell))


def _spans(groups: Mapping[str, list[list[str]]], slots: Mapping[str, int], drawn: Iterable[Link]) -> dict[str, Span]:
    """The slots that a line takes up, with what leads to and away from it."""
    spans = {}
    for line, cells in groups.items():
        own = {code for cell in cells for code in cell}
        touched = [link for link in drawn if link.before in own or link.after in own]
        ends = [slots[node] for link in touched for node in (link.before, link.after)]
        ends += [slots[code] for code in own]
        spans[line] = min(ends), max(ends)
    return spans


def _neighbours(groups: Mapping[str, list[list[str]]], drawn: Iterable[Link]) -> dict[str, list[str]]:
    """For each line the lines that it is linked with, directly or at a gate."""
    line_of = {code: line for line, cells in groups.items() for cell in cells for code in cell}
    at_gate: dict[str, set[str]] = defaultdict(set)
    pairs = set()
    for link in drawn:
        one, two = line_of.get(link.before), line_of.get(link.after)
        if one and two:
            pairs |= {(one, two), (two, one)}
        elif one:
            at_gate[link.after].add(one)
        elif two:
            at_gate[link.before].add(two)
    pairs |= {(one, two) for lines in at_gate.values() for one in lines for two in lines}
    return {line: sorted(two for one, two in pairs if one == line != two) for line in groups}


def _tops(
    order: Sequence[str],
    width: Mapping[str, int],
    spans: Mapping[str, Span],
    neighbours: Mapping[str, list[str]],
    gates: Collection[int],
) -> dict[str, int]:
    """First lane of every line: in order where lines meet, side by side in the same lanes where they do not."""
    top: dict[str, int] = {}
    for place, line in enumerate(order):
        above = [other for other in order[:place] if _meet(spans[line], spans[other], gates)]
        top[line] = max((top[other] + width[other] for other in above), default=0)
    lanes = max((top[line] + width[line] for line in order), default=0)
    for place, line in reversed(list(enumerate(order))):
        below = [other for other in order[place + 1 :] if _meet(spans[line], spans[other], gates)]
        last = min([top[other] for other in below] + [lanes]) - width[line]
        middles = [top[other] + (width[other] - 1) / 2 for other in neighbours[line]]
        if last > top[line] and middles:
            wanted = int(median(middles) - (width[line] - 1) / 2)
            top[line] = min(max(wanted, top[line]), last)
    return top


def _meet(one: Span, two: Span, gates: Collection[int]) -> bool:
    """Whether two lines need lanes of their own: they share a slot, other than a gate at which one ends."""
    low, high = max(one[0], two[0]), min(one[1], two[1])
    return low < high or (low == high and low not in gates)


def _inversions(order: Order, given: Order) -> int:
    """How many pairs stand the other way round than given."""
    count = 0
    for part, before in zip(order, given, strict=True):
        rank = {code: place for place, code in enumerate(before)}
        places = [rank[code] for code in part]
        count += sum(one > two for i, one in enumerate(places) for two in places[i + 1 :])
    return count

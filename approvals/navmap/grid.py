"""From slots and lanes to lengths: how wide every column, gap and lane is. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from approvals.navmap.gaps import Offsets
from approvals.navmap.routes import Route, Turn
from approvals.navmap.values import Point

GAP = 14.0
QUIET_GAP = 9.0
STEP = 7.0
CUT = 14.0


@dataclass(frozen=True, slots=True)
class Along:
    """Lengths along the map: the middle of each slot, its half length, the middle and width of the gap before it."""

    middle: tuple[float, ...]
    half: tuple[float, ...]
    gap: tuple[float, ...]
    end: float


@dataclass(frozen=True, slots=True)
class Across:
    """Lengths across the map: the middle of each lane and where the streets above it begin."""

    middle: tuple[float, ...]
    streets: tuple[float, ...]
    end: float


def along(
    half: Mapping[int, float], extra: Mapping[int, float], wider: Mapping[int, float], offsets: Offsets, start: float
) -> Along:
    """``half``: half the length of each slot; ``extra``: room before a slot besides its gap; ``wider``: in the gap."""
    middle, gap, place = [], [], start
    for slot in range(len(half)):
        count = offsets.count.get(float(slot), 0)
        width = GAP + STEP * (count - 1) if count else QUIET_GAP
        width += wider.get(slot, 0.0)
        place += extra.get(slot, 0.0)
        gap.append(place + width / 2)
        place += width + half[slot]
        middle.append(place)
        place += half[slot]
    return Along(tuple(middle), tuple(half[slot] for slot in range(len(half))), tuple(gap), place + GAP)


def across(before: Mapping[int, float], after: Mapping[int, float], offsets: Offsets, start: float) -> Across:
    """``before`` and ``after``: room that a lane needs on both sides of its middle, without streets."""
    middle, streets, place = [], [], start
    for lane in range(len(before)):
        streets.append(place)
        place += STEP * offsets.count.get(lane - 0.5, 0) + before[lane]
        middle.append(place)
        place += after[lane]
    return Across(tuple(middle), tuple(streets), place)


@dataclass(frozen=True)
class Grid:
    """Turns slots, lanes, gaps and streets into points; ``point`` puts (along, across) into x and y."""

    along: Along
    across: Across
    turns: Offsets
    streets: Offsets
    point: Callable[[float, float], tuple[float, float]]

    def gap(self, route: Route, number: int) -> float:
        turn: Turn = route.turns[number]
        count = self.turns.count[float(turn.slot)]
        return self.along.gap[turn.slot] + STEP * (self.turns.place[route, number] - (count - 1) / 2)

    def height(self, route: Route, number: int) -> float:
        """Where run ``number`` of the route lies."""
        height = route.runs[number][0]
        if height % 1:
            lane = int(height + 0.5)
            return self.across.streets[lane] + STEP * (self.streets.place[route, number] + 0.5)
        return self.across.middle[int(height)]

    def points(self, route: Route) -> tuple[Point, ...]:
        """Corners of the route, from where the link begins to where it ends."""
        found = [(self.along.middle[route.begin[0]], self.height(route, 0))]
        for number in range(len(route.turns)):
            place = self.gap(route, number)
            found += [(place, self.height(route, number)), (place, self.height(route, number + 1))]
        found.append((self.along.middle[route.end[0]], self.height(route, len(route.turns))))
        points = [self.point(*corner) for corner in found]
        return tuple(reversed(points) if route.link.is_back else points)


def cut_corners(points: tuple[Point, ...]) -> tuple[Point, ...]:
    """The right-angled way with corners cut at 45°; points on a straight piece are left out."""
    ways = [point for place, point in enumerate(points) if place == 0 or point != points[place - 1]]
    found = ways[:1]
    for before, corner, after in zip(ways, ways[1:], ways[2:], strict=False):
        one, two = _distance(before, corner), _distance(corner, after)
        size = min(CUT, one / 2, two / 2)
        found += [_towards(corner, before, size / one), _towards(corner, after, size / two)]
    return tuple(found + ways[1:][-1:])


def _distance(one: Point, two: Point) -> float:
    return abs(one[0] - two[0]) + abs(one[1] - two[1])


def _towards(start: Point, goal: Point, part: float) -> Point:
    return start[0] + (goal[0] - start[0]) * part, start[1] + (goal[1] - start[1]) * part

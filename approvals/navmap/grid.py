"""From slots and lanes to lengths: how wide every column, gap and lane is. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from approvals.navmap.lanes import Route, Turn

GAP = 12.0
STEP = 6.0


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


@dataclass(slots=True)
class Offsets:
    """Which of the parallel places in a gap or street each piece takes."""

    place: dict[tuple[Route, int], int] = field(default_factory=dict)
    count: dict[float, int] = field(default_factory=lambda: defaultdict(int))


Piece = tuple[float, float, float, Route, int]


def _arranged(pieces: Iterable[Piece]) -> Offsets:
    """Pieces (gap or street, from, to, route, number) side by side; those with a common end may lie on each other."""
    offsets = Offsets()
    laid: dict[float, list[tuple[int, Piece]]] = defaultdict(list)
    for piece in sorted(pieces, key=lambda piece: (*piece[:3], piece[3].link.before, piece[3].link.after, piece[4])):
        key, low, high, route, number = piece
        place = 0
        while any(
            other == place and low <= done[2] and done[1] <= high and not _share(route, done[3])
            for other, done in laid[key]
        ):
            place += 1
        laid[key].append((place, piece))
        offsets.place[route, number] = place
        offsets.count[key] = max(offsets.count[key], place + 1)
    return offsets


def _share(one: Route, two: Route) -> bool:
    return one.begin == two.begin or one.end == two.end


def turn_offsets(routes: Iterable[Route]) -> Offsets:
    """Places of the changes in each gap; the key is the slot after the gap."""
    return _arranged(
        (float(turn.slot), turn.low, turn.high, route, number)
        for route in routes
        for number, turn in enumerate(route.turns)
    )


def street_offsets(routes: Iterable[Route]) -> Offsets:
    """Places of the runs in each street; the key is the height of the street."""
    return _arranged(
        (height, start, end, route, number)
        for route in routes
        for number, (height, start, end) in enumerate(route.runs)
        if height % 1
    )


def along(half: Mapping[int, float], extra: Mapping[int, float], offsets: Offsets, start: float) -> Along:
    """``half``: half the length of each slot; ``extra``: room before a slot besides its gap."""
    middle, gap, place = [], [], start
    for slot in range(len(half)):
        width = GAP + STEP * max(offsets.count.get(float(slot), 1) - 1, 0)
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

    def points(self, route: Route) -> tuple[tuple[float, float], ...]:
        """Corners of the route, from where the link begins to where it ends."""
        found = [(self.along.middle[route.begin[0]], self.height(route, 0))]
        for number in range(len(route.turns)):
            place = self.gap(route, number)
            found += [(place, self.height(route, number)), (place, self.height(route, number + 1))]
        found.append((self.along.middle[route.end[0]], self.height(route, len(route.turns))))
        points = [self.point(*corner) for corner in found]
        return tuple(reversed(points) if route.link.is_back else points)

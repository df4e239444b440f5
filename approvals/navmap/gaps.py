"""Changes of lane side by side in a gap between two columns, in the order with the fewest crossings. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, permutations

from approvals.navmap.routes import Route, Turn

Piece = tuple[Route, int]
TRIED = 5


@dataclass(slots=True)
class Offsets:
    """Which of the parallel places in a gap or street each piece takes, and how many there are."""

    place: dict[Piece, int] = field(default_factory=dict)
    count: dict[float, int] = field(default_factory=lambda: defaultdict(int))
    crossings: int = 0


@dataclass(slots=True)
class _Trunk:
    """Changes that lie on each other: of the same colour, from or to the same place."""

    pieces: list[Piece] = field(default_factory=list)
    starts: set[float] = field(default_factory=set)
    ends: set[float] = field(default_factory=set)
    low: float = float("inf")
    high: float = float("-inf")

    def add(self, piece: Piece, turn: Turn) -> None:
        self.pieces.append(piece)
        self.starts.add(turn.start)
        self.ends.add(turn.end)
        self.low, self.high = min(self.low, turn.low), max(self.high, turn.high)

    def meets(self, other: "_Trunk") -> bool:
        return self.low <= other.high and other.low <= self.high

    def cuts(self, later: "_Trunk") -> int:
        """Crossings when this one stands before the other: what leaves it cuts the other, what reaches that cuts it."""
        leaving = sum(later.low < end < later.high for end in self.ends)
        return leaving + sum(self.low < start < self.high for start in later.starts)


def share(one: Route, two: Route) -> bool:
    """Whether the two may lie on each other."""
    return one.link.line == two.link.line and (one.begin == two.begin or one.end == two.end)


def turn_offsets(routes: Iterable[Route]) -> Offsets:
    """Places of the changes in each gap; ``count`` is by the slot after the gap."""
    offsets = Offsets()
    gaps: dict[int, list[_Trunk]] = defaultdict(list)
    for route in routes:
        for number, turn in enumerate(route.turns):
            _trunk_of(route, gaps[turn.slot]).add((route, number), turn)
    for slot, trunks in gaps.items():
        order, cuts = _best(trunks)
        offsets.crossings += cuts
        for trunk, place in _places(order):
            offsets.count[float(slot)] = max(offsets.count[float(slot)], place + 1)
            offsets.place.update(dict.fromkeys(trunk.pieces, place))
    return offsets


def _trunk_of(route: Route, trunks: list[_Trunk]) -> _Trunk:
    for trunk in trunks:
        if any(share(route, other) for other, _ in trunk.pieces):
            return trunk
    trunks.append(_Trunk())
    return trunks[-1]


def _best(trunks: Sequence[_Trunk]) -> tuple[list[_Trunk], int]:
    """The order with the fewest crossings, and how many: all are tried for a few, exchanges of neighbours for more."""
    cuts = [[one.cuts(two) for two in trunks] for one in trunks]

    def cost(order: Sequence[int]) -> int:
        return sum(cuts[one][two] for place, one in enumerate(order) for two in order[place + 1 :])

    order = list(range(len(trunks)))
    if len(trunks) <= TRIED:
        order = min(map(list, permutations(order)), key=cost)
    improved = len(trunks) > TRIED
    while improved:
        improved = False
        for place, (one, two) in enumerate(pairwise(order)):
            if cuts[two][one] < cuts[one][two]:
                order[place : place + 2] = [two, one]
                improved = True
                break
    return [trunks[place] for place in order], cost(order)


def _places(order: Sequence[_Trunk]) -> list[tuple[_Trunk, int]]:
    placed: list[tuple[_Trunk, int]] = []
    for trunk in order:
        placed.append((trunk, max((place + 1 for other, place in placed if other.meets(trunk)), default=0)))
    return placed


def street_offsets(routes: Iterable[Route]) -> Offsets:
    """Places of the runs in each street; ``count`` is by the height of the street."""
    pieces = [
        (height, start, end, route, number)
        for route in routes
        for number, (height, start, end) in enumerate(route.runs)
        if height % 1
    ]
    offsets = Offsets()
    laid: Mapping[float, list[tuple[int, float, float, Route]]] = defaultdict(list)
    for height, start, end, route, number in sorted(pieces, key=lambda p: (*p[:3], p[3].begin, p[3].end)):
        place = 0
        while any(
            other == place and start <= last and first <= end and not share(route, done)
            for other, first, last, done in laid[height]
        ):
            place += 1
        laid[height].append((place, start, end, route))
        offsets.place[route, number] = place
        offsets.count[height] = max(offsets.count[height], place + 1)
    return offsets

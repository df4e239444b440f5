"""Changes of lane side by side in a gap between two columns, in the order with the fewest crossings. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations

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

    pieces: list[Piece]

    @property
    def turns(self) -> list[Turn]:
        return [route.turns[number] for route, number in self.pieces]

    @property
    def low(self) -> float:
        return min(turn.low for turn in self.turns)

    @property
    def high(self) -> float:
        return max(turn.high for turn in self.turns)

    def meets(self, other: "_Trunk") -> bool:
        return self.low <= other.high and other.low <= self.high


def share(one: Route, two: Route) -> bool:
    """Whether the two may lie on each other."""
    return one.link.line == two.link.line and (one.begin == two.begin or one.end == two.end)


def turn_offsets(routes: Iterable[Route]) -> Offsets:
    """Places of the changes in each gap; ``count`` is by the slot after the gap."""
    offsets = Offsets()
    gaps: dict[int, list[_Trunk]] = defaultdict(list)
    for route in routes:
        for number, turn in enumerate(route.turns):
            _join(gaps[turn.slot], (route, number))
    for slot, trunks in gaps.items():
        order = _best(trunks)
        offsets.crossings += _cuts(order)
        for trunk, place in _places(order):
            offsets.count[float(slot)] = max(offsets.count[float(slot)], place + 1)
            offsets.place.update(dict.fromkeys(trunk.pieces, place))
    return offsets


def _join(trunks: list[_Trunk], piece: Piece) -> None:
    route = piece[0]
    for trunk in trunks:
        if any(share(route, other) for other, _ in trunk.pieces):
            trunk.pieces.append(piece)
            return
    trunks.append(_Trunk([piece]))


def _best(trunks: list[_Trunk]) -> list[_Trunk]:
    """All orders are tried for a few trunks, exchanges of neighbours for more."""
    if len(trunks) <= TRIED:
        return min(map(list, permutations(trunks)), key=_cuts)
    order, improved = list(trunks), True
    while improved:
        improved = False
        for place in range(len(order) - 1):
            one, two = order[place : place + 2]
            if _cuts([two, one]) < _cuts([one, two]):
                order[place : place + 2] = [two, one]
                improved = True
    return order


def _cuts(order: Sequence[_Trunk]) -> int:
    """Crossings of trunks that stand in this order: what leaves the earlier one cuts the later one, and back."""
    found = 0
    for place, one in enumerate(order):
        for two in order[place + 1 :]:
            found += len({turn.end for turn in one.turns if two.low < turn.end < two.high})
            found += len({turn.start for turn in two.turns if one.low < turn.start < one.high})
    return found


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

"""The ways of the links from lane to lane. Pure.

Along the map a node stands in a slot; across it, in a lane. A link runs in the lanes of its two stops and changes in
the gap before some slot, or it takes a street beside the lanes when both are taken.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from approvals.navmap.values import Link


@dataclass(frozen=True, slots=True)
class Turn:
    """A change across the map in the gap before ``slot``, between two heights (lanes; a street is half-way)."""

    slot: int
    start: float
    end: float

    @property
    def low(self) -> float:
        return min(self.start, self.end)

    @property
    def high(self) -> float:
        return max(self.start, self.end)


@dataclass(frozen=True)
class Route:
    """A link from (slot, lane) to (slot, lane), always rightwards: of a link back the ends are exchanged."""

    link: Link
    begin: tuple[int, float]
    end: tuple[int, float]
    turns: tuple[Turn, ...] = ()

    @cached_property
    def runs(self) -> list[tuple[float, float, float]]:
        """Pieces along the map: (lane, from, to); a gap before slot n is at n − ½."""
        places = [float(self.begin[0]), *(turn.slot - 0.5 for turn in self.turns), float(self.end[0])]
        heights = [self.begin[1], *(turn.end for turn in self.turns)]
        return [(height, one, two) for height, (one, two) in zip(heights, pairwise(places), strict=True)]


@dataclass(frozen=True)
class Router:
    """Finds the way of each link. ``main`` is the lane in which a stop's line goes on to a gate."""

    slots: Mapping[str, int]
    lane_of: Mapping[str, int]
    main: Mapping[str, int]

    @cached_property
    def taken(self) -> dict[int, list[int]]:
        """lane → slots with a stop."""
        found: dict[int, list[int]] = defaultdict(list)
        for code, lane in self.lane_of.items():
            found[lane].append(self.slots[code])
        return found

    def routes(self, drawn: Iterable[Link]) -> tuple[Route, ...]:
        ends = [(link, *self._ends(link)) for link in drawn]
        straight = [Route(link, a, b) for link, a, b in ends if a[1] == b[1] and self._free(a[1], a[0], b[0])]
        tracks = {run for route in straight for run in route.runs}
        done = {route.link: route for route in straight}
        for link, a, b in ends:
            if link not in done:
                done[link] = self._turning(link, a, b, tracks)
        return tuple(done[link] for link, _, _ in ends)

    def _ends(self, link: Link) -> tuple[tuple[int, int], tuple[int, int]]:
        one, two = (link.after, link.before) if link.is_back else (link.before, link.after)
        first = self.lane_of.get(one)
        last = self.lane_of.get(two)
        if last is None:
            last = self.main[one] if link.is_track and one in self.main else (first if first is not None else 0)
        if first is None:
            first = last
        return (self.slots[one], first), (self.slots[two], last)

    def _free(self, lane: int, low: int, high: int) -> bool:
        """No stop strictly between the two slots."""
        return not any(low < slot < high for slot in self.taken.get(lane, ()))

    def _turning(
        self, link: Link, a: tuple[int, int], b: tuple[int, int], tracks: set[tuple[float, float, float]]
    ) -> Route:
        choices = []
        for slot in range(a[0] + 1, b[0] + 1) if a[1] != b[1] else ():
            if self._free(a[1], a[0], slot) and self._free(b[1], slot - 1, b[0]):
                turn = Turn(slot, a[1], b[1])
                cuts = sum(turn.low < lane < turn.high and s < slot - 0.5 < e for lane, s, e in tracks)
                choices.append((cuts, slot, turn))
        if choices:
            return Route(link, a, b, (min(choices, key=_first)[2],))
        street = b[1] + 0.5 if a[1] > b[1] else b[1] - 0.5
        return Route(link, a, b, (Turn(a[0] + 1, a[1], street), Turn(b[0], street, b[1])))


def _first(choice: tuple[int, int, Turn]) -> tuple[int, int]:
    return choice[0], choice[1]

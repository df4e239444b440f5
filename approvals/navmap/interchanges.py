"""Bundles on the map: capsules around stops that stand side by side, corridors between them. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise

from approvals.navmap.grid import Grid, cut_corners
from approvals.navmap.lanes import Scheme
from approvals.navmap.routes import Route
from approvals.navmap.values import Box, Interchange, Plan, Point

Runs = list[tuple[int, tuple[str, ...]]]


def radius(rank: int) -> float:
    """Half the width of the capsules of the bundle with this place among the bundles."""
    return 15.0 + 4.5 * rank


def runs(plan: Plan, slots: Mapping[str, int], lane_of: Mapping[str, int]) -> Runs:
    """(place of the bundle, stops): stops of a bundle that follow each other in a lane with no other between."""
    found: Runs = []
    lanes: dict[int, list[str]] = defaultdict(list)
    for code in sorted(lane_of, key=lambda code: slots[code]):
        lanes[lane_of[code]].append(code)
    for rank, bundle in enumerate(plan.bundles):
        for lane in sorted(lanes):
            found += [(rank, run) for run in _stretches(lanes[lane], set(bundle.stops))]
    return sorted(found, key=lambda item: (item[0], slots[item[1][0]], lane_of[item[1][0]]))


def _stretches(codes: Sequence[str], members: set[str]) -> Iterator[tuple[str, ...]]:
    stretch: list[str] = []
    for code in [*codes, ""]:
        if code in members:
            stretch.append(code)
        elif stretch:
            yield tuple(stretch)
            stretch = []


def placed(
    plan: Plan,
    found: Runs,
    place: Callable[[str], Point],
    scheme: Scheme,
    grid: Grid,
) -> Iterator[Interchange]:
    """The widest first, so that a bundle inside another is drawn over it."""
    ways_of = corridors(found, scheme)
    for rank in reversed(range(len(plan.bundles))):
        own = [codes for at, codes in found if at == rank]
        if own:
            capsules = tuple(_capsule(place(codes[0]), place(codes[-1]), radius(rank)) for codes in own)
            ways = tuple(cut_corners(grid.points(route)) for route in ways_of.get(rank, []))
            bundle = plan.bundles[rank]
            yield Interchange(bundle.code, bundle.name, capsules, ways, rank)


def _capsule(one: Point, two: Point, size: float) -> Box:
    return Box(one[0] - size, one[1] - size, two[0] - one[0] + 2 * size, two[1] - one[1] + 2 * size)


def corridors(found: Runs, scheme: Scheme) -> dict[int, list[Route]]:
    """Place of the bundle → the links that lead from one of its capsules to another, each once."""
    after: dict[str, list[Route]] = defaultdict(list)
    for route in scheme.routes:
        if not route.link.is_back:
            after[route.link.before].append(route)
    drawn: dict[int, list[Route]] = defaultdict(list)
    for (rank, codes), (same, later) in pairwise(found):
        if rank == same:
            way = _way(codes, set(later), after) or _way(later, set(codes), after)
            drawn[rank] += [route for route in way if route not in drawn[rank]]
    return drawn


def _way(start: Sequence[str], goal: set[str], after: Mapping[str, list[Route]]) -> list[Route]:
    """The shortest chain of links from any start to any goal; empty when there is none."""
    ways: list[tuple[str, list[Route]]] = [(code, []) for code in reversed(start)]
    seen = set(start)
    for node, way in ways:
        for route in after.get(node, []):
            if route.link.after in goal:
                return [*way, route]
            if route.link.after not in seen:
                seen.add(route.link.after)
                ways.append((route.link.after, [*way, route]))
    return []

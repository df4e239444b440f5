"""Which stop stands in which column and what links are drawn. Pure.

A link is drawn only when the picture would not show the order without it: dependencies and tracks together are
reduced to the fewest links with the same reach, so for every dependency the drawing has a way from the earlier step
to the later one.
"""

import itertools
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from approvals.navmap.values import Edge, Gate, Link, Plan, Stop

GATE = "gate:"
Slots = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Axis:
    """Where every node stands along the map: slot of each stop and gate, and the phase of each slot.

    A phase without a step keeps one empty slot.
    """

    slots: tuple[tuple[str, int], ...]
    phases: tuple[int, ...]
    gate_slots: tuple[int, ...]

    @property
    def slot_of(self) -> dict[str, int]:
        return dict(self.slots)


def joins_lines(plan: Plan, gate: Gate) -> bool:
    """Whether the gate is drawn: it waits for steps of at least two lines."""
    return len({stop.line for stop in plan.stops if stop.code in gate.stops}) > 1


def columns(plan: Plan) -> Axis:
    """Columns by the longest path inside each phase; a gate after the last phase that it waits for."""
    slots: dict[str, int] = {}
    phases: list[int] = []
    gate_slots: list[int] = []
    for index, phase in enumerate(plan.phases):
        depth = _depths([stop for stop in plan.stops if stop.phase == phase.code], plan.edges)
        start = len(phases)
        phases += [index] * (max(depth.values(), default=0) + 1)
        slots.update({code: start + column for code, column in depth.items()})
        for gate in _gates_after(plan, phase.code):
            slots[GATE + gate.code] = len(phases)
            gate_slots.append(len(phases))
            phases.append(index)
    return Axis(tuple(sorted(slots.items())), tuple(phases), tuple(gate_slots))


def rows(plan: Plan) -> Axis:
    """One row for every stop, from the columns: top to bottom on a narrow screen."""
    axis = columns(plan)
    line = {named.code: index for index, named in enumerate(plan.lines)}
    stops = {stop.code: (line[stop.line], stop.seq, stop.code) for stop in plan.stops}
    order = sorted(axis.slots, key=lambda item: (item[1], stops.get(item[0], (-1, 0, item[0]))))
    phases: list[int] = []
    slots: dict[str, int] = {}
    for index in range(len(plan.phases)):
        nodes = [node for node, slot in order if axis.phases[slot] == index]
        for node in nodes:
            slots[node] = len(phases)
            phases.append(index)
        if not nodes:
            phases.append(index)
    gates = tuple(sorted(slot for node, slot in slots.items() if node.startswith(GATE)))
    return Axis(tuple(sorted(slots.items())), tuple(phases), gates)


def _gates_after(plan: Plan, phase: str) -> list[Gate]:
    order = {named.code: index for index, named in enumerate(plan.phases)}
    phase_of = {stop.code: stop.phase for stop in plan.stops}
    drawn = [gate for gate in plan.gates if joins_lines(plan, gate)]
    return [gate for gate in drawn if max(order[phase_of[c]] for c in gate.stops if c in phase_of) == order[phase]]


def _depths(stops: Iterable[Stop], edges: Iterable[Edge]) -> dict[str, int]:
    """Longest path to each stop over the edges among these stops; an edge that closes a circle is left out."""
    ordered = [stop.code for stop in sorted(stops, key=lambda stop: (stop.seq, stop.code))]
    inside = set(ordered)
    before: dict[str, list[str]] = defaultdict(list)
    for edge in edges:
        if edge.before in inside and edge.after in inside and not _reaches(before, edge.before, edge.after):
            before[edge.after].append(edge.before)
    depth: dict[str, int] = {}

    def measure(code: str) -> int:
        if code not in depth:
            depth[code] = max((measure(earlier) + 1 for earlier in before[code]), default=0)
        return depth[code]

    return {code: measure(code) for code in ordered}


def _reaches(before: Mapping[str, list[str]], start: str, goal: str) -> bool:
    """Whether ``goal`` is ``start`` or one of those before it."""
    seen, waiting = set(), [start]
    while waiting:
        code = waiting.pop()
        if code == goal:
            return True
        if code not in seen:
            seen.add(code)
            waiting += before.get(code, [])
    return False


def groups_of(plan: Plan, slots: Slots) -> dict[str, list[list[str]]]:
    """For every line that has stops its stops, column after column."""
    cells: dict[str, dict[int, list[str]]] = {line.code: defaultdict(list) for line in plan.lines}
    for stop in sorted(plan.stops, key=lambda stop: (stop.seq, stop.code)):
        cells[stop.line][slots[stop.code]].append(stop.code)
    return {line: [cells[line][slot] for slot in sorted(cells[line])] for line in cells if cells[line]}


def links(plan: Plan, axis: Axis) -> tuple[Link, ...]:
    """Tracks and the dependencies that the tracks do not show, in a fixed order."""
    slots = axis.slot_of
    groups = groups_of(plan, slots)
    dependencies = _dependencies(plan, slots)
    forward = {pair: hard for pair, hard in dependencies.items() if slots[pair[0]] < slots[pair[1]]}
    needed = _reduced(set(forward) | set(_tracks(groups, slots, ())))
    tracks = _tracks(groups, slots, needed)
    kept = _reduced(set(forward) | set(tracks))
    line_of = {stop.code: stop.line for stop in plan.stops}
    drawn = [Link(*pair, line=line, is_track=True) for pair, line in tracks.items()]
    for pair, hard in dependencies.items():
        if pair in tracks:
            continue
        if pair not in forward:
            drawn.append(Link(*pair, is_hard=hard, is_back=True))
        elif pair in kept:
            drawn.append(
                Link(*pair, line=_colour(*pair, groups, line_of, {before for before, _ in tracks}), is_hard=hard)
            )
    return tuple(sorted(drawn, key=lambda link: (slots[link.before], slots[link.after], link.before, link.after)))


def _dependencies(plan: Plan, slots: Slots) -> dict[tuple[str, str], bool]:
    """(before, after) → hard, between different stops of the plan; what leads past a gate goes through it.

    A mere recommendation between two steps that a gate waits for is left to the gate.
    """
    known = {stop.code for stop in plan.stops}
    gates = sorted((slot, node) for node, slot in slots.items() if node.startswith(GATE))
    joined = [set(gate.stops) for gate in plan.gates if GATE + gate.code in slots]
    found: dict[tuple[str, str], bool] = {}

    def add(before: str, after: str, hard: bool) -> None:
        found[before, after] = found.get((before, after), False) or hard

    for edge in sorted(plan.edges, key=lambda edge: (edge.before, edge.after, edge.is_hard)):
        if edge.before in known and edge.after in known and edge.before != edge.after:
            low, high = slots[edge.before], slots[edge.after]
            if not edge.is_hard and low < high and any({edge.before, edge.after} <= codes for codes in joined):
                continue
            way = [edge.before, *(node for slot, node in gates if low < slot < high), edge.after]
            for one, two in itertools.pairwise(way):
                add(one, two, edge.is_hard)
    for gate in plan.gates:
        for code in gate.stops:
            if GATE + gate.code in slots and code in known:
                add(code, GATE + gate.code, True)
    return found


def _tracks(
    groups: Mapping[str, list[list[str]]], slots: Slots, needed: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], str]:
    """(before, after) → line: each line from stop to stop, through gates on its way, on to those that need it."""
    gates = sorted((slot, node) for node, slot in slots.items() if node.startswith(GATE))
    line_of = {code: line for line, cells in groups.items() for cell in cells for code in cell}
    fed = {(line_of[before], after) for before, after in needed if after.startswith(GATE) and before in line_of}
    found: dict[tuple[str, str], str] = {}
    for line, cells in groups.items():
        stations = [(slots[cell[0]], cell) for cell in cells]
        last = stations[-1][0]
        passed = [(slot, [node]) for slot, node in gates if stations[0][0] < slot < last or (line, node) in fed]
        way = sorted(stations + passed)
        for (_, one), (_, two) in itertools.pairwise(way):
            found.update(dict.fromkeys(_pairs(one, two), line))
    return found


def _pairs(one: list[str], two: list[str]) -> list[tuple[str, str]]:
    """Every stop of one column with a stop of the next, none left over."""
    longest = max(len(one), len(two))
    return [(one[min(i, len(one) - 1)], two[min(i, len(two) - 1)]) for i in range(longest)]


def _reduced(pairs: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Transitive reduction: without the pairs that a longer way shows too."""
    after: dict[str, set[str]] = defaultdict(set)
    for one, two in pairs:
        after[one].add(two)
    reach: dict[str, set[str]] = {}

    def reached(node: str) -> set[str]:
        if node not in reach:
            reach[node] = set(after[node]).union(*(reached(later) for later in sorted(after[node])))
        return reach[node]

    return {(one, two) for one, two in pairs if not any(two in reached(way) for way in after[one] - {two})}


def _colour(
    before: str,
    after: str,
    groups: Mapping[str, list[list[str]]],
    line_of: Mapping[str, str],
    goes_on: Collection[str],
) -> str:
    """The line that a dependency prolongs: it leads to the line's first stops or away from its last; else "".

    ``goes_on``: stops from which their line's track goes on, so that nothing else is its end.
    """
    if after in line_of and (before not in line_of or after in groups[line_of[after]][0]):
        return line_of[after]
    if before in line_of and before not in goes_on:
        return line_of[before]
    return ""

"""Where everything on the map stands: stops, labels, tracks, phases, gates, interchanges. Pure and deterministic.

Along the map (left to right; on a narrow screen top to bottom) stand the columns of the phases, across it the lanes of
the lines. A label has the column of its stop for itself, below the stop or, on the narrow map, right of all lanes;
tracks change lanes only in the gaps between the columns. So no two labels can meet, whatever the catalogue.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from approvals.navmap import gaps, grid, interchanges
from approvals.navmap.grid import cut_corners
from approvals.navmap.lanes import Scheme, best_scheme
from approvals.navmap.network import GATE, Axis, columns, rows
from approvals.navmap.text import longest_word, text_width, wrap
from approvals.navmap.values import (
    Band,
    Box,
    Label,
    Layout,
    Orientation,
    Path,
    PlacedGate,
    PlacedStop,
    Plan,
    Point,
    Stop,
    Tag,
    TextLine,
)

TagKind = Literal["line", "bundle"]

RADIUS = 9.0
MARGIN = 8.0


@dataclass(frozen=True, slots=True)
class Style:
    """Font sizes, line height and the widest line of a label in pixels."""

    name: float
    note: float
    title: float
    leading: float
    width: float


WIDE = Style(name=12, note=12, title=15, leading=15.5, width=72)
NARROW = Style(name=14, note=12.5, title=15, leading=19, width=204)
NARROW_LANE = 24.0
LONGEST = 108.0
NARROWEST = 54.0


@lru_cache(maxsize=64)
def layout(plan: Plan, orientation: Orientation = "horizontal", label_width: float = WIDE.width) -> Layout:
    """The drawing of a plan. Every stop's phase and line must be among the plan's; raises KeyError otherwise.

    ``label_width``: the widest line of a label in pixels, of the horizontal map; more where a word is longer. Wider
    labels make the map less high.
    """
    if orientation == "horizontal":
        words = [text for stop in plan.stops for text in (stop.name, *stop.notes)]
        tags = [line.name for line in plan.lines] + [bundle.name for bundle in plan.bundles]
        needed = max(longest_word(words, WIDE.name), longest_word(tags, WIDE.note) + 8)
        style = replace(WIDE, width=max(label_width, min(needed, LONGEST)))
        return _Wide(plan, columns(plan), style).layout()
    return _Narrow(plan, rows(plan), NARROW).layout()


class _Drawing:
    """What both orientations have in common."""

    orientation: Orientation

    def __init__(self, plan: Plan, axis: Axis, style: Style):
        self.plan, self.axis, self.slots, self.style = plan, axis, axis.slot_of, style
        self.scheme: Scheme = best_scheme(_bare(plan), axis)
        self.turns = gaps.turn_offsets(self.scheme.routes)
        self.streets = gaps.street_offsets(self.scheme.routes)
        self.runs = interchanges.runs(plan, self.slots, self.scheme.lane_of)
        self.texts = {stop.code: self.lines(stop) for stop in plan.stops}
        self.gates = {GATE + gate.code: gate for gate in plan.gates if GATE + gate.code in self.slots}
        self.grid = self.measure()

    def measure(self) -> grid.Grid:
        raise NotImplementedError

    def lines(self, stop: Stop) -> list[tuple[str, str]]:
        """(text, part) of the label, wrapped."""
        style = self.style
        found = [(line, "head") for line in wrap(stop.head or stop.code, style.width, style.name)]
        found += [(line, "name") for line in wrap(stop.name, style.width, style.name)]
        for number, note in enumerate(stop.notes, 1):
            found += ((line, f"note-{number}") for line in wrap(note, style.width, style.note))
        return found

    def size(self, part: str) -> float:
        return self.style.note if part.startswith(("note", "tag")) else self.style.name

    def label_height(self, code: str) -> float:
        return len(self.texts[code]) * self.style.leading

    def reach(self, code: str) -> float:
        """How far the marks around a stop reach."""
        return max([RADIUS + 2, *(interchanges.radius(rank) for rank, _ in self.runs if code in _)])

    def place(self, code: str) -> Point:
        middle = self.grid.along.middle[self.slots[code]]
        return self.grid.point(middle, self.grid.across.middle[self.scheme.lane_of[code]])

    def text_block(self, lines: list[tuple[str, str]], x: float, top: float, anchor: str = "start") -> Label:
        """Lines from ``top`` downwards, anchored at x."""
        leading = self.style.leading
        width = max((text_width(text, self.size(part)) for text, part in lines), default=0.0)
        left = x if anchor == "start" else x - width / 2
        placed = [
            TextLine(text, round(top + leading * (number + 0.77), 1), part) for number, (text, part) in enumerate(lines)
        ]
        return Label(Box(left, top, width, leading * len(lines)), x, anchor, tuple(placed))

    def paths(self) -> tuple[Path, ...]:
        return tuple(Path(route.link, cut_corners(self.grid.points(route))) for route in self.scheme.routes)

    def boundaries(self) -> list[float]:
        """Where along the map each phase begins, and where the last one ends."""
        phases = self.axis.phases
        starts = [slot for slot in range(1, len(phases)) if phases[slot] != phases[slot - 1]]
        return [0.0, *map(self.border, starts), self.grid.along.end]

    def border(self, slot: int) -> float:
        raise NotImplementedError

    def lanes_of_gate(self, node: str) -> tuple[int, int]:
        """First and last lane that the gate's links are in."""
        lanes = [route.end[1] for route in self.scheme.routes if route.link.after == node]
        lanes += [route.begin[1] for route in self.scheme.routes if route.link.before == node]
        return (int(min(lanes)), int(max(lanes))) if lanes else (0, 0)

    def layout(self) -> Layout:
        stops = [PlacedStop(stop.code, stop.line, *self.place(stop.code), self.label(stop)) for stop in self.order()]
        bands = [self.band(index) for index in range(len(self.plan.phases))]
        width, height = self.grid.point(self.grid.along.end, self.extent())
        return Layout(
            self.orientation,
            width,
            height,
            tuple(stops),
            self.paths(),
            tuple(bands),
            tuple(self.gate(node) for node in self.gates),
            tuple(interchanges.placed(self.plan, self.runs, self.place, self.scheme, self.grid)),
            tuple(self.tags()),
            self.scheme.crossings,
        )

    def order(self) -> list[Stop]:
        """Stops in the order of reading: along the map, then across."""
        lanes = self.scheme.lane_of
        return sorted(self.plan.stops, key=lambda stop: (self.slots[stop.code], lanes[stop.code], stop.code))

    def label(self, stop: Stop) -> Label:
        raise NotImplementedError

    def band(self, index: int) -> Band:
        raise NotImplementedError

    def gate(self, node: str) -> PlacedGate:
        raise NotImplementedError

    def extent(self) -> float:
        raise NotImplementedError

    def tags(self) -> list[Tag]:
        return []


def _bare(plan: Plan) -> Plan:
    """The plan without words, so that lanes are searched once for all projects with the same steps."""
    stops = tuple(Stop(stop.code, "", stop.phase, stop.line, stop.seq) for stop in plan.stops)
    return Plan(plan.phases, plan.lines, stops, plan.edges, plan.bundles, plan.gates)


class _Wide(_Drawing):
    """Phases left to right, lanes below each other, labels below their stops."""

    orientation = "horizontal"
    TAG = 17.0

    def measure(self) -> grid.Grid:
        self.tagged = self.tag_stops()
        half = dict.fromkeys(range(len(self.axis.phases)), NARROWEST / 2)
        for code, texts in self.texts.items():
            tags = [
                (line, "tag")
                for own in self.tagged.values()
                for c, *_, n in own
                if c == code
                for line in self.tag_lines(n)
            ]
            widest = max(text_width(text, self.size(part)) + 8 * (part == "tag") for text, part in texts + tags)
            half[self.slots[code]] = max(half[self.slots[code]], widest / 2)
        for node in self.gates:
            half[self.slots[node]] = self.gate_width(node) / 2
        self.title_room = [self.widen(index, half) for index in range(len(self.plan.phases))]
        starts = {s for s in range(1, len(half)) if self.axis.phases[s] != self.axis.phases[s - 1]}
        extra = {slot: 8.0 for slot in starts if slot - 1 not in self.axis.gate_slots}
        along = grid.along(half, extra, self.wider_gaps(), self.turns, MARGIN - grid.GAP / 2)
        before, after = {}, {}
        for lane in range(self.scheme.lanes):
            codes = [code for code, own in self.scheme.lane_of.items() if own == lane]
            before[lane] = max(map(self.reach, codes), default=RADIUS) + self.tag_room(lane) + 4
            after[lane] = max((self.reach(code) + 4 + self.label_height(code) for code in codes), default=RADIUS) + 9
        self.head = 14 + self.style.title * 1.4 * self.title_lines()
        across = grid.across(before, after, self.streets, self.head + 6)
        return grid.Grid(along, across, self.turns, self.streets, lambda x, y: (x, y))

    def wider_gaps(self) -> dict[int, float]:
        """Room for the corridors of the bundles, which are wider than a track."""
        ways = interchanges.corridors(self.runs, self.scheme)
        return {turn.slot: 12.0 for rank in sorted(ways) for route in ways[rank] for turn in route.turns}

    def gate_width(self, node: str) -> float:
        words = self.gates[node].name.split()
        return max([40.0, *(min(text_width(word, self.style.name), 96) + 10 for word in words if word.isascii())])

    def title_lines(self) -> int:
        gates = (len(self.gate_lines(node)) for node in self.gates)
        return max([1, *gates, *(len(self.band_lines(index)) for index in range(len(self.plan.phases)))])

    def gate_lines(self, node: str) -> tuple[str, ...]:
        return wrap(self.gates[node].name, self.gate_width(node) - 8, self.style.name)

    def band_lines(self, index: int) -> tuple[str, ...]:
        return wrap(self.plan.phases[index].name, self.title_room[index], self.style.title)

    def widen(self, index: int, half: dict[int, float]) -> float:
        """Width for the name of a phase; its last column is made wider where the longest word needs it."""
        slots = self.stop_slots(index)
        name = self.plan.phases[index].name
        words = name.split() if name.isascii() else [name[:4]]
        needed = 26 + min(max((text_width(word, self.style.title) for word in words), default=0.0), 110.0)
        room = sum(2 * half[slot] for slot in slots)
        half[slots[-1]] += max(needed - room, 0) / 2
        return max(needed, room) - 26

    def stop_slots(self, index: int) -> list[int]:
        own = [slot for slot, phase in enumerate(self.axis.phases) if phase == index]
        return [slot for slot in own if slot not in self.axis.gate_slots]

    def border(self, slot: int) -> float:
        along = self.grid.along
        if slot - 1 in self.axis.gate_slots:
            return along.middle[slot - 1]
        return (along.middle[slot - 1] + along.half[slot - 1] + along.middle[slot] - along.half[slot]) / 2

    def extent(self) -> float:
        return self.grid.across.end + MARGIN

    def label(self, stop: Stop) -> Label:
        x, y = self.place(stop.code)
        return self.text_block(self.texts[stop.code], x, y + self.reach(stop.code) + 4, "middle")

    def band(self, index: int) -> Band:
        phase, borders = self.plan.phases[index], self.boundaries()
        box = Box(borders[index], 0, borders[index + 1] - borders[index], self.extent())
        first = self.stop_slots(index)[0]
        left = self.grid.along.middle[first] - self.grid.along.half[first] + 26
        return Band(phase.code, phase.name, box, self.title(self.band_lines(index), left, self.style.title))

    def title(self, lines: tuple[str, ...], x: float, size: float, anchor: str = "start") -> Label:
        leading = self.style.title * 1.4
        width = max((text_width(line, size) for line in lines), default=0.0)
        top = 8 + (self.head - 14 - leading * len(lines)) / 2
        placed = tuple(TextLine(text, round(top + leading * (n + 0.76), 1), "title") for n, text in enumerate(lines))
        left = x if anchor == "start" else x - width / 2
        return Label(Box(left, top, width, leading * len(lines)), x, anchor, placed)

    def gate(self, node: str) -> PlacedGate:
        gate, x = self.gates[node], self.grid.along.middle[self.slots[node]]
        low, high = (self.grid.across.middle[lane] for lane in self.lanes_of_gate(node))
        bar = Box(x - 7, low - 13, 14, high - low + 26)
        rule = ((x, self.head), (x, self.extent()))
        return PlacedGate(
            gate.code, gate.name, bar, rule, self.title(self.gate_lines(node), x, self.style.name, "middle")
        )

    def tag_stops(self) -> dict[int, list[tuple[str, TagKind, str, str]]]:
        """lane → (stop, kind, code, name) of the tags above its stops: each line and bundle at its first stop."""
        found: dict[int, list[tuple[str, TagKind, str, str]]] = defaultdict(list)
        order = self.order()
        for line in self.plan.lines:
            first = next((stop.code for stop in order if stop.line == line.code), None)
            if first:
                found[self.scheme.lane_of[first]].append((first, "line", line.code, line.name))
        for rank, bundle in enumerate(self.plan.bundles):
            first = next((codes[0] for at, codes in self.runs if at == rank), None)
            if first:
                found[self.scheme.lane_of[first]].append((first, "bundle", bundle.code, bundle.name))
        return found

    def tag_lines(self, name: str) -> tuple[str, ...]:
        return wrap(name, self.style.width - 8, self.style.note)

    def tag_room(self, lane: int) -> float:
        """Height of the highest pile of tags in a lane."""
        piles: dict[str, int] = defaultdict(int)
        for code, _, _, name in self.tagged.get(lane, []):
            piles[code] += len(self.tag_lines(name))
        return self.TAG * max(piles.values(), default=0)

    def tags(self) -> list[Tag]:
        found = []
        for tagged in self.tagged.values():
            piled: dict[str, float] = defaultdict(float)
            for code, kind, key, name in tagged:
                lines = [(line, f"tag-{kind}") for line in self.tag_lines(name)]
                x, y = self.place(code)
                piled[code] += len(lines) * self.TAG
                top = y - self.reach(code) - 3 - piled[code]
                found.append(Tag(kind, key, self.text_block(lines, x, top, "middle")))
        return found


class _Narrow(_Drawing):
    """Phases top to bottom, one row for every stop, lanes side by side on the left, labels right of them."""

    orientation = "vertical"

    def lines(self, stop: Stop) -> list[tuple[str, str]]:
        first = [rank for rank, codes in self.runs if codes[0] == stop.code]
        names = dict.fromkeys(f"◎ {self.plan.bundles[rank].name}" for rank in first)
        line = next(named.name for named in self.plan.lines if named.code == stop.line)
        texts = super().lines(replace(stop, head=f"{stop.head or stop.code} · {line}"))
        return texts + [(line, "bundle") for name in names for line in wrap(name, self.style.width, self.style.note)]

    def size(self, part: str) -> float:
        return self.style.note if part == "bundle" else super().size(part)

    def measure(self) -> grid.Grid:
        half = dict.fromkeys(range(len(self.axis.phases)), 14.0)
        for code in self.texts:
            half[self.slots[code]] = max(self.label_height(code) / 2, self.reach(code)) + 3
        starts = [s for s in range(len(half)) if s == 0 or self.axis.phases[s] != self.axis.phases[s - 1]]
        along = grid.along(half, dict.fromkeys(starts, 38.0), {}, self.turns, 0.0)
        reach: dict[int, list[float]] = defaultdict(lambda: [NARROW_LANE / 2])
        for code, lane in self.scheme.lane_of.items():
            reach[lane].append(self.reach(code) + 1)
        room = {lane: max(reach[lane]) for lane in range(self.scheme.lanes)}
        across = grid.across(room, room, self.streets, MARGIN)
        return grid.Grid(along, across, self.turns, self.streets, lambda x, y: (y, x))

    def border(self, slot: int) -> float:
        along = self.grid.along
        return along.middle[slot - 1] + along.half[slot - 1] + grid.GAP / 2

    def extent(self) -> float:
        return self.left + self.style.width + MARGIN

    @property
    def left(self) -> float:
        return self.grid.across.end + 10

    def label(self, stop: Stop) -> Label:
        height = self.label_height(stop.code)
        return self.text_block(self.texts[stop.code], self.left, self.place(stop.code)[1] - height / 2)

    def band(self, index: int) -> Band:
        phase, borders = self.plan.phases[index], self.boundaries()
        box = Box(0, borders[index], self.extent(), borders[index + 1] - borders[index])
        lines = wrap(phase.name, self.style.width - 24, self.style.title)[:2]
        label = self.text_block([(line, "title") for line in lines], self.left + 24, borders[index] + 9)
        return Band(phase.code, phase.name, box, label)

    def gate(self, node: str) -> PlacedGate:
        gate, y = self.gates[node], self.grid.along.middle[self.slots[node]]
        low, high = (self.grid.across.middle[lane] for lane in self.lanes_of_gate(node))
        bar = Box(low - 13, y - 7, high - low + 26, 14)
        lines = wrap(gate.name, self.style.width, self.style.name)[:1]
        title = self.text_block([(line, "title") for line in lines], self.left, y - self.style.leading / 2)
        return PlacedGate(gate.code, gate.name, bar, ((0.0, y), (self.extent(), y)), title)

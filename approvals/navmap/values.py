"""What the map is drawn from and what a drawing of it consists of. Values only; all lengths in pixels at 100 %."""

from dataclasses import dataclass
from typing import Literal

Orientation = Literal["horizontal", "vertical"]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Named:
    """A phase or a line."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Stop:
    """A step. ``head`` is the first line of its label (the code, perhaps with a state), ``notes`` are the last ones."""

    code: str
    name: str
    phase: str
    line: str
    seq: int
    head: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Edge:
    before: str
    after: str
    is_hard: bool = True


@dataclass(frozen=True, slots=True)
class Bundle:
    """Steps decided together, drawn as an interchange."""

    code: str
    name: str
    stops: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gate:
    """A milestone that waits for steps of several lines, drawn as a bar across them."""

    code: str
    name: str
    stops: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Phases and lines in order; the order of the stops does not matter."""

    phases: tuple[Named, ...]
    lines: tuple[Named, ...]
    stops: tuple[Stop, ...]
    edges: tuple[Edge, ...] = ()
    bundles: tuple[Bundle, ...] = ()
    gates: tuple[Gate, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """One piece of the picture from a node to a later one; nodes are stops and gates.

    ``line`` colours it; "" is a transfer between lines. ``is_track``: from one stop of a line to its next. ``is_back``:
    the step waits for one further right, as when a later phase feeds an earlier one.
    """

    before: str
    after: str
    line: str = ""
    is_track: bool = False
    is_hard: bool = True
    is_back: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    def overlaps(self, other: "Box") -> bool:
        """Whether the two share more than an edge."""
        apart = self.right <= other.x or other.right <= self.x or self.bottom <= other.y or other.bottom <= self.y
        return not apart


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of text at a height. ``part`` is "head", "name" or "note-1", "note-2" …"""

    text: str
    y: float
    part: str


@dataclass(frozen=True, slots=True)
class Label:
    """Text lines in a box. ``anchor`` is SVG's text-anchor, ``x`` where all lines are anchored."""

    box: Box
    x: float
    anchor: str
    lines: tuple[TextLine, ...]


@dataclass(frozen=True, slots=True)
class PlacedStop:
    code: str
    line: str
    x: float
    y: float
    label: Label


@dataclass(frozen=True, slots=True)
class Path:
    link: Link
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """The ground of one phase."""

    code: str
    name: str
    box: Box
    title: Label


@dataclass(frozen=True, slots=True)
class PlacedGate:
    """``bar`` crosses the joined tracks, ``rule`` runs through the whole drawing, ``title`` holds the name."""

    code: str
    name: str
    bar: Box
    rule: tuple[Point, Point]
    title: Label


@dataclass(frozen=True, slots=True)
class Interchange:
    """``capsules`` surround the stops of a bundle, ``corridors`` link them; ``rank`` is its place among the bundles."""

    code: str
    name: str
    capsules: tuple[Box, ...]
    corridors: tuple[tuple[Point, ...], ...]
    rank: int


@dataclass(frozen=True, slots=True)
class Tag:
    """The name of a line or a bundle above its first stop."""

    kind: Literal["line", "bundle"]
    code: str
    label: Label


@dataclass(frozen=True, slots=True)
class Layout:
    orientation: Orientation
    width: float
    height: float
    stops: tuple[PlacedStop, ...]
    paths: tuple[Path, ...]
    bands: tuple[Band, ...]
    gates: tuple[PlacedGate, ...]
    interchanges: tuple[Interchange, ...]
    tags: tuple[Tag, ...]
    crossings: int

    @property
    def labels(self) -> list[Label]:
        """Every text of the drawing."""
        labels = [stop.label for stop in self.stops] + [tag.label for tag in self.tags]
        return labels + [band.title for band in self.bands] + [gate.title for gate in self.gates]

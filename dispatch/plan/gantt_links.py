"""Links of a Gantt chart as paths of horizontal and vertical lines. Pure.

A link leaves a bar downwards or upwards from its end and enters the next one along that one's own line, which is empty
there; so links into the same bar share their last piece, and none runs through the date beside a bar.
"""

from dataclasses import dataclass

from projects.planning.network import LinkKind

STUB = 6.0


@dataclass(frozen=True, slots=True)
class End:
    """A bar as links see it; ``middle`` of its height."""

    start: float
    finish: float
    middle: float
    half: float


@dataclass(frozen=True, slots=True)
class Wire:
    """``points`` from the task before to the task after; ``path`` the same for a drawing."""

    before: str
    after: str
    points: tuple[tuple[float, float], ...]
    is_critical: bool = False
    is_soft: bool = False

    @property
    def path(self) -> str:
        (x, y), *others = self.points
        return f"M{x:g} {y:g}" + "".join(f"L{x:g} {y:g}" for x, y in others)

    @property
    def head(self) -> str:
        """The arrow at its end."""
        (x0, y0), (x, y) = self.points[-2:] if len(self.points) > 1 else (self.points[0], self.points[0])
        if x != x0:
            back = -5 if x > x0 else 5
            return f"M{x:g} {y:g}l{back} -3.5 0 7z"
        back = -5 if y > y0 else 5
        return f"M{x:g} {y:g}l-3.5 {back} 7 0z"


def route(before: End, after: End, kind: LinkKind, *, row: float) -> tuple[tuple[float, float], ...]:
    """Corners of the way; ``row`` is the height of a row."""
    if kind is LinkKind.FF:
        return _around(before.finish, after.finish, before.middle, after.middle, STUB)
    if kind is LinkKind.SS:
        return _around(before.start, after.start, before.middle, after.middle, -STUB)
    down = 1 if after.middle > before.middle else -1
    leave = (before.finish, before.middle)
    if after.start - before.finish >= STUB:
        return (leave, (before.finish, after.middle), (after.start, after.middle))
    if abs(after.start - before.finish) < STUB:
        edge = after.middle - down * after.half
        side = max(before.finish, after.start)
        return tuple(dict.fromkeys((leave, (side, before.middle), (side, edge))))
    lane, side = after.middle - down * row / 2, max(after.start - STUB, 0)
    return (leave, (before.finish, lane), (side, lane), (side, after.middle), (after.start, after.middle))


def _around(x: float, to_x: float, y: float, to_y: float, stub: float) -> tuple[tuple[float, float], ...]:
    side = max(x, to_x) + stub if stub > 0 else max(min(x, to_x) + stub, 0)
    return ((x, y), (side, y), (side, to_y), (to_x, to_y))

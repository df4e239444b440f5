"""Shapes on PDF pages drawn by ourselves, in the operators of the format. Pure. Lengths in points, y upwards."""

from dispatch.reports.pdf_tables import Page
from dispatch.reports.pdf_text import Face

Colour = tuple[float, float, float]
INK: Colour = (0.09, 0.14, 0.17)
MUTED: Colour = (0.35, 0.4, 0.44)
HAIRLINE: Colour = (0.78, 0.82, 0.84)
PAPER: Colour = (1.0, 1.0, 1.0)
ACCENT: Colour = (0.08, 0.31, 0.42)
RED: Colour = (0.73, 0.14, 0.13)
YELLOW: Colour = (0.7, 0.46, 0.0)
GREEN: Colour = (0.11, 0.48, 0.27)
BLUE: Colour = (0.12, 0.39, 0.71)
BAND: Colour = (0.93, 0.945, 0.96)
ROUND = 0.5523  # of a quarter circle by one Bézier curve
ELLIPSIS = "…"


class Pen:
    """Draws on ``page``."""

    def __init__(self, face: Face, page: Page) -> None:
        self.face, self.page = face, page

    def text(self, x: float, y: float, text: str, size: float, colour: Colour = INK) -> None:
        if text:
            head = f"q {_rgb(colour)} rg BT /F {size:.2f} Tf {x:.2f} {y:.2f} Td ".encode()
            self.page.parts.append(head + self.face.shown(text) + b" ET Q")

    def text_end(self, x: float, y: float, text: str, size: float, colour: Colour = INK) -> None:
        """Text that ends at ``x``."""
        self.text(x - self.face.width(text, size), y, text, size, colour)

    def shortened(self, text: str, size: float, room: float) -> str:
        """The first line of the text, ending in … when there is more."""
        lines = self.face.lines(text, size, room)
        if len(lines) == 1:
            return lines[0]
        return self.face.lines(lines[0], size, max(room - self.face.width(ELLIPSIS, size), size))[0] + ELLIPSIS

    def box(self, x: float, y: float, width: float, height: float, fill: Colour) -> None:
        self._put(f"{_rgb(fill)} rg {x:.2f} {y:.2f} {width:.2f} {height:.2f} re f")

    def line(
        self, ends: tuple[float, float, float, float], colour: Colour = HAIRLINE, width: float = 0.4, dash: str = ""
    ) -> None:
        """``ends``: x, y, x, y. ``dash``: lengths on and off, e.g. "3 2"."""
        x1, y1, x2, y2 = ends
        dashed = f"[{dash}] 0 d " if dash else ""
        self._put(f"{_rgb(colour)} RG {width:.2f} w {dashed}{x1:.2f} {y1:.2f} m {x2:.2f} {y2:.2f} l S")

    def circle(self, x: float, y: float, radius: float, colour: Colour, *, fill: Colour | None, width: float) -> None:
        self._put(f"{_rgb(colour)} RG {_rgb(fill or PAPER)} rg {width:.2f} w {_ring(x, y, radius)} {_end(fill)}")

    def half(self, x: float, y: float, radius: float, colour: Colour) -> None:
        """The left half of a disc."""
        k = radius * ROUND
        self._put(
            f"{_rgb(colour)} rg {x:.2f} {y + radius:.2f} m "
            f"{x - k:.2f} {y + radius:.2f} {x - radius:.2f} {y + k:.2f} {x - radius:.2f} {y:.2f} c "
            f"{x - radius:.2f} {y - k:.2f} {x - k:.2f} {y - radius:.2f} {x:.2f} {y - radius:.2f} c f"
        )

    def polygon(
        self, points: list[tuple[float, float]], colour: Colour, *, fill: Colour | None, width: float = 0.8
    ) -> None:
        (x, y), *others = points
        path = f"{x:.2f} {y:.2f} m " + " ".join(f"{x:.2f} {y:.2f} l" for x, y in others)
        self._put(f"{_rgb(colour)} RG {_rgb(fill or PAPER)} rg {width:.2f} w 1 j {path} h {_end(fill)}")

    def _put(self, operators: str) -> None:
        self.page.parts.append(f"q {operators} Q".encode())


def _rgb(colour: Colour) -> str:
    return " ".join(f"{part:.3f}" for part in colour)


def _end(fill: Colour | None) -> str:
    return "B" if fill else "S"


def _ring(x: float, y: float, radius: float) -> str:
    k = radius * ROUND
    return (
        f"{x + radius:.2f} {y:.2f} m "
        f"{x + radius:.2f} {y + k:.2f} {x + k:.2f} {y + radius:.2f} {x:.2f} {y + radius:.2f} c "
        f"{x - k:.2f} {y + radius:.2f} {x - radius:.2f} {y + k:.2f} {x - radius:.2f} {y:.2f} c "
        f"{x - radius:.2f} {y - k:.2f} {x - k:.2f} {y - radius:.2f} {x:.2f} {y - radius:.2f} c "
        f"{x + k:.2f} {y - radius:.2f} {x + radius:.2f} {y - k:.2f} {x + radius:.2f} {y:.2f} c"
    )


def light(pen: Pen, code: str, x: float, y: float, r: float) -> None:
    """The mark of a light around (x, y): the same shapes as on the screen."""
    match code:
        case "red":
            pen.polygon([(x - r, y - r), (x + r, y - r), (x + r, y + r), (x - r, y + r)], RED, fill=RED)
        case "yellow":
            pen.polygon([(x - r, y - r), (x + r, y - r), (x, y + r)], YELLOW, fill=YELLOW)
        case "blue":
            pen.polygon([(x - r, y), (x, y - r), (x + r, y), (x, y + r)], BLUE, fill=BLUE)
        case "green":
            pen.circle(x, y, r, GREEN, fill=GREEN, width=0.4)
        case _:
            pen.circle(x, y, r * 0.9, MUTED, fill=None, width=r * 0.3)


def mark(pen: Pen, kind: str, x: float, y: float, r: float, *, is_late: bool = False) -> None:
    """A mark of the wall around (x, y): hollow, half, full; a triangle when late; a flag for the target."""
    colour = RED if is_late else ACCENT
    if kind == "baseline":
        pen.circle(x, y, r, MUTED, fill=PAPER, width=r * 0.18)
    elif kind == "target":
        pen.line((x, y - r * 1.2, x, y + r * 1.2), colour, r * 0.3)
        pen.polygon([(x, y + r * 1.2), (x + r * 1.5, y + r * 0.6), (x, y)], colour, fill=colour)
    elif is_late:
        _triangle(pen, kind, x, y, r)
    elif kind == "forecast":
        pen.circle(x, y, r * 0.72, colour, fill=PAPER, width=r * 0.18)
        pen.half(x, y, r * 0.72, colour)
    else:
        pen.circle(x, y, r * 0.72, colour, fill=colour, width=r * 0.18)


def _triangle(pen: Pen, kind: str, x: float, y: float, r: float) -> None:
    corners = [(x - r * 0.95, y - r * 0.75), (x + r * 0.95, y - r * 0.75), (x, y + r * 0.95)]
    pen.polygon(corners, RED, fill=RED if kind == "actual" else PAPER, width=r * 0.2)
    if kind == "forecast":
        pen.polygon([corners[0], (x, y - r * 0.75), corners[2]], RED, fill=RED, width=0.2)
    elif kind == "overdue":
        pen.line((x, y - r * 0.1, x, y + r * 0.45), RED, r * 0.22)
        pen.line((x, y - r * 0.5, x, y - r * 0.3), RED, r * 0.22)

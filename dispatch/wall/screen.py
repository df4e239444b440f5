"""The wall on a projector: pages that fit the screen, one group after the other."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import QueryDict

from dispatch.wall import layout, present
from dispatch.wall.choices import Chosen
from dispatch.wall.layout import Scale
from dispatch.wall.sums import Group, Line

SCALES = {12: Scale(98, 9, 18, 6), 18: Scale(66, 9, 18, 6), 24: Scale(50, 9, 18, 6)}
LANE = 34  # pixels
LEAST_ROW, MORE, WIDTH = 68, 30, 20  # pixels: name on one line and light; each line more; characters of a line
ROOM = 830  # pixels for rows on a screen of 1920 × 1080
SHORTEST, LONGEST, USUAL = 10, 60, 20  # seconds a page stays


def seconds_of(text: str) -> int:
    """How long a page stays; anything that is no number of seconds gives the usual time."""
    return min(max(int(text), SHORTEST), LONGEST) if text.isascii() and text.isdigit() and len(text) < 4 else USUAL


def pages_of(chosen: Chosen) -> list[tuple[Group, list[Line]]]:
    """Each page has lines of one group, as many as fit, at least one."""
    pages = []
    for group in chosen.groups:
        sizes = [(line, height_of(chosen, line)) for line in group.lines]
        pages += [(group, part) for part in parts_of(sizes, ROOM)]
    return pages


def height_of(chosen: Chosen, line: Line) -> float:
    """About what the row takes, in pixels: marks or name, whichever is higher."""
    marks = layout.lanes_of(present.drawn(chosen, line, SCALES[chosen.window.count])) * LANE + present.MARGIN
    more = (layout.width_of(line.name, 1) - 0.01) // WIDTH
    return max(marks + 1, LEAST_ROW + more * MORE)


def parts_of(sizes: Sequence[tuple[Line, float]], room: float) -> list[list[Line]]:
    """The lines in order, cut where the next one would not fit. ``sizes``: each with its height."""
    parts: list[list[Line]] = []
    used = room + 1
    for line, height in sizes:
        if used + height > room:
            parts.append([])
            used = 0
        parts[-1].append(line)
        used += height
    return parts


def page_of(chosen: Chosen, query: QueryDict, *, now: datetime) -> dict[str, Any]:
    """The page that the address asks for, its neighbours, and when it was made."""
    pages = pages_of(chosen)
    asked = query.get("page", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    number = (number - 1) % len(pages) + 1 if pages else 1
    group, lines = pages[number - 1] if pages else (None, [])
    return {
        "rows": present.rows_of(chosen, lines, SCALES[chosen.window.count], LANE),
        "group": group and present.group_of(chosen, group),
        "months": present.months_of(chosen),
        "today_at": present.today_at(chosen),
        "number": number,
        "pages": len(pages),
        "here": _to(query, number),
        "next": _to(query, number % max(len(pages), 1) + 1),
        "previous": _to(query, (number - 2) % max(len(pages), 1) + 1),
        "leave": present.address(query, every=None),
        "seconds": seconds_of(query.get("every", "")),
        "as_of": chosen.as_of,
        "now": now,
        "count": chosen.window.count,
    }


def _to(query: QueryDict, number: int) -> str:
    return present.address(query) + f"&page={number}" if query else f"?page={number}"

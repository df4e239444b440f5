"""The brief on exactly one A4 page, from its snapshot alone. What does not fit is counted, never dropped in silence."""

import io
from collections.abc import Mapping
from math import ceil
from typing import Any

from dispatch.briefs import layout, workbook
from dispatch.reports.documents import paper

TEMPLATE = "dispatch/briefs/paper.html"
MOST_ROWS, MOST_DECISIONS, MOST_MILESTONES, MOST_NAMES = 16, 5, 5, 6
LINES = 2  # of a cell of the table
# Characters (of full width) that fit one line of each column of the table; the widths are in paper.html.
PER_LINE = (2, 12, 5, 5, 19, 14, 14, 11, 11, 7, 4.5, 5)
DECISION, PROPOSAL, MILESTONE, SENTENCE_LINES = 24, 21, 30, 20
# Millimetres of the page between its margins, of what is always there, and of a line and a row; characters of a line.
HEIGHT, FIXED, LINE, ROW, SMALL, SENTENCE_LINE = 192, 57, 3.8, 4.1, 2.95, 49


def render(snapshot: Mapping[str, Any]) -> bytes:
    """The PDF. The table has as many rows as fit; raises Refused where PDFs cannot be made."""
    rows = _guess(snapshot)
    while pages(made := paper(TEMPLATE, context(snapshot, rows=rows))) > 1 and rows:
        rows -= 1
    return made


def pages(pdf: bytes) -> int:
    """How many pages it has."""
    import pypdfium2

    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    try:
        return len(document)
    finally:
        document.close()


def context(snapshot: Mapping[str, Any], *, rows: int) -> dict[str, Any]:
    """What the template shows with so many rows of the table."""
    found = {one.key: one for one in layout.sections(snapshot)}
    table = found["table"]
    lines = [
        {
            "cells": [cut(text, LINES * width - 1) for text, width in zip(row, PER_LINE, strict=True)],
            "light": raw["light"],
        }
        for row, raw in zip(table.shown()[:rows], snapshot["table"]["rows"][:rows], strict=True)
    ]
    total = snapshot["table"]
    return {
        "title": snapshot["title"],
        "foot": f"{snapshot['park']['centre']}　数据截至{workbook.clock_of(snapshot['until'])}",
        "about": dict(workbook.about(snapshot)),
        "sentences": _sentences([row[0] for row in found["changes"].shown()]),
        "counts": _turned_over(found["counts"]),
        "rates": found["rates"].shown(),
        "strip": [*found["lights"].shown(), *found["approvals"].shown()],
        "turned": _some([f"{row[0]}（{row[1]}→{row[2]}）" for row in found["turned"].shown()]),
        "overdue": _some([f"{row[0]}{row[1]}件" for row in found["overdue"].shown()]),
        "investment": found["investment"].shown()[0],
        "decisions": _first(found["decisions"], _decision, MOST_DECISIONS),
        "milestones": _first(found["milestones"], _milestone, MOST_MILESTONES),
        "headings": [column.heading for column in table.columns],
        "lines": lines,
        "more": total["listed"] - len(lines),
        "others": total["others"],
    }


def cut(text: str, width: int) -> str:
    """At most so many full-width characters; a cut text ends with …"""
    used = 0.0
    for place, character in enumerate(text):
        used += _width(character)
        if used > width:
            return text[: max(place - 1, 0)].rstrip("，；、：（") + "…"
    return text


def _width(text: str) -> float:
    """In full-width characters."""
    return sum(1 if ord(character) > 0x2000 else 0.58 for character in text)


def _sentences(texts: list[str]) -> list[str]:
    """As many lines as there is room for: each takes what it needs and leaves a line to each that follows."""
    left, found = SENTENCE_LINES, []
    for place, text in enumerate(texts):
        room = left - (len(texts) - place - 1)
        found.append(cut(text, max(1, room) * SENTENCE_LINE - 1))
        left -= _lines(found[-1], SENTENCE_LINE)
    return found


def _guess(snapshot: Mapping[str, Any]) -> int:
    """About how many rows the page takes beside what stands above the table."""
    shown = context(snapshot, rows=MOST_ROWS)
    left = sum(LINE * _lines(text, SENTENCE_LINE) + 0.5 for text in shown["sentences"])
    right = ROW * (len(shown["counts"]) + len(shown["rates"]) + 1) + LINE
    lists = [shown["decisions"], shown["milestones"]]
    listed = max(len(one["rows"]) + bool(one["more"]) for one in lists) or 1
    notes = sum(_lines(shown[name], 2 * SENTENCE_LINE) for name in ("turned", "overdue") if shown[name])
    free = HEIGHT - FIXED - max(left, right) - LINE * (listed + notes)
    for number, line in enumerate(shown["lines"]):
        free -= SMALL * max(_lines(text, width) for text, width in zip(line["cells"], PER_LINE, strict=True)) + 1
        if free < 0:
            return number
    return len(shown["lines"])


def _lines(text: str, per_line: float) -> int:
    """Lines that a text takes."""
    return max(1, ceil(_width(text) / per_line))


def _turned_over(one: layout.Section) -> list[list[str]]:
    """Spans down and counts across; the stock stands in the line of this week."""
    rows = one.shown()
    names = ["", *(row[0] for row in rows)]
    spans = [[column.heading, *(row[place] for row in rows)] for place, column in enumerate(one.columns) if place]
    return [names, *spans]


def _some(texts: list[str]) -> str:
    more = f"等{len(texts)}项" if len(texts) > MOST_NAMES else ""
    return "、".join(cut(text, 24) for text in texts[:MOST_NAMES]) + more


def _first(one: layout.Section, words, most: int) -> dict[str, Any]:
    rows = one.shown()
    return {"rows": [words(row) for row in rows[:most]], "count": len(rows), "more": max(0, len(rows) - most)}


def _decision(row: list[str]) -> dict[str, str]:
    title = f"{row[2]}：{row[1]}" if row[2] != layout.NONE else row[1]
    return {"title": cut(title, DECISION), "proposal": cut(row[4], PROPOSAL) if row[4] != layout.NONE else ""}


def _milestone(row: list[str]) -> dict[str, str]:
    return {"day": row[2], "text": cut(f"{row[0]} {row[1]}", MILESTONE), "unit": cut(row[3], 9)}

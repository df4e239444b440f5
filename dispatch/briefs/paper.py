"""The brief on exactly one A4 page, from its snapshot alone. What does not fit is counted, never dropped in silence."""

import io
from collections.abc import Mapping
from typing import Any

from dispatch.briefs import layout, workbook
from dispatch.reports.documents import paper

TEMPLATE = "dispatch/briefs/paper.html"
MOST_ROWS, MOST_DECISIONS, MOST_MILESTONES, MOST_NAMES = 16, 6, 6, 6
LINES = 3  # of a cell of the table
# Characters (of full width) that fit one line of each column of the table; the widths are in paper.html.
PER_LINE = (2, 12, 5, 5, 19, 14, 15, 11, 13, 7, 5, 4)
DECISION, MILESTONE, SENTENCE = 46, 34, 330


def render(snapshot: Mapping[str, Any]) -> bytes:
    """The PDF. The table has as many rows as fit; raises Refused where PDFs cannot be made."""
    most = min(MOST_ROWS, len(snapshot["table"]["rows"]))
    fits, fails = None, most + 1
    rows = min(most, _guess(snapshot))
    while True:
        made = paper(TEMPLATE, context(snapshot, rows=rows))
        if pages(made) == 1:
            fits, best = made, rows
        else:
            fails = rows
        if fits is not None and best + 1 >= fails:
            return fits
        if fits is None and rows == 0:
            return made
        rows = best + 1 if fits is not None else rows - 1


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
        "sentences": [cut(row[0], SENTENCE) for row in found["changes"].shown()],
        "counts": found["counts"].shown(),
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
        used += 1 if ord(character) > 0x2000 else 0.56
        if used > width:
            return text[: max(place - 1, 0)].rstrip("，；、：（") + "…"
    return text


def _guess(snapshot: Mapping[str, Any]) -> int:
    """About how many rows the page takes beside what stands above the table."""
    board = snapshot["board"]
    above = max(min(len(board["decisions"]), MOST_DECISIONS), min(len(board["milestones"]), MOST_MILESTONES))
    return 12 - above // 2


def _some(texts: list[str]) -> str:
    more = f"等{len(texts)}项" if len(texts) > MOST_NAMES else ""
    return "、".join(cut(text, 24) for text in texts[:MOST_NAMES]) + more


def _first(one: layout.Section, words, most: int) -> dict[str, Any]:
    rows = one.shown()
    return {"rows": [words(row) for row in rows[:most]], "count": len(rows), "more": max(0, len(rows) - most)}


def _decision(row: list[str]) -> dict[str, str]:
    return {"title": cut(row[1], DECISION), "proposal": cut(row[4], DECISION) if row[4] != layout.NONE else ""}


def _milestone(row: list[str]) -> dict[str, str]:
    return {"day": row[2], "text": cut(f"{row[0]} {row[1]}", MILESTONE), "unit": cut(row[3], 9)}

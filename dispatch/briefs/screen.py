"""The sections of a brief as the page shows them: texts of ``layout`` with what a page adds, links and classes."""

from collections.abc import Mapping
from typing import Any

from dispatch.briefs import layout, workbook

STACKED = 4  # columns from which a table is stacked on a phone
RIGHT = ("int", "number", "yi", "percent", "points")
OTHERS = ("stages", "bottlenecks", "honesty")


def page_of(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """Section key → heading, columns, rows, notes; ``others``: those at the end; ``about``: the head of the paper."""
    found = {one.key: _shown(one) for one in layout.sections(snapshot)}
    found["table"]["lines"] = [
        {"row": row, "cells": cells}
        for row, cells in zip(snapshot["table"]["rows"], found["table"]["cells"], strict=True)
    ]
    frozen, since = workbook.clock_of(snapshot["until"]), workbook.clock_of(snapshot["since"])
    return found | {
        "others": [found[key] for key in OTHERS],
        "frozen": frozen,
        "since": since,
        "first": _first(snapshot),
    }


def _first(snapshot: Mapping[str, Any]) -> bool:
    return snapshot["compared"]["with"] is None


def _shown(one: layout.Section) -> dict[str, Any]:
    columns = [{"heading": column.heading, "is_right": column.kind in RIGHT} for column in one.columns]
    rows = one.shown()
    return {
        "key": one.key,
        "title": one.title,
        "columns": columns,
        "rows": rows,
        "cells": [_cells(row, columns) for row in rows],
        "notes": one.notes,
        "label_at": one.label_at,
        "is_wide": len(columns) > STACKED or any(column.width > 40 for column in one.columns),
    }


def _cells(row: list[str], columns: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"text": text, "is_none": text == layout.NONE, **column} for text, column in zip(row, columns, strict=True)]

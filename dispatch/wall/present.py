"""The wall as its templates want it: rows with marks in percent of the width, month counts with links."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from dispatch.wall import layout, sums, words
from dispatch.wall.choices import OWN, Chosen
from dispatch.wall.layout import Scale, Track
from dispatch.wall.sums import Group, Line
from projects.models import Light, Project

RARE = (
    "sort", "short", "starting", "pool", "responsible_unit", "stage", "status", "industry", "level", "nature", "stale",
)  # fmt: skip
LANE, MARGIN = 22, 6  # pixels
LIGHTS = (Light.RED, Light.YELLOW, Light.BLUE, Light.GREEN, Light.GREY)


def rows_of(chosen: Chosen, lines: Sequence[Line], scale: Scale, lane: int = LANE) -> list[dict[str, Any]]:
    """``height`` in pixels; ``x`` of marks and words in percent of the width; ``said``: the same as sentences."""
    whole = scale.month * chosen.window.count
    return [_row(chosen, line, scale, whole, lane) for line in lines]


def _row(chosen: Chosen, line: Line, scale: Scale, whole: float, lane: int) -> dict[str, Any]:
    found = drawn(chosen, line, scale)
    return {
        "line": line,
        "status": "" if line.is_moving else Project.Status(line.status).label,
        "height": layout.lanes_of(found) * lane + MARGIN,
        "tracks": [_track(track, whole, lane) for track in found],
        "said": [_said(track) for track in sorted(found, key=_first_day)],
    }


def _first_day(track: Track) -> date:
    return min((mark.on for mark in (track.baseline, track.current) if mark), default=date.min)


def drawn(chosen: Chosen, line: Line, scale: Scale) -> list[Track]:
    """The tracks of one project in the chosen months."""
    return layout.tracks(
        line.stops, line.aim, chosen.window, scale, chosen.today,
        words=words.label, aim_words=words.aim_label, moving=line.is_moving,
    )  # fmt: skip


def _percent(x: float, whole: float) -> str:
    return f"{x / whole * 100:.2f}%"


def _track(track: Track, whole: float, lane: int) -> dict[str, Any]:
    """Words keep their distance in pixels from the mark beside which they stand."""
    return {
        "y": MARGIN // 2 + lane // 2 + track.lane * lane,
        "kind": track.stage,
        "baseline": track.baseline and _percent(track.baseline.x, whole),
        "current": track.current and _percent(track.current.x, whole),
        "mark": _shape(track),
        "line": track.line and [_percent(x, whole) for x in track.line],
        "is_late": track.is_late,
        "words": track.words,
        "words_at": _percent(track.anchor, whole),
        "words_dx": f"{track.words_x - track.anchor:.1f}",
        "words_end": track.words_end,
    }


def _shape(track: Track) -> str:
    """Which drawing the second mark is: its kind, and a sign of warning when it is late."""
    if track.current is None:
        return ""
    if track.stage == layout.TARGET:
        return "target-short" if track.is_late else "target"
    return f"late-{track.current.kind}" if track.is_late else track.current.kind


def _said(track: Track) -> str:
    """E.g. 开工：计划 2026-03-31，预计 2026-04-12（开 迟12天）."""
    name = _("Target") if track.stage == layout.TARGET else words.name_of(track.stage)
    marks = [mark for mark in (track.baseline, track.current) if mark]
    days = _(", ").join(f"{words.KINDS[mark.kind]} {mark.on.isoformat()}" for mark in marks)
    slipped = " ".join(track.words.split(" ")[1:])
    return _("%(name)s: %(days)s") % {"name": name, "days": days} + (f" · {slipped}" if slipped else "")


def months_of(chosen: Chosen) -> list[dict[str, Any]]:
    """Heading of each month; a year is written where it begins."""
    today = chosen.today
    return [
        {
            "year": month.year if at == 0 or month.month == 1 else "",
            "month": month.month,
            "on": month,
            "is_now": (month.year, month.month) == (today.year, today.month),
        }
        for at, month in enumerate(chosen.window.months)
    ]


def today_at(chosen: Chosen) -> str:
    """Where today is, in percent of the width; "" outside the window."""
    window = chosen.window
    return _percent(window.position(chosen.today), window.count) if window.holds(chosen.today) else ""


def counts_of(chosen: Chosen, query: QueryDict) -> list[dict[str, Any]]:
    """Rows of starts and completions by month: baseline, forecast, actual, each number a link to exactly these."""
    counts = sums.month_counts(chosen.counted, chosen.window, chosen.today)
    return [
        {
            "label": words.EVENTS[stage],
            "kind": words.KINDS[kind],
            "code": kind,
            "total": sum(months),
            "cells": [
                {"number": number, "href": address(query, event=f"{stage}.{kind}.{month:%Y-%m}"), "month": month.month}
                for number, month in zip(months, chosen.window.months, strict=True)
            ],
        }
        for (stage, kind), months in counts.items()
    ]


def group_of(chosen: Chosen, group: Group) -> dict[str, Any]:
    """What stands above the rows of a group."""
    return {
        "name": words.heading(chosen.by, group.key),
        "number": len(group.lines),
        "lights": [(light.value, group.lights[light]) for light in LIGHTS if group.lights[light]],
        "short": group.short,
        "events": [
            {"label": words.EVENTS[stage], "numbers": [(words.KINDS[k], group.totals[stage, k]) for k in sums.KINDS]}
            for stage in sums.EVENTS
            if any(group.totals[stage, kind] for kind in sums.KINDS)
        ],
    }


def shown(chosen: Chosen, group: Group, lines: Sequence[Line], scale: Scale) -> dict[str, Any]:
    """A group with those of its rows that stand on this page."""
    return group_of(chosen, group) | {"rows": rows_of(chosen, lines, scale)}


def address(query: QueryDict, **changed: str | None) -> str:
    """The same wall with other parameters, from its first page; None takes one away."""
    query = query.copy()
    query.pop("page", None)
    for name, value in changed.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return f"?{query.urlencode()}"


def tools_of(chosen: Chosen, query: QueryDict) -> dict[str, Any]:
    """Other views of the same projects, files of them, and what the rows are narrowed by."""
    listed = query.copy()
    for name in OWN:
        listed.pop(name, None)
    projects = reverse("projects:list")
    board = listed.copy()
    board["view"] = "board"
    event = query.get("event", "")
    return {
        "views": [
            {"label": _("Table"), "href": f"{projects}?{listed.urlencode()}" if listed else projects, "active": False},
            {"label": _("Board"), "href": f"{projects}?{board.urlencode()}", "active": False},
            {"label": _("Wall of plans"), "href": address(query), "active": True},
        ],
        "query": address(query),
        "kept": [(name, value) for name, value in query.items() if name != "page" and value],
        "event": _event(event) if event and chosen.is_valid else "",
        "without_event": address(query, event=None),
        "narrowed": any(query.get(name) for name in query if name not in ("by", "span", "sort", "page")),
        "more_open": any(query.get(name) for name in RARE),
    }


def _event(text: str) -> str:
    """E.g. 开工 · 预计 · 2026-11."""
    stage, kind, month = text.split(".")
    return " · ".join((str(words.EVENTS[stage]), str(words.KINDS[kind]), month))

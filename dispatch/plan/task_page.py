"""What the page about one task shows beside its form: its dates and why, what it waits for, what waits for it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from dispatch.plan import explain
from dispatch.plan.building import works_name
from dispatch.plan.effects import Present
from dispatch.plan.skeleton import WORKS
from projects.planning.network import Link
from projects.planning.schedule import Placed, Schedule


@dataclass(frozen=True)
class LinkLine:
    """One link as seen from a task. ``other``: the task at its other end; ``is_law``: it can only be made parallel."""

    before: str
    after: str
    other: str
    other_name: str
    words: str
    is_hard: bool
    is_law: bool
    is_own: bool
    on: date | None
    holds: bool


def links_of(present: Present, key: str, schedule: Schedule) -> dict[str, list[LinkLine]]:
    """{"before": what it waits for, "after": what waits for it}."""
    network = present.plan.network
    here = schedule[key]
    return {
        "before": [
            _line(present, link, link.before, schedule, link.before in here.tight) for link in network.before[key]
        ],
        "after": [
            _line(present, link, link.after, schedule, key in schedule[link.after].tight) for link in network.after[key]
        ],
    }


def _line(present: Present, link: Link, other: str, schedule: Schedule, holds: bool) -> LinkLine:
    pair = (link.before, link.after)
    return LinkLine(
        link.before,
        link.after,
        other,
        explain.named(other, present.plan.info),
        explain.how_linked(link),
        link.is_hard,
        present.ground.is_law(pair),
        pair not in present.ground.base,
        schedule[other].finish,
        holds,
    )


def context_of(present: Present, key: str) -> dict[str, Any]:
    """The page's context: about, here (Placed), why, links, removed, conflicts."""
    schedule, plan = present.schedule(), present.plan
    here: Placed = schedule[key]
    return {
        "project": present.project,
        "key": key,
        "about": plan.info[key],
        "here": here,
        "task": plan.network.tasks[key],
        "is_critical": key in schedule.critical,
        "why": explain.why_there(here, plan.network.tasks[key], plan.info),
        "links": links_of(present, key, schedule),
        "removed": removed_of(present, key),
        "conflicts": [explain.what_is_wrong(c, plan.info) for c in schedule.conflicts if c.key == key],
    }


def removed_of(present: Present, key: str) -> list[dict[str, str]]:
    """Links of the catalogue that the project has taken out at this task."""
    rows = present.ground.draft.links.items()
    return [
        {"before": before, "after": after, "text": f"{before} → {after}"}
        for (before, after), row in rows
        if row.is_removed and key in (before, after)
    ]


def dropped_of(present: Present) -> list[tuple[str, str]]:
    """(key, name) of tasks that were taken out of the plan."""
    rows = sorted(present.ground.draft.tasks.values(), key=lambda row: row.key)
    return [(row.key, works_name(row.key) if row.key in WORKS else row.name) for row in rows if row.is_dropped]

"""What a project says itself about its plan, as a value: the rows of its tables before they are written. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class TaskRow:
    """The columns of one PlanTask; ``kind`` is PlanTask.Kind. Durations in working days."""

    key: str
    kind: str
    name: str = ""
    seq: int = 0
    duration_wd: int | None = None
    preparation_wd: int | None = None
    not_before_on: date | None = None
    not_before_reason: str = ""
    planned_on: date | None = None
    fixed_on: date | None = None
    fixed_reason: str = ""
    started_on: date | None = None
    finished_on: date | None = None
    unit_id: int | None = None
    person_name: str = ""
    is_dropped: bool = False


@dataclass(frozen=True, slots=True)
class LinkRow:
    """The columns of one PlanLink; ``kind`` is LinkKind. Lag in working days."""

    before: str
    after: str
    kind: str = "fs"
    lag_wd: int = 0
    is_hard: bool = True
    is_removed: bool = False


TASK_COLUMNS = tuple(one.name for one in fields(TaskRow) if one.name not in ("key", "kind", "seq"))
LINK_COLUMNS = tuple(one.name for one in fields(LinkRow) if one.name not in ("before", "after"))
HEAD_COLUMNS = ("goal", "target_on", "template_id")


@dataclass(frozen=True)
class Draft:
    """A plan's own rows. ``links`` by (before, after)."""

    goal: str
    target_on: date | None
    template_id: int | None = None
    template_version: int | None = None
    tasks: Mapping[str, TaskRow] = field(default_factory=dict)
    links: Mapping[Pair, LinkRow] = field(default_factory=dict)

    def with_task(self, row: TaskRow) -> "Draft":
        return replace(self, tasks={**self.tasks, row.key: row})

    def with_links(self, *rows: LinkRow) -> "Draft":
        return replace(self, links={**self.links, **{(row.before, row.after): row for row in rows}})

    def without_links(self, *pairs: Pair) -> "Draft":
        return replace(self, links={pair: row for pair, row in self.links.items() if pair not in pairs})


def differences(old: Draft, new: Draft) -> Iterator[tuple[str, Any, Any]]:
    """(field, old, new) of every column that differs: "goal", "S12.duration_wd", "link.S12.S13.lag_wd"."""
    for name in HEAD_COLUMNS:
        yield from _differing(name.removesuffix("_id"), getattr(old, name), getattr(new, name))
    for key, row in new.tasks.items():
        before = old.tasks.get(key) or TaskRow(key, row.kind)
        for name in TASK_COLUMNS:
            yield from _differing(f"{key}.{name.removesuffix('_id')}", getattr(before, name), getattr(row, name))
    for pair in {**old.links, **new.links}:
        yield from _link_differences(pair, old.links.get(pair), new.links.get(pair))


def _link_differences(pair: Pair, old: LinkRow | None, new: LinkRow | None) -> Iterator[tuple[str, Any, Any]]:
    for name in LINK_COLUMNS:
        values = [getattr(row, name) if row else None for row in (old, new)]
        yield from _differing(f"link.{pair[0]}.{pair[1]}.{name}", *values)


def _differing(name: str, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
    if old != new:
        yield name, old, new

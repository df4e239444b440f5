"""A project's plan as a network: tasks with durations in working days, links between them. Pure.

Source: design.md 4 "Plan", domain.md 1 (predecessors, not applicable) and 2.3 (the first day is not counted).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType


class LinkKind(StrEnum):
    """What of the follower waits for what of the task before it."""

    FS = "fs"  # it starts after the other has finished
    FF = "ff"  # it finishes after the other has finished: worked in parallel (预审、并联)
    SS = "ss"  # it starts after the other has started


@dataclass(frozen=True, slots=True)
class Link:
    """``after`` waits for ``before``, ``lag_wd`` working days longer (negative: it overlaps).

    With a lag of 0 both may fall on the same day. A soft link is the usual order: it binds no date unless asked to.
    """

    before: str
    after: str
    kind: LinkKind = LinkKind.FS
    lag_wd: int = 0
    is_hard: bool = True


@dataclass(frozen=True, slots=True)
class Task:
    """One step, milestone or piece of work. Durations in working days; a milestone lasts 0.

    Day 0 is the day it starts and is not counted: it finishes on the ``duration_wd``-th working day after it.
    Facts (``started_on``, ``finished_on``) never move. ``is_finished`` without a date: reached, nobody knows when.
    ``used_wd``: working days its clock has counted so far, pauses left out, when it runs.
    ``not_before``: it cannot begin earlier (a hearing, a season). ``planned_on``: somebody planned its start; it moves
    forwards when it is pushed, never backwards by itself. ``fixed_on``: confirmed day of its finish.
    ``is_skipped``: does not apply; counts as done for its followers. ``preparation_wd``: of ``duration_wd`` those of
    the papers still to be prepared.
    """

    key: str
    duration_wd: int = 0
    started_on: date | None = None
    finished_on: date | None = None
    is_finished: bool = False
    used_wd: int = 0
    not_before: date | None = None
    planned_on: date | None = None
    fixed_on: date | None = None
    is_skipped: bool = False
    preparation_wd: int = 0

    def __post_init__(self) -> None:
        if self.duration_wd < 0 or self.used_wd < 0:
            raise ValueError("a duration must not be negative")

    @property
    def is_done(self) -> bool:
        return self.is_finished or self.finished_on is not None

    @property
    def is_running(self) -> bool:
        return self.started_on is not None and not self.is_done


class CycleFound(ValueError):
    """Tasks that wait for each other; ``keys`` in the order of waiting, the first one again at the end."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        self.keys = keys
        super().__init__(" → ".join(keys))


class UnknownTask(KeyError):
    """A link or a goal names a task that is not in the network."""


@dataclass(frozen=True)
class Network:
    """Tasks and links, sorted once. Raises ValueError (a key twice), UnknownTask, CycleFound.

    Links to and from skipped tasks are dropped. ``order`` is topological and, inside, as the tasks were given. Soft
    links may not close a circle either: they can be made to bind at any time.
    """

    tasks: Mapping[str, Task]
    links: tuple[Link, ...]
    order: tuple[str, ...] = field(init=False, compare=False)
    before: Mapping[str, tuple[Link, ...]] = field(init=False, repr=False, compare=False)
    after: Mapping[str, tuple[Link, ...]] = field(init=False, repr=False, compare=False)

    @classmethod
    def of(cls, tasks: Iterable[Task], links: Iterable[Link] = ()) -> "Network":
        named: dict[str, Task] = {}
        for task in tasks:
            if task.key in named:
                raise ValueError(f"task given twice: {task.key}")
            named[task.key] = task
        return cls(MappingProxyType(named), tuple(links))

    def __post_init__(self) -> None:
        live = [link for link in self.links if not (self._skips(link.before) or self._skips(link.after))]
        before: dict[str, list[Link]] = {key: [] for key in self.tasks}
        after: dict[str, list[Link]] = {key: [] for key in self.tasks}
        for link in live:
            before[link.after].append(link)
            after[link.before].append(link)
        object.__setattr__(self, "before", {key: tuple(links) for key, links in before.items()})
        object.__setattr__(self, "after", {key: tuple(links) for key, links in after.items()})
        object.__setattr__(self, "order", self._sorted())

    def _skips(self, key: str) -> bool:
        if key not in self.tasks:
            raise UnknownTask(key)
        return self.tasks[key].is_skipped

    def _sorted(self) -> tuple[str, ...]:
        waiting = {key: len(links) for key, links in self.before.items()}
        ready = [key for key in self.tasks if not waiting[key]]
        order: list[str] = []
        for key in ready:
            order.append(key)
            for link in self.after[key]:
                waiting[link.after] -= 1
                if not waiting[link.after]:
                    ready.append(link.after)
        if len(order) < len(self.tasks):
            raise CycleFound(self._cycle({key for key in self.tasks if waiting[key]}))
        return tuple(order)

    def _cycle(self, stuck: set[str]) -> tuple[str, ...]:
        """One circle among the tasks that could not be sorted, walked against the links."""
        key, path = next(iter(sorted(stuck))), list[str]()
        while key not in path:
            path.append(key)
            key = next(link.before for link in self.before[key] if link.before in stuck)
        circle = path[path.index(key) :]
        return (*reversed(circle), circle[-1])

    def __iter__(self) -> Iterator[Task]:
        return iter(self.tasks.values())

    def with_tasks(self, *changed: Task) -> "Network":
        """The same network with these tasks in place of those with their keys. Raises UnknownTask."""
        tasks = dict(self.tasks)
        is_sorted = True
        for task in changed:
            is_sorted = is_sorted and self._skips(task.key) == task.is_skipped
            tasks[task.key] = task
        return self._keeping_order(tasks) if is_sorted else Network(MappingProxyType(tasks), self.links)

    def _keeping_order(self, tasks: dict[str, Task]) -> "Network":
        """With other tasks of the same keys, none skipped or needed that was not so before."""
        made = object.__new__(Network)
        object.__setattr__(made, "tasks", MappingProxyType(tasks))
        for name in ("links", "order", "before", "after"):
            object.__setattr__(made, name, getattr(self, name))
        return made

    def with_links(self, links: Iterable[Link]) -> "Network":
        """The same tasks with other links."""
        return Network(self.tasks, tuple(links))

    def way_to(self, goal: str, *, with_soft: bool = False) -> tuple[str, ...]:
        """Open tasks on the way to the goal, the goal included, in the network's order. ``with_soft``: soft links too.

        What lies before a finished task holds nothing any more. Raises UnknownTask.
        """
        if goal not in self.tasks:
            raise UnknownTask(goal)
        found, open_ends = {goal}, [goal]
        while open_ends:
            for link in self.before[open_ends.pop()]:
                if (link.is_hard or with_soft) and link.before not in found:
                    found.add(link.before)
                    if not self.tasks[link.before].is_done:
                        open_ends.append(link.before)
        return tuple(key for key in self.order if key in found and not self.tasks[key].is_done)

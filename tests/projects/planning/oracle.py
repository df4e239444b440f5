"""A slow second opinion on a plan: it walks calendar days one by one and repeats until nothing changes.

It shares nothing with the engine but the values of tasks and links and the names of problems. Read it as the
specification:

* forecast: every task is placed again and again by its own rule until no date changes;
* critical: begun and finished one working day later, it makes the goal later;
* latest dates: days are tried one by one; what a task forces upon the others is followed alone, without what holds
  them otherwise, so that the answer is right when the target is missed already. A confirmed day that the forecast
  keeps, of a task that leads to the goal, must stay;
* floats: the number of working days it may begin and finish later before the target (total) or any other date (free)
  is touched;
* conflicts: every rule is asked of every task and link, with days counted one by one.
"""

from collections.abc import Callable
from datetime import date, timedelta

from projects.planning.network import LinkKind
from projects.planning.schedule import Problem

DAY = timedelta(days=1)
CAP = 700  # working days; further than any case reaches

Span = tuple[date | None, date | None]


class Oracle:
    def __init__(self, tasks, links, *, today, off=(), make_up=(), goal="", target_on=None, with_soft=False):
        self.tasks = {task.key: task for task in tasks}
        self.today, self.goal = today, goal
        self.off, self.make_up = frozenset(off), frozenset(make_up)
        self._works: dict[date, bool] = {}
        live = {key for key, task in self.tasks.items() if not task.is_skipped}
        self.known = [link for link in links if {link.before, link.after} <= live]
        self.links = [link for link in self.known if link.is_hard or with_soft]
        self.target_on, self.with_soft = target_on, with_soft
        self.into = {key: [link for link in self.links if link.after == key] for key in self.tasks}
        self.dates = self.forward()
        self.is_ahead = bool(goal) and self.is_open(goal)
        if self.is_ahead:
            self.limits = {goal: self.last_workday(target_on) if target_on else self.dates[goal][1]}
            self._confirm()

    # Days

    def works(self, day: date) -> bool:
        if day not in self._works:
            self._works[day] = day in self.make_up or (day.weekday() < 5 and day not in self.off)
        return self._works[day]

    def step(self, day: date, n: int) -> date:
        """The n-th working day after it, before it when negative; 0: the day itself."""
        way = DAY if n > 0 else -DAY
        for _ in range(abs(n)):
            day += way
            while not self.works(day):
                day += way
        return day

    def roll(self, day: date) -> date:
        while not self.works(day):
            day += DAY
        return day

    def last_workday(self, day: date) -> date:
        while not self.works(day):
            day -= DAY
        return day

    def between(self, day: date, other: date) -> int:
        if other < day:
            return -self.between(other, day)
        n = 0
        while day < other:
            day += DAY
            n += self.works(day)
        return n

    # Forecast

    def is_open(self, key: str) -> bool:
        task = self.tasks[key]
        return not (task.is_skipped or task.is_done)

    def forward(self, pinned: dict[str, Span] | None = None) -> dict[str, Span]:
        dates: dict[str, Span] = dict.fromkeys(self.tasks, (None, None))
        changed = True
        while changed:
            changed = False
            for key in sorted(self.tasks, reverse=True):
                new = pinned[key] if pinned and key in pinned else self.place(key, dates)
                changed = changed or new != dates[key]
                dates[key] = new
        return dates

    def place(self, key: str, dates: dict[str, Span]) -> Span:
        task = self.tasks[key]
        if task.is_skipped:
            return None, None
        if task.is_done:
            return task.started_on, task.finished_on
        starts, ends = self.asked(key, dates)
        if task.started_on:
            start = task.started_on
            ends.append(self.roll(self.step(max(start, self.today), max(0, task.duration_wd - task.used_wd))))
        else:
            own = [day for day in (self.today, task.not_before, task.planned_on) if day]
            start = max([self.roll(day) for day in own] + starts)
            ends.append(self.step(start, task.duration_wd))
        if task.fixed_on:
            ends.append(self.roll(task.fixed_on))
        return start, max(ends)

    def asked(self, key: str, dates: dict[str, Span]) -> tuple[list[date], list[date]]:
        """Days the links ask for: of its start, of its finish."""
        starts, ends = [], []
        runs = self.tasks[key].started_on is not None
        for link in self.into[key]:
            day = dates[link.before][0 if link.kind is LinkKind.SS else 1]
            if day is None or (runs and link.kind is LinkKind.SS):
                continue
            if link.kind is LinkKind.FF:
                ends.append(self.roll(self.step(day, link.lag_wd)))
            elif runs:
                ends.append(self.roll(self.step(day, min(0, link.lag_wd))))
            else:
                starts.append(self.roll(self.step(day, link.lag_wd)))
        return starts, ends

    def later(self, key: str, n: int) -> dict[str, Span]:
        """Dates of all when this one begins and finishes so many working days after its forecast."""
        start, finish = self.dates[key]
        begun = start if self.tasks[key].started_on else self.step(start, n)
        return self.forward({key: (begun, self.step(finish, n))})

    def critical(self) -> set[str]:
        end = self.dates[self.goal][1]
        delays = {k for k in self.tasks if self.is_open(k) and self.later(k, 1)[self.goal][1] > end}
        return delays if self.is_ahead else set()

    def free(self, key: str) -> int | None:
        """Working days until another date moves; None when none ever does."""

        def moves(n: int) -> bool:
            return any(span != self.dates[other] for other, span in self.later(key, n).items() if other != key)

        if not moves(CAP):
            return None
        return longest(lambda n: not moves(n), 0)

    # Latest dates

    def _confirm(self) -> None:
        """Confirmed days that the forecast keeps become limits, of tasks from which a limit can be reached."""
        grown = True
        while grown:
            grown = False
            for key, task in self.tasks.items():
                if not self.is_open(key) or not task.fixed_on or self.dates[key][1] != self.roll(task.fixed_on):
                    continue
                if key == self.goal:
                    self.limits[key] = min(self.limits[key], self.dates[key][1])
                elif key not in self.limits and (self.reaches(key, "start") or self.reaches(key, "finish")):
                    self.limits[key] = self.dates[key][1]
                    grown = True

    def forced(self, key: str, span: Span) -> dict[str, Span]:
        """Dates that follow from this span alone."""
        dates: dict[str, Span] = dict.fromkeys(self.tasks, (None, None)) | {key: span}
        changed = True
        while changed:
            changed = False
            for other in sorted(self.tasks, reverse=True):
                if other == key or not self.is_open(other):
                    continue
                task = self.tasks[other]
                starts, ends = self.asked(other, dates)
                start = max(starts, default=None)
                if start:
                    ends.append(self.step(start, task.duration_wd))
                new = (start, max(ends, default=None))
                changed = changed or new != dates[other]
                dates[other] = new
        return dates

    def reaches(self, key: str, what: str) -> bool:
        if what == "start" and self.tasks[key].started_on:
            return False
        if what == "finish" and key in self.limits:
            return True
        far = self.dates[key][1]
        found = self.forced(key, (far, None) if what == "start" else (None, far))
        return any(found[limit][1] for limit in self.limits if limit != key)

    def keeps(self, key: str, span: Span) -> bool:
        found = self.forced(key, span)
        return all(not found[limit][1] or found[limit][1] <= day for limit, day in self.limits.items())

    def latest(self, key: str) -> tuple[date | None, date | None, int | None]:
        """Latest start, latest finish, total float."""
        task, (start, finish) = self.tasks[key], self.dates[key]
        of_finish, of_start = self.reaches(key, "finish"), self.reaches(key, "start")
        if not of_finish and not of_start:
            return None, None, None

        def slipped(n: int) -> Span:
            return (None if task.started_on else self.step(start, n)), self.step(finish, n)

        total = longest(lambda n: self.keeps(key, slipped(n)))
        last = total
        if of_finish:
            last = longest(lambda n: self.keeps(key, (None, self.step(finish, n))))
        first = start
        if not task.started_on:

            def begun(n: int) -> Span:
                day = self.step(start, n)
                return day, self.step(day, task.duration_wd)

            first = self.step(start, longest(lambda n: self.keeps(key, begun(n))))
        return first, self.step(finish, last), total

    # Conflicts

    def conflicts(self) -> list[tuple]:
        """(problem, key, other, days, on) of all there are, in no order; ``other`` of a confirmed day is left out."""
        found = [row for key, task in self.tasks.items() if not task.is_skipped for row in self._of_task(key, task)]
        found += [row for link in self.known if (row := self._of_link(link))]
        if self.is_ahead and self.target_on:
            found += self._of_target()
        return found

    def _of_task(self, key, task):
        ahead = [day for day in (task.finished_on, task.started_on) if day and day > self.today]
        if ahead:
            yield Problem.FACT_IN_FUTURE, key, "", 0, ahead[0]
        if not task.fixed_on or task.is_done:
            return
        meant = self.roll(task.fixed_on)
        if meant < self.today:
            yield Problem.FIXED_PASSED, key, "", self.between(meant, self.today), task.fixed_on
        elif self.dates[key][1] > meant:
            yield Problem.FIXED_TOO_EARLY, key, "", self.between(meant, self.dates[key][1]), task.fixed_on

    def _of_link(self, link):
        """A result before that of the task it waits for; a usual order that is not kept."""
        before, after = self.dates[link.before], self.dates[link.after]
        if link.is_hard:
            if self.is_open(link.after) or link.kind is LinkKind.SS or not (before[1] and after[1]):
                return None
            first = self.step(before[1], min(0, link.lag_wd))
            is_missing = self.is_open(link.before) and link.lag_wd >= 0 and after[1] <= self.today
            if after[1] >= first and not is_missing:
                return None
            return Problem.OUT_OF_ORDER, link.after, link.before, max(0, self.between(after[1], first)), after[1]
        if self.with_soft or not (self.is_open(link.before) and self.is_open(link.after)):
            return None
        day = after[1 if link.kind is LinkKind.FF else 0]
        if day >= self.step(before[0 if link.kind is LinkKind.SS else 1], link.lag_wd):
            return None
        return Problem.USUAL_ORDER, link.after, link.before, 0, day

    def _of_target(self):
        goal, target = self.goal, self.target_on
        if target < self.today:
            yield Problem.TARGET_PASSED, goal, "", self.between(target, self.today), target
        if self.dates[goal][1] > self.last_workday(target):
            yield Problem.TARGET_SHORT, goal, "", self.between(self.last_workday(target), self.dates[goal][1]), target
        for key, task in self.tasks.items():
            if self.is_open(key) and not task.started_on and task.not_before and (latest := self.latest(key)[0]):
                first = self.roll(task.not_before)
                if first > latest:
                    yield Problem.NOT_BEFORE_TOO_LATE, key, "", self.between(latest, first), task.not_before


def longest(holds: Callable[[int], bool], least: int = -CAP) -> int:
    """The largest number for which it holds, tried one by one from 0 up, or down."""
    n = 0
    if holds(n):
        while holds(n + 1):
            n += 1
            assert n < CAP
        return n
    while not holds(n):
        n -= 1
        assert n >= least
    return n

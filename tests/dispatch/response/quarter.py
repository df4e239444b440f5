"""A quarter of a small park, day by day through the real jobs: real rows, real answers; and what the oracle expects.

The morning's jobs run first, then people do what the script says; so an evaluation sees what was done before its day.
"""

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from django.db.models import Q

from accounts.errors import Refused
from approvals.models import ProjectStep
from dispatch.jobs.models import JobRun
from dispatch.jobs.registry import JOBS
from dispatch.ledger.models import LedgerItem
from dispatch.notices.models import Notice
from dispatch.response import actions
from dispatch.response.models import DutyHolder, ResponseCase
from projects.models import Milestone, Project, TeamMember
from tests import factories
from tests.approvals import cases
from tests.dispatch.response import response_oracle as oracle
from workdays.arithmetic import WorkCalendar

FIRST = date(2026, 3, 2)
LAST = date(2026, 5, 31)
DAY = timedelta(days=1)
CALENDAR = WorkCalendar()


def span(first: date, last: date) -> list[date]:
    return [first + n * DAY for n in range((last - first).days + 1)]


DAYS = span(FIRST, LAST)


def works(day: date) -> bool:
    return day.weekday() < 5


def late_by(due: date, day: date, *, workdays: bool) -> int:
    return sum(1 for one in span(due + DAY, day) if not workdays or works(one)) if day > due else 0


def asks(kind: str, late: int) -> int | None:
    """domain.md 3.4 once more, by hand."""
    table = {"step": (1, 4, 11), "milestone": (1, 8, 31), "start": (1, 8, 91), "item": (1, 3, 10**9)}[kind]
    return sum(late >= bound for bound in table) and 4 - sum(late >= bound for bound in table)


@dataclass
class Thing:
    """One milestone, step or ledger item: when it is due and when the script ends it (None: never)."""

    kind: str
    row: object
    project: Project
    due: date
    ends: date | None
    paused: tuple[date, date] | None = None
    answers: dict[str, set[date]] = field(default_factory=lambda: defaultdict(set))


@dataclass
class Quarter:
    """``off``: days on which no job ran in the morning; they are caught up on the next other day."""

    seed: int = 7
    off: frozenset[date] = frozenset()
    days: tuple[date, ...] = tuple(DAYS)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.park = factories.park()
        self._people()
        self.projects = [
            cases.project(self.park, responsible_unit=self.unit, name=f"季度项目{n}", stage="L07") for n in range(4)
        ]
        for project in self.projects:
            TeamMember.objects.update_or_create(
                project=project, role="specialist", defaults={"user": self.specialist, "person_name": "专"}
            )
            TeamMember.objects.update_or_create(
                project=project, role="leader", defaults={"user": self.in_charge, "person_name": "包"}
            )
        self.suspended = {self.projects[2]: (date(2026, 3, 25), date(2026, 4, 14))}
        self.things = [*self._milestones(), *self._items(), *self._steps()]
        self.levels: dict[date, dict[int, int]] = {}

    def _people(self) -> None:
        self.unit = factories.organization(self.park)
        self.worker, self.window, self.head = (factories.user(self.park, "unit", self.unit) for _ in range(3))
        centre = factories.organization(self.park, "park_office")
        self.specialist, self.centre_head = (factories.user(self.park, "staff", centre) for _ in range(2))
        self.deputy, self.chief, self.in_charge = (factories.user(self.park, "leader") for _ in range(3))
        for duty, user, unit in [
            ("window_head", self.window, self.unit), ("unit_head", self.head, self.unit),
            ("centre_head", self.centre_head, None), ("deputy_leader", self.deputy, None),
            ("chief_leader", self.chief, None),
        ]:  # fmt: skip
            DutyHolder.objects.create(park=self.park, duty=duty, user=user, organization=unit)

    def _milestones(self):
        plan = [("L10", 3, 30), ("L10", 9, None), ("L08", 1, 80), ("L10", 40, 44), ("L08", 30, None), ("L09", 12, 26)]
        for n, (stage, due, ends) in enumerate(plan):
            project = self.projects[n % 4]
            row = Milestone.objects.create(project=project, stage=stage, baseline_on=FIRST + due * DAY)
            yield Thing("start" if stage == "L08" else "milestone", row, project, FIRST + due * DAY, self._end(ends))

    def _items(self):
        for n, (due, ends) in enumerate([(4, 9), (4, None), (20, 41), (33, 38), (50, None)]):
            project = self.projects[n % 4]
            row = LedgerItem.objects.create(
                park=self.park, project=project, unit=self.unit, number=f"Q{n}", title=f"事项{n}", state="working",
                raised_on=FIRST, due_on=FIRST + due * DAY, person=self.worker, created_at=factories.AT,
                updated_at=factories.AT,
            )  # fmt: skip
            yield Thing("item", row, project, FIRST + due * DAY, self._end(ends))

    def _steps(self):
        plan = [("S12", None, None), ("S12", 47, None), ("S12", None, (date(2026, 3, 16), date(2026, 4, 2)))]
        for n, (code, ends, paused) in enumerate(plan):
            project = self.projects[n]
            row = cases.step_of(project, code)
            for verb in ("receive", "accept"):
                cases.move(row, verb, FIRST, today=FIRST)
            row.unit, row.handler_name = self.unit, str(self.worker)
            row.save(update_fields=["unit", "handler_name"])
            yield Thing("step", row, project, row.committed_due_on, self._end(ends), paused)

    def _end(self, n: int | None) -> date | None:
        return None if n is None else FIRST + n * DAY

    # running ---------------------------------------------------------------------------------------------------

    def run(self) -> None:
        waiting: list[date] = []
        for today in self.days:
            waiting.append(today)
            if today not in self.off:
                self._jobs(waiting, today)
                waiting = []
            self._script(today)
            if today not in self.off:
                self._answers(today)

    def _jobs(self, days: list[date], today: date) -> None:
        """Warnings of all waiting days first: the response must still see each day as it was."""
        at = datetime(today.year, today.month, today.day, tzinfo=UTC) - timedelta(hours=2)
        for name in ("warnings", "response"):
            for day in days:
                run = JobRun(job=name, period_key=day.isoformat(), as_of=day)
                JOBS[name].work(run, at, lambda: None)
                if name == "warnings":
                    JobRun.objects.create(
                        job=name, period_key=day.isoformat(), as_of=day, state="done", created_at=at, started_at=at,
                        finished_at=at,
                    )  # fmt: skip
        self.levels[today] = self.stored_levels()

    def stored_levels(self) -> dict[int, int]:
        """{index of a thing: level of its open case}."""
        found = {}
        for n, thing in enumerate(self.things):
            open_ones = self.cases_of(thing).filter(closed_on__isnull=True).values_list("level", flat=True)
            for level in open_ones:
                assert n not in found, "two open cases of one cause"
                found[n] = level
        return found

    def cases_of(self, thing: Thing):
        kind = {"item": "ledger_item", "step": "step"}.get(thing.kind, "milestone")
        about = Q(warning__object_type=kind, warning__object_id=thing.row.pk)
        return ResponseCase.objects.filter(about).exclude(warning__rule="STEP_STATUTORY").order_by("pk")

    def _script(self, today: date) -> None:
        for project, (first, last) in self.suspended.items():
            if today in (first, last):
                status = "suspended" if today == first else "active"
                Project.objects.filter(pk=project.pk).update(status=status)
        for thing in self.things:
            if thing.paused and today in thing.paused:
                step = cases.step_of(thing.project, thing.row.code)
                more = {"pause_kind": "public_notice", "note": "公示"} if today == thing.paused[0] else {}
                cases.move(step, "pause" if more else "resume", today, today=today, **more)
            if thing.ends == today:
                self._finish(thing, today)

    def _finish(self, thing: Thing, today: date) -> None:
        match thing.kind:
            case "item":
                LedgerItem.objects.filter(pk=thing.row.pk).update(
                    state="closed", closed_on=today, closed_by=self.specialist
                )
            case "step":
                ProjectStep.objects.filter(pk=thing.row.pk).update(
                    state=11, decided_on=today, committed_runs=False, statutory_runs=False
                )
            case _:
                Milestone.objects.filter(pk=thing.row.pk).update(actual_on=today)

    def _answers(self, today: date) -> None:
        at = datetime(today.year, today.month, today.day, 3, tzinfo=UTC)
        for thing in self.things:
            for case in self.cases_of(thing).filter(closed_on__isnull=True):
                for kind, chance in (("acknowledge", 0.45), ("act", 0.3), ("report", 0.15)):
                    if self.chance.random() < chance and self._answer(case, kind, today, at):
                        thing.answers[kind].add(today)
                        if kind != "acknowledge":
                            thing.answers["acknowledge"].add(today)

    def _answer(self, case: ResponseCase, kind: str, today: date, at: datetime) -> bool:
        who = {"version": case.version, "by": self.specialist, "at": at, "on": today}
        try:
            if kind == "acknowledge":
                actions.acknowledge(case, **who)
            elif kind == "report":
                actions.report(case, text="周报", calendar=CALENDAR, **who)
            elif case.level == 1:
                actions.record_meeting(case, text="专题会", **who)
            else:
                actions.hand_in_plan(case, text="方案", due_on=today, **who)
        except Refused:
            return False
        finally:
            case.refresh_from_db()
        return True

    # expecting -------------------------------------------------------------------------------------------------

    def life_of(self, thing: Thing) -> oracle.Life:
        held = set()
        if thing.project in self.suspended:
            first, last = self.suspended[thing.project]
            held |= set(span(first + DAY, last))
        if thing.paused:
            held |= set(span(thing.paused[0] + DAY, thing.paused[1]))
        workdays = thing.kind in ("step", "item")
        cause = {
            day: None
            if thing.ends and day > thing.ends
            else asks(thing.kind, late_by(thing.due, day, workdays=workdays)) or None
            for day in DAYS
        }
        return oracle.Life(cause, held, dict(thing.answers), works)

    def expected_levels(self) -> dict[date, dict[int, int]]:
        logs = [oracle.log_of(self.life_of(thing)) for thing in self.things]
        found: dict[date, dict[int, int]] = {}
        for day in DAYS:
            levels = {n: oracle.level_on(log, day) for n, log in enumerate(logs)}
            found[day] = {n: level for n, level in levels.items() if level}
        return found

    def expected_notices(self) -> set[tuple[str, date]]:
        """(key, day) of every notice of a level: one a case, level and recipient, on the first day of that level."""
        found = set()
        for thing in self.things:
            own = list(self.cases_of(thing).values_list("pk", flat=True))
            life, number, told = oracle.log_of(self.life_of(thing)), -1, set()
            for day, what, level in life:
                number += what == "opened"
                if what == "opened":
                    told = set()
                if what in ("opened", "raised") and level not in told:
                    told.add(level)
                    found |= {(f"response/{own[number]}/{level}/u{pk}", day) for pk in self._told(thing, level)}
        return found

    def _told(self, thing: Thing, level: int) -> set[int]:
        handlers = [self.worker] if thing.kind in ("item", "step") else [self.worker, self.window, self.head]
        people = [*handlers, self.window, self.specialist]
        people += [self.head, self.centre_head, self.deputy] if level <= 2 else []
        people += [self.in_charge, self.chief] if level == 1 else []
        return {person.pk for person in people}

    def notices(self) -> list[tuple[str, date]]:
        rows = Notice.objects.filter(event="response").order_by("pk")
        own = [pk for thing in self.things for pk in self.cases_of(thing).values_list("pk", flat=True)]
        return [(key, day) for key, about, day in rows.values_list("key", "about_id", "as_of") if about in own]

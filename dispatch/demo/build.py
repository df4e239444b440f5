"""Writes stories of example projects with bulk inserts: the rows and the history that the actions would have left."""

import gc
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from accounts.bulk import insert, insert_values
from accounts.chunks import chunks
from approvals.models import StepTransition
from dispatch.demo import names
from dispatch.demo.book import Book
from dispatch.demo.clockface import at_work
from dispatch.demo.events import ASSIGN, DOCUMENT, NOT_APPLICABLE, Event, records
from dispatch.demo.history import changes_of, stage_entries, status_change
from dispatch.demo.people import ENTERPRISE, Cast
from dispatch.demo.plot import Namer, Story, tell
from dispatch.demo.rows import TRANSITION_COLUMNS, Tale, moments
from dispatch.demo.timeline import StepFacts
from projects.actions.create import keys_of
from projects.models import (
    AnnualPlan,
    Enterprise,
    Milestone,
    MonthlyInvestment,
    Project,
    ProjectChange,
    TeamMember,
)
from projects.stages import Stage, reached
from projects.text import normalise_name
from workdays.arithmetic import WorkCalendar

BATCH = 500  # projects in memory at a time
FULL_HISTORY = 60  # so many projects get every record; the rest of a load test the last one of each step


@dataclass
class Builder:
    """Writes the projects of one park as they stand on ``as_of``."""

    cast: Cast
    book: Book
    calendar: WorkCalendar
    as_of: date
    seed: int
    full_history: int = FULL_HISTORY

    def build(self, count: int, *, first: int = 0) -> None:
        """Projects ``first`` … ``first + count - 1`` of the plot, a batch a transaction."""
        gc.disable()  # a tenth of the time, and the rows of a batch refer to each other in no circle
        try:
            for numbers in chunks(range(first, first + count), BATCH):
                self._build(numbers)
        finally:
            gc.enable()

    def _build(self, numbers: list[int]) -> None:
        namer = Namer(self.cast.prefix)
        stories = [
            tell(n, self.seed, as_of=self.as_of, calendar=self.calendar, judge=self.book.judge, namer=namer)
            for n in numbers
        ]
        with transaction.atomic():
            self._write(stories)

    def _write(self, stories: list[Story]) -> None:
        enterprises = self._enterprises(stories)
        pairs = [
            (self._project(story, enterprise), story) for story, enterprise in zip(stories, enterprises, strict=True)
        ]
        changes = [self._changes(project, story) for project, story in pairs]
        insert(project for project, _story in pairs)
        insert(change for found in changes for change in found)
        self._parts(pairs)
        self._histories(pairs)
        self._steps(pairs)

    def _changes(self, project: Project, story: Story) -> list[ProjectChange]:
        found = changes_of(project, story, self.cast.staff, brief=story.index >= self.full_history)
        project.version = len(found)
        return found

    def _enterprises(self, stories: list[Story]) -> list[Enterprise]:
        found = []
        for story in stories:
            name, code = story.enterprise
            home = self.cast.units.get(f"{ENTERPRISE}{story.index}")
            if home is not None:
                home.name, home.short_name = name, name.removeprefix(self.cast.prefix).split("（")[0]
                home.save()
            found.append(
                Enterprise(
                    park=self.cast.park, organization=home, name=name, name_key=normalise_name(name), credit_code=code
                )
            )
        insert(found)
        return found

    def _project(self, story: Story, enterprise: Enterprise) -> Project:
        begun = registered_on(story)
        last = max(
            [begun, *(day for _stage, day in story.entries), *filter(None, [story.status_on, story.enrolled_on])]
        )
        project = Project(
            park=self.cast.park, enterprise=enterprise, stage=story.stage, stage_entered_on=story.entries[-1][1],
            status=story.part.status, status_since_on=story.status_on,
            enrolled=bool(story.enrolled_on) if reached(story.stage, Stage.STARTED) else None,
            enrolled_on=story.enrolled_on,
            responsible_unit=self.cast.units.get(story.unit) or self.cast.units[self.cast.handler_of("S01", "")],
            light="green" if story.part.status == "active" else "grey",
            created_at=at_work(begun), created_by=self.cast.staff,
            updated_at=at_work(last, 40), updated_by=self.cast.staff, **story.fields,
        )  # fmt: skip
        project.name_key, project.search_text = keys_of(project)
        return project

    def _parts(self, pairs: list[tuple[Project, Story]]) -> None:
        insert(
            Milestone(project=project, stage=stage, **values)
            for project, story in pairs
            for stage, values in story.milestones.items()
        )
        insert(AnnualPlan(project=p, year=year, planned_10k=n) for p, s in pairs for year, n in s.money.plans.items())
        insert_values(
            MonthlyInvestment,
            ("project_id", "year", "month", "month_10k", "ytd_10k"),
            ((p.pk, *month, *amounts) for p, s in pairs for month, amounts in s.money.months.items()),
        )
        insert(
            TeamMember(
                project=project, role=role, person_name=person, phone=telephone, organization=self.cast.units.get(unit),
                user=self.cast.by_name.get(person),
            )
            for project, story in pairs
            for role, (person, telephone, unit) in story.team.items()
        )  # fmt: skip

    def _histories(self, pairs: list[tuple[Project, Story]]) -> None:
        staff = self.cast.staff
        insert(row for project, story in pairs for row in stage_entries(project, story, staff))
        insert(row for project, story in pairs if (row := status_change(project, story, staff)))

    def _steps(self, pairs: list[tuple[Project, Story]]) -> None:
        tales = [tale for project, story in pairs for tale in self._tales(project, story)]
        insert(tale.step for tale in tales)
        insert(pause for tale in tales for pause in tale.pauses)
        insert(paper for tale in tales for paper in tale.documents.values())
        insert_values(StepTransition, TRANSITION_COLUMNS, (row for tale in tales for row in tale.transitions()))

    def _tales(self, project: Project, story: Story) -> Iterator[Tale]:
        brief = story.index >= self.full_history
        for code, facts in story.facts.items():
            key = self.cast.handler_of(code, story.street)
            user = self.cast.user_of(key)
            step = self.book.copy_for(project, facts)
            step.unit = self.cast.units[key]
            step.handler_name, step.handler_phone = user.display_name, user.phone
            tale = Tale(step, self.book.papers, self.calendar, brief)
            events = self._events(story, code, facts, brief=brief)
            for event, at in zip(events, moments(events), strict=True):
                tale.play(event, by=self.cast.staff if event.verb in (ASSIGN, NOT_APPLICABLE) else user, at=at)
            tale.finish(self.as_of)
            yield tale

    def _events(self, story: Story, code: str, facts: StepFacts, *, brief: bool) -> list[Event]:
        events = [] if brief else [Event(ASSIGN, registered_on(story))]
        if facts.by_hand:
            return [*events, Event(NOT_APPLICABLE, registered_on(story), names.REASON_OWN_LAND)]
        events += records(code, story.line, facts, story.index, story.status_on or self.as_of)
        if brief:
            return [e for e in events if e.verb != DOCUMENT or e.papers[0] in facts.deferrable]
        return events


def registered_on(story: Story) -> date:
    """The day the project was registered: that of its first stage."""
    return story.entries[0][1]

"""Writes stories of example projects with bulk inserts: the rows and the history that the actions would have left."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from django.db import transaction

from approvals.actions.creation import rules_for
from approvals.judging import StepRule, answers_of, limits
from approvals.models import Catalogue, ProjectStep, StepDependency
from dispatch.demo import names
from dispatch.demo.clockface import at_work
from dispatch.demo.events import ASSIGN, DOCUMENT, NOT_APPLICABLE, Event, records
from dispatch.demo.history import changes_of, stage_entries, status_change
from dispatch.demo.people import ENTERPRISE, Cast
from dispatch.demo.plot import OWN_LAND, Namer, Story, tell
from dispatch.demo.rows import Tale, moments
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
ROWS = 500  # rows in one INSERT
FULL_HISTORY = 60  # so many projects get every record; the rest of a load test the last one of each step


@dataclass
class Book:
    """The catalogue in force, read once: rules, hard predecessors and papers of every step."""

    rules: list[StepRule]
    variables: list[str]
    predecessors: dict[str, tuple[str, ...]]
    asked: dict[str, tuple[str, ...]]
    deferrable: dict[str, tuple[str, ...]]
    papers: dict[str, int]

    @classmethod
    def read(cls) -> "Book":
        catalogue = Catalogue.objects.in_force()
        rules = rules_for(catalogue.steps.prefetch_related("documents"), catalogue)
        codes = {rule.step.pk: rule.step.code for rule in rules}
        before: dict[str, list[str]] = {code: [] for code in codes.values()}
        hard = StepDependency.objects.filter(step__in=codes, is_hard=True).order_by("step", "predecessor__seq")
        for step, predecessor in hard.values_list("step", "predecessor"):
            before[codes[step]].append(codes[predecessor])
        asked, deferrable, papers = {}, {}, {}
        for rule in rules:
            rows = list(rule.step.documents.all())
            asked[rule.step.code] = tuple(row.code for row in rows if not (row.deferrable or row.shared))
            deferrable[rule.step.code] = tuple(row.code for row in rows if row.deferrable)
            papers |= {row.code: row.pk for row in rows}
        return cls(
            rules, list(catalogue.variables), {code: tuple(found) for code, found in before.items()}, asked, deferrable,
            papers,
        )  # fmt: skip

    def judge(self, fields: Mapping[str, Any]) -> dict[str, StepFacts]:
        """What each step is to a project with these columns."""
        return {code: facts for code, (_columns, facts) in self.judged(Project(**fields)).items()}

    def judged(self, project: Project) -> dict[str, tuple[dict[str, Any], StepFacts]]:
        """Code → (columns of the project's step, facts), by the rules that give projects their steps."""
        answers, found = answers_of(project, self.variables), {}
        for rule in self.rules:
            code, judged = rule.step.code, rule.judge(answers)
            columns = {
                "applicability": judged.applicability,
                "not_applicable_reason": judged.reason,
                **limits(rule.step, judged.variant),
            }
            found[code] = (columns, StepFacts(
                code, str(judged.applicability), columns["committed_limit_wd"], columns["statutory_value"],
                columns["statutory_unit"], self.predecessors[code], self.asked[code], self.deferrable[code],
            ))  # fmt: skip
        return found


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
        namer, rest = Namer(self.cast.prefix), iter(range(first, first + count))
        while numbers := list(islice(rest, BATCH)):
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
        _store(project for project, _story in pairs)
        _store(change for found in changes for change in found)
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
        return Enterprise.objects.bulk_create(found, batch_size=ROWS)

    def _project(self, story: Story, enterprise: Enterprise) -> Project:
        begun = registered_on(story)
        last = max(
            [begun, *(day for _stage, day in story.entries), *filter(None, [story.status_on, story.enrolled_on])]
        )
        project = Project(
            park=self.cast.park, enterprise=enterprise, stage=story.stage, stage_entered_on=story.entries[-1][1],
            status=story.part.status, status_since_on=story.status_on,
            enrolled=bool(story.enrolled_on) if reached(story.stage, Stage.STARTED) else None, enrolled_on=story.enrolled_on,
            responsible_unit=self.cast.units.get(story.unit) or self.cast.units[self.cast.handler_of("S01", "")],
            light="green" if story.part.status == "active" else "grey",
            created_at=at_work(begun), created_by=self.cast.staff,
            updated_at=at_work(last, 40), updated_by=self.cast.staff, **story.fields,
        )  # fmt: skip
        project.name_key, project.search_text = keys_of(project)
        return project

    def _parts(self, pairs: list[tuple[Project, Story]]) -> None:
        _store(
            Milestone(project=project, stage=stage, **values)
            for project, story in pairs
            for stage, values in story.milestones.items()
        )
        _store(AnnualPlan(project=p, year=year, planned_10k=n) for p, s in pairs for year, n in s.money.plans.items())
        _store(
            MonthlyInvestment(project=project, year=year, month=month, month_10k=amount, ytd_10k=ytd)
            for project, story in pairs
            for (year, month), (amount, ytd) in story.money.months.items()
        )
        _store(
            TeamMember(
                project=project, role=role, person_name=person, phone=telephone, organization=self.cast.units.get(unit),
                user=next((u for u in self.cast.users.values() if u.display_name == person), None),
            )
            for project, story in pairs
            for role, (person, telephone, unit) in story.team.items()
        )  # fmt: skip

    def _histories(self, pairs: list[tuple[Project, Story]]) -> None:
        staff = self.cast.staff
        _store(row for project, story in pairs for row in stage_entries(project, story, staff))
        _store(row for project, story in pairs if (row := status_change(project, story, staff)))

    def _steps(self, pairs: list[tuple[Project, Story]]) -> None:
        tales = [tale for project, story in pairs for tale in self._tales(project, story)]
        _store(tale.step for tale in tales)
        _store(pause for tale in tales for pause in tale.pauses)
        _store(paper for tale in tales for paper in tale.documents.values())
        _store(row for tale in tales for row in tale.transitions())

    def _tales(self, project: Project, story: Story) -> Iterator[Tale]:
        judged = self.book.judged(project)
        brief = story.index >= self.full_history
        for rule in self.book.rules:
            columns, _facts = judged[rule.step.code]
            key = self.cast.handler_of(rule.step.code, story.street)
            step = ProjectStep(
                project=project, step=rule.step, code=rule.step.code, seq=rule.step.seq,
                phase_code=rule.step.phase.code, line_code=rule.step.line.code, clock_start=rule.step.clock_start,
                unit=self.cast.units[key], updated_at=project.created_at, **columns,
            )  # fmt: skip
            tale = Tale(step, self.book.papers, self.calendar)
            self._play(tale, story, key, brief=brief)
            tale.finish(self.as_of)
            yield tale

    def _play(self, tale: Tale, story: Story, key: str, *, brief: bool) -> None:
        events = [] if brief else [Event(ASSIGN, registered_on(story))]
        by_hand = story.part.nature == "upgrade" and tale.step.code in OWN_LAND
        if by_hand and tale.step.applicability == ProjectStep.Applicability.APPLIES:
            events.append(Event(NOT_APPLICABLE, registered_on(story), names.REASON_OWN_LAND))
        elif not by_hand:
            end = story.status_on or self.as_of
            events += records(tale.step.code, story.line, story.facts[tale.step.code], story.index, end)
        if brief:
            owed = story.facts[tale.step.code].deferrable
            events = [event for event in events if event.verb != DOCUMENT or event.papers[0] in owed]
        for event, at in zip(events, moments(events), strict=True):
            by = self.cast.staff if event.verb in (ASSIGN, NOT_APPLICABLE) else self.cast.user_of(key)
            tale.play(event, by=by, at=at, brief=brief)
        if brief and len(tale.history) > 1:
            tale.history = tale.history[-1:]
        tale.step.handler_name, tale.step.handler_phone = self._handler(key)

    def _handler(self, key: str) -> tuple[str, str]:
        user = self.cast.user_of(key)
        return user.display_name, user.phone


def registered_on(story: Story) -> date:
    """The day the project was registered: that of its first stage."""
    return story.entries[0][1]


def _store(rows: Iterable[Any]) -> None:
    """Inserts rows of one model in the order given."""
    rest = iter(rows)
    while batch := list(islice(rest, 5000)):
        type(batch[0]).objects.bulk_create(batch, batch_size=ROWS)

"""A random park in a week of November with something of everything a brief tells."""

import random
from datetime import UTC, date, datetime, timedelta

from approvals.models import ProjectStep, StepTransition
from dispatch.briefs import actions
from dispatch.briefs.weeks import week_from
from dispatch.models import LedgerItem, ResponseCase, Warning
from projects.models import Milestone, Project, ProjectChange, StageEntry
from tests.dispatch import bulletin_park
from workdays.models import load_calendar

WEEK, BEFORE = week_from("2026-W47"), week_from("2026-W46")
FRIDAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
NOON_BEFORE = NOON - timedelta(days=7)


def fill(projects: int, *, seed: int):
    """The park of the bulletin's tests, with histories, warnings and tasks of these weeks."""
    park, chance = bulletin_park.fill(projects, seed=seed), random.Random(seed)
    for project in Project.objects.filter(park=park).order_by("pk"):
        light = chance.choice(["green", "green", "blue", "yellow", "red"])
        Project.objects.filter(pk=project.pk).update(light="grey" if project.status == "suspended" else light)
        _histories(project, chance)
        if light in ("yellow", "red"):
            _case(park, project, chance)
        Milestone.objects.update_or_create(
            project=project, stage="L09", defaults={"forecast_on": FRIDAY + timedelta(days=chance.randint(-9, 12))}
        )
    for item in LedgerItem.objects.filter(park=park).order_by("pk"):
        due = FRIDAY + timedelta(days=chance.randint(-9, 12))
        LedgerItem.objects.filter(pk=item.pk).update(due_on=due, tier=chance.choice([1, 1, 2, 3]))
    return park


def _histories(project, chance):
    at = NOON + timedelta(hours=chance.randint(-230, 10))
    match chance.randint(0, 4):
        case 0:
            StageEntry.objects.create(project=project, from_stage="L07", stage="L08", entered_on=at.date(), at=at)
        case 1:
            changes = [{"field": "investment.2026-10.ytd_10k", "old": None, "new": "1234.5678"},
                       {"field": "physical_progress", "old": "", "new": "主体封顶"}]  # fmt: skip
            ProjectChange.objects.create(project=project, verb="investment", changes=changes, at=at)
        case 2:
            for step in ProjectStep.objects.filter(project=project).order_by("seq")[:2]:
                StepTransition.objects.create(
                    project_step=step, verb="approve", from_state=8, to_state=11, on=at.date(), at=at
                )


def _case(park, project, chance):
    warning = Warning.objects.create(
        park=park, project=project, rule="MILESTONE_LATE", object_type="milestone", object_id=project.pk, label="L08",
        due_on=FRIDAY - timedelta(days=chance.randint(8, 60)), level="red", since_on=FRIDAY,
    )  # fmt: skip
    ResponseCase.objects.create(
        park=park, warning=warning, project=project, level=chance.choice([1, 2, 3]), level_since_on=FRIDAY,
        clock_from_on=FRIDAY, acknowledge_by_on=FRIDAY, act_by_on=FRIDAY, clear_by_on=FRIDAY, cause_level=2,
        opened_on=FRIDAY, evaluated_on=FRIDAY,
    )  # fmt: skip


def freeze(park, week=WEEK, *, by=None, at=NOON):
    return actions.freeze_brief(park=park, week=week, by=by, at=at, calendar=load_calendar())[0]

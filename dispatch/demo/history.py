"""History rows of an example project, as the actions on projects write them."""

from datetime import date

from dispatch.demo import names
from dispatch.demo.clockface import at_work
from dispatch.demo.plot import Story
from projects.actions.shared import differences
from projects.models import Project, ProjectChange, StageEntry, StatusChange
from projects.stages import STAGES, Stage

RECENT_MONTHS = 4


def stage_entries(project: Project, story: Story, by) -> list[StageEntry]:
    """Every stage entered, with evidence."""
    found, before = [], ""
    for stage, day in story.entries:
        found.append(
            StageEntry(
                project=project, from_stage=before, stage=stage, entered_on=day, by=by, at=at_work(day, 20),
                evidence=STAGES[stage].evidence_zh,
            )
        )  # fmt: skip
        before = stage
    return found


def status_change(project: Project, story: Story, by) -> StatusChange | None:
    if story.status_on is None:
        return None
    return StatusChange(
        project=project, from_status=Project.Status.ACTIVE, status=story.part.status, on=story.status_on,
        reason=names.STATUS_REASONS[story.part.status], by=by, at=at_work(story.status_on, 30),
    )  # fmt: skip


def changes_of(project: Project, story: Story, by, *, brief: bool) -> list[ProjectChange]:
    """Registration, then (unless ``brief``) stages, enrolment, recent months and the status, oldest first."""
    Verb = ProjectChange.Verb
    known = [
        (name, None, getattr(project, name))
        for name in ("name", "enterprise", "industry", "nature", "total_investment_10k")
    ]
    found = [_row(project, Verb.CREATED, known, project.created_at, by)]
    if brief:
        return found
    for (before, since), (stage, day) in zip(story.entries, story.entries[1:], strict=False):
        pairs = [
            ("stage", before, stage),
            ("stage_entered_on", since, day),
            (f"milestone.{stage}.actual_on", None, day),
        ]
        if stage < Stage.SIGNED:
            pairs.pop()
        found.append(_row(project, Verb.STAGE, pairs, at_work(day, 20), by))
    if story.enrolled_on:
        pairs = [("enrolled", None, True), ("enrolled_on", None, story.enrolled_on)]
        found.append(_row(project, Verb.EDITED, pairs, at_work(story.enrolled_on, 25), by))
    found += _months(project, story, by)
    if story.status_on:
        pairs = [("status", "active", project.status), ("status_since_on", None, story.status_on)]
        reason = names.STATUS_REASONS[story.part.status]
        found.append(_row(project, Verb.STATUS, pairs, at_work(story.status_on, 30), by, reason))
    return sorted(found, key=lambda row: row.at)


def _months(project: Project, story: Story, by) -> list[ProjectChange]:
    """The latest months as they were reported, early in the month after."""
    found = []
    for (year, month), (amount, ytd) in list(story.money.months.items())[-RECENT_MONTHS:]:
        key = f"investment.{year}-{month:02}"
        pairs = [(f"{key}.month_10k", None, amount), (f"{key}.ytd_10k", None, ytd)]
        at = at_work(_reported_on(year, month), 10)
        found.append(_row(project, ProjectChange.Verb.INVESTMENT, pairs, at, by))
    return found


def _reported_on(year: int, month: int) -> date:
    return date(year, month, 25)


def _row(project: Project, verb, pairs, at, by, note: str = "") -> ProjectChange:
    return ProjectChange(project=project, verb=verb, changes=differences(pairs), note=note, by=by, at=at)

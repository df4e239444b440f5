"""The example park: the same every time, and in exactly the state that the actions would have left."""

from collections import Counter
from datetime import timedelta

import pytest
from django.forms.models import model_to_dict
from django.test import Client
from django.utils.timezone import localtime

from accounts.models import Organization, Park, User
from approvals import actions
from approvals.models import (
    AgentAction,
    Certificate,
    CommittedStep,
    JointReview,
    ProjectStep,
    Rating,
    StepDocument,
    StepPause,
    StepTransition,
    Urge,
)
from dispatch.demo import names, park
from dispatch.demo.cast import CAST
from dispatch.filing.models import Filing
from dispatch.ledger.models import LedgerItem
from dispatch.management.commands.seed_demo import PASSWORD
from dispatch.reports.models import Bulletin
from dispatch.warnings.evaluate import evaluate
from dispatch.warnings.models import Warning
from projects.actions import CONDITION_FIELDS
from projects.actions.gates import gate_missing
from projects.models import AnnualPlan, Milestone, MonthlyInvestment, Project, ProjectChange, StageEntry
from projects.stages import ORDER, Stage, position
from tests import factories
from tests.dispatch import seeding
from tests.standing import standing
from workdays.models import load_calendar

AS_OF = seeding.AS_OF
pytestmark = pytest.mark.slow


def write():
    seeding.load()
    seeding.seed()


written = standing(write)


@pytest.fixture
def seeded(written, db):
    return Park.objects.get(code="yunling")


def test_the_park_shows_everything_there_is(seeded):
    projects = Project.objects.filter(park=seeded)
    assert projects.count() == len(CAST)
    assert {p.stage for p in projects} == {stage.value for stage in ORDER}
    assert {p.light for p in projects} == {"green", "blue", "yellow", "red", "grey"}
    assert {p.nature for p in projects} == {"new", "continuing", "upgrade"}
    assert {p.level for p in projects} == {"province", "city", "district"}
    assert {p.industry for p in projects} == set(names.INDUSTRIES)
    assert {p.status for p in projects} == {"active", "suspended", "terminated"}
    steps = ProjectStep.objects.filter(project__park=seeded)
    assert steps.count() == 22 * len(CAST)
    assert set(steps.values_list("state", flat=True)) >= {0, 1, 3, 6, 8, 9, 11, 12, 13}
    assert set(steps.values_list("applicability", flat=True)) == {"applies", "not_applicable", "undetermined"}
    assert set(LedgerItem.objects.values_list("state", flat=True)) == set(LedgerItem.State.values)
    rules = set(Warning.objects.active().values_list("rule", flat=True))
    assert rules >= {"STEP_DUE_SOON", "STEP_LATE", "STEP_STATUTORY", "MILESTONE_LATE", "LEDGER_DUE_SOON", "LEDGER_LATE",
                     "INVESTMENT_BEHIND", "ENROLMENT_LATE"}  # fmt: skip
    assert StepDocument.objects.filter(state="outstanding").exists()
    history = StageEntry.objects.filter(project__park=seeded)
    assert history.earliest("entered_on").entered_on < AS_OF - timedelta(days=2 * 365)
    states = Bulletin.objects.filter(park=seeded).values_list("year", "month", "state")
    assert set(states) == {(2026, 8, "issued"), (2026, 9, "issued"), (2026, 10, "issued"), (2026, 11, "draft")}


@pytest.mark.once
def test_histories_replayed_by_the_real_actions_end_in_the_same_state(seeded):
    calendar = load_calendar()
    copies = {}
    for project, part in zip(Project.objects.filter(park=seeded).order_by("pk"), CAST, strict=True):
        if not (part.focus or part.nature == "upgrade"):
            continue
        copy = factories.project(
            seeded, **{f.name: getattr(project, f.name) for f in Project._meta.concrete_fields
                       if f.name in ("land_mu", "floor_area_m2", "nature", "eia_class", "hazardous_chemical")
                       or f.name in CONDITION_FIELDS}
        )  # fmt: skip
        copies[project.pk] = copy
        actions.give_steps([copy], by=None, at=project.created_at)
    steps = ProjectStep.objects.select_related("step", "project__park", "unit")
    ours = {(s.project_id, s.code): s for s in steps.filter(project__in=copies)}
    theirs = {(s.project_id, s.code): s for s in steps.filter(project__in=[c.pk for c in copies.values()])}
    history = StepTransition.objects.filter(project_step__project__in=copies).select_related("project_step", "by")
    for row in history.order_by("at", "pk"):
        twin = theirs[copies[row.project_step.project_id].pk, row.project_step.code]
        replay(row, twin, calendar)
    for (pk, code), step in ours.items():
        twin = theirs[copies[pk].pk, code]
        twin.refresh_from_db()
        assert {name: getattr(step, name) for name in seeding.COLUMNS} == {
            name: getattr(twin, name) for name in seeding.COLUMNS
        }, step
        assert pauses_of(step) == pauses_of(twin)
        assert papers_of(step) == papers_of(twin)


def replay(row: StepTransition, twin: ProjectStep, calendar) -> None:
    """The same record once more, by the action that makes such records."""
    who = {"by": row.by, "at": row.at}
    requirement = {d.code: d for d in twin.step.documents.all()}
    if row.verb == "assign_unit":
        unit = Organization.objects.get(park=twin.project.park, name=row.data["unit"])
        actions.assign_unit(twin, unit, **who)
    elif row.verb == "set_not_applicable":
        actions.set_not_applicable(twin, reason=row.note, **who)
    elif row.verb == "document":
        paper = requirement[row.data["document"]]
        actions.record_document(twin, paper, row.data["document_state"], on=row.on, today=AS_OF, **who)
    else:
        moved = actions.move(
            twin, row.verb, on=row.on, today=AS_OF, calendar=calendar, note=row.note,
            pause_kind=row.data.get("pause_kind"), result_number=row.data.get("result_number", ""),
            outstanding=[requirement[code].pk for code in row.data.get("outstanding", [])], **who,
        )  # fmt: skip
        assert (moved.transition.from_state, moved.transition.to_state) == (row.from_state, row.to_state)


def pauses_of(step):
    return [model_to_dict(p, exclude=["id", "project_step"]) for p in StepPause.objects.filter(project_step=step)]


def papers_of(step):
    rows = StepDocument.objects.filter(project_step=step).order_by("requirement")
    return [model_to_dict(p, exclude=["id", "project_step"]) for p in rows]


def test_due_days_are_up_to_date_and_steps_judged_as_the_actions_do(seeded):
    assert actions.recompute_all(load_calendar(), AS_OF) == 0
    for project in Project.objects.filter(park=seeded):
        assert actions.re_evaluate(project, by=None, at=project.updated_at) == []


def test_warnings_stand_as_the_daily_job_would_leave_them(seeded):
    assert evaluate(as_of=AS_OF, at=factories.AT).total == 0


def test_every_stage_was_entered_through_an_open_gate(seeded):
    for entry in StageEntry.objects.filter(project__park=seeded).select_related("project"):
        assert gate_missing(entry.project, Stage(entry.stage), entry.entered_on) == []
    for project in Project.objects.filter(park=seeded):
        entries = list(project.stage_entries.order_by("at"))
        assert [e.stage for e in entries] == sorted(e.stage for e in entries)
        assert [e.entered_on for e in entries] == sorted(e.entered_on for e in entries)
        assert (entries[-1].stage, entries[-1].entered_on) == (project.stage, project.stage_entered_on)
    apart = []
    for milestone in Milestone.objects.filter(project__park=seeded, actual_on__isnull=False):
        entry = StageEntry.objects.get(project=milestone.project, stage=milestone.stage)
        if milestone.actual_on != entry.entered_on:
            apart.append(milestone)
    (corrected,) = apart  # the one whose day the board flags
    reasons = [row.note for row in corrected.project.history.all() if "更正签约日期" in row.note]
    assert len(reasons) == 1


def test_rows_are_as_the_forms_would_have_them(seeded):
    for model in (Project, Milestone, AnnualPlan, MonthlyInvestment, ProjectStep, LedgerItem):
        for row in model.objects.all():
            row.full_clean(validate_unique=False, validate_constraints=False)


def test_money_adds_up(seeded):
    for project in Project.objects.filter(park=seeded):
        by_year = {}
        for row in project.investments.order_by("year", "month"):
            assert row.ytd_10k == by_year.get(row.year, 0) + row.month_10k
            by_year[row.year] = row.ytd_10k
        assert sum(amount for year, amount in by_year.items() if year < AS_OF.year) == project.invested_before_10k
        assert sum(by_year.values()) <= project.total_investment_10k * 12 / 10
        accepted = project.filings.filter(state=Filing.State.ACCEPTED, round__month=AS_OF.month).exists()
        assert project.investments.filter(year=AS_OF.year, month__gt=10).exists() == accepted


def test_nothing_lies_in_the_future_and_nobody_real_is_named(seeded):
    for model in (StepTransition, ProjectChange):
        assert not [row for row in model.objects.all() if localtime(row.at).date() >= AS_OF]
    for project in Project.objects.filter(park=seeded).select_related("enterprise"):
        assert project.enterprise.name.startswith("云岭") and "（示例）" in project.enterprise.name
        assert project.enterprise.credit_code.startswith(f"91{names.REGION}")
        assert project.contact_phone.startswith("0000-")
        assert position(project.stage) < position(Stage.FILED) or project.code or project.status != "active"
    codes = Counter(Project.objects.exclude(code="").values_list("park", "code"))
    assert set(codes.values()) == {1}


def test_every_account_signs_in_and_sees_its_own_park(seeded, settings):
    for account in names.ACCOUNTS + names.SMALL_ACCOUNTS:
        assert Client().login(request=None, username=account.username, password=PASSWORD), account.username
    staff, other = User.objects.get(username="zhongxin"), User.objects.get(username="beishan")
    assert Project.objects.visible_to(staff).count() == len(CAST)
    assert Project.objects.visible_to(other).count() == len(park.SMALL_PROJECTS)
    mine = Project.objects.visible_to(User.objects.get(username="qiye"))
    assert [project.enterprise.organization for project in mine] == [User.objects.get(username="qiye").organization]
    assert User.objects.get(username="root").is_superuser and User.objects.get(username="guanli").is_staff


def test_the_cast_shows_debts_promises_reviews_certificates_agents_and_the_voice_of_enterprises(seeded):
    own = {"project_step__project__park": seeded}
    debts = StepDocument.objects.filter(state="outstanding", **own)
    assert debts.filter(due_on__lt=AS_OF).exists() and debts.filter(due_on__gt=AS_OF).exists()
    assert debts.filter(renewed_on__isnull=False).count() == 1
    outcomes = CommittedStep.objects.filter(**own).values_list("outcome", flat=True)
    assert sorted(outcomes) == ["kept", "pending"]
    issued = JointReview.objects.get(project__park=seeded, state="issued")
    assert (issued.issued_at - issued.opened_at).total_seconds() / 3600 == pytest.approx(6.9, abs=0.1)
    assert {row.project_step.decided_on for row in issued.steps.all()} == {localtime(issued.issued_at).date()}
    waiting = JointReview.objects.get(project__park=seeded, state="open")
    assert set(waiting.steps.values_list("answer", flat=True)) == {"agreed", "pending"}
    ends = Certificate.objects.filter(state="valid", **own).values_list("valid_until", flat=True)
    assert {(end - AS_OF).days for end in ends} >= {45, 12, -6}
    assert AgentAction.objects.filter(project__park=seeded).count() == 14
    assert AgentAction.objects.filter(project__park=seeded).exclude(cancelled_reason="").count() == 1
    assert Rating.objects.filter(**own).count() >= 8
    assert sorted(bool(answer) for answer in Urge.objects.filter(**own).values_list("answer", flat=True)) == [
        False, True, True
    ]  # fmt: skip
    rules = set(Warning.objects.active().values_list("rule", flat=True))
    assert rules >= {"PAPER_OWED_SOON", "PAPER_OWED_LATE", "COMMITMENT_CHECK_SOON", "CERTIFICATE_ENDING"}

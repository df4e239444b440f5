"""Fills a database with projects × 22 steps by bulk inserts: deterministic, every level and every kind of step."""

import random
from datetime import UTC, date, datetime, timedelta

from django.db import connection

from accounts.models import Organization, Park
from approvals.models import (
    Catalogue,
    Certificate,
    Commitment,
    CommittedStep,
    DocumentRequirement,
    Line,
    Phase,
    ProjectStep,
    Step,
    StepDocument,
    StepTransition,
)
from dispatch.ledger.models import LedgerEntry, LedgerItem
from projects.models import Milestone, Project, ProjectChange
from tests.approvals.cases import remove_catalogue

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
AS_OF = date(2026, 11, 20)
STEPS = 22


def catalogue() -> list[Step]:
    """A bare catalogue of 22 steps S01–S22 in place of the shipped one."""
    remove_catalogue()
    book = Catalogue.objects.create(version=1, title_zh="测试目录", as_of=AS_OF, state="in_force", loaded_at=AT)
    phase = Phase.objects.create(catalogue=book, code="P", seq=1, name_zh="阶段")
    line = Line.objects.create(catalogue=book, code="L", seq=1, name_zh="线")
    return Step.objects.bulk_create(
        Step(catalogue=book, code=f"S{n:02d}", seq=n, phase=phase, line=line, name_zh=f"环节{n}")
        for n in range(1, STEPS + 1)
    )


def fill(projects: int, *, seed: int = 1, as_of: date = AS_OF) -> Park:
    """So many projects with 22 steps, two milestones and (every third) a ledger item, around ``as_of``; on some steps
    an outstanding paper, a commitment to be checked, a certificate near its end."""
    chance = random.Random(seed)
    park = Park.objects.create(code="load", name_zh="负载测试区", name_en="Load test zone")
    unit = Organization.objects.create(park=park, kind="unit", name="测试审批局")
    steps = catalogue()
    rows = Project.objects.bulk_create([_project(park, unit, n, chance) for n in range(projects)], batch_size=500)
    ProjectStep.objects.bulk_create(
        (_step(project, step, unit, chance, as_of) for project in rows for step in steps), batch_size=500
    )
    Milestone.objects.bulk_create(
        [_milestone(project, stage, chance, as_of) for project in rows for stage in ("L08", "L10")], batch_size=500
    )
    LedgerItem.objects.bulk_create(
        [_item(park, project, unit, n, chance, as_of) for n, project in enumerate(rows) if n % 3 == 0], batch_size=500
    )
    _parts(park, chance, as_of)
    _records(rows, chance, as_of)
    if connection.vendor == "postgresql":  # at work it knows its tables; one filled this second does not
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return park


def _records(projects, chance: random.Random, as_of: date) -> None:
    """Last records of every second project and returns of some items, before ``as_of``."""
    ProjectChange.objects.bulk_create(
        (ProjectChange(project=p, verb="edited", at=_moment(as_of, chance)) for p in projects if chance.random() < 0.5),
        batch_size=500,
    )
    steps = ProjectStep.objects.filter(code="S01").order_by("pk")
    StepTransition.objects.bulk_create(
        (_move(step, _moment(as_of, chance)) for step in steps if chance.random() < 0.3), batch_size=500
    )
    LedgerEntry.objects.bulk_create(
        LedgerEntry(item=item, verb="return", to_state="returned", on=at.date(), at=at)
        for item in LedgerItem.objects.order_by("pk")
        for at in sorted(_moment(as_of, chance) for _n in range(chance.randint(0, 3)))
    )


def _moment(as_of: date, chance: random.Random) -> datetime:
    return datetime(as_of.year, as_of.month, as_of.day, 1, tzinfo=UTC) - timedelta(days=chance.randint(1, 25))


def _move(step, at: datetime) -> StepTransition:
    return StepTransition(project_step=step, verb="receive", from_state=0, to_state=1, on=at.date(), at=at)


LIVES = {"S02": ("start_by", 60), "S17": ("start_by", 30), "S20": ("expires", 60)}


def _parts(park: Park, chance: random.Random, as_of: date) -> None:
    for code, (kind, days) in LIVES.items():
        Step.objects.filter(code=code).update(validity_kind=kind, validity_months=3, validity_remind_days=days)
    papers = {step.pk: DocumentRequirement(step=step, code="D1", seq=1, name_zh="材料") for step in Step.objects.all()}
    DocumentRequirement.objects.bulk_create(papers.values())
    steps = list(ProjectStep.objects.order_by("project", "seq"))
    owing = [step for step in steps if chance.random() < 0.1]
    StepDocument.objects.bulk_create((_paper(s, papers[s.step_id], chance, as_of) for s in owing), batch_size=500)
    promised = [step for step in steps if step.code == "S16" and chance.random() < 0.5]
    decided = [step.pk for step in promised if chance.random() < 0.8]
    ProjectStep.objects.filter(pk__in=decided).update(state=11)
    rows = Commitment.objects.bulk_create([_commitment(step, chance, as_of) for step in promised], batch_size=500)
    CommittedStep.objects.bulk_create(
        (_promise(row, step, chance) for row, step in zip(rows, promised, strict=True)), batch_size=500
    )
    Certificate.objects.bulk_create(
        (_certificate(step, chance, as_of) for step in steps if step.code in LIVES), batch_size=500
    )


def _paper(step, paper, chance, as_of):
    state = chance.choices(["outstanding", "supplied"], [4, 1])[0]
    due_on = as_of + timedelta(days=chance.randint(-15, 10)) if chance.random() < 0.9 else None
    return StepDocument(
        project_step=step, requirement=paper, state=state, promised_on=as_of - timedelta(days=20), due_on=due_on,
        due_before="S21", at=AT,
    )  # fmt: skip


def _commitment(step, chance, as_of):
    due_on = as_of + timedelta(days=chance.randint(-15, 10)) if chance.random() < 0.9 else None
    return Commitment(
        project_id=step.project_id, kind="single", text="承诺", signed_by_name="某", signed_on=AT.date(),
        check_due_on=due_on, check_before="S21", at=AT,
    )  # fmt: skip


def _promise(commitment, step, chance):
    kept = chance.random() < 0.2
    return CommittedStep(
        commitment=commitment, project_step=step, round=1, outcome="kept" if kept else "pending",
        checked_on=AT.date() if kept else None,
    )  # fmt: skip


def _certificate(step, chance, as_of):
    until = as_of + timedelta(days=chance.randint(-40, 90))
    state = chance.choices(["valid", "fulfilled", "void"], [6, 1, 1])[0]
    return Certificate(
        project_step=step, kind=LIVES[step.code][0], issued_on=until - timedelta(days=90), valid_until=until,
        state=state, at=AT,
    )  # fmt: skip


def _project(park, unit, n, chance):
    name = f"项目{n:05d}"
    status = chance.choices(["active", "suspended", "terminated"], [18, 1, 1])[0]
    return Project(
        park=park, name=name, name_key=name, search_text=name, stage="L07", status=status, responsible_unit=unit,
        created_at=AT, updated_at=AT,
    )  # fmt: skip


def _step(project, step, unit, chance, as_of):
    committed = as_of + timedelta(days=chance.randint(-40, 40))
    statutory = committed + timedelta(days=chance.randint(-3, 30))
    running = chance.random() < 0.5
    return ProjectStep(
        project=project, step=step, code=step.code, seq=step.seq, phase_code="P", line_code="L",
        applicability=chance.choices(["applies", "undetermined", "not_applicable"], [8, 1, 1])[0],
        not_applicable_reason="测试", committed_due_on=committed, statutory_due_on=statutory,
        committed_runs=running and chance.random() < 0.9, statutory_runs=running and chance.random() < 0.9,
        unit=unit if chance.random() < 0.7 else None,
    )  # fmt: skip


def _milestone(project, stage, chance, as_of):
    baseline = as_of + timedelta(days=chance.randint(-120, 40))
    by_month = chance.random() < 0.3
    return Milestone(
        project=project, stage=stage, baseline_on=baseline.replace(day=1) if by_month else baseline,
        baseline_precision="month" if by_month else "day", is_done=chance.random() < 0.2,
    )  # fmt: skip


def _item(park, project, unit, n, chance, as_of):
    return LedgerItem(
        park=park, number=f"T{n:05d}", title=f"事项{n}", project=project if chance.random() < 0.8 else None, unit=unit,
        raised_on=as_of - timedelta(days=90), due_on=as_of + timedelta(days=chance.randint(-20, 20)),
        state="working", created_at=AT, updated_at=AT,
    )  # fmt: skip

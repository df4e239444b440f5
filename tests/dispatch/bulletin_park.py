"""A park for the tests of the bulletin: projects of every nature, state and light; deterministic."""

import random
from datetime import date, timedelta
from decimal import Decimal

from approvals.models import ProjectStep
from dispatch.models import LedgerItem
from projects.models import AnnualPlan, Milestone, MonthlyInvestment, TeamMember
from tests import factories
from tests.approvals import cases
from workdays.seed import SEED_FILE, load_seed

AS_OF = date(2026, 10, 30)  # the last workday of October
AT = factories.AT
STAGES = ["L03", "L05", "L06", "L07", "L08", "L09", "L10", "L13"]


def fill(projects: int, *, seed: int = 7):
    """A park with so many projects; half of the money months are missing, some dates are known by month only."""
    chance = random.Random(seed)
    load_seed(SEED_FILE, at=AT)
    park = factories.park(name_zh=f"云溪高新区{seed}", centre_name_zh="云溪重点项目服务中心")
    units = [factories.organization(park, name=f"责任单位{n}") for n in range(4)] + [None]
    closer = factories.user(park)
    steps = list(cases.catalogue().steps.all())
    for n in range(projects):
        project = _project(park, chance.choice(units), n, chance)
        _milestones(project, chance)
        _money(project, chance)
        _steps(project, steps, units[0], chance)
        if n % 2:
            _item(park, project, units[1], n, chance, closer)
            TeamMember.objects.create(project=project, role="leader", person_name=f"领导{n}")
    return park


def _project(park, unit, n, chance):
    enrolled = chance.choice([True, False, None])
    return factories.project(
        park,
        name=f"项目{n:03d}",
        enterprise=factories.enterprise(park, name=f"企业{n:03d}"),
        nature=chance.choice(["new", "new", "continuing", "upgrade", ""]),
        stage=chance.choice(STAGES),
        status=chance.choices(["active", "suspended", "terminated"], [10, 1, 1])[0],
        responsible_unit=unit,
        industry=chance.choice(["装备制造", "新材料", ""]),
        location=f"第{n}大道",
        content="=1+1 新建厂房",
        total_investment_10k=chance.choice([None, Decimal("499.9999"), Decimal(500), Decimal(30000 + n % 5)]),
        land_mu=chance.choice([None, Decimal("10.5")]),
        invested_before_10k=chance.choice([None, Decimal("1234.5678")]),
        period_start_on=chance.choice([None, date(2025, 3, 1)]),
        period_end_on=chance.choice([None, date(2027, 6, 30)]),
        enrolled=enrolled,
        enrolled_on=chance.choice([None, date(2026, 5, 1), date(2026, 11, 5)]) if enrolled else None,
        physical_progress=f"形象{n}",
        issue="+存在问题",
        next_work="@下步",
    )


def _milestones(project, chance):
    for stage in ("L08", "L10"):
        if chance.random() < 0.2:
            continue
        baseline = chance.choice([None, date(2026, 1, 1) + timedelta(days=chance.randint(-200, 400))])
        actual = chance.choice([None, None, date(2025, 8, 1), date(2026, 9, 9), date(2026, 10, 1), date(2026, 11, 10)])
        Milestone.objects.create(
            project=project,
            stage=stage,
            baseline_on=baseline,
            baseline_precision=chance.choice(["day", "month"]),
            forecast_on=chance.choice([None, date(2026, 11, 15)]),
            forecast_precision=chance.choice(["day", "month", "quarter"]),
            actual_on=actual,
            is_done=actual is None and chance.random() < 0.2,
        )


def _money(project, chance):
    if chance.random() < 0.8:
        planned = chance.choice([Decimal(0), Decimal(12000), Decimal("3333.3333")])
        AnnualPlan.objects.create(project=project, year=2026, planned_10k=planned)
    ytd = Decimal(0)
    for month in range(1, 13):
        ytd += Decimal(chance.randint(0, 12000000)) / 10000
        if chance.random() < 0.5:
            own = chance.choice([None, Decimal("77.7")])
            MonthlyInvestment.objects.create(project=project, year=2026, month=month, month_10k=own, ytd_10k=ytd)


def _steps(project, steps, unit, chance):
    rows = []
    for step in steps:
        state = chance.choice([0, 1, 3, 8, 11, 12, 13])
        runs = state in (3, 8)
        decided = AS_OF - timedelta(days=chance.randint(-8, 60)) if state in (11, 12, 13) else None
        rows.append(
            ProjectStep(
                project=project,
                step=step,
                code=step.code,
                seq=step.seq,
                phase_code="P",
                line_code="L",
                applicability=chance.choices(["applies", "undetermined", "not_applicable"], [8, 1, 1])[0],
                not_applicable_reason="测试",
                state=state,
                accepted_on=decided - timedelta(days=9) if decided else None,
                decided_on=decided,
                committed_limit_wd=7,
                committed_due_on=AS_OF + timedelta(days=chance.randint(-30, 200)) if runs else None,
                statutory_due_on=AS_OF + timedelta(days=chance.randint(-3, 400)) if runs else None,
                committed_runs=runs,
                statutory_runs=runs,
                unit=chance.choice([unit, None]),
            )
        )
    ProjectStep.objects.bulk_create(rows)


def _item(park, project, unit, n, chance, closer):
    closed = chance.choice([None, None, date(2025, 12, 20), date(2026, 10, 8), date(2026, 11, 2)])
    LedgerItem.objects.create(
        park=park,
        number=f"WT-2026-{n:04d}",
        kind=chance.choice(["problem", "problem", "task"]),
        category=chance.choice(["land", "funds", "permits", "works", "enterprise", "other"]),
        title=f"=问题{n}",
        description=chance.choice(["", "说明"]),
        project=project if chance.random() < 0.8 else None,
        unit=unit,
        person_name="经办人",
        measures=f"措施{n}",
        progress="进展",
        state="closed" if closed else "working",
        raised_on=chance.choice([date(2025, 11, 1), date(2026, 10, 5), date(2026, 11, 1)]),
        assigned_on=date(2025, 11, 2),
        due_on=AS_OF + timedelta(days=chance.randint(-20, 20)),
        closed_on=closed,
        closed_by=closer if closed else None,
        extended_wd=chance.choice([0, 5]),
        created_at=AT,
        updated_at=AT,
    )

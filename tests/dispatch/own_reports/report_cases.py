"""Rows to report on, and a slow way to read and add them up."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from dispatch.filing.models import Filing, FilingRound
from dispatch.ledger import actions as ledger
from dispatch.models import Warning
from dispatch.own_reports.columns import Env
from dispatch.own_reports.reading import Reading
from projects.models import AnnualPlan, Milestone, MonthlyInvestment, Project, TeamMember
from tests import factories
from tests.factories import AT, TODAY

STAGES = ("L01", "L05", "L08", "L13")
INDUSTRIES = ("", "新材料", "电子信息", "装备制造")


def random_park(chance: Random, *, units: int, projects: int):
    """(park, units): projects with money to four decimals, plans and reports, some without any."""
    park = factories.park()
    found = [
        factories.organization(park, "unit", name=f"单位{n}", short_name=chance.choice(["", f"短{n}"]))
        for n in range(units)
    ]
    for _ in range(projects):
        project = factories.project(
            park, stage=chance.choice(STAGES), industry=chance.choice(INDUSTRIES),
            responsible_unit=chance.choice([*found, None]), light=chance.choice(["red", "yellow", "green"]),
            total_investment_10k=money(chance), land_mu=money(chance), enrolled=chance.choice([None, True, False]),
        )  # fmt: skip
        if chance.random() < 0.7:
            AnnualPlan.objects.create(project=project, year=TODAY.year, planned_10k=money(chance) or 0)
        for month in range(1, chance.randint(1, 4)):
            MonthlyInvestment.objects.create(project=project, year=TODAY.year, month=month, ytd_10k=money(chance) or 0)
    return park, found


def money(chance: Random) -> Decimal | None:
    return None if chance.random() < 0.2 else Decimal(chance.randint(0, 10**9)) / 10_000


def one_of_each(park, unit) -> Project:
    """A project with a row in every dataset."""
    from tests.approvals.cases import project as with_steps

    project = with_steps(park, name="=HYPERLINK(1)项目", responsible_unit=unit, industry="新材料", level="city")
    TeamMember.objects.create(project=project, role="leader", person_name="领导甲")
    Milestone.objects.update_or_create(project=project, stage="L08", defaults={"baseline_on": TODAY})
    AnnualPlan.objects.create(project=project, year=TODAY.year, planned_10k=Decimal("3000"))
    MonthlyInvestment.objects.create(project=project, year=TODAY.year, month=1, ytd_10k=Decimal("1000"))
    ledger.register(park=park, by=None, at=AT, on=TODAY, title="事项", project=project, unit=unit, due_on=TODAY)
    Warning.objects.create(
        park=park, project=project, unit=unit, rule="STEP_LATE", object_type="project", object_id=project.pk,
        label="S01", due_on=TODAY - timedelta(days=3), level="yellow", since_on=TODAY,
    )  # fmt: skip
    window = FilingRound.objects.create(
        park=park,
        year=2026,
        month=2,
        opens_on=date(2026, 2, 20),
        closes_on=date(2026, 2, 25),
        locks_on=date(2026, 3, 5),
    )
    Filing.objects.create(round=window, project=project, month_10k=Decimal("12.3456"), ytd_10k=Decimal("100"))
    return project


def reading(user, raw, today=TODAY, **more) -> Reading:
    empty = {"columns": [], "filters": {}, "grouping": [], "order": "", "limit": None}
    return Reading(empty | raw, Env(user, today), **more)


def slow_sums(rows: list[Project], group_by, columns) -> dict:
    """{keys: (count, {column: sum})} by adding up one row after another; () is everything."""
    found: dict = defaultdict(lambda: [0, dict.fromkeys(columns)])
    for row in rows:
        keys = tuple(key(row) for key in group_by)
        for depth in range(len(keys) + 1):
            entry = found[keys[:depth]]
            entry[0] += 1
            for name, value in columns.items():
                if (number := value(row)) is not None:
                    entry[1][name] = (entry[1][name] or 0) + number
    return {keys: (count, sums) for keys, (count, sums) in found.items()}

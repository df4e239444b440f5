"""What comes rarely: filters beyond what a column holds, units the reader cannot choose, sums that count twice."""

from decimal import Decimal

import pytest

from dispatch.own_reports import present
from dispatch.own_reports.datasets import DATASETS
from dispatch.own_reports.definitions import NUMBERS, Kind
from projects.models import AnnualPlan, Milestone, MonthlyInvestment
from tests import factories
from tests.dispatch.own_reports.report_cases import one_of_each, reading
from tests.factories import TODAY

pytestmark = pytest.mark.django_db
EXTREMES = ["999999999999", "-999999999999", "0.00000000001", "1e-19", "1e11", "2.5"]


@pytest.fixture
def park(db):
    return factories.park()


@pytest.fixture
def staff(park):
    return factories.user(park)


@pytest.mark.parametrize("name", DATASETS)
def test_a_number_no_column_holds_is_looked_for_in_vain(park, staff, name):
    one_of_each(park, factories.organization(park, "unit"))
    dataset = DATASETS[name]
    everything = {row.pk: row for row in reading(staff, {"dataset": name, "columns": list(dataset.by_name)}).rows()}
    for column in (column for column in dataset.columns if column.kind in NUMBERS):
        for value in EXTREMES:
            for end in ("min", "max"):
                raw = {"dataset": name, "columns": [column.name], "filters": {column.name: {end: value}}}
                limit = Decimal(value) * (10_000 if column.kind == Kind.YI else 1)
                held = {pk: row.values[column.name] for pk, row in everything.items()}
                fits = {
                    pk
                    for pk, one in held.items()
                    if one is not None and (one >= limit if end == "min" else one <= limit)
                }
                assert {row.pk for row in reading(staff, raw).rows()} == fits, (raw, held)


def test_a_rate_has_its_decimals(park, staff):
    project = factories.project(park)
    AnnualPlan.objects.create(project=project, year=TODAY.year, planned_10k=3)
    MonthlyInvestment.objects.create(project=project, year=TODAY.year, month=1, ytd_10k=1)
    (row,) = reading(staff, {"dataset": "projects", "columns": ["plan_rate"]}).rows()
    assert round(row.values["plan_rate"], 1) == Decimal("33.3")


def test_units_beyond_the_readers_choice_stand_together(park):
    mine = factories.organization(park, "unit", name="甲局")
    others = [factories.organization(park, "unit", name=f"{n}局") for n in "乙丙"]
    reader = factories.user(park, role="staff")
    for unit in [*others, mine, None, *others, *others]:
        factories.project(park, responsible_unit=unit)
    for unit in others:
        type(unit).objects.filter(pk=unit.pk).update(is_active=False)
    found = reading(reader, {"dataset": "projects", "columns": ["name"], "grouping": ["unit"], "order": "name"})
    begun = [line.group.keys for line in found.lines(found.rows()) if line.group]
    assert len(begun) == len(set(begun)) == len(found.groups), begun


def test_money_of_a_project_is_not_added_once_per_milestone(park, staff):
    project = factories.project(park, total_investment_10k=100)
    for stage in ("L08", "L13"):
        Milestone.objects.update_or_create(project=project, stage=stage, defaults={"baseline_on": TODAY})
    found = reading(staff, {"dataset": "milestones", "columns": ["project", "total_10k"]})
    assert found.total.count >= 2
    assert found.total.sums.get("total_10k") in (None, Decimal(100))


def test_a_year_is_no_quantity():
    filings = DATASETS["filings"].by_name
    assert present.words(filings["year"], 2026, {}) == "2026"
    assert present.words(DATASETS["projects"].by_name["items"], 2026, {}) == "2,026"

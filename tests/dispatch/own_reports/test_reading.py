"""Every column of every dataset can be shown, filtered, grouped and added up; sums are those of a slow reader."""

from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dispatch.own_reports.datasets import DATASETS
from dispatch.own_reports.definitions import Kind, Span
from projects.models import Project
from tests import factories
from tests.dispatch.own_reports.report_cases import one_of_each, random_park, reading, slow_sums
from tests.factories import TODAY

pytestmark = pytest.mark.django_db
CONDITIONS = {
    Kind.TEXT: [{"contains": "项"}, {"contains": "%_'\""}],
    Kind.CHOICE: [{"in": ["", "yes", "red", "active"]}, {"in": ["没有"]}],
    Kind.DAY: [{"from": "2020-01-01", "to": "2030-01-01"}, *({"span": span.value} for span in Span)],
    Kind.INT: [{"min": "0", "max": "100000"}, {"min": "99999999"}],
    Kind.NUMBER: [{"min": "0", "max": "1.5"}, {"max": "-1"}],
    Kind.MONEY: [{"min": "0.0001"}, {"min": "1", "max": "5000"}],
    Kind.YI: [{"max": "0.5"}, {"min": "5"}],
    Kind.PERCENT: [{"min": "33.3"}, {"max": "33.3"}],
}


@pytest.fixture
def scene(db):
    park = factories.park()
    unit = factories.organization(park, "unit", name="东园管委会")
    one_of_each(park, unit)
    return factories.user(park)


@pytest.mark.parametrize("name", DATASETS)
def test_every_column_is_read_filtered_grouped_and_added_up(scene, name):
    dataset = DATASETS[name]
    everything = reading(scene, {"dataset": name, "columns": list(dataset.by_name)})
    assert everything.problems == []
    assert everything.total.count == dataset.rows(everything.env).count() > 0
    assert len(everything.rows()) == everything.total.count
    whole = {row.pk: row for row in everything.rows()}
    for column in dataset.columns:
        for condition in CONDITIONS[column.kind]:
            raw = {"dataset": name, "columns": [column.name], "filters": {column.name: condition}}
            found = reading(scene, raw | {"order": f"-{column.name}"})
            rows = found.rows()
            assert found.problems == []
            assert {row.pk for row in rows} == {pk for pk, row in whole.items() if fits(column, row, condition)}, raw
            assert found.total.count == len(rows)
        if column.groups:
            raw = {"dataset": name, "columns": list(dataset.by_name), "grouping": [column.name]}
            found = reading(scene, raw)
            assert sum(group.count for group in found.groups.values()) == found.total.count
            assert [line.row.pk for line in found.lines(found.rows()) if line.row] == [row.pk for row in found.rows()]


def fits(column, row, condition) -> bool:
    """The condition again, on the value that is shown."""
    value = row.values[column.name]
    if "contains" in condition:
        return condition["contains"] in value
    if "in" in condition:
        return value in condition["in"]
    if condition.get("span") == "empty":
        return value is None
    if value is None:
        return False
    if "span" in condition:
        away = (value - TODAY).days
        months = (value.year - TODAY.year) * 12 + value.month - TODAY.month
        return {
            "overdue": away < 0, "today": away == 0, "next_7": 0 <= away <= 7, "next_30": 0 <= away <= 30,
            "last_7": -7 <= away <= 0, "last_30": -30 <= away <= 0, "this_month": months == 0,
            "next_month": months == 1, "last_month": months == -1, "this_year": value.year == TODAY.year, "given": True,
        }[condition["span"]]  # fmt: skip
    if "from" in condition:
        return condition["from"] <= value.isoformat() <= condition["to"]
    factor = 10_000 if column.kind == Kind.YI else 1
    low, high = (Decimal(condition[end]) * factor if end in condition else None for end in ("min", "max"))
    return (low is None or low <= value) and (high is None or value <= high)


GROUPS = {
    "unit": lambda row: (row.responsible_unit.short_name or row.responsible_unit.name) if row.responsible_unit else "",
    "stage": lambda row: row.stage,
    "industry": lambda row: row.industry,
    "light": lambda row: row.light,
    "enrolled": lambda row: {None: "", True: "yes", False: "no"}[row.enrolled],
}


def latest(row):
    reports = [report for report in row.investments.all() if report.year == TODAY.year]
    return max(reports, key=lambda report: report.month).ytd_10k if reports else None


SUMS = {
    "total_10k": lambda row: row.total_investment_10k,
    "land_mu": lambda row: row.land_mu,
    "plan_10k": lambda row: next((plan.planned_10k for plan in row.annual_plans.all()), None),
    "ytd_10k": latest,
}


@pytest.mark.parametrize("seed", range(6))
def test_sums_are_those_of_a_slow_reader(seed):
    chance = Random(seed)
    park, _units = random_park(chance, units=chance.randint(1, 4), projects=chance.randint(0, 40))
    staff = factories.user(park)
    rows = list(Project.objects.filter(park=park).prefetch_related("annual_plans", "investments", "responsible_unit"))
    grouping = chance.sample(list(GROUPS), chance.randint(0, 2))
    found = reading(staff, {"dataset": "projects", "columns": ["name", *SUMS], "grouping": grouping})
    wanted = slow_sums(rows, [GROUPS[name] for name in grouping], SUMS)
    if not rows:
        assert (found.total.count, found.groups) == (0, {})
        return
    assert (found.total.count, dict(found.total.sums)) == wanted.pop(())
    assert {keys: (group.count, dict(group.sums)) for keys, group in found.groups.items()} == (
        wanted if grouping else {}
    )
    shown = [line for line in found.lines(found.rows()) if line.group is not None]
    assert [line.group.keys for line in shown] == list(dict.fromkeys(line.group.keys for line in shown)), (
        "groups stay together"
    )
    assert {line.group.keys for line in shown} == set(found.groups)


def test_a_limit_counts_the_first_ones_only():
    park, _units = random_park(Random(3), units=2, projects=20)
    staff = factories.user(park)
    raw = {"dataset": "projects", "columns": ["name", "total_10k"], "order": "-total_10k", "limit": 5}
    found = reading(staff, raw | {"grouping": ["unit"]})
    best = sorted((p.total_investment_10k or 0 for p in Project.objects.filter(park=park)), reverse=True)[:5]
    assert found.total.count == 5
    assert found.total.sums["total_10k"] == sum(best)
    assert sum(group.count for group in found.groups.values()) == 5


def test_pages_hold_each_row_once():
    park, _units = random_park(Random(5), units=3, projects=23)
    found = reading(factories.user(park), {"dataset": "projects", "columns": ["stage"], "grouping": ["unit"]})
    pages = [found.rows(start, start + 5) for start in range(0, 25, 5)]
    assert [row.pk for page in pages for row in page] == [row.pk for row in found.rows()]
    for page in pages:
        lines = list(found.lines(page))
        assert not page or lines[0].group is not None


def test_a_reader_sees_own_rows_only():
    park = factories.park()
    units = [factories.organization(park, "unit") for _ in range(2)]
    for unit in units:
        for _ in range(2):
            factories.project(park, responsible_unit=unit)
    factories.project(factories.park())
    reader = factories.user(park, "unit", units[0])
    found = reading(reader, {"dataset": "projects", "columns": ["name", "total_10k"], "grouping": ["unit"]})
    mine = set(Project.objects.filter(responsible_unit=units[0]).values_list("pk", flat=True))
    assert {row.pk for row in found.rows()} == mine
    assert (found.total.count, found.total.sums["total_10k"]) == (2, 100_000)
    assert set(found.groups) == {(str(units[0]),)}
    everybody = reading(factories.user(park), {"dataset": "projects", "columns": ["name"]})
    assert everybody.total.count == 4
    nobody = reading(factories.user(park, "enterprise"), {"dataset": "projects", "columns": ["name"]})
    assert nobody.total.count == 0


def test_counts_of_other_things_are_the_readers_own(scene):
    project = Project.objects.get()
    found = reading(scene, {"dataset": "projects", "columns": ["name", "warnings", "items"]})
    assert dict(found.rows()[0].values) == {"name": project.name, "warnings": 1, "items": 1}
    stranger = factories.user(project.park, "unit")
    Project.objects.update(responsible_unit=stranger.organization)
    foreign = reading(stranger, {"dataset": "projects", "columns": ["items"]})
    assert foreign.rows()[0].values["items"] == 0


@pytest.mark.parametrize("many", [1, 60])
def test_five_queries_whatever_the_number_of_rows(many):
    park, _units = random_park(Random(1), units=3, projects=many)
    staff = factories.user(park)
    raw = {"dataset": "projects", "columns": [*DATASETS["projects"].usual, "warnings"], "grouping": ["stage", "light"]}
    with CaptureQueriesContext(connection) as queries:
        found = reading(staff, raw | {"order": "-total_10k", "limit": 50})
        list(found.lines(found.rows()))
        assert found.total
    assert len(queries) == 5  # names of the units, the first fifty, rows, groups, total


def test_days_are_relative_to_the_day_of_reading(scene):
    raw = {"dataset": "milestones", "columns": ["project"], "filters": {"due_on": {"span": "today"}}}
    assert reading(scene, raw).total.count == 1
    assert reading(scene, raw, today=TODAY + timedelta(days=1)).total.count == 0

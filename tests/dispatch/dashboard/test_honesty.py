"""Flags on data that may not be what it says, and the mean days of the stages."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest

from dispatch.dashboard.frame import Asked
from dispatch.dashboard.honesty import honesty, money_vs_works
from dispatch.dashboard.overview import average_days
from dispatch.models import DayFigures
from projects.models import MonthlyInvestment, Project, ProjectChange, StageEntry
from tests import factories
from workdays.models import load_calendar
from workdays.seed import SEED_FILE, load_seed

pytestmark = pytest.mark.django_db
TODAY = date(2026, 10, 26)
NOW = datetime.combine(TODAY, time(9), UTC)


@pytest.fixture
def park(db):
    load_seed(SEED_FILE, at=NOW)
    return factories.park()


def asked(park):
    return Asked(park, TODAY, NOW, load_calendar())


def flags(park):
    return honesty(asked(park), money_vs_works(asked(park)))


def spent(park, name, *, before, ytd, total, built):
    project = factories.project(
        park, name=name, invested_before_10k=before, total_investment_10k=total, physical_percent=built
    )
    for month, value in (ytd or {}).items():
        MonthlyInvestment.objects.create(project=project, year=2026, month=month, ytd_10k=value)
    return project


def test_money_and_works_more_than_fifteen_points_apart(park):
    total = Decimal(1000)
    spent(park, "刚好", before=Decimal(100), ytd={3: Decimal(50), 9: Decimal(250)}, total=total, built=Decimal(20))
    more = spent(park, "钱多", before=Decimal(100), ytd={9: Decimal("250.01")}, total=total, built=Decimal(20))
    less = spent(park, "钱少", before=None, ytd=None, total=total, built=Decimal(40))
    spent(park, "没报形象", before=Decimal(900), ytd=None, total=total, built=None)
    spent(park, "没有总投资", before=Decimal(900), ytd=None, total=None, built=Decimal(1))
    Project.objects.filter(
        pk=spent(park, "终止", before=Decimal(900), ytd=None, total=total, built=Decimal(1)).pk
    ).update(status="terminated")
    found = flags(park)
    assert [(one["project"], one["gap_pp"]) for one in found["money_vs_works"]] == [
        (less.pk, "-40.0"),
        (more.pk, "+15.0"),
    ]
    assert found["money_vs_works"][1]["investment_percent"] == "35.0"
    assert found["counts"]["money_vs_works"] == 2


def test_the_widest_gap_stands_first_to_the_decimal(park):
    rows = [spent(park, f"{ytd}", before=None, ytd={9: ytd}, total=Decimal(1000), built=0) for ytd in (201, 209, 205)]
    found = flags(park)["money_vs_works"]
    assert [one["project"] for one in found] == [rows[1].pk, rows[2].pk, rows[0].pk]


def test_not_updated_is_what_the_rule_says(park):
    project = factories.project(park, name="安静")
    factories.without_news(project, TODAY - timedelta(days=21))
    Project.objects.filter(pk=project.pk).update(updated_at=NOW)
    (one,) = flags(park)["stale"]
    assert (one["project"], one["last_on"]) == (project.pk, "2026-10-05")
    assert one["workdays"] == load_calendar().count(date(2026, 10, 5), TODAY)


def change(project, at, field="milestone.L08.actual_on", old="2026-09-09", new="2026-10-20", verb="milestone"):
    Project.objects.filter(pk=project.pk).update(updated_at=NOW)
    return ProjectChange.objects.create(
        project=project, verb=verb, at=at, changes=[{"field": field, "old": old, "new": new}]
    )


def frozen(park, as_of, at):
    return DayFigures.objects.create(park=park, as_of=as_of, content={}, sha256="", made_at=at)


@pytest.mark.parametrize(
    ("what", "flagged"),
    [
        ({}, True),
        ({"new": None}, True),
        ({"old": "2026-10-25", "new": "2026-09-01"}, True),
        ({"field": "milestone.L08.baseline_on"}, True),
        ({"old": None}, False),
        ({"old": "2026-10-20", "new": "2026-10-21"}, False),
        ({"field": "milestone.L08.forecast_on"}, False),
        ({"field": "milestone.L08.evidence", "old": "a", "new": "b"}, False),
        ({"verb": "edited"}, False),
    ],
)
def test_dates_changed_after_a_freeze(park, what, flagged):
    frozen(park, date(2026, 9, 30), NOW - timedelta(days=20))
    project = factories.project(park, name="改日期")
    change(project, NOW - timedelta(days=3), **what)
    found = flags(park)["dates_after_freeze"]
    assert [one["project"] for one in found] == ([project.pk] if flagged else [])
    if flagged:
        assert (found[0]["frozen"], found[0]["frozen_as_of"]) == ("day", "2026-09-30")


def test_what_was_changed_before_the_freeze_or_long_ago_is_no_flag(park):
    frozen(park, date(2026, 9, 30), NOW - timedelta(days=20))
    project = factories.project(park)
    change(project, NOW - timedelta(days=21))
    change(project, NOW - timedelta(days=31))
    assert flags(park)["dates_after_freeze"] == []


def entry(project, before, stage, on):
    return StageEntry.objects.create(project=project, from_stage=before, stage=stage, entered_on=on, at=NOW)


def test_mean_days_of_the_stages_left_in_the_last_twelve_months(park):
    one, two, again = (factories.project(park, name=name) for name in "甲乙丙")
    entry(one, "", "L05", date(2026, 1, 1))
    entry(one, "L05", "L06", date(2026, 1, 11))  # 10 days
    entry(two, "", "L05", date(2025, 12, 1))
    entry(two, "L05", "L06", date(2026, 1, 6))  # 36 days
    entry(two, "L06", "L08", date(2026, 1, 7))  # 1 day
    entry(again, "", "L05", date(2026, 2, 1))
    entry(again, "L05", "L04", date(2026, 2, 2))  # 1 day
    entry(again, "L04", "L05", date(2026, 3, 1))  # 27 days in L04
    entry(again, "L05", "L06", date(2026, 3, 4))  # 3 days, from the second entry
    entry(again, "L06", "L07", date(2026, 10, 27))  # not yet
    old = factories.project(park, name="旧")
    entry(old, "", "L05", date(2024, 1, 1))
    entry(old, "L05", "L06", date(2025, 10, 26))  # a year ago to the day
    unknown = factories.project(park, name="导入")
    entry(unknown, "L07", "L08", date(2026, 5, 5))  # nobody knows since when
    assert average_days(asked(park)) == {"L05": "12.5", "L06": "1.0", "L04": "27.0"}  # (10 + 36 + 1 + 3) ÷ 4

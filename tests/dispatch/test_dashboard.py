"""The leaders' dashboard: who sees it, that its figures are those of the rows, and how many queries it takes."""

from copy import copy
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import clock
from dispatch.dashboard import queries
from dispatch.figures import tallies
from dispatch.models import LedgerItem, Warning
from dispatch.reports.snapshot import build
from dispatch.warnings.evaluate import evaluate
from projects.models import Milestone, Project
from projects.stages import pool_of
from tests import factories
from tests.dispatch import bulletin_park
from tests.dispatch.bulletin_park import AT
from tests.standing import standing
from workdays.models import load_calendar

pytestmark = pytest.mark.django_db
TODAY = date(2026, 10, 30)


@pytest.fixture(autouse=True)
def a_day(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 10, 30, 8, tzinfo=UTC))


def fill():
    park = bulletin_park.fill(40)
    evaluate(as_of=TODAY, at=AT, park=park)
    return park


filled = standing(fill)


@pytest.fixture
def park(filled, db):
    return copy(filled)


@pytest.fixture
def leader(park):
    return factories.user(park, "leader")


def page(client, person):
    client.force_login(person)
    return client.get(reverse("dispatch:dashboard"))


@pytest.mark.parametrize(("role", "status"), [("leader", 200), ("staff", 200), ("unit", 403), ("enterprise", 404)])
def test_who_sees_it(client, park, role, status):
    assert page(client, factories.user(park, role)).status_code == status


def test_a_unit_with_the_verb_still_does_not_see_the_whole_park(client, park):
    person = factories.user(park, "unit")
    person.role.verbs = [*person.role.verbs, "view_dashboard"]
    person.role.save()
    assert page(client, person).status_code == 403


def test_counts_by_stage_pool_and_light(park, leader):
    found = queries.counts(leader)
    rows = [p for p in Project.objects.filter(park=park) if p.status != "terminated"]
    assert found.total == len(rows)
    assert all(n == sum(p.stage == stage for p in rows) for stage, n in found.stages.items())
    assert all(n == sum(pool_of(p.stage) == pool for p in rows) for pool, n in found.pools.items())
    assert found.lights == {light: sum(p.light == light for p in rows) for light in {p.light for p in rows}}


def test_rates_are_those_of_the_bulletin_of_the_month_that_is_over(park):
    rates, money = queries.rates_and_money(park, TODAY)
    whole = tallies.total(tallies.read(park, year=2026, month=9, as_of=TODAY))
    assert rates == tallies.park_rates(whole)
    assert money.until == date(2026, 9, 30)
    assert money.calendar_percent == 75
    total = build(park=park, year=2026, month=9, as_of=date(2026, 9, 30))["annex1"]["total"]
    assert (money.ytd_10k, money.planned_10k) == (Decimal(total["ytd_10k"]), Decimal(total["plan_10k"]))


def test_the_red_list_is_the_ten_that_are_late_the_longest(park, leader):
    found = queries.red_projects(leader, TODAY, load_calendar())
    oldest = {}
    for warning in Warning.objects.filter(park=park, level="red", cleared_on=None, project__status="active"):
        oldest[warning.project_id] = min(warning.due_on, oldest.get(warning.project_id, date.max))
    expected = sorted(oldest, key=lambda pk: (oldest[pk], pk))[:10]
    assert [row.project.pk for row in found] == expected
    assert len(expected) == 10
    assert all(row.lines[0].warning.due_on == oldest[row.project.pk] for row in found)


def test_milestones_until_sunday(park, leader):
    project = Project.objects.filter(park=park, status="active").first()
    Milestone.objects.filter(project=project).delete()
    for days, stage in ((0, "L09"), (2, "L11"), (3, "L12"), (-1, "L13")):  # Friday, Sunday, Monday, yesterday
        Milestone.objects.create(project=project, stage=stage, baseline_on=TODAY + timedelta(days=days))
    found, number = queries.due_this_week(leader, TODAY)
    assert {m.stage for m in found if m.project_id == project.pk} == {"L09", "L11"}
    assert (
        number
        == Milestone.objects.open()
        .filter(project__park=park, project__status="active", due_on__range=(TODAY, date(2026, 11, 1)))
        .count()
    )


def test_overdue_steps_by_department(park, leader):
    found = {row["unit"]: row["n"] for row in queries.overdue_by_department(leader)}
    expected = {}
    rows = Warning.objects.filter(park=park, cleared_on=None, rule__in=["STEP_LATE", "STEP_STATUTORY"])
    for unit, _step in set(rows.values_list("unit", "object_id")):
        expected[unit] = expected.get(unit, 0) + 1
    assert found == expected


def test_another_parks_leader_sees_none_of_it(client, park):
    found = queries.counts(factories.user(factories.park(), "leader"))
    assert (found.total, found.lights) == (0, {})


def test_an_empty_park_has_a_page(client):
    response = page(client, factories.user(factories.park(), "leader"))
    assert response.status_code == 200
    assert "—" in response.content.decode()


def test_lights_link_to_exactly_these_projects(client, park, leader):
    text = page(client, leader).content.decode()
    for light in ("red", "yellow", "blue", "green", "grey"):
        assert f"{reverse('projects:list')}?light={light}" in text
    assert "style=" not in text.split("<main", 1)[1]


def test_the_bar_says_the_same_as_the_figures():
    money = queries.Money(date(2026, 9, 30), Decimal(1000), Decimal(500))
    assert money.bar == {"width": "600.0", "done": "300.0", "calendar": "450.0"}
    assert money.ahead_pp == -25
    assert queries.Money(date(2026, 9, 30), Decimal(100), Decimal(500)).bar["done"] == "600.0"
    assert queries.Money(date(2026, 9, 30), Decimal(0), Decimal(0)).ahead_pp is None


def one_of_each(project):
    """A red milestone, step and ledger item, so that every kind of subject is asked for."""
    long_ago = date(2026, 1, 5)
    Milestone.objects.create(project=project, stage="L09", baseline_on=long_ago)
    project.steps.filter(code="S18").update(
        applicability="applies", state=8, committed_runs=True, committed_due_on=long_ago
    )
    LedgerItem.objects.create(
        park=project.park, number="T1", title="修路", project=project, raised_on=long_ago, due_on=long_ago,
        created_at=AT, updated_at=AT,
    )  # fmt: skip


@pytest.mark.slow
def test_queries_do_not_grow(client):
    used = []
    for n, size in enumerate((1, 3, 60)):
        park = bulletin_park.fill(size, seed=n)
        project = Project.objects.filter(park=park).first()
        Project.objects.filter(pk=project.pk).update(status="active")
        Milestone.objects.filter(project=project).delete()
        one_of_each(project)
        evaluate(as_of=TODAY, at=AT, park=park)
        person = factories.user(park, "leader")
        client.force_login(person)
        with CaptureQueriesContext(connection) as found:
            assert client.get(reverse("dispatch:dashboard")).status_code == 200
        used.append(len(found))
    assert set(used) == {13}, used

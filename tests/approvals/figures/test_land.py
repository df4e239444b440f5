"""From land to certificates and to ground breaking: exact days, targets, and who sees what."""

from datetime import date
from decimal import Decimal

import pytest

from approvals.figures.durations import median, summary
from approvals.figures.land import land
from approvals.figures.periods import period
from projects.models import Milestone
from tests import factories
from tests.approvals.cases import PLAIN, project

pytestmark = pytest.mark.django_db
YEAR, FEBRUARY = period("2026"), period("2026-02")
FIVE = ["S10", "S11", "S13", "S14", "S17"]


def decide(made, on, *codes):
    made.steps.filter(code__in=codes).update(state=11, decided_on=on, applicability="applies")


@pytest.fixture
def made(db):
    """Awarded Monday 2 February, certified Monday 16th, ground broken Wednesday 18th."""
    made = project(factories.park(), name="测试电机项目")
    decide(made, date(2026, 2, 2), "S09")
    decide(made, date(2026, 2, 6), *FIVE)
    decide(made, date(2026, 2, 16), "S17")
    Milestone.objects.create(project=made, stage="L08", actual_on=date(2026, 2, 18))
    return made


@pytest.fixture
def staff(made):
    return factories.user(made.park)


def one(staff, chosen=YEAR):
    (journey,) = land(staff, chosen, PLAIN).journeys
    return journey


def test_working_and_calendar_days_with_target(staff):
    journey = one(staff)
    certified, started = journey.certified, journey.started
    assert (certified.upto, certified.workdays, certified.calendar_days) == (date(2026, 2, 16), 10, 14)
    assert (certified.target_wd, certified.in_target) == (10, True)  # borrowed from the whole way
    assert (started.upto, started.workdays, started.calendar_days) == (date(2026, 2, 18), 12, 16)
    assert (started.target_wd, started.in_target) == (10, False)
    found = land(staff, YEAR, PLAIN)
    assert (found.certified.median, found.certified.within, found.certified.with_target) == (10, 1, 1)
    assert (found.started.best, found.started.within, found.started.with_target, found.before) == (12, 0, 1, 0)


def test_milestones_stand_in_for_steps(made, staff):
    made.steps.filter(code="S09").update(state=0, decided_on=None)
    assert land(staff, YEAR, PLAIN).journeys == []
    Milestone.objects.create(project=made, stage="L06", actual_on=date(2026, 2, 3))
    assert one(staff).awarded_on == date(2026, 2, 3)
    Milestone.objects.filter(stage="L08").delete()
    assert one(staff).started_on == date(2026, 2, 16)  # the construction permit


def test_all_certificates_that_apply_count_and_only_they(made, staff):
    made.steps.filter(code="S13").update(state=8, decided_on=None)
    assert (one(staff).certified_on, one(staff).certified) == (None, None)
    made.steps.filter(code="S13").update(applicability="not_applicable", not_applicable_reason="自有厂房")
    assert one(staff).certified_on == date(2026, 2, 16)
    made.steps.filter(code="S14").update(decided_on=None)
    made.steps.filter(code="S14").update(state=11)
    assert one(staff).certified_on is None  # approved on an unknown day


def test_period_counts_where_the_end_lies(made, staff):
    Milestone.objects.filter(stage="L08").update(actual_on=date(2026, 3, 3))
    found = land(staff, FEBRUARY, PLAIN)
    assert (found.certified.count, found.started.count) == (1, 0)
    found = land(staff, period("2026-03"), PLAIN)
    assert (found.certified.count, found.started.count) == (0, 1)
    assert land(staff, period("2025"), PLAIN).journeys == []


def test_a_day_before_the_award_is_in_no_mean(made, staff):
    Milestone.objects.filter(stage="L08").update(actual_on=date(2026, 1, 20))
    found = land(staff, YEAR, PLAIN)
    assert (found.started.count, found.started.median, found.before) == (0, None, 1)


def test_a_unit_sees_projects_in_its_charge_and_another_park_nothing(made, staff):
    unit = factories.organization(made.park, "unit")
    person = factories.user(made.park, "unit", unit)
    made.steps.filter(code="S13").update(unit=unit)  # handles one step: knows the project, not its whole way
    assert land(person, YEAR, PLAIN).journeys == []
    made.responsible_unit = unit
    made.save()
    assert one(person).certified.workdays == 10
    assert land(factories.user(factories.park()), YEAR, PLAIN).journeys == []


def test_four_queries_however_many_projects(made, staff, django_assert_num_queries):
    for _more in range(3):
        with django_assert_num_queries(4):
            land(staff, YEAR, PLAIN)
        decide(project(made.park), date(2026, 2, 9), "S09", *FIVE)


@pytest.mark.parametrize(
    ("values", "expected"),
    [([], None), ([7], 7), ([3, 1], 2), ([1, 2], Decimal("1.5")), ([9, 1, 2], 2), ([4, 4, 1, 9], 4)],
)
def test_median(values, expected):
    assert median(values) == expected


def test_summary_without_a_target():
    assert summary([(3, None), (5, True), (9, False)]) == summary([(9, False), (5, True), (3, None)])
    found = summary([(3, None), (5, True), (9, False)])
    assert (found.count, found.median, found.best, found.within, found.with_target) == (3, 5, 3, 1, 2)
    assert summary([]).median is None

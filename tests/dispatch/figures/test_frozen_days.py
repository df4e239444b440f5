"""Figures of a day: frozen once, compared by the rules in force, never invented."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dispatch.figures import days
from dispatch.figures.canonical import digest
from dispatch.figures.groups import By
from dispatch.figures.job import freeze_all
from dispatch.figures.models import DayFigures
from dispatch.figures.policy import DEFAULT, policy_from
from dispatch.figures.rates import RateKey
from dispatch.figures.reading import read
from dispatch.jobs.registry import JOBS, ZONE
from projects.models import AnnualPlan, Project
from tests import factories
from tests.dispatch.figures import random_park
from tests.dispatch.figures.random_park import AS_OF
from tests.standing import standing

pytestmark = pytest.mark.django_db
AT = factories.AT
filled = standing(lambda: random_park.fill(25, seed=23))
OTHER = policy_from({"rates": {"starts": "to_date", "quarter": "plan", "formalities": "projects"}}, 1)


def test_a_day_is_frozen_once_and_stays_as_it_was(filled, db):
    first = days.freeze(filled, as_of=AS_OF, at=AT)
    again = days.content(filled, as_of=AS_OF)
    assert digest(again) == first.sha256 == digest(first.content)
    Project.objects.filter(park=filled).update(status="suspended")
    second = days.freeze(filled, as_of=AS_OF, at=AT + timedelta(hours=1))
    assert (second.pk, second.sha256, second.made_at) == (first.pk, first.sha256, AT)
    assert digest(days.content(filled, as_of=AS_OF)) != first.sha256
    late = days.keep(filled, as_of=AS_OF, content={"other": 1}, at=AT)
    assert (late.pk, DayFigures.objects.filter(park=filled).count()) == (first.pk, 1)


@pytest.mark.parametrize("policy", [DEFAULT, OTHER], ids=["default", "other"])
def test_frozen_rates_are_those_of_the_day_under_any_rules(filled, db, policy):
    live = {by: read(filled, as_of=AS_OF, by=by, policy=policy) for by in By}
    days.freeze(filled, as_of=AS_OF, at=AT)
    Project.objects.filter(park=filled).update(status="terminated")
    frozen = days.figures_on(filled, AS_OF)
    for by, rows in live.items():
        for row in rows:
            assert frozen.rates(policy, by, row.token) == row.rates
            assert frozen.tally(by, row.token).ytd_10k == row.tally.ytd_10k
    assert frozen.rates(policy, By.UNIT, "999999") is None


def test_stages_lights_and_who_had_which_colour(filled, db):
    some = list(Project.objects.filter(park=filled, status="active").values_list("pk", flat=True)[:3])
    Project.objects.filter(pk=some[0]).update(light="red")
    Project.objects.filter(pk__in=some[1:]).update(light="yellow")
    days.freeze(filled, as_of=AS_OF, at=AT)
    frozen = days.figures_on(filled, AS_OF)
    kept = Project.objects.filter(park=filled).exclude(status="terminated")
    assert (frozen.colours["red"], frozen.colours["yellow"]) == ([some[0]], sorted(some[1:]))
    assert sum(frozen.lights.values()) == kept.count()
    assert sum(frozen.stages.values()) == kept.filter(status="active").count()
    assert [frozen.light_of(pk) for pk in some] == ["red", "yellow", "yellow"]
    assert frozen.light_of(0) == ""


def test_a_week_may_be_a_few_days_older_but_not_more(filled, db):
    days.freeze(filled, as_of=AS_OF, at=AT)
    assert days.figures_on(filled, AS_OF - timedelta(days=1)) is None
    assert days.figures_on(filled, AS_OF + timedelta(days=7)).as_of == AS_OF
    assert days.figures_on(filled, AS_OF + timedelta(days=8)) is None
    assert days.figures_on(factories.park(), AS_OF) is None


@pytest.mark.parametrize(
    ("on", "week", "month", "year"),
    [
        (date(2026, 11, 22), date(2026, 11, 15), date(2026, 10, 22), date(2025, 11, 22)),
        (date(2026, 3, 31), date(2026, 3, 24), date(2026, 2, 28), date(2025, 3, 31)),
        (date(2028, 2, 29), date(2028, 2, 22), date(2028, 1, 29), date(2027, 2, 28)),
        (date(2026, 1, 5), date(2025, 12, 29), date(2025, 12, 5), date(2025, 1, 5)),
    ],
)
def test_with_which_days_a_day_is_compared(on, week, month, year):
    assert days.days_before(on) == {"week": week, "month": month, "year": year}


def test_nothing_is_compared_with_what_was_not_kept(filled, db):
    assert days.comparisons(filled, as_of=AS_OF, policy=DEFAULT) == {"week": None, "month": None, "year": None}
    days.freeze(filled, as_of=AS_OF - timedelta(days=7), at=AT)
    AnnualPlan.objects.filter(project__park=filled).update(planned_10k=7)
    found = days.comparisons(filled, as_of=AS_OF, policy=DEFAULT)
    assert [found["month"], found["year"]] == [None, None]
    (now,) = read(filled, as_of=AS_OF)
    then = found["week"].rates(DEFAULT)[RateKey.INVESTMENT]
    exact = (now.rates[RateKey.INVESTMENT].ratio - then.ratio) * 100
    assert days.change_pp(now.rates[RateKey.INVESTMENT], then) == f"{round(float(exact), 1):+}"


class Run:
    def __init__(self, as_of):
        self.as_of = as_of


def test_the_job_keeps_the_day_of_every_park_and_makes_up_nothing(filled, db):
    assert JOBS["figures"].after == ("warnings",)
    fenced = []
    morning = datetime(2026, 10, 30, 6, 5, tzinfo=ZONE)
    assert freeze_all(Run(AS_OF), morning, lambda: fenced.append(1)) == {"kept": len(fenced), "too_late": 0}
    assert fenced
    missed = freeze_all(Run(AS_OF - timedelta(days=1)), morning, lambda: None)
    assert missed == {"kept": 0, "too_late": len(fenced)}
    assert list(DayFigures.objects.filter(park=filled).values_list("as_of", flat=True)) == [AS_OF]


@pytest.mark.slow
def test_freezing_asks_the_same_number_of_questions(db):
    used = []
    for n, size in enumerate((1, 3, 40)):
        park = random_park.fill(size, seed=50 + n)
        with CaptureQueriesContext(connection) as queries:
            days.content(park, as_of=AS_OF)
        used.append(len(queries))
    assert used == [26, 26, 26]

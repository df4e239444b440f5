"""比序时进度 of the bulletin follows the calendar that the park has chosen, and says by which definition."""

from copy import copy
from datetime import date
from fractions import Fraction

import pytest

from dispatch.figures import policies, reading
from dispatch.figures.rates import DEFINITIONS_ZH
from dispatch.models import MonthlyPlan
from dispatch.reports import projects, snapshot
from dispatch.warnings.rules import rules_in_force
from projects.models import AnnualPlan, Milestone, MonthlyInvestment
from tests import factories
from tests.dispatch import bulletin_park
from tests.dispatch.bulletin_park import AS_OF, AT
from tests.standing import standing
from workdays.models import load_calendar

pytestmark = pytest.mark.django_db


def fill():
    park = bulletin_park.fill(14, seed=11)
    for plan in AnnualPlan.objects.order_by("pk")[::2]:
        parts = ((3, plan.planned_10k / 4), (11, plan.planned_10k - plan.planned_10k / 4))
        MonthlyPlan.objects.bulk_create(
            MonthlyPlan(project=plan.project, year=2026, month=month, planned_10k=part) for month, part in parts
        )
    return park


filled = standing(fill)


@pytest.fixture
def park(filled, db):
    return copy(filled)


def choose(park, option):
    if option != "even":
        policies.save_rules(
            part="calendar", value={"option": option}, note="按月度计划", base_version=0, by=factories.user(park),
            at=AT, park=park,
        )  # fmt: skip


def ahead_by_hand(pk, option):
    """比序时进度 of one project after October 2026, one row at a time."""
    plan = AnnualPlan.objects.filter(project=pk, year=2026).first()
    last = MonthlyInvestment.objects.filter(project=pk, year=2026, month__lte=10).order_by("month").last()
    if plan is None or not plan.planned_10k or last is None:
        return None
    share = Fraction(10, 12)
    months = list(MonthlyPlan.objects.filter(project=pk, year=2026))
    start = Milestone.objects.filter(project=pk, stage="L08").first()
    due = start and (start.baseline_on or start.forecast_on)
    if option == "monthly_plan" and months:
        share = sum(Fraction(one.planned_10k) for one in months if one.month <= 10) / Fraction(plan.planned_10k)
    if option == "planned_start" and due and due.year == 2026:
        share = Fraction(max(0, 10 - due.month + 1), 12 - due.month + 1)
    return (Fraction(last.ytd_10k) / Fraction(plan.planned_10k) - share) * 100


@pytest.mark.parametrize("option", ["even", "monthly_plan", "planned_start"])
def test_it_is_counted_as_the_park_has_chosen(park, option):
    choose(park, option)
    made = snapshot.build(park=park, year=2026, month=10, as_of=AS_OF)
    rows = [row for group in made["annex1"]["groups"] for row in group["rows"]]
    known = 0
    for row in rows:
        points = ahead_by_hand(row["project_id"], option)
        assert (row["ahead_pp"] is None) == (points is None)
        if points is not None:
            known += 1
            assert abs(Fraction(row["ahead_pp"]) - points) <= Fraction(1, 20)
    assert known > 3
    [whole] = reading.read(park, as_of=AS_OF, month=date(2026, 10, 1))
    total = made["annex1"]["total"]["ahead_pp"]
    assert total == made["figures"]["ahead_pp"] == str(round(float(whole.ahead_pp), 1))
    definition = DEFINITIONS_ZH[f"calendar_{option}"]
    assert made["policy"]["calendar"] == option
    assert made["definitions"][f"calendar_{option}"] == definition
    assert definition in made["text"]["notes"]
    assert [code for code in made["definitions"] if code.startswith("calendar")] == [f"calendar_{option}"]


def test_another_calendar_gives_other_figures_of_the_same_money(park):
    def read(policy):
        return projects.read(park, year=2026, month=10, as_of=AS_OF, in_force=rules_in_force(park),
                             calendar=load_calendar(), policy=policy)  # fmt: skip

    even = policies.in_force(park.pk)
    choose(park, "planned_start")
    chosen = policies.in_force(park.pk)
    assert [p.ahead_pp for p in read(even).projects] != [p.ahead_pp for p in read(chosen).projects]
    assert [p.percent for p in read(even).projects] == [p.percent for p in read(chosen).projects]

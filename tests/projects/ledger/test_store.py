"""What the database holds, in the importer's words."""

from datetime import date
from decimal import Decimal

import pytest

from projects.ledger.dates import DONE_UNKNOWN, PartialDate, Period
from projects.ledger.facts import is_fact, month_end, opening_stage
from projects.ledger.fields import FIELDS
from projects.ledger.store import DERIVED, STORED, stage_text, stored_values
from projects.models import Project
from tests.factories import enterprise, organization, park, project

DAY = date(2025, 4, 10)


@pytest.mark.parametrize(
    ("status", "stage", "raw", "text"),
    [
        ("active", "L08", "开工", "开工"),
        ("active", "L06", "拿地", "拿地"),
        ("active", "L08", "报批", "开工"),
        ("active", "L01", "", "谋划"),
        ("suspended", "L08", "开工", "暂停"),
        ("suspended", "L08", "停工", "停工"),
        ("terminated", "L08", "暂停", "终止"),
    ],
)
def test_stage_text(status, stage, raw, text):
    assert stage_text(stage, status, raw) == text


@pytest.mark.parametrize(
    ("on", "stage", "fact"),
    [
        (PartialDate(DAY), "L08", True),
        (PartialDate(DAY), "L07", False),
        (PartialDate(date(2025, 4, 30)), "L08", True),
        (PartialDate(date(2025, 5, 1)), "L08", False),
        (PartialDate(date(2025, 4, 1), "month"), "L09", True),
        (PartialDate(date(2025, 6, 30), "quarter"), "L09", False),
        (DONE_UNKNOWN, "L01", True),
    ],
)
def test_fact_or_plan(on, stage, fact):
    assert is_fact("started", on, stage, month_end(2025, 4)) is fact


def test_opening_stage():
    dates = {"signed": PartialDate(DAY), "started": PartialDate(date(2025, 6, 1)), "land": PartialDate(DAY)}
    assert opening_stage(dates, month_end(2025, 4)) == "L06"
    assert opening_stage({}, month_end(2025, 4)) == "L01"


@pytest.mark.django_db
def test_stored_values():
    here = park()
    made = project(
        here, name="甲", stage="L08", code="2501-420699-04-01-900001", total_investment_10k=Decimal("5.5"),
        enterprise=enterprise(here, name="乙公司", credit_code="X"), responsible_unit=organization(here, name="丙局"),
        enrolled=True, enrolled_on=DAY, enrolled_precision="month", period_start_on=DAY, next_work="丁",
    )  # fmt: skip
    made.milestones.create(stage="L08", actual_on=DAY, forecast_on=date(2025, 3, 1), forecast_precision="month")
    made.milestones.create(stage="L10", baseline_on=date(2025, 12, 31), baseline_precision="year")
    made.milestones.create(stage="L05", is_done=True)
    made.annual_plans.create(year=2025, planned_10k=7)
    made.annual_plans.create(year=2024, planned_10k=9)
    made.investments.create(year=2025, month=3, ytd_10k=3, month_10k=1)
    made.investments.create(year=2025, month=6, ytd_10k=6)
    made.investments.create(year=2024, month=12, ytd_10k=99)
    made.team.create(role="leader", person_name="戊", organization=organization(here, name="己委"))
    made.team.create(role="street", person_name="不在台账")
    project(park(), name="别处")
    assert stored_values(here, 2025, 4) == {
        made.pk: {
            "code": "2501-420699-04-01-900001", "name": "甲", "total_investment_10k": Decimal("5.5"),
            "enterprise": "乙公司", "credit_code": "X", "responsible_unit": "丙局", "stage_raw": "开工",
            "enrolled": True, "enrolled_on": PartialDate(DAY, "month"), "period": Period(PartialDate(DAY), None),
            "next_plan": "丁", "dates.started": PartialDate(DAY), "dates.filed": DONE_UNKNOWN,
            "planned_dates.started": PartialDate(date(2025, 3, 1), "month"),
            "dates.completed": PartialDate(date(2025, 12, 31), "year"), "annual_plan_10k": Decimal(7),
            "monthly_investment_10k.3": Decimal(1), "ytd_investment_10k": Decimal(3), "leader": "戊",
            "leader_unit": "己委",
        }
    }  # fmt: skip
    assert stored_values(here, 2025, 7)[made.pk]["ytd_investment_10k"] == 6
    assert stored_values(here, 2025, 4, Project.objects.none()) == {}


@pytest.mark.django_db
def test_queries_do_not_grow(django_assert_num_queries):
    here = park()
    for number in (1, 3, 60):
        for _each in range(number):
            made = project(here, enterprise=enterprise(here))
            made.milestones.create(stage="L08", actual_on=DAY)
        with django_assert_num_queries(5):
            assert stored_values(here, 2025, 4)


def test_every_field_is_stored_or_derived():
    assert set(FIELDS) == STORED | DERIVED
    assert not STORED & DERIVED

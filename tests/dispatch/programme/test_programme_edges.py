"""Versions that were seen before, days of Shanghai, days at the edge of the calendar."""

from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from accounts.errors import Conflict
from dispatch.programme import actions, queries, rules
from dispatch.programme.models import Programme, ProgrammeMove
from projects.models import AnnualPlan, Project
from tests import factories
from tests.factories import AT

pytestmark = pytest.mark.django_db
YEARS = [Decimal(100), Decimal(10), None]


@pytest.fixture
def park():
    return factories.park()


@pytest.fixture
def staff(park):
    return factories.user(park)


@pytest.fixture
def project(park):
    project = factories.project(park, name="云雀精密件项目")
    AnnualPlan.objects.create(project=project, year=2026, planned_10k=1200)
    return project


@pytest.fixture
def programme(park, staff, project):
    programme = actions.start(park=park, first_year=2026, by=staff, at=AT)
    actions.take_in(programme, project, years=YEARS, reason="成熟", by=staff, at=AT, version=programme.version)
    return programme


def approved(programme, park) -> Programme:
    actions.approve(programme, by=factories.user(park), at=AT, version=programme.version)
    return programme


def test_months_that_already_make_the_plan_are_not_written_over_somebody_elses(project, staff):
    """``with_year`` changes nothing of the year here; the version seen counts all the same."""
    even = {month: Decimal(100) for month in rules.MONTHS}
    other = even | {1: Decimal(200), 2: Decimal(0)}
    seen = project.version
    actions.set_months(project, 2026, even, by=staff, at=AT, version=seen)
    late = Project.objects.get(pk=project.pk)
    with pytest.raises(Conflict):
        actions.set_months(late, 2026, other, by=staff, at=AT, with_year=True, version=seen)
    assert late.monthly_plans.get(month=1).planned_10k == 100


def test_a_new_sum_and_its_months_are_one_write(project, staff):
    even = {month: Decimal(200) for month in rules.MONTHS}
    actions.set_months(project, 2026, even, by=staff, at=AT, with_year=True, version=project.version)
    assert project.annual_plans.get().planned_10k == 2400


def test_nothing_is_written_into_the_plans_that_was_not_shown(programme, project, park, staff):
    seen = approved(programme, park).version
    row, more = programme.entries.get(), {"place": 1, "note": "", "reason": "追加", "by": staff, "at": AT}
    actions.edit_entry(row, years=[Decimal(999), None, None], version=seen, **more)
    with pytest.raises(Conflict):
        actions.hand_down(Programme.objects.get(pk=programme.pk), by=staff, at=AT, version=seen)
    assert project.annual_plans.get().planned_10k == 1200
    assert actions.hand_down(Programme.objects.get(pk=programme.pk), by=staff, at=AT, version=seen + 1) == 1


def test_the_page_that_asks_says_which_version_it_has_shown(client, programme, project, park, staff):
    approved(programme, park)
    client.force_login(staff)
    address = reverse("dispatch:programme_hand_down", args=[programme.pk])
    assert f'name="version" value="{programme.version}"' in client.get(address).content.decode()
    assert client.post(address, {"version": programme.version - 1}).status_code == 409
    assert client.post(address, {}).status_code != 302
    assert project.annual_plans.get().planned_10k == 1200
    assert client.post(address, {"version": programme.version}).status_code == 302
    assert project.annual_plans.get().planned_10k == 100


def test_the_workbook_tells_the_day_of_the_park(programme, staff):
    ProgrammeMove.objects.update(at=datetime(2026, 3, 25, 16, 30, tzinfo=UTC))
    book = openpyxl.load_workbook(BytesIO(queries.programme_workbook(programme, staff)))
    cells = {cell.value for row in book.worksheets[1].iter_rows(min_row=2) for cell in row}
    assert "2026-03-26" in cells and "2026-03-25" not in cells


@pytest.mark.parametrize("query", ["last=0001-01-01", "first=9999-12-31&last=0001-01-02", "first=x&last=y"])
def test_days_at_the_edge_of_the_calendar(client, staff, query):
    client.force_login(staff)
    assert client.get(f"{reverse('dispatch:pool_moves')}?{query}").status_code == 200

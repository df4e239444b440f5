"""Plans by months, the rolling programme, moves between pools: exact results, history, refusals, pages."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.errors import Conflict, Refused
from dispatch.programme import actions, queries, rules
from dispatch.programme.models import MonthlyPlan, Programme, ProgrammeEntry
from projects.actions import enter_stage, set_annual_plan
from projects.errors import InvalidFields
from projects.models import AnnualPlan
from tests import factories
from tests.factories import AT, TODAY
from tests.sheets import seen

pytestmark = pytest.mark.django_db


@pytest.fixture
def park():
    return factories.park()


@pytest.fixture
def staff(park):
    return factories.user(park)


@pytest.fixture
def second(park):
    return factories.user(park)


@pytest.fixture
def project(park):
    project = factories.project(park, name="云雀精密件项目")
    AnnualPlan.objects.create(project=project, year=2026, planned_10k=1200)
    return project


def months(**given):
    return {month: Decimal(given.get(f"m{month}", 100)) for month in rules.MONTHS}


def stored(project, year=2026):
    return dict(project.monthly_plans.filter(year=year).values_list("month", "planned_10k"))


def test_months_are_kept_with_their_history(project, staff):
    actions.set_months(project, 2026, months(m1=0, m12=200), by=staff, at=AT)
    assert stored(project)[1] == 0 and stored(project)[12] == 200 and sum(stored(project).values()) == 1200
    entry = project.history.get(verb="plan")
    assert {"field": "month_plan.2026-12", "old": None, "new": "200"} in entry.changes
    before = project.version
    actions.set_months(project, 2026, months(m1=0, m12=200), by=staff, at=AT)
    assert project.version == before and project.history.filter(verb="plan").count() == 1
    actions.set_months(project, 2026, {}, by=staff, at=AT)
    assert not stored(project)


def test_months_that_do_not_add_up_are_refused_unless_they_become_the_plan(project, staff):
    with pytest.raises(Refused):
        actions.set_months(project, 2026, months(m1=101), by=staff, at=AT)
    assert not stored(project) and project.annual_plans.get(year=2026).planned_10k == 1200
    actions.set_months(project, 2026, months(m1=101), by=staff, at=AT, with_year=True)
    assert project.annual_plans.get(year=2026).planned_10k == 1201 == sum(stored(project).values())


def test_a_wrong_month_names_its_field_and_changes_nothing(project, staff):
    with pytest.raises(InvalidFields) as refused:
        actions.set_months(project, 2026, months(m3=-1), by=staff, at=AT)
    assert list(refused.value.errors) == ["month3"] and not stored(project)


def test_an_old_version_is_refused(project, staff):
    with pytest.raises(Conflict):
        actions.set_months(project, 2026, months(), by=staff, at=AT, version=project.version + 1)
    assert not stored(project)


@pytest.mark.parametrize("role", ["unit", "leader", "enterprise"])
def test_only_planners_write(park, project, role):
    other = factories.user(park, role)
    with pytest.raises(PermissionDenied):
        actions.set_months(project, 2026, months(), by=other, at=AT)
    with pytest.raises(PermissionDenied):
        actions.start(park=park, first_year=2027, by=other, at=AT)


def test_staff_of_another_park_may_not(park, project):
    stranger = factories.user(factories.park())
    with pytest.raises(PermissionDenied):
        actions.set_months(project, 2026, months(), by=stranger, at=AT)


def test_totals_add_up_and_name_what_is_out_of_step(park, project, staff):
    other = factories.project(park)
    AnnualPlan.objects.create(project=other, year=2026, planned_10k=Decimal("400.5"))
    actions.set_months(project, 2026, months(m1=0, m12=200), by=staff, at=AT)
    found = queries.plan_totals(queries.plans_of(staff, 2026), 2026)
    assert found.planned_10k == Decimal("1600.5") == sum(found.quarters)
    assert found.quarters == [200 + Decimal("100.125")] + [300 + Decimal("100.125")] * 2 + [400 + Decimal("100.125")]
    assert (found.broken_down, found.out_of_step) == (1, 0)
    set_annual_plan(project, 2026, Decimal(1300), by=staff, at=AT)
    rows = queries.plan_rows(queries.plans_of(staff, 2026), 2026)
    assert [row.is_out_of_step for row in rows] == [True, False]


def begun(park, staff, *projects, year=2026):
    programme = actions.start(park=park, first_year=year, by=staff, at=AT)
    for number, project in enumerate(projects, 1):
        years = [Decimal(100 * number), Decimal(10), None]
        actions.take_in(programme, project, years=years, reason="条件成熟", by=staff, at=AT, version=programme.version)
    return programme


def order(programme):
    rows = programme.entries.filter(left_at=None).order_by("priority")
    return [row.project.name for row in rows]


def test_the_next_programme_begins_with_what_the_last_leaves_over(park, staff):
    one, two, gone = (factories.project(park, name=name) for name in ("甲项目", "乙项目", "丙项目"))
    first = begun(park, staff, one, two, gone)
    actions.take_out(
        first.entries.get(project=gone), reason="企业放弃", by=staff, at=AT, version=first.version
    )  # fmt: skip
    second = actions.start(park=park, first_year=2027, by=staff, at=AT)
    assert order(second) == ["甲项目", "乙项目"]
    assert list(second.entries.values_list("year1_10k", "year2_10k", "year3_10k")) == [(10, None, None)] * 2
    with pytest.raises(Refused):
        actions.start(park=park, first_year=2027, by=staff, at=AT)


def test_in_and_out_need_a_reason_and_stay_readable(park, staff, project):
    programme = begun(park, staff)
    with pytest.raises(InvalidFields):
        actions.take_in(programme, project, years=[None] * 3, reason=" ", by=staff, at=AT, version=programme.version)
    actions.take_in(programme, project, years=[None] * 3, reason="优进", by=staff, at=AT, version=programme.version)
    with pytest.raises(Refused):
        actions.take_in(programme, project, years=[None] * 3, reason="再", by=staff, at=AT, version=programme.version)
    entry = programme.entries.get()
    with pytest.raises(InvalidFields):
        actions.take_out(entry, reason="", by=staff, at=AT, version=programme.version)
    actions.take_out(entry, reason="劣退", by=staff, at=AT, version=programme.version)
    assert order(programme) == []
    assert list(programme.moves.order_by("pk").values_list("verb", "reason")) == [
        ("started", ""), ("in", "优进"), ("out", "劣退"),
    ]  # fmt: skip
    actions.take_in(programme, project, years=[1, 2, 3], reason="复入", by=staff, at=AT, version=programme.version)
    assert ProgrammeEntry.objects.filter(programme=programme).count() == 1 and order(programme) == [project.name]


def test_priority_moves_the_others(park, staff):
    found = [factories.project(park, name=name) for name in ("甲", "乙", "丙")]
    programme = begun(park, staff, *found)
    entry = programme.entries.get(project=found[2])
    values = {"years": [Decimal(300), Decimal(10), None], "note": "", "reason": ""}
    actions.edit_entry(entry, place=1, **values, by=staff, at=AT, version=programme.version)
    assert order(programme) == ["丙", "甲", "乙"]
    assert list(programme.entries.order_by("priority").values_list("priority", flat=True)) == [1, 2, 3]
    assert programme.moves.first().verb == "reordered"


def test_two_people_at_once(park, staff, second, project):
    programme = begun(park, staff)
    seen = programme.version
    actions.take_in(programme, project, years=[None] * 3, reason="一", by=staff, at=AT, version=seen)
    with pytest.raises(Conflict):
        actions.take_in(
            Programme.objects.get(pk=programme.pk), factories.project(park), years=[None] * 3, reason="二", by=second,
            at=AT, version=seen,
        )  # fmt: skip
    assert programme.entries.count() == 1


def test_approval_is_somebody_elses_and_makes_reasons_compulsory(park, staff, second, project):
    programme = begun(park, staff, project)
    with pytest.raises(Refused):
        actions.approve(programme, by=staff, at=AT, version=programme.version)
    actions.approve(programme, by=second, at=AT, version=programme.version)
    entry = programme.entries.get()
    change = {"place": 1, "years": [Decimal(1), None, None], "note": ""}
    with pytest.raises(InvalidFields):
        actions.edit_entry(entry, **change, reason="", by=staff, at=AT, version=programme.version)
    actions.edit_entry(entry, **change, reason="资金调减", by=staff, at=AT, version=programme.version)
    assert programme.entries.get().year1_10k == 1


def test_a_draft_needs_no_reason(park, staff, project):
    programme = begun(park, staff, project)
    change = {"place": 1, "years": [Decimal(1), None, None], "note": "", "reason": ""}
    actions.edit_entry(programme.entries.get(), **change, by=staff, at=AT, version=programme.version)
    assert programme.entries.get().year1_10k == 1


def test_the_first_year_becomes_the_annual_plans(park, staff, second, project):
    fresh = factories.project(park)
    programme = begun(park, staff, project, fresh)
    with pytest.raises(Refused):
        actions.hand_down(programme, by=staff, at=AT, version=programme.version)
    actions.approve(programme, by=second, at=AT, version=programme.version)
    assert actions.hand_down(programme, by=staff, at=AT, version=programme.version) == 2
    plans = AnnualPlan.objects.filter(year=2026).order_by("project")
    assert list(plans.values_list("planned_10k", flat=True)) == [100, 200]
    assert actions.hand_down(programme, by=staff, at=AT, version=programme.version) == 0


def test_a_plan_by_months_is_not_overwritten(park, staff, second, project):
    actions.set_months(project, 2026, months(), by=staff, at=AT)
    programme = begun(park, staff, factories.project(park), project)
    actions.approve(programme, by=second, at=AT, version=programme.version)
    with pytest.raises(Refused):
        actions.hand_down(programme, by=staff, at=AT, version=programme.version)
    assert AnnualPlan.objects.count() == 1 and project.annual_plans.get().planned_10k == 1200


def test_units_see_approved_programmes_with_their_own_projects_only(client, park, staff, second, project):
    unit = factories.organization(park)
    own = factories.project(park, name="自家项目", responsible_unit=unit)
    programme = begun(park, staff, project, own)
    client.force_login(factories.user(park, "unit", unit))
    address = reverse("dispatch:programme_detail", args=[programme.pk])
    assert client.get(address).status_code == 404
    actions.approve(programme, by=second, at=AT, version=programme.version)
    page = client.get(address).content.decode()
    assert "自家项目" in page and project.name not in page


def test_the_workbook_says_what_the_page_says(client, park, staff, project):
    actions.set_months(project, 2026, months(m1=0, m12=200), by=staff, at=AT)
    client.force_login(staff)
    page = client.get(reverse("dispatch:plan_list"), {"year": 2026})
    assert page.context["totals"].planned_10k == 1200
    answer = client.get(reverse("dispatch:plan_export"), {"year": 2026})
    (sheet,) = seen(answer.content).values()
    assert sheet[1][:1] == [project.name]
    assert sheet[1][2:] == [1200, 0, *[100] * 10, 200]


def test_breaking_down_in_the_browser(client, staff, project):
    client.force_login(staff)
    address = reverse("dispatch:plan_months", args=[project.pk, 2026])
    even = client.get(address, {"spread": 1}).context["form"].initial
    assert [even[f"month{month}"] for month in (1, 12)] == ["100", "100"]
    fields = {f"month{month}": "100" for month in rules.MONTHS} | {"version": project.version}
    assert client.post(address, fields | {"month1": "99"}).status_code == 409
    assert client.post(address, fields | {"month1": "x"}).status_code == 422
    assert not stored(project)
    assert client.post(address, fields).status_code == 302
    assert sum(stored(project).values()) == 1200


def test_moves_between_pools_with_their_reasons(client, park, staff):
    project = factories.project(park, stage="L03")
    at_work = {"by": staff, "at": AT, "today": TODAY}
    enter_stage(project, "L05", on=date(2026, 2, 2), evidence="备案证", override_reason="补录", **at_work)
    enter_stage(project, "L06", on=date(2026, 2, 3), evidence="合同", override_reason="补录", **at_work)
    enter_stage(project, "L03", on=date(2026, 2, 4), override_reason="项目退回谋划", **at_work)
    span = {"first": date(2026, 1, 1), "last": TODAY}
    moves = [queries.as_pool_move(entry) for entry in queries.pool_moves(staff, **span)]
    assert [(m.is_up, str(m.from_pool), str(m.to_pool)) for m in moves] == [
        (False, "reserve", "planning"), (True, "planning", "reserve"),
    ]  # fmt: skip
    assert moves[0].reason == "项目退回谋划"
    assert queries.pool_moves(staff, **span, direction="up").count() == 1
    client.force_login(staff)
    page = client.get(reverse("dispatch:pool_moves"), {"first": "2026-01-01", "last": "2026-03-02"})
    assert "项目退回谋划" in page.content.decode()


@pytest.mark.parametrize("route", ["plan_list", "programme_detail", "pool_moves"])
def test_queries_do_not_grow_with_the_rows(client, park, staff, route):
    programme, numbers = begun(park, staff), []
    client.force_login(staff)
    for wanted in (1, 3, 60):
        while programme.entries.count() < wanted:
            project = factories.project(park, stage="L03")
            AnnualPlan.objects.create(project=project, year=2026, planned_10k=12)
            MonthlyPlan.objects.create(project=project, year=2026, month=1, planned_10k=12)
            ProgrammeEntry.objects.create(programme=programme, project=project, priority=programme.entries.count() + 1)
            project.stage_entries.create(from_stage="L04", stage="L05", entered_on=TODAY, by=staff, at=AT)
        args = [programme.pk] if route == "programme_detail" else []
        address = reverse(f"dispatch:{route}", args=args) + "?year=2026&first=2026-01-01&last=2026-12-31"
        client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert client.get(address).status_code == 200
        numbers.append(len(seen))
    assert numbers[0] == numbers[1] == numbers[2]

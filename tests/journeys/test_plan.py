"""Set the target, read the shortfall, pull two levers, save: then the plan keeps its promise and the ledger knows."""

import re
from datetime import date

import pytest

from accounts import clock
from dispatch.models import LedgerItem, PlanBaseline, PlanForecast, PlanLever
from dispatch.plan import building
from projects.models import Project
from tests import factories
from tests.approvals.cases import project as project_with_steps
from workdays.models import load_calendar

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def scene(park):
    unit = factories.organization(park, name="自然资源和规划分局")
    project = project_with_steps(park, name="云溪轻合金项目", responsible_unit=unit, stage="L05")
    project.steps.update(unit=unit)
    return factories.user(park), factories.user(park, "unit", unit), project


def planned(project: Project):
    today, calendar = clock.today(), load_calendar()
    plan = building.read_one(Project.objects.get(pk=project.pk), today=today, calendar=calendar)
    return plan, plan.schedule(today=today, calendar=calendar)


def shortfall(page) -> int:
    """Working days short, as the page says them."""
    return int(re.search(r"\d+", page.locator(".lever-result .light").first.inner_text())[0])


def test_target_shortfall_two_levers_saved(visits, scene):
    staff, worker, project = scene
    _plan, before = planned(project)
    target = load_calendar().subtract(before.goal_on, 23)
    page = visits.sign_in(staff.username)

    page.goto(f"/plans/{project.pk}/target/")
    page.fill("form.plan-form [name=target_on]", target.isoformat())
    page.locator("#knock-on").get_by_text("23").first.wait_for()  # said before anything is saved
    assert not PlanForecast.objects.filter(target_on=target).exists()
    page.locator("form.plan-form button[value=save]").first.click()
    page.wait_for_url(lambda url: "/target/" not in url)
    assert PlanForecast.objects.get(project=project).short_wd == 23

    page.goto(f"/projects/{project.pk}/?tab=schedule")
    assert "23" in page.locator(".plan-answer").first.inner_text()
    page.click(f"main a[href='/plans/{project.pk}/levers/']")
    assert shortfall(page) == 23

    for nth in (0, 1):
        before_it = shortfall(page)
        page.locator(".lever-table input[type=checkbox]:not(:checked)").first.check()
        page.wait_for_function("n => document.querySelectorAll('.lever-table input:checked').length === n", arg=nth + 1)
        page.wait_for_url(lambda url, nth=nth: url.count("lever=") == nth + 1)
        page.locator(".lever-result").wait_for()
        assert shortfall(page) < before_it
    left = shortfall(page)
    assert PlanLever.objects.count() == 0  # a preview is a preview

    page.locator(".lever-result button.btn-primary").click()
    page.wait_for_url(lambda url: "/levers/pull/" in url)
    assert page.locator("input[type=hidden][name=lever]").count() == 2
    page.locator("main form .form-buttons button.btn-primary").click()
    page.wait_for_url(lambda url: "/pull/" not in url)

    plan, after = planned(project)
    kept = PlanForecast.objects.get(project=project)
    assert (after.short_wd, kept.short_wd) == (left, left)
    assert len(plan.levers) == PlanLever.objects.filter(plan__project=project, withdrawn_at=None).count() == 2
    items = LedgerItem.objects.filter(project=project, source=LedgerItem.Source.PLAN)
    assert items.count() == 2
    assert all(item.unit_id and item.due_on for item in items)

    unit = visits.phone(worker.username)
    unit.goto("/")
    unit.wait_for_selector(f"main a[href='/ledger/{items.first().pk}/']")


def test_a_baseline_is_promised_from_the_latest_dates(visits, scene):
    staff, _worker, project = scene
    _plan, before = planned(project)
    target = load_calendar().add(before.goal_on, 15)
    page = visits.sign_in(staff.username)
    page.goto(f"/plans/{project.pk}/target/")
    page.fill("form.plan-form [name=target_on]", target.isoformat())
    page.locator("form.plan-form button[value=save]").first.click()
    page.wait_for_url(lambda url: "/target/" not in url)
    page.goto(f"/plans/{project.pk}/baselines/new/")
    page.fill("[name=reason]", "园区年度计划")
    page.locator("main form button.btn-primary").first.click()
    page.wait_for_url(lambda url: "/new/" not in url)
    saved = PlanBaseline.objects.get(plan__project=project)
    rows = {row["key"]: row for row in saved.rows}
    assert (saved.number, rows["L08"]["finish"]) == (1, target.isoformat())
    assert project.milestones.get(stage="L08").baseline_on == target
    assert date.fromisoformat(rows["S17"]["finish"]) <= target

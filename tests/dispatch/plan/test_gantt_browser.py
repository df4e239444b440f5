"""The chart of a plan in Chromium: moved by keys and by drag, previewed, left alone, saved; read on a phone."""

from datetime import date, timedelta

import pytest

from accounts import clock
from dispatch.plan.models import Plan, PlanTask
from tests import factories
from tests.approvals.cases import project as project_with_steps
from tests.factories import AT, TODAY
from tests.journeys.conftest import park, visits  # noqa: F401 fixtures
from workdays.models import load_calendar

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
DIALOG = "dialog.gantt-dialog"


@pytest.fixture
def place(park, monkeypatch):  # noqa: F811
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    project = project_with_steps(park, stage="L05", responsible_unit=factories.organization(park))
    Plan.objects.create(project=project, goal="L08", target_on=date(2026, 6, 1), created_at=AT, updated_at=AT)
    return project


def own_rows(project):
    return list(PlanTask.objects.filter(plan__project=project).values_list("key", "planned_on", "duration_wd"))


def open_plan(page, project, query=""):
    page.goto(f"/projects/{project.pk}/?tab=schedule{query}")
    page.wait_for_selector(".g-task[tabindex='0']")


def test_a_bar_is_moved_by_keys_and_by_drag_and_changes_nothing_before_save(visits, place):  # noqa: F811
    page = visits.sign_in(factories.user(place.park).username)
    open_plan(page, place, "&scale=day")
    bars = page.locator("a.g-task")
    first, second = (bars.nth(n).get_attribute("data-key") for n in (0, 1))
    page.focus(f"#g-{first}")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.dataset.key") == second
    page.focus("#g-S12")
    start = date.fromisoformat(page.get_attribute("#g-S12", "data-start"))
    page.keyboard.press("]")
    page.keyboard.press("Shift+ArrowRight")
    later = load_calendar().add(start, 2).isoformat()
    assert page.inner_text(".gantt-tip") == later
    page.keyboard.press("Enter")
    page.wait_for_selector(DIALOG)
    assert page.input_value(f"{DIALOG} [name=planned_on]") == later
    page.click(f"{DIALOG} [data-cancel]")
    page.wait_for_selector(DIALOG, state="detached")
    assert own_rows(place) == [] and not page.query_selector(".gantt-tip")
    assert page.evaluate("document.activeElement.dataset.key") == "S12"

    drag(page, "#g-S12 .g-bar", 4 * 20)
    page.wait_for_selector(DIALOG)
    page.keyboard.press("Escape")
    page.wait_for_selector(DIALOG, state="detached")
    assert own_rows(place) == []

    saturday = start + timedelta(days=5 - start.weekday())
    monday = load_calendar().roll_forward(saturday)
    drag(page, "#g-S12 .g-bar", (saturday - start).days * 20)
    page.wait_for_selector(DIALOG)
    with page.expect_navigation():
        page.click(f"{DIALOG} button[value=save]")
    assert own_rows(place) == [("S12", monday, None)]
    assert Plan.objects.get().target_on == date(2026, 6, 1)

    open_plan(page, place, "&scale=day")
    assert page.get_attribute("#g-S12", "data-start") == monday.isoformat()
    days = int(page.get_attribute("#g-S12", "data-duration"))
    drag(page, "#g-S12 .g-edge", 20)
    page.wait_for_selector(DIALOG)
    with page.expect_navigation():
        page.click(f"{DIALOG} button[value=save]")
    assert own_rows(place) == [("S12", monday, days + 1)]


def test_a_drag_that_ends_on_another_line_swallows_no_later_click(visits, place):  # noqa: F811
    page = visits.sign_in(factories.user(place.park).username)
    open_plan(page, place, "&scale=day")
    drag(page, "#g-S12 .g-bar", 4 * 20, down=60)
    page.wait_for_selector(DIALOG)
    page.keyboard.press("Escape")
    page.wait_for_selector(DIALOG, state="detached")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tasks/S12/", timeout=5000)


def drag(page, selector, distance, down=0):
    """Presses in the middle of the shape and lets go so many pixels to the right, and so many below."""
    page.locator(selector).scroll_into_view_if_needed()
    box = page.locator(selector).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + distance / 2, y, steps=3)
    page.mouse.move(x + distance, y + down, steps=3)
    page.mouse.up()


def test_on_a_phone_the_chart_scrolls_in_its_box_and_nothing_is_dragged(visits, place):  # noqa: F811
    page = visits.phone(factories.user(place.park).username, width=360)
    open_plan(page, place)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("(b => b.scrollWidth > b.clientWidth)(document.querySelector('.gantt-box'))")
    left = page.locator(".gantt-name").first.bounding_box()["x"]
    page.evaluate("document.querySelector('.gantt-box').scrollLeft += 200")
    assert page.locator(".gantt-name").first.bounding_box()["x"] == left
    page.locator(".gantt-name a[href$='/S12/']").click()
    page.wait_for_url("**/tasks/S12/")


def test_without_scripts_every_bar_is_a_link(visits, place):  # noqa: F811
    unit = factories.user(place.park, "unit", place.responsible_unit)
    page = visits.sign_in(unit.username)
    open_plan(page, place)
    assert page.query_selector("[data-preview]") is None
    page.focus("#g-S12")
    page.keyboard.press("]")
    assert page.query_selector(".gantt-tip") is None
    page.keyboard.press("Enter")
    page.wait_for_url("**/S12/")

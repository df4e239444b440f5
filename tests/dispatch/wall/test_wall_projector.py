"""The projector in a browser: it shows what has changed by itself, and says so when nothing comes any more."""

import pytest

from accounts import clock
from projects.models import Milestone, Project
from tests import factories
from tests.approvals.cases import catalogue
from tests.journeys.conftest import Visits
from workdays.seed import SEED_FILE, load_seed

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def window(browser, browser_context_args, live_server):
    load_seed(SEED_FILE, at=factories.AT)
    catalogue()
    park = factories.park()
    person = factories.user(park)
    for name in ("甲项目", "乙项目"):
        project = factories.project(park, name=name, industry=name[0])
        Milestone.objects.create(project=project, stage="L08", baseline_on=clock.today())
    visits = Visits(browser, browser_context_args, live_server.url)
    page = visits.sign_in(person.username, viewport={"width": 1920, "height": 1080})
    yield page
    visits.close()


def test_refreshes_pages_and_says_when_it_cannot(window):
    window.clock.install()
    window.goto("/wall/screen/?by=industry&every=10")
    first = window.locator("[data-wall-screen] h2").inner_text()
    window.clock.fast_forward(10_500)
    window.wait_for_function("first => document.querySelector('[data-wall-screen] h2').innerText !== first", arg=first)

    window.keyboard.press(" ")
    assert window.locator("[data-paused]").is_visible()
    second = window.locator("[data-wall-screen] h2").inner_text()
    Project.objects.filter(industry=second).update(name="改名项目")
    window.clock.fast_forward(10_500)
    window.wait_for_selector("text=改名项目")  # the same page, with the news
    assert window.locator("[data-wall-screen] h2").inner_text() == second
    assert window.locator("[data-paused]").is_visible()

    window.route("**/wall/screen/**", lambda route: route.fulfill(status=500, body=""))
    window.clock.fast_forward(10_500)
    window.wait_for_selector("[data-lost]", state="visible")
    assert window.locator("text=改名项目").is_visible()  # the old picture stays
    window.unroute("**/wall/screen/**")
    window.clock.fast_forward(10_500)
    window.wait_for_selector("[data-lost]", state="hidden")

    window.route("**/wall/screen/**", lambda route: route.abort())
    window.keyboard.press("ArrowLeft")
    window.wait_for_selector("[data-lost]", state="visible")
    window.unroute("**/wall/screen/**")
    window.keyboard.press("ArrowLeft")
    window.wait_for_function("first => document.querySelector('[data-wall-screen] h2').innerText === first", arg=first)

    window.keyboard.press("Escape")
    window.wait_for_url("**/wall/?by=industry")


def test_on_a_narrow_phone(window):
    window.set_viewport_size({"width": 360, "height": 700})
    for address in ("/wall/", "/wall/screen/"):
        window.goto(address)
        wide = window.evaluate("document.documentElement.scrollWidth")
        assert wide <= 360, address
        assert window.locator(".wall-said").first.is_visible()

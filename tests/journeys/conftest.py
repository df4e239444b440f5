"""A person at a browser: signs in through the page, and everything the browser complains about fails the test."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command

from accounts.models import Park, User
from dispatch.management.commands.seed_demo import PASSWORD as EXAMPLE_PASSWORD
from tests import factories
from tests.approvals.cases import catalogue
from workdays.seed import SEED_FILE, load_seed

HERE = {"localhost", "127.0.0.1"}
SIGN_IN = "/accounts/sign-in/"


class Visits:
    """Opens browser windows on the live server and remembers what they reported."""

    def __init__(self, browser, options: dict, address: str):
        self.browser, self.options, self.address = browser, options, address
        self.complaints: list[str] = []
        self.hosts: set[str] = set()
        self.contexts: list = []

    def window(self, **options):
        """A fresh window without a session; keywords as for ``browser.new_context``."""
        context = self.browser.new_context(**(self.options | {"base_url": self.address} | options))
        self.contexts.append(context)
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.on("console", lambda message: self._hear(page, message.type, message.text))
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("request", lambda request: self._note(request.url))
        return page

    def sign_in(self, username: str, password: str = factories.PASSWORD, **options):
        """A window in which this person has signed in by the sign-in page."""
        page = self.window(**options)
        page.goto(SIGN_IN)
        page.fill("[name=username]", username)
        page.fill("[name=password]", password)
        page.click("main form button")
        page.wait_for_url(lambda url: SIGN_IN not in url)
        return page

    def phone(self, username: str, password: str = factories.PASSWORD, *, width: int = 390):
        """The same on a phone."""
        screen = {"viewport": {"width": width, "height": 844}, "has_touch": True, "is_mobile": True}
        return self.sign_in(username, password, **screen)

    def close(self) -> None:
        for context in self.contexts:
            context.close()

    def _hear(self, page, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(f"{page.url}: {text}")

    def _note(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss"):
            self.hosts.add(parts.hostname or "")


@pytest.fixture
def visits(browser, browser_context_args: dict, live_server) -> Iterator[Visits]:
    """People with browsers. No console error, no broken content policy and no request to another host passes."""
    found = Visits(browser, browser_context_args, live_server.url)
    yield found
    found.close()
    assert found.complaints == []
    assert found.hosts <= HERE


@pytest.fixture
def park(live_server) -> Park:
    """An empty park with catalogue and calendar."""
    load_seed(SEED_FILE, at=factories.AT)
    catalogue()
    return factories.park(name_zh="云溪高新区", centre_name_zh="云溪重点项目服务中心")


@pytest.fixture
def example_park(live_server) -> Park:
    """The park that ./start shows, as of today."""
    for command in ("load_catalogue", "load_calendar"):
        call_command(command, verbosity=0)
    call_command("seed_demo", verbosity=0)
    return User.objects.get(username="zhuanyuan").park


@pytest.fixture
def example(visits, example_park):
    """``example("qiye")``: a window in which that example account has signed in."""

    def enter(username: str, *, phone: bool = False, width: int = 390, **options):
        if phone:
            return visits.phone(username, EXAMPLE_PASSWORD, width=width)
        return visits.sign_in(username, EXAMPLE_PASSWORD, **options)

    return enter

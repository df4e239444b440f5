"""No serious finding of axe on the pages each role works with, on a screen and on a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from accounts.models import User
from approvals.flow import State
from approvals.models import ProjectStep

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
GRAVE = {"serious", "critical"}


def findings(page) -> list[str]:
    """What axe finds serious or critical on the page, one line each with the element."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{page.url} {rule['id']}: {node['html'][:160]}"
        for rule in found
        if rule["impact"] in GRAVE
        for node in rule["nodes"]
    ]


def pages_of(username: str) -> list[str]:
    """Addresses this example account works with, about a project that has something on most of them."""
    user = User.objects.get(username=username)
    step = ProjectStep.objects.visible_to(user).exclude(state=State.NOT_STARTED).last()
    own = f"/projects/{step.project_id}/"
    guide = f"/guide/{user.park.code}/"
    if username == "qiye":
        portal = f"/enterprise/{step.project_id}/"
        return ["/enterprise/", f"{portal}steps/{step.code}/", f"{portal}help/", guide, f"{guide}steps/S17/"]
    everybody = [
        "/", "/projects/", own, *(f"{own}?tab={tab}" for tab in ("steps", "papers", "enterprise")),
        f"{own}steps/{step.code}/", f"{own}conditions/", f"{own}joint/", "/ledger/", "/warnings/", "/figures/steps/",
        "/figures/land/", "/joint/", "/debts/", "/commitments/", "/certificates/", "/agency/",
    ]  # fmt: skip
    return everybody + (
        ["/dashboard/", "/bulletins/"] if username == "lingdao" else [f"{own}steps/{step.code}/papers/review/"]
    )


@pytest.mark.parametrize("username", ["zhuanyuan", "jianshe", "lingdao", "qiye"])
def test_axe_finds_nothing_serious(example, username):
    found = []
    for phone in (False, True):
        page = example(username, phone=phone)
        for address in pages_of(username):
            page.goto(address)
            found += findings(page)
    assert not found, "\n".join(found)


def test_axe_would_find_a_button_without_a_name(example):
    page = example("zhuanyuan")
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<button></button>')")
    assert any("button-name" in line for line in findings(page))

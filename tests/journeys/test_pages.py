"""Every main page of every role: quiet console, nothing from elsewhere, no sideways scrolling, usable by keyboard."""

import pytest

from accounts.models import User
from approvals.models import ProjectStep
from dispatch.models import Bulletin, LedgerItem
from projects.models import Project
from tests.journeys.report_pages import report_pages

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
NARROW = 360
SHARED = ["/accounts/profile/", "/accounts/password/"]
STAFF = [
    "/", "/projects/", "/projects/?view=board", "/projects/new/", "/projects/import/", "/projects/import/new/",
    "/ledger/", "/ledger/new/", "/warnings/", "/bulletins/", "/dashboard/",
]  # fmt: skip
TABS = ["", "?tab=steps", "?tab=warnings", "?tab=ledger", "?tab=plan", "?tab=investment", "?tab=history"]


def pages_of_staff(park) -> list[str]:
    project = Project.objects.filter(park=park, light="red").first()
    step = ProjectStep.objects.filter(project__park=park, state=8).first()
    item = LedgerItem.objects.filter(park=park, state="closing").first()
    bulletin = Bulletin.objects.filter(park=park).first()
    return [
        *STAFF, *SHARED, *(f"/projects/{project.pk}/{tab}" for tab in TABS), f"/projects/{project.pk}/edit/",
        f"/projects/{project.pk}/stage/", f"/projects/{project.pk}/plan/", f"/ledger/{item.pk}/",
        f"/ledger/{item.pk}/edit/", f"/projects/{step.project_id}/steps/{step.code}/",
        *(f"/bulletins/{bulletin.pk}/{annex}" for annex in ("", "?annex=1", "?annex=3", "?annex=5")),
    ]  # fmt: skip


def walk(page, addresses: list[str]) -> dict[str, str]:
    """{address: what is wrong}: not answered, wider than the screen, not exactly one heading of the first order."""
    faults = {}
    for address in addresses:
        answer = page.goto(address)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        headings = page.locator("h1").count()
        if answer.status != 200 or wide > 0 or headings != 1:
            faults[address] = f"status {answer.status}, {wide} px too wide, {headings} h1"
    return faults


def test_every_main_page_fits_a_narrow_phone_and_asks_nobody_else(example, example_park):
    assert walk(example("zhongxin", phone=True, width=NARROW), pages_of_staff(example_park)) == {}
    unit = ["/", "/projects/", "/ledger/", "/warnings/", "/bulletins/", *SHARED]
    assert walk(example("jingfa", phone=True, width=NARROW), unit) == {}
    assert walk(example("lingdao", phone=True, width=NARROW), ["/dashboard/", "/?view=desk", "/bulletins/"]) == {}
    step = ProjectStep.objects.visible_to(User.objects.get(username="qiye")).first()
    own = ["/enterprise/", f"/projects/{step.project_id}/steps/{step.code}/", *SHARED]
    assert walk(example("qiye", phone=True, width=NARROW), own) == {}
    assert walk(example("guanli"), ["/", "/projects/", "/accounts/profile/"]) == {}


def test_pages_of_figures_and_papers_fit_a_narrow_phone(example, example_park):
    for name in ("zhuanyuan", "qiye"):
        assert walk(example(name, phone=True, width=NARROW), report_pages(name)) == {}


def test_lists_work_by_keyboard(example):
    page = example("zhongxin")
    page.goto("/projects/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.keyboard.press("j")
    page.keyboard.press("j")
    names = page.locator("table[data-keys] tbody th a").all_inner_texts()
    assert page.evaluate("document.activeElement.innerText") == names[1]
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.innerText") == names[0]
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.type("j")
    assert page.input_value("[name=q]") == "j"
    page.fill("[name=q]", "")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_selector("main .stage-panel")


def test_the_walk_sees_what_is_wrong(visits, live_server):
    page = visits.window(viewport={"width": NARROW, "height": 800})
    assert list(walk(page, ["/accounts/sign-in/", "/healthz"])) == ["/healthz"]
    page.goto("/accounts/sign-in/")
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {textContent: 'alert(1)'}))")
    page.evaluate("fetch('http://elsewhere.invalid/').catch(() => null)")
    page.wait_for_timeout(100)
    assert any("Content Security Policy" in line for line in visits.complaints)
    assert len(visits.complaints) >= 2
    visits.complaints.clear()
    visits.hosts.discard("elsewhere.invalid")

"""No serious finding of axe on the pages each role works with, on a screen and on a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from accounts import clock
from accounts.models import User
from approvals.flow import State
from approvals.models import ExchangeMessage, ExchangePlatform, ProjectStep
from approvals.portal import links
from dispatch.models import Instruction, LedgerItem, Measure, Meeting, ResponseCase, Visit
from dispatch.webhooks.models import Webhook, WebhookDelivery
from projects.models import Project
from tests.journeys.report_pages import report_pages
from tests.projects.ledger.importing import book, uploaded

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
    steps = ProjectStep.objects.visible_to(user).exclude(state=State.NOT_STARTED)
    step = steps.filter(unit=user.organization).last() or steps.last()
    own = f"/projects/{step.project_id}/"
    guide = f"/guide/{user.park.code}/"
    if username == "qiye":
        portal = f"/enterprise/{step.project_id}/"
        return ["/enterprise/", f"{portal}steps/{step.code}/", f"{portal}help/", guide, f"{guide}steps/S17/"]
    shared = [f"/{name}/" for name in ("cases", "tiers/3", "meetings", "instructions", "visits", "measures", "notices")]
    shared += [newest(model, user) for model in (ResponseCase, LedgerItem, Meeting, Instruction, Visit, Measure)]
    if username == "lingdao":
        return ["/dashboard/", "/bulletins/", "/figures/steps/", f"{own}?tab=steps", *shared, "/instructions/new/"]
    centre = ["/ledger/?view=board", "/ledger/new/", "/jobs/", "/warnings/rules/", "/warnings/rules/STEP_LATE/edit/",
              "/response/policy/", "/notices/deliveries/", "/notices/robots/", "/visits/plan/", "/visits/grids/",
              "/meetings/new/", "/meetings/new/?kind=joint"] if username == "zhuanyuan" else []  # fmt: skip
    return [
        *shared, *centre, "/notices/choices/", "/visits/figures/", "/visits/new/",
        "/", "/projects/", own, *(f"{own}?tab={tab}" for tab in ("steps", "papers", "enterprise")),
        f"{own}steps/{step.code}/", f"{own}steps/{step.code}/papers/review/", f"{own}conditions/", f"{own}joint/",
        "/ledger/", "/warnings/", "/figures/steps/", "/figures/land/", "/joint/", "/debts/", "/commitments/",
        "/certificates/", "/agency/",
    ]  # fmt: skip


def newest(model, user) -> str:
    """Address of the newest of the things this person sees."""
    names = {ResponseCase: "case", LedgerItem: "ledger", Meeting: "meeting", Instruction: "instruction"}
    names |= {Visit: "visit", Measure: "measure"}
    row = model.objects.visible_to(user).last()
    return reverse(f"dispatch:{names[model]}_detail", args=[row.pk]) if row else "/notices/"


@pytest.mark.parametrize(
    ("username", "phone"), [("zhuanyuan", False), ("jianshe", True), ("lingdao", False), ("qiye", True)]
)
def test_axe_finds_nothing_serious(example, username, phone):
    page, found = example(username, phone=phone), []
    for address in pages_of(username):
        page.goto(address)
        found += findings(page)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("username", "phone"), [("zhuanyuan", False), ("dongyuan", True), ("lingdao", False), ("qiye", True)]
)
def test_axe_finds_nothing_serious_on_figures_and_papers(example, username, phone):
    page, found = example(username, phone=phone), []
    for address in report_pages(username):
        page.goto(address)
        found += findings(page)
    assert not found, "\n".join(found)


IMPORTS = [f"/projects/import/{page}" for page in ("", "new/", "new/?kind=ledger_items", "columns/")]
CONNECTIONS = {
    "zhuanyuan": [*IMPORTS, "/exchange/", "/exchange/upload/", "/accounts/tokens/"],
    "guanli": ["/webhooks/", "/webhooks/new/", "/exchange/platforms/", "/exchange/platforms/new/",
               "/accounts/tokens/all/", "/accounts/tokens/"],
}  # fmt: skip


def connection_pages(username: str) -> list[str]:
    """Imports with rows of every sort, connections with what has gone over them."""
    user = User.objects.get(username=username)
    own = [*CONNECTIONS[username]]
    if username == "zhuanyuan":
        project = Project.objects.visible_to(user).first()
        rows = [{"项目名称": "甲", "总投资（亿元）": amount} for amount in (None, "1-2", "约3")]
        rows += [{"项目名称": f"{project.name}项目"}, {"项目名称": project.name, "备注": "改"}]
        batch = uploaded(book(rows), user)
        here = reverse("projects:import_detail", args=[batch.pk])
        tabs = ("unsure", "refused", "update", "create", "warnings")
        own += [here, *(f"{here}?show={tab}" for tab in tabs), f"{here}confirm/"]
        own += [reverse("approvals:exchange_message", args=[row.pk]) for row in ExchangeMessage.objects.all()[:1]]
    if username == "guanli":
        own += [reverse("dispatch:webhook_detail", args=[row.pk]) for row in Webhook.objects.all()[:1]]
        own += [reverse("dispatch:webhook_delivery", args=[row.pk]) for row in WebhookDelivery.objects.all()[:1]]
        own += [reverse("approvals:exchange_platform", args=[row.pk]) for row in ExchangePlatform.objects.all()[:1]]
    return own


@pytest.mark.parametrize(("username", "phone"), [("zhuanyuan", False), ("guanli", True)])
def test_axe_finds_nothing_serious_on_imports_and_connections(example, username, phone):
    page, found = example(username, phone=phone), []
    for address in connection_pages(username):
        assert page.goto(address).ok, address
        found += findings(page)
    assert not found, "\n".join(found)


def test_axe_finds_nothing_serious_on_a_visit_by_link(visits, example_park):
    step = ProjectStep.objects.filter(project__park=example_park).exclude(state=State.NOT_STARTED).last()
    officer = User.objects.get(username="zhuanyuan")
    rights = {"days": 7, "may_upload": True, "may_ask": True}
    _link, secret = links.hand_out(step.project, holder_name="周工", by=officer, at=clock.now(), **rights)
    page = visits.window(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.goto(f"/l/{secret}/")
    found = findings(page)
    page.locator("main form button.btn-primary").click()
    page.wait_for_url("**/my/")
    for address in ("/my/", f"/my/steps/{step.code}/", "/my/help/", "/my/notices/"):
        page.goto(address)
        found += findings(page)
    assert not found, "\n".join(found)


def test_axe_would_find_a_button_without_a_name(example):
    page = example("zhuanyuan")
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<button></button>')")
    assert any("button-name" in line for line in findings(page))

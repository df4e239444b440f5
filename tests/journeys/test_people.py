"""Each role at its own work: enterprise, responsible unit on a phone, leader, somebody without JavaScript."""

import re
import shutil
import subprocess
from datetime import timedelta

import pytest

from accounts import clock
from accounts.models import User
from dispatch.ledger import actions as ledger
from dispatch.models import LedgerItem
from projects.models import Project
from tests import factories
from tests.approvals.cases import project as project_with_steps

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SCREEN = {"width": 1920, "height": 1080}


def own_pages(project) -> list[str]:
    """Addresses of a project that its own enterprise may or may not open, but nobody of another enterprise."""
    return [
        f"/projects/{project.pk}/", f"/projects/{project.pk}/steps/S01/", f"/projects/{project.pk}/edit/",
        f"/api/v1/projects/{project.pk}/", f"/projects/{project.pk}/steps/S01/move/receive/",
    ]  # fmt: skip


def test_an_enterprise_sees_its_own_project_and_what_to_do_next(example):
    page = example("qiye", phone=True)
    own = Project.objects.visible_to(User.objects.get(username="qiye"))
    foreign = Project.objects.visible_to(User.objects.get(username="qiye2")).first()
    page.wait_for_url(re.compile("/enterprise/"))
    assert page.locator("h1").inner_text() in set(own.values_list("name", flat=True))
    assert page.locator("article h3 a").count() >= 1
    assert foreign.name not in page.content()
    page.locator("article h3 a").first.click()
    page.wait_for_url(re.compile(r"/steps/S\d\d/"))
    assert page.request.get(f"/projects/{own.first().pk}/steps/S01/").status == 200
    assert [page.request.get(address).status for address in own_pages(foreign)] == [404] * 5
    assert page.request.get("/ledger/").status == 404
    assert page.request.get("/dashboard/").status in (403, 404)


def test_a_unit_on_a_phone_works_an_item_that_somebody_else_closes(visits, park):
    unit = factories.organization(park, name="经济发展局")
    worker, staff = factories.user(park, "unit", unit), factories.user(park)
    today = clock.today()
    due_on = today + timedelta(days=30)
    item = ledger.register(
        park=park,
        by=staff,
        at=clock.now(),
        on=today,
        title="线路迁改",
        unit=unit,
        due_on=due_on,
        measures="协调供电公司",
    )
    address = f"/ledger/{item.pk}/"
    phone = visits.phone(worker.username)
    phone.click(f"a[href='{address}']")
    phone.click("form#sign button")
    phone.fill("form#progress [name=note]", "已与供电公司确定方案")
    phone.click("form#progress button")
    phone.fill("form#ask_close [name=evidence]", "迁改验收单第12号")
    phone.click("form#ask_close button")
    phone.wait_for_selector("#messages .notice-success")
    assert phone.locator("a[href$='/move/close/'], form[action$='/move/close/']").count() == 0
    assert LedgerItem.objects.get().state == "closing"
    desk = visits.sign_in(staff.username)
    desk.click(f"a[href='{address}']")
    assert "迁改验收单第12号" in desk.locator("main").inner_text()
    desk.click("a[href$='/move/close/']")
    desk.locator("dialog[open] form button.btn-primary").click()
    desk.wait_for_selector("#messages .notice-success")
    assert LedgerItem.objects.get().state == "closed"


def test_nobody_closes_what_they_asked_to_close(visits, park):
    staff, today = factories.user(park), clock.today()
    unit = factories.organization(park)
    who = {"by": staff, "at": clock.now(), "on": today}
    item = ledger.register(park=park, title="规划核实", unit=unit, due_on=today + timedelta(days=9), **who)
    item = ledger.sign(item, version=item.version, **who)
    item = ledger.ask_close(item, evidence="核实意见书", version=item.version, **who)
    page = visits.sign_in(staff.username)
    page.goto(f"/ledger/{item.pk}/")
    assert page.locator("a[href$='/move/close/'], form[action$='/move/close/']").count() == 0
    page.goto(f"/ledger/{item.pk}/move/close/")
    page.click("form.confirm button")
    page.wait_for_load_state()
    assert LedgerItem.objects.get().state == "closing"
    visits.complaints.clear()  # the browser reports the 409 itself


def test_the_leader_reads_one_screen_and_reaches_a_red_project_by_one_click(example, tmp_path):
    page = example("lingdao", viewport=SCREEN)
    page.wait_for_url(re.compile("/dashboard/"))
    red = page.locator(".red-list a[href^='/projects/']").first
    assert red.bounding_box()["y"] + red.bounding_box()["height"] < SCREEN["height"]
    assert page.locator(".rates .rate, .rates > *").count() == 5
    paper = tmp_path / "dashboard.pdf"
    page.pdf(path=paper, format="A4")
    red.click()
    page.wait_for_url(re.compile(r"/projects/\d+/"))
    assert Project.objects.get(pk=page.url.rstrip("/").split("/")[-1]).light == "red"
    if shutil.which("pdfinfo"):
        facts = subprocess.run(["pdfinfo", paper], check=True, capture_output=True, text=True).stdout
        assert re.search(r"Pages:\s+1\n", facts)


def test_the_main_path_without_javascript(visits, park):
    staff = factories.user(park)
    project, other = (project_with_steps(park, name=name) for name in ("轴承生产线", "储能电池厂"))
    page = visits.sign_in(staff.username, java_script_enabled=False)
    page.goto("/projects/")
    page.fill("[name=q]", "轴承")
    page.click(".filter-buttons button")
    assert page.locator("table.grid tbody th a").all_inner_texts() == [project.name]
    page.click(f"text={project.name}")
    page.click("main a[href*='tab=steps']")
    page.click("a.step-name:has-text('S07')")
    for verb in ("receive", "accept"):
        page.click(f"a[href$='/move/{verb}/']")
        page.fill("[name=on]", "2026-03-02")
        page.click("form.confirm button")
    assert "2026-03-09" in page.locator("main").inner_text()
    assert {step.state for step in project.steps.filter(code="S07")} == {3}
    assert not other.steps.exclude(state=0).exists()

"""From a project ledger to a monthly bulletin, with a real worker, beat and Redis behind the pages."""

import re
import time
from datetime import date

import pytest

from accounts import clock
from dispatch.models import Bulletin, JobRun
from dispatch.reports.forms import month_choices
from projects.models import Project
from tests import factories
from tests.journeys import figures

A1, A6 = "A1_project_ledger_clean", "A6_project_ledger_update"
FIRST = "云岚智能配电装备产业园项目"
FAST_BEAT = {"DJANGO_SETTINGS_MODULE": "tests.harness.beat_settings"}

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def import_ledger(page, name: str) -> None:
    """Hands the workbook in; stops at the dry run."""
    page.goto("/projects/import/")
    page.click("main a[href$='/import/new/']")
    page.set_input_files("input[type=file]", figures.SAMPLES / f"{name}.xlsx")
    page.click("main form button.btn-primary")
    page.wait_for_selector(".import-bar a.btn-primary[data-confirm]")


def counts(page) -> dict[str, int]:
    """What the tabs of a dry run say: {tab: number of rows}."""
    links = page.locator("a[href*='show=']")
    pairs = [(links.nth(n).get_attribute("href"), links.nth(n).inner_text()) for n in range(links.count())]
    return {href.partition("show=")[2]: int(re.sub(r"\D", "", text) or 0) for href, text in pairs}


def confirm(page) -> None:
    page.click(".import-bar a.btn-primary[data-confirm]")
    page.locator("dialog.dialog button[class*='btn-']").first.click()
    page.wait_for_selector(".notice-success")


def record(page, verb: str, **values: str) -> None:
    """One record on the step that is open, through the dialog."""
    page.click(f"a[href$='/move/{verb}/']")
    dialog = page.locator("dialog[open]")
    for name, value in values.items():
        dialog.locator(f"[name={name}]").fill(value)
    dialog.locator("button.btn-primary, button.btn-danger").click()
    page.wait_for_selector("#messages .notice")


def changes_shown(page) -> dict[str, list[tuple[str, str]]]:
    """{project: [(cell, new value)]} of the rows on the page of a dry run."""
    found = page.evaluate(
        """() => [...document.querySelectorAll("li.import-row")]
            .filter((item) => item.querySelector("table"))
            .map((item) => [item.querySelector("h3").textContent.trim(),
                [...item.querySelectorAll("tbody tr")].map((row) => [
                    row.cells[0].textContent.trim(), row.cells[2].querySelector("b").textContent.trim()])])"""
    )
    return {name: sorted(tuple(pair) for pair in pairs) for name, pairs in found}


def changes_expected(ledger: dict) -> dict[str, list[tuple[str, str]]]:
    """The same from the expected file; the column of the day tells also whether."""
    columns = {column["field"]: column["column"] for column in ledger["tables"][0]["columns"]}
    columns["enrolled"] = columns["enrolled_on"]
    return {
        action["name"]: sorted(
            (f"{columns[each['field']]}{action['row']}", in_words(each["new"])) for each in action["changes"]
        )
        for action in ledger["update"]["actions"]
        if action["action"] == "update"
    }


def open_tab(page, key: str) -> None:
    page.click(f"main a[href*='tab={key}']")
    page.wait_for_url(re.compile(f"tab={key}"))


def in_words(value) -> str:
    """A value of the expected file as the page writes it."""
    if isinstance(value, dict):
        return value["value"]
    if isinstance(value, bool):
        return "是" if value else "否"
    return f"{int(value):,}" if value.isdigit() else value


def wait_for(condition, *, seconds: float = 40.0):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "the worker has not finished"
        time.sleep(0.1)
    return found


def draft(page, key: str) -> None:
    """Drafts the month by the page."""
    page.goto("/bulletins/")
    page.select_option("[name=month]", key)
    page.click("form[action$='/draft/'] button")
    page.wait_for_url(re.compile(r"/bulletins/\d+/$"))


def downloaded(page) -> bytes:
    with page.expect_download() as waiting:
        page.click("main a[href$='/download/']")
    assert waiting.value.suggested_filename.endswith(".xlsx")
    return waiting.value.path().read_bytes()


def wrong_cells(page, *, year: int, month: int, as_of: date) -> dict:
    return figures.differences(downloaded(page), figures.expected(A1), year=year, month=month, as_of=as_of)


def test_from_the_ledger_to_the_bulletin(visits, park, celery_worker_process, celery_process):
    staff = factories.user(park)
    page = visits.sign_in(staff.username)
    see_and_confirm_the_ledger(page)
    work_on_a_step(page)
    register_an_item(page)
    celery_worker_process()
    celery_process("beat", "--loglevel", "INFO", env=FAST_BEAT)
    see_the_warnings(page)
    if "2025-04" in dict(month_choices(clock.today())):  # two years back at most; test_figures has it for good
        draft(page, "2025-04")
        assert wrong_cells(page, year=2025, month=4, as_of=date(2025, 4, 30)) == {}
    draft(page, f"{clock.today():%Y-%m}")
    now = Bulletin.objects.order_by("-year", "-month").first()
    assert wrong_cells(page, year=now.year, month=now.month, as_of=now.as_of) == {}
    see_the_update(page)


def see_and_confirm_the_ledger(page) -> None:
    import_ledger(page, A1)
    assert counts(page) == {"update": 0, "create": 30, "unchanged": 0, "warnings": 0, "refused": 0}
    assert Project.objects.count() == 0
    confirm(page)
    page.goto("/projects/")
    assert page.locator("table.grid tbody th a").count() == 30
    page.click(f"text={FIRST}")
    page.wait_for_url(re.compile(r"/projects/\d+/"))
    open_tab(page, "steps")
    codes = page.locator("a.step-name .num").all_inner_texts()
    assert sorted(codes) == [f"S{n:02d}" for n in range(1, 23)]


def work_on_a_step(page) -> None:
    """Received and accepted on 3 June 2025, five working days: due on the 10th."""
    page.click("a.step-name:has-text('S07')")
    page.wait_for_url(re.compile(r"/steps/S07/"))
    record(page, "receive", on="2025-06-03")
    record(page, "accept", on="2025-06-03")
    assert "2025-06-10" in page.locator("main").inner_text()
    assert "超期" in page.locator(".days-over").first.inner_text()


def register_an_item(page) -> None:
    page.goto("/ledger/new/")
    page.fill("[name=title]", "地块北侧线路迁改")
    page.fill("[name=project]", FIRST)
    page.select_option("[name=unit]", index=1)
    page.fill("[name=due_on]", "2025-07-01")
    page.click("main form button.btn-primary")
    page.wait_for_url(re.compile(r"/ledger/\d+/$"))


def see_the_warnings(page) -> None:
    wait_for(lambda: JobRun.objects.filter(job="warnings", state="done").exists())
    page.goto("/warnings/")
    assert page.locator("tbody tr").count() > 10
    page.goto("/projects/?light=red")
    page.click(f"text={FIRST}")
    page.wait_for_url(re.compile(r"/projects/\d+/"))
    assert "红灯" in page.locator(".page-head").inner_text()
    open_tab(page, "warnings")
    triggers = page.locator(".triggers").inner_text()
    for day_after_the_due_day in ("2025-06-11", "2025-07-01", "2025-07-02"):
        assert day_after_the_due_day in triggers


def see_the_update(page) -> None:
    ledger = figures.expected(A6)
    import_ledger(page, A6)
    assert counts(page) == {"update": 27, "create": 2, "unchanged": 3, "warnings": 2, "refused": 0}
    page.click("a[href*='show=update']")
    page.wait_for_url(re.compile("show=update"))
    shown, wanted = changes_shown(page), changes_expected(ledger)
    assert shown == wanted
    confirm(page)
    assert Project.objects.count() == 32
    page.goto("/projects/?q=测试项目庚")
    assert page.get_by_text("测试项目庚：液冷模组项目").count() >= 1

"""One live meeting in Chromium: planned, begun, discussed, decided on the ledger at once, ended, minutes read."""

import re
from datetime import timedelta

import pytest

from accounts import clock
from dispatch.ledger.models import LedgerItem
from dispatch.meetings.models import Meeting
from tests.dispatch.meetings.meeting_cases import item, zone
from tests.journeys.conftest import visits  # noqa: F401 a fixture

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_live_meeting_from_planning_to_minutes(visits):  # noqa: F811
    place = zone()
    late = item(place)
    today = clock.today()
    LedgerItem.objects.filter(pk=late.pk).update(due_on=today - timedelta(days=30))
    page = visits.sign_in(place.staff.username)
    page.goto("/meetings/new/?kind=half_month")
    page.fill("[name=held_on]", today.isoformat())
    page.fill("[name=chair_name]", "陆主任")
    page.click("main form button.btn-primary")
    page.wait_for_url(re.compile(r"/meetings/\d+/$"))
    assert late.number in page.inner_text(".agenda")
    page.click("form[action$='/start/'] button")
    page.wait_for_url(re.compile("/live/"))
    page.fill("#id_said-text", "责任单位汇报进展")
    page.fill("#id_decide-text", "十日内取得批复")
    page.click("#discuss-now")
    page.wait_for_selector("[name=said-version][value='2']", state="attached")
    assert page.input_value("#id_decide-text") == "十日内取得批复"
    page.select_option("#id_decide-unit", str(place.unit.pk))
    page.fill("#id_decide-due_on", (today + timedelta(days=10)).isoformat())
    page.click("#decide-now")
    page.wait_for_selector(".decision")
    row = LedgerItem.objects.exclude(pk=late.pk).get()
    assert row.number in page.inner_text(".decision")
    assert page.input_value("#id_decide-text") == ""
    page.click("a[href$='/close/']")
    page.click("dialog button.btn-primary")
    page.wait_for_url(re.compile("tab=minutes"))
    paper = page.inner_text(".paper")
    assert all(words in paper for words in ("陆主任", "责任单位汇报进展", "十日内取得批复", row.number))
    assert Meeting.objects.get().state == "closed"
    with page.expect_download() as download:
        page.locator("a[href$='/minutes/']").first.click()
    assert download.value.suggested_filename.endswith(".docx")
    phone = visits.phone(place.worker.username)
    phone.goto("/meetings/")
    phone.click(".meeting-name a")
    assert row.title in phone.inner_text("main") or late.number in phone.inner_text("main")
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")

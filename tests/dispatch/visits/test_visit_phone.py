"""A visit recorded on a phone in a real browser: place, photo, two findings; a draft outlives a reload."""

import pytest
from django.urls import reverse

from dispatch.ledger.models import LedgerItem
from dispatch.visits.models import Visit
from tests.approvals.papers import files
from tests.dispatch.visits.visit_cases import case as make_case

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def phone(page, live_server, client):
    """The unit's person at 390 px, on the form for the first enterprise; the browser knows where it is."""
    case = make_case()
    client.force_login(case.cast.worker)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    page.context.grant_permissions(["geolocation"], origin=live_server.url)
    page.context.set_geolocation({"latitude": 25.051234, "longitude": 102.712345})
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(live_server.url + reverse("dispatch:visit_new") + f"?enterprise={case.companies[0].pk}")
    return page


def test_a_visit_is_recorded_on_a_phone(phone):
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.fill("#id_met_name", "陈总")
    phone.fill("#id_found-0-text", "雨水管未接通")
    phone.wait_for_timeout(100)
    phone.reload()
    assert phone.input_value("#id_met_name") == "陈总" and phone.input_value("#id_found-0-text") == "雨水管未接通"

    phone.click("[data-place-take]")
    phone.wait_for_function("document.querySelector('[name=latitude]').value !== ''")
    picture = {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": files.photo_with_place()}
    phone.set_input_files("#id_photos", [picture])
    phone.click("details.finding-row:nth-of-type(2) > summary")
    phone.fill("#id_found-1-text", "门禁卡失效")
    phone.check("#id_found-1-solved")
    phone.fill("#id_found-1-solution", "当场换卡")
    phone.click(".visit-send .btn-primary")
    phone.wait_for_selector("[data-draft-done]")

    visit = Visit.objects.get()
    assert (visit.met_name, str(visit.latitude), visit.attachments.count()) == ("陈总", "25.051234", 1)
    assert [f.solution for f in visit.findings.all()] == ["", "当场换卡"] and LedgerItem.objects.count() == 1
    phone.wait_for_function("!Object.keys(sessionStorage).some(key => key.startsWith('draft:'))")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    shown = phone.locator(".attachment-picture img")
    assert shown.evaluate("img => img.decode().then(() => img.naturalWidth)") > 0

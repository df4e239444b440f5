"""A responsible unit answers from a phone: from the desk or the link of a mail to the answer in three taps at most."""

from datetime import timedelta

import pytest

from accounts import clock
from dispatch.ledger import actions as ledger
from dispatch.models import Attachment, LedgerItem
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
THUMB = 44  # px, the least a finger hits
PHOTO = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde\x00\x00\x00\x0c"
    b"IDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xdc\xccY\xe7\x00\x00\x00\x00IEND\xaeB`\x82"
)


class Thumb:
    """Taps and counts; what is tapped must be large enough, and not below the first screen where that is asked."""

    def __init__(self, page):
        self.page, self.taps = page, 0

    def tap(self, selector):
        target = self.page.locator(selector).first
        target.scroll_into_view_if_needed()
        target.tap()
        self.taps += 1

    def is_large(self, selector):
        return self.page.locator(selector).first.bounding_box()["height"] >= THUMB

    def top(self, selector):
        return self.page.locator(selector).first.evaluate("node => node.getBoundingClientRect().top + scrollY")


@pytest.fixture
def scene(park):
    unit = factories.organization(park, name="经济发展局")
    worker, staff = factories.user(park, "unit", unit), factories.user(park)
    today = clock.today()
    item = ledger.register(
        park=park, by=staff, at=clock.now(), on=today, title="线路迁改", unit=unit, due_on=today + timedelta(days=1)
    )
    return worker, f"/ledger/{item.pk}/"


def test_sign_report_and_ask_to_close_in_three_taps_each(visits, scene):
    worker, address = scene
    phone = visits.phone(worker.username)
    counts = {}

    hand = Thumb(phone)
    hand.tap(f"main a[href='{address}']")
    phone.wait_for_selector("form#sign button")
    assert hand.is_large("form#sign button")
    assert hand.top("form#sign button") < 844  # the first screen of the phone
    hand.tap("form#sign button")
    phone.wait_for_selector("#messages .notice-success")
    counts["sign"] = hand.taps

    hand = Thumb(phone)
    phone.goto("/")
    hand.tap(f"main a[href='{address}']")
    phone.wait_for_selector("form#progress .quick-phrases button")
    assert hand.is_large("form#progress .quick-phrases button")
    hand.tap("form#progress .quick-phrases button")
    phone.wait_for_selector("#messages .notice-success")
    counts["progress"] = hand.taps

    hand = Thumb(phone)
    phone.goto(address)  # the link of a mail
    hand.taps = 1
    with phone.expect_file_chooser() as chooser:
        hand.tap("form#ask_close input[type=file]")
    chooser.value.set_files([{"name": "现场.png", "mimeType": "image/png", "buffer": PHOTO}])
    hand.tap("form#ask_close button")
    phone.wait_for_selector("#messages .notice-success")
    counts["ask to close"] = hand.taps

    assert counts == {"sign": 2, "progress": 2, "ask to close": 3}
    item = LedgerItem.objects.get()
    assert (item.state, Attachment.objects.get().role) == ("closing", "photo")
    assert list(item.history.order_by("pk").values_list("verb", flat=True)) == [
        "register", "sign", "progress", "ask_close",
    ]  # fmt: skip
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390

"""Monday morning: the leader's page on a screen, on a phone, on the wall and on one sheet of paper."""

import io

import pypdfium2
import pytest

from tests.journeys.test_accessible import findings

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
TOO_WIDE = "document.documentElement.scrollWidth > innerWidth"
DRAWN = "[...document.querySelectorAll('.chart img')].map(one => one.complete && one.naturalWidth > 100)"


def opened(page, query=""):
    page.goto(f"/dashboard/{query}")
    page.wait_for_load_state("networkidle")
    return page


def test_on_a_screen_on_paper_and_on_the_wall(example):
    page = opened(example("lingdao"))
    assert page.evaluate(DRAWN) == [True, True]
    assert not page.evaluate(TOO_WIDE)
    assert findings(page) == []
    sheets = pypdfium2.PdfDocument(io.BytesIO(page.pdf(format="A4", prefer_css_page_size=True)))
    assert len(sheets) == 1
    first = page.locator(".red-list a").first
    name = first.inner_text()
    assert name in sheets[0].get_textpage().get_text_range()
    wall = opened(page, "?projector=1")
    assert wall.locator(".topbar").count() == 0
    assert wall.evaluate("getComputedStyle(document.querySelector('.rate-number')).fontSize") >= "40px"
    wall.keyboard.press("Escape")
    wall.wait_for_url(lambda url: url.endswith("/dashboard/"))
    assert wall.locator(".topbar").count() == 1
    wall.locator(".red-list a").first.click()
    assert wall.locator("h1").inner_text().strip() == name


def test_on_a_phone(example):
    page = example("lingdao", phone=True)
    for width in (390, 360):
        page.set_viewport_size({"width": width, "height": 800})
        opened(page)
        assert not page.evaluate(TOO_WIDE)
        assert page.evaluate(DRAWN) == [True, True]
    page.locator(".chart summary").first.click()
    assert page.locator(".chart table").first.is_visible()
    assert not page.evaluate(TOO_WIDE)
    assert findings(page) == []

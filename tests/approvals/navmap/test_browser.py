"""The map in a real browser: what is shown at which width, what the keyboard reaches, what a printer gets."""

import io

import pypdf
import pytest
from django.urls import reverse

from tests import factories
from tests.approvals.cases import project

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def opened(page, live_server, client):
    """A window of a member of the park's staff on the map of a project."""
    made = project(factories.park(), name="测试电机项目")
    client.force_login(factories.user(made.park))
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    page.goto(live_server.url + reverse("projects:detail", args=[made.pk]) + "?tab=steps")
    return page


def shown(page, kind) -> int:
    return page.locator(f".navmap-{kind} .navmap-stop:visible").count()


def test_a_screen_shows_the_whole_map_with_legible_letters(opened):
    assert (shown(opened, "horizontal"), shown(opened, "vertical")) == (22, 0)
    box = opened.locator(".navmap-horizontal")
    assert box.evaluate("box => box.scrollWidth <= box.clientWidth")
    smallest = """svg => {
        const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
        const texts = [...svg.querySelectorAll("text, tspan")];
        return Math.min(...texts.map(text => parseFloat(getComputedStyle(text).fontSize) * scale));
    }"""
    assert opened.locator(".navmap-horizontal svg").first.evaluate(smallest) >= 11


def test_letters_stay_in_the_boxes_that_were_reckoned_for_them(opened):
    """The estimate of widths against the real font: no label of a stop reaches into another."""
    boxes = opened.locator(".navmap-horizontal .navmap-label").evaluate_all(
        "texts => texts.map(t => t.getBBox()).map(b => [b.x, b.y + 3, b.x + b.width, b.y + b.height - 3])"
    )

    for place, one in enumerate(boxes):
        for two in boxes[place + 1 :]:
            assert min(one[2], two[2]) - max(one[0], two[0]) < 1 or min(one[3], two[3]) <= max(one[1], two[1])


def test_a_phone_shows_the_upright_map_without_scrolling_sideways(opened):
    opened.set_viewport_size({"width": 360, "height": 800})

    assert (shown(opened, "horizontal"), shown(opened, "vertical")) == (0, 22)
    assert opened.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_keyboard_walks_from_stop_to_stop_and_opens_one(opened):
    opened.focus(".navmap-horizontal [data-code=S01]")
    opened.keyboard.press("Tab")
    second = opened.evaluate("document.activeElement.dataset.code")
    frame = opened.locator(".navmap-stop:focus .navmap-focus")

    assert second and second != "S01"
    assert frame.evaluate("frame => getComputedStyle(frame).stroke") != "none"
    with opened.expect_navigation():
        opened.keyboard.press("Enter")
    assert f"/steps/{second}/" in opened.url


def test_the_map_prints_on_one_sheet_of_a3_and_the_table_after_it(opened):
    reader = pypdf.PdfReader(io.BytesIO(opened.pdf(prefer_css_page_size=True)))
    texts = [page.extract_text() for page in reader.pages]

    assert all(f"S{n:02}" in texts[0] for n in range(1, 23))
    assert "S01" in texts[1]
    size = [float(length) / 72 * 25.4 for length in reader.pages[0].mediabox[2:]]
    assert size == pytest.approx([420, 297], abs=1)

"""Charts: every label and value is in the picture, nothing foreign is, and an address cannot be made up."""

import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal as D
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from django.core.signing import Signer
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.errors import Refused
from dispatch.charts import drawing, links
from dispatch.charts.showing import shown
from dispatch.charts.values import Chart, Kind, Series
from tests import factories

MONTHS = tuple(f"{n}月" for n in range(1, 13))
CURVE = Chart(
    Kind.LINES,
    "本年投资",
    MONTHS,
    (
        Series("计划", tuple(D(n * 1000) for n in range(1, 13)), "plan"),
        Series("完成", (*(D(n * n) + D("0.5") for n in range(1, 11)), None, None)),
    ),
    "万元",
)
HOSTILE = Chart(
    Kind.BARS, "<b>", ("<script>alert(1)</script>", "a&b", "a&b"), (Series('"x"', (D(3), D(0), D("1.25"))),), "个"
)
PARTS = Chart(
    Kind.STACKED,
    "工作日",
    ("S01", "S02"),
    (Series("部门", (D(12), D(1)), "department"), Series("企业", (D(3), D(40)), "enterprise")),
    "天",
)
FUNNEL = Chart(Kind.FUNNEL, "阶段", ("签约", "开工"), (Series("项目", (D(5), D(2))),), "个")
CHARTS = (CURVE, HOSTILE, PARTS, FUNNEL)


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.kind)
def test_every_label_and_value_is_in_the_picture(chart):
    root = ElementTree.fromstring(drawing.svg(chart))
    said = {element.get("aria-label") for element in root.iter()}
    for one in chart.series:
        for label, value in zip(drawing._distinct(chart.labels), one.values, strict=True):
            if value is not None:
                assert f"{label} {one.name} {drawing.words(value)}{chart.unit}" in said


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.kind)
def test_nothing_runs_and_nothing_is_fetched(chart):
    text = drawing.svg(chart)
    root = ElementTree.fromstring(text)
    assert {element.tag.split("}")[1] for element in root.iter()} <= {
        "svg",
        "g",
        "path",
        "rect",
        "line",
        "text",
        "tspan",
    }
    names = {name for element in root.iter() for name in element.attrib}
    assert not {name for name in names if name.startswith("on") or name in ("style", "href", "class=style")}
    addresses = [word for word in text.replace('"', " ").split() if "://" in word]
    assert set(addresses) <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


def test_the_size_is_what_was_asked_for():
    root = ElementTree.fromstring(drawing.svg(CURVE, width=340, height=280))
    assert (root.get("width"), root.get("height")) == ("340", "280")


def pixels(png: bytes) -> tuple[int, int, set[bytes]]:
    """Width, height and the distinct bytes of the unpacked picture."""
    width, height = struct.unpack(">II", png[16:24])
    data, at = b"", 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += length + 12
    return width, height, set(zlib.decompress(data))


def test_png_is_a_picture_with_something_on_it():
    png = drawing.png(CURVE, width=320, height=200, scale=2)
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height, shades = pixels(png)
    assert (width, height) == (640, 400)
    assert len(shades) > 20


def test_chinese_is_drawn_from_the_font_that_comes_along():
    """Two characters look different: boxes for a missing font would be alike."""
    one, other = (
        drawing.png(Chart(Kind.BARS, "", (text,), (Series("", (D(1),)),)), width=200, height=80)
        for text in ("供地", "开工")
    )
    assert one != other


def test_the_same_picture_from_many_threads():
    drawing.svg.cache_clear()
    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(lambda _n: drawing.svg.__wrapped__(PARTS), range(8)))
    assert len(found) == 1


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.kind)
def test_an_address_carries_the_chart(chart):
    url = links.chart_url(chart, width=300, height=200)
    assert url == links.chart_url(chart, width=300, height=200)
    token = url.removeprefix(reverse("dispatch:chart", args=["x"])[:-5]).removesuffix(".svg")
    assert links.read(token) == (chart, 300, 200)


def test_a_chart_too_long_for_an_address_has_its_table_alone():
    labels = tuple(f"项目{zlib.crc32(bytes([n % 256, n // 256]))}" for n in range(400))
    long = Chart(Kind.BARS, "长", labels, (Series("数", tuple(D(zlib.crc32(n.encode())) for n in labels)),))
    found = shown(long)
    assert found.url is found.narrow is None
    html = render_to_string("components/chart.html", {"chart": found})
    assert "<img" not in html
    assert " open" in html.split("chart-table")[1].split(">")[0]
    assert html.count("<tr>") == 401


class Cells(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found, self.open = [], False

    def handle_starttag(self, tag, attrs):
        self.open = tag in ("td", "th")

    def handle_data(self, data):
        if self.open and data.strip():
            self.found.append(data.strip())


def test_the_table_says_the_same_as_the_picture():
    html = render_to_string("components/chart.html", {"chart": shown(CURVE)})
    cells = Cells()
    cells.feed(html)
    expected = ["计划", "完成"]
    for n, month in enumerate(MONTHS):
        expected += [month, *(drawing.words(one.values[n]) for one in CURVE.series)]
    assert cells.found == expected
    assert "完成 10月 100.5万元" in html  # the words beside the picture
    assert "style=" not in html


@pytest.fixture
def signed_in(client, db):
    client.force_login(factories.user(factories.park(), "leader"))
    return client


def test_the_picture_is_kept_for_good(signed_in):
    answer = signed_in.get(links.chart_url(CURVE))
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("image/svg+xml")
    assert "immutable" in answer["Cache-Control"]
    assert "private" in answer["Cache-Control"]
    assert answer.content.decode() == drawing.svg(CURVE)


def test_made_up_addresses_lead_nowhere(signed_in):
    url = links.chart_url(CURVE)
    for place in (-10, len(url) // 2, 12):
        changed = url[:place] + ("A" if url[place] != "A" else "B") + url[place + 1 :]
        assert signed_in.get(changed).status_code == 404
    foreign = Signer(salt="another").sign_object(links._packed(CURVE, 640, 260), compress=True)
    older = Signer(salt=links.SALT).sign_object([links.DRAWING + 1, *links._packed(CURVE, 640, 260)[1:]])
    nonsense = Signer(salt=links.SALT).sign_object({"a": 1})
    for token in (foreign, older, nonsense, "x", "x" * 5000):
        assert signed_in.get(reverse("dispatch:chart", args=[token])).status_code == 404


def test_without_the_drawing_library_the_picture_is_missing_and_nothing_else(signed_in, monkeypatch):
    def missing():
        raise Refused("missing")

    drawing.svg.cache_clear()
    monkeypatch.setattr(drawing, "_library", missing)
    assert signed_in.get(links.chart_url(FUNNEL)).status_code == 404
    drawing.svg.cache_clear()


def test_nobody_is_sent_to_sign_in_first(client, db):
    answer = client.get(links.chart_url(CURVE))
    assert answer.status_code == 302

"""Every figure of the snapshot on the page, in the workbook, in the PDF and in the API; one page; no missing glyph."""

import io
from copy import copy
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape
from fontTools.ttLib import TTFont
from openpyxl import load_workbook
from pylopdf_fonts_zh_cn import sans_path
from pypdf import PdfReader

from accounts import clock
from dispatch.briefs import actions, layout, paper, workbook
from dispatch.briefs.models import WeeklyBrief
from projects.models import Project
from tests import factories
from tests.dispatch.briefs import brief_park
from tests.dispatch.briefs.brief_park import BEFORE, NOON, NOON_BEFORE, WEEK, freeze
from tests.standing import standing
from workdays.models import load_calendar

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 6, tzinfo=UTC)


def two_weeks():
    park = brief_park.fill(20, seed=11)
    staff = factories.user(park)
    first = freeze(park, BEFORE, at=NOON_BEFORE)
    actions.publish(first, by=staff, at=NOON_BEFORE, version=1)
    for project in Project.objects.filter(park=park).order_by("pk")[:5]:
        Project.objects.filter(pk=project.pk).update(light="red", issue="用地指标未落实")
    return park, staff, factories.user(park, "leader"), freeze(park)


standing_weeks = standing(two_weeks)


@pytest.fixture
def world(standing_weeks, db, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(clock, "today", NOW.date)
    return [copy(one) for one in standing_weeks]


def url(name, *args):
    return reverse(f"dispatch:brief_{name}", args=args)


def get(client, person, address, status=200):
    client.force_login(person)
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer


def texts(snapshot, keys=None):
    return [
        (one.key, text)
        for one in layout.sections(snapshot)
        if keys is None or one.key in keys
        for row in one.shown()
        for text in row
        if text != layout.NONE
    ]


def squeezed(text):
    """Without blanks and line ends, which a PDF breaks as it likes."""
    return "".join(text.split())


def pdf_text(pdf):
    reader = PdfReader(io.BytesIO(pdf))
    assert len(reader.pages) == 1
    return reader.pages[0].extract_text()


def test_page_and_workbook_show_every_cell(client, world):
    _park, staff, _leader, brief = world
    page = get(client, staff, url("detail", brief.pk)).content.decode()
    missing = [(key, text) for key, text in texts(brief.snapshot) if str(escape(text)) not in page]
    assert missing == []
    book = load_workbook(io.BytesIO(get(client, staff, url("xlsx", brief.pk)).content))
    assert book.sheetnames[:2] == ["说明", "重点项目推进情况"]
    for one in layout.sections(brief.snapshot):
        sheet = book[one.title]
        assert [cell.value for cell in sheet[1]] == [column.heading for column in one.columns]
        for number, row in enumerate(one.rows, 2):
            for place, (column, value) in enumerate(zip(one.columns, row, strict=True), 1):
                cell, expected = sheet.cell(number, place), layout.typed(column.kind, value)
                if isinstance(expected, str) or expected is None:
                    assert (cell.value, cell.data_type in "sn") == (expected, True)
                else:
                    assert cell.data_type == "n"
                    assert cell.value == pytest.approx(float(expected), abs=1e-9)


def test_the_api_gives_the_snapshot(client, world):
    _park, staff, leader, brief = world
    answer = get(client, staff, reverse("api:weekly_brief-detail", args=[brief.pk])).json()
    assert (answer["snapshot"], answer["sha256"], answer["state"]) == (brief.snapshot, brief.sha256, "frozen")
    rows = get(client, staff, reverse("api:weekly_brief-list")).json()["results"]
    assert [(row["week"], "snapshot" in row) for row in rows] == [(47, False), (46, False)]
    rows = get(client, leader, reverse("api:weekly_brief-list")).json()["results"]
    assert [row["week"] for row in rows] == [46]


ON_PAPER = ("counts", "rates", "lights", "approvals", "investment", "changes")


def test_the_pdf_is_one_page_with_every_figure(client, world):
    _park, staff, _leader, brief = world
    answer = get(client, staff, url("pdf", brief.pk))
    assert answer["Content-Type"] == "application/pdf"
    found = squeezed(pdf_text(answer.content))
    shown = [(key, text) for key, text in texts(brief.snapshot, ON_PAPER) if len(text) < 300]
    assert [entry for entry in shown if squeezed(entry[1]) not in found] == []
    listed, total = _listed(found, brief.snapshot), brief.snapshot["table"]["listed"]
    assert 0 < listed <= total
    if listed < total:
        assert f"本页列出{listed}个项目，另有{total - listed}个" in found


def _listed(found, snapshot):
    place = found.index("重点项目推进情况")
    return sum(squeezed(row["name"]) in found[place:] for row in snapshot["table"]["rows"])


def test_no_glyph_is_missing(world):
    """Every character of the paper is in its font, and comes out of the PDF as itself."""
    brief = world[3]
    found = pdf_text(paper.render(brief.snapshot))
    assert "\ufffd" not in found
    known = TTFont(sans_path()).getBestCmap()
    written = {character for _key, text in texts(brief.snapshot) for character in text if not character.isspace()}
    assert {character for character in written if ord(character) not in known} == set()
    head = set(brief.snapshot["title"])
    assert head <= set(found)


@pytest.mark.slow
@pytest.mark.parametrize("long", [1, 40])
def test_a_full_week_still_fits_one_page(world, long):
    """Long texts everywhere, ten decisions, many milestones and departments: one page, and what is cut is counted."""
    snapshot = copy(world[3].snapshot)
    board, table = dict(snapshot["board"]), dict(snapshot["table"])
    text = "项目推进遇到困难，需要协调。" * long
    rows = [{**row, "progress": text, "done": text, "issue": text, "name": f"{row['name']}{text}"[:200]}
            for row in table["rows"]] * 3  # fmt: skip
    table |= {"rows": rows, "listed": len(rows)}
    decision = {"kind": "case", "id": 1, "project": 1, "name": text[:120], "title": text, "why": text, "proposal": text}
    milestone = {"project": 1, "name": text[:120], "stage": "L08", "stage_name": "开工", "due_on": "2026-11-25",
                 "unit": text[:60]}  # fmt: skip
    changed = {"project": 1, "name": text[:60], "from": "green", "to": "red", "why": text}
    board |= {
        "decisions": [decision] * 10,
        "milestones": [milestone] * 30,
        "lights": board["lights"] | {"changed": [changed] * 30},
        "approvals": board["approvals"] | {"overdue": [{"unit": 1, "name": f"{text[:40]}局", "count": 3}] * 20},
    }
    sentences = [{"key": "x", "text": text}] * 7
    snapshot |= {"board": board, "table": table, "compared": {**snapshot["compared"], "sentences": sentences}}
    found = squeezed(pdf_text(paper.render(snapshot)))
    assert "另有5项" in found
    assert "另有25个" in found
    assert "个有变化的项目见周报页面" in found


def test_between_noon_and_five_only_the_centre_reads_it(client, world):
    _park, staff, leader, brief = world
    for name in ("detail", "pdf", "xlsx", "compare"):
        get(client, leader, url(name, brief.pk), 404)
        get(client, staff, url(name, brief.pk))
    assert url("detail", brief.pk) not in get(client, leader, url("list")).content.decode()
    actions.publish(brief, by=staff, at=NOW, version=1)
    assert url("detail", brief.pk) in get(client, leader, url("list")).content.decode()
    get(client, leader, url("detail", brief.pk))


def test_publishing_asks_first_and_takes_the_version_that_was_seen(client, world):
    _park, staff, _leader, brief = world
    action = f"{url('publish', brief.pk)}?version=1"
    assert action in get(client, staff, url("publish", brief.pk)).content.decode()
    assert client.post(f"{url('publish', brief.pk)}?version=7").status_code == 409
    assert client.post(action).url == url("detail", brief.pk)
    assert WeeklyBrief.objects.get(pk=brief.pk).state == "published"
    page = get(client, staff, url("detail", brief.pk)).content.decode()
    assert (url("publish", brief.pk) in page, url("restate", brief.pk) in page) == (False, True)


def test_a_restatement_is_compared_with_what_it_restates(client, world):
    park, staff, _leader, brief = world
    action = f"{url('restate', brief.pk)}?version=1"
    get(client, staff, url("restate", brief.pk))
    assert client.post(action, {"reason": ""}).status_code == 422
    assert client.post(action, {"reason": "更正"}).status_code == 409  # nothing differs
    project = Project.objects.filter(park=park, light="red").exclude(status="terminated").first()
    Project.objects.filter(pk=project.pk).update(issue="土地已落实")
    answer = client.post(action, {"reason": "更正"})
    second = WeeklyBrief.objects.get(revision=1)
    assert answer.url == f"{url('compare', second.pk)}?with={brief.pk}"
    page = get(client, staff, answer.url).content.decode()
    assert "土地已落实" in page
    assert "变化单" in page
    old = get(client, staff, url("detail", brief.pk)).content.decode()
    assert url("detail", second.pk) in old
    assert "土地已落实" not in old


def test_any_two_are_compared(client, world):
    park, staff, leader, brief = world
    first = WeeklyBrief.objects.get(park=park, week=46)
    page = get(client, staff, f"{url('compare', brief.pk)}?with={first.pk}").content.decode()
    for sentence in brief.snapshot["compared"]["sentences"]:
        assert str(escape(sentence["text"])) in page
    get(client, staff, f"{url('compare', brief.pk)}?with=999999", 404)
    get(client, leader, f"{url('compare', first.pk)}?with={brief.pk}", 404)  # it is not published
    get(client, leader, url("compare", first.pk))


def test_freezing_from_the_list(client, world):
    park, staff, _leader, brief = world
    WeeklyBrief.objects.filter(pk=brief.pk).delete()
    page = get(client, staff, url("list")).content.decode()
    assert WEEK.key in page
    client.post(url("freeze"), {"week": "2026-W40"})
    assert WeeklyBrief.objects.filter(park=park).count() == 1
    client.post(url("freeze"), {"week": WEEK.key})
    made = WeeklyBrief.objects.get(park=park, week=47)
    assert (made.frozen_by, made.frozen_at) == (staff, NOW)


@pytest.mark.slow
def test_queries_of_the_pages_do_not_grow(client, world):
    used = []
    for n, size in enumerate((3, 40)):
        park = brief_park.fill(size, seed=30 + n)
        staff = factories.user(park)
        first, second = freeze(park, BEFORE, at=NOON_BEFORE), freeze(park, WEEK, at=NOON)
        client.force_login(staff)
        addresses = (
            url("list"), url("detail", second.pk), url("xlsx", second.pk),
            f"{url('compare', second.pk)}?with={first.pk}",
        )  # fmt: skip
        for place, address in enumerate(addresses):
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            used.append((place, len(queries)))
    assert len(set(used)) == 4, used
    assert load_calendar()
    assert workbook.file_name(second.snapshot, "pdf").endswith("（2026年第47周）.pdf")

"""The pages of figures and their workbooks: the same cells, the filters, and the numbers as links."""

import html
import io
import re
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse

from accounts import clock
from approvals.figures import table
from tests import factories
from tests.approvals.cases import finish, move, project, step_of
from tests.approvals.figures.test_land import FIVE, decide

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: TODAY)


@pytest.fixture
def staff(db):
    made = project(factories.park(), name="=HYPERLINK(测试项目)")
    unit = factories.organization(made.park, "unit", name="-资规局")
    made.steps.filter(code="S07").update(unit=unit)
    finish(made, "S01", "S06", "S07", on=date(2026, 2, 2))
    step = step_of(made, "S12")
    for verb, on in (("receive", 3), ("accept", 3), ("decide_approve", 19)):
        move(step, verb, date(2026, 2, on))
    return factories.user(made.park)


@pytest.fixture
def signed_in(client, staff):
    client.force_login(staff)
    return client


def url(name="figures", query=""):
    return reverse(f"approvals:{name}") + query


def cells_of_page(answer) -> list[list[str]]:
    """The text of every cell of the table of figures."""
    rows = re.findall(r"<tr[ >].*?</tr>", grid_of(answer), re.DOTALL)
    return [[text(cell) for cell in re.findall(r"<t[hd][ >].*?</t[hd]>", row, re.DOTALL)] for row in rows]


def grid_of(answer) -> str:
    (grid,) = re.findall(r'<table class="[^"]*figures".*?</table>', answer.content.decode(), re.DOTALL)
    return grid.split("<tbody>")[1]


def text(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def sheet_of(answer):
    return openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active


def cells_of_sheet(sheet, about: int, lines: int) -> list[list[str]]:
    """The workbook's cells put together as the page shows them."""
    found = []
    for row in sheet.iter_rows(min_row=4, max_row=3 + lines, values_only=True):
        values, at = [value or "" for value in row[:about]], about
        for measure in table.MEASURES:
            value, parts = row[at], row[at + 1 : at + 3] if measure.parts else ()
            is_mean = bool(measure.parts)
            text = "—" if value is None else f"{Decimal(str(value)):.1f}" if is_mean else str(value)
            text += measure.unit if value is not None else ""
            values.append(" ".join([text, *([f"{parts[0]} / {parts[1]}"] if parts else [])]))
            at += 1 + len(parts)
        found.append(values)
    return found


@pytest.mark.parametrize("by", table.BY)
def test_workbook_is_the_page_cell_by_cell(signed_in, by):
    page = cells_of_page(signed_in.get(url(query=f"?by={by}")))
    sheet = sheet_of(signed_in.get(url("figures_export", f"?by={by}")))
    about = 2 if by == "both" else 1
    assert cells_of_sheet(sheet, about, len(page)) == page
    assert len(page) > 2
    notes = [row[0] for row in sheet.iter_rows(min_row=4 + len(page), values_only=True)]
    assert notes == [str(text) for text in table.DEFINITIONS]


def test_headings_are_styled_and_texts_stay_texts(signed_in):
    sheet = sheet_of(signed_in.get(url("figures_export", "?by=department")))
    head = sheet["A3"]
    assert head.font.bold and head.fill.fgColor.rgb == "FFEEF2F6" and sheet.freeze_panes == "B4"
    (cell,) = [cell for (cell,) in sheet.iter_rows(max_col=1) if cell.value == "-资规局"]
    assert cell.data_type == "s" and cell.quotePrefix


def test_every_number_of_the_page_is_the_length_of_its_list(signed_in):
    links = re.findall(r'<a href="([^"]+)">([^<]+)</a>', grid_of(signed_in.get(url(query="?by=both"))))
    assert len(links) > 20
    for href, shown in links:
        href = html.unescape(href)
        number = signed_in.get(href).context["page"].paginator.count
        assert number > 0
        if re.search(r"only=(\w+)", href).group(1) not in ("with_wd", "with_cd"):  # sums of days, not steps
            assert shown == str(number), href


def test_filters(signed_in):
    assert signed_in.get(url(query="?period=2026-02")).context["period"].last == date(2026, 2, 28)
    free = signed_in.get(url(query="?period=free&first=2026-02-19&last=2026-02-19"))
    assert [line.about[0][:3] for line in free.context["table"].lines] == ["S12"]
    assert "first=2026-02-19" in free.context["export_url"]
    wrong = signed_in.get(url(query="?period=free&first=2026-02-19&last=2026-02-01"))
    assert wrong.context["form"].errors and wrong.context["period"].code == "2026"
    assert signed_in.get(url(query="?period=nonsense")).context["period"].code == "2026"
    empty = signed_in.get(url(query="?period=2025-12"))
    assert empty.context["table"].lines == [] and empty.status_code == 200


def test_list_of_unknown_kind_is_absent_and_foreign_keys_find_nothing(signed_in):
    assert signed_in.get(url("figures_steps", "?only=secret")).status_code == 404
    for query in ("?code=S99", "?department=999999", "?department=:无此部门", "?department=abc"):
        assert signed_in.get(url("figures_steps", query)).context["page"].paginator.count == 0


def test_only_who_may_see_figures(client, staff):
    role = staff.role
    role.verbs = [verb for verb in role.verbs if verb != "view_figures"]
    role.save()
    client.force_login(staff)
    for name in ("figures", "figures_export", "figures_steps", "figures_land", "figures_land_export"):
        assert client.get(url(name)).status_code == 403


def test_land_page_and_workbook_agree(signed_in, staff):
    made = project(staff.park, name="=拿地即开工")
    decide(made, date(2026, 2, 2), "S09")
    decide(made, date(2026, 2, 13), *FIVE)
    answer = signed_in.get(url("figures_land"))
    (journey,) = answer.context["page"].object_list
    assert "=拿地即开工" in answer.content.decode()
    row = [cell for (cell, *_rest) in sheet_of(signed_in.get(url("figures_land_export"))).iter_cols(min_row=4)]
    values = [getattr(cell.value, "date", lambda cell=cell: cell.value)() for cell in row]
    assert values[:5] == ["=拿地即开工", date(2026, 2, 2), date(2026, 2, 13), 9, 11]
    assert (row[0].data_type, journey.certified.workdays, journey.certified.calendar_days) == ("s", 9, 11)
    assert values[6:9] == [date(2026, 2, 13), 9, 11]  # no milestone: the construction permit


def test_pages_ask_a_fixed_number_of_queries(signed_in, staff, django_assert_max_num_queries):
    for _more in range(2):
        for name in ("figures", "figures_steps", "figures_land"):
            with django_assert_max_num_queries(15):
                signed_in.get(url(name))
        finish(project(staff.park), "S01", "S07", on=date(2026, 2, 3))


def test_figures_stand_in_the_navigation(signed_in):
    page = signed_in.get(url())
    assert {"group", "label", "url", "active"} == set(page.context["navigation"][0])
    assert [item["url"] for item in page.context["navigation"] if item["active"]] == [url()]

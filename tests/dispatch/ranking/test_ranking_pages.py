"""Pages, files and the API of rankings show the same figures, and a unit's tasks to itself and the park only."""

import io
import re
from copy import copy
from decimal import Decimal

import openpyxl
import pypdfium2
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.errors import Conflict, Refused
from accounts.models import Organization
from dispatch.figures.models import FigureRules
from dispatch.ledger.models import LedgerItem
from dispatch.notices.models import Notice
from dispatch.ranking import actions, appeals, papers, queries
from dispatch.ranking.formula import HALF_MONTH
from dispatch.ranking.models import Appeal, ContestEntry, Ranking
from tests import factories
from tests.approvals.cases import official
from tests.dispatch.ranking_cases import (
    AT,
    DUE,
    FROZEN_ON,
    LATE,
    LATER,
    LATER_ON,
    PERIOD,
    decided,
    item,
    owes_papers,
    points,
    published,
    scene,
    unit_row,
)
from tests.standing import standing
from workdays.seed import SEED_FILE, load_seed

pytestmark = pytest.mark.django_db
EDGE = {"at": LATER, "on": LATER_ON}


def busy():
    """Both units did their step late, 甲 waited for papers; 乙 has an open debt."""
    load_seed(SEED_FILE, at=AT)
    found = scene()
    owes_papers(decided(found.projects[0], found.units[0], on=LATE), until=LATE)
    decided(found.projects[1], found.units[1], on=LATE)
    item(found, 1)
    found.ranking = published(found)
    return found


filled = standing(busy)


@pytest.fixture
def park(filled, db):
    return copy(filled)


def client_of(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def get(person, name: str, *args, query: str = ""):
    return client_of(person).get(reverse(f"dispatch:{name}", args=args) + query)


def text_of(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def sheets(raw: bytes) -> dict[str, list[tuple]]:
    book = openpyxl.load_workbook(io.BytesIO(raw))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}


class TestSameFigures:
    def test_page_workbook_pdf_and_api(self, park):
        ranking = Ranking.objects.get()
        table = [(row["rank"], row["name"], row["score"], *(one["points"] for one in row["items"]))
                 for row in ranking.snapshot["ranking"]]  # fmt: skip
        page = text_of(get(park.staff, "ranking_detail", ranking.pk))
        raw = get(park.staff, "ranking_pdf", ranking.pk).content
        document = pypdfium2.PdfDocument(raw)
        assert len(document) <= 2
        printed = "".join(sheet.get_textpage().get_text_bounded() for sheet in document)
        book = sheets(get(park.staff, "ranking_download", ranking.pk).content)["排名"]
        answer = client_of(park.staff).get(f"/api/v1/rankings/{ranking.pk}/").json()
        assert answer["snapshot"] == ranking.snapshot
        assert answer["sha256"] == ranking.sha256
        for row, line in zip(table, book[1:], strict=True):
            assert (line[0], line[2], *(f"{value:.2f}" for value in line[3 : 3 + len(row) - 2])) == row
            for figure in (row[1], *row[2:]):
                assert figure in page and figure in printed
        assert "\ufffd" not in printed and "□" not in printed
        for paragraph in ranking.snapshot["notice"]:
            assert paragraph in page

    def test_the_sheet_of_a_unit_says_how_each_item_came_about(self, park):
        unit = park.units[0]
        page = text_of(get(park.workers[0], "ranking_unit", park.ranking.pk, unit.pk))
        for one in unit_row(park.ranking, unit)["items"]:
            assert one["points"] in page
        assert "rate=investment" in page and f"group={unit.pk}" in page and "part=denominator" in page
        assert 'id="live"' in page  # the figures are frozen, the lists behind the links are not
        assert "容缺材料待补" in page and "S01" in page

    def test_a_frozen_page_does_not_move_with_the_facts(self, park):
        before = [text_of(get(park.leader, name, park.ranking.pk)) for name in ("ranking_print", "ranking_detail")]
        item(park, 2)
        Organization.objects.filter(pk=park.units[0].pk).update(name="改名单位")
        after = [text_of(get(park.leader, name, park.ranking.pk)) for name in ("ranking_print", "ranking_detail")]
        assert [strip(one) for one in before] == [strip(one) for one in after]


def strip(page: str) -> str:
    return re.sub(r"csrf\w+\W+value=\"\w+\"|X-CSRFToken\W+\w+|<footer.*|<header.*?</header>", "", page)


class TestWhoReadsWhat:
    SECRET = "事项金丝雀乙单位"

    def answers(self, park, person) -> str:
        found = [
            text_of(get(person, name, park.ranking.pk))
            for name in ("ranking_detail", "ranking_print", "ranking_compare")
        ]
        found.append(str(sheets(get(person, "ranking_download", park.ranking.pk).content)))
        found.append(client_of(person).get(f"/api/v1/rankings/{park.ranking.pk}/").content.decode())
        return "".join(found)

    def test_tasks_of_another_unit_are_nowhere_and_the_twin_reads_them(self, park):
        stranger, owner, leader = (self.answers(park, who) for who in (park.workers[0], park.workers[1], park.leader))
        assert self.SECRET not in stranger and "项目金丝雀乙单位" not in stranger
        assert stranger.count("乙单位") > 3
        assert self.SECRET in owner and self.SECRET in leader

    def test_the_sheet_of_another_unit_is_not_there(self, park):
        a, b, _c = park.units
        assert get(park.workers[0], "ranking_unit", park.ranking.pk, b.pk).status_code == 404
        assert get(park.workers[1], "ranking_unit", park.ranking.pk, b.pk).status_code == 200
        assert get(park.workers[0], "ranking_unit", park.ranking.pk, a.pk).status_code == 200
        assert get(park.leader, "ranking_unit", park.ranking.pk, 10**8).status_code == 404

    def test_people_above_an_office_read_its_sheet(self, park):
        above = factories.organization(park.park)
        Organization.objects.filter(pk=park.units[1].pk).update(parent=above)
        head = factories.user(park.park, "unit", above)
        assert get(head, "ranking_unit", park.ranking.pk, park.units[1].pk).status_code == 200

    def test_units_do_not_see_what_is_not_published(self, park):
        later, _is_new = actions.freeze(
            park=park.park, period=PERIOD.before(), by=None, at=AT, calendar=official(), today=FROZEN_ON
        )
        assert get(park.workers[0], "ranking_detail", later.pk).status_code == 404
        assert get(park.staff, "ranking_detail", later.pk).status_code == 200
        assert client_of(park.workers[0]).get("/api/v1/rankings/").json()["results"][0]["id"] == park.ranking.pk

    def test_enterprises_know_of_none(self, park):
        person = factories.user(park.park, "enterprise")
        for name in ("ranking_list", "appeal_list"):
            assert get(person, name).status_code == 404
        assert get(person, "ranking_detail", park.ranking.pk).status_code == 404
        assert client_of(person).get("/api/v1/rankings/").status_code == 404


class TestAppeal:
    def make(self, park, unit=1, about="whole", **options):
        edge = {"text": "等待期间不应计入", "by": park.workers[unit], "calendar": official(), **EDGE}
        return appeals.appeal(park.ranking, unit=park.units[unit], about=about, **edge | options)

    def task(self, park) -> str:
        return next(key for key in appeals.subjects(park.ranking, park.units[1].pk) if key.startswith("step/"))

    def test_it_is_on_the_ledger_of_the_centre_and_the_centre_is_told(self, park):
        row = self.make(park)
        assert (row.state, row.item.unit, row.item.state) == ("open", park.staff.organization, "assigned")
        assert row.item.due_on == official().add(LATER_ON, 5)
        assert "乙单位" in row.item.title and row.item.description == row.text
        told = Notice.objects.filter(event="ranking_appeal").values_list("recipient", flat=True)
        assert set(told) == {park.staff.pk, park.second.pk}

    def test_upheld_the_task_is_left_out_when_it_is_counted_again(self, park):
        row = self.make(park, about=self.task(park))
        appeals.answer(row, is_upheld=True, text="情况属实", by=park.second, version=1, **EDGE)
        assert (row.state, row.answered_by, row.answered_at) == ("upheld", park.second, LATER)
        row.item.refresh_from_db()
        assert (row.item.state, row.item.closed_by) == ("closed", park.second)
        assert Notice.objects.filter(event="ranking_appeal", recipient=park.workers[1]).exists()
        again = actions.restate(
            park.ranking, reason="采纳申诉", by=park.staff, at=LATER, calendar=official(), version=park.ranking.version
        )
        before, after = (unit_row(one, park.units[1]) for one in (park.ranking, again))
        assert (before["due"], after["due"]) == (2, 1)
        (task,) = [one for unit in again.snapshot["units"] for one in unit["tasks"] if one["excused"]]
        assert (task["excused"], task["counts"], task["is_owed"]) == ("情况属实", False, False)
        assert points(again, park.units[1], "tasks")["denominator"] == "1"

    def test_rejected_it_changes_nothing(self, park):
        row = self.make(park, about=self.task(park))
        appeals.answer(row, is_upheld=False, text="记录完整", by=park.second, version=1, **EDGE)
        with pytest.raises(Refused):
            actions.restate(
                park.ranking, reason="x", by=park.staff, at=LATER, calendar=official(), version=park.ranking.version
            )

    def test_four_eyes_and_a_reason(self, park):
        row = self.make(park)
        for options in ({"by": park.staff}, {"text": "  "}):
            with pytest.raises(Refused):
                appeals.answer(
                    row, **{"is_upheld": True, "text": "是", "by": park.second, "version": 1} | EDGE | options
                )
        with pytest.raises(Conflict):
            appeals.answer(row, is_upheld=True, text="是", by=park.second, version=7, **EDGE)
        row.refresh_from_db()
        assert (row.state, row.item.state) == ("open", "assigned")
        appeals.answer(row, is_upheld=True, text="是", by=park.second, version=1, **EDGE)
        with pytest.raises(Refused):
            appeals.answer(row, is_upheld=False, text="否", by=park.second, version=2, **EDGE)

    def test_one_open_appeal_about_a_thing(self, park):
        self.make(park)
        with pytest.raises(Refused):
            self.make(park)
        self.make(park, about="investment")
        with pytest.raises(Refused):
            self.make(park, about="step/0")
        assert Appeal.objects.count() == 2

    def test_withdrawn_the_item_is_closed_and_another_appeal_possible(self, park):
        row = appeals.withdraw(self.make(park), by=park.workers[1], version=1, **EDGE)
        assert (row.state, LedgerItem.objects.get(pk=row.item_id).state) == ("withdrawn", "closed")
        self.make(park)

    def test_by_the_unit_itself_only(self, park):
        response = client_of(park.workers[0]).post(
            reverse("dispatch:appeal_new", args=[park.ranking.pk]) + f"?unit={park.units[1].pk}",
            {"about": "whole", "text": "x"},
        )  # fmt: skip
        assert response.status_code == 404 and not Appeal.objects.exists()

    def test_the_whole_way_through_the_pages(self, park):
        worker, second = client_of(park.workers[1]), client_of(park.second)
        made = worker.post(reverse("dispatch:appeal_new", args=[park.ranking.pk]), {"about": "whole", "text": "请复核"})
        row = Appeal.objects.get()
        assert made.status_code == 302 and made.url == reverse("dispatch:appeal_detail", args=[row.pk])
        assert f"/rankings/appeals/{row.pk}/" in text_of(
            second.get(reverse("dispatch:ledger_detail", args=[row.item_id]))
        )
        address = reverse("dispatch:appeal_answer", args=[row.pk])
        assert second.post(address, {"version": 1, "outcome": "upheld", "text": ""}).status_code == 422
        done = second.post(address, {"version": 1, "outcome": "rejected", "text": "记录完整"})
        assert done.status_code == 302
        assert "记录完整" in text_of(worker.get(made.url))

    def test_another_units_appeal_is_not_there(self, park):
        row = self.make(park)
        assert get(park.workers[0], "appeal_detail", row.pk).status_code == 404
        assert row.text not in text_of(get(park.workers[0], "appeal_list"))
        assert row.text not in text_of(get(park.workers[0], "ranking_detail", park.ranking.pk))
        assert row.text in text_of(get(park.workers[1], "ranking_detail", park.ranking.pk))


def formula_data(formula=HALF_MONTH, **changes) -> dict:
    rows = [one.as_json() for one in formula.items]
    data = {"items-TOTAL_FORMS": len(rows), "items-INITIAL_FORMS": len(rows), "base_version": 0, "note": "权重调整"}
    for n, row in enumerate(rows):
        data |= {f"items-{n}-{name}": value for name, value in row.items()}
    return data | changes


class TestFormula:
    URL = "/rankings/formula/half_month/edit/"
    SWAP = {"items-0-weight": 10, "items-1-weight": 40}

    def test_a_preview_counts_the_last_period_and_saves_nothing(self, park):
        response = client_of(park.staff).post(self.URL, formula_data(**self.SWAP, preview=1))
        assert response.status_code == 200 and 'id="preview"' in response.content.decode()
        preview = response.context["preview"]["rows"]
        assert {row["then"]["unit"]: row["then"]["score"] for row in preview} == {
            row["unit"]: row["score"] for row in park.ranking.snapshot["ranking"]
        }
        a = next(row["now"] for row in preview if row["now"]["unit"] == park.units[0].pk)
        assert Decimal(a["items"][0]["points"]) == 10
        assert not FigureRules.objects.exists()

    def test_saved_it_is_the_next_version_with_a_reason(self, park):
        response = client_of(park.staff).post(self.URL, formula_data(**self.SWAP, save=1))
        assert response.status_code == 302
        row = FigureRules.objects.get()
        assert (row.version, row.note, row.by) == (1, "权重调整", park.staff)
        assert [one["weight"] for one in row.params["half_month"]["items"][:2]] == [10, 40]
        assert "权重调整" in text_of(get(park.workers[0], "ranking_formula", "half_month"))

    @pytest.mark.parametrize(
        ("changes", "status"),
        [({"items-0-weight": 31}, 422), ({"items-0-weight": ""}, 422), ({"items-0-source": "entry"}, 422),
         ({"note": ""}, 422), ({"base_version": 5}, 409), ({}, 409)],
    )  # fmt: skip
    def test_what_cannot_be_used_is_not_saved(self, park, changes, status):
        swap = {} if not changes else self.SWAP | changes
        if not swap:  # the default saved twice: nothing has changed
            client_of(park.staff).post(self.URL, formula_data(save=1))
            swap = {"base_version": 1}
        before = FigureRules.objects.count()
        assert client_of(park.staff).post(self.URL, formula_data(**swap, save=1)).status_code == status
        assert FigureRules.objects.count() == before

    def test_units_read_it_and_do_not_change_it(self, park):
        assert get(park.workers[0], "ranking_formula", "contest").status_code == 200
        assert get(park.workers[0], "ranking_formula_edit", "contest").status_code == 403
        assert get(park.staff, "ranking_formula", "weekly").status_code == 404


def test_figures_of_the_contest_are_entered_in_a_grid(park):
    url = reverse("dispatch:contest_entries") + "?quarter=2026-1"
    a, b, _c = park.units
    data = {f"value-{a.pk}-attraction": "2", f"value-{b.pk}-environment": "88.5", "source": "台账", "seen": 0}
    assert client_of(park.staff).post(url, data).status_code == 302
    assert set(ContestEntry.objects.values_list("unit", "counter", "value", "quarter")) == {
        (a.pk, "attraction", Decimal(2), 1), (b.pk, "environment", Decimal("88.5"), 1),
    }  # fmt: skip
    assert client_of(park.staff).post(url, data).status_code == 409
    assert client_of(park.staff).post(url, {**data, f"value-{a.pk}-attraction": "-1"}).status_code == 422
    assert 'value="88.5"' in text_of(get(park.staff, "contest_entries", query="?quarter=2026-1"))


def test_publishing_asks_first_and_restating_through_the_page(park):
    later, _is_new = actions.freeze(
        park=park.park, period=PERIOD.before(), by=None, at=AT, calendar=official(), today=FROZEN_ON
    )
    url = reverse("dispatch:ranking_publish", args=[later.pk])
    staff = client_of(park.staff)
    assert f"{url}?version=1" in text_of(staff.get(url))
    assert staff.post(f"{url}?version=1").status_code == 302
    later.refresh_from_db()
    assert later.state == "published"
    item(park, 0)
    again = reverse("dispatch:ranking_restate", args=[park.ranking.pk])
    assert staff.post(again, {"version": park.ranking.version, "reason": ""}).status_code == 422
    done = staff.post(again, {"version": park.ranking.version, "reason": "漏登事项"})
    newest = Ranking.objects.get(revision=1)
    assert done.url == reverse("dispatch:ranking_detail", args=[newest.pk])


def test_comparison_of_two(park):
    earlier = published(park, period=PERIOD.before())
    page = get(park.workers[0], "ranking_compare", park.ranking.pk, query=f"?with={earlier.pk}")
    rows = {row["name"]: row for row in page.context["rows"]}
    assert set(rows) == {unit.name for unit in park.units}
    for name, row in rows.items():
        assert row["moved"] == row["then"]["rank"] - row["now"]["rank"], name
        assert [new for _old, new in row["items"]] == [one["points"] for one in row["now"]["items"]]


def test_queries_of_the_pages_do_not_grow(park):
    def count(name: str, *args) -> int:
        client = client_of(park.staff)
        client.get(reverse(f"dispatch:{name}", args=args))
        with CaptureQueriesContext(connection) as found:
            assert client.get(reverse(f"dispatch:{name}", args=args)).status_code == 200
        return len(found)

    pages = [("ranking_list",), ("appeal_list",), ("ranking_compare", park.ranking.pk)]
    TestAppeal().make(park)
    few = [count(*page) for page in pages]
    period = PERIOD
    for n in (1, 2, 3):
        period = period.before()
        published(park, period=period)
        TestAppeal().make(park, about=("investment", "tasks", "closure")[n - 1])
    assert [count(*page) for page in pages[:2]] == few[:2]
    assert count(*pages[2]) <= few[2] + 2  # the other ranking, and what it can be compared with


def test_files_need_the_snapshot_alone(park):
    """Nothing is read from the database to make them."""
    snapshot = park.ranking.snapshot
    with CaptureQueriesContext(connection) as found:
        papers.workbook(snapshot)
        papers.pdf(snapshot)
        queries.owed(snapshot)
    assert len(found) == 0
    assert papers.file_name(snapshot, "pdf").endswith("2026年3月上半月排名.pdf")
    assert papers.workbook(snapshot)[:2] == b"PK"


def test_the_due_day_itself_is_in_time(park):
    decided(park.projects[2], park.units[2], code="S02", on=DUE)
    later = actions.restate(
        park.ranking, reason="补录", by=park.staff, at=LATER, calendar=official(), version=park.ranking.version
    )
    assert points(later, park.units[2], "tasks")["exact"] == "30"

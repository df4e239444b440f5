"""Drafting, refreshing, issuing; the workbook's layout, types and sameness; the monthly job."""

import io
import zipfile
from copy import copy
from datetime import date, datetime
from types import SimpleNamespace

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.errors import Conflict, Refused
from dispatch.jobs.registry import JOBS
from dispatch.models import Bulletin
from dispatch.reports import actions, issuing, workbook
from dispatch.reports.snapshot import canonical, digest
from projects.ledger.sheet import CUT_MARK, safe_text
from projects.models import Project
from tests import factories
from tests.dispatch import bulletin_park
from tests.dispatch.bulletin_park import AS_OF, AT
from tests.standing import standing

pytestmark = pytest.mark.django_db


filled = standing(lambda: bulletin_park.fill(24))


@pytest.fixture
def park(filled, db):
    return copy(filled)


@pytest.fixture
def staff(park):
    return factories.user(park)


def draft(park, by=None, **options):
    return actions.draft_bulletin(
        **{"park": park, "year": 2026, "month": 10, "as_of": AS_OF, "by": by, "at": AT} | options
    )


def issued(bulletin, by):
    """Checked and issued; the job has drafted it or a colleague checks."""
    done = issuing.check(bulletin, by=factories.user(bulletin.park), at=AT, version=bulletin.version)
    return issuing.issue(done, by=by, at=AT, version=done.version)


def opened(bulletin):
    return openpyxl.load_workbook(io.BytesIO(workbook.render(bulletin.snapshot)))


def test_a_draft_holds_everything_and_its_own_fingerprint(park, staff):
    bulletin = draft(park, staff)
    assert (bulletin.state, bulletin.as_of, bulletin.created_by, bulletin.version) == ("draft", AS_OF, staff, 1)
    stored = Bulletin.objects.get()
    assert stored.sha256 == digest(stored.snapshot) == digest(bulletin.snapshot)
    assert canonical(stored.snapshot) == canonical(bulletin.snapshot)


def test_a_refresh_changes_the_fingerprint_only_when_facts_change(park, staff):
    first = draft(park, staff)
    again = draft(park, staff)
    assert (again.pk, again.sha256, again.version) == (first.pk, first.sha256, 1)
    Project.objects.filter(pk=Project.objects.exclude(status="terminated").first().pk).update(physical_progress="封顶")
    changed = draft(park, staff)
    assert changed.pk == first.pk
    assert (changed.sha256 == first.sha256, changed.version) == (False, 2)


def test_an_issued_bulletin_is_frozen(park, staff):
    bulletin = issued(draft(park, staff), staff)
    assert (bulletin.state, bulletin.issued_by, bulletin.issued_at, bulletin.version) == ("issued", staff, AT, 3)
    Project.objects.update(physical_progress="变了")
    with pytest.raises(Refused):
        draft(park, staff)
    with pytest.raises(Refused):
        issuing.issue(bulletin, by=staff, at=AT, version=3)
    assert Bulletin.objects.get().sha256 == bulletin.sha256


def test_a_draft_still_follows_the_facts(park, staff):
    """The negative twin of the test above."""
    before = draft(park, staff).sha256
    Project.objects.update(physical_progress="变了")
    assert draft(park, staff).sha256 != before


def test_the_version_seen_must_be_the_present_one(park, staff):
    bulletin = draft(park, staff)
    with pytest.raises(Conflict):
        issuing.issue(bulletin, by=staff, at=AT, version=7)
    with pytest.raises(Conflict):
        draft(park, staff, version=7)
    assert Bulletin.objects.get().state == "draft"
    assert draft(park, staff, version=1).version == 1


def test_who_may_not(park):
    unit, leader, stranger = (
        factories.user(park, "unit"),
        factories.user(park, "leader"),
        factories.user(factories.park()),
    )
    for person in (unit, leader, stranger):
        with pytest.raises(PermissionDenied):
            draft(park, person)
    bulletin = draft(park)
    for person in (unit, leader, stranger):
        with pytest.raises(PermissionDenied):
            issuing.issue(bulletin, by=person, at=AT, version=1)
        with pytest.raises(PermissionDenied):
            issuing.check(bulletin, by=person, at=AT, version=1)
    assert Bulletin.objects.get().state == "draft"


@pytest.mark.parametrize(("month", "as_of"), [(10, date(2026, 9, 30)), (10, date(2026, 11, 1)), (13, AS_OF)])
def test_months_and_days_that_do_not_fit(park, month, as_of):
    with pytest.raises(Refused):
        draft(park, month=month, as_of=as_of)
    assert not Bulletin.objects.exists()


def test_the_day_of_a_draft():
    assert actions.last_day(2026, 10, date(2026, 11, 22)) == date(2026, 10, 31)
    assert actions.last_day(2026, 11, date(2026, 11, 22)) == date(2026, 11, 22)


def test_last_months_rank_comes_from_last_months_bulletin(park):
    before = draft(park, month=9, as_of=date(2026, 9, 30))
    ranks = {row["unit_id"]: row["rank"] for row in before.snapshot["annex2"]}
    now = draft(park).snapshot["annex2"]
    assert {row["unit_id"]: row["rank_before"] for row in now} == ranks
    moved = {row["rank_before"] - row["rank"]: row["moved"] for row in now}
    assert all(text == ("持平" if n == 0 else f"{'↑' if n > 0 else '↓'}{abs(n)}") for n, text in moved.items())


def stored(value):
    """As PostgreSQL keeps JSON: the keys of an object by length, then by bytes."""
    if isinstance(value, dict):
        return {key: stored(value[key]) for key in sorted(value, key=lambda key: (len(key.encode()), key.encode()))}
    return [stored(one) for one in value] if isinstance(value, list) else value


def test_the_order_of_stored_keys_changes_no_byte(park):
    snapshot = draft(park).snapshot
    assert workbook.render(snapshot) == workbook.render(stored(snapshot))


def test_the_same_snapshot_gives_the_same_bytes(park):
    snapshot = draft(park).snapshot
    first = workbook.render(snapshot)
    assert first == workbook.render(Bulletin.objects.get().snapshot)
    with zipfile.ZipFile(io.BytesIO(first)) as package:
        assert {part.date_time for part in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2026-10-30" in package.read("docProps/core.xml")


SINGLE = "ABCDEFGHIJRSTUVWX"


def test_annex_1_layout(park):
    book = opened(draft(park))
    assert book.sheetnames == ["通报", "附件1", "附件2", "附件3", "附件4", "附件5", "附件6"]
    sheet = book["附件1"]
    expected = {"A1:X1", "K3:M3", "N3:Q3"} | {f"{letter}3:{letter}4" for letter in SINGLE}
    assert {str(area) for area in sheet.merged_cells.ranges} == expected
    assert sheet["A2"].value.startswith("填报单位：")
    assert sheet["X2"].value == "单位：万元、亩"
    assert [sheet[f"{letter}3"].value for letter in "ABCDEFGHIJKN"] == [
        "序号", "项目名称", "建设单位", "建设地点", "建设性质", "建设规模及主要建设内容", "建设起止年限",
        "总投资（亿元）", "用地面积（亩）", "截至上年底累计完成投资", "2026年计划", "2026年投资完成情况",
    ]  # fmt: skip
    assert [sheet[f"{letter}4"].value for letter in "KLMNOPQ"] == [
        "年度计划投资", "计划开工时间", "计划竣工时间", "10月完成", "1-10月累计完成", "占年度计划(%)",
        "比序时进度(±百分点)",
    ]  # fmt: skip
    assert [sheet[f"{letter}3"].value for letter in "RSTUVWX"] == [
        "是否入库", "形象进度", "存在问题", "下步工作计划", "责任单位", "包联领导", "预警",
    ]  # fmt: skip
    assert sheet["B5"].value.startswith("合计（")
    assert sheet["B6"].value.startswith("一、新建项目（")
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToWidth) == (
        "landscape",
        8,
        1,
    )
    assert (sheet.freeze_panes, sheet.print_title_rows) == ("C5", "$1:$4")
    assert (sheet["A1"].font.name, sheet["B7"].font.name) == ("黑体", "宋体")


def test_annex_1_cells_are_the_snapshots_in_their_types(park):
    bulletin = draft(park)
    sheet, annex = opened(bulletin)["附件1"], bulletin.snapshot["annex1"]
    keys = ["no", "name", "enterprise", "location", "nature", "content", "years", "total_10k", "land_mu", "before_10k",
            "plan_10k", "planned_start", "planned_end", "month_10k", "ytd_10k", "percent", "ahead_pp", "enrolled",
            "progress", "issue", "next_work", "unit", "leader", "light_zh"]  # fmt: skip
    rows = [annex["total"]]
    for group in annex["groups"]:
        rows += [{"name": group["heading"]}, *group["rows"]]
    assert sheet.max_row == 4 + len(rows)
    for number, row in enumerate(rows, 5):
        for column, key in enumerate(keys, 1):
            cell, stored = sheet.cell(number, column), row.get(key)
            check_cell(cell, key, stored)


def check_cell(cell, key, stored):
    if stored in (None, ""):
        assert cell.value is None
    elif key == "total_10k":
        assert cell.value == pytest.approx(float(stored) / 10000, abs=1e-9)
    elif key in ("no", "land_mu", "before_10k", "plan_10k", "month_10k", "ytd_10k", "percent", "ahead_pp"):
        assert cell.data_type == "n"
        assert cell.value == pytest.approx(float(stored), abs=1e-9)
    elif key in ("planned_start", "planned_end") and stored.count("-") == 2:
        assert cell.value == datetime.fromisoformat(stored)
    else:
        assert (cell.value, cell.data_type) == (stored, "s")


@pytest.mark.parametrize(("name", "number"), [("附件2", 2), ("附件3", 3), ("附件4", 4), ("附件5", 5), ("附件6", 6)])
def test_the_other_annexes_have_a_row_for_each(park, name, number):
    bulletin = draft(park)
    sheet, rows = opened(bulletin)[name], bulletin.snapshot[f"annex{number}"]
    labels = {2: "rank", 3: "no", 4: "no", 5: "no", 6: "no"}
    assert [sheet.cell(4 + n, 1).value for n in range(len(rows))] == [row[labels[number]] for row in rows]
    assert {str(area) for area in sheet.merged_cells.ranges} == {f"A1:{sheet.cell(3, sheet.max_column).column_letter}1"}


def test_text_stays_text(park):
    bulletin = draft(park)
    sheet = opened(bulletin)["附件1"]
    contents = [cell for row in sheet.iter_rows(min_row=7, min_col=6, max_col=6) for cell in row if cell.value]
    assert contents
    assert {(cell.value, cell.data_type, cell.quotePrefix) for cell in contents} == {("=1+1 新建厂房", "s", True)}


def test_what_a_cell_cannot_hold():
    assert safe_text("a\x00b\x0bc\ud800\nd") == "abc\nd"
    long = safe_text("长" * 40_000)
    assert len(long) == 32_767
    assert long.endswith(CUT_MARK)
    assert safe_text("👍 = ok") == "👍 = ok"


def test_january_has_no_range(park):
    snapshot = draft(park, month=1, as_of=date(2026, 1, 30)).snapshot
    assert snapshot["labels"] == {"month": "1月完成", "months": "1月累计完成"}


def test_the_job_drafts_every_park_once_and_leaves_issued_ones(park, staff):
    other = bulletin_park.fill(2, seed=9)
    run, calls = SimpleNamespace(as_of=AS_OF), []
    work = JOBS["bulletin"].work
    assert work(run, AT, lambda: calls.append(1)) == {"drafted": 2, "already_issued": 0}
    assert calls == [1, 1]
    first = Bulletin.objects.get(park=park)
    assert (first.created_by, first.state) == (None, "draft")
    issued(first, staff)
    assert work(run, AT, lambda: None) == {"drafted": 1, "already_issued": 1}
    assert set(Bulletin.objects.values_list("park", "year", "month")) == {(park.pk, 2026, 10), (other.pk, 2026, 10)}


def test_the_command(park, capsys):
    call_command("draft_bulletin", "2026-10", "--park", park.code, "--as-of", "2026-10-30")
    assert Bulletin.objects.get().sha256 in capsys.readouterr().out
    for wrong in (["2026-13"], ["2026-10", "--park", "nowhere"]):
        with pytest.raises(CommandError):
            call_command("draft_bulletin", *wrong)

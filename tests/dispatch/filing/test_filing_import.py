"""Importing filings: drafts are filled by the rules of the page, nobody's but one's own, and taken back."""

from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook

from accounts.errors import Conflict, Refused
from dispatch.filing import actions
from dispatch.filing.importing.export import export
from dispatch.filing.models import Filing
from projects.ledger.reader import read_table
from projects.ledger.registry import kind_of
from tests.dispatch.filing.filing_cases import AT, WHO, accepted, handed_in, locked
from tests.dispatch.filing.filing_cases import case as make_case
from tests.dispatch.ledger.importing import actions_of, batch_of, kinds_of, sheet_bytes, undone, written

HEAD = (
    "序号",
    "项目名称",
    "本月完成投资（万元）",
    "1-3月累计完成投资（亿元）",
    "形象进度（%）",
    "工程形象进度",
    "存在问题",
    "异常说明",
)


@pytest.fixture
def case(db):
    return make_case()


def line(name="减速器项目", month=300, **more):
    given = {"项目名称": name, "本月完成投资（万元）": month, "形象进度（%）": "40%", "工程形象进度": "主体三层"} | more
    return [given.get(each) for each in HEAD]


def judged(case, *lines, by=None, **options):
    return batch_of("filings", sheet_bytes(HEAD, *lines), park=case.park, by=by or case.worker, at=AT, **options)


def test_a_draft_is_filled_and_nothing_is_handed_in(case):
    batch = written(judged(case, line(存在问题="缺钢材")), at=AT)
    assert actions_of(batch) == ["update"] and kinds_of(batch) == []
    filing = case.filing()
    assert (filing.month_10k, filing.physical_percent, filing.physical_progress, filing.issue) == (
        Decimal(300), Decimal(40), "主体三层", "缺钢材",
    )  # fmt: skip
    assert (filing.state, filing.version, filing.submitted_at) == ("draft", 2, None)
    entry = filing.history.get()
    first = next(each for each in entry.changes if each["field"] == "month_10k")
    assert (entry.verb, first["new"], first["cell"], first["raw"]) == ("saved", "300", "表!C2", "300")
    assert actions_of(judged(case, line(存在问题="缺钢材"))) == ["unchanged"]


def test_units_of_columns(case):
    written(judged(case, [1, "减速器项目", 300, 0.15, "40%", None, None, None]), at=AT)
    assert case.filing().ytd_10k == Decimal(1500)


@pytest.mark.parametrize(
    ("more", "kind", "action"),
    [
        ({"1-3月累计完成投资（亿元）": 0.2}, "FIGURE_WRONG", "refused"),
        ({"形象进度（%）": "20%"}, "FIGURE_WRONG", "refused"),
        ({"形象进度（%）": "120%"}, "NOT_STORABLE", "refused"),
        ({"本月完成投资（万元）": -5}, "NOT_STORABLE", "refused"),
        ({"形象进度（%）": None}, "FIGURE_OPEN", "update"),
        ({"形象进度（%）": "90%"}, "FIGURE_UNUSUAL", "update"),
    ],
)
def test_figures_go_through_the_rules_of_the_page(case, more, kind, action):
    batch = judged(case, line(**more))
    assert actions_of(batch) == [action] and (2, kind) in kinds_of(batch)


def test_unusual_figures_take_their_reason_from_the_column(case):
    batch = judged(case, line(**{"形象进度（%）": "90%", "异常说明": "设备先到"}))
    assert (2, "FIGURE_UNUSUAL") not in kinds_of(batch)
    written(batch, at=AT)
    assert case.filing().acknowledged == "设备先到"


def test_only_what_the_person_files_for(case):
    names = [line(), line("电池托盘项目"), line("谋划项目"), line("没有的项目"), line("减速器")]
    assert actions_of(judged(case, *names)) == ["update", "refused", "refused", "refused", "unsure"]
    assert actions_of(judged(case, *names[:4], by=case.owner)) == ["refused", "update", "refused", "refused"]
    assert actions_of(judged(case, *names[:2], by=case.stranger)) == ["refused", "refused"]
    assert actions_of(judged(case, *names[:3], by=case.staff)) == ["update", "update", "refused"]
    assert "FILING_NOT_FOUND" in {kind for _row, kind in kinds_of(judged(case, names[1]))}
    chosen = judged(case, names[4], answers={"rows": {"表!2": case.built.pk}})
    assert actions_of(chosen) == ["update"]


def test_what_was_handed_in_becomes_a_draft_and_what_was_accepted_stays(case):
    handed_in(case)
    batch = judged(case, line(month=310))
    assert (2, "FILING_REOPENED") in kinds_of(batch)
    written(batch, at=AT)
    assert (case.filing().state, case.filing().month_10k, case.filing().ytd_10k) == ("draft", 310, None)


def test_accepted_ones_and_locked_months_are_refused(case):
    accepted(case)
    assert kinds_of(judged(case, line(month=310))) == [(2, "FILING_ACCEPTED")]
    batch = judged(case, line("电池托盘项目"), by=case.owner)
    locked(case)
    with pytest.raises(Conflict):
        written(batch, at=AT)
    assert kinds_of(judged(case, line("电池托盘项目"), by=case.owner)) == [(2, "WINDOW_LOCKED")]
    assert kinds_of(judged(case, line(), month=2)) == [(2, "NO_WINDOW")]


def test_nothing_is_written_over_a_later_change(case):
    batch = judged(case, line())
    filing = case.filing()
    actions.save(filing, {"issue": "别的"}, by=case.worker, version=filing.version, **WHO)
    with pytest.raises(Conflict):
        written(batch, at=AT)
    assert case.filing().month_10k is None


def test_undo(case):
    handed_in(case, issue="原来的")
    before = case.filing()
    batch = written(judged(case, line(month=310, 存在问题="新的")), at=AT)
    undone(batch, at=AT)
    filing = case.filing()
    assert (filing.state, filing.month_10k, filing.ytd_10k, filing.issue) == (
        before.state, before.month_10k, before.ytd_10k, "原来的",
    )  # fmt: skip
    again = written(judged(case, line(month=310)), at=AT)
    filing = case.filing()
    actions.save(filing, {"issue": "有人动过"}, by=case.worker, version=filing.version, **WHO)
    with pytest.raises(Refused, match="减速器项目"):
        undone(again, at=AT)


def test_what_was_handed_out_comes_back(case):
    handed_in(case, issue="=1+1")
    data = export(case.round, Filing.objects.filter(round=case.round), at=AT).read()
    batch = batch_of("filings", data, park=case.park, by=case.staff, at=AT)
    assert actions_of(batch) == ["unchanged", "unchanged"] and kinds_of(batch) == []
    assert {row.matched_by for row in batch.rows.all()} == {"key"}
    book = load_workbook(BytesIO(data))
    heads = {cell.value: cell.column for cell in book.worksheets[0][3]}
    row = next(r for r in (5, 6) if book.worksheets[0].cell(r, heads["项目名称"]).value == "减速器项目")
    book.worksheets[0].cell(row, heads["存在问题"]).value = "改过"
    out = BytesIO()
    book.save(out)
    edited = batch_of("filings", out.getvalue(), park=case.park, by=case.staff, at=AT)
    changes = [(c["field"], c["old"], c["new"]) for each in edited.rows.all() for c in each.changes]
    assert changes == [("issue", "=1+1", "改过")]


def test_the_template_can_be_read(case):
    found = read_table(kind_of("filings").template(case.worker).read(), kind_of("filings").table)
    assert found.rows == () and (found.report_year, found.report_month) in {(2026, 3), (None, None)}

"""Importing a responsibility ledger: new items, changes, closures, links, undo, round trip, and how many queries."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.errors import Conflict, Refused
from dispatch.ledger import actions
from dispatch.ledger.importing import values
from dispatch.ledger.importing.export import export
from dispatch.ledger.models import LedgerItem
from dispatch.notices.models import Notice
from projects.ledger.kinds import TABLES, table_kind
from projects.ledger.reader import read_table
from projects.ledger.registry import kind_of
from tests import factories
from tests.dispatch.ledger.importing import actions_of, batch_of, kinds_of, sheet_bytes, undone, written
from tests.dispatch.ledger_cases import AT, EDGE, TODAY, assigned, cast, closed
from workdays.arithmetic import WorkCalendar

HEAD = (
    "序号", "项目名称", "任务（节点）", "定领导", "定举措", "定工期（起）", "定工期（止）", "定标准", "定奖惩",
    "责任单位",
    "配合单位", "完成情况", "滞后原因", "是否销号",
)  # fmt: skip
CALENDAR = WorkCalendar({2026: "official"}, {}, {})


@pytest.fixture
def people(db):
    found = cast()
    found.unit.name, found.unit.short_name = "住房和城乡建设局", "住建局"
    found.unit.save()
    found.project = factories.project(found.park, name="减速器项目")
    return found


def line(task="用地报批", **more):
    given = {
        "项目名称": "减速器项目", "任务（节点）": task, "定领导": "李甲", "定举措": "专班驻点",
        "定工期（起）": "2026-01-05",
        "定工期（止）": "2026-06-30", "定标准": "取得批复", "定奖惩": "逾期扣分", "责任单位": "住建局",
    }  # fmt: skip
    short = {"工期起": "定工期（起）", "工期止": "定工期（止）"}
    given |= {short.get(name, name): value for name, value in more.items()}
    return [given.get(name) for name in HEAD]


def judged(people, *lines, by=None, **options):
    data = sheet_bytes(HEAD, *lines, title="责任台账")
    return batch_of("ledger_items", data, park=people.park, by=by or people.staff, **options)


def test_new_items_are_registered_and_assigned(people):
    batch = written(
        judged(
            people,
            line(配合单位="消防、住建局", 完成情况="已受理", 滞后原因="指标未落实"),
            line("二", 责任单位="人防办"),
        )
    )
    first, second = LedgerItem.objects.order_by("pk")
    assert (first.state, first.unit, first.source, first.kind) == ("assigned", people.unit, "ledger", "task")
    assert (first.starts_on, first.due_on, first.project) == (date(2026, 1, 5), date(2026, 6, 30), people.project)
    assert (first.leader, first.measures, first.progress) == ("李甲", "专班驻点", "已受理\n滞后原因：指标未落实")
    assert first.missing_elements == [] and first.tokens
    assert (second.state, second.unit, second.description) == ("registered", None, "责任单位：人防办")
    assert kinds_of(batch) == [(3, "NO_SUCH_UNIT")]
    (entry,) = first.history.all()
    change = next(each for each in entry.changes if each["field"] == "leader")
    assert (change["new"], change["cell"], change["raw"]) == ("李甲", "责任台账!D2", "李甲")
    assert entry.note == "台账.xlsx · 责任台账!2"
    assert list(batch.rows.values_list("target", flat=True)) == [first.pk, second.pk]


def test_numbers_go_on(people):
    before = assigned(people)
    written(judged(people, line(), line("二")))
    numbers = list(LedgerItem.objects.order_by("pk").values_list("number", flat=True))
    assert len(set(numbers)) == 3 and numbers[0] == before.number
    assert actions.register(park=people.park, by=people.staff, title="再一项", **EDGE).number not in numbers


def test_a_unit_is_told_once(people):
    written(judged(people, *(line(f"任务{n}") for n in range(5))))
    notice = Notice.objects.get(recipient=people.worker)
    assert (notice.event, notice.facts["count"]) == ("ledger_imported", 5)


def test_the_same_file_again_changes_nothing(people):
    lines = [
        line(配合单位="消防、住建局", 完成情况="已受理", 滞后原因="指标未落实"), line("二", 责任单位="人防办"),
        line("长" * 250), line("三", 是否销号="是"), line("四", 定领导="李甲 王乙"),
    ]  # fmt: skip
    written(judged(people, *lines))
    assert actions_of(judged(people, *lines)) == ["unchanged"] * 5


def test_changes_and_what_an_import_does_not_change(people):
    written(judged(people, line()))
    item = LedgerItem.objects.get()
    new = line(定领导="王乙", 完成情况="已报市局", 工期止="2026-07-31", 责任单位="人防办", 定奖惩=None)
    batch = judged(people, new)
    assert actions_of(batch) == ["update"]
    assert sorted(kinds_of(batch)) == [(2, "FIVE_INCOMPLETE"), (2, "SETTLED_HERE"), (2, "SETTLED_HERE")]
    row = batch.rows.get()
    assert {(c["field"], c["old"], c["new"]) for c in row.changes} == {
        ("leader", "李甲", "王乙"), ("status", None, "已报市局"),
    }  # fmt: skip
    assert row.kept == ["reward_penalty", "closed"]
    written(batch)
    item.refresh_from_db()
    assert (item.leader, item.progress, item.due_on, item.reward_penalty) == (
        "王乙", "已报市局", date(2026, 6, 30), "逾期扣分",
    )  # fmt: skip
    assert (item.version, item.state, item.unit) == (2, "assigned", people.unit)
    assert [entry.verb for entry in item.history.order_by("pk")] == ["register", "import"]


@pytest.mark.parametrize(
    ("more", "by", "state"),
    [
        ({}, "staff", "closed"),
        ({"责任单位": "人防办"}, "staff", "registered"),
        ({"工期止": None}, "staff", "registered"),
        ({}, "leader", "assigned"),
    ],
)
def test_closed_in_the_ledger(people, more, by, state):
    """Closed only with unit and deadline, and for who may verify closures of that unit."""
    batch = written(judged(people, line(是否销号="是", **more), by=getattr(people, by)))
    item = LedgerItem.objects.get()
    assert item.state == state
    assert ((2, "CLOSED_NOT_TAKEN") in kinds_of(batch)) == (state != "closed")
    if state == "closed":
        assert (item.closed_by, item.closed_on) == (people.staff, TODAY)
        close = item.history.get(verb="close")
        assert (close.from_state, close.to_state) == ("assigned", "closed") and "责任台账!2" in close.note


def test_a_file_closes_and_reopens_nothing_that_is_here(people):
    mine = assigned(people, title="用地报批", project=people.project)
    done = closed(people, title="已办的", project=people.project)
    lines = [line(), line("已办的")]
    lines[0][13], lines[1][13] = "是", "否"
    lines[1][9] = lines[0][9] = None
    batch = judged(people, *lines)
    assert {kind for row, kind in kinds_of(batch) if kind.startswith("CLOSE")} == {"CLOSE_HERE"}
    assert (3, "ITEM_CLOSED") in kinds_of(batch)
    written(batch)
    assert LedgerItem.objects.get(pk=mine.pk).state == "assigned"
    assert LedgerItem.objects.get(pk=done.pk).state == "closed"


def test_links(people):
    other = factories.project(people.park, name="减速器二期项目", code="2501-420699-04-01-900001")
    foreign = factories.project(factories.park(), name="外地项目")
    head = ("项目代码", *HEAD)
    lines = [
        [other.code, *line("一", 项目名称=None)], [None, *line("二", 项目名称="减速器")],
        [None, *line("三", 项目名称="外地项目")],
        [other.code, *line("四")], [None, *line("五", 项目名称=None)],
    ]  # fmt: skip
    data = sheet_bytes(head, *lines)
    batch = batch_of("ledger_items", data, park=people.park, by=people.staff)
    assert actions_of(batch) == ["create", "unsure", "refused", "refused", "refused"]
    assert kinds_of(batch) == [(3, "LINK_CONFIRM"), (4, "LINK_NOT_FOUND"), (5, "CODE_DIFFERS"), (6, "NAME_MISSING")]
    assert batch.rows.get(row=2).project == other
    assert [each["id"] for each in batch.rows.get(row=3).proposals] == [people.project.pk]
    answers = {"rows": {"表!3": people.project.pk, "表!4": "new", "表!5": foreign.pk, "表!6": "skip"}}
    again = batch_of("ledger_items", data, park=people.park, by=people.staff, answers=answers)
    assert actions_of(again) == ["create", "create", "create", "refused", "skipped"]
    assert again.rows.get(row=3).project == people.project and again.rows.get(row=4).project is None


def test_rows_that_are_refused(people):
    batch = judged(
        people, line(), line(), line("反", 工期止="2025-12-31"), line(None), line("长领导", 定领导="甲" * 70)
    )
    assert actions_of(batch) == ["create", "refused", "refused", "refused", "refused"]
    assert {kind for _row, kind in kinds_of(batch)} >= {"ROW_TWICE", "DATES_ORDER", "NAME_MISSING"}


def test_undo(people):
    before = assigned(people, title="原有", project=people.project, leader="李甲", measures="老办法")
    helping, other = (factories.organization(people.park, name=name) for name in ("消防大队", "自来水公司"))
    before.cooperating_units.set([helping])
    edited = {"责任单位": None, "工期起": None, "工期止": None, "定举措": "新办法", "完成情况": "动了"}
    batch = written(judged(people, line("原有", 配合单位="自来水公司", **edited), line("新的")))
    before.refresh_from_db()
    assert (before.measures, LedgerItem.objects.count()) == ("新办法", 2)
    assert list(before.cooperating_units.all()) == [other]
    undone(batch)
    before.refresh_from_db()
    assert (before.measures, before.progress, before.version) == ("老办法", "", 3)
    assert list(before.cooperating_units.all()) == [helping]
    assert LedgerItem.objects.get() == before
    assert before.history.order_by("-pk").first().verb == "import_undone"


@pytest.mark.parametrize("touch", ["sign", "comment", "edit"])
def test_undo_is_refused_when_somebody_has_gone_on(people, touch):
    batch = written(judged(people, line(), line("二")))
    item = LedgerItem.objects.order_by("pk").first()
    if touch == "sign":
        actions.sign(item, by=people.worker, version=1, **EDGE)
    elif touch == "comment":
        actions.comment(item, text="看过了", by=people.worker, **EDGE)
    else:
        actions.edit(item, fields={"measures": "再改"}, by=people.staff, version=1, **EDGE)
    with pytest.raises(Refused, match=item.number):
        undone(batch)
    assert LedgerItem.objects.count() == 2


def test_nothing_is_written_over_a_later_change(people):
    item = assigned(people, title="用地报批", project=people.project)
    batch = judged(people, line(责任单位=None, 定领导="王乙"))
    actions.edit(item, fields={"leader": "别人"}, by=people.staff, version=item.version, **EDGE)
    with pytest.raises(Conflict):
        written(batch)
    item.refresh_from_db()
    assert item.leader == "别人"


# what was handed out comes back -----------------------------------------------------------------------------------


def handed_out(people):
    file = export(LedgerItem.objects.order_by("pk"), park=people.park, at=AT, today=TODAY, calendar=CALENDAR)
    return file.read()


def cells(data, edit):
    """The workbook with cells changed: {(row, header): value}."""
    from io import BytesIO

    from openpyxl import load_workbook

    book = load_workbook(BytesIO(data))
    sheet = book.worksheets[0]
    heads = {cell.value: cell.column for cell in sheet[3] if cell.value}
    for (row, head), value in edit.items():
        sheet.cell(row, heads[head]).value = value
    out = BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture
def stocked(people):
    lines = [
        line(配合单位="消防、住建局", 完成情况="已受理", 滞后原因="指标未落实"), line("二", 责任单位="人防办"),
        line("三", 是否销号="是"), line("@SUM(1)"),
    ]  # fmt: skip
    written(judged(people, *lines))
    assigned(people, title="没有项目的", leader="张三 副区长", category="land", description="第一行\n第二行")
    return people


def test_what_was_handed_out_comes_back_unchanged(stocked):
    found = read_table(handed_out(stocked), kind_of("ledger_items").table)
    assert [row.why for row in found.ignored] == []
    batch = batch_of("ledger_items", handed_out(stocked), park=stocked.park, by=stocked.staff)
    assert actions_of(batch) == ["unchanged"] * 5
    assert {row.matched_by for row in batch.rows.all()} == {"key"}
    assert [kind for _row, kind in kinds_of(batch) if kind != "FIVE_INCOMPLETE"] == []


def test_edited_cells_come_back_as_changes_and_conflicts(stocked):
    data = handed_out(stocked)
    second = LedgerItem.objects.order_by("pk")[1]
    actions.edit(second, fields={"measures": "这里改了", "leader": "这里"}, by=stocked.staff, version=1, **EDGE)
    edited = cells(data, {(5, "任务（节点）"): "改名", (6, "定举措"): "那里改了", (6, "定标准"): "新标准"})
    batch = batch_of("ledger_items", edited, park=stocked.park, by=stocked.staff)
    assert actions_of(batch) == ["update", "conflict", "unchanged", "unchanged", "unchanged"]
    first, row = batch.rows.order_by("row")[:2]
    assert [(c["field"], c["old"], c["new"]) for c in first.changes] == [("task", "用地报批", "改名")]
    conflict = next(each for each in row.changes if each["field"] == "measures")
    assert (conflict["theirs"], conflict["new"], conflict["choice"]) == ("这里改了", "那里改了", "")
    where = f"责任台账!{conflict['cell']}"
    for choice in ("theirs", "mine"):
        decided = batch_of(
            "ledger_items", edited, park=stocked.park, by=stocked.staff, answers={"conflicts": {where: choice}}
        )
        assert actions_of(decided)[1] == "update"
    written(decided)
    second.refresh_from_db()
    assert (second.measures, second.leader, second.standard) == ("那里改了", "这里", "新标准")


def test_a_key_of_another_park_is_no_key(stocked):
    other = cast()
    batch = batch_of("ledger_items", handed_out(stocked), park=other.park, by=other.staff)
    assert "KEY_UNKNOWN" in {kind for _row, kind in kinds_of(batch)}
    assert not batch.rows.filter(target__isnull=False).exists()


def test_the_template_can_be_read(people):
    data = kind_of("ledger_items").template(people.staff).read()
    found = read_table(data, kind_of("ledger_items").table)
    assert found.rows == () and {"task", "project_name", "end"} <= {c.field for c in found.tables[0].columns}


def test_queries_do_not_grow_with_the_rows(people):
    def cost(start, number):
        data = sheet_bytes(HEAD, *(line(f"任务{start + n}", 配合单位="住建局") for n in range(number)))
        with CaptureQueriesContext(connection) as caught:
            written(batch_of("ledger_items", data, park=people.park, by=people.staff))
        return len(caught)

    cost(0, 1)
    assert cost(200, 200) - cost(100, 30) <= 4  # longer lists of parameters are split


# pure -------------------------------------------------------------------------------------------------------------

HEADERS = {
    "牵头领导": "leader", "责任领导": "leader", "推进措施": "measures", "起始时间": "start", "完成时限": "end",
    "办结时限": "end", "整改 时限": "end", "截止时间": "end", "完成标准": "standard", "奖惩措施": "reward_penalty",
    "牵头单位": "responsible_unit", "责任部门": "responsible_unit", "协办单位": "cooperating_units",
    "进展情况": "status", "未完成原因": "delay_reason", "销号情况": "closed", "是否办结": "closed",
    "工期（起止）": "period",
    "問題描述": None, "责任人": "person", "问题类别": "category", "销号时间": "closed_on",
}  # fmt: skip


@pytest.mark.parametrize(("header", "field"), HEADERS.items())
def test_other_words_for_the_columns(header, field):
    data = sheet_bytes(("项目名称", "问题描述", "备注", header), ("甲", "乙", "丙", "丁"))
    (table,) = read_table(data, kind_of("ledger_items").table, report_year=2026).tables
    assert table.columns[3].field in ({field} if field else {None, "task"})


def test_kinds_are_found_without_the_database():
    for key in ("ledger_items", "filings", "visits"):
        assert table_kind(TABLES[key]).key == key


def test_lines_in_texts():
    text = values.with_line("甲\n乙", "备注", "丙\n丁")
    assert text == "甲\n乙\n备注：丙 丁" and values.line_of(text, "备注") == "丙 丁"
    assert values.with_line(text, "备注", None) == "甲\n乙" == values.own_words(text)
    assert values.with_own_words(text, "新") == "新\n备注：丙 丁"
    assert values.with_line("", "备注", None) == ""

"""Importing visits: past ones with their findings, planned ones, changes, undo, round trip."""

from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts.errors import Conflict, Refused
from dispatch.ledger import actions as ledger
from dispatch.ledger.models import LedgerItem
from dispatch.notices.models import Notice
from dispatch.visits import actions, plans, queries
from dispatch.visits.importing.export import export, export_plan
from dispatch.visits.importing.table import problems_in, quarter_in
from dispatch.visits.models import Finding, PlannedVisit, Visit, VisitChange
from projects.ledger.reader import read_table
from projects.ledger.registry import kind_of
from tests.dispatch.ledger.importing import actions_of, batch_of, kinds_of, sheet_bytes, undone, written
from tests.dispatch.visits.visit_cases import NEED, SOLVED, WHO, make_plan, record
from tests.dispatch.visits.visit_cases import case as make_case
from tests.factories import AT, TODAY

HEAD = (
    "序号", "走访企业", "项目名称", "走访时间", "计划季度", "走访人员", "网格", "走访情况", "企业诉求", "问题类别",
    "责任单位",
    "是否解决", "解决情况",
)  # fmt: skip


@pytest.fixture
def case(db):
    return make_case()


def line(company="云岭试验企业0有限公司", **more):
    given = {"走访企业": company, "走访时间": TODAY.isoformat(), "走访情况": "看了车间"} | more
    return [given.get(name) for name in HEAD]


def judged(case, *lines, by=None, **options):
    return batch_of("visits", sheet_bytes(HEAD, *lines), park=case.cast.park, by=by or case.cast.staff, **options)


def test_a_past_day_is_a_visit_with_its_findings(case):
    planned = make_plan(case) and PlannedVisit.objects.get(enterprise=case.companies[0])
    unit = case.cast.unit
    batch = written(
        judged(
            case,
            line(
                走访人员=case.cast.worker.display_name,
                企业诉求="1.雨水管未接通\n2.缺工人",
                问题类别="施工",
                责任单位=unit.name,
            ),
            line(
                "云岭试验企业1有限公司", 企业诉求="门禁失效", 是否解决="是", 解决情况="当场换卡", 走访人员="外单位王某"
            ),
        )
    )
    assert actions_of(batch) == ["create", "create"]
    first, second = Visit.objects.order_by("pk")
    assert (first.visited_on, first.summary, first.visitor, first.planned) == (
        TODAY,
        "看了车间",
        case.cast.worker,
        planned,
    )
    assert first.organization == case.cast.worker.organization and first.grid == case.east
    assert [row.text for row in first.findings.all()] == ["雨水管未接通", "缺工人"]
    assert {(item.title, item.source, item.unit, item.category) for item in LedgerItem.objects.all()} == {
        ("雨水管未接通", "visit", unit, "works"), ("缺工人", "visit", unit, "works"),
    }  # fmt: skip
    (solved,) = second.findings.all()
    assert (solved.solved_on, solved.solution, solved.item) == (TODAY, "当场换卡", None)
    assert (second.visitor, second.companions) == (case.cast.staff, "外单位王某")
    assert (3, "VISITOR_UNKNOWN") in kinds_of(batch)
    assert first.history.get().verb == "record"


def test_a_later_day_or_a_quarter_is_planned(case):
    lines = [
        line(走访时间="2099-05-06", 走访人员=case.cast.worker.display_name, 网格="东片"),
        line("云岭试验企业1有限公司", 走访时间=None, 计划季度="2099年第三季度"),
    ]
    batch = written(judged(case, *lines))
    first, second = PlannedVisit.objects.order_by("pk")
    assert (first.year, first.quarter, first.plan_on, first.visitor, first.grid) == (
        2099, 2, date(2099, 5, 6), case.cast.worker, case.east,
    )  # fmt: skip
    assert (second.year, second.quarter, second.plan_on, second.visitor) == (2099, 3, None, None)
    assert Notice.objects.filter(recipient=case.cast.worker, event="visit_planned").count() == 1
    assert actions_of(judged(case, *lines)) == ["unchanged", "unchanged"]
    assert not Visit.objects.exists() and actions_of(batch) == ["create", "create"]


@pytest.mark.parametrize(
    ("more", "kind", "action"),
    [
        ({"走访企业": "没有的企业"}, "ENTERPRISE_NOT_FOUND", "refused"),
        ({"走访企业": "云岭试验企业0有限公司。"}, "ENTERPRISE_CONFIRM", "unsure"),
        ({"走访时间": None}, "VISIT_WHEN", "refused"),
        ({"走访时间": "2026年2月"}, "VISIT_DATE", "refused"),
        ({"走访时间": None, "计划季度": "2025年一季度"}, "QUARTER_OVER", "refused"),
        ({"网格": "没有的网格"}, "GRID_UNKNOWN", "create"),
        ({"走访企业": None}, "NAME_MISSING", "refused"),
    ],
)
def test_what_a_row_lacks(case, more, kind, action):
    batch = judged(case, line(**more))
    assert actions_of(batch) == [action] and (2, kind) in kinds_of(batch)


def test_the_same_file_again_changes_nothing(case):
    lines = [
        line(走访人员=case.cast.worker.display_name, 企业诉求="雨水管未接通\n缺工人", 问题类别="施工"),
        line("云岭试验企业1有限公司", 企业诉求="门禁失效", 是否解决="是", 解决情况="当场换卡", 走访人员="外单位王某"),
    ]
    written(judged(case, *lines))
    again = judged(case, *lines)
    assert actions_of(again) == ["unchanged", "unchanged"]
    assert actions_of(judged(case, lines[0], lines[0])) == ["unchanged", "refused"]


def test_texts_are_corrected_and_findings_added(case):
    visit = record(case, findings=[NEED])
    batch = written(judged(case, line(走访情况="看了两个车间", 企业诉求="希望对接银行\n缺工人")))
    visit.refresh_from_db()
    assert actions_of(batch) == ["update"] and visit.summary == "看了两个车间" and visit.version == 2
    assert [row.text for row in visit.findings.order_by("order")] == ["希望对接银行", "缺工人"]
    with pytest.raises(Refused):
        undone(batch)


def test_nothing_is_written_over_a_later_change(case):
    visit = record(case)
    batch = judged(case, line(走访情况="那里"))
    actions.correct(visit, fields={"summary": "这里"}, by=case.cast.worker, version=1, **WHO)
    with pytest.raises(Conflict):
        written(batch)


def test_undo(case):
    plan = plans.make_plan(case.cast.park, quarter=plans.rules.Quarter(2099, 1), by=case.cast.staff, **WHO)
    assert plan
    before = record(case, 2, by=case.cast.staff)
    lines = [
        line(企业诉求="雨水管未接通"), line("云岭试验企业3有限公司", 走访时间="2099-05-06"),
        line("云岭试验企业2有限公司", 走访情况="改过"), line("云岭试验企业1有限公司", 走访时间="2099-02-03"),
    ]  # fmt: skip
    batch = written(judged(case, *lines))
    assert actions_of(batch) == ["create", "create", "update", "update"]
    undone(batch)
    assert list(Visit.objects.all()) == [before] and not LedgerItem.objects.exists() and not Finding.objects.exists()
    before.refresh_from_db()
    assert before.summary == "看了车间"
    told = VisitChange.objects.filter(visit=before).order_by("pk").values_list("verb", flat=True)
    assert list(told) == ["record", "import", "import_back"] and all(verb in queries.HAPPENED for verb in told)
    assert (
        not PlannedVisit.objects.exclude(quarter=1).exists() and not PlannedVisit.objects.exclude(plan_on=None).exists()
    )


def test_visitor_and_grid_of_plans_come_and_go_in_as_many_queries_for_two_as_for_one(case):
    plans.make_plan(case.cast.park, quarter=plans.rules.Quarter(2099, 1), by=case.cast.staff, **WHO)
    before = list(PlannedVisit.objects.order_by("pk").values_list("visitor", "grid", "plan_on"))
    change = {"走访时间": "2099-02-03", "走访人员": case.cast.staff.display_name, "网格": "西片"}
    counts = []
    for companies in (case.companies[:2], case.companies[:1]):
        batch = judged(case, *(line(each.name, **change) for each in companies))
        assert set(actions_of(batch)) == {"update"}
        with CaptureQueriesContext(connection) as writing:
            batch = written(batch)
        changed = PlannedVisit.objects.filter(enterprise__in=companies)
        assert set(changed.values_list("visitor", "grid__name")) == {(case.cast.staff.pk, "西片")}
        with CaptureQueriesContext(connection) as undoing:
            undone(batch)
        assert list(PlannedVisit.objects.order_by("pk").values_list("visitor", "grid", "plan_on")) == before
        counts.append((len(writing), len(undoing)))
    assert counts[0] == counts[1]


def test_undo_is_refused_when_a_finding_has_been_worked_on(case):
    batch = written(judged(case, line(企业诉求="雨水管未接通")))
    item = LedgerItem.objects.get()
    ledger.edit(item, fields={"measures": "接管"}, by=case.cast.staff, version=1, at=AT, on=TODAY)
    with pytest.raises(Refused, match=item.number):
        undone(batch)


def test_what_was_handed_out_comes_back(case):
    record(case, findings=[NEED, SOLVED], companions="=1+1")
    record(case, 1)
    make_plan(case)
    park, staff = case.cast.park, case.cast.staff
    data = export(queries.for_list(Visit.objects.all()), park=park, at=AT).read()
    batch = batch_of("visits", data, park=park, by=staff)
    assert actions_of(batch) == ["unchanged", "unchanged"] and {row.matched_by for row in batch.rows.all()} == {"key"}
    planned = export_plan(queries.for_plan(PlannedVisit.objects.all()), park=park, at=AT).read()
    batch = batch_of("visits", planned, park=park, by=staff)
    assert set(actions_of(batch)) == {"unchanged"} and {row.matched_by for row in batch.rows.all()} == {"key"}
    book = load_workbook(BytesIO(data))
    sheet = book.worksheets[0]
    heads = {cell.value: cell.column for cell in sheet[3]}
    sheet.cell(5, heads["接待人"]).value = "陈总"
    out = BytesIO()
    book.save(out)
    edited = batch_of("visits", out.getvalue(), park=park, by=staff)
    assert [(c["field"], c["new"]) for row in edited.rows.all() for c in row.changes] == [("met_name", "陈总")]


def test_a_cell_is_put_right_on_the_page(case, client):
    client.force_login(case.cast.staff)
    file = SimpleUploadedFile("走访.xlsx", sheet_bytes(HEAD, line(走访情况="看了车间")))
    page = client.post(reverse("projects:import_new"), {"kind": "visits", "file": file}, follow=True)
    (shown,) = page.context["rows"]
    row, batch = shown["row"], page.context["batch"]
    cell = {"sheet": row.sheet, "cell": row.values["summary"]["cell"], "text": "看了仓库"}
    page = client.post(reverse("projects:import_cell", args=[batch.pk]), cell, follow=True)
    (shown,) = page.context["rows"]
    assert (shown["row"].action, [fix["corrected"] for fix in shown["fixes"]]) == ("create", ["看了仓库"])


def test_the_template_can_be_read(case):
    found = read_table(kind_of("visits").template(case.cast.staff).read(), kind_of("visits").table)
    assert found.rows == () and "enterprise" in {c.field for c in found.tables[0].columns}


@pytest.mark.parametrize(
    ("text", "quarter"),
    [
        ("2026年第三季度", (2026, 3)), ("三季度", (2026, 3)), ("Q2", (2026, 2)), ("2025 Q4", (2025, 4)),
        ("2025年1季度", (2025, 1)),
        ("明年", None), ("五季度", None), ("", None),
    ],
)  # fmt: skip
def test_quarters(text, quarter):
    assert quarter_in(text, 2026) == quarter


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1.甲\n2.乙", ["甲", "乙"]), ("（1）甲；（2）乙", ["甲", "乙"]), ("甲；乙", ["甲；乙"]),
        ("① 甲\n\n② 乙", ["甲", "乙"]),
        ("1.5亿元贷款未到位", ["1.5亿元贷款未到位"]), ("", []),
    ],
)  # fmt: skip
def test_problems_of_a_cell(text, found):
    assert problems_in(text) == found

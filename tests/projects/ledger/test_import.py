"""The clean ledger and its update a month later, through the actions into the database."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.errors import Conflict, Refused
from accounts.models import Organization
from approvals.models import ProjectStep
from dispatch.jobs.registry import resweeps
from projects import actions as project_actions
from projects.ledger import actions, tasks
from projects.models import (
    Enterprise,
    ImportBatch,
    Milestone,
    MonthlyInvestment,
    Project,
    ProjectChange,
    StageEntry,
    StatusChange,
    TeamMember,
)
from tests.approvals.cases import catalogue
from tests.factories import organization, park, project, user
from tests.projects.ledger.adapter import SAMPLES, expected, workbook
from tests.projects.ledger.importing import AT, book, confirmed, imported, in_database, uploaded

pytestmark = pytest.mark.django_db
A1, A6 = "A1_project_ledger_clean", "A6_project_ledger_update"
HOSTILE = sorted(path.name.removesuffix(".expected.json") for path in (SAMPLES / "hostile").glob("*.json"))
WRITTEN = (
    Project, Enterprise, Organization, Milestone, MonthlyInvestment, TeamMember, StageEntry, StatusChange, ProjectChange
)  # fmt: skip


@pytest.fixture
def staff(db):
    return user(park())


@pytest.fixture
def april(staff):
    """The person, after A1 has been imported with the catalogue in force."""
    catalogue()
    assert imported(workbook(A1 + ".xlsx"), staff).state == "done"
    return staff


def everything():
    """Every row an import may touch."""
    return {model: sorted(model.objects.values_list(), key=str) for model in WRITTEN}


def same(found, wanted, *, without=()):
    for name, entry in wanted.items():
        ours = {key: found[name][key] for key in entry if key in found[name] and key not in without}
        assert ours == {key: entry[key] for key in ours}, name
    assert found.keys() == wanted.keys()


def test_every_field_of_the_clean_ledger_is_stored(april):
    same(in_database(april.park, 2025, 4), {each["name"]: each for each in expected(A1)["projects"]})
    assert ProjectStep.objects.count() == 30 * 22
    assert set(ProjectChange.objects.values_list("verb", flat=True)) == {"imported"}
    assert ProjectChange.objects.count() == StageEntry.objects.count() == 30
    suspended = Project.objects.get(status="suspended")
    assert (suspended.stage_raw, suspended.status_since_on) == ("暂停", date(2025, 4, 30))
    assert StatusChange.objects.get().project == suspended


def test_a_date_is_a_fact_only_when_past_and_reached(april):
    plan = Milestone.objects.get(project__code="2412-420699-04-01-900001", stage="L08")
    assert (plan.actual_on, plan.forecast_on, plan.baseline_on) == (None, date(2025, 6, 30), date(2025, 6, 30))
    fact = Milestone.objects.get(project__code="2412-420699-04-01-900001", stage="L06")
    assert (fact.actual_on, fact.forecast_on, fact.baseline_on) == (date(2025, 1, 23), None, None)


def test_the_update_changes_only_what_is_listed(april):
    batch = uploaded(workbook(A6 + ".xlsx"), april)
    wanted = expected(A6)["update"]["actions"]
    rows = {row.row: row for row in batch.rows.all()}
    assert rows.keys() == {each["row"] for each in wanted}
    for each in wanted:
        row = rows[each["row"]]
        changes = [] if each["action"] == "create" else row.changes
        ours = sorted(({key: c[key] for key in ("field", "old", "new")} for c in changes), key=str)
        assert (row.action, row.matched_by or None, row.kept) == (
            each["action"], each["matched_by"], each["kept_although_blank"],
        ), each["name"]  # fmt: skip
        assert ours == sorted(each["changes"], key=str)
        assert all(change["cell"] and change["raw"] for change in row.changes)
    assert confirmed(batch, april).state == "done"
    after = {each["name"]: each for each in expected(A6)["update"]["after"]}
    # A plan that was overtaken by a fact stays on record; the ledger has no column for it.
    same(in_database(april.park, 2025, 5), after, without={"planned_dates"})


def test_history_names_cell_and_raw_content(april):
    imported(workbook(A6 + ".xlsx"), april)
    project = Project.objects.get(code="2412-420699-04-01-900001")
    change = project.history.first()
    assert (change.verb, change.by, project.version) == ("imported", april, 2)
    assert {"field": "milestone.L08.forecast_on", "old": "2025-06-30", "new": "2025-06-18", "cell": "S5",
            "raw": "2025-06-18"} in change.changes  # fmt: skip
    assert {"field": "investment.2025-05.ytd_10k", "old": None, "new": "8900", "cell": "Y5", "raw": "8900"} in (
        change.changes
    )
    assert project.milestones.get(stage="L08").baseline_on == date(2025, 6, 30)


def test_a_stage_of_the_ledger_passes_the_gate_and_says_why(april):
    imported(workbook(A6 + ".xlsx"), april)
    entry = StageEntry.objects.get(project__name="示例四：海川智能仓储设备项目", from_stage="L07")
    assert entry.stage == "L08"
    assert "台账.xlsx · 项目台账!27" in entry.override_reason
    started = entry.project.milestones.filter(stage="L08").first()
    assert started is None or started.actual_on == entry.entered_on


@pytest.mark.parametrize("name", [A1, A6])
def test_the_same_file_again_writes_nothing(april, name):
    if name == A6:
        imported(workbook(A6 + ".xlsx"), april)
    before = everything()
    batch = imported(workbook(name + ".xlsx"), april)
    assert (batch.state, batch.summary["unchanged"]) == ("done", 30 if name == A1 else 32)
    assert everything() == before


def test_blank_never_erases(april):
    row = {"项目代码": "2412-420699-04-01-900001", "项目名称": "云岚智能配电装备产业园项目"}
    before = everything()
    batch = imported(book([row]), april)
    kept = batch.rows.get().kept
    assert {"total_investment_10k", "dates.started", "leader", "ytd_investment_10k", "stage_raw"} <= set(kept)
    assert everything() == before


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_write_nothing(staff, name):
    wanted = expected(f"hostile/{name}")
    before = everything()
    batch = uploaded(workbook(f"hostile/{wanted['file']}"), staff, year=2025, month=4)
    if wanted["result"] == "refused":
        assert batch.state == "refused"
        assert batch.refusal["zh"]
        assert batch.refusal["en"]
        assert not batch.rows.exists()
    else:
        assert (batch.state, batch.summary["create"]) == ("ready", 30)
    assert everything() == before


def test_garbage_in_place_of_a_file(staff):
    assert uploaded(b"\x00" * 400, staff).refusal["code"] == "NOT_XLSX"
    with pytest.raises(Refused):
        uploaded(b"", staff)


def test_a_file_beyond_the_limit_is_not_kept(staff, settings):
    settings.LEDGER_UPLOAD_MAX_BYTES = 1000
    with pytest.raises(Refused):
        uploaded(workbook(A1 + ".xlsx"), staff)
    assert not ImportBatch.objects.exists()


def test_a_month_that_has_not_begun_is_refused(staff):
    batch = uploaded(book([{"项目名称": "甲"}], year=2026, month=4), staff)
    assert (batch.state, batch.refusal["code"]) == ("refused", "MONTH_FUTURE")


def test_another_month_than_the_headers_say_is_warned_about(staff):
    batch = uploaded(workbook(A1 + ".xlsx"), staff, year=2025, month=6)
    assert [each["kind"] for each in batch.summary["findings"]] == ["MONTH_DIFFERS"]
    assert (batch.report_year, batch.report_month) == (2025, 6)


def test_rows_with_errors_hold_everything_back(staff):
    batch = uploaded(
        book([{"项目名称": "甲", "总投资（亿元）": 1}, {"项目名称": "乙", "总投资（亿元）": "1-2"}]), staff
    )
    assert (batch.summary["create"], batch.summary["refused"]) == (1, 1)
    with pytest.raises(Refused):
        actions.confirm(batch, valid_rows_only=False, by=staff, at=AT)
    assert not Project.objects.exists()
    assert confirmed(batch, staff, valid_rows_only=True).state == "done"
    assert list(Project.objects.values_list("name", flat=True)) == ["甲"]


@pytest.mark.parametrize(
    ("rows", "kind"),
    [
        ([{"项目名称": "甲"}, {"项目名称": "甲"}], "NAME_TAKEN"),
        ([{"项目名称": "甲", "总投资（亿元）": -1}], "NOT_STORABLE"),
        ([{"项目名称": "甲", "签约": "1979-01-01"}], "DATE_INVALID"),
        ([{"项目名称": "长" * 40_000}], "TEXT_TOO_LONG"),
        ([{"项目名称": "㌂" * 200}], "NOT_STORABLE"),
    ],
)
def test_what_the_database_cannot_hold_is_refused_by_row(staff, rows, kind):
    batch = uploaded(book(rows), staff)
    (row,) = batch.rows.filter(action="refused")
    (found,) = [each for each in row.findings if each["kind"] == kind]
    assert found["message_zh"]
    assert found["message_en"]
    assert found["cell"]


def test_odd_characters_in_names(staff):
    assert imported(book([{"项目名称": "🚀火箭🚀", "备注": "a_x0000_b"}]), staff).state == "done"
    project = Project.objects.get()
    assert (project.name, project.remark) == ("🚀火箭🚀", "ab")


def test_a_name_of_another_project_cannot_be_taken(staff):
    project(staff.park, name="甲", code="2501-420699-04-01-900001")
    project(staff.park, name="乙", code="2501-420699-04-01-900002")
    batch = uploaded(book([{"项目名称": "乙", "项目代码": "2501-420699-04-01-900001"}]), staff)
    row = batch.rows.get()
    assert (row.action, [each["kind"] for each in row.findings][-1]) == ("unsure", "IDENTITY_UNSURE")
    assert [(each["name"], each["why"]) for each in row.proposals] == [("甲", "code"), ("乙", "name")]
    with pytest.raises(Refused):
        confirmed(batch, staff)


def test_known_enterprises_and_units_are_found_by_their_keys(staff):
    unit = organization(staff.park, name="经济发展局", short_name="经发局")
    office = Enterprise.objects.create(park=staff.park, name="ABC(中国)", name_key="abc(中国)")
    file = book([{"项目名称": "甲", "建设单位": "abc（中国）", "责任单位": "经发局", "包联领导": "李甲（管委会）"}])
    batch = imported(file, staff)
    made = Project.objects.get()
    assert (made.enterprise, made.responsible_unit) == (office, unit)
    assert batch.summary["new_units"] == ["管委会"]
    assert batch.summary["new_enterprises"] == []
    assert made.team.get(role="leader").organization.name == "管委会"
    assert uploaded(file, staff).summary["unchanged"] == 1


def test_an_enterprise_has_one_credit_code(staff):
    rows = [{"项目名称": name, "建设单位": "丙公司", "统一社会信用代码": code}
            for name, code in (("甲", "91350100M000100Y43"), ("乙", "91350100M000100Y44"))]  # fmt: skip
    batch = imported(book(rows), staff)
    assert Enterprise.objects.get().credit_code == "91350100M000100Y43"
    assert "CREDIT_CODE_DIFFERS" in {each["kind"] for row in batch.rows.all() for each in row.findings}
    assert uploaded(book(rows), staff).summary["unchanged"] == 2
    moved = book([rows[0] | {"建设单位": "丁公司"}])
    assert imported(moved, staff).state == "done"
    assert Enterprise.objects.get(name="丁公司").credit_code == "91350100M000100Y43"
    assert uploaded(moved, staff).summary["unchanged"] == 1


def test_suspension_and_return(staff):
    imported(book([{"项目名称": "甲", "当前阶段": "开工", "开工": date(2025, 3, 1)}]), staff)
    imported(book([{"项目名称": "甲", "当前阶段": "暂停"}], month=5), staff)
    made = Project.objects.get()
    assert (made.status, made.stage, made.status_since_on) == ("suspended", "L08", date(2025, 5, 31))
    imported(book([{"项目名称": "甲", "当前阶段": "主体封顶"}], month=6), staff)
    made.refresh_from_db()
    assert (made.status, made.stage, made.version) == ("active", "L09", 3)
    assert list(made.status_changes.values_list("status", flat=True)) == ["suspended", "active"]


def test_enrolment(staff):
    imported(book([{"项目名称": "甲", "入库时间": "2025年3月"}]), staff)
    made = Project.objects.get()
    assert (made.enrolled, made.enrolled_on, made.enrolled_precision) == (True, date(2025, 3, 1), "month")
    imported(book([{"项目名称": "甲", "入库时间": "未入库"}]), staff)
    made.refresh_from_db()
    assert (made.enrolled, made.enrolled_on) == (False, None)


def test_a_plan_becomes_a_fact_when_the_stage_is_reached(staff):
    rows = [{"项目名称": "甲", "当前阶段": "报批", "开工": date(2025, 4, 20)}]
    imported(book(rows), staff)
    milestone = Milestone.objects.get()
    assert (milestone.actual_on, milestone.forecast_on) == (None, date(2025, 4, 20))
    imported(book([rows[0] | {"当前阶段": "开工"}]), staff)
    milestone.refresh_from_db()
    assert (milestone.actual_on, milestone.baseline_on) == (date(2025, 4, 20), date(2025, 4, 20))
    assert Project.objects.get().stage_entered_on == date(2025, 4, 20)


def test_an_edit_after_the_dry_run_is_a_conflict(april):
    batch = uploaded(workbook(A6 + ".xlsx"), april)
    edited = Project.objects.get(code="2412-420699-04-01-900001")
    project_actions.edit(edited, {"remark": "新"}, by=april, at=AT)
    before = everything()
    batch = confirmed(batch, april)
    assert (batch.state, batch.refusal["code"]) == ("failed", "CHANGED_SINCE")
    assert everything() == before
    actions.read_again(batch, by=april)
    actions.work(batch.pk, now=lambda: AT)
    batch.refresh_from_db()
    assert confirmed(batch, april).state == "done"


def test_a_renamed_unit_after_the_dry_run_is_a_conflict(april):
    data = book(
        [{"项目代码": "2412-420699-04-01-900001", "项目名称": "云岚智能配电装备产业园项目", "责任单位": "新单位"}]
    )
    batch = uploaded(data, april)
    Organization.objects.filter(name="东园街道").update(name="东园")
    assert confirmed(batch, april).refusal["code"] == "CHANGED_SINCE"
    assert not Organization.objects.filter(name="新单位").exists()


def test_a_project_registered_after_the_dry_run_is_a_conflict(staff):
    batch = uploaded(book([{"项目名称": "甲"}, {"项目名称": "乙"}]), staff)
    project_actions.create(staff.park, {"name": "乙"}, by=staff, at=AT)
    assert confirmed(batch, staff).state == "failed"
    assert list(Project.objects.values_list("name", flat=True)) == ["乙"]


def test_confirming_twice_is_a_conflict(staff):
    batch = uploaded(book([{"项目名称": "甲"}]), staff)
    stale = ImportBatch.objects.get(pk=batch.pk)
    confirmed(batch, staff)
    with pytest.raises(Conflict):
        actions.confirm(stale, valid_rows_only=False, by=staff, at=AT)
    with pytest.raises(Conflict):
        actions.discard(stale, by=staff)
    actions.work(batch.pk, now=lambda: AT)  # a message that comes twice
    assert Project.objects.count() == 1


def test_only_who_may_import(staff):
    batch = uploaded(book([{"项目名称": "甲"}]), staff)
    for role in ("leader", "unit", "enterprise"):
        other = user(staff.park, role)
        with pytest.raises(PermissionDenied):
            actions.confirm(batch, valid_rows_only=False, by=other, at=AT)
        with pytest.raises(PermissionDenied):
            actions.discard(batch, by=other)
        with pytest.raises(PermissionDenied):
            uploaded(book([]), other)


def test_lost_work_is_found_again(staff):
    file = SimpleUploadedFile("a.xlsx", book([{"项目名称": "甲"}]))
    batch = actions.upload(file, park=staff.park, report_year=None, report_month=None, by=staff, at=AT)
    assert actions.stuck_batches(AT) == []
    assert actions.stuck_batches(AT + timedelta(minutes=2)) == [batch.pk]
    ImportBatch.objects.update(attempts=1)  # begun, and never heard of again
    assert actions.stuck_batches(AT + actions.LOST - timedelta(minutes=1)) == []
    assert actions.stuck_batches(AT + actions.LOST + timedelta(minutes=1)) == [batch.pk]
    actions.work(batch.pk, now=lambda: AT)
    assert actions.stuck_batches(AT + timedelta(days=1)) == []
    assert ImportBatch.objects.get().state == "ready"


def test_three_tries_then_failed(staff):
    file = SimpleUploadedFile("a.xlsx", book([{"项目名称": "甲"}]))
    batch = actions.upload(file, park=staff.park, report_year=None, report_month=None, by=staff, at=AT)
    batch.file.storage.delete(batch.file.name)
    for _try in range(4):
        actions.work(batch.pk, now=lambda: AT)
    batch.refresh_from_db()
    assert (batch.state, batch.attempts, batch.refusal["code"]) == ("failed", 3, "INTERNAL")


def test_money_of_the_year(april):
    row = MonthlyInvestment.objects.get(project__code="2412-420699-04-01-900001")
    assert (row.year, row.month, row.month_10k, row.ytd_10k) == (2025, 4, None, Decimal(6300))


def test_parks_do_not_meet(april):
    other = user(park())
    batch = uploaded(workbook(A1 + ".xlsx"), other)
    assert batch.summary["create"] == 30
    assert confirmed(batch, other).state == "done"
    assert Project.objects.count() == 60


def test_the_sweep_rings_for_what_lies_about(staff, monkeypatch):
    assert tasks.sweep in resweeps
    batch = uploaded(book([{"项目名称": "甲"}]), staff)
    ImportBatch.objects.update(state="confirmed", confirmed_at=AT, confirmed_by=staff, attempts=0)
    rung = []
    monkeypatch.setattr(tasks.import_ledger, "delay", rung.append)
    tasks.sweep(AT)
    assert rung == []
    tasks.sweep(AT + timedelta(minutes=5))
    assert rung == [batch.pk]
    tasks.import_ledger(batch.pk)
    assert ImportBatch.objects.get().state == "done"

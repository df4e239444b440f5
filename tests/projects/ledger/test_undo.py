"""Taking back a whole import: everything as before, or nothing and the reason."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied

from accounts.errors import Conflict, Refused
from approvals.models import ProjectStep
from projects import actions as project_actions
from projects.ledger import actions
from projects.models import ImportBatch, Project, ProjectChange, StageEntry, StatusChange
from tests.approvals.cases import catalogue
from tests.factories import organization, park, user
from tests.projects.ledger.adapter import workbook
from tests.projects.ledger.importing import AT, book, confirmed, imported, uploaded

pytestmark = pytest.mark.django_db
A1, A6 = "A1_project_ledger_clean.xlsx", "A6_project_ledger_update.xlsx"
LATER = AT + timedelta(days=1)
HISTORY = {"ProjectChange", "StageEntry", "StatusChange", "StepTransition", "ImportBatch", "ImportRow"}
STAMPS = {"id", "version", "updated_at", "updated_by"}


@pytest.fixture
def staff(db):
    return user(park())


def digest():
    """Every row of our tables but history, without keys of their own and version stamps."""
    found = {}
    for model in apps.get_models():
        if model._meta.app_label not in ("accounts", "projects", "approvals", "dispatch") or model.__name__ in HISTORY:
            continue
        columns = [field.attname for field in model._meta.concrete_fields if field.name not in STAMPS]
        found[model.__name__] = sorted(map(str, model._base_manager.values_list(*columns)))
    return found


def history():
    return {model: model.objects.count() for model in (ProjectChange, StageEntry, StatusChange)}


def undone(batch, person):
    actions.undo(batch, by=person, at=LATER)
    return ImportBatch.objects.get(pk=batch.pk)


def test_an_import_of_new_projects_leaves_nothing_behind(staff):
    catalogue()
    before = digest()
    batch = undone(imported(workbook(A1), staff), staff)
    assert (batch.state, batch.undone_by, batch.undone_at) == ("undone", staff, LATER)
    assert digest() == before
    assert not ProjectStep.objects.exists()


def test_changes_go_back_cell_by_cell(staff):
    catalogue()
    imported(workbook(A1), staff)
    before, told = digest(), history()
    batch = imported(workbook(A6), staff, at=LATER)
    assert digest() != before
    undone(batch, staff)
    assert digest() == before
    written = batch.summary["update"]
    assert history()[ProjectChange] == told[ProjectChange] + 2 * written
    last = Project.objects.get(code="2412-420699-04-01-900001").history.first()
    assert {"field": "milestone.L08.forecast_on", "old": "2025-06-18", "new": "2025-06-30"} in last.changes


def test_status_and_stage_go_back(staff):
    imported(book([{"项目名称": "甲", "当前阶段": "报批", "备注": "旧"}]), staff)
    before = digest()
    row = {"项目名称": "甲", "当前阶段": "暂停", "建设单位": "新企业", "责任单位": "新单位", "包联领导": "王"}
    batch = imported(book([row], month=5), staff)
    assert Project.objects.get().status == "suspended"
    undone(batch, staff)
    assert digest() == before


def edited(project, person):
    project_actions.edit(project, {"remark": "新"}, by=person, at=LATER)


def step_moved(project, person):
    ProjectStep.objects.filter(project=project).update(updated_at=LATER)


def next_import(_project, person):
    imported(book([{"项目名称": "甲", "备注": "再来"}], month=5), person, at=LATER)


@pytest.mark.parametrize("dependency", [edited, step_moved, next_import])
def test_what_depends_on_a_new_project_keeps_it(staff, dependency):
    catalogue()
    batch = imported(book([{"项目名称": "甲"}]), staff)
    dependency(Project.objects.get(), staff)
    before = digest()
    with pytest.raises(Refused):
        undone(batch, staff)
    assert digest() == before
    assert ImportBatch.objects.get(pk=batch.pk).state == "done"


def test_a_changed_cell_keeps_the_import_and_is_named(staff):
    imported(book([{"项目名称": "甲", "备注": "一"}, {"项目名称": "乙", "备注": "一"}]), staff)
    batch = imported(book([{"项目名称": "甲", "备注": "二"}, {"项目名称": "乙", "备注": "二"}]), staff)
    edited(Project.objects.get(name="乙"), staff)
    with pytest.raises(Refused, match="乙") as refused:
        undone(batch, staff)
    assert "甲" not in str(refused.value)
    assert Project.objects.get(name="甲").remark == "二"


def test_a_change_elsewhere_does_not_matter(staff):
    imported(book([{"项目名称": "甲", "备注": "一"}]), staff)
    batch = imported(book([{"项目名称": "甲", "备注": "二"}]), staff)
    project_actions.edit(Project.objects.get(), {"industry": "新材料"}, by=staff, at=LATER)
    undone(batch, staff)
    made = Project.objects.get()
    assert (made.remark, made.industry) == ("一", "新材料")


def test_units_and_enterprises_in_use_stay(staff):
    unit = organization(staff.park, name="老单位")
    batch = imported(book([{"项目名称": "甲", "建设单位": "丙", "责任单位": "新单位"}]), staff)
    other = project_actions.create(staff.park, {"name": "乙", "enterprise_name": "丙"}, by=staff, at=LATER)
    undone(batch, staff)
    other.refresh_from_db()
    assert other.enterprise.name == "丙"
    assert list(staff.park.organizations.filter(kind="unit").values_list("name", flat=True)) == [unit.name]


def test_a_credit_code_goes_back(staff):
    imported(book([{"项目名称": "甲", "建设单位": "丙"}]), staff)
    before = digest()
    batch = imported(book([{"项目名称": "乙", "建设单位": "丙", "统一社会信用代码": "91350100M000100Y43"}]), staff)
    assert digest() != before
    undone(batch, staff)
    assert digest() == before


def test_only_once_and_only_who_may_import(staff):
    batch = imported(book([{"项目名称": "甲"}]), staff)
    for role in ("leader", "unit", "enterprise"):
        with pytest.raises(PermissionDenied):
            undone(batch, user(staff.park, role))
    undone(batch, staff)
    for state in ("undone", "ready"):
        ImportBatch.objects.update(state=state)
        with pytest.raises(Conflict):
            undone(batch, staff)


def test_what_was_taken_back_can_be_imported_again(staff):
    batch = imported(book([{"项目名称": "甲"}]), staff)
    undone(batch, staff)
    again = uploaded(book([{"项目名称": "甲"}]), staff)
    assert again.summary["create"] == 1
    assert confirmed(again, staff).state == "done"

"""Recording and correcting visits, plans and grids: exact rows, history, notices, and what is refused."""

import uuid
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.errors import Conflict, Refused
from dispatch.files import queries as files
from dispatch.ledger.models import LedgerItem
from dispatch.notices.models import Notice
from dispatch.visits import access, actions, plans
from dispatch.visits.models import Finding, GridEnterprise, PlannedVisit, Visit, VisitChange
from dispatch.visits.rules import Quarter
from tests import factories
from tests.approvals.papers import files as samples
from tests.dispatch import ledger_cases
from tests.dispatch.visits.visit_cases import NEED, PROBLEM, Q1, Q2, SOLVED, WHO, make_plan, record
from tests.dispatch.visits.visit_cases import case as make_case
from tests.factories import AT, TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(db):
    return make_case()


def photo(name="a.jpg", content=None):
    return SimpleUploadedFile(name, content or samples.photo_with_place())


# Recording ----------------------------------------------------------------------------------------------------------


def test_a_visit_with_its_findings_photos_and_ledger_items(case, store):
    make_plan(case)
    ledger_cases.item(case.cast, category="works", unit=case.cast.stranger.organization)
    visit = record(
        case, findings=[PROBLEM, NEED, SOLVED], photos=[photo(), photo("b.png", samples.picture("PNG"))],
        met_name="陈总", place="一号车间", latitude=25, longitude=102,
    )  # fmt: skip

    assert (visit.park, visit.organization, visit.visitor, visit.grid, visit.project) == (
        case.cast.park, case.cast.unit, case.cast.worker, case.east, case.project,
    )  # fmt: skip
    assert visit.planned.enterprise == case.companies[0] and visit.planned.quarter == 1
    rows = list(visit.findings.all())
    assert [(row.order, row.kind, row.category, row.solved_on, row.solution) for row in rows] == [
        (0, "problem", "works", None, ""), (1, "need", "funds", None, ""),
        (2, "problem", "other", TODAY, "当场联系物业换卡"),
    ]  # fmt: skip
    problem, need = rows[0].item, rows[1].item
    assert rows[2].item is None and LedgerItem.objects.filter(visit=visit).count() == 2
    assert (problem.title, problem.description, problem.source, problem.state, problem.kind, problem.raised_on) == (
        "雨水管未接通", PROBLEM.text, "visit", "registered", "problem", TODAY,
    )  # fmt: skip
    # The category's usual unit; without one, who is responsible for the project.
    assert (problem.unit, need.unit, need.kind) == (case.cast.stranger.organization, case.cast.unit, "task")
    assert (problem.project, problem.visit, need.due_on) == (case.project, visit, None)
    assert len(files.files_of(visit)) == 2 and len(store()) == 2
    assert [(row.verb, row.by, row.changes) for row in visit.history.all()] == [("record", case.cast.worker, [])]


def test_sent_twice_makes_one_visit(case, store):
    token = uuid.uuid4()
    first = record(case, token=token, findings=[PROBLEM], photos=[photo()])
    again = record(case, token=token, findings=[PROBLEM], photos=[photo()])

    assert first == again and Visit.objects.count() == 1
    assert (Finding.objects.count(), LedgerItem.objects.count(), len(store())) == (1, 1, 1)
    assert record(case, token=uuid.uuid4(), findings=[PROBLEM]) != first and LedgerItem.objects.count() == 2


class Overtaken(SimpleUploadedFile):
    """While its bytes are read, the same form arrives by another way."""

    def chunks(self, chunk_size=None):
        self.meanwhile()
        return super().chunks(chunk_size)


def test_a_race_of_the_same_form_keeps_one_and_no_bytes(case, store):
    token, made = uuid.uuid4(), []
    slow = Overtaken("a.jpg", samples.picture())
    slow.meanwhile = lambda: made.append(record(case, token=token))

    assert record(case, token=token, findings=[PROBLEM], photos=[slow]) == made[0]
    assert (Visit.objects.count(), LedgerItem.objects.count(), store()) == (1, 0, [])


def test_another_persons_token_is_no_door(case):
    token = uuid.uuid4()
    record(case, token=token)
    with pytest.raises(Conflict):
        record(case, token=token, by=case.cast.staff)
    assert Visit.objects.count() == 1


def test_a_bad_photo_leaves_nothing_at_all(case, store):
    with pytest.raises(Refused):
        record(case, findings=[PROBLEM], photos=[photo(), photo("x.jpg", b"MZ")])
    assert (Visit.objects.count(), LedgerItem.objects.count(), VisitChange.objects.count(), store()) == (0, 0, 0, [])


@pytest.mark.parametrize(
    "wrong",
    [
        {"visited_on": TODAY + timedelta(days=1)},
        {"findings": [actions.Found("  ")]},
        {"project": "foreign"},
        {"planned": "foreign"},
    ],
)
def test_what_is_refused(case, wrong):
    make_plan(case)
    if wrong.get("project"):
        wrong = {"project": factories.project(case.cast.park, enterprise=case.companies[1])}
    if wrong.get("planned"):
        wrong = {"planned": PlannedVisit.objects.get(enterprise=case.companies[1])}
    with pytest.raises(Refused):
        record(case, **wrong)
    assert Visit.objects.count() == 0 and record(case).pk


def test_who_may_record(case):
    make_plan(case)
    for person in (case.cast.staff, case.cast.leader, case.cast.worker):
        assert record(case, by=person).visitor == person
    others = (
        case.cast.stranger,  # a unit that does not know the enterprise
        factories.user(case.cast.park, "enterprise", case.companies[0].organization),
        factories.user(factories.park(), "admin"),
    )
    for person in others:
        with pytest.raises(PermissionDenied):
            record(case, by=person)
    assert Visit.objects.count() == 3


def test_a_unit_knows_enterprises_by_project_plan_and_grid(case):
    def known(person):
        return {enterprise.name[-5] for enterprise in access.visitable(person)}

    assert known(case.cast.worker) == {"0", "1"} and known(case.cast.stranger) == set()
    make_plan(case)
    planned = PlannedVisit.objects.get(enterprise=case.companies[2])
    plans.change(
        planned, fields={"visitor": case.cast.stranger}, reason="换人", by=case.cast.staff, version=1, **WHO
    )  # fmt: skip
    assert known(case.cast.stranger) == {"2"} and known(case.cast.staff) == {"0", "1", "2", "3"}


def test_a_second_visit_of_the_quarter_is_not_the_planned_one(case):
    make_plan(case)
    first, second = record(case), record(case)
    assert first.planned is not None and second.planned is None
    with pytest.raises(Conflict):
        record(case, planned=first.planned)


# Correcting ---------------------------------------------------------------------------------------------------------


def test_a_correction_keeps_old_and_new(case):
    visit = record(case, findings=[PROBLEM], met_name="陈总")
    values = {"met_name": "陈经理", "summary": "看了车间", "visited_on": date(2026, 2, 27)}
    after = actions.correct(visit, fields=values, findings=[NEED], by=case.cast.worker, version=1, **WHO)

    assert (after.met_name, after.visited_on, after.version) == ("陈经理", date(2026, 2, 27), 2)
    assert [(row.order, row.text) for row in after.findings.all()] == [(0, PROBLEM.text), (1, NEED.text)]
    row = after.history.first()
    assert (row.verb, row.by) == ("correct", case.cast.worker) and row.changes == [
        {"field": "met_name", "old": "陈总", "new": "陈经理"},
        {"field": "visited_on", "old": "2026-03-02", "new": "2026-02-27"},
        {"field": "findings", "old": None, "new": NEED.text},
    ]


def test_corrections_lose_nothing(case):
    visit = record(case)
    stale = Visit.objects.get(pk=visit.pk)
    actions.correct(visit, fields={"place": "甲"}, by=case.cast.worker, version=1, **WHO)
    with pytest.raises(Conflict):
        actions.correct(stale, fields={"place": "乙"}, by=case.cast.staff, version=1, **WHO)
    unchanged = actions.correct(visit, fields={"place": "甲"}, by=case.cast.worker, version=2, **WHO)
    assert (unchanged.version, unchanged.history.count()) == (2, 2)
    for person in (case.cast.leader, case.cast.stranger, case.cast.office_worker):
        with pytest.raises(PermissionDenied):
            actions.correct(visit, fields={"place": "丙"}, by=person, version=2, **WHO)
    with pytest.raises(Refused):
        tomorrow = {"visited_on": TODAY + timedelta(days=1)}
        actions.correct(visit, fields=tomorrow, by=case.cast.worker, version=2, **WHO)


# Plans and grids ----------------------------------------------------------------------------------------------------


def planned(quarter=Q1):
    rows = PlannedVisit.objects.filter(year=quarter.year, quarter=quarter.number, cancelled_at=None)
    return {row.enterprise.name[-5]: (row.grid.name, row.visitor) for row in rows}


def test_a_plan_is_made_from_the_grids_and_keeps_what_is_there(case):
    assert make_plan(case) == 3
    assert planned() == {
        "0": ("东片", case.cast.worker), "1": ("东片", case.cast.worker), "2": ("西片", case.cast.second),
    }  # fmt: skip
    told = {n.recipient: n.facts["count"] for n in Notice.objects.filter(event="visit_planned")}
    assert told == {case.cast.worker: 2, case.cast.second: 1}

    plans.place_enterprises(case.west, case.companies[3:], park=case.cast.park, by=case.cast.staff)
    plans.save_grid(case.east, park=case.cast.park, fields={"person": case.cast.office_worker}, by=case.cast.staff)
    assert make_plan(case) == 1 and make_plan(case) == 0
    assert planned()["3"] == ("西片", case.cast.second) and planned()["0"][1] == case.cast.worker
    assert make_plan(case, Q2) == 4
    assert planned(Q2)["0"] == ("东片", case.cast.office_worker)


def test_the_planner_is_not_told_about_the_own_plan(case):
    make_plan(case, by=case.cast.second)
    assert set(Notice.objects.values_list("recipient", flat=True)) == {case.cast.worker.pk}


def test_a_switched_off_grid_is_not_planned(case):
    plans.save_grid(case.east, park=case.cast.park, fields={"is_active": False}, by=case.cast.staff)
    assert make_plan(case) == 1 and set(planned()) == {"2"}


def test_only_planners_plan_and_only_ahead(case):
    with pytest.raises(Refused):
        make_plan(case, Quarter(2025, 4))
    row = None
    for person in (case.cast.worker, case.cast.leader, factories.user(factories.park(), "staff")):
        with pytest.raises(PermissionDenied):
            make_plan(case, by=person)
        with pytest.raises(PermissionDenied):
            plans.save_grid(case.east, park=case.cast.park, fields={"name": "x"}, by=person)
        with pytest.raises(PermissionDenied):
            plans.place_enterprises(None, case.companies, park=case.cast.park, by=person)
    make_plan(case)
    row = PlannedVisit.objects.first()
    with pytest.raises(PermissionDenied):
        plans.take_off(row, reason="停产", by=case.cast.worker, at=AT, version=1)


def test_moving_tells_the_new_visitor_and_keeps_the_reason(case):
    make_plan(case)
    row = PlannedVisit.objects.get(enterprise=case.companies[0])
    Notice.objects.all().delete()
    fields = {"visitor": case.cast.stranger, "plan_on": date(2026, 3, 20), "quarter": 1, "year": 2026}
    after = plans.change(row, fields=fields, reason="换人", by=case.cast.staff, version=1, **WHO)

    assert (after.visitor, after.plan_on, after.version) == (case.cast.stranger, date(2026, 3, 20), 2)
    assert list(Notice.objects.values_list("recipient", "about_type")) == [(case.cast.stranger.pk, "planned_visit")]
    change = after.history.get()
    assert (change.verb, change.note, [c["field"] for c in change.changes]) == ("move", "换人", ["visitor", "plan_on"])
    with pytest.raises(Conflict):
        plans.change(row.__class__.objects.get(pk=row.pk), fields={"plan_on": None}, reason="x", by=case.cast.staff,
                     version=1, **WHO)  # fmt: skip
    with pytest.raises(Refused):
        plans.change(after, fields={"plan_on": None}, reason=" ", by=case.cast.staff, version=2, **WHO)
    record(case, by=case.cast.stranger, planned=after)
    assert Notice.objects.get().settled_at == AT


def test_taken_off_stays_known_and_may_be_planned_again(case):
    make_plan(case)
    row = PlannedVisit.objects.get(enterprise=case.companies[0])
    after = plans.take_off(row, reason="停产检修", by=case.cast.staff, at=AT, version=1)
    assert (after.cancelled_at, after.cancelled_reason, after.history.get().verb) == (AT, "停产检修", "take_off")
    for action in (
        lambda: plans.take_off(after, reason="x", by=case.cast.staff, at=AT, version=2),
        lambda: record(case, planned=after),
    ):
        with pytest.raises(Refused):
            action()
    assert make_plan(case) == 1
    made = record(case)
    with pytest.raises(Refused):
        plans.take_off(made.planned, reason="x", by=case.cast.staff, at=AT, version=1)


def test_a_quarter_that_has_it_already_refuses_the_move(case):
    make_plan(case)
    make_plan(case, Q2)
    row = PlannedVisit.objects.get(enterprise=case.companies[0], quarter=1)
    with pytest.raises(Refused):
        plans.change(row, fields={"quarter": 2}, reason="推迟", by=case.cast.staff, version=1, **WHO)


def test_an_enterprise_is_in_one_grid_of_its_own_park(case):
    moved = plans.place_enterprises(case.west, case.companies[:2], park=case.cast.park, by=case.cast.staff)
    assert moved == 2 and GridEnterprise.objects.filter(grid=case.west).count() == 3
    assert plans.place_enterprises(None, case.companies, park=case.cast.park, by=case.cast.staff) == 3
    foreign = factories.enterprise(factories.park())
    with pytest.raises(Refused):
        plans.place_enterprises(case.west, [foreign], park=case.cast.park, by=case.cast.staff)
    with pytest.raises(Refused):
        plans.save_grid(None, park=case.cast.park, fields={"name": "东片"}, by=case.cast.staff)


def test_a_visit_is_not_put_on_a_plan_that_was_taken_off_in_between(case):
    make_plan(case)
    seen = PlannedVisit.objects.get(enterprise=case.companies[0])
    plans.take_off(PlannedVisit.objects.get(pk=seen.pk), reason="停产", by=case.cast.staff, at=AT, version=seen.version)
    with pytest.raises(Refused):
        record(case, planned=seen)
    assert not Visit.objects.exists()


def test_a_visit_given_to_somebody_else_is_not_announced_to_the_first_any_more(case):
    make_plan(case)
    planned = PlannedVisit.objects.get(enterprise=case.companies[0])
    for person in (case.cast.second, case.cast.worker):
        fields, version = {"visitor": person}, PlannedVisit.objects.get(pk=planned.pk).version
        planned = plans.change(planned, fields=fields, reason="换人", by=case.cast.staff, version=version, **WHO)
    left = Notice.objects.filter(about_type="planned_visit", about_id=planned.pk, settled_at=None)
    assert [row.recipient for row in left] == [case.cast.worker]

"""Every write on ledger items: exact results, exact history, and a twin that is refused for every guard."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts.errors import Conflict, Refused
from dispatch.ledger import actions, flow
from dispatch.ledger.flow import ItemVerb
from dispatch.ledger.models import LedgerItem
from tests import factories
from tests.dispatch.ledger_cases import CALENDAR, EDGE, assigned, cast, closed, closing, hung, item, snapshot
from tests.factories import AT, TODAY

pytestmark = pytest.mark.django_db
DUE = TODAY + timedelta(days=14)


@pytest.fixture
def people():
    return cast()


def refused(error, row, call):
    """The call raises ``error`` and nothing at all has changed."""
    before = snapshot(row)
    with pytest.raises(error) as caught:
        call()
    assert snapshot(row) == before
    return str(caught.value)


# register ---------------------------------------------------------------------------------------------------------


def test_registering_without_a_unit(people):
    row = item(people, description="见纪要")
    assert (row.state, row.number, row.assigned_on, row.version) == ("registered", "WT-2026-0001", None, 1)
    entry = row.history.get()
    assert (entry.verb, entry.from_state, entry.to_state) == ("register", "", "registered")
    assert (entry.note, entry.on, entry.by, entry.at) == ("见纪要", TODAY, people.staff, AT)


def test_registering_with_a_unit_and_a_deadline_assigns(people):
    row = assigned(people)
    assert (row.state, row.assigned_on, row.missing_elements) == ("assigned", TODAY, [])


def test_numbers_count_per_park_and_year(people):
    other = cast()
    numbers = [item(people).number for _ in range(3)]
    assert numbers == ["WT-2026-0001", "WT-2026-0002", "WT-2026-0003"]
    assert item(other).number == "WT-2026-0001"
    year = {"at": AT, "on": date(2027, 1, 4)}
    row = actions.register(park=people.park, by=people.staff, title="新年", **year)
    assert row.number == "WT-2027-0001"


def test_numbers_pass_ten_thousand_and_foreign_numbers(people):
    first = item(people)
    LedgerItem.objects.filter(pk=first.pk).update(number="WT-2026-9999")
    second = item(people)
    assert second.number == "WT-2026-10000"
    LedgerItem.objects.filter(pk=first.pk).update(number="WT-2026-A7")
    assert item(people).number == "WT-2026-10001"


def test_a_leader_registers_and_assigns_but_a_unit_does_not(people):
    row = actions.register(park=people.park, by=people.leader, source="instruction", title="批示", **EDGE)
    assert row.source == "instruction"
    who = {"by": people.leader, "version": 1, **EDGE}
    assert actions.assign(row, unit=people.unit, due_on=DUE, **who).state == "assigned"
    with pytest.raises(PermissionDenied):
        actions.register(park=people.park, by=people.worker, title="x", **EDGE)
    with pytest.raises(PermissionDenied):
        actions.register(park=factories.park(), by=people.staff, title="x", **EDGE)
    assert LedgerItem.objects.count() == 1


def test_parts_must_fit_together(people):
    other = cast()
    mine, yours = factories.project(people.park), factories.project(other.park)
    milestone = mine.milestones.create(stage="L09")
    second = factories.project(people.park)
    wrong = [
        {"project": yours},
        {"unit": other.unit, "due_on": DUE},
        {"project": second, "milestone": milestone},
        {"milestone": milestone},
        {"starts_on": DUE, "due_on": TODAY},
        {"cooperating_units": [other.unit]},
        {"person": other.staff},
    ]
    for fields in wrong:
        with pytest.raises(Refused):
            item(people, **fields)
    assert not LedgerItem.objects.exists()
    assert item(people, project=mine, milestone=milestone).milestone == milestone


# the way ----------------------------------------------------------------------------------------------------------


def test_the_whole_way_with_its_history(people):
    row = assigned(people)
    actions.sign(row, by=people.worker, version=1, **EDGE)
    actions.report_progress(row, note=" 已报方案 ", by=people.worker, version=2, **EDGE)
    actions.ask_close(row, evidence="已取得许可证", by=people.worker, version=3, **EDGE)
    actions.send_back(row, reason="缺少附件", by=people.staff, version=4, **EDGE)
    actions.ask_close(row, evidence="附件已补", by=people.worker, version=5, **EDGE)
    actions.close(row, by=people.staff, version=6, **EDGE)
    told = [
        ("register", "", "assigned", "", people.staff),
        ("sign", "assigned", "signed", "", people.worker),
        ("progress", "signed", "working", "已报方案", people.worker),
        ("ask_close", "working", "closing", "已取得许可证", people.worker),
        ("return", "closing", "returned", "缺少附件", people.staff),
        ("ask_close", "returned", "closing", "附件已补", people.worker),
        ("close", "closing", "closed", "", people.staff),
    ]
    assert [(e.verb, e.from_state, e.to_state, e.note, e.by) for e in row.history.order_by("pk")] == told
    row.refresh_from_db()
    assert (row.state, row.closed_on, row.closed_by, row.version) == ("closed", TODAY, people.staff, 7)
    assert row.progress == "附件已补"


def test_reopening_keeps_the_closure_in_the_history(people):
    row = closed(people)
    actions.reopen(row, reason="复查不合格", by=people.staff, version=4, **EDGE)
    assert (row.state, row.closed_on, row.closed_by) == ("returned", None, None)
    last = row.history.order_by("pk").last()
    assert (last.verb, last.note) == ("reopen", "复查不合格")
    assert {"field": "closed_on", "old": "2026-03-02", "new": None} in last.changes


def test_every_verb_from_every_state_moves_or_is_refused(people):
    """What the flow does not draw is refused by the action too, and changes nothing."""
    made = {
        "registered": item(people),
        "assigned": assigned(people),
        "closing": closing(people),
        "closed": closed(people),
        "hung": hung(people),
    }
    for row in made.values():
        for verb, call in calls(people).items():
            if row.state in flow.TRANSITIONS[verb]:
                continue
            message = refused(Refused, row, lambda row=row, call=call: call(row))
            assert row.get_state_display() in message


def calls(people):
    """{verb: action with valid arguments by somebody who may}."""

    def who(user, row):
        return {"by": user, "version": row.version, **EDGE}

    unit, staff = people.worker, people.staff
    return {
        ItemVerb.ASSIGN: lambda r: actions.assign(r, unit=people.unit, due_on=DUE, **who(staff, r)),
        ItemVerb.SIGN: lambda r: actions.sign(r, **who(staff, r)),
        ItemVerb.PROGRESS: lambda r: actions.report_progress(r, note="x", **who(staff, r)),
        ItemVerb.ASK_CLOSE: lambda r: actions.ask_close(r, evidence="x", **who(unit if r.unit_id else staff, r)),
        ItemVerb.CLOSE: lambda r: actions.close(r, **who(staff, r)),
        ItemVerb.RETURN: lambda r: actions.send_back(r, reason="x", **who(staff, r)),
        ItemVerb.EXTEND: lambda r: actions.extend(r, workdays=1, reason="x", calendar=CALENDAR, **who(staff, r)),
        ItemVerb.REOPEN: lambda r: actions.reopen(r, reason="x", **who(staff, r)),
        ItemVerb.EDIT: lambda r: actions.edit(r, fields={"title": "y"}, **who(staff, r)),
        ItemVerb.ASK_EXTENSION: lambda r: actions.ask_extension(r, workdays=1, reason="x", **who(staff, r)),
        ItemVerb.REFUSE_EXTENSION: lambda r: actions.refuse_extension(r, reason="x", **who(staff, r)),
        ItemVerb.ASK_HANG: lambda r: actions.ask_hang(r, reason="x", **who(staff, r)),
        ItemVerb.REFUSE_HANG: lambda r: actions.refuse_hang(r, reason="x", **who(staff, r)),
        ItemVerb.HANG: lambda r: actions.hang(r, reason="x", **who(staff, r)),
        ItemVerb.TAKE_UP: lambda r: actions.take_up(r, note="x", **who(staff, r)),
    }


@pytest.mark.parametrize("words", ["", "   ", "\n"])
def test_words_are_needed(people, words):
    row = actions.sign(assigned(people), by=people.worker, version=1, **EDGE)
    who = {"by": people.worker, "version": 2, **EDGE}
    refused(Refused, row, lambda: actions.report_progress(row, note=words, **who))
    refused(Refused, row, lambda: actions.ask_close(row, evidence=words, **who))


# who --------------------------------------------------------------------------------------------------------------


def test_an_office_below_the_unit_does_not_work_for_it_but_the_unit_works_for_its_office(people):
    row = assigned(people)
    refused(PermissionDenied, row, lambda: actions.sign(row, by=people.office_worker, version=1, **EDGE))
    refused(PermissionDenied, row, lambda: actions.sign(row, by=people.stranger, version=1, **EDGE))
    below = assigned(people, unit=people.office_worker.organization)
    assert actions.sign(below, by=people.worker, version=1, **EDGE).state == "signed"


def test_a_cooperating_unit_reads_but_does_not_work(people):
    row = assigned(people, cooperating_units=[people.stranger.organization])
    assert row in LedgerItem.objects.visible_to(people.stranger)
    refused(PermissionDenied, row, lambda: actions.sign(row, by=people.stranger, version=1, **EDGE))


def test_nobody_of_another_park_moves_an_item(people):
    other = cast()
    row = closing(people)
    refused(PermissionDenied, row, lambda: actions.close(row, by=other.staff, version=3, **EDGE))


def test_units_and_leaders_do_not_verify(people):
    row = closing(people)
    for user in (people.worker, people.leader, people.stranger):
        refused(PermissionDenied, row, lambda user=user: actions.close(row, by=user, version=3, **EDGE))


def test_who_asked_for_the_closure_does_not_close(people):
    row = actions.sign(assigned(people), by=people.staff, version=1, **EDGE)
    actions.ask_close(row, evidence="代报", by=people.staff, version=2, **EDGE)
    refused(Refused, row, lambda: actions.close(row, by=people.staff, version=3, **EDGE))
    refused(Refused, row, lambda: actions.send_back(row, reason="x", by=people.staff, version=3, **EDGE))
    assert actions.close(row, by=people.second, version=3, **EDGE).closed_by == people.second


def test_the_latest_asking_counts(people):
    row = actions.sign(assigned(people), by=people.staff, version=1, **EDGE)
    actions.ask_close(row, evidence="a", by=people.staff, version=2, **EDGE)
    actions.send_back(row, reason="b", by=people.second, version=3, **EDGE)
    actions.ask_close(row, evidence="c", by=people.second, version=4, **EDGE)
    refused(Refused, row, lambda: actions.close(row, by=people.second, version=5, **EDGE))
    assert actions.close(row, by=people.staff, version=5, **EDGE).state == "closed"


def test_the_unit_in_charge_does_not_close_even_when_it_is_the_centre(people):
    row = assigned(people, unit=people.staff.organization)
    actions.sign(row, by=people.staff, version=1, **EDGE)
    actions.ask_close(row, evidence="a", by=people.staff, version=2, **EDGE)
    refused(Refused, row, lambda: actions.close(row, by=people.second, version=3, **EDGE))
    outsider = factories.user(people.park, "staff")
    assert actions.close(row, by=outsider, version=3, **EDGE).state == "closed"


def test_what_waits_for_whom(people):
    """The list of things that wait agrees with what the actions let each person do."""
    rows = {name: make(people) for name, make in {"new": item, "mine": assigned, "asked": closing}.items()}
    own = actions.sign(assigned(people), by=people.staff, version=1, **EDGE)
    rows["by_staff"] = actions.ask_close(own, evidence="x", by=people.staff, version=2, **EDGE)

    def waiting(user):
        found = set(LedgerItem.objects.visible_to(user).waiting_for(user))
        return {name for name, row in rows.items() if row in found}

    assert waiting(people.staff) == {"new", "asked"}
    assert waiting(people.second) == {"new", "asked", "by_staff"}
    assert waiting(people.leader) == {"new"}
    assert waiting(people.worker) == {"mine"}
    assert waiting(people.stranger) == set()


# deadlines --------------------------------------------------------------------------------------------------------


def test_an_extension_lands_on_a_workday_and_comes_once(people):
    row = assigned(people, due_on=date(2026, 4, 3))  # Friday; Monday the 6th is a holiday
    who = {"by": people.staff, "reason": "等待省厅批复", "calendar": CALENDAR, **EDGE}
    actions.extend(row, workdays=1, version=1, **who)
    assert (row.due_on, row.extended_wd, row.state) == (date(2026, 4, 7), 1, "assigned")
    refused(Refused, row, lambda: actions.extend(row, workdays=1, version=2, **who))


@pytest.mark.parametrize("days", [0, 11, -1])
def test_an_extension_has_limits(people, days):
    row = assigned(people)
    who = {"by": people.staff, "reason": "x", "calendar": CALENDAR, "version": 1, **EDGE}
    refused(Refused, row, lambda: actions.extend(row, workdays=days, **who))
    assert actions.extend(row, workdays=10, **who).due_on == date(2026, 3, 30)


def test_the_unit_does_not_grant_itself_an_extension(people):
    row = assigned(people)
    who = {"reason": "x", "calendar": CALENDAR, "version": 1, **EDGE}
    refused(PermissionDenied, row, lambda: actions.extend(row, workdays=1, by=people.worker, **who))


def test_a_deadline_does_not_slip_by_assigning_or_editing(people):
    row = assigned(people)
    later = DUE + timedelta(days=1)
    who = {"by": people.staff, "version": 1, **EDGE}
    refused(Refused, row, lambda: actions.assign(row, unit=people.unit, due_on=later, **who))
    refused(Refused, row, lambda: actions.edit(row, fields={"due_on": later}, **who))
    refused(Refused, row, lambda: actions.edit(row, fields={"unit": people.stranger.organization}, **who))
    assert actions.assign(row, unit=people.stranger.organization, due_on=later, **who).due_on == later


# editing and overtaking -------------------------------------------------------------------------------------------


def test_editing_keeps_old_and_new(people):
    row = item(people)
    units = [people.unit]
    who = {"by": people.staff, "version": 1, **EDGE}
    actions.edit(row, fields={"title": "新标题", "leader": "李主任"}, cooperating_units=units, **who)
    entry = row.history.order_by("pk").last()
    assert entry.changes == [
        {"field": "title", "old": "用地指标未落实", "new": "新标题"},
        {"field": "leader", "old": "", "new": "李主任"},
        {"field": "cooperating_units", "old": "", "new": str(people.unit)},
    ]
    assert (row.version, list(row.cooperating_units.all())) == (2, units)


def test_editing_nothing_writes_nothing(people):
    row = item(people)
    before = snapshot(row)
    actions.edit(row, fields={"title": row.title}, cooperating_units=[], by=people.staff, version=1, **EDGE)
    assert snapshot(row) == before


def test_only_editable_fields(people):
    row = item(people)
    with pytest.raises(TypeError):
        actions.edit(row, fields={"state": "closed"}, by=people.staff, version=1, **EDGE)


def test_who_comes_second_changes_nothing(people):
    first = assigned(people)
    second = LedgerItem.objects.get(pk=first.pk)
    actions.sign(first, by=people.worker, version=1, **EDGE)
    refused(Conflict, first, lambda: actions.sign(second, by=people.worker, version=1, **EDGE))
    fresh = LedgerItem.objects.get(pk=first.pk)
    refused(Conflict, first, lambda: actions.report_progress(fresh, note="x", by=people.worker, version=1, **EDGE))

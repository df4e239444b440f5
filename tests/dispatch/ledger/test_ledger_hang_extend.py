"""Moving up and back, and the one extension that somebody else grants: exact results, and a twin for every guard."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts.errors import Refused
from dispatch.ledger import actions
from dispatch.ledger.models import LedgerItem
from tests import factories
from tests.dispatch.ledger_cases import CALENDAR, EDGE, assigned, cast, closed, closing, hung, snapshot
from tests.factories import AT, TODAY

pytestmark = pytest.mark.django_db
DUE = TODAY + timedelta(days=14)


@pytest.fixture
def people():
    return cast()


def refused(error, row, call):
    before = snapshot(row)
    with pytest.raises(error):
        call()
    assert snapshot(row) == before


# moving up --------------------------------------------------------------------------------------------------------


def test_moving_up_keeps_it_open_counted_and_due(people):
    row = hung(people)
    assert (row.state, row.tier, row.hung_on, row.due_on, row.version) == ("hung", 2, TODAY, DUE, 2)
    assert row in LedgerItem.objects.open()
    assert row in LedgerItem.objects.late(DUE + timedelta(days=1))
    last = row.history.order_by("pk").last()
    assert (last.verb, last.from_state, last.to_state, last.note) == ("hang", "assigned", "hung", "需上级协调")
    assert {"field": "tier", "old": 1, "new": 2} in last.changes


def test_it_moves_up_to_the_fourth_tier_and_no_further(people):
    row = hung(people)
    for version, tier in ((2, 3), (3, 4)):
        assert actions.hang(row, reason="仍不能定", by=people.leader, version=version, **EDGE).tier == tier
    refused(Refused, row, lambda: actions.hang(row, reason="x", by=people.leader, version=4, **EDGE))


def test_only_who_assigns_moves_it_up_and_the_unit_asks(people):
    row = assigned(people)
    refused(PermissionDenied, row, lambda: actions.hang(row, reason="x", by=people.worker, version=1, **EDGE))
    refused(PermissionDenied, row, lambda: actions.ask_hang(row, reason="x", by=people.stranger, version=1, **EDGE))
    refused(Refused, row, lambda: actions.refuse_hang(row, reason="x", by=people.staff, version=1, **EDGE))
    refused(Refused, row, lambda: actions.ask_hang(row, reason=" ", by=people.worker, version=1, **EDGE))
    actions.ask_hang(row, reason="跨区事项", by=people.worker, version=1, **EDGE)
    assert (row.state, row.tier, row.version) == ("assigned", 1, 2)
    assert row in LedgerItem.objects.waiting_for(people.staff)
    refused(PermissionDenied, row, lambda: actions.refuse_hang(row, reason="x", by=people.worker, version=2, **EDGE))
    actions.refuse_hang(row, reason="本级可以解决", by=people.staff, version=2, **EDGE)
    assert row not in LedgerItem.objects.waiting_for(people.staff)
    assert row in LedgerItem.objects.waiting_for(people.worker)


def test_what_is_moved_up_waits_for_who_decides(people):
    row = hung(people)
    for user, waits in ((people.staff, True), (people.leader, True), (people.worker, False)):
        assert LedgerItem.objects.waiting_for(user).filter(pk=row.pk).exists() is waits


def test_taken_up_by_the_same_unit_with_a_new_deadline(people):
    row = actions.hang(hung(people), reason="再上一级", by=people.staff, version=2, **EDGE)
    later = DUE + timedelta(days=30)
    actions.take_up(row, note="由管委会协调省厅", due_on=later, by=people.leader, version=3, **EDGE)
    assert (row.state, row.tier, row.hung_on, row.due_on) == ("working", 1, None, later)
    assert (row.unit, row.extended_wd) == (people.unit, 0)
    last = row.history.order_by("pk").last()
    assert (last.verb, last.note) == ("take_up", "由管委会协调省厅")
    assert {"field": "due_on", "old": str(DUE), "new": str(later)} in last.changes


def test_taken_up_by_another_unit_which_signs_first(people):
    row = hung(people, person_name="赵科长", person=people.worker)
    other = people.stranger.organization
    on = TODAY + timedelta(days=3)
    actions.take_up(row, note="改由", unit=other, by=people.leader, at=AT, on=on, version=2)
    assert (row.state, row.unit, row.assigned_on) == ("assigned", other, on)
    assert (row.due_on, row.person_name, row.person) == (DUE, "", None)


def test_an_item_of_a_higher_tier_comes_back_to_that_tier(people):
    row = hung(people, tier=3)
    assert row.tier == 4
    actions.take_up(row, note="定", by=people.leader, version=2, **EDGE)
    assert row.tier == 3


def test_taking_up_needs_a_decision_and_who_may_decide(people):
    row = hung(people)
    refused(Refused, row, lambda: actions.take_up(row, note=" ", by=people.leader, version=2, **EDGE))
    refused(PermissionDenied, row, lambda: actions.take_up(row, note="x", by=people.worker, version=2, **EDGE))
    foreign = cast().unit
    refused(Refused, row, lambda: actions.take_up(row, note="x", unit=foreign, by=people.leader, version=2, **EDGE))
    refused(Refused, row, lambda: actions.close(row, by=people.staff, version=2, **EDGE))


# extensions -------------------------------------------------------------------------------------------------------


def ask(row, by, version, days=5, reason="省厅批复未到"):
    return actions.ask_extension(row, workdays=days, reason=reason, by=by, version=version, **EDGE)


def test_asked_for_by_the_unit_and_granted_by_the_centre(people):
    row = ask(assigned(people, due_on=date(2026, 4, 3)), people.worker, 1, days=1)
    assert (row.due_on, row.extended_wd, row.state) == (date(2026, 4, 3), 0, "assigned")
    assert row in LedgerItem.objects.waiting_for(people.staff)
    assert row not in LedgerItem.objects.waiting_for(people.leader)
    who = {"reason": "同意", "calendar": CALENDAR, "version": 2, **EDGE}
    actions.extend(row, workdays=1, by=people.staff, **who)
    assert (row.due_on, row.extended_wd) == (date(2026, 4, 7), 1)  # Monday the 6th is a holiday
    request = row.extensions.get()
    assert (request.outcome, request.reason, request.answer) == ("granted", "省厅批复未到", "同意")
    assert (request.asked_by, request.decided_by, request.due_before_on) == (
        people.worker,
        people.staff,
        date(2026, 4, 3),
    )
    assert row.history.order_by("pk").last().changes[0] == {"field": "due_on", "old": "2026-04-03", "new": "2026-04-07"}
    assert row not in LedgerItem.objects.waiting_for(people.staff)
    refused(Refused, row, lambda: ask(row, people.worker, 3))


def test_refused_once_it_is_not_asked_for_again_but_the_centre_may_still_extend(people):
    row = ask(assigned(people), people.worker, 1)
    actions.refuse_extension(row, reason="理由不足", by=people.staff, version=2, **EDGE)
    assert (row.extensions.get().outcome, row.extensions.get().answer, row.due_on) == ("refused", "理由不足", DUE)
    refused(Refused, row, lambda: ask(row, people.worker, 3))
    refused(Refused, row, lambda: actions.refuse_extension(row, reason="x", by=people.staff, version=3, **EDGE))
    actions.extend(row, workdays=2, reason="另行批准", calendar=CALENDAR, by=people.staff, version=3, **EDGE)
    assert sorted(row.extensions.values_list("outcome", flat=True)) == ["granted", "refused"]


def test_nobody_grants_his_own_request_and_no_unit_its_own(people):
    row = ask(assigned(people), people.staff, 1)
    who = {"workdays": 5, "reason": "x", "calendar": CALENDAR, "version": 2, **EDGE}
    refused(Refused, row, lambda: actions.extend(row, by=people.staff, **who))
    refused(Refused, row, lambda: actions.refuse_extension(row, reason="x", by=people.staff, version=2, **EDGE))
    own = assigned(people, unit=people.staff.organization)
    refused(Refused, own, lambda: actions.extend(own, by=people.second, **who | {"version": 1}))
    refused(PermissionDenied, row, lambda: actions.extend(row, by=people.worker, **who))
    assert actions.extend(row, by=people.second, **who).extended_wd == 5


@pytest.mark.parametrize(("days", "reason"), [(0, "x"), (11, "x"), (5, "  ")])
def test_what_cannot_be_asked_for(people, days, reason):
    row = assigned(people)
    refused(Refused, row, lambda: ask(row, people.worker, 1, days, reason))


def test_only_before_closure_and_only_by_the_unit(people):
    for row in (closing(people), closed(people), hung(people)):
        refused(Refused, row, lambda row=row: ask(row, people.worker, row.version))
    row = assigned(people)
    refused(PermissionDenied, row, lambda: ask(row, people.stranger, 1))
    refused(PermissionDenied, row, lambda: ask(row, people.leader, 1))


def test_a_request_loses_its_object_and_does_not_count_as_asked(people):
    row = ask(assigned(people), people.worker, 1)
    actions.assign(row, unit=people.stranger.organization, due_on=DUE, by=people.staff, version=2, **EDGE)
    request = row.extensions.get()
    assert (request.outcome, request.answer, request.decided_by) == ("refused", "", people.staff)
    assert ask(row, people.stranger, 3).extensions.filter(outcome="open").count() == 1


def test_a_request_twice_at_once_is_one(people):
    row = ask(assigned(people), people.worker, 1)
    refused(Refused, row, lambda: ask(row, people.worker, 2))


def test_returned_and_reopened_are_counted_for_ever(people):
    row = closing(people)
    actions.send_back(row, reason="缺件", by=people.staff, version=3, **EDGE)
    actions.ask_close(row, evidence="补", by=people.worker, version=4, **EDGE)
    actions.close(row, by=people.staff, version=5, **EDGE)
    actions.reopen(row, reason="反复", by=people.staff, version=6, **EDGE)
    found = LedgerItem.objects.counted().get(pk=row.pk)
    assert (found.times_returned, found.times_reopened) == (1, 1)
    fresh = LedgerItem.objects.counted().get(pk=assigned(people).pk)
    assert (fresh.times_returned, fresh.times_reopened) == (0, 0)


def test_assigning_to_another_unit_drops_the_person(people):
    row = assigned(people, person=people.worker, person_name="甲")
    other = factories.organization(people.park)
    actions.assign(row, unit=other, due_on=DUE, by=people.staff, version=1, **EDGE)
    assert (row.person, row.person_name) == (None, "")


def test_an_extension_past_the_last_day_of_the_calendar_is_refused(db):
    people = cast()
    row = assigned(people, due_on=date(9999, 12, 31))
    before = snapshot(row)
    words = {"workdays": 10, "reason": "补办手续", "calendar": CALENDAR}
    with pytest.raises(Refused):
        actions.extend(row, by=people.staff, version=1, **words, **EDGE)
    assert snapshot(row) == before

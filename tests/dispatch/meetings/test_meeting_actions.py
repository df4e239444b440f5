"""Every write on meetings: exact rows, exact history, who is told, and nothing at all when something is refused."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts.errors import Conflict, Refused
from dispatch.ledger import actions as ledger
from dispatch.ledger.models import LedgerEntry, LedgerItem
from dispatch.meetings import actions
from dispatch.meetings.models import AgendaItem, Attendance, Decision, Meeting, StandingMember
from dispatch.notices.models import Notice
from tests import factories
from tests.dispatch.ledger_cases import CALENDAR
from tests.dispatch.meetings.meeting_cases import EDGE, closed, decided, item, planned, point, running, zone
from tests.factories import AT, TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return zone()


def told(event="meeting_invited"):
    return {notice.recipient_id: notice.facts for notice in Notice.objects.filter(event=event)}


# planning ---------------------------------------------------------------------------------------------------------


def test_numbers_count_per_park_kind_and_year(place):
    first, second = planned(place), planned(place)
    joint, next_year = planned(place, "joint"), planned(place, held_on=date(2027, 1, 15))
    elsewhere = planned(zone())
    numbers = [row.number for row in (first, second, joint, next_year, elsewhere)]
    assert numbers == ["BY-2026-001", "BY-2026-002", "LX-2026-001", "BY-2027-001", "BY-2026-001"]
    assert [first.tier, joint.tier] == [2, 3]


def test_the_joint_meeting_invites_1_7_and_x(place):
    third = factories.organization(place.park, name="住房和城乡建设局")
    extra = factories.organization(place.park, name="供电公司")
    item(place, late_days=30, unit=extra)
    meeting = planned(place, "joint")
    seats = {(seat.part, str(seat.organization or seat.person_name)) for seat in meeting.attendance.all()}
    assert seats == {
        ("leader", "陆主任"), ("centre", "项目中心"), ("standing", place.unit.name), ("standing", place.other.name),
        ("standing", third.name), ("extra", "供电公司"),
    }  # fmt: skip
    assert StandingMember.objects.filter(park=place.park).count() == 4
    StandingMember.objects.filter(organization=place.other).delete()
    again = planned(place, "joint")
    assert place.other.pk not in again.attendance.values_list("organization", flat=True)


def test_the_invited_are_told_once_and_not_who_planned(place):
    meeting = planned(place, "joint", place="一号会议室")
    assert set(told()) == {place.second.pk, place.worker.pk, place.stranger.pk}
    assert told()[place.worker.pk]["place"] == "一号会议室"
    assert place.enterprise.pk not in told()
    actions.change(
        meeting, fields={"held_on": TODAY + timedelta(days=1)}, reason="领导出差", by=place.staff, version=1, **EDGE
    )
    assert Notice.objects.filter(recipient=place.worker, settled_at=None).count() == 1
    assert list(meeting.history.values_list("verb", "note")) == [("change", "领导出差"), ("plan", "")]


def test_a_meeting_of_the_past_tells_nobody(place):
    planned(place, "joint", held_on=TODAY - timedelta(days=3))
    assert told() == {}


def test_cancelling_wants_a_reason_and_tells(place):
    meeting = planned(place, "joint")
    with pytest.raises(Refused):
        actions.cancel(meeting, reason=" ", by=place.staff, version=1, **EDGE)
    actions.cancel(meeting, reason="议题不足", by=place.staff, version=1, **EDGE)
    assert meeting.state == "cancelled"
    assert Notice.objects.filter(recipient=place.worker, settled_at=None).count() == 1
    with pytest.raises(Refused):
        actions.start(meeting, by=place.staff, version=2, **EDGE)


@pytest.mark.parametrize("who", ["leader", "worker", "enterprise"])
def test_only_the_centre_plans(place, who):
    with pytest.raises(PermissionDenied):
        actions.plan(
            park=place.park, kind="joint", title="会", held_on=TODAY, by=getattr(place, who), calendar=CALENDAR, **EDGE
        )
    assert not Meeting.objects.exists()


def test_the_centre_of_another_park_plans_nothing_here(place):
    with pytest.raises(PermissionDenied):
        actions.plan(
            park=place.park, kind="joint", title="会", held_on=TODAY, by=zone().staff, calendar=CALENDAR, **EDGE
        )


def test_a_team_meeting_wants_a_project_of_the_park(place):
    for project in (None, zone().project):
        with pytest.raises(Refused):
            planned(place, "team", project=project)


# agenda -----------------------------------------------------------------------------------------------------------


def test_building_again_adds_only_what_is_new_and_keeps_what_was_said(place):
    late = item(place, late_days=30)
    meeting = planned(place)
    (only,) = meeting.agenda.all()
    assert (only.source, only.source_key, only.item_id) == ("item", f"item/{late.pk}", late.pk)
    actions.discuss(only, text="供电公司已答复", by=place.staff, version=1)
    assert actions.rebuild(meeting, by=place.staff, calendar=CALENDAR, **EDGE) == []
    more = item(place, late_days=20)
    (added,) = actions.rebuild(meeting, by=place.staff, calendar=CALENDAR, **EDGE)
    only.refresh_from_db()
    assert (added.item_id, added.order, only.discussion) == (more.pk, 1, "供电公司已答复")


def test_the_unit_of_a_new_point_is_invited_and_told(place):
    meeting = planned(place)
    assert told() == {}
    item(place, late_days=30, unit=place.other)
    actions.rebuild(meeting, by=place.staff, calendar=CALENDAR, **EDGE)
    assert meeting.attendance.get(organization=place.other).part == "extra"
    assert set(told()) == {place.stranger.pk}


def test_a_point_taken_off_does_not_come_back(place):
    item(place, late_days=30)
    meeting = planned(place)
    actions.settle_point(meeting.agenda.get(), "drop", by=place.staff, version=1)
    assert actions.rebuild(meeting, by=place.staff, calendar=CALENDAR, **EDGE) == []
    assert meeting.agenda.get().state == "dropped"


def test_order_by_hand(place):
    meeting = planned(place)
    a, _b, c = (point(place, meeting, title) for title in "甲乙丙")
    actions.shift(c, up=True, by=place.staff)
    actions.shift(a, up=True, by=place.staff)
    assert "".join(meeting.agenda.values_list("title", flat=True)) == "甲丙乙"
    actions.shift(a, up=False, by=place.staff)
    assert "".join(meeting.agenda.values_list("title", flat=True)) == "丙甲乙"


def test_two_recorders_the_second_is_told_and_nothing_is_lost(place):
    meeting = running(place)
    mine = point(place, meeting)
    theirs = AgendaItem.objects.get(pk=mine.pk)
    actions.discuss(mine, text="甲记录", by=place.staff, version=1)
    with pytest.raises(Conflict):
        actions.discuss(theirs, text="乙记录", by=place.second, version=1)
    assert AgendaItem.objects.get(pk=mine.pk).discussion == "甲记录"


# decisions --------------------------------------------------------------------------------------------------------


def test_a_decision_is_on_the_ledger_with_five_elements_at_once(place):
    meeting = running(place, "team", project=place.project)
    at_point = point(place, meeting)
    decision = decided(place, at_point, person_name=place.worker.display_name)
    row = LedgerItem.objects.get()
    assert decision.item == row
    assert (row.state, row.source, row.kind, row.meeting_id, row.project_id, row.unit_id, row.person_id) == (
        "assigned", "meeting", "task", meeting.pk, place.project.pk, place.unit.pk, place.worker.pk,
    )  # fmt: skip
    assert (row.leader, row.measures, row.starts_on, row.due_on, row.title) == (
        "陆主任", "十日内完成用电扩容", TODAY, TODAY + timedelta(days=14), "十日内完成用电扩容",
    )  # fmt: skip
    assert row.missing_elements == []
    assert [(entry.verb, entry.to_state, entry.by_id) for entry in row.history.all()] == [
        ("register", "assigned", place.staff.pk)
    ]
    assert set(told("ledger_assigned")) == {place.worker.pk}
    at_point.refresh_from_db()
    assert at_point.state == "decided"


def test_a_failure_in_the_middle_leaves_nothing(place, monkeypatch):
    at_point = point(place, running(place))

    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(Decision, "save", broken)
    with pytest.raises(RuntimeError):
        decided(place, at_point)
    monkeypatch.undo()
    at_point.refresh_from_db()
    assert at_point.state == "open"
    assert not LedgerItem.objects.exists()
    assert not LedgerEntry.objects.exists()
    assert told("ledger_assigned") == {}


@pytest.mark.parametrize(
    "fields", [{"unit": None}, {"due_on": None}, {"due_on": TODAY - timedelta(days=1)}, {"text": "  "}]
)
def test_half_a_task_and_days_gone_by_are_refused(place, fields):
    at_point = point(place, running(place))
    with pytest.raises(Refused):
        decided(place, at_point, **fields)
    assert not Decision.objects.exists()


def test_without_unit_and_day_it_is_noted(place):
    decision = decided(place, point(place, running(place)), unit=None, due_on=None)
    assert decision.item is None
    assert not LedgerItem.objects.exists()


def test_a_unit_of_another_park_or_an_enterprise_gets_nothing(place):
    at_point = point(place, running(place))
    for unit in (zone().unit, place.enterprise.organization):
        with pytest.raises(Refused):
            decided(place, at_point, unit=unit)
    assert not LedgerItem.objects.exists()


def test_decisions_only_while_it_runs(place):
    meeting = planned(place)
    at_point = point(place, meeting)
    with pytest.raises(Refused):
        decided(place, at_point)


def test_correcting_follows_the_item_until_the_unit_has_it(place):
    decision = decided(place, point(place, running(place)))
    who = {"by": place.staff, **EDGE}
    new = {"text": "五日内完成", "unit": place.other, "person_name": "", "due_on": TODAY + timedelta(days=5)}
    actions.correct(decision, **new, version=1, **who)
    row = decision.item
    row.refresh_from_db()
    assert (row.title, row.unit_id, row.due_on, row.state) == (
        "五日内完成",
        place.other.pk,
        TODAY + timedelta(days=5),
        "assigned",
    )
    assert list(row.history.order_by("pk").values_list("verb", flat=True)) == ["register", "edit", "assign"]
    with pytest.raises(Conflict):
        actions.correct(decision, **new | {"text": "旧"}, version=1, **who)
    ledger.sign(row, by=place.stranger, version=row.version, **EDGE)
    with pytest.raises(Refused):
        actions.correct(decision, **new | {"text": "又改"}, version=2, **who)
    decision.refresh_from_db()
    assert decision.text == "五日内完成"


def test_a_noted_decision_that_gets_a_unit_goes_on_the_ledger(place):
    decision = decided(place, point(place, running(place)), unit=None, due_on=None)
    new = {"text": "报送方案", "unit": place.unit, "due_on": TODAY + timedelta(days=3)}
    actions.correct(decision, **new, version=1, by=place.staff, **EDGE)
    assert Decision.objects.get().item.title == "报送方案"


def test_withdrawing_asks_for_closure_and_somebody_else_verifies(place):
    decision = decided(place, point(place, running(place)))
    with pytest.raises(Refused):
        actions.withdraw(decision, reason="", version=1, by=place.staff, **EDGE)
    actions.withdraw(decision, reason="记错单位", version=1, by=place.staff, **EDGE)
    row = decision.item
    row.refresh_from_db()
    assert (row.state, list(row.history.order_by("pk").values_list("verb", flat=True))) == (
        "closing",
        ["register", "sign", "ask_close"],
    )
    assert "记错单位" in row.progress
    with pytest.raises(Refused):
        ledger.close(row, by=place.staff, version=row.version, **EDGE)
    ledger.close(row, by=place.second, version=row.version, **EDGE)


# deciding on what is there ----------------------------------------------------------------------------------------


def test_granting_an_extension_at_a_point(place):
    row = item(place)
    ledger.ask_extension(row, workdays=5, reason="等批复", by=place.worker, version=1, **EDGE)
    meeting = running(place)
    at_point = meeting.agenda.get()
    assert (at_point.source, at_point.item_id) == ("extension", row.pk)
    decision = actions.rule(
        at_point, "extend", values={"workdays": 5, "reason": "同意"}, by=place.staff, item_version=2,
        calendar=CALENDAR, **EDGE,
    )  # fmt: skip
    row.refresh_from_db()
    assert (row.extended_wd, decision.due_on, decision.item_id) == (5, row.due_on, None)
    assert row.extensions.get().outcome == "granted"


def test_a_ruling_the_ledger_refuses_leaves_no_line(place):
    row = item(place, late_days=30)
    at_point = running(place).agenda.get()
    with pytest.raises(Conflict):
        actions.rule(at_point, "hang", values={}, by=place.staff, item_version=9, calendar=CALENDAR, **EDGE)
    assert not Decision.objects.exists()
    actions.rule(at_point, "hang", values={}, by=place.staff, item_version=1, calendar=CALENDAR, **EDGE)
    row.refresh_from_db()
    assert (row.state, row.tier) == ("hung", 2)


# the chain --------------------------------------------------------------------------------------------------------


def test_the_next_meeting_opens_with_what_was_not_closed(place):
    """Three meetings: decided and open, decided and closed, carried over by hand and again."""
    first = running(place)
    stays = decided(place, point(place, first, "甲"), text="甲事项")
    done = decided(place, point(place, first, "乙"), text="乙事项")
    point(place, first, "丙")
    closed(place, first)
    row = done.item
    ledger.sign(row, by=place.worker, version=1, **EDGE)
    ledger.ask_close(row, evidence="已完成", by=place.worker, version=2, **EDGE)
    ledger.close(row, by=place.staff, version=3, **EDGE)
    second = running(place, on=TODAY + timedelta(days=14))
    assert second.previous == first
    assert [(p.source, p.item_id, p.title) for p in second.agenda.all()] == [
        ("decision", stays.item_id, f"{stays.item.number} 甲事项"),
        ("hand", None, "丙"),
    ]
    closed(place, second, on=TODAY + timedelta(days=14))
    third = planned(place, held_on=TODAY + timedelta(days=28))
    assert [(p.source, p.item_id) for p in third.agenda.all()] == [("decision", stays.item_id), ("hand", None)]
    assert third.previous == second


def test_carried_points_of_another_kind_or_park_do_not_come(place):
    first = running(place)
    point(place, first, "丙")
    closed(place, first)
    assert not planned(place, "joint").agenda.exists()
    assert not planned(zone()).agenda.exists()


def test_closing_tells_and_ends_it(place):
    meeting = running(place, "joint")
    decided(place, point(place, meeting))
    closed(place, meeting, summary="会议强调时限")
    assert (meeting.state, meeting.closed_at, meeting.summary) == ("closed", AT, "会议强调时限")
    assert told("meeting_minutes")[place.worker.pk]["decisions"] == 1
    with pytest.raises(Refused):
        point(place, meeting)


def test_attendance_by_one_tap(place):
    meeting = planned(place, "joint")
    seat = meeting.attendance.get(organization=place.unit)
    actions.mark(seat, "substitute", note="王副局长", by=place.staff)
    assert Attendance.objects.get(pk=seat.pk).note == "王副局长"
    with pytest.raises(PermissionDenied):
        actions.mark(seat, "present", by=place.worker)


# somebody else was first --------------------------------------------------------------------------------------------


def stale_pair(place):
    """A point as a second recorder has loaded it, and its running meeting."""
    meeting = running(place)
    at_point = point(place, meeting)
    return meeting, AgendaItem.objects.select_related("meeting").get(pk=at_point.pk)


def test_nothing_is_written_in_a_meeting_that_was_closed_in_between(place):
    meeting, seen = stale_pair(place)
    decision = Decision.objects.select_related("meeting").get(pk=decided(place, seen).pk)
    other = AgendaItem.objects.select_related("meeting").get(pk=point(place, meeting, "道路").pk)
    closed(place, Meeting.objects.get(pk=meeting.pk))
    before = (Decision.objects.count(), LedgerItem.objects.count())
    tries = [
        lambda: decided(place, other),
        lambda: actions.discuss(other, text="补记", by=place.staff, version=other.version),
        lambda: actions.settle_point(other, "drop", by=place.staff, version=other.version),
        lambda: actions.add_point(seen.meeting, title="补充", by=place.staff),
        lambda: actions.withdraw(decision, reason="误记", by=place.staff, version=1, **EDGE),
    ]
    for attempt in tries:
        with pytest.raises(Refused):
            attempt()
    assert (Decision.objects.count(), LedgerItem.objects.count()) == before
    assert AgendaItem.objects.get(pk=other.pk).state == "carried"


def test_a_point_decided_in_between_is_not_taken_off(place):
    _meeting, seen = stale_pair(place)
    decided(place, AgendaItem.objects.select_related("meeting").get(pk=seen.pk))
    for verb in ("drop", "carry", "note"):
        with pytest.raises(Refused):
            actions.settle_point(seen, verb, by=place.staff, version=seen.version)
    assert AgendaItem.objects.get(pk=seen.pk).state == "decided"


def test_a_ruling_put_right_makes_no_second_item(place):
    late = item(place, late_days=10)
    meeting = running(place)
    at_point = meeting.agenda.get(item=late)
    values = {"unit": place.other, "due_on": TODAY + timedelta(days=5)}
    edge = EDGE | {"by": place.staff}
    line = actions.rule(at_point, "assign", values=values, item_version=late.version, calendar=CALENDAR, **edge)
    items = LedgerItem.objects.count()
    said = {"person_name": line.person_name, "unit": line.unit, "due_on": line.due_on}
    line = actions.correct(line, text="改由财政局办理", version=1, **said, **edge)
    assert (line.text, line.item, LedgerItem.objects.count()) == ("改由财政局办理", None, items)
    with pytest.raises(Refused):
        actions.correct(line, text=line.text, version=2, **said | {"unit": place.unit}, **edge)
    assert LedgerItem.objects.count() == items


def test_a_named_person_who_does_not_see_the_meeting_is_not_told(place):
    apart = factories.user(place.park, "unit")
    meeting = planned(place, chair_name="某人", chair=apart)
    assert not Meeting.objects.visible_to(apart).filter(pk=meeting.pk).exists()
    assert apart.pk not in told()


def test_a_decision_sent_twice_stands_once(place):
    _meeting, at_point = stale_pair(place)
    first = decided(place, at_point)
    with pytest.raises(Refused):
        decided(place, AgendaItem.objects.select_related("meeting").get(pk=at_point.pk))
    assert (Decision.objects.get(), LedgerItem.objects.count()) == (first, 1)
    decided(place, at_point, person_name="王工")
    actions.withdraw(first, reason="误记", by=place.staff, version=1, **EDGE)
    assert decided(place, at_point).item_id != first.item_id

"""What an enterprise writes, by an account and by a link alike: exact rows, limits, and who may not."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts.errors import Conflict, Refused
from approvals import seams
from approvals.models import HelpRequest, NoticePreference, Rating, Urge
from approvals.portal import actions, links, queries
from approvals.portal.applicant import of_link
from approvals.queries import steps_of
from dispatch.ledger import actions as ledger
from dispatch.ledger.models import LedgerItem
from projects.models import TeamMember
from tests import factories
from tests.approvals.cases import PLAIN, TODAY, finish, move, project, step_of
from tests.approvals.portal.conftest import NOW, hand_out

pytestmark = pytest.mark.django_db


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def view_of(made, code, today=TODAY):
    views = steps_of(made, factories.user(made.park, "staff"), today=today, calendar=PLAIN)
    return next(view for view in views if view.row.code == code)


def running(made, code="S07", on=date(2026, 2, 27)):
    """A step that lies with the department."""
    step = step_of(made, code)
    move(step, "receive", on)
    move(step, "accept", on)
    return step


# Urging


def test_urging_is_kept_with_who_and_when(made, applicant):
    running(made)
    urge = actions.urge(view_of(made, "S07"), text="设备已到港", by=applicant, at=NOW)
    row = Urge.objects.get()
    assert urge == row
    assert (row.project_step.code, row.on, row.at, row.text) == ("S07", TODAY, NOW, "设备已到港")
    assert (row.by, row.link, row.by_name) == (applicant.user, applicant.link, applicant.name)
    assert (row.answer, row.answered_at) == ("", None)


@pytest.mark.parametrize("code", ["S01", "S02", "S13"])
def test_nobody_is_urged_about_what_is_not_with_them(made, applicant, code):
    with pytest.raises(Refused):
        actions.urge(view_of(made, code), text="", by=applicant, at=NOW)
    assert not Urge.objects.exists()


def test_a_correction_is_the_enterprises_own_turn(made, applicant):
    step = step_of(made, "S07")
    move(step, "receive", date(2026, 2, 27))
    move(step, "notify_correction", TODAY, note="缺图")
    assert view_of(made, "S07").turn == "enterprise"
    with pytest.raises(Refused):
        actions.urge(view_of(made, "S07"), text="", by=applicant, at=NOW)


def test_a_finished_step_cannot_be_urged(made, applicant):
    finish(made, "S01")
    with pytest.raises(Refused):
        actions.urge(view_of(made, "S01"), text="", by=applicant, at=NOW)


@pytest.mark.parametrize(
    ("day", "possible"),
    [(date(2026, 3, 2), False), (date(2026, 3, 3), False), (date(2026, 3, 4), True), (date(2026, 3, 9), True)],
)
def test_urging_again_takes_two_working_days(made, account, holder, day, possible):
    """Whoever of the enterprise urged first; the refusal says when it is possible and that the answer is owed."""
    running(made)
    actions.urge(view_of(made, "S07"), text="", by=account, at=NOW)
    again = lambda: actions.urge(view_of(made, "S07", day), text="", by=holder, at=at(day))  # noqa: E731
    if possible:
        assert again().on == day
    else:
        with pytest.raises(Refused) as refusal:
            again()
        assert "2026-03-04" in str(refusal.value)
        assert "2026-03-02" in str(refusal.value)
    assert Urge.objects.count() == 1 + possible


def test_the_park_says_how_often(made, account, policy):
    policy.urge_every_wd = 5
    policy.save()
    running(made)
    actions.urge(view_of(made, "S07"), text="", by=account, at=NOW)
    with pytest.raises(Refused):
        actions.urge(view_of(made, "S07", date(2026, 3, 6)), text="", by=account, at=at(date(2026, 3, 6)))
    actions.urge(view_of(made, "S07", date(2026, 3, 9)), text="", by=account, at=at(date(2026, 3, 9)))


def test_steps_are_urged_one_by_one(made, account):
    running(made, "S07")
    running(made, "S08")
    actions.urge(view_of(made, "S07"), text="", by=account, at=NOW)
    actions.urge(view_of(made, "S08"), text="", by=account, at=NOW)
    assert Urge.objects.count() == 2


def test_whoever_handles_the_step_answers_once(made, account, unit):
    step = running(made)
    made.steps.filter(pk=step.pk).update(unit=unit)
    first = actions.urge(view_of(made, "S07"), text="", by=account, at=NOW)
    clerk = factories.user(made.park, "unit", unit)
    assert actions.answer_urges(step_of(made, "S07"), text="周五发证", upto=first.pk, by=clerk, at=NOW) == 1
    first.refresh_from_db()
    assert (first.answer, first.answered_by, first.answered_at) == ("周五发证", clerk, NOW)
    with pytest.raises(Conflict):
        actions.answer_urges(step_of(made, "S07"), text="又答", upto=first.pk, by=clerk, at=NOW)


def test_an_urging_not_seen_yet_is_not_answered(made, account, staff):
    running(made)
    first = actions.urge(view_of(made, "S07"), text="", by=account, at=NOW)
    later = date(2026, 3, 5)
    second = actions.urge(view_of(made, "S07", later), text="", by=account, at=at(later))
    actions.answer_urges(step_of(made, "S07"), text="好", upto=first.pk, by=staff, at=at(later))
    second.refresh_from_db()
    assert second.answered_at is None


def test_another_unit_and_the_enterprise_answer_nothing(made, account, unit, person):
    running(made)
    urge = actions.urge(view_of(made, "S07"), text="", by=account, at=NOW)
    for stranger in (factories.user(made.park, "unit"), person, factories.user(made.park, "leader")):
        with pytest.raises(PermissionDenied):
            actions.answer_urges(step_of(made, "S07"), text="好", upto=urge.pk, by=stranger, at=NOW)


def test_urgings_reach_the_unit_the_specialist_and_never_nobody(made, account, unit, staff):
    """The handling unit and the specialist get it; without both, all staff of the park do."""
    step = running(made)
    urge = actions.urge(view_of(made, "S07"), text="", by=account, at=NOW)
    clerk, other = factories.user(made.park, "unit", unit), factories.user(made.park, "unit")
    specialist = factories.user(made.park, "staff")

    def reached():
        return [user for user in (clerk, other, staff, specialist) if urge in queries.unanswered_for(user)]

    assert reached() == [clerk, staff, specialist]
    TeamMember.objects.create(project=made, role="specialist", person_name="专员", user=specialist)
    assert reached() == [clerk, specialist]
    made.steps.filter(pk=step.pk).update(unit=other.organization)
    assert reached() == [other, specialist]
    Urge.objects.update(answered_at=NOW)
    assert reached() == []
    assert urge not in queries.unanswered_for(factories.user(factories.park(), "staff"))


# Asking for help


def test_a_request_becomes_a_ledger_item(made, applicant, unit):
    TeamMember.objects.create(project=made, role="leader", person_name="周副主任")
    step = step_of(made, "S15")
    request = actions.ask_for_help(made, text="施工用电\n接不上", step=step, by=applicant, at=NOW)
    item = LedgerItem.objects.get()
    assert (request.item_id, request.item_number) == (item.pk, item.number)
    assert (item.park, item.project, item.project_step, item.unit) == (made.park, made, step, unit)
    assert (item.source, item.kind, item.state) == ("enterprise", "problem", "registered")
    assert (item.raised_on, item.starts_on, item.due_on, item.leader) == (TODAY, TODAY, None, "周副主任")
    assert "施工用电 接不上" in item.title
    assert item.description.startswith("施工用电\n接不上")
    assert applicant.name in item.description
    assert item.missing_elements == ["measures", "dates", "reward_penalty"]
    assert [(entry.verb, entry.by) for entry in item.history.all()] == [("register", None)]


def test_a_request_sent_twice_is_one_item(made, applicant):
    first = actions.ask_for_help(made, text="帮忙", by=applicant, at=NOW)
    again = actions.ask_for_help(made, text="帮忙", by=applicant, at=NOW + timedelta(seconds=2))
    assert again == first
    assert (HelpRequest.objects.count(), LedgerItem.objects.count()) == (1, 1)
    actions.ask_for_help(made, text="帮忙", step=step_of(made, "S07"), by=applicant, at=NOW)
    actions.ask_for_help(made, text="帮忙", by=applicant, at=NOW + timedelta(days=2))
    assert (HelpRequest.objects.count(), LedgerItem.objects.count()) == (3, 3)


def test_without_a_responsible_unit_the_park_office_gets_it_and_without_one_it_is_kept(park, person, staff):
    bare = project(park, enterprise=factories.enterprise(park, person.organization))
    link, _secret = hand_out(bare, staff)
    actions.ask_for_help(bare, text="一", by=of_link(link), at=NOW)
    assert LedgerItem.objects.get().unit == staff.organization
    type(staff.organization).objects.filter(kind="park_office").update(is_active=False)
    actions.ask_for_help(bare, text="二", by=of_link(link), at=NOW)
    assert LedgerItem.objects.get(description__startswith="二").unit is None


def test_when_the_ledger_fails_nothing_is_kept(made, account, monkeypatch):
    def fails(request, **edge):
        raise RuntimeError

    monkeypatch.setattr(seams, "help_requested", [fails])
    with pytest.raises(RuntimeError):
        actions.ask_for_help(made, text="帮忙", by=account, at=NOW)
    assert not HelpRequest.objects.exists()


def test_the_enterprise_reads_the_state_and_the_result_only(made, account, unit, staff):
    request = actions.ask_for_help(made, text="帮忙", by=account, at=NOW)
    item = LedgerItem.objects.get()
    clerk = factories.user(made.park, "unit", unit)
    edge = {"at": NOW, "on": TODAY}
    ledger.assign(item, unit=unit, due_on=date(2026, 3, 9), note="内部一", by=staff, version=1, **edge)
    ledger.sign(item, by=clerk, version=2, **edge)
    ledger.report_progress(item, note="内部二", by=clerk, version=3, **edge)
    open_state = seams.states_of([request])[item.pk]
    assert (open_state.is_closed, open_state.result) == (False, "")
    ledger.ask_close(item, evidence="已接通", by=clerk, version=4, **edge)
    assert seams.states_of([request])[item.pk].result == ""
    ledger.close(item, by=staff, version=5, note="内部三", **edge)
    closed = seams.states_of([request])[item.pk]
    assert (closed.is_closed, closed.closed_on, closed.result) == (True, TODAY, "已接通")


def test_an_item_of_another_source_is_not_told(made, account):
    item = ledger.register(park=made.park, by=None, at=NOW, on=TODAY, title="内部事项", project=made)
    request = HelpRequest.objects.create(project=made, at=NOW, text="x", item_id=item.pk, **account.columns())
    assert seams.states_of([request]) == {}


# Rating


def test_a_decided_step_is_rated_once_and_changed_for_seven_days(made, applicant):
    step = finish(made, "S01")[0]
    first = actions.rate(step, score=4, comment="快", by=applicant, at=NOW)
    assert (first.round, first.score, first.comment, first.by_name) == (1, 4, "快", applicant.name)
    last = NOW + timedelta(days=7) - timedelta(seconds=1)
    actions.rate(step, score=2, by=applicant, at=last)
    row = Rating.objects.get()
    assert (row.score, row.comment, row.at) == (2, "", NOW)
    with pytest.raises(Refused):
        actions.rate(step, score=5, by=applicant, at=NOW + timedelta(days=7))
    assert Rating.objects.get().score == 2


@pytest.mark.parametrize("score", [0, 6, -1])
def test_a_rating_is_one_to_five(made, account, score):
    step = finish(made, "S01")[0]
    with pytest.raises(Refused):
        actions.rate(step, score=score, by=account, at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Rating.objects.create(project_step=step, round=1, score=score or 9, at=NOW, by_name="x")


def test_an_open_step_is_not_rated(made, account):
    with pytest.raises(Refused):
        actions.rate(running(made), score=5, by=account, at=NOW)


# Notices


def test_preferences_are_kept_for_each_account_and_link(made, account, holder):
    actions.set_notices(made, events=["late", "nonsense"], email="a@b.cn", phone="0510-1", by=account, at=NOW)
    actions.mark_read(made, by=holder, at=NOW)
    actions.set_notices(made, events=[], email="", phone="", by=account, at=NOW + timedelta(hours=1))
    rows = {row.by_name: row for row in NoticePreference.objects.all()}
    assert len(rows) == 2
    assert (rows[account.name].events, rows[account.name].seen_at) == ([], None)
    assert len(rows[holder.name].events) == 6
    assert rows[holder.name].seen_at == NOW


# Who may not


def writes(made, applicant, at=NOW):
    step = step_of(made, "S01")
    return [
        lambda: actions.urge(view_of(made, "S07"), text="", by=applicant, at=at),
        lambda: actions.ask_for_help(made, text="帮忙", by=applicant, at=at),
        lambda: actions.rate(step, score=5, by=applicant, at=at),
    ]


def nothing_written():
    return not (Urge.objects.exists() or HelpRequest.objects.exists() or Rating.objects.exists())


def refused(calls):
    for call in calls:
        with pytest.raises(PermissionDenied):
            call()
    return nothing_written()


@pytest.fixture
def ready(made):
    finish(made, "S01")
    running(made)


def test_the_twin_everything_is_allowed(made, applicant, ready):
    for call in writes(made, applicant):
        call()
    assert (Urge.objects.count(), HelpRequest.objects.count(), Rating.objects.count()) == (1, 1, 1)


def test_a_link_without_the_right_asks_nothing(made, staff, ready):
    assert refused(writes(made, of_link(hand_out(made, staff, may_ask=False)[0])))


def test_a_withdrawn_or_expired_link_writes_nothing(made, staff, handed, holder, ready):
    assert refused(writes(made, holder, at=handed[0].expires_at))
    links.withdraw(handed[0], by=staff, at=NOW)
    assert refused(writes(made, holder))


def test_a_link_to_another_project_of_the_same_enterprise_writes_nothing(made, park, staff, ready):
    sibling = project(park, enterprise=made.enterprise)
    assert refused(writes(made, of_link(hand_out(sibling, staff)[0])))


def test_another_enterprise_and_staff_write_nothing(made, park, account, staff, ready):
    stranger = factories.user(park, "enterprise")
    for user in (stranger, staff, factories.user(factories.park(), "enterprise")):
        assert refused(writes(made, type(account)(projects=(made,), project=made, user=user)))

"""Comments, mentions and notices: who is told of what, and who is not."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.errors import Refused
from dispatch.ledger import actions, telling
from dispatch.ledger.models import LedgerComment, LedgerItem
from dispatch.notices.models import Notice
from tests import factories
from tests.dispatch.ledger_cases import CALENDAR, EDGE, assigned, cast, closing, hung, item

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return cast()


def told(event):
    """Who was told of the latest cause of this event."""
    rows = Notice.objects.filter(event=event).order_by("-pk")
    cause = rows[0].key.rsplit("/", 1)[0] if rows else None
    return {row.recipient for row in rows if row.key.rsplit("/", 1)[0] == cause}


def say(row, by, text="请看", **more):
    return actions.comment(row, text=text, by=by, **more, **EDGE)


# notices ----------------------------------------------------------------------------------------------------------


def test_registering_tells_the_unit_only_when_it_is_assigned(people):
    item(people)
    assert not Notice.objects.exists()
    row = assigned(people)
    assert told("ledger_assigned") == {people.worker}
    notice = Notice.objects.get()
    assert (notice.key, notice.about_id) == (f"ledger/{row.pk}/assign/1/u{people.worker.pk}", row.pk)
    assert notice.url == f"/ledger/{row.pk}/"
    assert notice.facts["due_on"] == row.due_on.isoformat()


def test_the_named_person_is_told_instead_of_everybody(people):
    other = factories.user(people.park, "unit", people.unit)
    assigned(people, person=other)
    assert told("ledger_assigned") == {other}


def test_the_whole_way(people):
    row = closing(people)
    assert told("ledger_closing") == {people.staff, people.second}
    actions.send_back(row, reason="缺件", by=people.staff, version=3, **EDGE)
    assert told("ledger_returned") == {people.worker}
    actions.ask_close(row, evidence="补", by=people.worker, version=4, **EDGE)
    actions.close(row, by=people.second, version=5, **EDGE)
    assert told("ledger_closed") == {people.worker, people.staff}
    open_ones = Notice.objects.filter(settled_at=None)
    assert set(open_ones.values_list("event", flat=True)) == {"ledger_closed"}


def test_nobody_of_the_unit_in_charge_is_asked_to_verify(people):
    outsider = factories.user(people.park, "staff")
    row = assigned(people, unit=people.staff.organization)
    actions.sign(row, by=people.staff, version=1, **EDGE)
    actions.ask_close(row, evidence="x", by=people.staff, version=2, **EDGE)
    assert told("ledger_closing") == {outsider}


def test_moving_up_tells_who_decides_and_the_leaders_from_the_third_tier(people):
    row = hung(people)
    assert told("ledger_hung") == {people.second, people.worker}
    actions.hang(row, reason="x", by=people.staff, version=2, **EDGE)
    assert told("ledger_hung") == {people.second, people.worker, people.leader}
    actions.take_up(row, note="定", by=people.leader, version=3, **EDGE)
    assert told("ledger_hung") == {people.worker}


def test_extensions(people):
    row = actions.ask_extension(assigned(people), workdays=3, reason="r", by=people.worker, version=1, **EDGE)
    assert told("ledger_extension") == {people.staff, people.second}
    assert Notice.objects.filter(event="ledger_extension")[0].facts["workdays"] == 3
    actions.extend(row, workdays=3, reason="同意", calendar=CALENDAR, by=people.staff, version=2, **EDGE)
    assert told("ledger_extension") == {people.worker}


def test_what_is_rolled_back_tells_nobody(people):
    row = assigned(people)
    before = Notice.objects.count()
    with transaction.atomic():
        actions.hang(row, reason="x", by=people.staff, version=1, **EDGE)
        transaction.set_rollback(True)
    assert Notice.objects.count() == before


# comments ---------------------------------------------------------------------------------------------------------


def test_mentions_by_name_and_by_choice(people):
    row = assigned(people)
    comment = say(row, people.staff, f"请@{people.worker}核实", mentioned=[people.leader])
    assert set(comment.mentions.all()) == {people.worker, people.leader}
    assert told("ledger_mention") == {people.worker, people.leader}
    assert told("ledger_comment") == set()
    row.refresh_from_db()
    assert row.version == 1  # a comment is no write on the item


def test_who_has_commented_before_and_whose_item_it_is_are_told(people):
    row = assigned(people)
    say(row, people.leader)
    assert told("ledger_comment") == {people.staff, people.worker}
    say(row, people.worker)
    assert told("ledger_comment") == {people.staff, people.leader}


def test_only_people_who_see_the_item_can_be_mentioned(people):
    row = assigned(people)
    enterprise = factories.user(people.park, "enterprise")
    elsewhere = cast().staff
    sees = set(telling.who_sees(row))
    assert sees == {people.staff, people.second, people.leader, people.worker}
    everybody = [*vars(people).values(), enterprise, elsewhere]
    for user in (each for each in everybody if hasattr(each, "username")):
        assert LedgerItem.objects.visible_to(user).filter(pk=row.pk).exists() == (user in sees)
    for user in (people.stranger, people.office_worker, enterprise, elsewhere):
        with pytest.raises(Refused):
            say(row, people.staff, mentioned=[user])
        assert not say(row, people.staff, f"@{user}").mentions.exists()
    assert not Notice.objects.filter(recipient__in=[enterprise, people.stranger, elsewhere]).exists()


def test_a_cooperating_unit_and_the_house_above_read_and_write(people):
    row = assigned(people, unit=people.office_worker.organization, cooperating_units=[people.stranger.organization])
    assert {people.worker, people.office_worker, people.stranger} <= set(telling.who_sees(row))
    assert say(row, people.stranger).by == people.stranger


def test_who_does_not_see_it_does_not_comment(people):
    row = assigned(people)
    for user in (people.stranger, factories.user(people.park, "enterprise"), cast().staff):
        with pytest.raises(PermissionDenied):
            say(row, user)
    with pytest.raises(Refused):
        say(row, people.staff, "  ")
    assert not LedgerComment.objects.exists()


def test_only_the_author_takes_a_comment_back(people):
    row = say(assigned(people), people.staff, f"@{people.worker} 写错了")
    with pytest.raises(PermissionDenied):
        actions.take_back(row, by=people.second, at=EDGE["at"])
    actions.take_back(row, by=people.staff, at=EDGE["at"])
    assert (row.text, row.withdrawn_at, row.mentions.count()) == ("", EDGE["at"], 0)
    assert not Notice.objects.filter(about_type="ledger_comment", settled_at=None).exists()
    assert Notice.objects.filter(about_type="ledger_item", settled_at=None).exists()


def test_a_person_who_does_not_see_the_item_is_not_told(people):
    enterprise = factories.user(people.park, "enterprise")
    for person in (people.stranger, enterprise):
        row = assigned(people, person=person)
        assert not LedgerItem.objects.visible_to(person).filter(pk=row.pk).exists()
        assert told("ledger_assigned") == {people.worker}

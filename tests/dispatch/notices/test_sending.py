"""The sender against a real SMTP server on this machine: arrives, once, in order, whatever fails in between (R6)."""

from datetime import timedelta
from itertools import groupby

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.errors import Conflict
from dispatch.notices import actions, channels, planner, retries, sending
from dispatch.notices.channels import mail as mail_channel
from dispatch.notices.models import Delivery, Notice, PersonalChoice
from dispatch.notices.outbox import settle
from tests import factories
from tests.dispatch.notices import cases
from tests.dispatch.notices.cases import CALENDAR, MONDAY, round_of_sender, run_until, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def park():
    return factories.park(name_zh="测试高新区")


def order_is_kept(box) -> bool:
    """Per address, the first arrivals come in the order of the numbers in their subjects."""
    found = sorted(box.taken, key=lambda taken: taken.to)
    for _to, taken in groupby(found, key=lambda taken: taken.to):
        numbers = list(dict.fromkeys(each.reference for each in taken))
        keys = [Delivery.objects.get(reference=r.strip("<>").split("@")[0]).pk for r in numbers]
        if keys != sorted(keys):
            return False
    return True


def doubles(box) -> int:
    """The most copies of one message."""
    references = [taken.reference for taken in box.taken]
    return max((references.count(reference) for reference in references), default=0)


def test_one_notice_one_mail(box, now, park):
    told([cases.person(park)], "i1", at=now())
    assert round_of_sender(now) == 1
    (mail,) = box.taken
    delivery = Delivery.objects.get()
    assert mail.to == "p1@example.com" and delivery.reference in mail.reference
    assert "i1" in mail.subject and "内容i1" in mail.text and "https://navigator.example.com/ledger/1/" in mail.text
    assert (delivery.state, delivery.attempts, delivery.error) == ("sent", 1, "")
    assert Notice.objects.get().dispatched_at
    assert round_of_sender(now) == 0 and len(box.taken) == 1


def test_the_contents_of_a_digest(box, now, park):
    someone = cases.person(park)
    for n in (1, 2, 3):
        told([someone], f"c{n}", at=MONDAY - timedelta(hours=2), event="reminder", about=n)
    settle("item", [2], at=MONDAY - timedelta(hours=1))
    round_of_sender(now)
    (mail,) = box.taken
    first, second, *_rest = [line for line in mail.text.splitlines() if line[:1].isdigit()]
    assert first.startswith("1. ") and second.startswith("2. ")
    urls = [line for line in mail.text.splitlines() if line.startswith("https")]
    assert urls[:2] == ["https://navigator.example.com/ledger/1/", "https://navigator.example.com/ledger/3/"]
    assert "2" in mail.subject


def test_settled_before_it_leaves_is_not_sent(box, now, park):
    someone = cases.person(park)
    told([someone], "c1", at=MONDAY, event="reminder")
    settle("item", [1], at=MONDAY)
    run_until(now, minutes=2)
    now.forward(days=1)
    round_of_sender(now)
    assert box.taken == [] and Delivery.objects.count() == 0


def test_settled_while_it_waits_for_a_retry_is_dropped_or_left_out(box, now, park):
    someone = cases.person(park)
    box.mode = "451"
    told([someone], "c1", at=now())
    told([someone], "c2", at=now(), about=2)
    round_of_sender(now)
    settle("item", [1], at=now())
    box.mode = ""
    run_until(now, minutes=3)
    (mail,) = box.taken
    assert "/ledger/2/" in mail.text and "/ledger/1/" not in mail.text
    box.mode = "451"
    told([someone], "c3", at=now(), about=3)
    round_of_sender(now)
    settle("item", [3], at=now())
    run_until(now, minutes=3)
    assert cases.states() == {"sent": 1, "dropped": 1}


def test_read_in_the_application_is_not_sent(box, now, park):
    someone = cases.person(park)
    told([someone], "c1", at=MONDAY, event="reminder")
    actions.mark_read(someone, at=now())
    now.forward(days=1)
    round_of_sender(now)
    assert box.taken == []


def test_quiet_hours_hold_urgent_ones_back_and_level_one_not(box, now, park):
    someone = cases.person(park)
    PersonalChoice.objects.create(user=someone, quiet_from="20:00", quiet_until="08:00")
    now.at = MONDAY.replace(hour=22)
    told([someone], "c1", at=now())
    round_of_sender(now)
    assert box.taken == []
    told([someone], "c2", at=now(), level=1)
    round_of_sender(now)
    assert [mail.subject for mail in box.taken if "c2" in mail.subject] == [box.taken[0].subject]
    now.at = MONDAY.replace(hour=8) + timedelta(days=1)
    round_of_sender(now)
    assert len(box.taken) == 2


def test_a_retry_waits_for_the_morning_too(box, now, park):
    someone = cases.person(park)
    now.at = MONDAY.replace(hour=20, minute=59, second=50)
    box.mode = "451"
    told([someone], "c1", at=now())
    round_of_sender(now)
    box.mode = ""
    assert Delivery.objects.get().send_from == MONDAY.replace(hour=7, minute=30) + timedelta(days=1)


@pytest.mark.slow
def test_channel_down_for_half_an_hour(box, now, park):
    """R6: nothing lost, nothing doubled, order kept."""
    people = [cases.person(park, n) for n in range(5)]
    box.stop()
    for n in range(6):
        told(people, f"d{n}", at=now(), about=n + 1)
        run_until(now, minutes=5, step=2)
    assert box.taken == []
    box.start()
    run_until(now, minutes=45, step=3)
    assert cases.lost() == [] and cases.states() == {"sent": len(box.taken)}
    assert doubles(box) == 1 and order_is_kept(box)


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["421", "451"])
def test_server_says_later_for_half_an_hour(box, now, park, mode):
    people = [cases.person(park, n) for n in range(3)]
    box.mode = mode
    for n in range(6):
        told(people, f"d{n}", at=now(), about=n + 1)
        run_until(now, minutes=5, step=3)
    box.mode = ""
    run_until(now, minutes=45, step=5)
    assert cases.lost() == [] and doubles(box) == 1 and order_is_kept(box)


def test_a_slow_server_makes_at_most_one_double(box, now, park, hurry):
    box.mode, box.pause = "slow", 1.0
    people = [cases.person(park, n) for n in range(3)]
    told(people, "d1", at=now())
    run_until(now, minutes=4)
    assert cases.states() == {"sent": 3}
    assert doubles(box) == 2 and len(box.taken) == 4  # the first one only: from then on there is patience


def test_an_address_that_is_refused_ends_at_once_and_blocks_nobody(box, now, park):
    box.refuses = {"p1@example.com"}
    watcher = factories.user(park, "staff")
    told([cases.person(park, 1), cases.person(park, 2)], "d1", at=now())
    assert round_of_sender(now) == 1
    assert [mail.to for mail in box.taken] == ["p2@example.com"]
    assert cases.states() == {"dead": 1, "sent": 1}
    (alarm,) = Notice.objects.filter(event="machine_alarm")
    assert alarm.recipient == watcher and "p1@example.com" in alarm.facts["what"]


def test_given_up_after_eight_attempts_with_one_alarm_and_none_about_the_alarm(box, now, park):
    watcher = factories.user(park, "staff", email="watch@example.com")
    box.mode = "451"
    told([cases.person(park)], "d1", at=now())
    attempts = []
    for _ in range(60):
        now.forward(hours=1)
        round_of_sender(now)
        attempts.append(Delivery.objects.earliest("pk").attempts)
    assert max(attempts) == retries.ATTEMPTS
    run_until(now, minutes=3)
    for _ in range(80):
        now.forward(hours=2)
        round_of_sender(now)
    dead = Delivery.objects.filter(state="dead")
    assert {d.address for d in dead} == {"p1@example.com", "watch@example.com"}
    assert Notice.objects.filter(event="machine_alarm").count() == 1
    assert Notice.objects.get(event="machine_alarm").recipient == watcher


def test_sent_again_by_hand(box, now, park):
    box.refuses = {"p1@example.com"}
    told([cases.person(park)], "d1", at=now())
    round_of_sender(now)
    box.refuses = set()
    delivery = Delivery.objects.get()
    actions.send_again(delivery, at=now())
    with pytest.raises(Conflict):
        actions.send_again(delivery, at=now())
    assert round_of_sender(now) == 1
    assert delivery.reference in box.taken[0].reference


def test_a_poisonous_message_blocks_nobody(box, now, park, monkeypatch):
    real = planner.wishes_of

    def explode(delivery):
        if getattr(delivery, "address", "") == "p1@example.com":
            raise RuntimeError("poison")
        return real(delivery)

    told([cases.person(park, 1), cases.person(park, 2)], "d1", at=now())
    planner.plan_deliveries(now=now(), calendar=CALENDAR)
    monkeypatch.setattr(sending, "_still_wanted", lambda delivery, at: bool(explode(delivery)))
    sending.send_due(now=now, calendar=CALENDAR)
    assert [mail.to for mail in box.taken] == ["p2@example.com"]


def test_a_lease_that_lapsed_is_taken_over_with_the_same_reference(box, now, park):
    told([cases.person(park)], "d1", at=now())
    planner.plan_deliveries(now=now(), calendar=CALENDAR)
    dead = Delivery.objects.select_related(*sending.NAMED).get()
    assert sending.claim(dead, now=now())
    assert not sending.claim(Delivery.objects.get(), now=now())
    run_until(now, minutes=1)
    assert box.taken == []
    run_until(now, minutes=2)
    assert [mail.reference.split("@")[0] for mail in box.taken] == [f"<{dead.reference}"]
    assert not sending.mark_sent(dead, now=now())  # the dead one wakes up and has no say any more


def test_the_last_attempt_that_dies_is_buried(box, now, park):
    told([cases.person(park)], "d1", at=now())
    planner.plan_deliveries(now=now(), calendar=CALENDAR)
    Delivery.objects.update(state="sending", attempts=retries.ATTEMPTS, lease_until=now(), lease_token="x")
    now.forward(minutes=1)
    assert sending.bury(now=now()) == 1
    assert cases.states() == {"dead": 1}


def test_without_a_mail_server_notices_stay_inside(now, park):
    told([cases.person(park)], "d1", at=now())
    round_of_sender(now)
    assert Delivery.objects.count() == 0 and Notice.objects.get().dispatched_at


def test_planning_twice_plans_once(box, now, park):
    told([cases.person(park)], "d1", at=now())
    notices = list(Notice.objects.select_related(*planner.RECIPIENTS))
    assert planner._plan_one(notices, {}, now(), CALENDAR) == 1
    assert planner._plan_one(notices, {}, now(), CALENDAR) == 0
    assert Delivery.objects.count() == 1


def test_planning_asks_the_same_number_of_questions_for_one_recipient_and_twenty_waiting_ones(box, now, park):
    def queries(people: int) -> int:
        told([cases.person(park, n) for n in range(people)], f"q{people}", at=now(), event="reminder")
        with CaptureQueriesContext(
            connection,
        ) as seen:
            planner.plan_deliveries(now=now(), calendar=CALENDAR)
        return len(seen)

    assert queries(1) == queries(20)


def test_every_recipient_is_planned_past_the_size_of_a_batch(box, now, park, monkeypatch):
    monkeypatch.setattr(planner, "BATCH", 2)
    told([cases.person(park, n) for n in range(7)], "d1", at=now())
    assert planner.plan_deliveries(now=now(), calendar=CALENDAR) == 7


def test_read_while_it_waits_for_a_retry_is_not_sent(box, now, park):
    someone = cases.person(park)
    box.mode = "451"
    told([someone], "c1", at=now())
    round_of_sender(now)
    actions.mark_read(someone, at=now())
    box.mode = ""
    run_until(now, minutes=3)
    assert box.taken == [] and cases.states() == {"dropped": 1}


def test_who_has_left_meanwhile_gets_no_mail_any_more(box, now, park):
    someone, other = cases.person(park), cases.person(park, 2)
    box.mode = "451"
    told([someone, other], "c1", at=now())
    round_of_sender(now)
    type(someone).objects.filter(pk=someone.pk).update(is_active=False)
    box.mode = ""
    run_until(now, minutes=3)
    assert [mail.to for mail in box.taken] == ["p2@example.com"]
    assert cases.states() == {"dropped": 1, "sent": 1}


def test_a_patient_attempt_holds_its_lease_longer_than_all_its_answers_can_take(box, now, park):
    told([cases.person(park)], "d1", at=now())
    planner.plan_deliveries(now=now(), calendar=CALENDAR)
    Delivery.objects.update(attempts=1)
    slow = Delivery.objects.select_related(*sending.NAMED).get()
    assert sending.claim(slow, now=now(), patient=True)
    now.forward(minutes=10)  # the time limit of a task: nobody is still at it
    assert not sending.claim(Delivery.objects.get(), now=now())
    now.forward(minutes=2)
    assert sending.claim(Delivery.objects.get(), now=now())


@pytest.mark.parametrize(
    ("error", "ends"),
    [(SoftTimeLimitExceeded(), channels.Later), (ValueError("header"), channels.Refused), (OSError(), channels.Down)],
)
def test_only_a_fault_of_the_message_itself_ends_it(error, ends):
    assert type(mail_channel._reason(error)) is ends

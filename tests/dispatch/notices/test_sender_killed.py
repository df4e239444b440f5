"""SIGKILL at random moments of the sender (R1), two senders at once, and the twins that lose and double."""

import os
import random
import re
from datetime import timedelta

import pytest
from django.db import connection

from tests import factories
from tests.dispatch.notices import cases
from tests.dispatch.notices.cases import MONDAY, told
from tests.harness.post import Mailbox, started
from tests.harness.processes import Forks

KILLS = int(os.environ.get("KILLS", "10"))
PEOPLE, EACH = 12, 3

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def box(settings):
    with started(Mailbox()) as (mailbox,):
        cases.use_mail(settings, mailbox)
        yield mailbox


def fill() -> list[str]:
    """Three urgent notices, each a message of its own, for each of a dozen people; the keys of all."""
    park = factories.park()
    people = [cases.person(park, n) for n in range(PEOPLE)]
    for n in range(EACH):
        told(people, f"k{n}", at=MONDAY - timedelta(minutes=60 - n), about=n + 1)
        cases.planner.plan_deliveries(now=MONDAY - timedelta(minutes=30), calendar=cases.CALENDAR)
    connection.close()
    return [f"k{n} {person.email}" for n in range(EACH) for person in people]


@pytest.fixture
def senders(box):
    started_ones = []

    def start() -> Forks:
        started_ones.append(Forks("tests.harness.sender", EMAIL_URL=box.url))
        return started_ones[-1]

    yield start
    for each in started_ones:
        each.stop()


def arrived(box: Mailbox) -> dict[str, set[str]]:
    """{"key address": references it came under}."""
    found: dict[str, set[str]] = {}
    for mail in box.taken:
        number = re.search(r"k\d", mail.subject)[0]
        found.setdefault(f"{number} {mail.to}", set()).add(mail.reference)
    return found


def test_killed_ten_times_everything_arrives_and_doubles_share_their_reference(transactional_db, box, senders):
    keys, chance, killed, sender = fill(), random.Random(20260302), 0, senders()
    for round_ in range(KILLS):
        sender.go("real", 5 * round_)
        killed += sender.kill(chance, dots=max(2 * PEOPLE * EACH // KILLS, 2))
    sender.finish("real", 5 * KILLS)
    sender.finish("real", 5 * KILLS + 5)
    found = arrived(box)
    assert killed >= KILLS // 2
    assert sorted(found) == sorted(keys)
    assert all(len(references) == 1 for references in found.values())
    assert cases.lost() == [] and cases.states() == {"sent": len(keys)}
    assert len(box.taken) - len(keys) <= killed


def test_the_naive_twin_loses_a_message(transactional_db, box, senders):
    keys, chance, sender = fill(), random.Random(20260302), senders()
    for round_ in range(KILLS):
        sender.go("naive", round_)
        sender.kill(chance, dots=7)
    sender.finish("naive", 60)
    assert set(keys) - set(arrived(box))


def test_two_senders_at_once_send_each_message_once_and_in_order(transactional_db, box, senders):
    keys, pair = fill(), [senders(), senders()]
    for sender in pair:
        sender.go("real", 1)
    assert [sender.end() for sender in pair] == [0, 0]
    pair[0].finish("real", 2)
    assert len(box.taken) == len(keys) and sorted(arrived(box)) == sorted(keys)
    for n in range(PEOPLE):
        subjects = [mail.subject for mail in box.taken if mail.to == f"p{n}@example.com"]
        assert [re.search(r"k\d", subject)[0] for subject in subjects] == ["k0", "k1", "k2"]

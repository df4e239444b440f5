"""SIGKILL at random moments of the sender (R1), two senders at once, and the twins that lose and double."""

import os
import random
import re
from datetime import timedelta

import pytest
from django.db import connection

from dispatch.notices.models import Delivery
from tests import factories
from tests.dispatch.notices import cases
from tests.dispatch.notices.cases import MONDAY, told
from tests.harness import processes
from tests.harness.post import Mailbox, started

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


def sender(mode: str, minutes: int, box: Mailbox):
    command = ["-m", "tests.harness.sender", mode, str(minutes)]
    process = processes._start(command, {"EMAIL_URL": box.url, "DJANGO_SETTINGS_MODULE": "tests.settings"})
    line = process.stdout.readline()
    assert line == "ready\n", line + process.communicate()[1]
    return process


def finish(*running) -> None:
    for process in running:
        processes.go(process)
    for status, _out, errors in processes.finish(*running):
        assert status == 0, errors


def arrived(box: Mailbox) -> dict[str, set[str]]:
    """{"key address": references it came under}."""
    found: dict[str, set[str]] = {}
    for mail in box.taken:
        number = re.search(r"k\d", mail.subject)[0]
        found.setdefault(f"{number} {mail.to}", set()).add(mail.reference)
    return found


def test_killed_ten_times_everything_arrives_and_doubles_share_their_reference(transactional_db, box):
    keys, chance, killed = fill(), random.Random(20260302), 0
    for round_ in range(KILLS):
        process = sender("real", 5 * round_, box)
        killed += processes.kill_in_the_middle(process, chance, dots=2 * PEOPLE * EACH // KILLS, pause=0.005)
    finish(sender("real", 5 * KILLS, box))
    finish(sender("real", 5 * KILLS + 5, box))
    found = arrived(box)
    assert killed >= KILLS // 2
    assert sorted(found) == sorted(keys)
    assert all(len(references) == 1 for references in found.values())
    assert cases.lost() == [] and cases.states() == {"sent": len(keys)}
    assert len(box.taken) - len(keys) <= killed


def test_the_naive_twin_loses_a_message(transactional_db, box):
    keys, chance = fill(), random.Random(20260302)
    for round_ in range(3 * KILLS):
        before = Delivery.objects.filter(state="due").count()
        connection.close()
        if not before:
            break
        processes.kill_in_the_middle(sender("naive", round_, box), chance, dots=7, pause=0.002)
    finish(sender("naive", 60, box))
    assert set(keys) - set(arrived(box))


def test_two_senders_at_once_send_each_message_once(transactional_db, box):
    keys = fill()
    finish(sender("real", 1, box), sender("real", 1, box))
    finish(sender("real", 2, box))
    assert len(box.taken) == len(keys) and sorted(arrived(box)) == sorted(keys)


def test_order_is_kept_with_two_senders(transactional_db, box):
    fill()
    finish(sender("real", 1, box), sender("real", 1, box))
    finish(sender("real", 2, box))
    for n in range(PEOPLE):
        subjects = [mail.subject for mail in box.taken if mail.to == f"p{n}@example.com"]
        assert [re.search(r"k\d", subject)[0] for subject in subjects] == ["k0", "k1", "k2"]

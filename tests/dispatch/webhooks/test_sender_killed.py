"""SIGKILL at random moments of the sender, two senders at once, and the twin that loses."""

import os
import random

import pytest
from django.db import connection

from dispatch.webhooks.models import WebhookDelivery
from tests.dispatch.webhooks.test_sending import tell
from tests.harness.processes import Forks

KILLS = int(os.environ.get("KILLS", "10"))
MESSAGES = 30

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def senders(transactional_db, receiver, webhook, park):
    receiver.window = 3600 * 24
    tell(park, MESSAGES)
    connection.close()
    made = []

    def start() -> Forks:
        made.append(Forks("tests.harness.hooks", WEBHOOK_HOSTS=receiver.place))
        return made[-1]

    yield start
    for each in made:
        each.stop()


def test_killed_again_and_again_everything_arrives_under_one_number(receiver, senders):
    chance, killed, sender = random.Random(20260302), 0, senders()
    for round_ in range(KILLS):
        sender.go("real", 2 * round_)
        killed += sender.kill(chance, dots=6)
    sender.finish("real", 2 * KILLS)
    sender.finish("real", 2 * KILLS + 2)
    assert killed >= KILLS // 2
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {"sent"}
    assert len(receiver.seen) == len(receiver.taken) == MESSAGES and receiver.wrong == 0
    assert sum(receiver.seen.values()) - MESSAGES <= killed


def test_the_naive_twin_loses_a_message(receiver, senders):
    chance, sender = random.Random(20260302), senders()
    for round_ in range(KILLS):
        sender.go("naive", round_)
        sender.kill(chance, dots=5)
    sender.finish("naive", 30)
    assert not WebhookDelivery.objects.filter(state="waiting").exists()
    assert len(receiver.taken) < MESSAGES


def test_two_senders_at_once_send_each_message_once(receiver, senders):
    pair = [senders(), senders()]
    for sender in pair:
        sender.go("real", 1)
    assert [sender.end() for sender in pair] == [0, 0]
    pair[0].finish("real", 3)
    assert len(receiver.taken) == MESSAGES and set(receiver.seen.values()) == {1}

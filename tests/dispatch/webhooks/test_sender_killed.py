"""SIGKILL at random moments of the sender, two senders at once, and the twin that loses."""

import os
import random
import signal
import time

import pytest
from django.db import connection

from dispatch.webhooks.models import WebhookDelivery
from tests.dispatch.webhooks.test_sending import tell
from tests.harness import processes

KILLS = int(os.environ.get("KILLS", "10"))
MESSAGES = 30

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


class Senders:
    """A process that has loaded the site and forks one sender after the other."""

    def __init__(self, place: str):
        self.process = processes._start(["-m", "tests.harness.hooks"], {"WEBHOOK_HOSTS": place})
        line = self.process.stdout.readline()
        assert line == "ready\n", line + self.process.communicate()[1]

    def go(self, mode: str, minutes: int) -> None:
        self.process.stdin.write(f"{mode} {minutes}\n")
        self.process.stdin.flush()

    def kill(self, chance: random.Random, *, dots: int) -> bool:
        """SIGKILL a random moment after a random dot; False when the sender had already ended."""
        wanted, pid, seen = chance.randint(1, dots), 0, 0
        while not pid or seen < wanted:
            line = self.process.stdout.readline()
            if line.startswith("ended") or not line:
                return False
            pid = int(line.split()[1]) if line.startswith("pid") else pid
            seen += line == ".\n"
        time.sleep(chance.random() * 0.005)
        os.kill(pid, signal.SIGKILL)
        return self.end() == signal.SIGKILL

    def end(self) -> int:
        for line in iter(self.process.stdout.readline, ""):
            if line.startswith("ended"):
                return int(line.split()[1])
        raise AssertionError(self.process.communicate()[1])

    def finish(self, minutes: int) -> None:
        self.go("real", minutes)
        assert self.end() == 0


@pytest.fixture
def senders(transactional_db, receiver, webhook, park):
    receiver.window = 3600 * 24
    tell(park, MESSAGES)
    connection.close()
    made = []

    def start() -> Senders:
        made.append(Senders(receiver.place))
        return made[-1]

    yield start
    for each in made:
        each.process.communicate(timeout=30)


def test_killed_again_and_again_everything_arrives_under_one_number(receiver, senders):
    chance, killed, sender = random.Random(20260302), 0, senders()
    for round_ in range(KILLS):
        sender.go("real", 2 * round_)
        killed += sender.kill(chance, dots=6)
    sender.finish(2 * KILLS)
    sender.finish(2 * KILLS + 2)
    assert killed >= KILLS // 2
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {"sent"}
    assert len(receiver.seen) == len(receiver.taken) == MESSAGES and receiver.wrong == 0
    assert sum(receiver.seen.values()) - MESSAGES <= killed


def test_the_naive_twin_loses_a_message(receiver, senders):
    chance, sender = random.Random(20260302), senders()
    for round_ in range(KILLS):
        sender.go("naive", round_)
        sender.kill(chance, dots=5)
    sender.go("naive", 30)
    assert sender.end() == 0
    assert not WebhookDelivery.objects.filter(state="waiting").exists()
    assert len(receiver.taken) < MESSAGES


def test_two_senders_at_once_send_each_message_once(receiver, senders):
    pair = [senders(), senders()]
    for sender in pair:
        sender.go("real", 1)
    assert [sender.end() for sender in pair] == [0, 0]
    pair[0].finish(3)
    assert len(receiver.taken) == MESSAGES and set(receiver.seen.values()) == {1}

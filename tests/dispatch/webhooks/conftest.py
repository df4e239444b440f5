"""A real receiver on 127.0.0.1 and a webhook that tells it everything."""

from datetime import timedelta

import pytest

from dispatch.webhooks.events import EVENTS
from dispatch.webhooks.models import Webhook
from tests import factories
from tests.dispatch.notices.cases import Clock
from tests.harness.receiver import Receiver


@pytest.fixture
def now():
    return Clock(factories.AT + timedelta(hours=1))


@pytest.fixture
def receiver(settings, now):
    made = Receiver(secret="whs_of-the-test", clock=now)
    made.start()
    settings.WEBHOOK_HOSTS = [made.place]
    settings.SITE_URL = "https://navigator.example.com"
    yield made
    made.stop()


@pytest.fixture
def park(db):
    return factories.park(code="gaoxin")


@pytest.fixture
def staff(park):
    return factories.user(park, "staff")


def hook(park, receiver, staff, **fields) -> Webhook:
    values = {"name": "市平台", "url": receiver.url, "events": list(EVENTS), "secret": receiver.secret}
    values |= {"sees_as": staff, "created_at": factories.AT}
    return Webhook.objects.create(park=park, **(values | fields))


@pytest.fixture
def webhook(park, receiver, staff):
    return hook(park, receiver, staff)

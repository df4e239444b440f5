"""Fakes of the outside world for these tests."""

import pytest

from dispatch.notices import channels
from tests.dispatch.notices import cases
from tests.harness.post import Mailbox, Robots, started


@pytest.fixture
def now():
    return cases.Clock()


@pytest.fixture
def box(settings):
    """A mail server that the site uses."""
    with started(Mailbox()) as (mailbox,):
        cases.use_mail(settings, mailbox)
        yield mailbox


@pytest.fixture
def hurry(monkeypatch):
    """Short waits for an answer, so that a slow server costs the test little."""
    monkeypatch.setattr(channels, "HASTE", 0.3)
    monkeypatch.setattr(channels, "PATIENCE", 3.0)


@pytest.fixture(params=["wecom", "dingtalk", "feishu"])
def vendor(request, settings, now):
    """Each of the three vendors in turn, on its own port."""
    with started(Robots(request.param, now=lambda: now.at)) as (fake,):
        settings.NOTICE_ROBOT_HOSTS = [fake.place]
        yield fake

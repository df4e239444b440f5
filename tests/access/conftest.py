"""One world for the whole module; what a test changes in it is rolled back."""

from datetime import UTC, datetime

import pytest

from tests.access import world as worlds
from tests.access.routes import sign_in
from tests.factories import TODAY
from tests.standing import standing


def build():
    world = worlds.build()
    for person in filter(None, world.people.values()):
        sign_in(person)
    return world


built = standing(build)


@pytest.fixture
def world(built, db, monkeypatch):
    monkeypatch.setattr("accounts.clock.today", lambda: TODAY)
    monkeypatch.setattr("accounts.clock.now", lambda: datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
    return built

"""One world for the whole module; what a test changes in it is rolled back."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from tests.access import world as worlds
from tests.access.routes import sign_in
from tests.factories import TODAY


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        world = worlds.build()
        for person in filter(None, world.people.values()):
            sign_in(person)
        yield world
        transaction.set_rollback(True)


@pytest.fixture
def world(built, db, monkeypatch):
    monkeypatch.setattr("accounts.clock.today", lambda: TODAY)
    monkeypatch.setattr("accounts.clock.now", lambda: datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
    return built

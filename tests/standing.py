"""Rows that are written once and stand for all tests of a module."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction


def standing(build: Callable[[], Any]) -> Any:
    """A module's fixture with what ``build`` made; each test works in a transaction of its own inside.

    Give tests a copy of the objects: rows are taken back after each test, attributes are not.
    """

    @pytest.fixture(scope="module")
    def built(django_db_setup, django_db_blocker):
        with django_db_blocker.unblock(), transaction.atomic():
            yield build()
            transaction.set_rollback(True)

    return built

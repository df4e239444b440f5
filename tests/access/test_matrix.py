"""Who gets which answer at which address: every route and method is in the table, and every line of it is true."""

import pytest
from django.db import connection, reset_queries, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.access import routes
from tests.access.matrix import EXPECTED
from tests.access.world import ROLES

pytestmark = pytest.mark.once

GETTING_NOWHERE = {405}


def answer(world, role: str, method: str, name: str):
    """The answer to a request about the first enterprise's rows; what it changes is taken back."""
    address = routes.url(name, routes.ids_of(world.a, world))
    with transaction.atomic():
        response = routes.call(world.people[role], method, address, routes.BODIES.get(name))
        transaction.set_rollback(True)
    return response


def test_every_route_is_in_the_table():
    missing = sorted(set(routes.names()) - {name for name, _method in EXPECTED})
    assert missing == [], f"no line in tests/access/matrix.py for {missing}"


def test_every_line_of_the_table_is_a_route():
    stale = sorted({name for name, _method in EXPECTED} - set(routes.names()))
    assert stale == [], f"tests/access/matrix.py names routes that are gone: {stale}"


@pytest.mark.slow
def test_every_method_that_answers_is_in_the_table(world):
    unlisted = []
    for name in routes.names():
        for method in routes.METHODS if name.startswith(routes.API) else routes.PAGE_METHODS:
            if (name, method) in EXPECTED:
                continue
            status = answer(world, "admin", method, name).status_code
            if status not in GETTING_NOWHERE:
                unlisted.append((name, method, status))
    assert unlisted == []


@pytest.mark.slow
@pytest.mark.parametrize(("name", "method"), sorted(EXPECTED), ids=lambda value: value)
def test_answers_are_those_of_the_table(world, name, method):
    found = {role: answer(world, role, method, name).status_code for role in ROLES}
    assert found == EXPECTED[name, method]


@pytest.mark.slow
def test_no_write_without_its_token(world):
    """A request forged elsewhere, with the person's own cookies, is refused on every route that writes."""
    accepted = []
    for name, method in EXPECTED:
        if method == "GET":
            continue
        client = Client(enforce_csrf_checks=True)
        client.cookies = world.people["staff"].cookies.copy()
        address = routes.url(name, routes.ids_of(world.a, world))
        response = getattr(client, method.lower())(address, {}, content_type="application/json")
        accepted += [(name, method, response.status_code)] * (response.status_code != 403)
    assert accepted == []


@pytest.mark.slow
@pytest.mark.parametrize("role", ["staff", "enterprise"])
def test_reading_changes_nothing(world, role):
    """No GET writes a row, whatever it shows; only a secret that nobody has is counted as a guess."""
    writing = []
    for name, method in EXPECTED:
        if method == "GET":
            reset_queries()  # the log of all routes together would be cut off
            with CaptureQueriesContext(connection) as queries:
                answer(world, role, method, name)
            written = [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
            writing += [(name, sql) for sql in written if name != "dispatch:feed" or '"approvals_linkguess"' not in sql]
    assert writing == []


def test_a_route_that_is_not_in_the_table_is_found(monkeypatch):
    known = sorted({name for name, _method in EXPECTED})
    monkeypatch.setattr(routes, "names", lambda: [*known, "projects:forgotten"])
    with pytest.raises(AssertionError, match="projects:forgotten"):
        test_every_route_is_in_the_table()

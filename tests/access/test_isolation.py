"""Nobody reads another's rows: not by address, not by query, not by a key in a body, not in any page or answer.

Every row of a side holds a token of that side, so a leak shows wherever it happens.
"""

import re

import pytest
from django.db import transaction

from accounts.scoping import ScopedQuerySet
from tests.access import routes
from tests.access.matrix import EXPECTED
from tests.access.world import INTERNAL, NOBODY, TOKEN_A, TOKEN_B, TOKEN_C

MAY_NEVER_READ = {
    "enterprise": (TOKEN_B, TOKEN_C, INTERNAL),
    "other_enterprise": (TOKEN_A, TOKEN_C, INTERNAL),
    "staff": (TOKEN_C,),
    "leader": (TOKEN_C,),
    "admin": (TOKEN_C,),
    "unit": (TOKEN_B, TOKEN_C),
    "other_unit": (TOKEN_A, TOKEN_C),
    "other_park": (TOKEN_A, TOKEN_B),
}
# A bulletin goes to every unit and names the projects of the whole park; a measure is there for every unit.
PARK_WIDE = ("bulletin", "measure")
# The guide is open to everybody; what it may say of a park is its name.
PUBLIC = "approvals:guide"
# Asks for the secret of a link instead of a person: whoever has it may read which project it opens.
BY_SECRET = "approvals:link_open"
pytestmark = [pytest.mark.slow, pytest.mark.once]
FILTERS = ("project", "unit", "enterprise", "responsible_unit", "person", "q", "id", "pk", "step")
LISTS = [name for name, method in sorted(EXPECTED) if method == "GET" and name != "admin"]


def readable(name: str, role: str) -> bool:
    park_wide = role in ("unit", "other_unit") and any(word in name for word in PARK_WIDE)
    return name != BY_SECRET and not park_wide


def read(world, name: str, response) -> str:
    """What the answer says, without what is public."""
    text = routes.body(response)
    return text.replace(world.c.project.park.name_zh, "") if name.startswith(PUBLIC) else text


def leaks(world, role: str, ids) -> list[tuple[str, str]]:
    """(route, token) for every answer to a GET of this person that holds a token of somebody else."""
    found = []
    for name in LISTS:
        if not readable(name, role):
            continue
        response = routes.call(world.people[role], "GET", routes.url(name, ids))
        text = read(world, name, response)
        found += [(name, token) for token in MAY_NEVER_READ[role] if token in text]
    return found


@pytest.mark.parametrize("role", sorted(MAY_NEVER_READ))
def test_nothing_of_others_is_on_any_page_or_answer(world, role):
    for side in (world.a, world.b, world.c):
        assert leaks(world, role, routes.ids_of(side, world)) == []


def test_own_rows_are_there(world):
    own = routes.ids_of(world.a, world)
    for name in ("api:project-list", "api:project-detail", "api:step-list", "approvals:enterprise_home"):
        response = routes.call(world.people["enterprise"], "GET", routes.url(name, own))
        assert TOKEN_A in routes.body(response), name


@pytest.mark.parametrize("role", ["enterprise", "unit", "other_park"])
def test_without_the_door_everything_leaks(world, role, monkeypatch):
    """The twin: with ``visible_to`` switched off the same search finds leaks, so it can find them."""
    monkeypatch.setattr(ScopedQuerySet, "visible_to", lambda rows, user: rows.all())
    side = world.b if role != "other_park" else world.a
    found = leaks(world, role, routes.ids_of(side, world))
    kinds = {name for name, _token in found}
    assert {"api:project-list", "api:project-detail", "api:step-list", "api:step-detail"} <= kinds
    assert len(found) > 10


def without_numbers(text: str) -> str:
    """The answer without keys and without what differs at every request (tokens against forged requests)."""
    return re.sub(r"\d+", "#", re.sub(r"(csrfmiddlewaretoken|X-CSRFToken)[^>]{0,200}", "", text))


# A few that can never be the whole park's, so that the test below cannot pass by looking away.
OF_ENTERPRISES = {"projects:detail", "approvals:step", "api:project-detail", "api:step-detail", "api:filing-detail"}
ABOUT_ONE = sorted(
    (name, method)
    for name, method in EXPECTED
    if name != "admin" and not name.startswith(PUBLIC) and routes.parameters(name) & {"pk"}
)


@pytest.mark.parametrize(("name", "method"), ABOUT_ONE, ids=lambda value: value)
def test_another_enterprises_row_is_as_absent_as_none(world, name, method):
    """Same status and same body as for a key that nobody has, so that not even existence is told.

    What is the whole park's is another's no more than one's own: the table says who may do what with it.
    """
    if routes.url(name, routes.ids_of(world.a, world)) == routes.url(name, routes.ids_of(world.b, world)):
        assert name not in OF_ENTERPRISES
        return
    answers = []
    for ids in (routes.ids_of(world.b, world), routes.ids_of_nothing(world.b)):
        with transaction.atomic():
            response = routes.call(world.people["enterprise"], method, routes.url(name, ids), routes.BODIES.get(name))
            transaction.set_rollback(True)
        answers.append((response.status_code, without_numbers(routes.body(response))))
    assert answers[0] == answers[1]
    assert answers[0][0] == 404 or (answers[0][0] == 403 and EXPECTED[name, method]["enterprise"] == 403)


@pytest.mark.parametrize("role", ["enterprise", "unit", "other_park"])
def test_asking_for_others_in_the_query_finds_nothing(world, role):
    """Lists asked for another side's keys and words: an error or an empty list, never the rows."""
    side = world.a if role == "other_park" else world.b
    foreign = MAY_NEVER_READ[role]
    words = side.keys | {
        "q": "精密制造",
        "id": side.project.pk,
        "pk": side.project.pk,
        "responsible_unit": side.unit.pk,
    }
    for name in LISTS:
        if routes.parameters(name) or not readable(name, role):
            continue
        for key in FILTERS:
            response = routes.call(world.people[role], "GET", f"{routes.url(name, {})}?{key}={words[key]}")
            text = read(world, name, response)
            assert not any(token in text for token in foreign), (name, key)


FOREIGN_KEYS = [
    ("POST", "api:project-list", {"name": "新项目"}, "responsible_unit", "unit"),
    ("POST", "api:project-list", {"name": "新项目"}, "enterprise", "enterprise"),
    ("PATCH", "api:project-detail", {}, "responsible_unit", "unit"),
    ("PATCH", "api:project-detail", {}, "enterprise", "enterprise"),
    ("POST", "api:ledger_item-list", {"title": "事项"}, "project", "project"),
    ("POST", "api:ledger_item-list", {"title": "事项"}, "project_step", "step"),
    ("POST", "api:ledger_item-list", {"title": "事项"}, "milestone", "milestone"),
    ("POST", "api:ledger_item-list", {"title": "事项"}, "unit", "unit"),
    ("POST", "api:ledger_item-list", {"title": "事项"}, "person", "person"),
    ("PATCH", "api:ledger_item-detail", {}, "project", "project"),
    ("POST", "api:ledger_item-move", {"verb": "assign", "due_on": "2026-04-01"}, "unit", "unit"),
]


@pytest.mark.parametrize(("method", "name", "data", "field", "key"), FOREIGN_KEYS)
def test_a_foreign_key_in_a_body_is_as_unknown_as_none(world, method, name, data, field, key):
    """Staff naming a row of another park: refused in the words used for a key that nobody has."""
    address = routes.url(name, routes.ids_of(world.a, world))
    said = []
    for pk in (world.c.keys[key], NOBODY):
        headers = {"If-Match": '"1"'}
        response = routes.call(world.people["staff"], method, address, data | {field: pk}, **headers)
        assert response.status_code == 400
        said.append(without_numbers(str(response.json()["errors"])))
        assert list(response.json()["errors"]) == [field]
    assert said[0] == said[1]


def test_a_foreign_key_in_a_list_of_a_body_is_unknown(world):
    address = routes.url("api:ledger_item-list", {})
    data = {"title": "事项", "cooperating_units": [world.a.unit.pk, world.c.unit.pk]}
    response = routes.call(world.people["staff"], "POST", address, data)
    assert response.status_code == 400
    assert list(response.json()["errors"]) == ["cooperating_units"]

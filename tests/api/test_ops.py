"""Every act in the table does what it says, and nothing on a version that is not the present one."""

from typing import Any

import pytest

from tests.access import routes
from tests.access.conftest import build
from tests.api.ops import OPS, Op
from tests.standing import standing

ROOT = "/api/v1/"
everything = standing(build)


@pytest.fixture
def world(everything, db, as_of):
    return everything


def filled(value: Any, ids: dict[str, Any]) -> Any:
    if isinstance(value, dict):
        return {name: filled(each, ids) for name, each in value.items()}
    if isinstance(value, list):
        return [filled(each, ids) for each in value]
    if isinstance(value, str) and value.startswith("{") and value.endswith("}"):
        return ids[value[1:-1]]
    return value


def send(world, op: Op, *, version: int | None, ids=None):
    ids = ids or routes.ids_of(world.a, world)
    headers = {} if version is None else {"If-Match": f'"{version}"'}
    address = ROOT + op.path.format_map({name: key for name, key in ids.items() if name != "entry"})
    return routes.call(world.people[op.role], op.method.upper(), address, filled(op.data, ids), **headers)


@pytest.mark.slow
@pytest.mark.parametrize("op", OPS, ids=lambda op: op.name)
def test_it_does_what_it_says(world, op):
    response = send(world, op, version=op.version)
    body = response.json() if response.content else {}
    assert response.status_code == op.status, body
    ids = routes.ids_of(world.a, world) if any("{" in str(each) for each in op.then.values()) else {}
    assert {name: body[name] for name in op.then} == filled(op.then, ids)


@pytest.mark.slow
@pytest.mark.parametrize("op", [op for op in OPS if op.version is not None], ids=lambda op: op.name)
def test_an_old_version_changes_nothing(world, op):
    assert send(world, op, version=op.version + 7).status_code == 412
    assert send(world, op, version=None).status_code == 428


@pytest.mark.slow
@pytest.mark.parametrize("op", [op for op in OPS if "{" in op.path], ids=lambda op: op.name)
def test_people_of_another_park_find_nothing(world, op):
    stranger = Op("other_park", op.method, op.path, op.data, op.version)
    assert send(world, stranger, version=op.version).status_code in (403, 404)

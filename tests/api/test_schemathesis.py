"""Every operation of the API, with data made from its own description, as each role: no server error, no status that
is not described, answers as described. HYPOTHESIS_PROFILE=deep looks for longer.

Half of the requests are about rows that exist, half name the version these have; what they change is taken back.
"""

import os
import random
import sys
from datetime import UTC, datetime

import hypothesis
import pytest
import schemathesis
from django.core.signals import got_request_exception, request_finished, request_started
from django.db import close_old_connections, transaction
from django.urls import resolve
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts import token_actions
from accounts.api_scopes import SCOPES
from accounts.models import ApiToken
from config.wsgi import application
from tests.access import routes
from tests.access import world as worlds
from tests.factories import TODAY
from tests.standing import standing

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning"),
]
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"
EXAMPLES = int(os.environ.get("API_EXAMPLES", "200" if DEEP else "1"))
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
ROLES = ("staff", "unit", "enterprise", "leader", "admin", "reading token")
HERE = "http://localhost"
PARTS = 3  # so that processes can share the work


def build():
    world = worlds.build()
    for role in ROLES[:-1]:
        routes.sign_in(world.people[role])
    return world


built = standing(build)


@pytest.fixture
def world(built, db, monkeypatch):
    monkeypatch.setattr("accounts.clock.today", lambda: TODAY)
    monkeypatch.setattr("accounts.clock.now", lambda: NOW)
    # As Django's own test client does: the test's transaction is not to be closed after a request.
    ends = (request_started, request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    yield built
    for signal in ends:
        signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def described():
    generation = GenerationConfig(with_security_parameters=False, allow_x00=True)
    config = SchemathesisConfig(projects=ProjectsConfig(default=ProjectConfig(generation=generation)))
    schema = SchemaGenerator(urlconf="config.urls").get_schema(request=None, public=True)
    loaded = schemathesis.openapi.from_dict(schema, config=config)
    loaded.app = application
    return loaded


@pytest.mark.parametrize("part", range(PARTS))
def test_no_request_breaks_it(world, described, part):
    ids = routes.ids_of(world.a, world)
    everybody = {role: identity(world, role) for role in ROLES}
    failures: dict[str, str] = {}
    asked = 0
    for result in list(described.get_all_operations())[part::PARTS]:
        operation = result.ok()
        try:
            asked += explore(operation, everybody, ids)
        except (Exception, BaseExceptionGroup) as error:
            failures[operation.label] = f"{error}\n" + "\n".join(
                map(str, getattr(error, "exceptions", [error.__cause__]))
            )
    assert failures == {}, "\n\n".join(f"{label}:\n{text}" for label, text in failures.items())
    assert asked > EXAMPLES * len(ROLES) * 20


def identity(world, role: str) -> dict[str, dict[str, str]]:
    """What a request of this role brings along; it opens the door."""
    if role != "reading token":
        return {"cookies": {name: morsel.value for name, morsel in world.people[role].cookies.items()}}
    scopes = [scope for scope in SCOPES if scope.endswith(":read")]
    _row, secret = token_actions.make_token("只读", scopes, days=9, by=world.people["staff"], at=NOW)
    ApiToken.objects.update(last_used_at=NOW)
    return {"headers": {"Authorization": f"Bearer {secret}"}}


def explore(operation, everybody: dict[str, dict], ids: dict) -> int:
    """Sends what is made from the description as each role; how many. Raises what the checks found."""
    address, sent, statuses = existing(operation, ids), 0, set()
    modes = st.sampled_from([GenerationMode.POSITIVE, GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
    cases = modes.flatmap(lambda mode: operation.as_strategy(generation_mode=mode))

    @hypothesis.settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=not DEEP,
        suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate], print_blob=False,
    )  # fmt: skip
    @hypothesis.given(case=cases, real=st.integers(0, 3), dice=st.integers(0, 2**20))
    def ask(case, real, dice):
        nonlocal sent
        if real and address:
            case.path_parameters = dict(address)
        if real > 1:
            make_real(case, ids, random.Random(dice))
        for own in everybody.values():
            statuses.add(validate(case, own))
            sent += 1

    ask()
    assert statuses != {401}, "nobody was let in"
    return sent


def make_real(case, ids: dict, dice: random.Random) -> None:
    """Keys in the body become those of rows that exist, the version one that rows have."""
    if isinstance(case.body, dict):
        case.body |= {name: ids[name] for name in case.body if name in ids and dice.random() < 0.8}
    if case.headers is not None and "If-Match" in case.headers:
        case.headers["If-Match"] = f'"{dice.choice([0, 1, 1, 1, 2, 3])}"'


def validate(case, own: dict[str, dict[str, str]]) -> int:
    """The status of one request, taken back; an exception of ours is the failure itself."""
    errors = []

    def note(sender, **about):
        errors.append(sys.exc_info()[1])

    got_request_exception.connect(note)
    try:
        with transaction.atomic():
            response = case.call(base_url=HERE, **own)
            transaction.set_rollback(True)
    finally:
        got_request_exception.disconnect(note)
    if errors:
        raise AssertionError(f"{case.as_curl_command()}") from errors[0]
    case.validate_response(response, checks=CHECKS)
    return response.status_code


def existing(operation, ids: dict) -> dict | None:
    """Path parameters of a row that exists, None where there are none or nobody has told tests/access/routes.py."""
    if "{" not in operation.path:
        return None
    parts = operation.path.split("/")
    match = resolve("/".join("1" if part.startswith("{") else part for part in parts))
    try:
        found = routes.url(match.view_name, ids).split("/")
    except Exception:
        return None
    return {part[1:-1]: value for part, value in zip(parts, found, strict=True) if part.startswith("{")}

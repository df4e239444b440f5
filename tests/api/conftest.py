"""A client that speaks the API, the day it is, and a park with one of everybody."""

import json
from copy import deepcopy
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.test import Client

from tests import factories
from tests.approvals.cases import project as project_with_steps
from tests.factories import AT, TODAY
from tests.standing import standing
from workdays.seed import SEED_FILE, load_seed

ROOT = "/api/v1/"


class Api:
    """Requests of one person below /api/v1/; ``version`` becomes If-Match."""

    def __init__(self, user=None, **headers: str):
        self.client, self.headers = Client(), headers
        if user is not None:
            self.client.force_login(user)

    def __call__(self, method: str, path: str, data=None, version=None, **headers: str):
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        options = {"headers": self.headers | headers}
        if method != "get":
            raw = data if isinstance(data, bytes | str) else json.dumps(data or {})
            options |= {"data": raw, "content_type": "application/json"}
        return getattr(self.client, method)(ROOT + path, **options)

    def get(self, path, **options):
        return self("get", path, **options)

    def post(self, path, data=None, version=None, **options):
        return self("post", path, data, version, **options)

    def patch(self, path, data=None, version=None, **options):
        return self("patch", path, data, version, **options)


@pytest.fixture
def as_of(monkeypatch):
    monkeypatch.setattr("accounts.clock.today", lambda: TODAY)
    monkeypatch.setattr("accounts.clock.now", lambda: datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
    return TODAY


def build():
    """A park, its staff, a unit and an enterprise with their project."""
    load_seed(SEED_FILE, at=AT)
    park = factories.park()
    unit, owner = factories.organization(park, "unit"), factories.organization(park, "enterprise")
    staff, worker = factories.user(park, "staff"), factories.user(park, "unit", unit)
    boss, leader = factories.user(park, "enterprise", owner), factories.user(park, "leader")
    enterprise = factories.enterprise(park, owner)
    project = project_with_steps(park, enterprise=enterprise, responsible_unit=unit)
    return SimpleNamespace(
        park=park, unit=unit, project=project, enterprise=enterprise, staff_user=staff, unit_user=worker,
        boss_user=boss, leader_user=leader,
    )  # fmt: skip


built = standing(build)


@pytest.fixture
def scene(built, db, as_of):
    """The park, and a client for each of its people."""
    own = deepcopy(built)
    own.staff, own.worker, own.nobody = Api(own.staff_user), Api(own.unit_user), Api()
    own.boss, own.leader = Api(own.boss_user), Api(own.leader_user)
    return own

"""A park with a project of an enterprise, a signed link to it and a browser that visits."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from approvals.models import ApprovalPolicy
from approvals.portal import links
from approvals.portal.applicant import Applicant, of_link
from tests import factories
from tests.approvals.cases import TODAY, project

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Clock:
    """The moment of the test; moved by hand."""

    def __init__(self):
        self.at = NOW


@pytest.fixture
def moment(monkeypatch):
    """Freezes accounts.clock; ``moment.at = …`` moves it."""
    own = Clock()
    monkeypatch.setattr("accounts.clock.now", lambda: own.at)
    monkeypatch.setattr("accounts.clock.today", lambda: own.at.date() if own.at != NOW else TODAY)
    return own


@pytest.fixture
def park(db):
    return factories.park(contact_name="沈知", contact_phone="0510-12345")


@pytest.fixture
def unit(park):
    return factories.organization(park, "unit", name="规划分局")


@pytest.fixture
def staff(park):
    return factories.user(park, "staff")


@pytest.fixture
def person(park):
    return factories.user(park, "enterprise", display_name="程思")


@pytest.fixture
def made(park, person, unit):
    owner = factories.enterprise(park, person.organization)
    return project(park, enterprise=owner, responsible_unit=unit, name="精密电机项目")


@pytest.fixture
def handed(made, staff):
    """(link, secret): everything allowed, for 90 days."""
    return hand_out(made, staff)


def hand_out(made, staff, **fields):
    values = {"holder_name": "李工", "days": 90, "may_upload": True, "may_ask": True} | fields
    return links.hand_out(made, **values, by=staff, at=NOW)


@pytest.fixture
def holder(handed):
    return of_link(handed[0])


@pytest.fixture
def account(made, person):
    return Applicant(projects=(made,), project=made, user=person)


@pytest.fixture(params=["account", "holder"])
def applicant(request):
    """Both ways in."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def visitor(handed, moment):
    """A browser that has opened the link and pressed the button."""
    browser = Client()
    assert browser.post(f"/l/{handed[1]}/").status_code == 302
    return browser


@pytest.fixture
def policy(park):
    return ApprovalPolicy.objects.create(park=park)

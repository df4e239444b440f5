"""A project whose S02 makes a certificate of three months, renewable twice; its unit, and people of the park."""

from types import SimpleNamespace

import pytest

from approvals.models import Step
from tests import factories
from tests.approvals import cases


@pytest.fixture
def scene(db):
    park = factories.park()
    unit, other = factories.organization(park), factories.organization(park)
    owner = factories.organization(park, "enterprise")
    project = cases.project(park, enterprise=factories.enterprise(park, owner), responsible_unit=unit)
    Step.objects.filter(code="S02").update(
        validity_kind="start_by", validity_months=3, validity_renewals=2, validity_renewal_months=3,
        validity_remind_days=30, conditional=False,
    )  # fmt: skip
    project.steps.filter(code="S02").update(unit=unit, applicability="applies")
    return SimpleNamespace(
        park=park, project=project, staff=factories.user(park), worker=factories.user(park, "unit", unit),
        stranger=factories.user(park, "unit", other), boss=factories.user(park, "enterprise", owner),
        leader=factories.user(park, "leader"),
    )  # fmt: skip

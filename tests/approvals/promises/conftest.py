"""A project whose planning permission (S13) can be worked on, with its papers."""

from datetime import date

import pytest

from approvals.promises.actions import Promise
from tests import factories
from tests.approvals.cases import finish, move, project, step_of

MONDAY = date(2026, 2, 2)
PROMISE = Promise("按条件办理，如有违反愿担责任。", "王某", MONDAY)


@pytest.fixture
def made():
    park = factories.park()
    made = project(park, enterprise=factories.enterprise(park))
    finish(made, "S01", "S06", "S07", "S08", "S09", "S10", "S11", "S12")
    made.steps.filter(code="S17").update(applicability="applies")
    return made


@pytest.fixture
def staff(made):
    return factories.user(made.park)


@pytest.fixture
def step(made):
    """S13, received: committed 4 working days; S13-D5 and D6 may follow later."""
    step = step_of(made, "S13")
    move(step, "receive", MONDAY)
    return step

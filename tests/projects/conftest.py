"""A park, one of its staff and a project in the approval stage, for modules without their own."""

from datetime import date

import pytest

from projects import seams
from projects.stages import Stage
from tests import factories


@pytest.fixture
def nobody_listens(monkeypatch):
    """Higher apps are not asked; tests that need a listener put one in."""
    for name in ("gate_checks", "on_created", "on_milestones", "on_edited", "on_status"):
        monkeypatch.setattr(seams, name, [])


@pytest.fixture
def park():
    return factories.park()


@pytest.fixture
def staff(park):
    return factories.user(park)


@pytest.fixture
def project(park):
    return factories.project(park, stage=Stage.PERMITTING, stage_entered_on=date(2026, 1, 10))

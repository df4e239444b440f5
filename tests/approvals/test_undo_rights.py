"""A record is taken back by its author on the same day, or by who may revoke; nobody else, whatever page they open."""

import pytest
from django.core.exceptions import PermissionDenied

from approvals import actions
from approvals.flow import State
from tests import factories
from tests.approvals.cases import AT, TODAY, move, project, step_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("role", "may"), [("leader", False), ("enterprise", False), ("unit", False), ("staff", True)])
def test_who_may_undo_the_record_of_somebody_else(role, may):
    park = factories.park()
    step = step_of(project(park), "S07")
    move(step, "receive", TODAY, by=factories.user(park))
    person = factories.user(park, role)

    if may:
        actions.undo_last(step, by=person, at=AT, today=TODAY)
    else:
        with pytest.raises(PermissionDenied):
            actions.undo_last(step, by=person, at=AT, today=TODAY)

    step.refresh_from_db()
    assert step.state == (State.NOT_STARTED if may else State.RECEIVED)
    assert step.history.count() == (2 if may else 1)

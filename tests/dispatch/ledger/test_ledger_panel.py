"""The ledger on a project's page, and which elements an item lacks."""

import pytest

from dispatch.ledger.panel import panel_context
from projects import seams
from tests import factories
from tests.dispatch.ledger_cases import FIVE, assigned, cast, closed, item
from tests.factories import AT, TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fixed_clock(monkeypatch):
    monkeypatch.setattr("accounts.clock.today", lambda: TODAY)
    monkeypatch.setattr("accounts.clock.now", lambda: AT)


@pytest.fixture
def people():
    return cast()


def test_the_panel_of_a_project(client, people):
    project = factories.project(people.park)
    for number in range(10):
        assigned(people, title=f"事项{number}", project=project)
    closed(people, project=project)
    item(people)
    context = panel_context(project, people.staff, TODAY)
    assert (len(context["rows"]), context["open"], context["total"]) == (8, 10, 11)
    assert context["new_url"].endswith(f"?project={project.pk}")
    assert panel_context(project, people.stranger, TODAY)["total"] == 0
    assert panel_context(project, people.worker, TODAY)["new_url"] == ""
    assert [panel.key for panel in seams.panels].count("ledger") == 1
    client.force_login(people.staff)
    assert "事项0" in client.get(f"/projects/{project.pk}/?tab=ledger").content.decode()


def test_five_elements(people):
    row = assigned(people)
    assert not row.missing_elements
    for name in FIVE:
        assert len(item(people, **{k: v for k, v in FIVE.items() if k != name}, due_on=TODAY).missing_elements) == 1

"""What an enterprise reads of its project's plan: days of the milestones ahead, nothing else."""

from datetime import timedelta

import pytest

from dispatch.models import PlanForecast
from projects.models import Project
from tests import factories
from tests.factories import AT, TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fixed_clock(monkeypatch):
    monkeypatch.setattr("accounts.clock.today", lambda: TODAY)
    monkeypatch.setattr("accounts.clock.now", lambda: AT)


def row(key, finish, standing="waiting"):
    return {"key": key, "start": finish, "finish": finish, "latest": "2027-01-04", "float": -7, "standing": standing}


def forecast(project, *, as_of=TODAY, provisional=False):
    rows = [row("L05", "2026-01-05", "finished"), row("L08", "2027-03-12"), row("L10", None), row("L13", "2028-06-30")]
    return PlanForecast.objects.create(
        project=project, as_of=as_of, goal="L08", target_on=TODAY, short_wd=7, rows=rows, computed_at=AT,
        is_provisional=provisional,
    )  # fmt: skip


@pytest.fixture
def home(client):
    park = factories.park()
    organization = factories.organization(park, kind="enterprise")
    enterprise = factories.enterprise(park, organization=organization)
    project = factories.project(park, enterprise=enterprise)
    client.force_login(factories.user(park, "enterprise", organization))
    return project, lambda: client.get("/enterprise/")


def test_the_days_ahead_stand_on_the_page_and_nothing_of_the_plan(home):
    project, page = home
    forecast(project, provisional=True)
    shown = page()
    assert [(e.stage, e.on.isoformat(), e.is_provisional) for e in shown.context["expected"]] == [
        ("L08", "2027-03-12", True),
        ("L13", "2028-06-30", True),
    ]
    assert "2027-03-12" in shown.content.decode()
    assert "2027-01-04" not in shown.content.decode()  # the latest day stays inside the park


@pytest.mark.parametrize("change", ["stale", "suspended", "none"])
def test_nothing_is_expected_without_a_fresh_forecast(home, change):
    project, page = home
    if change != "none":
        forecast(project, as_of=TODAY - timedelta(days=7) if change == "stale" else TODAY)
    if change == "suspended":
        Project.objects.filter(pk=project.pk).update(status="suspended")
    assert page().context["expected"] == []

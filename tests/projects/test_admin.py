"""Projects in the administration: the own park, read-only."""

import pytest
from django.urls import reverse

from projects.models import Enterprise
from tests import factories

pytestmark = pytest.mark.django_db
TABLES = ["project", "enterprise", "projectchange", "importbatch"]


@pytest.fixture
def park():
    return factories.park()


@pytest.fixture
def administrator(client, park):
    person = factories.user(park, "admin", is_staff=True)
    client.force_login(person, backend="accounts.backends.OrganizationBackend")
    return person


@pytest.mark.parametrize("table", TABLES)
def test_lists_open(client, administrator, table):
    assert client.get(reverse(f"admin:projects_{table}_changelist")).status_code == 200


def test_only_the_own_park(client, administrator, park):
    mine, foreign = factories.project(park, name="本园"), factories.project(factories.park(), name="外园")
    text = client.get(reverse("admin:projects_project_changelist")).content.decode()
    assert "本园" in text and "外园" not in text
    assert client.get(reverse("admin:projects_project_change", args=[mine.pk])).status_code == 200
    assert client.get(reverse("admin:projects_project_change", args=[foreign.pk])).status_code == 302


def test_projects_cannot_be_written(client, administrator, park):
    project = factories.project(park)
    address = reverse("admin:projects_project_change", args=[project.pk])
    assert client.post(address, {"name": "x"}).status_code == 403
    assert client.get(reverse("admin:projects_project_add")).status_code == 403
    assert client.get(reverse("admin:projects_project_delete", args=[project.pk])).status_code == 403


def test_enterprise_gets_the_organization_of_its_accounts(client, administrator, park):
    own = factories.organization(park, "enterprise")
    foreign = factories.organization(factories.park(), "enterprise")
    enterprise = factories.enterprise(park)
    address = reverse("admin:projects_enterprise_change", args=[enterprise.pk])
    assert client.post(address, {"organization": foreign.pk}).status_code == 200
    assert Enterprise.objects.get(pk=enterprise.pk).organization is None
    assert client.post(address, {"organization": own.pk, "name": "x"}).status_code == 302
    fresh = Enterprise.objects.get(pk=enterprise.pk)
    assert (fresh.organization, fresh.name) == (own, enterprise.name)


def test_nobody_else(client, park):
    client.force_login(factories.user(park), backend="accounts.backends.OrganizationBackend")
    assert client.get(reverse("admin:projects_project_changelist")).status_code in (302, 403)

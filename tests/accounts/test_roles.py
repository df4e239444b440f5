"""Roles are data: loaded once, then the administrator's."""

from importlib import import_module

import pytest
from django.apps import apps
from django.core.management import call_command

from accounts.actions import load_roles
from accounts.models import Role
from accounts.permissions import ROLE_SEED, Verb

pytestmark = pytest.mark.django_db


def test_the_command_loads_the_roles_and_keeps_what_an_administrator_has_changed(capsys):
    Role.objects.all().delete()
    call_command("load_roles")
    assert set(Role.objects.values_list("code", flat=True)) == set(ROLE_SEED)
    Role.objects.filter(code="unit").update(verbs=[Verb.WORK_STEP])

    call_command("load_roles")

    assert capsys.readouterr().out.splitlines() == ["roles created: 5", "roles created: 0"]
    assert Role.objects.get(code="unit").verbs == ["work_step"]


def test_every_verb_of_the_seed_is_known():
    for code, seed in ROLE_SEED.items():
        Role(code=code, **seed).clean()


def test_roles_of_an_older_installation_get_the_verbs_that_came_later():
    load_roles()
    unit, own = (
        Role.objects.get(code="unit"),
        Role.objects.create(code="guests", name_zh="访客", scope="park", verbs=[]),
    )
    Role.objects.filter(pk=unit.pk).update(verbs=["work_step"])
    migration = import_module("accounts.migrations.0002_verbs_of_the_approval_map")
    for _again in range(2):
        migration.add(apps, None)
    assert Role.objects.get(pk=unit.pk).verbs == ["work_step", "view_figures"]
    assert Role.objects.get(pk=own.pk).verbs == []

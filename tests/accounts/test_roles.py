"""Roles are data: loaded once, then the administrator's."""

import pytest
from django.core.management import call_command

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

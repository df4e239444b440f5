"""The administration's log keeps the values before and after, of the row and of the rows below; never a secret."""

import json

import pytest
from django import forms
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from accounts.admin_history import HIDDEN, LONGEST, changes_of, form_values, text_of
from accounts.models import Organization, User
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def park():
    return factories.park()


@pytest.fixture
def administrator(client, park):
    person = factories.user(park, "admin", is_staff=True)
    client.force_login(person)
    return person


@pytest.fixture
def root(client):
    person = User.objects.create_superuser("installer", password="first-Pass-2026")
    client.force_login(person)
    return person


def values(entry=None):
    entry = entry or LogEntry.objects.order_by("-pk").first()
    return {(change.where, change.field): (change.old, change.new) for change in changes_of(entry)}


def raw():
    return [part.get("values") for part in json.loads(LogEntry.objects.order_by("-pk").first().change_message)]


def save(client, table, pk, **fields):
    return client.post(reverse(f"admin:accounts_{table}_change", args=[pk]), fields)


def organization_form(unit, **changes):
    return {"park": unit.park_id, "kind": unit.kind, "name": unit.name, "short_name": unit.short_name,
            "is_active": "on"} | changes  # fmt: skip


def test_a_change_keeps_old_and_new(client, administrator, park):
    unit = factories.organization(park, name="旧名称", short_name="旧")
    other = factories.organization(park, name="上级")

    answer = save(
        client, "organization", unit.pk, **organization_form(unit, name="新名称", parent=other.pk, kind="park_office")
    )

    assert answer.status_code == 302, answer.context["errors"]
    by_new = {new: old for _label, old, new in raw()[0]}
    assert by_new["新名称"] == "旧名称"
    assert by_new["上级"] == ""
    kind = dict(Organization.Kind.choices)
    assert by_new[str(kind["park_office"])] == str(kind["unit"])
    assert LogEntry.objects.get().user == administrator


def test_a_check_mark_that_goes_is_said_in_words(client, administrator, park):
    unit = factories.organization(park)
    form = organization_form(unit)
    form.pop("is_active")
    assert save(client, "organization", unit.pk, **form).status_code == 302
    assert [len(set(row[1:])) for row in raw()[0]] == [2]


def test_long_texts_are_shortened():
    assert len(text_of(forms.CharField(), "长" * 5000)) == LONGEST


def test_a_new_row_keeps_what_was_said(client, administrator, park):
    answer = client.post(reverse("admin:accounts_organization_add"),
                         {"park": park.pk, "kind": "unit", "name": "新单位", "is_active": "on"})  # fmt: skip
    assert answer.status_code == 302, answer.context["errors"]
    assert ["", "新单位"] in [row[1:] for row in raw()[0]]
    assert LogEntry.objects.get().get_change_message()


def test_a_removed_row_keeps_what_it_said(client, root, park):
    unit = factories.organization(park, name="要删除的单位")
    assert (
        client.post(reverse("admin:accounts_organization_delete", args=[unit.pk]), {"post": "yes"}).status_code == 302
    )
    entry = LogEntry.objects.get()
    assert entry.is_deletion()
    assert ["要删除的单位", ""] in [row[1:] for row in raw()[0]]


def test_passwords_are_never_written_down(client, root, park):
    person = factories.user(park, "staff")
    fields = {"usable_password": "true", "password1": "Secret-word-2026", "password2": "Secret-word-2026"}
    assert client.post(f"/admin/accounts/user/{person.pk}/password/", fields).status_code == 302
    fields |= {"username": "neu", "display_name": "新人"}
    client.post(reverse("admin:accounts_user_add"), fields)

    entries = LogEntry.objects.all()
    assert entries.exists()
    for entry in entries:
        assert "Secret-word-2026" not in entry.change_message
        assert "pbkdf2" not in entry.change_message
        assert "argon2" not in entry.change_message


def test_a_secret_field_shows_only_that_it_changed():
    class Form(forms.Form):
        api_token = forms.CharField()
        word = forms.CharField(widget=forms.PasswordInput)

    form = Form({"api_token": "abc", "word": "def"}, initial={"api_token": "old", "word": "old"})
    assert form.is_valid()
    assert [row[1:] for row in form_values(form, form.changed_data)] == [[HIDDEN, HIDDEN]] * 2


@pytest.mark.parametrize("who", ["administrator", "root"])
def test_the_history_page_and_the_log_show_both_values(who, request, client, park):
    request.getfixturevalue(who)
    unit = factories.organization(park, name="旧名称甲")
    save(client, "organization", unit.pk, **organization_form(unit, name="新名称乙"))
    entry = LogEntry.objects.get()

    for address in (
        reverse("admin:accounts_organization_history", args=[unit.pk]),
        reverse("admin:admin_logentry_changelist"),
        reverse("admin:admin_logentry_change", args=[entry.pk]),
    ):
        text = client.get(address).content.decode()
        assert "<del>旧名称甲</del>" in text
        assert "<ins>新名称乙</ins>" in text


def test_values_are_escaped(client, administrator, park):
    unit = factories.organization(park, name="单位")
    save(client, "organization", unit.pk, **organization_form(unit, name="<script>x</script>"))
    for address in (
        reverse("admin:accounts_organization_history", args=[unit.pk]),
        reverse("admin:admin_logentry_changelist"),
    ):
        assert "<script>x</script>" not in client.get(address).content.decode()


def test_other_parks_history_stays_closed(client, administrator):
    foreign = factories.organization(factories.park(), name="外区单位")
    answer = client.get(reverse("admin:accounts_organization_history", args=[foreign.pk]))
    assert answer.status_code == 302


@pytest.mark.parametrize("message", ["", "plain words", '{"a": 1}', "[{}]", '[{"changed": {"fields": ["x"]}}]'])
def test_entries_without_values_are_read_as_before(message):
    assert changes_of(LogEntry(change_message=message)) == []

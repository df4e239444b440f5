"""Sign-in, own account, navigation, error pages and the administration of a park."""

import re
from pathlib import Path

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.test import Client, override_settings

from accounts.models import Organization, Role, User
from accounts.permissions import Verb
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.frame_urls")]
TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.backends.OrganizationBackend")
    return client


def navigation(user) -> list[str]:
    return [item["url"] for item in signed_in(user).get("/").context["navigation"]]


def test_sign_in_leads_to_the_page_asked_for(client):
    user = factories.user(factories.park())
    form = {"username": user.username, "password": factories.PASSWORD, "next": "/projects/"}
    answer = client.post("/accounts/sign-in/?next=/projects/", form)
    assert (answer.status_code, answer.url) == (302, "/projects/")


@pytest.mark.parametrize("target", ["http://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_sign_in_never_leads_to_another_site(client, target):
    user = factories.user(factories.park())
    form = {"username": user.username, "password": factories.PASSWORD, "next": target}
    assert client.post("/accounts/sign-in/", form).url == "/"


def test_wrong_password_says_so_and_signs_nobody_in(client):
    user = factories.user(factories.park())
    answer = client.post("/accounts/sign-in/", {"username": user.username, "password": "wrong"})
    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()
    assert "_auth_user_id" not in client.session


@override_settings(AXES_ENABLED=True)
def test_too_many_wrong_passwords_close_the_door_for_a_while(client):
    user = factories.user(factories.park())
    for _attempt in range(5):
        answer = client.post("/accounts/sign-in/", {"username": user.username, "password": "wrong"})
    assert answer.status_code == 429
    assert "429" in answer.content.decode()
    right = client.post("/accounts/sign-in/", {"username": user.username, "password": factories.PASSWORD})
    assert right.status_code == 429


def test_sign_out_needs_a_post():
    client = signed_in(factories.user(factories.park()))
    assert client.get("/accounts/sign-out/").status_code == 405
    assert client.post("/accounts/sign-out/").url == "/accounts/sign-in/"
    assert client.get("/").status_code == 302


def test_password_change_keeps_the_session_and_takes_effect():
    user = factories.user(factories.park())
    client = signed_in(user)
    new = "a-longer-phrase-7"
    form = {"old_password": factories.PASSWORD, "new_password1": new, "new_password2": new}
    assert client.post("/accounts/password/", form).url == "/accounts/profile/"
    user.refresh_from_db()
    assert user.check_password(new)
    assert client.get("/accounts/profile/").status_code == 200


@pytest.mark.parametrize(("old", "new"), [("wrong", "a-longer-phrase-7"), (factories.PASSWORD, "12345")])
def test_refused_password_changes_nothing(old, new):
    user = factories.user(factories.park())
    form = {"old_password": old, "new_password1": new, "new_password2": new}
    answer = signed_in(user).post("/accounts/password/", form)
    assert answer.status_code == 200
    assert "is-invalid" in answer.content.decode()
    user.refresh_from_db()
    assert user.check_password(factories.PASSWORD)


def test_profile_shows_the_own_account_in_words():
    user = factories.user(factories.park(), role="unit", phone="13900000000")
    page = signed_in(user).get("/accounts/profile/").content.decode()
    for text in (user.username, user.organization.name, "13900000000", str(Verb.WORK_STEP.label)):
        assert text in page
    assert str(Verb.IMPORT_LEDGER.label) not in page


def test_navigation_follows_role_and_leaves_out_missing_pages():
    park = factories.park()
    lists, bulletins, tokens = ["/projects/", "/dispatch/ledger/"], "/dispatch/bulletins/", "/accounts/tokens/"
    assert navigation(factories.user(park, "staff")) == [
        "/", "/dispatch/dashboard/", *lists, bulletins, "/projects/import/", tokens,
    ]  # fmt: skip
    assert navigation(factories.user(park, "unit")) == ["/", *lists, bulletins, tokens]
    assert navigation(factories.user(park, "leader")) == ["/dispatch/dashboard/", *lists, bulletins, tokens]
    assert navigation(factories.user(park, "enterprise")) == ["/mine/"]
    assert "/admin/" in navigation(factories.user(park, "admin", is_staff=True))
    assert "/admin/" not in navigation(factories.user(park, "admin", is_staff=False))
    assert navigation(User.objects.create_superuser("root", password="x")) == ["/admin/"]


@pytest.mark.parametrize(
    ("address", "active"), [("/", "/"), ("/projects/", "/projects/"), ("/projects/import/", "/projects/import/"),
                            ("/accounts/profile/", None)]
)  # fmt: skip
def test_navigation_marks_one_page_at_most(address, active):
    answer = signed_in(factories.user(factories.park())).get(address)
    here = [item["url"] for item in answer.context["navigation"] if item["active"]]
    assert here == ([active] if active else [])
    assert answer.content.decode().count('aria-current="page"') == len(here)


def test_frame_costs_a_fixed_number_of_queries(django_assert_num_queries):
    client = signed_in(factories.user(factories.park()))
    with django_assert_num_queries(2):  # session, account with organization, park and role
        client.get("/")


@pytest.mark.parametrize("address", ["/accounts/sign-in/", "/accounts/profile/", "/accounts/password/"])
def test_page_has_one_h1_landmarks_and_a_skip_link(address):
    client = Client() if "sign-in" in address else signed_in(factories.user(factories.park()))
    page = client.get(address).content.decode()
    assert page.count("<h1") == page.count("<main") == page.count("<header") == page.count("<footer") == 1
    assert 'href="#content"' in page
    assert re.search(r"<html lang=\"[a-z-]+\"", page)


def test_pages_obey_their_own_security_policy():
    answer = signed_in(factories.user(factories.park())).get("/accounts/profile/")
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy


# What becomes a PDF file is no page: it carries its own style, and no browser opens it.
PAGES = sorted(
    path for path in TEMPLATES.rglob("*.html") if not path.stem.endswith("_pdf") and path.parent.name != "print"
)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_template_has_no_inline_style_or_script(path):
    text = path.read_text()
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", text)


@pytest.mark.parametrize(
    "path", sorted((TEMPLATES / "components").glob("*.html")), ids=lambda path: path.stem
)  # fmt: skip
def test_component_opens_with_its_variables(path):
    head = path.read_text()[:900]
    assert "{% comment %}" in head or "{#" in head
    assert re.search("Variables|Blocks|Message", head) or path.stem == "messages"


def test_unknown_address_gets_the_friendly_page():
    answer = signed_in(factories.user(factories.park())).get("/nowhere/")
    assert answer.status_code == 404
    assert 'class="error-code' in answer.content.decode()


# The administration -------------------------------------------------------------------------------------------


@pytest.fixture
def parks():
    return factories.park(), factories.park()


@pytest.fixture
def administrator(parks):
    return factories.user(parks[0], "admin", is_staff=True)


@pytest.fixture
def superuser():
    return User.objects.create_superuser("root", password="x")


@pytest.mark.parametrize(("role", "is_staff"), [("staff", True), ("leader", True), ("unit", True), ("admin", False)])
def test_administration_is_closed_to_others(parks, role, is_staff):
    client = signed_in(factories.user(parks[0], role, is_staff=is_staff))
    for address in ("/admin/", "/admin/accounts/user/", "/admin/accounts/organization/add/"):
        assert client.get(address, follow=True).status_code == 403


@pytest.mark.parametrize("table", ["park", "organization", "role", "user"])
def test_administrator_reads_every_table_and_searches(administrator, table):
    client = signed_in(administrator)
    assert client.get(f"/admin/accounts/{table}/").status_code == 200
    assert client.get(f"/admin/accounts/{table}/?q=x").status_code == 200


def test_administrator_sees_the_own_park_only(parks, administrator, superuser):
    mine, theirs = factories.user(parks[0]), factories.user(parks[1])
    client = signed_in(administrator)
    listed = client.get("/admin/accounts/user/").content.decode()
    assert mine.username in listed
    assert theirs.username not in listed
    assert "root" not in re.findall(r">(\w+)</a></th>", listed)
    assert client.get(f"/admin/accounts/user/{mine.pk}/change/").status_code == 200
    for pk in (theirs.pk, superuser.pk):
        assert client.get(f"/admin/accounts/user/{pk}/change/").status_code == 302
        assert client.post(f"/admin/accounts/user/{pk}/password/", {}).status_code in {302, 404}
    assert client.get(f"/admin/accounts/organization/{theirs.organization_id}/change/").status_code == 302
    assert client.get(f"/admin/accounts/park/{parks[1].pk}/change/").status_code == 302
    everything = signed_in(superuser).get("/admin/accounts/user/").content.decode()
    assert mine.username in everything
    assert theirs.username in everything


def person_form(user, **changes):
    fields = {
        "username": user.username, "display_name": "新名字", "organization": user.organization_id,
        "role": user.role_id, "phone": "", "email": "", "is_active": "on",
    }  # fmt: skip
    return fields | changes


def test_administrator_edits_people_of_the_own_park(parks, administrator):
    user = factories.user(parks[0])
    signed_in(administrator).post(f"/admin/accounts/user/{user.pk}/change/", person_form(user))
    user.refresh_from_db()
    assert user.display_name == "新名字"


def test_administrator_cannot_send_people_to_another_park_or_make_superusers(parks, administrator):
    user, elsewhere = factories.user(parks[0]), factories.organization(parks[1])
    client, address = signed_in(administrator), f"/admin/accounts/user/{user.pk}/change/"
    assert client.post(address, person_form(user, organization=elsewhere.pk)).status_code == 200
    assert client.post(address, person_form(user, organization="", role="")).status_code == 200
    user.refresh_from_db()
    assert (user.organization.park, user.display_name == "新名字") == (parks[0], False)
    client.post(address, person_form(user, is_superuser="on"))
    user.refresh_from_db()
    assert (user.is_superuser, user.display_name) == (False, "新名字")


def test_superuser_may_do_what_the_administrator_may_not(parks, superuser):
    user, elsewhere = factories.user(parks[0]), factories.organization(parks[1])
    form = person_form(user, organization=elsewhere.pk, is_superuser="on")
    signed_in(superuser).post(f"/admin/accounts/user/{user.pk}/change/", form)
    user.refresh_from_db()
    assert (user.organization, user.is_superuser) == (elsewhere, True)


def test_administrator_adds_an_organization_to_the_own_park_only(parks, administrator):
    client = signed_in(administrator)
    form = {"kind": "unit", "name": "新单位", "short_name": "", "parent": "", "is_active": "on"}
    client.post("/admin/accounts/organization/add/", form | {"park": parks[1].pk})
    assert not Organization.objects.filter(name="新单位").exists()
    client.post("/admin/accounts/organization/add/", form | {"park": parks[0].pk})
    assert Organization.objects.get(name="新单位").park == parks[0]


def test_roles_are_edited_by_superusers_as_checkboxes(administrator, superuser):
    role = Role.objects.get(code="unit")
    address = f"/admin/accounts/role/{role.pk}/change/"
    form = {"code": "unit", "name_zh": role.name_zh, "name_en": "", "scope": "unit", "verbs": ["work_step"]}
    assert signed_in(administrator).post(address, form).status_code == 403
    assert signed_in(superuser).post(address, form | {"verbs": ["fly"]}).status_code == 200
    role.refresh_from_db()
    assert len(role.verbs) > 1
    assert signed_in(superuser).post(address, form).status_code == 302
    role.refresh_from_db()
    assert role.verbs == ["work_step"]


def test_audit_entries_are_read_only_and_of_the_own_park(parks, administrator, superuser):
    kind = ContentType.objects.get_for_model(User)
    for who, text in ((administrator, "自己园区"), (factories.user(parks[1]), "别的园区")):
        LogEntry.objects.create(user=who, content_type=kind, object_repr=text, action_flag=CHANGE)
    page = signed_in(administrator).get("/admin/admin/logentry/").content.decode()
    assert "自己园区" in page
    assert "别的园区" not in page
    everything = signed_in(superuser)
    assert "别的园区" in everything.get("/admin/admin/logentry/").content.decode()
    assert everything.get("/admin/admin/logentry/add/").status_code == 403
    first = LogEntry.objects.first()
    assert everything.post(f"/admin/admin/logentry/{first.pk}/delete/").status_code == 403

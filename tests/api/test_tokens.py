"""Personal tokens: made once, shown once, never more than the person's role, gone when they should be."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts import api_scopes, token_actions, token_secrets
from accounts.api_deprecation import deprecated
from accounts.errors import Refused
from accounts.models import ApiToken
from accounts.permissions import Verb
from projects.models import Project
from tests import factories
from tests.api.conftest import Api
from tests.api.test_frame import is_problem

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
REFUSED = "urn:project-navigator:problem:token-refused"


def bearer(user, *scopes, days=90, at=NOW) -> Api:
    """A client with a new token and no session."""
    _row, secret = token_actions.make_token("测试程序", list(scopes), days=days, by=user, at=at)
    return Api(Authorization=f"Bearer {secret}")


def test_the_secret_is_shown_once_and_only_its_hash_is_kept(scene):
    client = scene.staff.client
    data = {"name": "数据同步程序", "scopes": ["projects:read"], "days": 30}
    page = client.post(reverse("accounts:token_list"), data)
    secret = re.search(r"pn_[0-9A-Za-z]{46}", page.content.decode())[0]
    assert "no-store" in page["Cache-Control"]
    row = ApiToken.objects.get()
    assert (row.name, row.scopes, row.user) == ("数据同步程序", ["projects:read"], scene.staff_user)
    assert (row.start, row.expires_at) == (secret[:9], NOW + timedelta(days=30))
    assert secret not in str(ApiToken.objects.values().get())
    again = client.get(reverse("accounts:token_list")).content.decode()
    assert secret not in again
    assert row.start in again
    assert Api(Authorization=f"Bearer {secret}").get("projects/").status_code == 200


@pytest.mark.parametrize(
    "data",
    [{"days": 366}, {"days": 0}, {"scopes": []}, {"scopes": ["projects:all"]}, {"name": ""}, {"name": "a\x07b"}],
)
def test_what_is_no_token_is_refused(scene, data):
    page = scene.staff.client.post(
        reverse("accounts:token_list"), {"name": "x", "scopes": ["projects:read"], "days": 9} | data
    )
    assert page.status_code == 422
    assert not ApiToken.objects.exists()


def test_a_person_has_at_most_twenty(scene):
    for _n in range(token_actions.MOST_OPEN):
        token_actions.make_token("x", ["projects:read"], days=1, by=scene.staff_user, at=NOW)
    with pytest.raises(Refused):
        token_actions.make_token("x", ["projects:read"], days=1, by=scene.staff_user, at=NOW)
    token_actions.make_token("x", ["projects:read"], days=1, by=scene.staff_user, at=NOW + timedelta(days=2))


def test_a_token_stays_within_its_scopes(scene):
    reader = bearer(scene.staff_user, "projects:read")
    assert reader.get("me/").status_code == 200
    assert reader.get("schema/").status_code == 200
    assert reader.get(f"projects/{scene.project.pk}/").status_code == 200
    refused = reader.patch(f"projects/{scene.project.pk}/", {"industry": "装备"}, version=1)
    is_problem(refused, 403, type="urn:project-navigator:problem:scope-missing", scope="projects:write")
    assert 'error="insufficient_scope", scope="projects:write"' in refused["WWW-Authenticate"]
    is_problem(reader.get("steps/"), 403, scope="approvals:read")
    is_problem(reader.get("rankings/"), 403, scope="reports:read")
    writer = bearer(scene.staff_user, "projects:write")
    assert writer.patch(f"projects/{scene.project.pk}/", {"industry": "装备"}, version=1).status_code == 200
    is_problem(writer.get("projects/"), 403, scope="projects:read")


def test_a_token_gives_no_more_than_the_role(scene):
    worker = bearer(scene.unit_user, *api_scopes.SCOPES)
    is_problem(worker.post("projects/", {"name": "新项目"}), 403, type="about:blank")
    other = factories.project(scene.park, name="别人的项目")
    is_problem(worker.get(f"projects/{other.pk}/"), 404)
    assert [row["id"] for row in worker.get("projects/").json()["results"]] == [scene.project.pk]


def test_what_is_not_valid_is_401(scene, monkeypatch):
    good = bearer(scene.staff_user, "projects:read", days=10)
    secret = good.headers["Authorization"].split()[1]
    swapped = secret[:-1] + ("a" if secret[-1] != "a" else "b")
    for text in ("Bearer", "Bearer x", "Bearer a b", f"Bearer {swapped}", f"Bearer {token_secrets.make()}", "Bearer é"):
        answer = Api(Authorization=text).get("projects/")
        is_problem(answer, 401, type=REFUSED)
        assert answer["WWW-Authenticate"] == 'Bearer realm="api", error="invalid_token"'
    assert good.get("projects/").status_code == 200
    later = NOW + timedelta(days=10)
    monkeypatch.setattr("accounts.clock.now", lambda: later)
    is_problem(good.get("projects/"), 401, type=REFUSED)


def test_a_wrong_token_is_not_made_good_by_a_session(scene):
    scene.staff.headers["Authorization"] = f"Bearer {token_secrets.make()}"
    is_problem(scene.staff.get("projects/"), 401)


@pytest.mark.parametrize("change", ["withdrawn", "inactive", "verb"])
def test_a_token_ends_with_its_reason(scene, change):
    api = bearer(scene.staff_user, "projects:read")
    assert api.get("projects/").status_code == 200
    if change == "withdrawn":
        assert token_actions.withdraw(ApiToken.objects.get(), by=scene.staff_user, at=NOW)
        assert not token_actions.withdraw(ApiToken.objects.get(), by=scene.staff_user, at=NOW)
    elif change == "inactive":
        type(scene.staff_user).objects.filter(pk=scene.staff_user.pk).update(is_active=False)
    else:
        role = scene.staff_user.role
        type(role).objects.filter(pk=role.pk).update(verbs=[v for v in role.verbs if v != Verb.MAKE_TOKEN])
    is_problem(api.get("projects/"), 401, type=REFUSED)


def test_pages_take_no_token_and_tokens_need_no_csrf(scene):
    api = bearer(scene.staff_user, *api_scopes.SCOPES)
    header = {"Authorization": api.headers["Authorization"]}
    for name in ("desk", "accounts:token_list", "projects:create", "api:docs"):
        assert Client(headers=header).get(reverse(name)).status_code == 302, name
    made = Client(headers=header).post(reverse("accounts:token_list"), {"name": "x"})
    assert made.status_code == 302
    assert ApiToken.objects.count() == 1
    api.client = Client(enforce_csrf_checks=True)
    assert api.post("projects/", {"name": "由程序登记的项目"}).status_code == 201


def test_the_last_use_is_noted_every_five_minutes(scene, monkeypatch):
    api = bearer(scene.staff_user, "projects:read")
    for minutes, noted in ((0, 0), (4, 0), (5, 5), (6, 5), (20, 20)):
        monkeypatch.setattr("accounts.clock.now", lambda minutes=minutes: NOW + timedelta(minutes=minutes))
        api.get("projects/")
        assert ApiToken.objects.get().last_used_at == NOW + timedelta(minutes=noted)


def test_answers_to_a_token_are_not_kept(scene):
    assert "no-store" in bearer(scene.staff_user, "projects:read").get("projects/")["Cache-Control"]


def test_an_administrator_withdraws_tokens_of_the_own_park(scene):
    boss = factories.user(scene.park, "admin", is_staff=True)
    stranger = factories.user(factories.park(), "staff")
    for person in (scene.unit_user, stranger):
        token_actions.make_token("x", ["projects:read"], days=9, by=person, at=NOW)
    own, foreign = ApiToken.objects.get(user=scene.unit_user), ApiToken.objects.get(user=stranger)
    client = Api(boss).client
    page = client.get(reverse("accounts:token_all"))
    assert [row.pk for row in page.context["page_obj"]] == [own.pk]
    assert client.post(reverse("accounts:token_withdraw", args=[foreign.pk])).status_code == 404
    assert client.post(reverse("accounts:token_withdraw", args=[own.pk])).status_code == 302
    assert [row.withdrawn_at for row in (ApiToken.objects.get(pk=own.pk), ApiToken.objects.get(pk=foreign.pk))] == [
        NOW,
        None,
    ]
    from django.contrib.admin.models import LogEntry

    assert LogEntry.objects.get().user == boss


@given(st.text(max_size=60))
def test_no_made_up_text_is_well_formed(text):
    assert not token_secrets.is_well_formed(text)


@given(st.integers(3, token_secrets.LENGTH - 1), st.sampled_from(token_secrets.ALPHABET))
def test_one_wrong_character_is_seen(place, letter):
    secret = token_secrets.make()
    assert token_secrets.is_well_formed(secret)
    changed = secret[:place] + letter + secret[place + 1 :]
    assert token_secrets.is_well_formed(changed) == (changed == secret)


@pytest.fixture
def low_limits(settings):
    from django.core.cache import caches

    caches["api_limits"].clear()
    settings.API_RATE_READ, settings.API_RATE_WRITE, settings.API_RATE_FAILURES = "3/m", "2/m", "4/m"
    yield
    caches["api_limits"].clear()


def test_who_asks_too_often_is_told_when_to_come_back(scene, low_limits, monkeypatch):
    seen = [scene.staff.get("projects/") for _n in range(4)]
    assert [answer.status_code for answer in seen] == [200, 200, 200, 429]
    assert [answer["RateLimit-Remaining"] for answer in seen] == ["2", "1", "0", "0"]
    assert {answer["RateLimit-Limit"] for answer in seen} == {"3"}
    is_problem(seen[-1], 429, type="urn:project-navigator:problem:too-many-requests")
    assert seen[-1]["Retry-After"] == seen[-1]["RateLimit-Reset"] == "60"
    assert scene.worker.get("projects/").status_code == 200
    assert bearer(scene.staff_user, "projects:read").get("projects/").status_code == 200
    assert [scene.staff.post("projects/", {"name": ""}).status_code for _n in range(3)] == [400, 400, 429]
    monkeypatch.setattr("accounts.clock.now", lambda: NOW + timedelta(minutes=1))
    assert scene.staff.get("projects/").status_code == 200
    assert Project.objects.count() == 1


def test_guesses_are_counted_by_address_and_hinder_nobody_with_a_token(scene, low_limits):
    good = bearer(scene.staff_user, "projects:read")
    guess = Api(Authorization=f"Bearer {token_secrets.make()}")
    assert [guess.get("projects/").status_code for _n in range(6)] == [401] * 4 + [429] * 2
    assert scene.nobody.get("projects/").status_code == 429
    assert good.get("projects/").status_code == 200
    elsewhere = guess.client.get("/api/v1/projects/", headers=guess.headers, REMOTE_ADDR="192.0.2.7")
    assert elsewhere.status_code == 401
    spoofed = guess.get("projects/", **{"X-Forwarded-For": "192.0.2.8"})
    assert spoofed.status_code == 429


def test_what_goes_lives_for_another_year():
    with pytest.raises(ValueError, match="year"):
        deprecated(since=NOW.date(), sunset=NOW.date() + timedelta(days=364), link="x")

"""The life of a signed link: handed out, opened, withdrawn, expired, guessed at. Only a hash is kept."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from accounts.errors import Conflict, Refused
from accounts.models import Role
from approvals.models import AccessLink, AccessUse, LinkGuess
from approvals.portal import links, rules
from tests import factories
from tests.approvals.portal.conftest import NOW, hand_out

pytestmark = pytest.mark.django_db
LIST = "approvals:link_list"
FORM = {"holder_name": "李工", "days": 30, "may_upload": "on", "may_ask": "on"}


def whats(link):
    return list(link.uses.order_by("pk").values_list("what", flat=True))


def test_only_a_hash_of_the_secret_is_kept(handed):
    link, secret = handed
    row = AccessLink.objects.values().get(pk=link.pk)
    assert len(secret) >= 22  # 128 bits in base64
    assert row["secret_sha256"] == links.digest(secret)
    assert secret not in str(row)
    assert row["expires_at"] == NOW + timedelta(days=90)
    assert links.find(secret) == link
    assert links.find(secret[:-1]) is None
    assert links.find("x" * 5000) is None


@pytest.mark.parametrize("role", ["unit", "leader", "enterprise"])
def test_other_roles_hand_out_nothing(made, park, unit, person, role):
    people = {
        "unit": factories.user(park, "unit", unit),
        "enterprise": person,
        "leader": factories.user(park, "leader"),
    }
    with pytest.raises(PermissionDenied):
        hand_out(made, people[role])
    assert not AccessLink.objects.exists()


def test_the_verb_alone_is_not_enough(made, staff):
    """Who may not edit projects does not hand out their links either."""
    Role.objects.filter(code="staff").update(verbs=["hand_out_link"])
    staff.refresh_from_db()
    with pytest.raises(PermissionDenied):
        hand_out(made, type(staff).objects.get(pk=staff.pk))


def test_staff_of_another_park_hands_out_nothing(made):
    with pytest.raises(PermissionDenied):
        hand_out(made, factories.user(factories.park(), "staff"))


@pytest.mark.parametrize("days", [0, -1, 31])
def test_the_park_says_how_long_a_link_may_last(made, staff, policy, days):
    policy.link_days = 30
    policy.save()
    with pytest.raises(Refused):
        hand_out(made, staff, days=days)
    assert hand_out(made, staff, days=30)[0].expires_at == NOW + timedelta(days=30)


def test_a_link_is_withdrawn_once(handed, staff):
    link = handed[0]
    links.withdraw(link, by=staff, at=NOW)
    with pytest.raises(Conflict):
        links.withdraw(AccessLink.objects.get(pk=link.pk), by=staff, at=NOW)
    assert not AccessLink.objects.get(pk=link.pk).is_open(NOW)


def test_the_secret_is_shown_once_with_its_code(client, made, staff, moment):
    client.force_login(staff)
    page = client.post(reverse(LIST, args=[made.pk]), FORM)
    text = page.content.decode()
    address = page.context["address"]
    assert page.status_code == 200
    assert page["Cache-Control"] == "private, no-store"
    assert links.find(address.rstrip("/").rsplit("/", 1)[1]) == AccessLink.objects.get()
    assert address in text
    assert "<svg viewBox=" in text and "style=" not in text
    assert "data:image/png;base64," in text
    assert address not in client.get(reverse(LIST, args=[made.pk])).content.decode()


def test_the_list_says_who_used_what_when(client, made, staff, handed, visitor):
    visitor.get("/my/steps/S01/")
    client.force_login(staff)
    page = client.get(reverse(LIST, args=[made.pk]))
    row = page.context["links"][0]
    assert row["state"][0] == "open"
    assert [use["ip"] for use in row["uses"]] == ["127.0.0.1"] * 2
    assert row["link"].use_count == 2


def test_withdrawing_asks_first(client, made, staff, handed, moment):
    client.force_login(staff)
    url = reverse("approvals:link_withdraw", args=[made.pk, handed[0].pk])
    assert client.get(url).status_code == 200
    assert AccessLink.objects.get().withdrawn_at is None
    assert client.post(url).status_code == 302
    assert AccessLink.objects.get().withdrawn_by == staff
    other = factories.project(made.park)
    assert client.get(reverse("approvals:link_withdraw", args=[other.pk, handed[0].pk])).status_code == 404


def test_a_preview_is_no_use(client, handed, moment):
    link, secret = handed
    for _time in range(3):
        page = client.get(f"/l/{secret}/")
        assert page.status_code == 200
        assert client.head(f"/l/{secret}/").status_code == 200
    assert whats(link) == []
    assert client.get("/my/").status_code == 403
    assert page["X-Robots-Tag"].startswith("noindex")


def test_the_button_starts_the_visit_and_the_secret_leaves_the_address(client, handed, moment):
    link, secret = handed
    answer = client.post(f"/l/{secret}/")
    assert (answer.status_code, answer["Location"]) == (302, "/my/")
    assert whats(link) == ["opened"]
    assert client.get("/my/").status_code == 200
    assert "_auth_user_id" not in client.session
    assert secret not in str(dict(client.session))


def test_the_session_is_another_one_after_opening(client, handed, moment):
    client.get(f"/l/{handed[1]}/")
    session = client.session
    session["before"] = 1
    session.save()
    client.cookies["sessionid"] = session.session_key
    client.post(f"/l/{handed[1]}/")
    assert client.session.session_key != session.session_key


def test_every_use_is_logged_but_not_every_click(visitor, handed, moment):
    for _time in range(3):
        visitor.get("/my/")
        visitor.get("/my/steps/S01/")
    assert whats(handed[0]) == ["opened", "home", "step S01"]
    moment.at = NOW + timedelta(hours=1)
    visitor.get("/my/")
    assert whats(handed[0]) == ["opened", "home", "step S01", "home"]
    assert visitor.post("/my/leave/").status_code == 200
    assert whats(handed[0])[-1] == "left"
    assert visitor.get("/my/").status_code == 403


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_expired_a_withdrawn_and_an_unknown_link_lead_to_one_page(client, handed, staff, park, moment, method):
    link, secret = handed
    unknown = getattr(client, method)("/l/nothing-of-ours/")
    moment.at = link.expires_at
    expired = getattr(client, method)(f"/l/{secret}/")
    moment.at = NOW
    links.withdraw(link, by=staff, at=NOW)
    withdrawn = getattr(client, method)(f"/l/{secret}/")
    assert [page.status_code for page in (unknown, expired, withdrawn)] == [404, 410, 410]
    assert {page.templates[0].name for page in (unknown, expired, withdrawn)} == {"approvals/portal/no_entry.html"}
    assert park.contact_phone in expired.content.decode()
    assert link.project.name not in expired.content.decode()
    assert client.get("/my/").status_code == 403


def test_a_link_opens_until_the_last_moment(client, handed, moment):
    moment.at = handed[0].expires_at - timedelta(seconds=1)
    assert client.post(f"/l/{handed[1]}/").status_code == 302
    assert client.get("/my/").status_code == 200
    moment.at = handed[0].expires_at
    assert client.get("/my/").status_code == 410


def test_withdrawing_ends_a_running_visit_at_once(visitor, handed, staff):
    assert visitor.get("/my/").status_code == 200
    links.withdraw(handed[0], by=staff, at=NOW)
    assert visitor.get("/my/steps/S01/").status_code == 410
    assert visitor.post("/my/help/", {"text": "帮忙"}).status_code == 403


def test_a_visit_ends_after_eight_hours(visitor, moment):
    moment.at = NOW + timedelta(hours=rules.VISIT_HOURS) - timedelta(seconds=1)
    assert visitor.get("/my/").status_code == 200
    moment.at = NOW + timedelta(hours=rules.VISIT_HOURS)
    assert visitor.get("/my/").status_code == 410


def test_an_account_stays_what_it_is_beside_a_visit(client, handed, staff, moment):
    client.force_login(staff)
    client.post(f"/l/{handed[1]}/")
    assert client.get("/my/").context["who"].link == handed[0]
    assert client.get("/projects/").status_code == 200
    client.post("/accounts/sign-out/")
    assert client.get("/my/").status_code == 403


def test_an_enterprises_account_without_a_visit_goes_to_its_own_page(client, person, made, moment):
    client.force_login(person)
    assert client.get("/my/")["Location"] == "/enterprise/"


def guess(client, n, **more):
    return client.get(f"/l/guess-{n}/", **more)


def test_guessing_closes_the_door_for_this_address(client, handed, moment):
    found = [guess(client, n).status_code for n in range(rules.GUESSES_ALLOWED + 2)]
    assert found == [404] * rules.GUESSES_ALLOWED + [429] * 2
    assert LinkGuess.objects.count() == rules.GUESSES_ALLOWED
    assert client.get(f"/l/{handed[1]}/").status_code == 200  # a right link opens all the same
    assert client.get(f"/l/{handed[1]}/", REMOTE_ADDR="10.0.0.9").status_code == 200
    moment.at = NOW + timedelta(minutes=rules.GUESS_MINUTES, seconds=1)
    assert client.get(f"/l/{handed[1]}/").status_code == 200


def test_opening_a_real_link_is_no_guess(client, handed, staff, moment):
    links.withdraw(handed[0], by=staff, at=NOW)
    for _time in range(rules.GUESSES_ALLOWED + 1):
        assert client.get(f"/l/{handed[1]}/").status_code == 410
    assert not LinkGuess.objects.exists()


def test_old_guesses_are_removed(client, moment):
    guess(client, 1)
    moment.at = NOW + timedelta(days=1)
    guess(client, 2)
    assert list(LinkGuess.objects.values_list("at", flat=True)) == [moment.at]


def test_the_address_is_read_past_the_proxies_of_the_installation(rf, settings):
    request = rf.get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="6.6.6.6, 7.7.7.7")
    assert links.address_of(request) == "10.0.0.1"
    settings.AXES_IPWARE_PROXY_COUNT = 1
    assert links.address_of(request) == "7.7.7.7"
    assert links.address_of(rf.get("/", REMOTE_ADDR="")) is None


def test_a_forged_request_starts_no_visit(handed, moment):
    assert Client(enforce_csrf_checks=True).post(f"/l/{handed[1]}/").status_code == 403
    assert not AccessUse.objects.exists()

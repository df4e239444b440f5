"""The fake platform against the site: over real HTTP, and by files through the pages."""

import hashlib
import io
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import clock, token_actions
from accounts.models import ApiToken
from approvals.exchange import actions, records
from approvals.models import ExchangeMessage
from tests import factories
from tests.approvals import cases as steps
from tests.approvals.exchange import cases
from tools import fake_platform

BEGINS = date(2026, 2, 2)


@pytest.fixture
def world(transactional_db):
    steps.catalogue()
    park = factories.park()
    staff = factories.user(park, "staff")
    return park, staff, cases.platform(park), [cases.project(park, code=f"P-{n}") for n in range(3)]


def token(person) -> str:
    """A token with the scope to push."""
    scopes = ["exchange:read", "exchange:write"]
    return token_actions.make_token("省平台", scopes, days=1, by=person, at=clock.now())[1]


def count() -> dict[str, int]:
    found: dict[str, int] = {}
    for state in ExchangeMessage.objects.values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


@pytest.mark.slow
def test_pushed_over_http(world, live_server, settings):
    _park, staff, _platform, projects = world
    secret, codes = token(staff), [project.code for project in projects]

    def push(case):
        return fake_platform.push(live_server.url, secret, "sheng", fake_platform.made(case, codes, BEGINS))

    assert {each["result"] for each in push("happy")} == {"applied"}
    assert [cases.state_of(project) for project in projects] == [11] * 3
    assert all(each["repeated"] for each in push("happy"))
    again = push("repeat")
    assert {each["result"] for each in again} == {"applied", "known"}
    assert all(project.steps.get(code="S01").history.count() == 8 for project in projects)
    assert {each["result"] for each in push("errors")} == {"open"}
    assert count()["applied"] == 24
    with pytest.raises(RuntimeError, match="401"):
        fake_platform.push(live_server.url, "pn_wrong", "sheng", fake_platform.made("happy", codes, BEGINS))
    with pytest.raises(RuntimeError, match="404"):
        fake_platform.push(live_server.url, secret, "nowhere", fake_platform.made("happy", codes, BEGINS))
    assert ApiToken.objects.count() == 1


@pytest.mark.slow
def test_a_flood_is_kept_to_the_last_message(world):
    _park, staff, platform, projects = world
    found = fake_platform.made("flood", [project.code for project in projects], BEGINS)
    for batch in fake_platform.batches(found):
        taken = actions.keep(platform, records.read_messages(batch), by=staff, at=factories.AT)
        actions.settle([one.message for one in taken], by=staff, at=factories.AT, today=factories.TODAY)
    assert count() == {"applied": 24, "open": 2000}
    assert not ExchangeMessage.objects.filter(state="open", why="").exists()


@pytest.mark.parametrize("name", ["states.xlsx", "states.csv", "states.json", "states.xml"])
def test_by_a_file_through_the_pages(world, client, name):
    _park, staff, platform, projects = world
    data = fake_platform.as_file(fake_platform.made("happy", [project.code for project in projects], BEGINS), name)
    client.force_login(staff)
    file = io.BytesIO(data)
    file.name = name
    answer = client.post(reverse("approvals:exchange_upload"), {"platform": platform.pk, "file": file})
    here = reverse("approvals:exchange_file", args=[platform.pk, hashlib.sha256(data).hexdigest()])
    assert answer.status_code == 302 and answer.url == here
    with CaptureQueriesContext(connection) as queries:
        assert client.get(here).context["is_tried"] is False
    assert not [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE", "SAVEPOINT"))]
    page = client.post(here, {"answer": "preview"})
    assert (page.context["applied"], page.context["open"], page.context["waiting"]) == (24, 0, 24)
    assert [cases.state_of(project) for project in projects] == [0] * 3 and count() == {"waiting": 24}
    assert client.post(here, {"answer": "confirm"}).status_code == 302
    assert count() == {"applied": 24} and [cases.state_of(project) for project in projects] == [11] * 3
    assert client.get(here).context["waiting"] == 0
    assert b"P-0" in client.get(reverse("approvals:exchange_list") + "?state=applied&q=P-0").content
    detail = client.get(reverse("approvals:exchange_message", args=[ExchangeMessage.objects.earliest("pk").pk]))
    assert hashlib.sha256(data).hexdigest().encode() in detail.content


def test_a_whole_file_is_set_aside_after_a_question(world, client):
    _park, staff, platform, projects = world
    source = actions.Source("states.csv", "a" * 64)
    found = records.read_messages(fake_platform.made("happy", [projects[0].code], BEGINS))
    actions.keep(platform, found, by=staff, at=factories.AT, source=source)
    client.force_login(staff)
    here = reverse("approvals:exchange_file", args=[platform.pk, "a" * 64])
    asked = f"{here}?answer=set-aside"
    assert f'href="{asked}" data-confirm' in client.get(here).content.decode()
    assert f'action="{asked}"' in client.get(asked).content.decode() and count() == {"waiting": 8}
    assert client.post(asked).url == here and count() == {"dismissed": 8}

"""Pages and API of webhooks: the secret is shown once, the list tells what happened."""

import json

import pytest
from django.urls import reverse

from accounts import clock
from dispatch.webhooks import sending
from dispatch.webhooks.models import Webhook, WebhookDelivery
from tests import factories
from tests.dispatch.webhooks.test_sending import tell

pytestmark = pytest.mark.django_db


def filled(receiver, staff, **more) -> dict:
    return {
        "name": "市平台", "url": receiver.url, "events": ["project.stage_changed"], "sees_as": staff.pk,
    } | more  # fmt: skip


def test_the_secret_is_shown_once(client, receiver, park, staff):
    client.force_login(staff)
    assert client.get(reverse("dispatch:webhook_list")).status_code == 200
    page = client.post(reverse("dispatch:webhook_new"), filled(receiver, staff))
    made = Webhook.objects.get()
    assert made.secret in page.content.decode() and "no-store" in page.headers["Cache-Control"]
    here = reverse("dispatch:webhook_detail", args=[made.pk])
    edit = reverse("dispatch:webhook_edit", args=[made.pk])
    for address in (here, edit, reverse("dispatch:webhook_list")):
        assert made.secret not in client.get(address).content.decode()
    page = client.post(reverse("dispatch:webhook_rotate", args=[made.pk]), {"version": 1})
    old, made = made, Webhook.objects.get()
    assert made.secret in page.content.decode() and old.secret not in page.content.decode()
    assert (made.old_secret, made.version) == (old.secret, 2)
    client.post(reverse("dispatch:webhook_act", args=[made.pk, "drop-old-secret"]), {"version": 2})
    assert Webhook.objects.get().old_secret == ""


@pytest.mark.parametrize(
    "wrong",
    [{"url": "https://10.0.0.1/"}, {"url": "http://example.com/"}, {"events": ["x"]}, {"events": []}, {"name": ""}],
)  # fmt: skip
def test_what_is_wrong_is_said_and_not_stored(client, receiver, park, staff, wrong):
    client.force_login(staff)
    assert client.post(reverse("dispatch:webhook_new"), filled(receiver, staff, **wrong)).status_code == 422
    stranger = factories.user(factories.park(), "staff")
    found = client.post(reverse("dispatch:webhook_new"), filled(receiver, staff, sees_as=stranger.pk))
    assert found.status_code == 422 and not Webhook.objects.exists()


def test_a_test_message_and_a_replay_from_the_pages(client, webhook, receiver, park, staff):
    receiver.window = 10**10
    client.force_login(staff)
    client.post(reverse("dispatch:webhook_act", args=[webhook.pk, "test"]), {"version": 1})
    assert sending.send_due(now=clock.now) == 1
    assert receiver.taken[0]["event"] == "webhook.ping"
    tell(park, 2)
    WebhookDelivery.objects.filter(state="waiting").update(state="failed", said="500")
    here = reverse("dispatch:webhook_detail", args=[webhook.pk])
    assert client.get(here + "?state=failed").context["page_obj"].paginator.count == 2
    failed = WebhookDelivery.objects.filter(state="failed").first()
    assert client.get(reverse("dispatch:webhook_delivery", args=[failed.pk])).status_code == 200
    client.post(reverse("dispatch:webhook_again", args=[failed.pk]))
    client.post(reverse("dispatch:webhook_replay", args=[webhook.pk]), {"since": "2026-03-01"})
    assert sending.send_due(now=clock.now) == 2 and len(receiver.taken) == 3


def test_off_and_on(client, webhook, staff):
    client.force_login(staff)
    client.post(reverse("dispatch:webhook_act", args=[webhook.pk, "off"]), {"version": 1})
    assert Webhook.objects.get().switched_off_at
    client.post(reverse("dispatch:webhook_act", args=[webhook.pk, "on"]), {"version": 1})
    assert Webhook.objects.get().switched_off_at, "an old version changes nothing"
    client.post(reverse("dispatch:webhook_act", args=[webhook.pk, "on"]), {"version": 2})
    assert Webhook.objects.get().switched_off_at is None


def test_over_the_api(client, receiver, park, staff):
    client.force_login(staff)
    answer = client.post(
        "/api/v1/webhooks/", json.dumps(filled(receiver, staff)), content_type="application/json"
    )  # fmt: skip
    made = answer.json()
    assert answer.status_code == 201 and made["secret"] == Webhook.objects.get().secret
    here = f"/api/v1/webhooks/{made['id']}/"
    row = client.get(here)
    assert "secret" not in row.json() and row.json()["is_on"]
    match = {"If-Match": row.headers["ETag"]}

    def post(act, body, status=200, headers=match):
        told = client.post(f"{here}{act}/", json.dumps(body), content_type="application/json", headers=headers)
        assert told.status_code == status, told.content
        return told

    assert post("ping", {}).json()["event"] == "webhook.ping"
    assert post("replay", {"since": "2026-03-01T00:00:00Z"}).json() == {"replayed": 0}
    secret = post("rotate", {})
    assert secret.json()["secret"] == Webhook.objects.get().secret != made["secret"]
    post("switch", {"on": False}, status=412)
    match["If-Match"] = secret.headers["ETag"]
    assert post("switch", {"on": False}).json()["is_on"] is False
    assert client.get("/api/v1/webhook-deliveries/").json()["results"][0]["event"] == "webhook.ping"
    client.force_login(factories.user(factories.park(), "staff"))
    assert client.get(here).status_code == 404

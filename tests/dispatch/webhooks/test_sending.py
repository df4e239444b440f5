"""Deliveries to a real receiver: signed, repeated, once in the books; replayed; switched off; parks apart."""

import time
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.errors import Conflict, Refused
from dispatch.notices.models import Notice
from dispatch.warnings.evaluate import evaluate
from dispatch.warnings.models import Warning
from dispatch.webhooks import actions, events, retries, sending, signing, tellers, wire
from dispatch.webhooks.models import Webhook, WebhookDelivery, WebhookEvent
from projects.actions import lifecycle
from tests import factories
from tests.approvals import cases as steps
from tests.dispatch.webhooks.conftest import hook
from tests.factories import AT, TODAY

pytestmark = pytest.mark.django_db
State = WebhookDelivery.State


def tell(park, number=1) -> None:
    project = factories.project(park)
    entries = [
        type("Entry", (), {"pk": project.pk * 100 + n, "project": project, "project_id": project.pk,
                           "from_stage": "L07", "stage": "L08", "entered_on": TODAY})
        for n in range(number)
    ]  # fmt: skip
    tellers.stages_entered(entries, by=None, at=AT)


def round_(now) -> int:
    sending.bury(now=now())
    return sending.send_due(now=now)


def states() -> list[str]:
    return list(WebhookDelivery.objects.order_by("pk").values_list("state", flat=True))


def test_a_message_arrives_once_signed_with_what_it_says(webhook, receiver, now, park):
    tell(park)
    assert round_(now) == 1 and round_(now) == 0
    (body,), (headers,) = receiver.taken, receiver.headers
    event = WebhookEvent.objects.get()
    assert body["event"] == headers["X-Navigator-Event"] == "project.stage_changed"
    assert body["data"] == event.data and body["park"] == "gaoxin" and body["version"] == 1
    assert headers["X-Navigator-Delivery"] == sending.number_of(WebhookDelivery.objects.get())
    assert receiver.wrong == 0 and states() == ["sent"]


def test_a_wrong_secret_is_noticed_by_the_receiver(park, receiver, staff, now):
    hook(park, receiver, staff, secret="another")
    tell(park)
    assert round_(now) == 0 and receiver.wrong == 1 and WebhookDelivery.objects.get().status == 401


def test_nothing_is_written_where_nobody_wants_it(park, receiver, staff):
    hook(park, receiver, staff, events=["bulletin.issued"])
    hook(factories.park(), receiver, staff)
    tell(park)
    assert not WebhookEvent.objects.exists()


def test_the_same_key_is_one_event_and_a_rolled_back_one_none(webhook, park):
    tell(park)
    known = WebhookEvent.objects.get()
    told = tellers.Happening(park.pk, known.key, known.data, known.project_id)
    tellers.happened("project.stage_changed", lambda: [told], at=AT)
    assert WebhookEvent.objects.count() == WebhookDelivery.objects.count() == 1
    with transaction.atomic():
        tell(park)
        transaction.set_rollback(True)
    assert WebhookEvent.objects.count() == 1


@pytest.mark.parametrize("mode", ["500", "404", "close", "redirect"])
def test_trouble_is_tried_again_and_arrives_once(webhook, receiver, now, park, mode):
    receiver.mode = mode
    tell(park)
    for _ in range(3):
        assert round_(now) == 0
    delivery = WebhookDelivery.objects.get()
    assert delivery.attempts == 1 and delivery.state == State.WAITING and webhook_failures() == 1
    receiver.mode = ""
    now.forward(minutes=2)
    assert round_(now) == 1 and states() == ["sent"] and len(receiver.taken) == 1 and webhook_failures() == 0


@pytest.mark.parametrize("mode", ["slow", "drip"])
def test_who_answers_late_is_left(webhook, receiver, now, park, monkeypatch, mode):
    monkeypatch.setattr(wire, "PATIENCE", 0.3)
    receiver.mode, receiver.pause = mode, 0.8 if mode == "slow" else 0.05
    tell(park, 3)
    began = time.monotonic()
    assert round_(now) == 0
    assert time.monotonic() - began < 40, "it would drip for fifty seconds"
    assert receiver.asked == 1, "the others wait until the next run"


def webhook_failures() -> int:
    return Webhook.objects.get().failures_in_a_row


def test_ten_attempts_then_it_is_given_up(webhook, receiver, now, park):
    receiver.mode = "500"
    tell(park)
    began = now.at
    while states() == ["waiting"]:
        now.at = max(WebhookDelivery.objects.get().next_at, now.at) + timedelta(seconds=1)
        round_(now)
    assert states() == ["failed"] and WebhookDelivery.objects.get().attempts == retries.ATTEMPTS == receiver.asked
    assert timedelta(hours=50) < now.at - began < timedelta(hours=80)


def test_waits_grow_to_a_day_and_differ():
    waits = [retries.wait_after(n, "a") for n in range(1, 10)]
    assert waits == sorted(waits)[:7] + waits[7:] and waits[0] < timedelta(minutes=1.3)
    assert all(timedelta(hours=19) < wait < timedelta(hours=29) for wait in waits[7:])
    assert len({retries.wait_after(1, str(n)) for n in range(50)}) == 50


def test_fifty_failures_in_a_row_switch_it_off_and_are_told(webhook, receiver, now, park, staff):
    receiver.mode = "404"
    tell(park, 60)
    round_(now)
    webhook.refresh_from_db()
    assert webhook.switched_off_at and webhook.failures_in_a_row == 50 and receiver.asked == 50
    assert Notice.objects.filter(recipient=staff, about_type="webhook").count() == 1
    receiver.mode = ""
    now.forward(minutes=5)
    assert round_(now) == 0
    tell(park)
    assert WebhookDelivery.objects.count() == 60, "nothing is written for one that is switched off"
    actions.switch(webhook, True, by=staff, at=AT, version=webhook.version)
    assert round_(now) == 60 and states().count("sent") == 60


def test_what_the_person_may_not_see_is_withheld(park, receiver, now):
    unit = factories.user(park, "unit")
    hook(park, receiver, unit)
    tell(park)
    assert round_(now) == 0 and receiver.asked == 0 and states() == ["withheld"]


def test_both_secrets_sign_until_the_old_one_is_dropped(webhook, receiver, now, park, staff):
    new = actions.rotate(webhook, by=staff, version=1)
    tell(park)
    assert round_(now) == 1, "a receiver with the old secret still understands"
    receiver.secret = new
    tell(park)
    assert round_(now) == 1 and receiver.wrong == 0
    actions.forget_old(webhook, by=staff, version=2)
    assert signing.header((webhook.secret, webhook.old_secret), "1", b"").count("v1=") == 1
    with pytest.raises(Conflict):
        actions.rotate(webhook, by=staff, version=2)


def test_replay_is_a_new_delivery_of_the_same_event(webhook, receiver, now, park, staff):
    tell(park)
    with pytest.raises(Refused):
        actions.replay(WebhookDelivery.objects.get(), by=staff, at=AT)
    round_(now)
    actions.replay(WebhookDelivery.objects.get(), by=staff, at=now())
    round_(now)
    assert len(receiver.seen) == 2 and receiver.taken[0]["id"] == receiver.taken[1]["id"]


def test_replay_of_all_that_failed_leaves_out_what_arrived(webhook, receiver, now, park, staff):
    tell(park, 4)
    _one, two, _three, four = WebhookDelivery.objects.order_by("pk")
    WebhookDelivery.objects.exclude(pk=four.pk).update(state=State.FAILED, attempts=10)
    two.refresh_from_db()
    actions.replay(two, by=staff, at=AT)
    assert actions.replay_failed(webhook, since=AT, by=staff, at=AT) == 2
    assert actions.replay_failed(webhook, since=AT, by=staff, at=AT) == 0
    round_(now)
    assert len(receiver.taken) == 4 and actions.replay_failed(webhook, since=AT, by=staff, at=AT) == 0


def test_a_lease_that_was_left_is_taken_over_with_the_same_number(webhook, receiver, now, park):
    tell(park)
    delivery = WebhookDelivery.objects.get()
    assert sending.claim(delivery, now=now()) and not sending.claim(WebhookDelivery.objects.get(), now=now())
    sending._send(delivery, now())  # and dies before it can write that down
    assert round_(now) == 0
    now.forward(minutes=2)
    assert round_(now) == 1
    assert list(receiver.seen.values()) == [2] and len(receiver.taken) == 1
    assert sending.delivered(delivery, 200, now=now()) == 0, "the first one no longer holds it"


def test_events_of_real_actions(webhook, park, staff, receiver, now):
    project = steps.project(park, stage="L07", stage_entered_on=date(2026, 1, 1))
    lifecycle.enter_stage(project, "L08", on=TODAY, by=staff, at=AT, today=TODAY, evidence="e", override_reason="因故")
    step = steps.step_of(project, "S01")
    for verb in ("receive", "accept"):
        steps.move(step, verb, date(2026, 2, 2), by=staff)
    steps.move(step, "decide_approve", date(2026, 2, 3), by=staff, result_number="备1")
    steps.actions.undo_last(step, by=staff, at=AT, today=TODAY, calendar=steps.PLAIN)
    told = [(event.kind, event.data.get("decision")) for event in WebhookEvent.objects.order_by("pk")]
    assert told == [("project.stage_changed", None), ("step.decided", "approved"), ("step.decided", "undone")]
    assert round_(now) == 3
    check_schemas(receiver)


def test_warnings_of_the_day_are_told_once_a_day(webhook, park, receiver, now):
    project = steps.project(park)
    step = steps.step_of(project, "S03")
    steps.move(step, "receive", date(2026, 1, 5))
    steps.move(step, "accept", date(2026, 1, 5))
    evaluate(as_of=TODAY, at=AT)
    raised = Warning.objects.count()
    assert raised and WebhookEvent.objects.filter(kind="warning.raised").count() == raised
    evaluate(as_of=TODAY, at=AT)
    assert WebhookEvent.objects.count() == raised
    assert round_(now) == raised
    check_schemas(receiver)


def check_schemas(receiver) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    for body in receiver.taken:
        jsonschema.validate(body["data"], events.EVENTS[body["event"]].schema)


def test_examples_follow_their_schemas():
    jsonschema = pytest.importorskip("jsonschema")
    for kind in events.EVENTS.values():
        jsonschema.validate(kind.example, kind.schema)
        assert set(kind.example) == set(kind.properties)


def test_who_does_not_manage_webhooks_may_do_nothing(webhook, park, receiver):
    for person in (factories.user(park, "leader"), factories.user(factories.park(), "staff")):
        for act in (
            lambda p: actions.rotate(webhook, by=p, version=1),
            lambda p: actions.ping(webhook, by=p, at=AT),
            lambda p: actions.remove(webhook, by=p),
            lambda p: actions.replay_failed(webhook, since=AT, by=p, at=AT),
        ):
            with pytest.raises(PermissionDenied):
                act(person)
    assert Webhook.objects.visible_to(factories.user(factories.park(), "staff")).count() == 0

"""Webhooks: what happened, told to other systems. The event row is written in the transaction of what happened."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Park
from accounts.scoping import ScopedQuerySet


class WebhookQuerySet(ScopedQuerySet):
    """The park's own business: nothing for units and enterprises."""

    def active(self):
        return self.filter(switched_off_at=None)


class Webhook(models.Model):
    """An address of another system that is told of ``events`` (names of dispatch.webhooks.events.EVENTS).

    ``secret`` signs every message (HMAC-SHA256) and is shown once, when it is made. ``sees_as``: what is told is what
    this person may see. ``switched_off_reason``: by hand, or after too many failures in a row.
    """

    park = models.ForeignKey(Park, models.CASCADE, related_name="webhooks", verbose_name=_("park"))
    name = models.CharField(_("name"), max_length=100)
    url = models.URLField(_("address"), max_length=500)
    events = models.JSONField(_("events"), default=list)
    secret = models.CharField(max_length=100, editable=False)
    old_secret = models.CharField(max_length=100, blank=True, editable=False)
    sees_as = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("sees as"))
    created_at = models.DateTimeField(_("created"))
    failures_in_a_row = models.PositiveIntegerField(default=0)
    switched_off_at = models.DateTimeField(_("switched off"), null=True, blank=True)
    switched_off_reason = models.CharField(_("reason"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["park", "name"]
        constraints = [models.UniqueConstraint(fields=["park", "name"], name="webhook_name_once_per_park")]

    def __str__(self):
        return self.name


class WebhookEventQuerySet(ScopedQuerySet):
    """The park's own business: nothing for units and enterprises."""


class WebhookEvent(models.Model):
    """One thing that happened: ``key`` says which, so that it is told once. ``data``: what every receiver is told."""

    park = models.ForeignKey(Park, models.CASCADE, related_name="webhook_events")
    kind = models.CharField(_("event"), max_length=40)
    key = models.CharField(max_length=120)
    project_id = models.BigIntegerField(null=True, blank=True)
    data = models.JSONField(default=dict)
    happened_at = models.DateTimeField(_("happened at"), db_index=True)

    objects = WebhookEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-happened_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["park", "kind", "key"], name="webhook_event_once")]


class WebhookDeliveryQuerySet(ScopedQuerySet):
    """The park's own business: nothing for units and enterprises."""

    park_path = "webhook__park"


class WebhookDelivery(models.Model):
    """One event on its way to one webhook. ``replay_of``: sent once more by hand.

    ``attempts`` grows with every claim and names the attempt: who claimed it may record what became of it, as long as
    nobody has claimed it since. ``status`` and ``said``: the last answer.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("delivered")
        FAILED = "failed", _("given up")
        WITHHELD = "withheld", _("not for this receiver")

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    event = models.ForeignKey(WebhookEvent, models.CASCADE, related_name="deliveries")
    replay_of = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="replays")
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_at = models.DateTimeField(_("next attempt"))
    lease_until = models.DateTimeField(null=True, blank=True)
    status = models.PositiveSmallIntegerField(_("answer"), null=True, blank=True)
    said = models.CharField(_("what it said"), max_length=300, blank=True)
    sent_at = models.DateTimeField(_("delivered at"), null=True, blank=True)

    objects = WebhookDeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery of an event")
        verbose_name_plural = _("deliveries of events")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["webhook", "event"], condition=Q(replay_of__isnull=True), name="webhook_delivery_once"
            )
        ]
        indexes = [models.Index(fields=["state", "next_at"], name="webhook_delivery_due")]

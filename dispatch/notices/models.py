"""Notices: what must be told to whom (the outbox), what was sent over which channel, what people want.

A notice is written in the transaction that is its cause, with a key that makes it unique. Deliveries are made from
notices later: claimed, sent, marked sent; at least once, with a stable reference. Source: reliability.md 3.3.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Organization, Park
from accounts.scoping import ScopedQuerySet
from approvals.models import NoticePreference
from projects.models import Project


class Channel(models.TextChoices):
    IN_APP = "in_app", _("in the application")
    EMAIL = "email", _("e-mail")
    ROBOT = "robot", _("group robot")
    SMS = "sms", _("text message")


class Robot(models.Model):
    """A group robot: the webhook address of one chat group, with the secret its messages are signed with."""

    class Kind(models.TextChoices):
        WECOM = "wecom", _("WeCom (企业微信)")
        DINGTALK = "dingtalk", _("DingTalk (钉钉)")
        FEISHU = "feishu", _("Feishu (飞书)")

    park = models.ForeignKey(Park, models.CASCADE, related_name="robots", verbose_name=_("park"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    name = models.CharField(_("group"), max_length=60)
    organization = models.ForeignKey(
        Organization,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="robots",
        verbose_name=_("only what concerns this unit"),
    )
    webhook_url = models.URLField(_("webhook address"), max_length=500)
    secret = models.CharField(_("secret"), max_length=200, blank=True)
    events = models.JSONField(_("events"), default=list, blank=True)
    per_minute = models.PositiveSmallIntegerField(_("messages a minute"), default=20)
    is_enabled = models.BooleanField(_("switched on"), default=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("group robot")
        verbose_name_plural = _("group robots")
        ordering = ["park", "name"]
        constraints = [models.UniqueConstraint(fields=["park", "name"], name="robot_name_once_per_park")]

    def __str__(self):
        return self.name


class NoticeQuerySet(ScopedQuerySet):
    def addressed_to(self, user):
        """The person's own notices, whatever the scope of the role."""
        return self.filter(recipient=user.pk) if user.is_authenticated else self.none()


class Notice(models.Model):
    """One thing one recipient (a person, an enterprise's preference, or a group robot) must be told.

    ``key``: the cause and the recipient, unique for ever, so a cause told twice is told once. ``event``: code of
    dispatch.notices.events. ``facts``: what the template's sentence needs. ``about_*``: the thing; a notice is dropped
    when its thing is settled before it is sent (``settled_at``). ``dispatched_at``: handed to the channels, or dropped.
    """

    park = models.ForeignKey(Park, models.CASCADE, related_name="notices", verbose_name=_("park"))
    key = models.CharField(max_length=200, unique=True)
    event = models.CharField(_("event"), max_length=32)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="notices",
        verbose_name=pgettext_lazy("recipient", "to"),
    )
    preference = models.ForeignKey(
        NoticePreference, models.CASCADE, null=True, blank=True, related_name="notices", verbose_name=_("enterprise")
    )
    robot = models.ForeignKey(
        Robot, models.CASCADE, null=True, blank=True, related_name="notices", verbose_name=_("group")
    )
    project = models.ForeignKey(
        Project, models.CASCADE, null=True, blank=True, related_name="notices", verbose_name=_("project")
    )
    about_type = models.CharField(max_length=20, blank=True)
    about_id = models.BigIntegerField(null=True, blank=True)
    url = models.CharField(_("page"), max_length=300, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    level = models.PositiveSmallIntegerField(_("response level"), default=0)
    is_mandatory = models.BooleanField(_("mandatory"), default=False)
    is_urgent = models.BooleanField(_("urgent"), default=False)
    as_of = models.DateField(_("as of"))
    created_at = models.DateTimeField(_("at"))
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    dispatched_at = models.DateTimeField(_("handed to the channels at"), null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(recipient__isnull=False, preference__isnull=True, robot__isnull=True)
                | Q(recipient__isnull=True, preference__isnull=False, robot__isnull=True)
                | Q(recipient__isnull=True, preference__isnull=True, robot__isnull=False),
                name="notice_to_one_recipient",
            )
        ]
        indexes = [
            models.Index(fields=["recipient", "-created_at"], name="notices_of_person"),
            models.Index(fields=["recipient"], condition=Q(read_at__isnull=True), name="notices_unread"),
            models.Index(fields=["id"], condition=Q(dispatched_at__isnull=True), name="notices_pending"),
            models.Index(
                fields=["about_type", "about_id"], condition=Q(settled_at__isnull=True), name="notices_by_thing"
            ),
        ]

    def __str__(self):
        return self.key


class DeliveryQuerySet(ScopedQuerySet):
    pass


class Delivery(models.Model):
    """One message over one channel: a digest of one or more notices for one address.

    ``reference``: stable client reference (Message-ID of a mail), the same for every attempt. ``address`` is an e-mail
    address, a phone number or the robot's name. Messages to one address over one channel leave in the order of their
    keys; ``any_hour`` (a level Ⅰ response): not held back by quiet hours, days off or older messages.
    """

    class State(models.TextChoices):
        DUE = "due", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        DEAD = "dead", _("given up")
        DROPPED = "dropped", _("no longer needed")

    park = models.ForeignKey(Park, models.CASCADE, related_name="deliveries", verbose_name=_("park"))
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    key = models.CharField(max_length=200, unique=True)
    reference = models.CharField(max_length=120, unique=True)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("recipient", "to"),
    )
    robot = models.ForeignKey(
        Robot, models.CASCADE, null=True, blank=True, related_name="deliveries", verbose_name=_("group")
    )
    preference = models.ForeignKey(
        NoticePreference,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="deliveries",
        verbose_name=_("enterprise"),
    )
    address = models.CharField(_("address"), max_length=254, blank=True)
    any_hour = models.BooleanField(_("at any hour"), default=False)
    notices = models.ManyToManyField(Notice, related_name="deliveries", verbose_name=_("notices"))
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    body = models.TextField(_("text"), blank=True)
    body_html = models.TextField(blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.DUE)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    send_from = models.DateTimeField(_("not before"))
    lease_token = models.CharField(max_length=36, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(_("at"))
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    error = models.TextField(_("error"), blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["send_from"], condition=Q(state__in=["due", "sending"]), name="deliveries_open"),
            models.Index(
                fields=["channel", "address", "id"],
                condition=Q(state__in=["due", "sending"]),
                name="deliveries_in_order",
            ),
            models.Index(fields=["robot", "-sent_at"], condition=Q(state="sent"), name="deliveries_of_robot"),
            models.Index(fields=["park", "state", "-created_at"], name="deliveries_by_state"),
        ]

    def __str__(self):
        return self.reference


class PersonalChoice(models.Model):
    """What one person wants: channels per event (``channels``: {event: [channel]}), when the digest comes, quiet hours.

    Without a row the defaults of dispatch.notices.events hold. Mandatory events cannot be switched off.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notice_choice", verbose_name=_("person")
    )
    channels = models.JSONField(_("channels"), default=dict, blank=True)
    digest_at = models.TimeField(_("daily digest at"), null=True, blank=True)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("choice of notices")
        verbose_name_plural = _("choices of notices")


class NoticeTemplate(models.Model):
    """A park's own words for an event; the newest version of an event and language is in force; text "": the default.

    Placeholders are named in braces, e.g. {project}; unknown ones are refused when saving.
    """

    park = models.ForeignKey(Park, models.CASCADE, related_name="notice_templates", verbose_name=_("park"))
    event = models.CharField(_("event"), max_length=32)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    text = models.TextField(_("text"), blank=True)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("template of a notice")
        verbose_name_plural = _("templates of notices")
        ordering = ["park", "event", "language", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["park", "event", "language", "version"], name="notice_template_version_once"
            )
        ]

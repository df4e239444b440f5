"""Step states told by an approval platform (provincial exchange codes), as they came and what became of them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Park
from accounts.scoping import ScopedQuerySet
from approvals.models.steps import ProjectStep


class ExchangePlatformQuerySet(ScopedQuerySet):
    """The park's own business: nothing for units and enterprises."""


class ExchangePlatform(models.Model):
    """A platform that tells states. ``items``: its item code → step code ("S01"…). Editable data.

    ``states``: its state code → code of the exchange standard, only where it differs from the standard.
    """

    park = models.ForeignKey(Park, models.CASCADE, related_name="exchange_platforms", verbose_name=_("park"))
    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=100)
    items = models.JSONField(_("items"), default=dict, blank=True)
    states = models.JSONField(_("states"), default=dict, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ExchangePlatformQuerySet.as_manager()

    class Meta:
        verbose_name = _("approval platform")
        verbose_name_plural = _("approval platforms")
        ordering = ["park", "name"]
        constraints = [models.UniqueConstraint(fields=["park", "code"], name="exchange_platform_once")]

    def __str__(self):
        return self.name


class ExchangeMessageQuerySet(ScopedQuerySet):
    """The park's own business: nothing for units and enterprises."""


class ExchangeMessage(models.Model):
    """One state of one case, from a file or pushed. The same message twice is one row.

    ``message_id``: the platform's own, or the hash of the record. ``record``: as it came. ``why``: what keeps it open;
    open without a reason: not tried yet. Messages of a file wait until a person has confirmed it.
    """

    class State(models.TextChoices):
        APPLIED = "applied", _("taken over")
        KNOWN = "known", _("nothing new")
        OPEN = "open", _("to be looked at")
        DISMISSED = "dismissed", _("set aside")
        WAITING = "waiting", pgettext_lazy("message", "to be confirmed")

    park = models.ForeignKey(Park, models.CASCADE, related_name="exchange_messages", verbose_name=_("park"))
    platform = models.ForeignKey(ExchangePlatform, models.PROTECT, related_name="messages", verbose_name=_("platform"))
    message_id = models.CharField(_("message"), max_length=100)
    project_code = models.CharField(_("project code"), max_length=40, blank=True)
    case_number = models.CharField(_("case number"), max_length=100, blank=True)
    item_code = models.CharField(_("item"), max_length=60, blank=True)
    state_code = models.PositiveSmallIntegerField(_("state"), null=True, blank=True)
    happened_at = models.DateTimeField(_("happened at"), null=True, blank=True)
    record = models.JSONField(default=dict)
    file_name = models.CharField(_("file"), max_length=200, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    step = models.ForeignKey(
        ProjectStep, models.SET_NULL, null=True, blank=True, related_name="exchange_messages", verbose_name=_("step")
    )
    state = models.CharField(_("what became of it"), max_length=10, choices=State, default=State.OPEN)
    why = models.CharField(_("reason"), max_length=500, blank=True)
    received_at = models.DateTimeField(_("received at"))
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ExchangeMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message of an approval platform")
        verbose_name_plural = _("messages of approval platforms")
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["platform", "message_id"], name="exchange_message_once"),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, settled_by__isnull=True)
                | Q(settled_at__isnull=False, settled_by__isnull=False),
                name="exchange_settled_at_and_by",
            ),
        ]
        indexes = [models.Index(fields=["park", "state", "-received_at"], name="exchange_message_open")]

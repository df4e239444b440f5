"""Bulletins: frozen snapshots of one month."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Park
from accounts.scoping import ScopedQuerySet
from approvals.papers.storage import papers


class BulletinQuerySet(ScopedQuerySet):
    def unit_scope(self, organization_ids):
        return Q(state=Bulletin.State.ISSUED)


class Bulletin(models.Model):
    """Monthly dispatch bulletin (月调度通报). ``snapshot`` holds every figure and text; files are made from it alone.

    ``as_of``: last day whose facts are in it. ``sha256``: of the snapshot as canonical JSON. ``number``: 第N期 of the
    year, given when it is issued. ``revision`` 0 is the first; a restatement (with its 变化单) has the next one, says
    why, and leaves the issued one as it was. Sentences changed by hand are kept as ``SentenceEdit``.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        CHECKED = "checked", pgettext_lazy("bulletin", "checked")
        ISSUED = "issued", _("issued")

    park = models.ForeignKey(Park, models.PROTECT, related_name="bulletins", verbose_name=_("park"))
    year = models.PositiveSmallIntegerField(_("year"))
    month = models.PositiveSmallIntegerField(_("month"))
    revision = models.PositiveSmallIntegerField(_("revision"), default=0)
    reason = models.TextField(_("reason of the restatement"), blank=True)
    number = models.PositiveSmallIntegerField(_("number in the year"), null=True, blank=True)
    send_to = models.CharField(_("sent to (主送)"), max_length=300, blank=True)
    copy_to = models.CharField(_("copied to (抄送)"), max_length=300, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.DRAFT)
    as_of = models.DateField(_("data up to"))
    snapshot = models.JSONField()
    sha256 = models.CharField(max_length=64)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(_("drafted at"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    checked_at = models.DateTimeField(_("checked at"), null=True, blank=True)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    issued_at = models.DateTimeField(_("issued at"), null=True, blank=True)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = BulletinQuerySet.as_manager()

    class Meta:
        verbose_name = _("bulletin")
        verbose_name_plural = _("bulletins")
        ordering = ["-year", "-month", "-revision"]
        constraints = [
            models.UniqueConstraint(fields=["park", "year", "month", "revision"], name="bulletin_once_a_month"),
            models.CheckConstraint(
                condition=Q(state="issued", issued_at__isnull=False, issued_by__isnull=False)
                | Q(state__in=["draft", "checked"], issued_at__isnull=True, issued_by__isnull=True),
                name="bulletin_issued_at_and_by",
            ),
            models.UniqueConstraint(
                fields=["park", "year", "number"],
                condition=Q(number__isnull=False, revision=0),
                name="bulletin_number_once_a_year",
            ),
            models.CheckConstraint(condition=Q(revision=0) | ~Q(reason=""), name="bulletin_restated_with_reason"),
        ]

    def __str__(self):
        return f"{self.year}-{self.month:02d}"


class BulletinPartQuerySet(ScopedQuerySet):
    """Drafting is the centre's own business: nothing for units and enterprises."""

    park_path = "bulletin__park"


class SentenceEdit(models.Model):
    """A sentence of the notice changed by hand before it is issued. Append-only; the newest of a key counts.

    ``key``: section and number of the sentence in the snapshot; ``before``: what the facts said at that moment;
    ``after`` "": back to what the facts say.
    """

    bulletin = models.ForeignKey(Bulletin, models.CASCADE, related_name="edits", verbose_name=_("bulletin"))
    key = models.CharField(_("sentence"), max_length=40)
    before = models.TextField(_("as assembled"))
    after = models.TextField(_("as edited"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    objects = BulletinPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("edited sentence")
        verbose_name_plural = _("edited sentences")
        ordering = ["bulletin", "key", "-at", "-pk"]


class BulletinEntry(models.Model):
    """History of a bulletin: drafted, refreshed, edited, checked, sent back, issued, restated. Append-only."""

    class Verb(models.TextChoices):
        DRAFTED = "drafted", _("drafted")
        REFRESHED = "refreshed", pgettext_lazy("bulletin", "brought up to date")
        EDITED = "edited", _("edited")
        CHECKED = "checked", pgettext_lazy("bulletin", "checked")
        SENT_BACK = "sent_back", pgettext_lazy("bulletin", "sent back")
        ISSUED = "issued", _("issued")
        RESTATED = "restated", _("restated")

    bulletin = models.ForeignKey(Bulletin, models.CASCADE, related_name="history", verbose_name=_("bulletin"))
    verb = models.CharField(_("what"), max_length=10, choices=Verb)
    note = models.TextField(_("note"), blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    objects = BulletinPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of a bulletin")
        verbose_name_plural = _("entries of bulletins")
        ordering = ["bulletin", "-at", "-pk"]


class BulletinTemplateQuerySet(ScopedQuerySet):
    """The park's own business: nothing for units and enterprises."""


class BulletinTemplate(models.Model):
    """A .docx in red-header style (红头) that bulletins are made from. The newest of a park is in force."""

    park = models.ForeignKey(Park, models.CASCADE, related_name="bulletin_templates", verbose_name=_("park"))
    file = models.FileField(_("file"), storage=papers, max_length=200)
    original_name = models.CharField(_("file name"), max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    objects = BulletinTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("template of bulletins")
        verbose_name_plural = _("templates of bulletins")
        ordering = ["park", "-at"]

    def __str__(self):
        return self.original_name

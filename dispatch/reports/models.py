"""Bulletins: frozen snapshots of one month."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Park
from accounts.scoping import ScopedQuerySet


class BulletinQuerySet(ScopedQuerySet):
    def unit_scope(self, organization_ids):
        return Q(state=Bulletin.State.ISSUED)


class Bulletin(models.Model):
    """Monthly dispatch bulletin (月调度通报). ``snapshot`` holds every figure and text; files are made from it alone.

    ``as_of``: last day whose facts are in it. ``sha256``: of the snapshot as canonical JSON.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        ISSUED = "issued", _("issued")

    park = models.ForeignKey(Park, models.PROTECT, related_name="bulletins", verbose_name=_("park"))
    year = models.PositiveSmallIntegerField(_("year"))
    month = models.PositiveSmallIntegerField(_("month"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.DRAFT)
    as_of = models.DateField(_("data up to"))
    snapshot = models.JSONField()
    sha256 = models.CharField(max_length=64)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(_("drafted at"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    issued_at = models.DateTimeField(_("issued at"), null=True, blank=True)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = BulletinQuerySet.as_manager()

    class Meta:
        verbose_name = _("bulletin")
        verbose_name_plural = _("bulletins")
        ordering = ["-year", "-month"]
        constraints = [
            models.UniqueConstraint(fields=["park", "year", "month"], name="bulletin_once_a_month"),
            models.CheckConstraint(
                condition=Q(state="issued", issued_at__isnull=False, issued_by__isnull=False)
                | Q(state="draft", issued_at__isnull=True, issued_by__isnull=True),
                name="bulletin_issued_at_and_by",
            ),
        ]

    def __str__(self):
        return f"{self.year}-{self.month:02d}"

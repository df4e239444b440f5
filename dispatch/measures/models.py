"""Solutions become measures (将解决路径固化为措施): what has worked once, kept for the next time.

Source: domain.md 3.5.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Park
from accounts.scoping import ScopedQuerySet
from dispatch.ledger.models import LedgerItem


class MeasureQuerySet(ScopedQuerySet):
    """Everybody of the park's offices and units reads them; enterprises do not."""

    def unit_scope(self, organization_ids):
        return models.Q()

    def in_use(self):
        return self.filter(withdrawn_at__isnull=True)


class Measure(models.Model):
    """A reusable measure, published from a closed ledger item. ``tokens``: its words for the full-text search."""

    park = models.ForeignKey(Park, models.PROTECT, related_name="measures", verbose_name=_("park"))
    item = models.OneToOneField(
        LedgerItem, models.PROTECT, null=True, blank=True, related_name="published_measure", verbose_name=_("from item")
    )
    category = models.CharField(_("category"), max_length=12, choices=LedgerItem.Category)
    title = models.CharField(_("title"), max_length=200)
    problem = models.TextField(_("problem"))
    solution = models.TextField(_("how it was solved"))
    conditions = models.TextField(_("when it applies"), blank=True)
    tokens = models.TextField(blank=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("published by")
    )
    published_at = models.DateTimeField(_("published at"))
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("withdrawn by"),
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawn_reason = models.TextField(_("reason"), blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = MeasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        ordering = ["-published_at", "-pk"]

    def __str__(self):
        return self.title

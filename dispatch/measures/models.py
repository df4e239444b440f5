"""Solutions become measures (将解决路径固化为措施): what has worked once, kept for the next time.

Source: domain.md 3.5.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Park
from accounts.scoping import ScopedQuerySet
from dispatch.ledger.models import LedgerItem
from dispatch.measures.tokens import tokenise

LONGEST_SEARCH = 20  # words


class MeasureQuerySet(ScopedQuerySet):
    """Everybody of the park's offices and units reads them; enterprises do not."""

    def unit_scope(self, organization_ids):
        return models.Q()

    def in_use(self):
        return self.filter(withdrawn_at__isnull=True)

    def search(self, text: str):
        """Measures that hold every word of the text; Chinese by pairs of characters."""
        rows = self
        for word in tokenise(text)[:LONGEST_SEARCH]:
            rows = rows.filter(tokens__contains=word if len(word) == 1 else f" {word} ")
        return rows


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
        verbose_name=pgettext_lazy("measure", "withdrawn by"),
    )
    withdrawn_at = models.DateTimeField(pgettext_lazy("measure", "withdrawn at"), null=True, blank=True)
    withdrawn_reason = models.TextField(_("reason"), blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = MeasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("measure")
        verbose_name_plural = pgettext_lazy("reusable", "measures")
        ordering = ["-published_at", "-pk"]

    def __str__(self):
        return self.title


class MeasureChangeQuerySet(ScopedQuerySet):
    park_path = "measure__park"

    def unit_scope(self, organization_ids):
        return models.Q()


class MeasureChange(models.Model):
    """One thing that happened to a measure. Append-only; ``changes``: [{"field", "old", "new"}]."""

    class Verb(models.TextChoices):
        PUBLISH = "publish", _("published")
        EDIT = "edit", _("edited")
        WITHDRAW = "withdraw", pgettext_lazy("measure", "withdrawn")

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="history", verbose_name=_("measure"))
    verb = models.CharField(_("what"), max_length=8, choices=Verb)
    note = models.TextField(_("note"), blank=True)
    changes = models.JSONField(default=list, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    objects = MeasureChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of a measure")
        verbose_name_plural = _("changes of measures")
        ordering = ["measure", "at", "pk"]

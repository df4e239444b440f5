"""How a park counts (variants, weights, definitions) and what was counted on each day. Source: domain.md 3.2."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Park
from accounts.scoping import ScopedQuerySet


class FigureRules(models.Model):
    """One version of a park's choices: variant of each rate, calendar, weights of ranking and contest (``params``).

    ``park`` null: the default that came with the site. The newest version of a park, else of the default, is in force.
    """

    park = models.ForeignKey(
        Park, models.CASCADE, null=True, blank=True, related_name="figure_rules", verbose_name=_("park")
    )
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    params = models.JSONField(_("settings"), default=dict, blank=True)
    note = models.CharField(_("why"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), null=True)

    class Meta:
        verbose_name = _("figure rules")
        verbose_name_plural = _("figure rules")
        ordering = ["park", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["park", "version"], condition=Q(park__isnull=False), name="figure_rules_version_once"
            ),
            models.UniqueConstraint(
                fields=["version"], condition=Q(park__isnull=True), name="figure_rules_default_version_once"
            ),
        ]

    def __str__(self):
        return f"v{self.version}"


class DayFiguresQuerySet(ScopedQuerySet):
    """Figures of the whole park: for those who see the whole park."""


class DayFigures(models.Model):
    """What was counted on one day, frozen: tallies by park, unit, industry, street and leader, stages, lights.

    ``content`` is canonical JSON data, money as decimal strings in 万元; ``sha256`` of it. Append-only, one a day.
    """

    park = models.ForeignKey(Park, models.CASCADE, related_name="day_figures", verbose_name=_("park"))
    as_of = models.DateField(_("data up to"))
    rules_version = models.PositiveSmallIntegerField(_("version of the rules"), default=0)
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField(_("made at"))

    objects = DayFiguresQuerySet.as_manager()

    class Meta:
        verbose_name = _("figures of a day")
        verbose_name_plural = _("figures of a day")
        ordering = ["park", "-as_of"]
        constraints = [models.UniqueConstraint(fields=["park", "as_of"], name="day_figures_once")]

    def __str__(self):
        return self.as_of.isoformat()

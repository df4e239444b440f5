"""Half-month ranking (半月一要账、一排名、一通报) and quarterly contest (擂台赛、六比一看).

Source: domain.md 3.2, 3.5.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Organization, Park
from accounts.scoping import ScopedQuerySet
from dispatch.ledger.models import LedgerItem
from dispatch.ranking.periods import Period


class RankingQuerySet(ScopedQuerySet):
    def unit_scope(self, organization_ids):
        return Q(state=Ranking.State.PUBLISHED)


class Ranking(models.Model):
    """One frozen ranking of the units. ``number``: half-month 1–24, or quarter 1–4. The snapshot never changes.

    ``snapshot`` holds rules, counts, scores, days that were not counted and the tasks behind them. A restatement has
    the next ``revision`` and says why.
    """

    class Kind(models.TextChoices):
        HALF_MONTH = "half_month", _("half-month ranking")
        CONTEST = "contest", _("quarterly contest")

    class State(models.TextChoices):
        FROZEN = "frozen", pgettext_lazy("report", "frozen")
        PUBLISHED = "published", _("published")

    park = models.ForeignKey(Park, models.PROTECT, related_name="rankings", verbose_name=_("park"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    year = models.PositiveSmallIntegerField(_("year"))
    number = models.PositiveSmallIntegerField(_("number in the year"))
    revision = models.PositiveSmallIntegerField(_("revision"), default=0)
    reason = models.TextField(_("reason of the restatement"), blank=True)
    starts_on = models.DateField(_("first day"))
    as_of = models.DateField(_("data up to"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.FROZEN)
    snapshot = models.JSONField()
    sha256 = models.CharField(max_length=64)
    frozen_at = models.DateTimeField(_("frozen at"))
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("frozen by")
    )
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("published by"),
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = RankingQuerySet.as_manager()

    class Meta:
        verbose_name = _("ranking")
        verbose_name_plural = _("rankings")
        ordering = ["-as_of", "kind", "-revision"]
        constraints = [
            models.UniqueConstraint(fields=["park", "kind", "year", "number", "revision"], name="ranking_once"),
            models.CheckConstraint(
                condition=Q(state="published", published_at__isnull=False)
                | Q(state="frozen", published_at__isnull=True),
                name="ranking_published_at",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.year}-{self.number:02d}"

    @property
    def period_name(self) -> str:
        """2026年11月上半月, 2026年第三季度"""
        return Period(self.year, self.number, self.kind).name_zh


class ContestEntryQuerySet(ScopedQuerySet):
    def unit_scope(self, organization_ids):
        return Q(unit__in=organization_ids)


class ContestEntry(models.Model):
    """A figure of the contest that no project row holds (招引、标准地、四上企业、新业态、营商环境…): value and source.

    Append-only; the newest entry of a unit, quarter and counter counts.
    """

    park = models.ForeignKey(Park, models.CASCADE, related_name="contest_entries", verbose_name=_("park"))
    year = models.PositiveSmallIntegerField(_("year"))
    quarter = models.PositiveSmallIntegerField(_("quarter"))
    unit = models.ForeignKey(Organization, models.CASCADE, related_name="contest_entries", verbose_name=_("unit"))
    counter = models.CharField(_("counter"), max_length=40)
    value = models.DecimalField(_("value"), max_digits=16, decimal_places=4)
    source = models.CharField(_("source"), max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    objects = ContestEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("figure of the contest")
        verbose_name_plural = _("figures of the contest")
        ordering = ["park", "-year", "-quarter", "unit", "counter", "-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(quarter__gte=1, quarter__lte=4), name="contest_entry_quarter_1_to_4")
        ]


class AppealQuerySet(ScopedQuerySet):
    park_path = "ranking__park"

    def unit_scope(self, organization_ids):
        return Q(unit__in=organization_ids)


class Appeal(models.Model):
    """A unit's appeal against its score; it becomes a ledger item of the centre, and is answered with a reason."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("appeal", "open")
        UPHELD = "upheld", _("upheld")
        REJECTED = "rejected", _("rejected")
        WITHDRAWN = "withdrawn", pgettext_lazy("appeal", "withdrawn")

    ranking = models.ForeignKey(Ranking, models.PROTECT, related_name="appeals", verbose_name=_("ranking"))
    unit = models.ForeignKey(Organization, models.PROTECT, related_name="appeals", verbose_name=_("unit"))
    about = models.CharField(pgettext_lazy("appeal", "about"), max_length=40)
    text = models.TextField(_("what is wrong, and why"))
    item = models.ForeignKey(
        LedgerItem, models.PROTECT, null=True, blank=True, related_name="appeals", verbose_name=_("ledger item")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    answer = models.TextField(_("answer"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = AppealQuerySet.as_manager()

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["ranking", "unit", "about"], condition=Q(state="open"), name="appeal_open_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "withdrawn"]) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="appeal_answered_with_reason",
            ),
        ]

    def __str__(self):
        return f"{self.ranking} {self.unit}"

"""Monthly filing (月度填报) of investment and physical progress by units and enterprises.

Source: domain.md 4.1 (units report by the 25th, the centre checks, the notice follows).
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Organization, Park
from accounts.scoping import ScopedQuerySet
from projects.models import Project
from projects.models.registry import ProjectPartQuerySet, money


class FilingRoundQuerySet(ScopedQuerySet):
    """Everybody of the park sees its windows, enterprises too."""

    def unit_scope(self, organization_ids):
        return Q(pk__isnull=False)

    def enterprise_scope(self, organization_id):
        return Q(park__enterprises__organization=organization_id)


class FilingRound(models.Model):
    """The window of one month. After ``closes_on`` the centre checks, and on ``locks_on`` the figures are locked."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("window", "open")
        CHECKING = "checking", _("being checked")
        LOCKED = "locked", _("locked")

    park = models.ForeignKey(Park, models.PROTECT, related_name="filing_rounds", verbose_name=_("park"))
    year = models.PositiveSmallIntegerField(_("year"))
    month = models.PositiveSmallIntegerField(_("month"))
    opens_on = models.DateField(_("opens on"))
    closes_on = models.DateField(_("closes on"))
    locks_on = models.DateField(_("locked on"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    locked_at = models.DateTimeField(_("locked at"), null=True, blank=True)
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("locked by")
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = FilingRoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("filing window")
        verbose_name_plural = _("filing windows")
        ordering = ["park", "-year", "-month"]
        constraints = [
            models.UniqueConstraint(fields=["park", "year", "month"], name="filing_round_once_a_month"),
            models.CheckConstraint(
                condition=Q(opens_on__lte=models.F("closes_on"), closes_on__lte=models.F("locks_on")),
                name="filing_round_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(state="locked", locked_at__isnull=False) | (~Q(state="locked") & Q(locked_at__isnull=True)),
                name="filing_round_locked_at",
            ),
        ]

    def __str__(self):
        return f"{self.year}-{self.month:02d}"


class FilingQuerySet(ProjectPartQuerySet):
    """The park sees all, units those of their projects; an enterprise its own, where the centre has told it to file.

    What a unit has handed in for the project stays the unit's word to the centre.
    """

    def enterprise_scope(self, organization_id):
        own = Q(project__enterprise__organization=organization_id, project__filing_duty__organization=organization_id)
        return own & ~Q(submitted_by__organization__kind=Organization.Kind.UNIT)

    def with_filer(self):
        """Adds ``filer_id``: the organization that files, None where it is the centre's own affair."""
        return self.annotate(filer_id=Coalesce("project__filing_duty__organization", "project__responsible_unit"))


class Filing(models.Model):
    """One project's figures of one month, 万元; accepted ones are written to the project by the same action.

    ``physical_percent``: 形象进度 in per cent of the whole works. ``physical_progress``: in words.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("handed in")
        RETURNED = "returned", _("returned")
        ACCEPTED = "accepted", _("accepted")

    round = models.ForeignKey(FilingRound, models.PROTECT, related_name="filings", verbose_name=_("filing window"))
    project = models.ForeignKey(Project, models.PROTECT, related_name="filings", verbose_name=_("project"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    month_10k = money(_("this month (10k CNY)"))
    ytd_10k = money(_("this year so far (10k CNY)"))
    works_10k = money(_("of it building works (10k CNY)"))
    equipment_10k = money(_("of it equipment (10k CNY)"))
    other_10k = money(_("of it land and other costs (10k CNY)"))
    physical_percent = models.DecimalField(
        _("physical progress (%)"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    physical_progress = models.TextField(_("physical progress"), blank=True)
    issue = models.TextField(_("existing problems"), blank=True)
    next_work = models.TextField(_("next work"), blank=True)
    return_reason = models.TextField(_("reason of the return"), blank=True)
    acknowledged = models.TextField(_("why unusual figures are right"), blank=True)
    submitted_at = models.DateTimeField(_("handed in at"), null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("handed in by"),
    )
    checked_at = models.DateTimeField(_("checked at"), null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("checked by")
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = FilingQuerySet.as_manager()

    class Meta:
        verbose_name = _("filing")
        verbose_name_plural = _("filings")
        ordering = ["round", "project"]
        constraints = [
            models.UniqueConstraint(fields=["round", "project"], name="filing_once_a_month"),
            models.CheckConstraint(
                condition=Q(physical_percent__isnull=True) | Q(physical_percent__gte=0, physical_percent__lte=100),
                name="filing_physical_percent_0_to_100",
            ),
            models.CheckConstraint(
                condition=~Q(state="returned") | ~Q(return_reason=""), name="filing_returned_with_reason"
            ),
        ]
        indexes = [models.Index(fields=["round", "state"], name="filing_by_state")]

    def __str__(self):
        return f"{self.round} {self.project}"

    @property
    def park(self) -> Park:
        return self.round.park

    @property
    def park_id(self) -> int:
        return self.round.park_id

    @property
    def is_late(self) -> bool:
        """Handed in after the window had closed."""
        return self.submitted_at is not None and localtime(self.submitted_at).date() > self.round.closes_on


class FilingEntry(models.Model):
    """History of a filing. ``changes``: list of {"field", "old", "new"}. Append-only."""

    class Verb(models.TextChoices):
        SAVED = "saved", _("saved")
        SUBMITTED = "submitted", _("handed in")
        RETURNED = "returned", _("returned")
        ACCEPTED = "accepted", _("accepted")
        RESTATED = "restated", _("restated")
        REMINDED = "reminded", _("reminded")

    filing = models.ForeignKey(Filing, models.CASCADE, related_name="history", verbose_name=_("filing"))
    verb = models.CharField(_("what"), max_length=10, choices=Verb)
    changes = models.JSONField(_("changes"), default=list, blank=True)
    note = models.TextField(_("note"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("filing entry")
        verbose_name_plural = _("filing entries")
        ordering = ["filing", "-at", "-pk"]


class FilingRestatementQuerySet(ScopedQuerySet):
    """Seen by whoever sees the filing, from the moment it is asked for."""

    park_path = "filing__project__park"

    def unit_scope(self, organization_ids):
        rows = Filing.objects.filter(Filing.objects.all().unit_scope(organization_ids))
        return Q(filing__in=rows.values("pk"))

    def enterprise_scope(self, organization_id):
        rows = Filing.objects.filter(Filing.objects.all().enterprise_scope(organization_id))
        return Q(filing__in=rows.values("pk"))


class FilingRestatement(models.Model):
    """A correction after the lock: asked for with a reason, decided by somebody else; both figures stay readable."""

    class State(models.TextChoices):
        ASKED = "asked", pgettext_lazy("restatement", "asked for")
        GRANTED = "granted", pgettext_lazy("restatement", "granted")
        REFUSED = "refused", pgettext_lazy("restatement", "refused")

    filing = models.ForeignKey(Filing, models.PROTECT, related_name="restatements", verbose_name=_("filing"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ASKED)
    changes = models.JSONField(_("changes"), default=list)
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decision = models.TextField(_("reason of the decision"), blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = FilingRestatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("restatement of a filing")
        verbose_name_plural = _("restatements of filings")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["filing"], condition=Q(state="asked"), name="filing_restatement_asked_once"
            ),
            models.CheckConstraint(
                condition=Q(state="asked", decided_at__isnull=True) | (~Q(state="asked") & Q(decided_at__isnull=False)),
                name="filing_restatement_decided_at",
            ),
        ]


class FilingDuty(models.Model):
    """Who files for a project: its responsible unit by default, or the enterprise where the centre says so."""

    project = models.OneToOneField(Project, models.CASCADE, related_name="filing_duty", verbose_name=_("project"))
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name=_("organization that files")
    )

    objects = ProjectPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("duty to file")
        verbose_name_plural = _("duties to file")

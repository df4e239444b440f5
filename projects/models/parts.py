"""What hangs on a project: stages, milestones, money, history. Visible exactly when the project is."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.i18n import localized
from projects.models.registry import (
    STAGE_CHOICES,
    InternalPartQuerySet,
    Precision,
    Project,
    ProjectPartQuerySet,
    money,
)
from projects.stages import MILESTONE_STAGES, STAGES, Stage


class StageEntry(models.Model):
    """History: the project entered a stage. Append-only."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="stage_entries", verbose_name=_("project"))
    from_stage = models.CharField(_("from stage"), max_length=3, choices=STAGE_CHOICES, blank=True)
    stage = models.CharField(_("stage"), max_length=3, choices=STAGE_CHOICES)
    entered_on = models.DateField(_("entered on"))
    evidence = models.TextField(_("evidence"), blank=True)
    missing = models.JSONField(_("missing at the gate"), default=list, blank=True)
    override_reason = models.TextField(_("reason for passing the gate"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    objects = ProjectPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("stage entry")
        verbose_name_plural = _("stage entries")
        ordering = ["project", "at", "pk"]


class StatusChange(models.Model):
    """History: suspended, resumed or terminated, with the reason. Append-only."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="status_changes", verbose_name=_("project"))
    from_status = models.CharField(_("from status"), max_length=12, choices=Project.Status)
    status = models.CharField(_("status"), max_length=12, choices=Project.Status)
    on = models.DateField(_("on"))
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    objects = ProjectPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("status change")
        verbose_name_plural = _("status changes")
        ordering = ["project", "at", "pk"]


class MilestoneQuerySet(ProjectPartQuerySet):
    def open(self):
        """Milestones with a due date that have not been reached."""
        return self.filter(actual_on__isnull=True, is_done=False, due_on__isnull=False)


class Milestone(models.Model):
    """A dated stage entry. ``due_on`` is the baseline, or the forecast while there is no baseline."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="milestones", verbose_name=_("project"))
    stage = models.CharField(_("stage"), max_length=3, choices=[(s.value, STAGES[s].name_zh) for s in MILESTONE_STAGES])
    baseline_on = models.DateField(_("baseline"), null=True, blank=True)
    baseline_precision = models.CharField(max_length=8, choices=Precision, default=Precision.DAY)
    forecast_on = models.DateField(_("forecast"), null=True, blank=True)
    forecast_precision = models.CharField(max_length=8, choices=Precision, default=Precision.DAY)
    actual_on = models.DateField(_("actual"), null=True, blank=True)
    actual_precision = models.CharField(max_length=8, choices=Precision, default=Precision.DAY)
    is_done = models.BooleanField(_("reached, date unknown"), default=False)
    evidence = models.TextField(_("evidence"), blank=True)
    due_on = models.GeneratedField(
        expression=Coalesce(F("baseline_on"), F("forecast_on")),
        output_field=models.DateField(null=True),
        db_persist=True,
    )

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["project", "stage"]
        constraints = [
            models.UniqueConstraint(fields=["project", "stage"], name="milestone_once_per_project"),
            models.CheckConstraint(
                condition=Q(actual_on__isnull=True) | Q(is_done=False), name="milestone_done_without_date_only"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"],
                condition=Q(actual_on__isnull=True, is_done=False, due_on__isnull=False),
                name="milestone_open_by_due",
            )
        ]

    def __str__(self):
        return self.stage_name

    @property
    def stage_name(self) -> str:
        return localized(STAGES[Stage(self.stage)], "name")


class AnnualPlan(models.Model):
    """Investment planned for one year, 万元."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="annual_plans", verbose_name=_("project"))
    year = models.PositiveSmallIntegerField(_("year"))
    planned_10k = models.DecimalField(_("planned (10k CNY)"), max_digits=16, decimal_places=4)

    objects = ProjectPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("annual plan")
        verbose_name_plural = _("annual plans")
        ordering = ["project", "year"]
        constraints = [models.UniqueConstraint(fields=["project", "year"], name="annual_plan_once_a_year")]


class MonthlyInvestment(models.Model):
    """Investment reported for one month, 万元. The cumulative figure is the fact; the month's own may be unknown."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="investments", verbose_name=_("project"))
    year = models.PositiveSmallIntegerField(_("year"))
    month = models.PositiveSmallIntegerField(_("month"))
    month_10k = money(_("this month (10k CNY)"))
    ytd_10k = models.DecimalField(_("this year so far (10k CNY)"), max_digits=16, decimal_places=4)

    objects = ProjectPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("monthly investment")
        verbose_name_plural = _("monthly investments")
        ordering = ["project", "year", "month"]
        constraints = [
            models.UniqueConstraint(fields=["project", "year", "month"], name="investment_once_a_month"),
            models.CheckConstraint(condition=Q(month__gte=1, month__lte=12), name="investment_month_1_to_12"),
        ]
        indexes = [models.Index(fields=["year", "project", "-month"], name="investment_latest")]


class ProjectChange(models.Model):
    """History of a project: who changed what, when and through which door. Append-only.

    ``changes``: list of {"field", "old", "new"} with JSON values; money as decimal strings, dates as ISO.
    """

    class Verb(models.TextChoices):
        CREATED = "created", _("registered")
        EDITED = "edited", _("edited")
        STAGE = "stage", _("stage entered")
        STATUS = "status", _("status changed")
        MILESTONE = "milestone", _("milestone changed")
        INVESTMENT = "investment", _("investment reported")
        PLAN = "plan", _("plan changed")
        TEAM = "team", _("team changed")
        IMPORTED = "imported", _("imported from a ledger")

    project = models.ForeignKey(Project, models.CASCADE, related_name="history", verbose_name=_("project"))
    verb = models.CharField(_("what"), max_length=12, choices=Verb)
    changes = models.JSONField(_("changes"), default=list, blank=True)
    note = models.TextField(_("note"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    objects = InternalPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("project change")
        verbose_name_plural = _("project changes")
        ordering = ["project", "-at", "-pk"]

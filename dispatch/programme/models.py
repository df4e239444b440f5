"""Yearly plan by month, three-year rolling programme (三年滚动计划), moves in and out of it (优进劣退).

Source: domain.md 3.2 (序时进度 by monthly plan), practice of peers (滚动计划). Money in 万元.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Park
from accounts.scoping import ScopedQuerySet
from projects.models import Project
from projects.models.registry import InternalPartQuerySet, ProjectPartQuerySet, money


class MonthlyPlan(models.Model):
    """Part of a project's annual plan that falls to one month, 万元; the months of a year add up to the annual plan."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="monthly_plans", verbose_name=_("project"))
    year = models.PositiveSmallIntegerField(_("year"))
    month = models.PositiveSmallIntegerField(_("month"))
    planned_10k = models.DecimalField(_("planned (10k CNY)"), max_digits=16, decimal_places=4)

    objects = ProjectPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("monthly plan")
        verbose_name_plural = _("monthly plans")
        ordering = ["project", "year", "month"]
        constraints = [
            models.UniqueConstraint(fields=["project", "year", "month"], name="monthly_plan_once_a_month"),
            models.CheckConstraint(
                condition=Q(month__gte=1, month__lte=12, planned_10k__gte=0), name="monthly_plan_month_and_amount"
            ),
        ]


class ProgrammeQuerySet(ScopedQuerySet):
    def unit_scope(self, organization_ids):
        return Q(state=Programme.State.APPROVED)


class Programme(models.Model):
    """The rolling programme of three years from ``first_year`` on; next year's begins as a copy of it."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        APPROVED = "approved", pgettext_lazy("programme", "approved")

    park = models.ForeignKey(Park, models.PROTECT, related_name="programmes", verbose_name=_("park"))
    first_year = models.PositiveSmallIntegerField(_("first year"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("approved by")
    )
    created_at = models.DateTimeField(editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = _("rolling programme")
        verbose_name_plural = _("rolling programmes")
        ordering = ["park", "-first_year"]
        constraints = [
            models.UniqueConstraint(fields=["park", "first_year"], name="programme_once_a_year"),
            models.CheckConstraint(
                condition=Q(state="approved", approved_at__isnull=False) | Q(state="draft", approved_at__isnull=True),
                name="programme_approved_at",
            ),
        ]

    def __str__(self):
        return f"{self.first_year}–{self.first_year + 2}"


class ProgrammeEntry(models.Model):
    """A project in a programme: priority (1 first) and the money of the three years. ``left_at``: it was taken out."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="entries", verbose_name=_("programme"))
    project = models.ForeignKey(Project, models.PROTECT, related_name="programme_entries", verbose_name=_("project"))
    priority = models.PositiveIntegerField(_("priority"))
    year1_10k = money(_("first year (10k CNY)"))
    year2_10k = money(_("second year (10k CNY)"))
    year3_10k = money(_("third year (10k CNY)"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    left_at = models.DateTimeField(_("taken out at"), null=True, blank=True)

    objects = InternalPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of the programme")
        verbose_name_plural = _("entries of the programme")
        ordering = ["programme", "priority", "pk"]
        constraints = [models.UniqueConstraint(fields=["programme", "project"], name="programme_entry_once")]


class ProgrammeMove(models.Model):
    """History of a programme: in, out, another priority, other money, approved; moves in and out need a reason."""

    class Verb(models.TextChoices):
        STARTED = "started", _("programme begun")
        IN = "in", _("taken in")
        OUT = "out", _("taken out")
        REORDERED = "reordered", _("priority changed")
        EDITED = "edited", _("edited")
        APPROVED = "approved", pgettext_lazy("programme", "approved")

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="moves", verbose_name=_("programme"))
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="programme_moves", verbose_name=_("project")
    )
    verb = models.CharField(_("what"), max_length=10, choices=Verb)
    reason = models.TextField(_("reason"), blank=True)
    changes = models.JSONField(_("changes"), default=list, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("move in the programme")
        verbose_name_plural = _("moves in the programme")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(verb__in=["in", "out"]) | ~Q(reason=""), name="programme_move_with_reason"
            )
        ]

"""Visits to enterprises (走访): planned per quarter and grid, recorded on a phone, problems found go on the ledger.

Source: domain.md 3.5 (visited 419, found 185, solved 56 = 30.3 %).
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Organization, Park
from accounts.scoping import ScopedQuerySet
from dispatch.ledger.models import LedgerItem
from projects.models import Enterprise, Project


class VisitGridQuerySet(ScopedQuerySet):
    def unit_scope(self, organization_ids):
        return Q(unit__in=organization_ids) | Q(person__organization__in=organization_ids)


class VisitGrid(models.Model):
    """网格: a part of the park whose enterprises one unit visits. Editable data."""

    park = models.ForeignKey(Park, models.CASCADE, related_name="visit_grids", verbose_name=_("park"))
    name = models.CharField(_("name"), max_length=60)
    unit = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="visit_grids", verbose_name=_("unit")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("visitor")
    )
    is_active = models.BooleanField(pgettext_lazy("grid", "active"), default=True)

    objects = VisitGridQuerySet.as_manager()

    class Meta:
        verbose_name = _("grid")
        verbose_name_plural = _("grids")
        ordering = ["park", "name"]
        constraints = [models.UniqueConstraint(fields=["park", "name"], name="grid_name_once_per_park")]

    def __str__(self):
        return self.name


class GridEnterprise(models.Model):
    """Which grid an enterprise belongs to; at most one."""

    grid = models.ForeignKey(VisitGrid, models.CASCADE, related_name="members", verbose_name=_("grid"))
    enterprise = models.OneToOneField(
        Enterprise, models.CASCADE, related_name="grid_place", verbose_name=_("enterprise")
    )

    class Meta:
        verbose_name = _("enterprise of a grid")
        verbose_name_plural = _("enterprises of grids")


class PlannedVisitQuerySet(ScopedQuerySet):
    def unit_scope(self, organization_ids):
        return Q(visitor__organization__in=organization_ids) | Q(grid__unit__in=organization_ids)


class PlannedVisit(models.Model):
    """One enterprise to be visited in one quarter. ``quarter`` 1 to 4; ``plan_on``: the wanted day, if any."""

    park = models.ForeignKey(Park, models.PROTECT, related_name="planned_visits", verbose_name=_("park"))
    year = models.PositiveSmallIntegerField(_("year"))
    quarter = models.PositiveSmallIntegerField(_("quarter"))
    grid = models.ForeignKey(
        VisitGrid, models.SET_NULL, null=True, blank=True, related_name="planned", verbose_name=_("grid")
    )
    enterprise = models.ForeignKey(
        Enterprise, models.CASCADE, related_name="planned_visits", verbose_name=_("enterprise")
    )
    project = models.ForeignKey(
        Project, models.SET_NULL, null=True, blank=True, related_name="planned_visits", verbose_name=_("project")
    )
    visitor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("visitor")
    )
    plan_on = models.DateField(_("planned for"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(editable=False)
    cancelled_at = models.DateTimeField(_("taken off at"), null=True, blank=True)
    cancelled_reason = models.CharField(_("reason"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = PlannedVisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("planned visit")
        verbose_name_plural = _("planned visits")
        ordering = ["year", "quarter", "plan_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["park", "year", "quarter", "enterprise"],
                condition=Q(cancelled_at__isnull=True),
                name="one_planned_visit_a_quarter",
            ),
            models.CheckConstraint(condition=Q(quarter__gte=1, quarter__lte=4), name="visit_quarter_known"),
        ]


class VisitQuerySet(ScopedQuerySet):
    def unit_scope(self, organization_ids):
        return Q(organization__in=organization_ids)


class Visit(models.Model):
    """One visit that took place. ``latitude``/``longitude`` in degrees (WGS 84) as the phone gave them, if allowed."""

    park = models.ForeignKey(Park, models.PROTECT, related_name="visits", verbose_name=_("park"))
    planned = models.OneToOneField(
        PlannedVisit, models.SET_NULL, null=True, blank=True, related_name="visit", verbose_name=_("planned visit")
    )
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="visits", verbose_name=_("enterprise"))
    project = models.ForeignKey(
        Project, models.SET_NULL, null=True, blank=True, related_name="visits", verbose_name=_("project")
    )
    grid = models.ForeignKey(
        VisitGrid, models.SET_NULL, null=True, blank=True, related_name="visits", verbose_name=_("grid")
    )
    visited_on = models.DateField(_("visited on"))
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name=_("visiting organization")
    )
    visitor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="visits", verbose_name=_("visitor")
    )
    companions = models.CharField(_("together with"), max_length=200, blank=True)
    met_name = models.CharField(_("met"), max_length=100, blank=True)
    place = models.CharField(_("place"), max_length=200, blank=True)
    latitude = models.DecimalField(_("latitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    summary = models.TextField(_("what was seen and said"), blank=True)
    # Of the form it was sent with: the same form sent twice makes one visit.
    token = models.UUIDField(null=True, unique=True, editable=False)
    created_at = models.DateTimeField(editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        ordering = ["-visited_on", "-pk"]

    def __str__(self):
        return f"{self.visited_on} {self.enterprise}"


class FindingQuerySet(ScopedQuerySet):
    park_path = "visit__park"

    def unit_scope(self, organization_ids):
        return Q(visit__organization__in=organization_ids)


class Finding(models.Model):
    """A need or problem found. ``item``: the ledger item it became; ``solved_on`` when solved on the spot."""

    class Kind(models.TextChoices):
        PROBLEM = "problem", _("problem")
        NEED = "need", _("need")

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="findings", verbose_name=_("visit"))
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.PROBLEM)
    category = models.CharField(
        _("category"), max_length=12, choices=LedgerItem.Category, default=LedgerItem.Category.OTHER
    )
    text = models.TextField(_("what"))
    solved_on = models.DateField(_("solved on the spot on"), null=True, blank=True)
    solution = models.TextField(_("how it was solved"), blank=True)
    item = models.OneToOneField(
        LedgerItem, models.PROTECT, null=True, blank=True, related_name="finding", verbose_name=_("ledger item")
    )

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ["visit", "order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(solved_on__isnull=True) | Q(item__isnull=True), name="finding_solved_or_on_the_ledger"
            )
        ]


class VisitChangeQuerySet(ScopedQuerySet):
    def unit_scope(self, organization_ids):
        visits = Visit.objects.filter(Visit.objects.all().unit_scope(organization_ids))
        planned = PlannedVisit.objects.filter(PlannedVisit.objects.all().unit_scope(organization_ids))
        return Q(visit__in=visits.values("pk")) | Q(planned__in=planned.values("pk"))


class VisitChange(models.Model):
    """History of a visit or of a planned one: who recorded, corrected, moved or took it off. Append-only.

    ``changes``: [{"field", "old", "new"}] in the words of the page.
    """

    park = models.ForeignKey(Park, models.PROTECT, related_name="+", verbose_name=_("park"))
    visit = models.ForeignKey(
        Visit, models.CASCADE, null=True, blank=True, related_name="history", verbose_name=_("visit")
    )
    planned = models.ForeignKey(
        PlannedVisit, models.CASCADE, null=True, blank=True, related_name="history", verbose_name=_("planned visit")
    )
    verb = models.CharField(_("what happened"), max_length=12)
    note = models.CharField(_("note"), max_length=200, blank=True)
    changes = models.JSONField(default=list, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    objects = VisitChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of a visit")
        verbose_name_plural = _("changes of visits")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(visit__isnull=False, planned__isnull=True) | Q(visit__isnull=True, planned__isnull=False),
                name="visit_change_of_one_thing",
            )
        ]

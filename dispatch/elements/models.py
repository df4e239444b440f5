"""Elements a project needs (要素保障), funds applied for, figures per mu (亩均), land acquisition (征迁).

Source: domain.md 3.2 (亩均), 1 (S08 场地整理与净地确认). Land in 亩, money in 万元.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Organization, Park
from accounts.scoping import ScopedQuerySet
from projects.models import Project
from projects.models.registry import InternalPartQuerySet, money


class Element(models.TextChoices):
    """What a project needs; the unit of each stands in ``dispatch.elements.kinds``."""

    LAND = "land", _("land")
    ENERGY = "energy", _("energy use")
    POWER = "power", _("power supply")
    EMISSION = "emission", _("emission quota")
    FUNDS = "funds", _("funds")
    LABOUR = "labour", _("labour")


class SupplyQuerySet(ScopedQuerySet):
    def unit_scope(self, organization_ids):
        return Q(pk__isnull=False)


class ElementSupply(models.Model):
    """What the park has of an element in a year. Amounts in the element's own unit."""

    park = models.ForeignKey(Park, models.CASCADE, related_name="element_supplies", verbose_name=_("park"))
    year = models.PositiveSmallIntegerField(_("year"))
    element = models.CharField(_("element"), max_length=10, choices=Element)
    amount = models.DecimalField(_("available"), max_digits=16, decimal_places=4)
    note = models.CharField(_("note"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = SupplyQuerySet.as_manager()

    class Meta:
        verbose_name = _("supply of an element")
        verbose_name_plural = _("supplies of elements")
        ordering = ["park", "-year", "element"]
        constraints = [
            models.UniqueConstraint(fields=["park", "year", "element"], name="element_supply_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="element_supply_not_negative"),
        ]


class ElementNeed(models.Model):
    """What a project needs of an element in a year, and how much of it is secured."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="element_needs", verbose_name=_("project"))
    year = models.PositiveSmallIntegerField(_("year"))
    element = models.CharField(_("element"), max_length=10, choices=Element)
    amount = models.DecimalField(_("needed"), max_digits=16, decimal_places=4)
    secured = models.DecimalField(pgettext_lazy("element", "secured"), max_digits=16, decimal_places=4, default=0)
    needed_on = models.DateField(_("needed by"), null=True, blank=True)
    unit = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("responsible unit")
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = InternalPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("need of an element")
        verbose_name_plural = _("needs of elements")
        ordering = ["project", "-year", "element"]
        constraints = [
            models.UniqueConstraint(fields=["project", "year", "element"], name="element_need_once"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, secured__gte=0, secured__lte=F("amount")), name="element_need_amounts"
            ),
        ]


class FundingApplication(models.Model):
    """An application for a special bond or a central budget grant (专项债、中央预算内投资), 万元."""

    class Kind(models.TextChoices):
        SPECIAL_BOND = "special_bond", _("special bond")
        CENTRAL_BUDGET = "central_budget", _("central budget grant")
        ULTRA_LONG_BOND = "ultra_long_bond", _("ultra-long special treasury bond")
        BANK_LOAN = "bank_loan", _("bank loan")
        OTHER = "other", _("other")

    class State(models.TextChoices):
        PREPARING = "preparing", pgettext_lazy("funds", "being prepared")
        SUBMITTED = "submitted", _("handed in")
        GRANTED = "granted", pgettext_lazy("funds", "granted")
        REJECTED = "rejected", _("rejected")
        WITHDRAWN = "withdrawn", pgettext_lazy("appeal", "withdrawn")

    project = models.ForeignKey(Project, models.CASCADE, related_name="funding", verbose_name=_("project"))
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    title = models.CharField(_("title"), max_length=200)
    asked_10k = models.DecimalField(_("asked for (10k CNY)"), max_digits=16, decimal_places=4)
    granted_10k = money(pgettext_lazy("funds", "granted (10k CNY)"))
    paid_10k = money(_("paid out (10k CNY)"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PREPARING)
    submitted_on = models.DateField(_("handed in on"), null=True, blank=True)
    decided_on = models.DateField(pgettext_lazy("funds", "decided on"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = InternalPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("application for funds")
        verbose_name_plural = _("applications for funds")
        ordering = ["project", "-submitted_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(asked_10k__gt=0), name="funding_asked_positive"),
            models.CheckConstraint(
                condition=~Q(state="granted") | Q(granted_10k__isnull=False, decided_on__isnull=False),
                name="funding_granted_with_amount_and_day",
            ),
        ]

    def __str__(self):
        return self.title


class YearlyOutput(models.Model):
    """What a project in production yields in a year, 万元 (亩均税收、亩均产值), with its source."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="yearly_outputs", verbose_name=_("project"))
    year = models.PositiveSmallIntegerField(_("year"))
    output_10k = money(_("output (10k CNY)"))
    revenue_10k = money(_("revenue (10k CNY)"))
    tax_10k = money(_("tax (10k CNY)"))
    value_added_10k = money(_("value added (10k CNY)"))
    energy_tce = models.DecimalField(_("energy use (tce)"), max_digits=14, decimal_places=2, null=True, blank=True)
    employees = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = InternalPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("yearly output")
        verbose_name_plural = _("yearly outputs")
        ordering = ["project", "-year"]
        constraints = [models.UniqueConstraint(fields=["project", "year"], name="yearly_output_once")]


class AcquisitionPlotQuerySet(ScopedQuerySet):
    def unit_scope(self, organization_ids):
        seen = Project.objects.filter(Project.objects.all().reach(organization_ids))
        return Q(unit__in=organization_ids) | Q(project__in=seen.values("pk"))


class AcquisitionPlot(models.Model):
    """A plot to be acquired and cleared: area, households and plants, against what is done. Feeds step S08."""

    park = models.ForeignKey(Park, models.PROTECT, related_name="acquisition_plots", verbose_name=_("park"))
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="acquisition_plots", verbose_name=_("project")
    )
    name = models.CharField(_("plot"), max_length=200)
    area_mu = models.DecimalField(_("area (mu)"), max_digits=12, decimal_places=4)
    households = models.PositiveIntegerField(_("households"), default=0)
    plants = models.PositiveIntegerField(_("plants"), default=0)
    acquired_mu = models.DecimalField(_("acquired (mu)"), max_digits=12, decimal_places=4, default=0)
    households_moved = models.PositiveIntegerField(_("households moved"), default=0)
    plants_moved = models.PositiveIntegerField(_("plants moved"), default=0)
    cost_10k = money(_("cost (10k CNY)"))
    unit = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("responsible unit")
    )
    due_on = models.DateField(_("due on"), null=True, blank=True)
    cleared_on = models.DateField(_("clear land confirmed on"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = AcquisitionPlotQuerySet.as_manager()

    class Meta:
        verbose_name = _("plot to be acquired")
        verbose_name_plural = _("plots to be acquired")
        ordering = ["park", "name"]
        constraints = [
            models.UniqueConstraint(fields=["park", "name"], name="acquisition_plot_once"),
            models.CheckConstraint(
                condition=Q(area_mu__gt=0, acquired_mu__gte=0, acquired_mu__lte=F("area_mu"))
                & Q(households_moved__lte=F("households"), plants_moved__lte=F("plants")),
                name="acquisition_plot_done_within_whole",
            ),
            models.CheckConstraint(
                condition=Q(cleared_on__isnull=True)
                | Q(acquired_mu=F("area_mu"), households_moved=F("households"), plants_moved=F("plants")),
                name="acquisition_plot_cleared_only_when_done",
            ),
        ]

    def __str__(self):
        return self.name


class ElementEntry(models.Model):
    """History of everything in this part: who changed what. Append-only.

    ``object_type``: supply, need, funding, output or plot. ``changes``: list of {"field", "old", "new"}.
    """

    park = models.ForeignKey(Park, models.CASCADE, related_name="element_entries", verbose_name=_("park"))
    project = models.ForeignKey(
        Project, models.CASCADE, null=True, blank=True, related_name="element_entries", verbose_name=_("project")
    )
    object_type = models.CharField(_("what"), max_length=10)
    object_id = models.PositiveBigIntegerField()
    changes = models.JSONField(_("changes"), default=list, blank=True)
    note = models.TextField(_("note"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("entry of elements")
        verbose_name_plural = _("entries of elements")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["object_type", "object_id"], name="element_entry_by_object")]

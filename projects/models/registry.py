"""Enterprises, projects and who stands behind them. Money is 万元, land 亩, floor area ㎡.

``visible_to(user)`` is the only door to rows.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.i18n import localized
from accounts.models import Organization, Park
from accounts.scoping import ScopedQuerySet
from projects import seams
from projects.stages import ORDER, STAGES, Pool, Stage, pool_of, stages_of

STAGE_CHOICES = [(stage.value, STAGES[stage].name_zh) for stage in ORDER]


def money(label, **options):
    """A 万元 column, exact to 1 cent of a 万元 (four decimals, as 亿元 ledgers carry them)."""
    return models.DecimalField(label, max_digits=16, decimal_places=4, null=True, blank=True, **options)


class Light(models.TextChoices):
    """Worst state of a project's items, domain.md 3.3; blue is a reminder, grey is suspended or terminated."""

    GREEN = "green", _("on track")
    BLUE = "blue", _("due soon")
    YELLOW = "yellow", _("late")
    RED = "red", _("critical")
    GREY = "grey", _("suspended")


class Precision(models.TextChoices):
    DAY = "day", _("day")
    MONTH = "month", _("month")
    QUARTER = "quarter", _("quarter")
    HALF = "half", _("half-year")
    YEAR = "year", _("year")


class EnterpriseQuerySet(ScopedQuerySet):
    def unit_scope(self, organization_ids):
        return Q(pk__in=Project.objects.filter(ProjectQuerySet.reach(organization_ids)).values("enterprise"))

    def enterprise_scope(self, organization_id):
        return Q(organization=organization_id)


class Enterprise(models.Model):
    """An investing enterprise (建设单位) of one park; ``organization`` is set once it has accounts."""

    park = models.ForeignKey(Park, models.PROTECT, related_name="enterprises", verbose_name=_("park"))
    organization = models.OneToOneField(
        Organization, models.PROTECT, null=True, blank=True, related_name="enterprise", verbose_name=_("organization")
    )
    name = models.CharField(_("name"), max_length=200)
    name_key = models.CharField(max_length=200, editable=False)
    credit_code = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    credit_bar_reason = models.CharField(
        _("barred from outstanding papers and commitments because"), max_length=200, blank=True
    )

    objects = EnterpriseQuerySet.as_manager()

    class Meta:
        verbose_name = _("enterprise")
        verbose_name_plural = _("enterprises")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["park", "name_key"], name="enterprise_once_per_park")]

    def __str__(self):
        return self.name


class ProjectQuerySet(ScopedQuerySet):
    @staticmethod
    def reach(organization_ids) -> Q:
        """Projects that concern these units: responsible for it, in its team, or through a higher app."""
        condition = Q(responsible_unit__in=organization_ids) | Q(
            pk__in=TeamMember.objects.filter(organization__in=organization_ids).values("project")
        )
        for extend in seams.unit_reach:
            condition |= extend(organization_ids)
        return condition

    def unit_scope(self, organization_ids):
        return self.reach(organization_ids)

    def enterprise_scope(self, organization_id):
        return Q(enterprise__organization=organization_id)

    def visitor_scope(self, project_id):
        return Q(pk=project_id)

    def active(self):
        return self.filter(status=Project.Status.ACTIVE)

    def in_pool(self, pool: Pool | str):
        return self.filter(stage__in=stages_of(pool))

    def search(self, text: str):
        """Name, enterprise, code or pinyin initials contain every word of ``text``."""
        rows = self
        for word in text.split():
            rows = rows.filter(search_text__icontains=word)
        return rows


class Project(models.Model):
    """One industrial investment project of one enterprise in one park."""

    class Nature(models.TextChoices):
        NEW = "new", _("new construction")
        CONTINUING = "continuing", _("continuing construction")
        UPGRADE = "upgrade", _("technical upgrade")

    class Level(models.TextChoices):
        PROVINCE = "province", _("provincial key project")
        CITY = "city", _("municipal key project")
        DISTRICT = "district", _("district key project")

    class Status(models.TextChoices):
        ACTIVE = "active", _("active")
        SUSPENDED = "suspended", _("suspended")
        TERMINATED = "terminated", _("terminated")

    class EiaClass(models.TextChoices):
        REPORT = "report", _("report")
        FORM = "form", _("form")
        REGISTER = "register", _("registration form")
        EXEMPT = "exempt", _("exempt")

    class BuildingScale(models.TextChoices):
        LARGE = "large", _("large")
        MEDIUM = "medium", _("medium")
        SMALL = "small", _("small")

    class PermitClass(models.TextChoices):
        KEY = "key", _("key management")
        SIMPLIFIED = "simplified", _("simplified management")
        REGISTRATION = "registration", _("registration management")

    park = models.ForeignKey(Park, models.PROTECT, related_name="projects", verbose_name=_("park"))
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, blank=True, related_name="projects", verbose_name=_("enterprise")
    )
    code = models.CharField(_("project code"), max_length=40, blank=True)
    name = models.CharField(_("project name"), max_length=200)
    name_key = models.CharField(max_length=200, editable=False)
    search_text = models.TextField(editable=False, default="")
    industry = models.CharField(_("industry"), max_length=60, blank=True)
    nature = models.CharField(_("nature"), max_length=12, choices=Nature, blank=True)
    level = models.CharField(_("level"), max_length=12, choices=Level, blank=True)
    location = models.CharField(_("location"), max_length=200, blank=True)
    content = models.TextField(_("scale and content"), blank=True)
    period_start_on = models.DateField(_("construction period from"), null=True, blank=True)
    period_end_on = models.DateField(_("construction period to"), null=True, blank=True)
    contact_name = models.CharField(_("contact person"), max_length=60, blank=True)
    contact_phone = models.CharField(_("contact phone"), max_length=60, blank=True)

    total_investment_10k = money(_("total investment (10k CNY)"))
    equipment_investment_10k = money(_("equipment investment (10k CNY)"))
    invested_before_10k = money(_("invested to the end of last year (10k CNY)"))
    land_mu = models.DecimalField(_("land (mu)"), max_digits=12, decimal_places=4, null=True, blank=True)
    floor_area_m2 = models.DecimalField(_("floor area (m²)"), max_digits=14, decimal_places=2, null=True, blank=True)

    # Answers the catalogue's conditions ask for; empty means "not known yet", never "no".
    has_new_construction_land = models.BooleanField(
        _("involves farmland conversion or expropriation"), null=True, blank=True
    )
    annual_energy_tce = models.DecimalField(
        _("annual energy use (tce)"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    annual_power_10k_kwh = models.DecimalField(
        _("annual power use (10,000 kWh)"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    hazardous_chemical = models.BooleanField(_("hazardous substances, smelting or mining"), null=True, blank=True)
    earthwork_m3 = models.DecimalField(_("earthwork (m³)"), max_digits=14, decimal_places=2, null=True, blank=True)
    soil_erosion_area = models.BooleanField(_("in a soil-conservation area"), null=True, blank=True)
    eia_class = models.CharField(_("EIA class"), max_length=12, choices=EiaClass, blank=True)
    special_fire_project = models.BooleanField(_("special construction project (fire)"), null=True, blank=True)
    has_civil_building = models.BooleanField(_("contains civil buildings"), null=True, blank=True)
    building_scale = models.CharField(_("building scale"), max_length=12, choices=BuildingScale, blank=True)
    works_investment_10k = money(_("works investment (10k CNY)"))
    permit_class = models.CharField(_("discharge permit class"), max_length=12, choices=PermitClass, blank=True)

    stage = models.CharField(_("stage"), max_length=3, choices=STAGE_CHOICES, default=Stage.PLANNING)
    stage_entered_on = models.DateField(_("in this stage since"), null=True, blank=True)
    stage_raw = models.CharField(_("stage as written in the ledger"), max_length=60, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.ACTIVE)
    status_since_on = models.DateField(_("status since"), null=True, blank=True)
    enrolled = models.BooleanField(_("enrolled in statistics"), null=True, blank=True)
    enrolled_on = models.DateField(_("enrolled on"), null=True, blank=True)
    enrolled_precision = models.CharField(max_length=8, choices=Precision, default=Precision.DAY)
    responsible_unit = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="projects_in_charge",
        verbose_name=_("responsible unit"),
    )
    physical_progress = models.TextField(_("physical progress"), blank=True)
    physical_percent = models.DecimalField(
        _("physical progress (%)"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    issue = models.TextField(_("existing problems"), blank=True)
    next_work = models.TextField(_("next work"), blank=True)
    remark = models.TextField(_("remark"), blank=True)

    # Derived by dispatch in the transaction that derives the warnings, so lists can filter and sort by it.
    light = models.CharField(_("light"), max_length=8, choices=Light, default=Light.GREEN, editable=False)

    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    updated_at = models.DateTimeField(editable=False)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        constraints = [
            models.UniqueConstraint(fields=["park", "code"], condition=~Q(code=""), name="project_code_once_per_park"),
            models.UniqueConstraint(fields=["park", "name_key"], name="project_name_once_per_park"),
            models.CheckConstraint(condition=Q(stage__in=[s.value for s in ORDER]), name="project_stage_known"),
            models.CheckConstraint(
                condition=Q(status__in=["active", "suspended", "terminated"]), name="project_status_known"
            ),
            models.CheckConstraint(
                condition=Q(enrolled_on__isnull=True) | Q(enrolled=True), name="project_enrolled_on_only_if_enrolled"
            ),
        ]
        indexes = [
            models.Index(fields=["park", "-total_investment_10k", "id"], name="project_by_investment"),
            models.Index(fields=["park", "stage"], name="project_by_stage"),
            models.Index(fields=["park", "light"], name="project_by_light"),
            models.Index(fields=["park", "-updated_at", "id"], name="project_by_update"),
            models.Index(fields=["park", "name_key", "id"], name="project_by_name"),
        ]

    def __str__(self):
        return self.name

    @property
    def pool(self) -> Pool:
        return pool_of(self.stage)

    @property
    def stage_name(self) -> str:
        return localized(STAGES[Stage(self.stage)], "name")

    @property
    def is_active(self) -> bool:
        return self.status == self.Status.ACTIVE


class ProjectPartQuerySet(ScopedQuerySet):
    """Rows that hang on one project are visible exactly when the project is."""

    park_path = "project__park"

    def unit_scope(self, organization_ids):
        return Q(project__in=Project.objects.filter(ProjectQuerySet.reach(organization_ids)).values("pk"))

    def enterprise_scope(self, organization_id):
        return Q(project__enterprise__organization=organization_id)

    def visitor_scope(self, project_id):
        return Q(project=project_id)


class InternalPartQuerySet(ProjectPartQuerySet):
    """As above, but nothing for enterprises: notes and records of the park's own work."""

    def enterprise_scope(self, organization_id):
        return Q(pk__in=[])

    def visitor_scope(self, project_id):
        return Q(pk__in=[])


class TeamMember(models.Model):
    """Who stands behind a project: 包联 1+1+1 (leader, department, street), service specialist and agent (帮办代办)."""

    class Role(models.TextChoices):
        LEADER = "leader", _("leader in charge")
        DEPARTMENT = "department", _("department in charge")
        STREET = "street", _("street or township in charge")
        SPECIALIST = "specialist", _("service specialist")
        AGENT = "agent", _("service agent")

    project = models.ForeignKey(Project, models.CASCADE, related_name="team", verbose_name=_("project"))
    role = models.CharField(_("role"), max_length=12, choices=Role)
    person_name = models.CharField(_("person"), max_length=100, blank=True)
    phone = models.CharField(_("phone"), max_length=60, blank=True)
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("organization")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("account")
    )

    objects = ProjectPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("team member")
        verbose_name_plural = _("team members")
        ordering = ["project", "role"]
        constraints = [models.UniqueConstraint(fields=["project", "role"], name="team_role_once_per_project")]

    def __str__(self):
        return self.person_name

"""Projects, their milestones, money and people, and the history of every change.

Money is 万元, land 亩, floor area ㎡. ``visible_to(user)`` is the only door to rows.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.i18n import localized
from accounts.models import Organization, Park
from accounts.scoping import ScopedQuerySet
from projects import seams
from projects.stages import MILESTONE_STAGES, ORDER, STAGES, Pool, Stage, pool_of, stages_of

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


class InternalPartQuerySet(ProjectPartQuerySet):
    """As above, but nothing for enterprises: notes and records of the park's own work."""

    def enterprise_scope(self, organization_id):
        return Q(pk__in=[])


class TeamMember(models.Model):
    """Who stands behind a project: 包联 1+1+1 (leader, department, street) and the service specialist."""

    class Role(models.TextChoices):
        LEADER = "leader", _("leader in charge")
        DEPARTMENT = "department", _("department in charge")
        STREET = "street", _("street or township in charge")
        SPECIALIST = "specialist", _("service specialist")

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


class ImportBatchQuerySet(ScopedQuerySet):
    """Imports are the project centre's own business: nothing for units and enterprises."""


class ImportBatch(models.Model):
    """One uploaded ledger workbook on its way: read → shown → confirmed. The file itself is kept with its hash."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("being read")
        REFUSED = "refused", _("file refused")
        READY = "ready", _("ready to confirm")
        CONFIRMED = "confirmed", _("being written")
        DONE = "done", _("imported")
        FAILED = "failed", _("failed")
        DISCARDED = "discarded", _("discarded")

    park = models.ForeignKey(Park, models.PROTECT, related_name="imports", verbose_name=_("park"))
    file = models.FileField(_("file"), upload_to="imports/%Y/%m/")
    file_name = models.CharField(_("file name"), max_length=200)
    sha256 = models.CharField(max_length=64)
    report_year = models.PositiveSmallIntegerField(_("report year"))
    report_month = models.PositiveSmallIntegerField(_("report month"))
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.UPLOADED)
    valid_rows_only = models.BooleanField(_("valid rows only"), default=False)
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    refusal = models.JSONField(default=dict, blank=True)
    summary = models.JSONField(default=dict, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(_("uploaded at"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("ledger import")
        verbose_name_plural = _("ledger imports")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="import_confirmed_at_and_by",
            )
        ]

    def __str__(self):
        return self.file_name


class ImportRow(models.Model):
    """One row of an imported workbook with what it would do and did: raw text and cell of every value are kept.

    ``values``: {field: {"value", "raw", "cell"}}; ``changes``: list of {"field", "old", "new", "cell", "raw"};
    ``findings``: list of {"severity", "kind", "cell", "raw", "message_zh", "message_en"}.
    """

    class Action(models.TextChoices):
        CREATE = "create", _("new")
        UPDATE = "update", _("changed")
        UNCHANGED = "unchanged", _("unchanged")
        REFUSED = "refused", _("refused")

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    sheet = models.CharField(max_length=100)
    row = models.PositiveIntegerField()
    name = models.CharField(max_length=200, blank=True)
    action = models.CharField(max_length=10, choices=Action)
    matched_by = models.CharField(max_length=8, blank=True)
    project = models.ForeignKey(Project, models.SET_NULL, null=True, blank=True, related_name="+")
    project_version = models.PositiveIntegerField(null=True, blank=True)
    values = models.JSONField(default=dict)
    changes = models.JSONField(default=list)
    kept = models.JSONField(default=list)
    findings = models.JSONField(default=list)

    class Meta:
        ordering = ["batch", "sheet", "row"]
        constraints = [models.UniqueConstraint(fields=["batch", "sheet", "row"], name="import_row_once")]

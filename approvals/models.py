"""The versioned catalogue of approval steps, and each project's own copy of it with two clocks.

Limits are working days (wd) or calendar days (cd); ``received_on`` or ``accepted_on`` is day 0. Source: domain.md 1–2.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.i18n import localized
from accounts.models import Organization
from approvals.flow import State
from projects.models import InternalPartQuerySet, Project, ProjectPartQuerySet


class Certainty(models.TextChoices):
    """How certain a fact of the catalogue is; everything but ``sure`` is shown as to be confirmed."""

    SURE = "sure", _("confirmed")
    LIKELY = "likely", _("to be confirmed")
    TYPICAL_DEFAULT = "typical_default", _("typical default")


class DayUnit(models.TextChoices):
    WORKING = "wd", _("working days")
    CALENDAR = "cd", _("calendar days")


def certainty(default=Certainty.SURE):
    return models.CharField(_("certainty"), max_length=16, choices=Certainty, default=default)


def names(length=120):
    return models.CharField(_("Chinese name"), max_length=length), models.CharField(
        _("English name"), max_length=length, blank=True
    )


class CatalogueQuerySet(models.QuerySet):
    def in_force(self) -> "Catalogue":
        """The newest version in force. Raises Catalogue.DoesNotExist when none has been loaded."""
        return self.filter(state=Catalogue.State.IN_FORCE).latest("version")


class Catalogue(models.Model):
    """One version of the navigation map. Live projects keep the version they were created with."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        IN_FORCE = "in_force", _("in force")
        RETIRED = "retired", _("retired")

    version = models.PositiveIntegerField(_("version"), unique=True)
    title_zh = models.CharField(_("title"), max_length=200)
    as_of = models.DateField(_("facts as of"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    variables = models.JSONField(_("condition variables"), default=dict)
    defaults = models.JSONField(_("defaults"), default=dict)
    loaded_at = models.DateTimeField(_("loaded at"))

    objects = CatalogueQuerySet.as_manager()

    class Meta:
        verbose_name = _("catalogue")
        verbose_name_plural = _("catalogues")
        ordering = ["-version"]

    def __str__(self):
        return f"{self.title_zh} v{self.version}"


class Phase(models.Model):
    catalogue = models.ForeignKey(Catalogue, models.CASCADE, related_name="phases")
    code = models.CharField(_("code"), max_length=10)
    seq = models.PositiveSmallIntegerField(_("order"))
    name_zh, name_en = names()
    lead_zh = models.CharField(_("lead department"), max_length=120, blank=True)
    national_stage_zh = models.CharField(_("national stage"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("phase")
        verbose_name_plural = _("phases")
        ordering = ["catalogue", "seq"]
        constraints = [models.UniqueConstraint(fields=["catalogue", "code"], name="phase_once_per_catalogue")]

    def __str__(self):
        return self.name_zh


class Line(models.Model):
    catalogue = models.ForeignKey(Catalogue, models.CASCADE, related_name="lines")
    code = models.CharField(_("code"), max_length=10)
    seq = models.PositiveSmallIntegerField(_("order"))
    name_zh, name_en = names()

    class Meta:
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        ordering = ["catalogue", "seq"]
        constraints = [models.UniqueConstraint(fields=["catalogue", "code"], name="line_once_per_catalogue")]

    def __str__(self):
        return self.name_zh


class Step(models.Model):
    """One approval step of the catalogue: what to do, where, with whom, how long, at what cost."""

    class ClockStart(models.TextChoices):
        RECEIVED = "received", _("from receipt")
        ACCEPTED = "accepted", _("from acceptance")

    class Initiator(models.TextChoices):
        ENTERPRISE = "enterprise", _("enterprise")
        PARK = "park", _("park")

    catalogue = models.ForeignKey(Catalogue, models.CASCADE, related_name="steps")
    code = models.CharField(_("code"), max_length=10)
    seq = models.PositiveSmallIntegerField(_("order"))
    phase = models.ForeignKey(Phase, models.PROTECT, related_name="steps", verbose_name=_("phase"))
    line = models.ForeignKey(Line, models.PROTECT, related_name="steps", verbose_name=_("line"))
    name_zh, name_en = names(200)
    item_type_zh = models.CharField(_("kind of matter"), max_length=100, blank=True)
    initiated_by = models.CharField(
        _("who makes the first move"), max_length=12, choices=Initiator, default=Initiator.ENTERPRISE
    )
    department_lead_zh = models.CharField(_("lead department"), max_length=120, blank=True)
    department_lead_en = models.CharField(_("lead department (English)"), max_length=160, blank=True)
    department_cooperating_zh = models.JSONField(_("cooperating departments"), default=list, blank=True)
    window_zh = models.CharField(_("window"), max_length=160, blank=True)
    window_en = models.CharField(_("window (English)"), max_length=160, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    contact_name = models.CharField(_("contact person"), max_length=60, blank=True)
    contact_phone = models.CharField(_("contact phone"), max_length=60, blank=True)
    statutory_value = models.PositiveSmallIntegerField(_("statutory limit"), null=True, blank=True)
    statutory_unit = models.CharField(_("unit"), max_length=2, choices=DayUnit, default=DayUnit.WORKING)
    statutory_text = models.TextField(_("statutory limit in words"), blank=True)
    statutory_certainty = certainty()
    clock_start = models.CharField(_("clock starts"), max_length=8, choices=ClockStart, default=ClockStart.ACCEPTED)
    committed_limit_wd = models.PositiveSmallIntegerField(_("committed limit (working days)"), null=True, blank=True)
    committed_note = models.TextField(_("note on the committed limit"), blank=True)
    committed_certainty = certainty(Certainty.TYPICAL_DEFAULT)
    correction_notice_days = models.PositiveSmallIntegerField(_("correction notice (working days)"), default=5)
    time_excluded_zh = models.JSONField(_("time not counted"), default=list, blank=True)
    documents_certainty = certainty()
    fee_note = models.TextField(_("note on fees"), blank=True)
    result_zh = models.CharField(_("result document"), max_length=200, blank=True)
    result_en = models.CharField(_("result document (English)"), max_length=200, blank=True)
    validity_zh = models.TextField(_("validity"), blank=True)
    pre_review = models.BooleanField(_("pre-review possible"), default=False)
    commitment = models.CharField(_("informed commitment"), max_length=12, default="no")
    commitment_note = models.TextField(_("note on commitment"), blank=True)
    allows_deferral = models.BooleanField(_("acceptance with outstanding documents possible"), default=False)
    deferral_note = models.TextField(_("note on outstanding documents"), blank=True)
    conditional = models.BooleanField(_("conditional"), default=False)
    condition_expr = models.CharField(_("condition"), max_length=300, blank=True)
    condition_zh = models.TextField(_("condition in words"), blank=True)
    condition_en = models.TextField(_("condition in words (English)"), blank=True)
    predecessors = models.ManyToManyField(
        "self", through="StepDependency", through_fields=("step", "predecessor"), symmetrical=False
    )

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["catalogue", "seq"]
        constraints = [models.UniqueConstraint(fields=["catalogue", "code"], name="step_once_per_catalogue")]

    def __str__(self):
        return f"{self.code} {self.name}"

    @property
    def name(self) -> str:
        return localized(self, "name")


class StepDependency(models.Model):
    """A hard predecessor blocks the date of the result, a soft one only warns."""

    step = models.ForeignKey(Step, models.CASCADE, related_name="dependencies")
    predecessor = models.ForeignKey(Step, models.CASCADE, related_name="successors")
    is_hard = models.BooleanField(_("hard"), default=True)

    class Meta:
        verbose_name = _("dependency")
        verbose_name_plural = _("dependencies")
        constraints = [models.UniqueConstraint(fields=["step", "predecessor"], name="dependency_once")]


class StepVariant(models.Model):
    """Other limits, or an additional sub-item, that apply when ``when`` holds for the project."""

    step = models.ForeignKey(Step, models.CASCADE, related_name="variants")
    key = models.CharField(_("key"), max_length=32)
    seq = models.PositiveSmallIntegerField(_("order"))
    name_zh = models.CharField(_("Chinese name"), max_length=120)
    when = models.CharField(_("condition"), max_length=300)
    statutory_value = models.PositiveSmallIntegerField(_("statutory limit"), null=True, blank=True)
    statutory_unit = models.CharField(_("unit"), max_length=2, choices=DayUnit, default=DayUnit.WORKING)
    committed_limit_wd = models.PositiveSmallIntegerField(_("committed limit (working days)"), null=True, blank=True)

    class Meta:
        verbose_name = _("variant")
        verbose_name_plural = _("variants")
        ordering = ["step", "seq"]
        constraints = [models.UniqueConstraint(fields=["step", "key"], name="variant_once_per_step")]

    def __str__(self):
        return self.name_zh


class DocumentRequirement(models.Model):
    """A paper asked for at a step; ``deferrable``: may follow (容缺受理), ``shared``: never asked of the enterprise."""

    step = models.ForeignKey(Step, models.CASCADE, related_name="documents")
    code = models.CharField(_("code"), max_length=16)
    seq = models.PositiveSmallIntegerField(_("order"))
    name_zh, name_en = names(200)
    deferrable = models.BooleanField(_("may follow later"), default=False)
    shared = models.BooleanField(_("obtained by data sharing"), default=False)

    class Meta:
        verbose_name = _("document requirement")
        verbose_name_plural = _("document requirements")
        ordering = ["step", "seq"]
        constraints = [models.UniqueConstraint(fields=["step", "code"], name="document_once_per_step")]

    def __str__(self):
        return self.name_zh

    @property
    def name(self) -> str:
        return localized(self, "name")


class Fee(models.Model):
    step = models.ForeignKey(Step, models.CASCADE, related_name="fees")
    seq = models.PositiveSmallIntegerField(_("order"))
    name_zh = models.CharField(_("fee"), max_length=120)
    basis_zh = models.TextField(_("basis"), blank=True)
    amount_zh = models.TextField(_("amount"), blank=True)
    payer_zh = models.CharField(_("payer"), max_length=120, blank=True)
    certainty = certainty()

    class Meta:
        verbose_name = _("fee")
        verbose_name_plural = _("fees")
        ordering = ["step", "seq"]


class LegalBasis(models.Model):
    step = models.ForeignKey(Step, models.CASCADE, related_name="legal_basis")
    seq = models.PositiveSmallIntegerField(_("order"))
    law = models.CharField(_("law"), max_length=300)
    article = models.CharField(_("article"), max_length=200, blank=True)
    note = models.TextField(_("note"), blank=True)
    certainty = certainty()

    class Meta:
        verbose_name = _("legal basis")
        verbose_name_plural = _("legal bases")
        ordering = ["step", "seq"]


class Bundle(models.Model):
    """Steps decided together (联审, 五证联发)."""

    catalogue = models.ForeignKey(Catalogue, models.CASCADE, related_name="bundles")
    code = models.CharField(_("code"), max_length=32)
    name_zh, name_en = names()
    steps = models.ManyToManyField(Step, related_name="bundles", verbose_name=_("steps"))
    target_wd = models.PositiveSmallIntegerField(_("target (working days)"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)
    certainty = certainty(Certainty.LIKELY)

    class Meta:
        verbose_name = _("bundle")
        verbose_name_plural = _("bundles")
        constraints = [models.UniqueConstraint(fields=["catalogue", "code"], name="bundle_once_per_catalogue")]

    def __str__(self):
        return self.name_zh


class MilestoneGate(models.Model):
    """Steps that must be done, where they apply, before a milestone may be entered."""

    catalogue = models.ForeignKey(Catalogue, models.CASCADE, related_name="gates")
    code = models.CharField(_("code"), max_length=32)
    name_zh = models.CharField(_("Chinese name"), max_length=120)
    note = models.TextField(_("note"), blank=True)
    steps = models.ManyToManyField(Step, related_name="gates", verbose_name=_("steps"))

    class Meta:
        verbose_name = _("milestone gate")
        verbose_name_plural = _("milestone gates")
        constraints = [models.UniqueConstraint(fields=["catalogue", "code"], name="gate_once_per_catalogue")]

    def __str__(self):
        return self.name_zh


STATE_CHOICES = [(state.value, state.label_zh) for state in State]


class ProjectStepQuerySet(ProjectPartQuerySet):
    def unit_scope(self, organization_ids):
        own = Q(unit__in=organization_ids)
        in_charge = Project.objects.filter(
            Q(responsible_unit__in=organization_ids) | Q(team__organization__in=organization_ids)
        ).values("pk")
        return own | Q(project__in=in_charge)

    def applicable(self):
        """Steps that count: not-applicable ones are left out of every denominator."""
        return self.exclude(applicability=ProjectStep.Applicability.NOT_APPLICABLE)

    def running(self):
        """Steps with at least one clock that runs."""
        return self.filter(Q(committed_runs=True) | Q(statutory_runs=True))


class ProjectStep(models.Model):
    """A project's own copy of one step: where it stands, its dates, its two clocks, who handles it.

    ``state`` is a code of the national exchange standard (0: nothing received yet). ``committed_due_on`` and
    ``statutory_due_on`` are the last days in time; ``committed_runs`` and ``statutory_runs`` say whether each runs now.
    """

    class Applicability(models.TextChoices):
        APPLIES = "applies", _("applies")
        NOT_APPLICABLE = "not_applicable", _("not applicable")
        UNDETERMINED = "undetermined", _("undetermined")

    project = models.ForeignKey(Project, models.CASCADE, related_name="steps", verbose_name=_("project"))
    step = models.ForeignKey(Step, models.PROTECT, related_name="copies", verbose_name=_("step"))
    code = models.CharField(_("code"), max_length=10)
    seq = models.PositiveSmallIntegerField()
    phase_code = models.CharField(max_length=10)
    line_code = models.CharField(max_length=10)
    applicability = models.CharField(_("applicability"), max_length=16, choices=Applicability)
    not_applicable_reason = models.TextField(_("why not applicable"), blank=True)
    not_applicable_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    variant_key = models.CharField(_("variant"), max_length=32, blank=True)
    state = models.PositiveSmallIntegerField(_("state"), choices=STATE_CHOICES, default=State.NOT_STARTED)
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    received_on = models.DateField(_("received on"), null=True, blank=True)
    accepted_on = models.DateField(_("accepted on"), null=True, blank=True)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    delivered_on = models.DateField(_("delivered on"), null=True, blank=True)
    result_number = models.CharField(_("number of the result document"), max_length=100, blank=True)
    statutory_value = models.PositiveSmallIntegerField(_("statutory limit"), null=True, blank=True)
    statutory_unit = models.CharField(_("unit"), max_length=2, choices=DayUnit, default=DayUnit.WORKING)
    clock_start = models.CharField(max_length=8, choices=Step.ClockStart, default=Step.ClockStart.ACCEPTED)
    committed_limit_wd = models.PositiveSmallIntegerField(_("committed limit (working days)"), null=True, blank=True)
    extension_wd = models.PositiveSmallIntegerField(_("extension (working days)"), default=0)
    committed_due_on = models.DateField(_("committed due date"), null=True, blank=True)
    statutory_due_on = models.DateField(_("statutory due date"), null=True, blank=True)
    is_provisional = models.BooleanField(_("provisional"), default=False)
    committed_runs = models.BooleanField(default=False)
    statutory_runs = models.BooleanField(default=False)
    unit = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="steps", verbose_name=_("handling unit")
    )
    handler_name = models.CharField(_("handler"), max_length=60, blank=True)
    handler_phone = models.CharField(_("handler's phone"), max_length=60, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(null=True, editable=False)

    objects = ProjectStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("approval step")
        verbose_name_plural = _("approval steps")
        ordering = ["project", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["project", "code"], name="step_once_per_project"),
            models.CheckConstraint(condition=Q(state__in=[s.value for s in State]), name="step_state_known"),
            models.CheckConstraint(
                condition=Q(committed_runs=False) | Q(committed_due_on__isnull=False), name="committed_runs_to_a_date"
            ),
            models.CheckConstraint(
                condition=Q(statutory_runs=False) | Q(statutory_due_on__isnull=False), name="statutory_runs_to_a_date"
            ),
            models.CheckConstraint(
                condition=Q(received_on__isnull=True)
                | Q(accepted_on__isnull=True)
                | Q(accepted_on__gte=models.F("received_on")),
                name="accepted_not_before_received",
            ),
            models.CheckConstraint(
                condition=Q(accepted_on__isnull=True)
                | Q(decided_on__isnull=True)
                | Q(decided_on__gte=models.F("accepted_on")),
                name="decided_not_before_accepted",
            ),
            models.CheckConstraint(
                condition=~Q(applicability="not_applicable") | ~Q(not_applicable_reason=""),
                name="not_applicable_needs_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["committed_due_on"], condition=Q(committed_runs=True), name="step_committed_running"),
            models.Index(fields=["statutory_due_on"], condition=Q(statutory_runs=True), name="step_statutory_running"),
            models.Index(fields=["decided_on"], condition=Q(decided_on__isnull=False), name="step_decided"),
            models.Index(fields=["unit", "project"], condition=Q(unit__isnull=False), name="step_by_unit"),
        ]

    def __str__(self):
        return f"{self.code} {self.step.name}"

    @property
    def due_on(self):
        """Effective due day: the earlier of the two (WD-15); None while no clock has started."""
        return min(filter(None, [self.committed_due_on, self.statutory_due_on]), default=None)

    @property
    def applies(self) -> bool:
        return self.applicability != self.Applicability.NOT_APPLICABLE


class StepPartQuerySet(InternalPartQuerySet):
    park_path = "project_step__project__park"

    def unit_scope(self, organization_ids):
        return Q(project_step__in=ProjectStep.objects.filter(ProjectStepQuerySet().unit_scope(organization_ids)))


class StepEnterprisePartQuerySet(StepPartQuerySet):
    """Parts of a step that its enterprise may see too."""

    def enterprise_scope(self, organization_id):
        return Q(project_step__project__enterprise__organization=organization_id)


class StepPause(models.Model):
    """Days that a clock does not count: from the day after ``started_on`` to ``ended_on`` (open: up to today)."""

    class Party(models.TextChoices):
        ENTERPRISE = "enterprise", _("enterprise")
        DEPARTMENT = "department", _("department")
        UPPER = "upper", _("upper level")
        THIRD_PARTY = "third_party", _("third party")
        PARK = "park", _("park")

    project_step = models.ForeignKey(ProjectStep, models.CASCADE, related_name="pauses", verbose_name=_("step"))
    kind = models.CharField(_("kind"), max_length=24)
    party = models.CharField(_("whose days"), max_length=12, choices=Party)
    stops_committed = models.BooleanField(_("stops the committed clock"), default=True)
    stops_statutory = models.BooleanField(_("stops the statutory clock"), default=False)
    started_on = models.DateField(_("started on"))
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = StepEnterprisePartQuerySet.as_manager()

    class Meta:
        verbose_name = _("pause")
        verbose_name_plural = _("pauses")
        ordering = ["project_step", "started_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project_step"], condition=Q(ended_on__isnull=True), name="one_open_pause_per_step"
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=models.F("started_on")),
                name="pause_ends_after_start",
            ),
        ]


class StepTransition(models.Model):
    """History of a step. Append-only. ``data``: dates, numbers and documents that came with the transition."""

    project_step = models.ForeignKey(ProjectStep, models.CASCADE, related_name="history", verbose_name=_("step"))
    verb = models.CharField(_("what"), max_length=32)
    from_state = models.PositiveSmallIntegerField(_("from"), choices=STATE_CHOICES)
    to_state = models.PositiveSmallIntegerField(_("to"), choices=STATE_CHOICES)
    on = models.DateField(_("on"))
    note = models.TextField(_("note"), blank=True)
    data = models.JSONField(default=dict, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    objects = StepPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("step transition")
        verbose_name_plural = _("step transitions")
        ordering = ["project_step", "-at", "-pk"]
        indexes = [models.Index(fields=["on"], name="transition_by_day")]


class StepDocument(models.Model):
    """A paper handed in, or owed under 容缺受理, at a project's step. No row: not handed in yet."""

    class State(models.TextChoices):
        SUPPLIED = "supplied", _("handed in")
        ACCEPTED = "accepted", _("accepted")
        RETURNED = "returned", _("returned")
        OUTSTANDING = "outstanding", _("outstanding")

    project_step = models.ForeignKey(ProjectStep, models.CASCADE, related_name="documents", verbose_name=_("step"))
    requirement = models.ForeignKey(
        DocumentRequirement, models.PROTECT, related_name="copies", verbose_name=_("document")
    )
    state = models.CharField(_("state"), max_length=12, choices=State)
    supplied_on = models.DateField(_("handed in on"), null=True, blank=True)
    promised_on = models.DateField(_("promised on"), null=True, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    objects = StepEnterprisePartQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["project_step", "requirement__seq"]
        constraints = [
            models.UniqueConstraint(fields=["project_step", "requirement"], name="document_once_per_project_step"),
            models.CheckConstraint(
                condition=~Q(state="outstanding") | Q(promised_on__isnull=False, due_on__isnull=False),
                name="outstanding_document_is_dated",
            ),
        ]
        indexes = [models.Index(fields=["due_on"], condition=Q(state="outstanding"), name="document_debts")]

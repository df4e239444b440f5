"""A project's own copy of the steps, with two clocks. Limits are working days (wd) or calendar days (cd);
``received_on`` or ``accepted_on`` is day 0. Source: domain.md 1–2.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from approvals.flow import State
from approvals.models.catalogue import DayUnit, DocumentRequirement, Step
from projects.models import InternalPartQuerySet, Project, ProjectPartQuerySet

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
    """Parts of a step, for the park and its units only."""

    park_path = "project_step__project__park"

    def unit_scope(self, organization_ids):
        return Q(project_step__in=ProjectStep.objects.filter(ProjectStepQuerySet().unit_scope(organization_ids)))


class StepEnterprisePartQuerySet(StepPartQuerySet):
    """Parts of a step that its enterprise may see too."""

    def enterprise_scope(self, organization_id):
        return Q(project_step__project__enterprise__organization=organization_id)

    def visitor_scope(self, project_id):
        return Q(project_step__project=project_id)


class StepPause(models.Model):
    """Days that a clock does not count: from the day after ``started_on`` to ``ended_on`` (open: up to today).

    ``round``: the application of the step it belongs to; a correction before acceptance is told once in each.
    """

    class Party(models.TextChoices):
        ENTERPRISE = "enterprise", _("enterprise")
        DEPARTMENT = "department", _("department")
        UPPER = "upper", _("upper level")
        THIRD_PARTY = "third_party", _("third party")
        PARK = "park", _("park")

    project_step = models.ForeignKey(ProjectStep, models.CASCADE, related_name="pauses", verbose_name=_("step"))
    round = models.PositiveSmallIntegerField(_("round"), default=1)
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
    """A paper handed in, or owed under 容缺受理, at a project's step. No row: not handed in yet.

    An owed paper is due on a day, or before a later step of the project is decided (``due_before``, a step's code), or
    both. ``renewed_on``: the due day has been moved, which happens once.
    """

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
    due_before = models.CharField(_("due before step"), max_length=10, blank=True)
    renewed_on = models.DateField(_("due day moved on"), null=True, blank=True)
    lapsed_on = models.DateField(_("not supplied in time, settled on"), null=True, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("verified by")
    )
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
                condition=~Q(state="outstanding")
                | Q(promised_on__isnull=False) & (Q(due_on__isnull=False) | ~Q(due_before="")),
                name="outstanding_document_is_dated",
            ),
        ]
        indexes = [models.Index(fields=["due_on"], condition=Q(state="outstanding"), name="document_debts")]

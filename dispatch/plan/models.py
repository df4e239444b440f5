"""A project's plan: what differs from the catalogue, versions of the baseline, the forecast last worked out.

Durations and lags in working days. Source: design.md 4 "Plan".
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Organization, Park
from accounts.scoping import ScopedQuerySet
from projects.models import Project
from projects.models.registry import InternalPartQuerySet, ProjectQuerySet


class Goal(models.TextChoices):
    """Milestones a plan is scheduled back from (倒排): 开工, 竣工, 投产."""

    STARTED = "L08", _("start of construction")
    COMPLETED = "L10", _("completion")
    PRODUCTION = "L13", _("production")


class PlanPartQuerySet(InternalPartQuerySet):
    """Parts of a plan, for the park and the units that the project concerns."""

    park_path = "plan__project__park"

    def unit_scope(self, organization_ids):
        return Q(plan__project__in=Project.objects.filter(ProjectQuerySet.reach(organization_ids)).values("pk"))


class PlanRules(models.Model):
    """One version of a park's choices about plans (``params``, see dispatch.plan.policy). Append-only, the newest is in
    force; a park without one has the defaults."""

    park = models.ForeignKey(Park, models.CASCADE, related_name="plan_rules", verbose_name=_("park"))
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    params = models.JSONField(_("settings"), default=dict, blank=True)
    note = models.CharField(_("why"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("plan rules")
        verbose_name_plural = _("plan rules")
        ordering = ["park", "-version"]
        constraints = [models.UniqueConstraint(fields=["park", "version"], name="plan_rules_version_once")]

    def __str__(self):
        return f"v{self.version}"


class PlanTemplateQuerySet(ScopedQuerySet):
    def unit_scope(self, organization_ids):
        return Q()


class PlanTemplate(models.Model):
    """A park's plan for a kind of project, copied into a project's plan; later edits never rewrite plans.

    ``rows``: [{"key", "name", "duration_wd", "preparation_wd"}], ``links``: [{"before", "after", "kind", "lag_wd",
    "is_hard"}] (dispatch.plan.template_rules). ``nature`` and ``land`` say which projects it is offered for first.
    """

    class Land(models.TextChoices):
        ANY = "", _("any")
        NEW = "new", _("newly granted land")
        OWN = "own", _("own land or leased workshop")

    park = models.ForeignKey(Park, models.CASCADE, related_name="plan_templates", verbose_name=_("park"))
    name = models.CharField(_("name"), max_length=100)
    nature = models.CharField(_("nature"), max_length=12, choices=Project.Nature, blank=True)
    land = models.CharField(_("land"), max_length=4, choices=Land, blank=True, default=Land.ANY)
    rows = models.JSONField(default=list, blank=True)
    links = models.JSONField(default=list, blank=True)
    is_active = models.BooleanField(pgettext_lazy("template", "offered"), default=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, verbose_name=_("by")
    )
    updated_at = models.DateTimeField(_("updated"), editable=False)
    history = models.JSONField(default=list, blank=True, editable=False)  # [{version, by, at, note, changes}]

    objects = PlanTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan template")
        verbose_name_plural = _("plan templates")
        ordering = ["park", "name"]
        constraints = [models.UniqueConstraint(fields=["park", "name"], name="plan_template_name_once")]

    def __str__(self):
        return self.name


class Plan(models.Model):
    """A project's own plan: its goal and target day. No row: the catalogue's limits, no target."""

    project = models.OneToOneField(Project, models.CASCADE, related_name="schedule", verbose_name=_("project"))
    goal = models.CharField(_("goal"), max_length=3, choices=Goal, default=Goal.STARTED)
    target_on = models.DateField(_("target day"), null=True, blank=True)
    template = models.ForeignKey(
        PlanTemplate, models.SET_NULL, null=True, blank=True, related_name="plans", verbose_name=_("template")
    )
    template_version = models.PositiveIntegerField(null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(editable=False)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    updated_at = models.DateTimeField(editable=False)

    objects = InternalPartQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("plan of a project", "plan")
        verbose_name_plural = _("plans")

    def __str__(self):
        return str(self.project)


class PlanTask(models.Model):
    """What a project says itself about a task: a step (S01…), milestone (L08…), piece of work (W1…), own task (T1…).

    Empty columns follow the template and the catalogue. ``planned_on``: planned start; ``fixed_on``: confirmed day of
    the finish. ``started_on`` and ``finished_on`` are facts of works and own tasks; steps and milestones have theirs
    elsewhere.
    """

    class Kind(models.TextChoices):
        STEP = "step", _("step")
        MILESTONE = "milestone", _("milestone")
        WORKS = "works", _("works")
        OWN = "own", _("own task")

    plan = models.ForeignKey(
        Plan, models.CASCADE, related_name="tasks", verbose_name=pgettext_lazy("plan of a project", "plan")
    )
    key = models.CharField(_("key"), max_length=12)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    name = models.CharField(_("name"), max_length=120, blank=True)
    seq = models.PositiveSmallIntegerField(default=0)
    duration_wd = models.PositiveSmallIntegerField(_("duration (working days)"), null=True, blank=True)
    preparation_wd = models.PositiveSmallIntegerField(_("preparation of papers (working days)"), null=True, blank=True)
    not_before_on = models.DateField(pgettext_lazy("task of a plan", "not before"), null=True, blank=True)
    not_before_reason = models.CharField(_("why not before"), max_length=200, blank=True)
    planned_on = models.DateField(_("planned start"), null=True, blank=True)
    fixed_on = models.DateField(_("confirmed day"), null=True, blank=True)
    fixed_reason = models.CharField(_("why confirmed"), max_length=200, blank=True)
    started_on = models.DateField(pgettext_lazy("task of a plan", "started on"), null=True, blank=True)
    finished_on = models.DateField(_("finished on"), null=True, blank=True)
    unit = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="plan_tasks", verbose_name=_("unit")
    )
    person_name = models.CharField(_("person"), max_length=60, blank=True)
    is_dropped = models.BooleanField(_("taken out"), default=False)

    objects = PlanPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("task of a plan")
        verbose_name_plural = _("tasks of plans")
        ordering = ["plan", "seq", "key"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "key"], name="plan_task_once"),
            models.CheckConstraint(
                condition=Q(fixed_on__isnull=True) | ~Q(fixed_reason=""), name="plan_task_fixed_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(not_before_on__isnull=True) | ~Q(not_before_reason=""),
                name="plan_task_not_before_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(started_on__isnull=True)
                | Q(finished_on__isnull=True)
                | Q(finished_on__gte=models.F("started_on")),
                name="plan_task_finished_after_start",
            ),
        ]

    def __str__(self):
        return f"{self.key} {self.name}".strip()


class PlanLink(models.Model):
    """A link of the project's own, or one of the catalogue or template changed or taken out."""

    class Kind(models.TextChoices):
        FS = "fs", _("starts after it")
        FF = "ff", _("finishes after it")
        SS = "ss", _("starts after its start")

    plan = models.ForeignKey(
        Plan, models.CASCADE, related_name="links", verbose_name=pgettext_lazy("plan of a project", "plan")
    )
    before = models.CharField(_("first"), max_length=12)
    after = models.CharField(pgettext_lazy("link of a plan", "then"), max_length=12)
    kind = models.CharField(_("kind"), max_length=2, choices=Kind, default=Kind.FS)
    lag_wd = models.SmallIntegerField(_("lag (working days)"), default=0)
    is_hard = models.BooleanField(_("hard"), default=True)
    is_removed = models.BooleanField(_("taken out"), default=False)

    objects = PlanPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("link of a plan")
        verbose_name_plural = _("links of plans")
        ordering = ["plan", "after", "before"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "before", "after"], name="plan_link_once"),
            models.CheckConstraint(condition=~Q(before=models.F("after")), name="plan_link_between_two"),
        ]


class PlanLever(models.Model):
    """A lever that has been pulled (projects.planning.levers); part of the network until it is withdrawn.

    ``gain_wd``: working days it bought when it was pulled, on top of those before it.
    """

    plan = models.ForeignKey(
        Plan, models.CASCADE, related_name="levers", verbose_name=pgettext_lazy("plan of a project", "plan")
    )
    kind = models.CharField(_("lever"), max_length=16)
    keys = models.JSONField(_("tasks"), default=list)
    wd = models.PositiveSmallIntegerField(default=0)
    gain_wd = models.SmallIntegerField(_("gain (working days)"), default=0)
    item = models.ForeignKey(
        "dispatch.LedgerItem",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="levers",
        verbose_name=_("ledger item"),
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawn_reason = models.CharField(_("why"), max_length=200, blank=True)

    objects = PlanPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("lever of a plan")
        verbose_name_plural = _("levers of plans")
        ordering = ["plan", "at", "pk"]


class PlanBaseline(models.Model):
    """One version of the baseline (计划): what was promised, by whom and why. Append-only.

    ``rows``: [{"key", "name", "start", "finish", "latest", "float", "unit", "person"}], dates as ISO strings or None;
    ``start`` and ``finish`` are the baseline, ``latest`` the latest finish that keeps the target.
    """

    plan = models.ForeignKey(
        Plan, models.CASCADE, related_name="baselines", verbose_name=pgettext_lazy("plan of a project", "plan")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    goal = models.CharField(_("goal"), max_length=3, choices=Goal)
    target_on = models.DateField(_("target day"), null=True, blank=True)
    is_provisional = models.BooleanField(_("provisional"), default=False)
    rows = models.JSONField(default=list)
    sha256 = models.CharField(max_length=64)
    reason = models.CharField(_("why"), max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    objects = PlanPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("baseline")
        verbose_name_plural = _("baselines")
        ordering = ["plan", "-number"]
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="baseline_number_once")]

    def __str__(self):
        return f"v{self.number}"


class PlanEntry(models.Model):
    """History of a plan. Append-only. ``changes``: [{"field", "old", "new"}] with JSON values."""

    plan = models.ForeignKey(
        Plan, models.CASCADE, related_name="history", verbose_name=pgettext_lazy("plan of a project", "plan")
    )
    verb = models.CharField(_("what"), max_length=24)
    changes = models.JSONField(_("changes"), default=list, blank=True)
    note = models.TextField(_("note"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    objects = PlanPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of a plan's history")
        verbose_name_plural = _("entries of plans' history")
        ordering = ["plan", "-at", "-pk"]


class PlanForecast(models.Model):
    """What the engine said last about a project: derived, written anew every morning and after each change of a plan.

    ``short_wd``: working days past the target, 0 when kept, None without target. ``rows``: [{"key", "start", "finish",
    "latest", "float", "standing", "critical"}], dates as ISO strings. ``p50_on``, ``p80_on``: None without enough data.
    """

    project = models.OneToOneField(Project, models.CASCADE, related_name="forecast", verbose_name=_("project"))
    as_of = models.DateField(_("as of"))
    goal = models.CharField(_("goal"), max_length=3, choices=Goal)
    target_on = models.DateField(_("target day"), null=True)
    goal_on = models.DateField(_("forecast"), null=True)
    is_reached = models.BooleanField(default=False)
    short_wd = models.PositiveIntegerField(null=True)
    spare_wd = models.IntegerField(null=True)
    p50_on = models.DateField(null=True)
    p80_on = models.DateField(null=True)
    is_provisional = models.BooleanField(default=False)
    conflicts = models.PositiveSmallIntegerField(default=0)
    chain = models.JSONField(default=list)
    rows = models.JSONField(default=list)
    computed_at = models.DateTimeField()

    objects = InternalPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("forecast")
        verbose_name_plural = _("forecasts")
        indexes = [
            models.Index(fields=["target_on"], condition=Q(short_wd__gt=0), name="forecast_short"),
            models.Index(fields=["p80_on"], condition=Q(p80_on__isnull=False), name="forecast_p80"),
        ]


class LearnedDurations(models.Model):
    """Durations of a park's own finished steps, working days: derived, written anew every morning.

    ``rows``: {code: {"n", "median", "p80", "best", "counts": {"3": 12, …}}}, ``counts`` of each duration seen.
    """

    park = models.OneToOneField(Park, models.CASCADE, related_name="learned_durations", verbose_name=_("park"))
    as_of = models.DateField(_("as of"))
    rows = models.JSONField(default=dict)
    computed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("learned durations")
        verbose_name_plural = _("learned durations")

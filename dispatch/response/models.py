"""Three-level response (三级响应) and four-tier dispatch (四级调度): who must answer a warning, how fast, and where.

The level of a case follows from its events alone (dispatch.response.ladder). Source: domain.md 3.4.
"""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Organization, Park
from accounts.scoping import ScopedQuerySet
from dispatch.response import sessions
from dispatch.response.policy import Rhythm
from dispatch.warnings.models import Warning
from projects.models import Project, ProjectQuerySet
from workdays.arithmetic import WorkCalendar


class ResponseLevel(models.IntegerChoices):
    """Ⅰ is the most severe. 4 is the reminder, which opens no case."""

    ONE = 1, _("level Ⅰ")
    TWO = 2, _("level Ⅱ")
    THREE = 3, _("level Ⅲ")


class ResponsePolicy(models.Model):
    """One version of the ladder: triggers, deadlines, who is told, rhythm of the tiers (``params``, domain.md 3.4).

    ``park`` null: the default that came with the site. The newest version of a park, else of the default, is in force.
    """

    park = models.ForeignKey(
        Park, models.CASCADE, null=True, blank=True, related_name="response_policies", verbose_name=_("park")
    )
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    params = models.JSONField(_("settings"), default=dict, blank=True)
    is_enabled = models.BooleanField(_("switched on"), default=True)
    note = models.CharField(_("why"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), null=True)

    class Meta:
        verbose_name = _("response policy")
        verbose_name_plural = _("response policies")
        ordering = ["park", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["park", "version"], condition=Q(park__isnull=False), name="response_policy_version_once"
            ),
            models.UniqueConstraint(
                fields=["version"], condition=Q(park__isnull=True), name="response_default_version_once"
            ),
        ]

    def __str__(self):
        return f"v{self.version}"


class DutyHolder(models.Model):
    """Who holds an office that the ladder tells.

    窗口负责人 and 部门负责人 are of one organization; 项目服务中心主任, 分管领导 and 主要领导 of the park.
    """

    class Duty(models.TextChoices):
        WINDOW_HEAD = "window_head", _("head of the window")
        UNIT_HEAD = "unit_head", _("head of the department")
        CENTRE_HEAD = "centre_head", _("head of the project centre")
        DEPUTY_LEADER = "deputy_leader", _("deputy leader in charge")
        CHIEF_LEADER = "chief_leader", _("chief leader")

    park = models.ForeignKey(Park, models.CASCADE, related_name="duty_holders", verbose_name=_("park"))
    duty = models.CharField(_("duty"), max_length=16, choices=Duty)
    organization = models.ForeignKey(
        Organization, models.CASCADE, null=True, blank=True, related_name="duty_holders", verbose_name=_("organization")
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="duties", verbose_name=_("account"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("holder of a duty")
        verbose_name_plural = _("holders of duties")
        ordering = ["park", "duty", "organization"]
        constraints = [
            models.UniqueConstraint(
                fields=["park", "duty", "organization", "user"],
                condition=Q(organization__isnull=False),
                name="unit_duty_once",
            ),
            models.UniqueConstraint(
                fields=["park", "duty", "user"], condition=Q(organization__isnull=True), name="park_duty_once"
            ),
        ]

    def __str__(self):
        return f"{self.get_duty_display()} {self.user}"


class ResponseCaseQuerySet(ScopedQuerySet):
    def unit_scope(self, organization_ids):
        return Q(unit__in=organization_ids) | Q(
            project__in=Project.objects.filter(ProjectQuerySet.reach(organization_ids)).values("pk")
        )

    def open(self):
        return self.filter(closed_on__isnull=True)

    def overdue(self, today: date):
        """Open cases with an answer, or the clearing, past its day; held ones are never late."""
        late = (
            Q(acknowledged_on__isnull=True, acknowledge_by_on__lt=today)
            | Q(acted_on__isnull=True, act_by_on__lt=today)
            | Q(report_by_on__lt=today)
            | Q(clear_by_on__lt=today)
        )
        return self.open().filter(late, is_held=False)

    def at_tier(self, tier: int, today: date, calendar: WorkCalendar, rhythm: Rhythm):
        """Open cases that a dispatch tier takes; the rule of ``sessions.tier_of`` as a condition."""
        passed = {tier: sessions.latest_before(tier, today, calendar, rhythm) for tier in (2, 3)}
        late = Q(pk__in=self.model.objects.overdue(today).values("pk"))
        to_fourth = Q(level=1) & (Q(level_since_on__lte=passed[3]) | late)
        conditions = {
            1: Q(level=3),
            2: Q(level=2, level_since_on__gt=passed[2]),
            3: Q(level=2, level_since_on__lte=passed[2]) | Q(level=1) & ~to_fourth,
            4: to_fourth,
        }
        return self.open().filter(conditions[tier])


class ResponseCase(models.Model):
    """The answer to one warning. A warning that comes back within two evaluations goes on with its case.

    ``level``, ``level_since_on``, ``clock_from_on`` and ``clean_days`` are what the ladder made of the events up to
    ``evaluated_on`` (``dispatch.response.ladder.State``); ``clock_from_on`` is the day from which its deadlines count
    (later than ``level_since_on`` after the case was held). ``trigger``: what the cause asked for on that day.
    """

    park = models.ForeignKey(Park, models.PROTECT, related_name="response_cases", verbose_name=_("park"))
    warning = models.ForeignKey(Warning, models.CASCADE, related_name="cases", verbose_name=_("warning"))
    project = models.ForeignKey(
        Project, models.CASCADE, null=True, blank=True, related_name="response_cases", verbose_name=_("project")
    )
    unit = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="response_cases", verbose_name=_("unit")
    )
    level = models.PositiveSmallIntegerField(_("level"), choices=ResponseLevel)
    level_since_on = models.DateField(_("at this level since"))
    clock_from_on = models.DateField(_("deadlines count from"))
    acknowledge_by_on = models.DateField(_("acknowledge by"), null=True, blank=True)
    act_by_on = models.DateField(_("plan or meeting by"), null=True, blank=True)
    clear_by_on = models.DateField(_("cleared by"), null=True, blank=True)
    acknowledged_on = models.DateField(_("acknowledged on"), null=True, blank=True)
    acted_on = models.DateField(_("plan or meeting on"), null=True, blank=True)
    is_held = models.BooleanField(_("held"), default=False)
    report_by_on = models.DateField(_("weekly report by"), null=True, blank=True)
    reported_on = models.DateField(_("weekly report on"), null=True, blank=True)
    clean_days = models.PositiveSmallIntegerField(_("clean evaluations"), default=0)
    gone_days = models.PositiveSmallIntegerField(_("evaluations without cause"), default=0)
    cause_level = models.PositiveSmallIntegerField(_("asked for by its cause"), choices=ResponseLevel)
    overdue = models.JSONField(_("overdue answers"), default=list, blank=True)
    trigger = models.PositiveSmallIntegerField(_("asked for now"), choices=ResponseLevel, null=True, blank=True)
    opened_on = models.DateField(_("opened on"))
    closed_on = models.DateField(pgettext_lazy("response", "closed on"), null=True, blank=True)
    evaluated_on = models.DateField(_("evaluated on"))
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ResponseCaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("response case")
        verbose_name_plural = _("response cases")
        ordering = ["level", "opened_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["warning"], condition=Q(closed_on__isnull=True), name="one_open_case_per_warning"
            ),
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=3), name="response_level_known"),
        ]
        indexes = [
            models.Index(fields=["park", "level"], condition=Q(closed_on__isnull=True), name="cases_open_by_level"),
            models.Index(fields=["project"], condition=Q(closed_on__isnull=True), name="cases_open_by_project"),
        ]

    def __str__(self):
        return f"{self.get_level_display()} {self.warning_id}"


class ResponseEventQuerySet(ScopedQuerySet):
    park_path = "case__park"

    def unit_scope(self, organization_ids):
        seen = ResponseCase.objects.filter(ResponseCase.objects.all().unit_scope(organization_ids))
        return Q(case__in=seen.values("pk"))


class ResponseEvent(models.Model):
    """The trace of a case: what the daily evaluation did and what people answered. Append-only; the outbox of notices.

    ``reason``: a code of dispatch.response.ladder with ``facts`` for its sentence. ``told``: names and duties at the
    time. Moves of the level carry the policy's version. ``due_on``: when a plan says that the cause will be gone.
    """

    class Kind(models.TextChoices):
        OPENED = "opened", pgettext_lazy("response", "opened")
        RAISED = "raised", _("level raised")
        LOWERED = "lowered", _("level lowered")
        HELD = "held", _("held")
        RELEASED = "released", _("released")
        OVERDUE = "overdue", _("not answered in time")
        CLOSED = "closed", pgettext_lazy("response", "closed")
        ACKNOWLEDGED = "acknowledged", _("acknowledged")
        PLAN = "plan", _("plan")
        MEETING = "meeting", _("special meeting")
        REPORT = "report", _("weekly report")
        NOTE = "note", _("note")

    case = models.ForeignKey(ResponseCase, models.CASCADE, related_name="events", verbose_name=_("case"))
    kind = models.CharField(_("what"), max_length=12, choices=Kind)
    from_level = models.PositiveSmallIntegerField(_("from"), choices=ResponseLevel, null=True, blank=True)
    to_level = models.PositiveSmallIntegerField(_("to"), choices=ResponseLevel, null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=32, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    told = models.JSONField(_("told"), default=list, blank=True)
    text = models.TextField(_("text"), blank=True)
    due_on = models.DateField(_("cleared by, says the plan"), null=True, blank=True)
    meeting = models.ForeignKey(
        "dispatch.Meeting", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("meeting")
    )
    policy_version = models.PositiveSmallIntegerField(null=True, blank=True)
    rule_version = models.PositiveSmallIntegerField(null=True, blank=True)
    as_of = models.DateField(_("as of"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"))
    processed_at = models.DateTimeField(null=True, blank=True)

    objects = ResponseEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("response event")
        verbose_name_plural = _("response events")
        ordering = ["case", "as_of", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind", "as_of"], condition=Q(by__isnull=True), name="response_event_once_a_day"
            )
        ]
        indexes = [models.Index(fields=["id"], condition=Q(processed_at__isnull=True), name="response_events_pending")]

"""Warnings derived every day from stored facts, unique per rule, object and due date. Source: domain.md 3.3."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, Park
from accounts.scoping import ScopedQuerySet
from projects.models import Light, Project, ProjectQuerySet

LEVELS = [choice for choice in Light.choices if choice[0] in ("blue", "yellow", "red")]


class WarningRule(models.Model):
    """One version of one rule's thresholds. The newest version of a code is in force, older ones explain old rows.

    ``park`` null: the rule that came with the site; a park's own version stands before it, unless it says
    ``follows_default``. In a park no number is used twice, so a warning's ``rule_version`` names one row.
    ``note``: why it was changed.
    """

    park = models.ForeignKey(
        Park, models.CASCADE, null=True, blank=True, related_name="warning_rules", verbose_name=_("park")
    )
    code = models.CharField(_("rule"), max_length=32)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    name_zh = models.CharField(_("Chinese name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=100, blank=True)
    params = models.JSONField(_("thresholds"), default=dict, blank=True)
    is_enabled = models.BooleanField(_("enabled"), default=True)
    follows_default = models.BooleanField(_("back to the default"), default=False)
    note = models.CharField(_("why"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"), null=True, blank=True)

    class Meta:
        verbose_name = _("warning rule")
        verbose_name_plural = _("warning rules")
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "version"], condition=Q(park__isnull=True), name="warning_rule_version_once"
            ),
            models.UniqueConstraint(
                fields=["park", "code", "version"], condition=Q(park__isnull=False), name="park_rule_version_once"
            ),
        ]

    def __str__(self):
        return f"{self.name_zh} v{self.version}"


class WarningQuerySet(ScopedQuerySet):
    def unit_scope(self, organization_ids):
        return Q(unit__in=organization_ids) | Q(
            project__in=Project.objects.filter(ProjectQuerySet.reach(organization_ids)).values("pk")
        )

    def active(self):
        return self.filter(cleared_on__isnull=True)


class Warning(models.Model):
    """One cause that is late, or due soon, since ``since_on``. Clears itself when the cause is gone."""

    class ObjectType(models.TextChoices):
        STEP = "step", _("approval step")
        MILESTONE = "milestone", _("milestone")
        LEDGER_ITEM = "ledger_item", _("ledger item")
        PROJECT = "project", _("project")
        PAPER = "paper", _("outstanding paper")
        COMMITMENT = "commitment", _("commitment")
        CERTIFICATE = "certificate", _("certificate")

    class Party(models.TextChoices):
        UNIT = "unit", _("responsible unit")
        ENTERPRISE = "enterprise", _("enterprise")

    park = models.ForeignKey(Park, models.PROTECT, related_name="warnings", verbose_name=_("park"))
    project = models.ForeignKey(
        Project, models.CASCADE, null=True, blank=True, related_name="warnings", verbose_name=_("project")
    )
    unit = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="warnings", verbose_name=_("unit")
    )
    rule = models.CharField(_("rule"), max_length=32)
    rule_version = models.PositiveSmallIntegerField(default=1)
    object_type = models.CharField(_("about"), max_length=12, choices=ObjectType)
    object_id = models.BigIntegerField()
    label = models.CharField(_("about"), max_length=200, blank=True)
    due_on = models.DateField(_("due on"))
    level = models.CharField(_("level"), max_length=8, choices=LEVELS)
    # Whose days these are: what an enterprise owes colours the project and is no unit's fault (domain.md 3.3).
    party = models.CharField(_("whose"), max_length=10, choices=Party, default=Party.UNIT, db_default=Party.UNIT)
    # How far behind, in percentage points, where the rule measures it; None for rules that count days.
    behind_pp = models.DecimalField(_("behind (percentage points)"), max_digits=6, decimal_places=2, null=True)
    since_on = models.DateField(_("since"))
    cleared_on = models.DateField(_("cleared on"), null=True, blank=True)

    objects = WarningQuerySet.as_manager()

    class Meta:
        verbose_name = _("warning")
        verbose_name_plural = _("warnings")
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["rule", "object_type", "object_id", "due_on"], name="warning_once"),
            models.CheckConstraint(condition=Q(level__in=["blue", "yellow", "red"]), name="warning_level_known"),
        ]
        indexes = [
            models.Index(
                fields=["park", "level", "due_on"], condition=Q(cleared_on__isnull=True), name="warning_active"
            ),
            models.Index(fields=["project"], condition=Q(cleared_on__isnull=True), name="warning_active_by_project"),
            models.Index(fields=["object_type", "object_id"], name="warning_by_object"),
        ]

    def __str__(self):
        return f"{self.rule} {self.object_type} {self.object_id} {self.due_on}"


class WarningEventQuerySet(ScopedQuerySet):
    park_path = "warning__park"


class WarningEvent(models.Model):
    """History and outbox: what happened to a warning on which day. Written in the transaction that changed it."""

    class Kind(models.TextChoices):
        RAISED = "raised", _("raised")
        LEVEL = "level", _("level changed")
        CLEARED = "cleared", _("cleared")

    warning = models.ForeignKey(Warning, models.CASCADE, related_name="events")
    kind = models.CharField(_("what"), max_length=8, choices=Kind)
    level = models.CharField(_("level"), max_length=8, choices=Light)
    as_of = models.DateField(_("as of"))
    processed_at = models.DateTimeField(null=True, blank=True)

    objects = WarningEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("warning event")
        verbose_name_plural = _("warning events")
        ordering = ["warning", "pk"]
        constraints = [models.UniqueConstraint(fields=["warning", "kind", "as_of"], name="warning_event_once_a_day")]
        indexes = [models.Index(fields=["id"], condition=Q(processed_at__isnull=True), name="warning_events_pending")]

"""告知承诺 and 先建后验: decided on the applicant's written promise, checked later (domain.md section 1)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from approvals.flow import DONE
from approvals.models.steps import ProjectStep
from projects.models import Project, ProjectPartQuerySet


class Commitment(models.Model):
    """A written promise of the enterprise: for one step (告知承诺), or for several with the check left to the
    acceptance step ``check_before`` (先建后验)."""

    class Kind(models.TextChoices):
        SINGLE = "single", _("informed commitment")
        BUILD_FIRST = "build_first", _("build first, inspect later")

    project = models.ForeignKey(Project, models.CASCADE, related_name="commitments", verbose_name=_("project"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    text = models.TextField(_("text of the promise"))
    signed_by_name = models.CharField(_("signed by"), max_length=60)
    signed_on = models.DateField(_("signed on"))
    check_due_on = models.DateField(_("to be checked by"), null=True, blank=True)
    check_before = models.CharField(_("to be checked before step"), max_length=10, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    objects = ProjectPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        ordering = ["project", "-signed_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(check_due_on__isnull=False) | ~Q(check_before=""), name="commitment_is_checked_some_time"
            )
        ]


class CommittedStepQuerySet(ProjectPartQuerySet):
    park_path = "commitment__project__park"

    def unit_scope(self, organization_ids):
        steps = ProjectStep.objects.filter(ProjectStep.objects.all().unit_scope(organization_ids))
        return Q(project_step__in=steps)

    def enterprise_scope(self, organization_id):
        return Q(commitment__project__enterprise__organization=organization_id)

    def visitor_scope(self, project_id):
        return Q(commitment__project=project_id)

    def live(self):
        """Promises that a decision still in force rests on."""
        return self.filter(project_step__round=F("round"), project_step__state__in=DONE)


class CommittedStep(models.Model):
    """A step decided on a promise, and what the later check found."""

    class Outcome(models.TextChoices):
        PENDING = "pending", _("to be checked")
        KEPT = "kept", _("kept")
        BROKEN = "broken", _("broken")

    commitment = models.ForeignKey(Commitment, models.CASCADE, related_name="steps", verbose_name=_("commitment"))
    project_step = models.ForeignKey(ProjectStep, models.CASCADE, related_name="committed", verbose_name=_("step"))
    round = models.PositiveSmallIntegerField(_("round"))
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome, default=Outcome.PENDING)
    checked_on = models.DateField(_("checked on"), null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("checked by")
    )
    note = models.TextField(_("what the check found"), blank=True)

    objects = CommittedStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("step on commitment")
        verbose_name_plural = _("steps on commitment")
        ordering = ["commitment", "project_step__seq"]
        constraints = [
            models.UniqueConstraint(fields=["project_step", "round"], name="one_commitment_per_step_and_round"),
            models.CheckConstraint(
                condition=Q(outcome="pending") | Q(checked_on__isnull=False), name="checked_commitment_is_dated"
            ),
        ]

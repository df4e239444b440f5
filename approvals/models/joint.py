"""联审: a bundle of steps opened once with one set of papers, answered in parallel, issued together."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Organization
from approvals.models.catalogue import Bundle
from approvals.models.steps import ProjectStep
from projects.models import InternalPartQuerySet, Project


class JointReview(models.Model):
    """One joint review of a project. ``opened_at`` to ``issued_at`` is what "issued within N hours" counts."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("joint review", "open")
        ISSUED = "issued", _("issued together")
        CANCELLED = "cancelled", _("cancelled")

    project = models.ForeignKey(Project, models.CASCADE, related_name="joint_reviews", verbose_name=_("project"))
    bundle = models.ForeignKey(Bundle, models.PROTECT, related_name="reviews", verbose_name=_("bundle"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField(_("opened at"))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("opened by")
    )
    answer_due_on = models.DateField(_("answers due on"), null=True, blank=True)
    issued_at = models.DateTimeField(pgettext_lazy("joint review", "issued at"), null=True, blank=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("issued by")
    )
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("cancelled by"),
    )
    cancel_reason = models.TextField(_("why cancelled"), blank=True)
    note = models.TextField(_("note"), blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = InternalPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("joint review")
        verbose_name_plural = _("joint reviews")
        ordering = ["project", "-opened_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "bundle"], condition=Q(state="open"), name="one_open_joint_review_per_bundle"
            ),
            models.CheckConstraint(
                condition=~Q(state="issued") | Q(issued_at__isnull=False), name="issued_review_is_dated"
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | Q(cancelled_at__isnull=False) & ~Q(cancel_reason=""),
                name="cancelled_review_says_why",
            ),
        ]


class JointReviewStepQuerySet(InternalPartQuerySet):
    park_path = "review__project__park"

    def unit_scope(self, organization_ids):
        steps = ProjectStep.objects.filter(ProjectStep.objects.all().unit_scope(organization_ids))
        return Q(project_step__in=steps)


class JointReviewStep(models.Model):
    """The answer of the department that handles one step of the bundle.

    ``earlier``: the answers given before this one, oldest first: [{answer, note, result_number, by, by_name, at}].
    """

    class Answer(models.TextChoices):
        PENDING = "pending", _("no answer yet")
        AGREED = "agreed", _("agreed")
        OBJECTED = "objected", _("objected")

    review = models.ForeignKey(JointReview, models.CASCADE, related_name="steps", verbose_name=_("joint review"))
    project_step = models.ForeignKey(ProjectStep, models.CASCADE, related_name="joint_reviews", verbose_name=_("step"))
    unit = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit")
    )
    answer = models.CharField(_("answer"), max_length=10, choices=Answer, default=Answer.PENDING)
    result_number = models.CharField(_("number of the result document"), max_length=100, blank=True)
    note = models.TextField(_("opinion"), blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    earlier = models.JSONField(_("earlier answers"), default=list, blank=True)

    objects = JointReviewStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("step in joint review")
        verbose_name_plural = _("steps in joint review")
        ordering = ["review", "project_step__seq"]
        constraints = [
            models.UniqueConstraint(fields=["review", "project_step"], name="step_once_per_joint_review"),
            models.CheckConstraint(
                condition=Q(answer="pending") | Q(answered_at__isnull=False), name="joint_answer_is_dated"
            ),
            models.CheckConstraint(condition=~Q(answer="objected") | ~Q(note=""), name="objection_needs_reason"),
        ]

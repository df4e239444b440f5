"""Result documents with a life: 施工许可证 3 months to start, 环评 5 years … (domain.md section 1)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from approvals.models.catalogue import Step
from approvals.models.steps import ProjectStep, StepEnterprisePartQuerySet


class Certificate(models.Model):
    """A result document that ends on ``valid_until`` unless it is renewed, or construction starts by then."""

    class State(models.TextChoices):
        VALID = "valid", _("valid")
        FULFILLED = "fulfilled", _("fulfilled")
        VOID = "void", _("void")

    project_step = models.ForeignKey(ProjectStep, models.CASCADE, related_name="certificates", verbose_name=_("step"))
    kind = models.CharField(_("kind"), max_length=10, choices=Step.Validity)
    number = models.CharField(_("number"), max_length=100, blank=True)
    issued_on = models.DateField(_("issued on"))
    valid_until = models.DateField(_("valid until"))
    renewals = models.PositiveSmallIntegerField(_("renewed"), default=0)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.VALID)
    state_on = models.DateField(_("state since"), null=True, blank=True)
    history = models.JSONField(_("renewals"), default=list, blank=True)  # [{on, until, reason, by}]
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = StepEnterprisePartQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        ordering = ["valid_until", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(valid_until__gte=models.F("issued_on")), name="certificate_dates"),
            models.UniqueConstraint(
                fields=["project_step"], condition=Q(state="valid"), name="one_valid_certificate_per_step"
            ),
        ]
        indexes = [models.Index(fields=["valid_until"], condition=Q(state="valid"), name="certificate_expiry")]

"""What a park adds to the guide for everybody who asks where to go and whom to call."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Park
from accounts.scoping import ScopedQuerySet


class GuideQuerySet(ScopedQuerySet):
    """Public by nature: everybody of the park reads it, the public page too."""

    def unit_scope(self, organization_ids):
        return models.Q()

    def enterprise_scope(self, organization_id):
        return models.Q()


class StepContact(models.Model):
    """Where to go and whom to call for a step in this park; holds for every version of the catalogue."""

    park = models.ForeignKey(Park, models.CASCADE, related_name="step_contacts", verbose_name=_("park"))
    step_code = models.CharField(_("step"), max_length=10)
    window_zh = models.CharField(_("window"), max_length=160, blank=True)
    window_en = models.CharField(_("window (English)"), max_length=160, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    hours = models.CharField(_("opening hours"), max_length=120, blank=True)
    contact_name = models.CharField(_("contact person"), max_length=60, blank=True)
    contact_phone = models.CharField(_("contact phone"), max_length=60, blank=True)
    online_url = models.URLField(_("online address"), blank=True)
    note = models.TextField(_("note"), blank=True)

    objects = GuideQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact of a step")
        verbose_name_plural = _("contacts of steps")
        ordering = ["park", "step_code"]
        constraints = [models.UniqueConstraint(fields=["park", "step_code"], name="contact_once_per_step_and_park")]

    def __str__(self):
        return f"{self.step_code} {self.contact_name}".strip()


class PaperTemplate(models.Model):
    """A form to fill in for a paper, to download from the guide; by the paper's code, for every catalogue version."""

    park = models.ForeignKey(Park, models.CASCADE, related_name="paper_templates", verbose_name=_("park"))
    paper_code = models.CharField(_("code of the paper"), max_length=16)
    title = models.CharField(_("title"), max_length=120)
    file = models.FileField(_("file"), upload_to="paper-templates/", max_length=200)
    original_name = models.CharField(_("file name"), max_length=200, editable=False)
    is_active = models.BooleanField(_("offered"), default=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, verbose_name=_("by")
    )
    updated_at = models.DateTimeField(_("updated"), null=True, editable=False)

    objects = GuideQuerySet.as_manager()

    class Meta:
        verbose_name = _("template of a paper")
        verbose_name_plural = _("templates of papers")
        ordering = ["park", "paper_code", "title"]

    def __str__(self):
        return f"{self.paper_code} {self.title}"


class ApprovalPolicy(models.Model):
    """A park's own rules for approvals; a park without a row has the defaults (domain.md section 1, 2.4)."""

    class AtDeadline(models.TextChoices):
        WITHDRAWN = "withdrawn", _("counts as withdrawn")
        REFUSED = "refused", _("is refused")
        FLAGGED = "flagged", _("is only flagged")

    park = models.OneToOneField(Park, models.CASCADE, related_name="approval_policy", verbose_name=_("park"))
    supplement_wd = models.PositiveSmallIntegerField(
        _("outstanding papers follow within (working days)"),
        null=True,
        blank=True,
        help_text=_("Empty: the committed limit of the step, at most 5 working days."),
    )
    renewal_wd = models.PositiveSmallIntegerField(_("one renewal lasts (working days)"), default=5)
    at_deadline = models.CharField(
        _("papers not supplied in time: the case"), max_length=10, choices=AtDeadline, default=AtDeadline.WITHDRAWN
    )
    project_quota_mb = models.PositiveIntegerField(_("files of one project (MB)"), default=500)
    urge_every_wd = models.PositiveSmallIntegerField(_("urging again after (working days)"), default=2)
    link_days = models.PositiveSmallIntegerField(_("a signed link is valid for (days)"), default=90)

    objects = GuideQuerySet.as_manager()

    class Meta:
        verbose_name = _("approval policy")
        verbose_name_plural = _("approval policies")

    def __str__(self):
        return str(self.park)

    @classmethod
    def of(cls, park_id: int) -> "ApprovalPolicy":
        """The park's policy; the defaults, unsaved, when it has none."""
        return cls.objects.filter(park=park_id).first() or cls(park_id=park_id)

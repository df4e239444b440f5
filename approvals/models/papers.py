"""Files of papers with their versions and reviews, and the notices that return them (一次性告知)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from approvals.models.portal import AccessLink
from approvals.models.steps import ProjectStep, StepDocument, StepEnterprisePartQuerySet
from approvals.papers.storage import papers
from projects.models import InternalPartQuerySet


class StepFileQuerySet(StepEnterprisePartQuerySet):
    park_path = "document__project_step__project__park"

    def unit_scope(self, organization_ids):
        steps = ProjectStep.objects.filter(ProjectStep.objects.all().unit_scope(organization_ids))
        return Q(document__project_step__in=steps)

    def enterprise_scope(self, organization_id):
        return Q(document__project_step__project__enterprise__organization=organization_id)

    def visitor_scope(self, project_id):
        return Q(document__project_step__project=project_id)


class StepFile(models.Model):
    """One version of a paper as a file. Versions are never overwritten; the newest one counts.

    ``size`` in bytes. ``file`` has a generated name; ``original_name`` is what the sender called it, kept as data.
    """

    class Scan(models.TextChoices):
        AVAILABLE = "available", _("available")
        QUARANTINED = "quarantined", _("in quarantine")

    class Review(models.TextChoices):
        PENDING = "pending", _("waits for review")
        ACCEPTED = "accepted", _("accepted")
        RETURNED = "returned", _("returned")

    document = models.ForeignKey(StepDocument, models.CASCADE, related_name="files", verbose_name=_("paper"))
    version_no = models.PositiveSmallIntegerField(_("version"))
    file = models.FileField(_("file"), storage=papers, max_length=200)
    original_name = models.CharField(_("file name"), max_length=200)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size (bytes)"))
    sha256 = models.CharField(max_length=64)
    scan = models.CharField(_("scan"), max_length=12, choices=Scan, default=Scan.AVAILABLE)
    review = models.CharField(_("review"), max_length=10, choices=Review, default=Review.PENDING)
    review_reason = models.TextField(_("reason"), blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("reviewed by")
    )
    reviewed_at = models.DateTimeField(_("reviewed at"), null=True, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    uploaded_link = models.ForeignKey(
        AccessLink, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("signed link")
    )
    uploader_name = models.CharField(_("sender"), max_length=100, blank=True)
    uploaded_at = models.DateTimeField(_("at"))

    objects = StepFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of a paper")
        verbose_name_plural = _("files of papers")
        ordering = ["document", "-version_no"]
        constraints = [
            models.UniqueConstraint(fields=["document", "version_no"], name="file_version_once"),
            models.CheckConstraint(condition=~Q(review="returned") | ~Q(review_reason=""), name="return_needs_reason"),
        ]


class PaperDownloadQuerySet(InternalPartQuerySet):
    park_path = "file__document__project_step__project__park"

    def unit_scope(self, organization_ids):
        steps = ProjectStep.objects.filter(ProjectStep.objects.all().unit_scope(organization_ids))
        return Q(file__document__project_step__in=steps)


class PaperDownload(models.Model):
    """Who read a paper, and when. Append-only. ``way``: saved as a file, shown by the browser, or part of a ZIP."""

    class Way(models.TextChoices):
        SAVED = "saved", _("saved")
        SHOWN = "shown", _("shown")
        ZIP = "zip", _("with all papers")

    file = models.ForeignKey(StepFile, models.CASCADE, related_name="downloads", verbose_name=_("file"))
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    link = models.ForeignKey(
        AccessLink, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("signed link")
    )
    way = models.CharField(_("how"), max_length=5, choices=Way, default=Way.SAVED)

    objects = PaperDownloadQuerySet.as_manager()

    class Meta:
        verbose_name = _("download of a paper")
        verbose_name_plural = _("downloads of papers")
        ordering = ["file", "-at", "-pk"]


class CorrectionNotice(models.Model):
    """Everything missing or wrong at a step, named at once (一次性告知, 行政许可法 art. 32)."""

    project_step = models.ForeignKey(
        ProjectStep, models.CASCADE, related_name="correction_notices", verbose_name=_("step")
    )
    round = models.PositiveSmallIntegerField(_("round"))
    issued_on = models.DateField(_("issued on"))
    text = models.TextField(_("further remarks"), blank=True)
    points = models.JSONField(_("papers and reasons"), default=list, blank=True)  # [{code, paper, reason, missing}]
    answered_on = models.DateField(_("resubmitted on"), null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    objects = StepEnterprisePartQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction notice")
        verbose_name_plural = _("correction notices")
        ordering = ["project_step", "-at", "-pk"]

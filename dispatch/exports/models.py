"""Files that take long (a bulletin as PDF, a list of thousands of rows): made in a worker, progress shown."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Park
from accounts.scoping import ScopedQuerySet
from approvals.papers.storage import papers


class FileJobQuerySet(ScopedQuerySet):
    def of(self, user):
        """A file belongs to whoever asked for it."""
        return self.filter(by=user) if user.is_authenticated else self.none()


class FileJob(models.Model):
    """One file asked for. ``kind``: name in ``dispatch.exports.registry``; ``params``: its plain JSON arguments.

    ``lease_until``: a worker is at it until then; afterwards another may begin anew. The file is thrown away after
    ``expires_at``.
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("file", "waiting")
        RUNNING = "running", pgettext_lazy("file", "being made")
        DONE = "done", pgettext_lazy("file", "ready")
        FAILED = "failed", pgettext_lazy("file", "failed")
        CANCELLED = "cancelled", _("cancelled")
        EXPIRED = "expired", pgettext_lazy("file", "thrown away")

    park = models.ForeignKey(Park, models.CASCADE, null=True, related_name="file_jobs", verbose_name=_("park"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="file_jobs", verbose_name=_("asked for by")
    )
    kind = models.CharField(_("kind"), max_length=40)
    params = models.JSONField(default=dict, blank=True)
    title = models.CharField(_("title"), max_length=200)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    done = models.PositiveIntegerField(_("done"), default=0)
    total = models.PositiveIntegerField(_("of"), default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    error = models.CharField(_("error"), max_length=300, blank=True)
    file = models.FileField(_("file"), storage=papers, max_length=200, blank=True)
    file_name = models.CharField(_("file name"), max_length=200, blank=True)
    content_type = models.CharField(_("type"), max_length=100, blank=True)
    size = models.PositiveBigIntegerField(_("size (bytes)"), default=0)
    asked_at = models.DateTimeField(_("asked for at"))
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    expires_at = models.DateTimeField(_("kept until"), null=True, blank=True)

    objects = FileJobQuerySet.as_manager()

    class Meta:
        verbose_name = _("file being made")
        verbose_name_plural = _("files being made")
        ordering = ["-asked_at", "-pk"]
        indexes = [
            models.Index(
                fields=["asked_at"], condition=Q(state__in=["waiting", "running"]), name="file_job_open_by_age"
            )
        ]

    def __str__(self):
        return self.title

"""Ledger workbooks on their way into the register."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Park
from accounts.scoping import ScopedQuerySet
from projects.models.registry import Project


class ImportBatchQuerySet(ScopedQuerySet):
    """Imports are the project centre's own business: nothing for units and enterprises."""


class ImportBatch(models.Model):
    """One uploaded ledger workbook on its way: read → shown → confirmed. The file itself is kept with its hash."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("being read")
        REFUSED = "refused", _("file refused")
        READY = "ready", _("ready to confirm")
        CONFIRMED = "confirmed", _("being written")
        DONE = "done", _("imported")
        FAILED = "failed", _("failed")
        DISCARDED = "discarded", _("discarded")

    park = models.ForeignKey(Park, models.PROTECT, related_name="imports", verbose_name=_("park"))
    file = models.FileField(_("file"), upload_to="imports/%Y/%m/")
    file_name = models.CharField(_("file name"), max_length=200)
    sha256 = models.CharField(max_length=64)
    report_year = models.PositiveSmallIntegerField(_("report year"))
    report_month = models.PositiveSmallIntegerField(_("report month"))
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.UPLOADED)
    valid_rows_only = models.BooleanField(_("valid rows only"), default=False)
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    refusal = models.JSONField(default=dict, blank=True)
    summary = models.JSONField(default=dict, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(_("uploaded at"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("ledger import")
        verbose_name_plural = _("ledger imports")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="import_confirmed_at_and_by",
            )
        ]

    def __str__(self):
        return self.file_name


class ImportRow(models.Model):
    """One row of an imported workbook with what it would do and did: raw text and cell of every value are kept.

    ``values``: {field: {"value", "raw", "cell"}}; ``changes``: list of {"field", "old", "new", "cell", "raw"};
    ``findings``: list of {"severity", "kind", "cell", "raw", "message_zh", "message_en"}.
    """

    class Action(models.TextChoices):
        CREATE = "create", _("new")
        UPDATE = "update", _("changed")
        UNCHANGED = "unchanged", _("unchanged")
        REFUSED = "refused", _("refused")

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    sheet = models.CharField(max_length=100)
    row = models.PositiveIntegerField()
    name = models.CharField(max_length=200, blank=True)
    action = models.CharField(max_length=10, choices=Action)
    matched_by = models.CharField(max_length=8, blank=True)
    project = models.ForeignKey(Project, models.SET_NULL, null=True, blank=True, related_name="+")
    project_version = models.PositiveIntegerField(null=True, blank=True)
    values = models.JSONField(default=dict)
    changes = models.JSONField(default=list)
    kept = models.JSONField(default=list)
    findings = models.JSONField(default=list)

    class Meta:
        ordering = ["batch", "sheet", "row"]
        constraints = [models.UniqueConstraint(fields=["batch", "sheet", "row"], name="import_row_once")]

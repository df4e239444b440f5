"""Ledger workbooks on their way into the register."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, Park
from accounts.scoping import ScopedQuerySet
from projects.models.registry import Project


class ImportBatchQuerySet(ScopedQuerySet):
    """The project centre sees all of the park; a unit or an enterprise what its own people have handed in."""

    def unit_scope(self, organization_ids):
        return Q(created_by__organization__in=organization_ids)

    def enterprise_scope(self, organization_id):
        return Q(created_by__organization=organization_id)


class ImportBatch(models.Model):
    """One uploaded workbook on its way: read → shown → confirmed. The file itself is kept with its hash.

    ``kind``: key of projects.ledger.registry.KINDS. ``answers``: what a person has decided about the file so far,
    applied each time it is read: {"columns": {"Sheet!C": field or ""}, "cells": {"Sheet!C17": text},
    "rows": {"Sheet!17": id of the row meant, "new" or "skip"}, "conflicts": {"Sheet!C17": "mine" or "theirs"}}.
    ``follows``: the import whose annotated copy this file is.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("being read")
        REFUSED = "refused", _("file refused")
        READY = "ready", _("ready to confirm")
        CONFIRMED = "confirmed", _("being written")
        DONE = "done", _("imported")
        FAILED = "failed", _("failed")
        DISCARDED = "discarded", _("discarded")
        UNDONE = "undone", _("undone")

    park = models.ForeignKey(Park, models.PROTECT, related_name="imports", verbose_name=_("park"))
    kind = models.CharField(_("kind"), max_length=20, default="projects")
    follows = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="followed_by", verbose_name=_("corrects")
    )
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
    answers = models.JSONField(default=dict, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(_("uploaded at"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

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
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="import_undone_at_and_by",
            ),
        ]

    def __str__(self):
        return self.file_name


class ImportRow(models.Model):
    """One row of an imported workbook with what it would do and did: raw text and cell of every value are kept.

    ``values``: {field: {"value", "raw", "cell"}}; ``changes``: list of {"field", "old", "new", "cell", "raw"}, and
    where the row's own copy is older than what stands here {"theirs", "choice"}: choice "" (open), "mine", "theirs".
    ``findings``: list of {"severity", "kind", "cell", "raw", "message_zh", "message_en"}.
    ``target``: key of the kind's own row (a project, a ledger item …), empty for a new one; filled in when it is made.
    ``version``: of that row when the file was read. ``project``: the project it is or belongs to.
    ``proposals``: rows it may be, [{"id", "name", "why"}], for a person to choose from.
    ``before``: what the kind needs to take the row's changes back, as it stood before they were written.
    """

    class Action(models.TextChoices):
        CREATE = "create", _("new")
        UPDATE = "update", _("changed")
        UNCHANGED = "unchanged", _("unchanged")
        REFUSED = "refused", _("refused")
        UNSURE = "unsure", _("to be decided")
        CONFLICT = "conflict", _("changed on both sides")
        SKIPPED = "skipped", _("left out")

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    sheet = models.CharField(max_length=100)
    row = models.PositiveIntegerField()
    name = models.CharField(max_length=200, blank=True)
    action = models.CharField(max_length=10, choices=Action)
    matched_by = models.CharField(max_length=8, blank=True)
    project = models.ForeignKey(Project, models.SET_NULL, null=True, blank=True, related_name="+")
    target = models.BigIntegerField(null=True, blank=True)
    version = models.PositiveIntegerField(null=True, blank=True)
    values = models.JSONField(default=dict)
    changes = models.JSONField(default=list)
    kept = models.JSONField(default=list)
    findings = models.JSONField(default=list)
    proposals = models.JSONField(default=list, blank=True)
    before = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["batch", "sheet", "row"]
        constraints = [models.UniqueConstraint(fields=["batch", "sheet", "row"], name="import_row_once")]


class HeaderMemoryQuerySet(ScopedQuerySet):
    """What is remembered of a sender is seen by its own people, and by the project centre."""

    def unit_scope(self, organization_ids):
        return Q(sender__in=organization_ids)

    def enterprise_scope(self, organization_id):
        return Q(sender=organization_id)


class HeaderMemory(models.Model):
    """What a column means in the workbooks of one sender, as somebody of that sender has answered once.

    ``sender``: the organization of who uploaded; ``header``: the folded path of the column, levels joined by ``/``;
    ``field``: name of a field of the kind, or empty: not imported.
    """

    park = models.ForeignKey(Park, models.CASCADE, related_name="+")
    sender = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    header = models.CharField(max_length=300)
    field = models.CharField(max_length=60, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()

    objects = HeaderMemoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("remembered column")
        verbose_name_plural = _("remembered columns")
        constraints = [models.UniqueConstraint(fields=["park", "sender", "kind", "header"], name="header_known_once")]

    def __str__(self):
        return f"{self.header} → {self.field or '—'}"

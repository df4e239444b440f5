"""Own reports: columns, filters and grouping that somebody chose, saved, shared in the unit, sent by schedule."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Organization, Park
from accounts.scoping import ScopedQuerySet


class SavedReportQuerySet(ScopedQuerySet):
    """Whoever made it, and the people of an organization it is shared with; what it shows is scoped to the reader."""

    def park_scope(self, park_id):
        return Q(park=park_id)

    def unit_scope(self, organization_ids):
        return Q(organization__in=organization_ids)

    def of(self, user):
        """Own ones and those shared in the own organization."""
        mine = Q(owner=user) | Q(is_shared=True, organization=user.organization_id)
        return self.visible_to(user).filter(mine)


class SavedReport(models.Model):
    """``columns``: names in order; ``filters``: {name: value}; ``grouping``: names; checked against the dataset."""

    class Schedule(models.TextChoices):
        NEVER = "never", _("never")
        DAILY = "daily", _("every workday")
        WEEKLY = "weekly", _("every week, on Monday or the first workday after")
        MONTHLY = "monthly", _("every month, on the first workday")

    park = models.ForeignKey(Park, models.CASCADE, related_name="saved_reports", verbose_name=_("park"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_reports", verbose_name=_("made by")
    )
    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="saved_reports", verbose_name=_("organization")
    )
    name = models.CharField(_("name"), max_length=100)
    dataset = models.CharField(pgettext_lazy("report", "about"), max_length=20)
    columns = models.JSONField(_("columns"), default=list)
    filters = models.JSONField(_("filters"), default=dict, blank=True)
    grouping = models.JSONField(_("grouping"), default=list, blank=True)
    order = models.CharField(_("order"), max_length=60, blank=True)
    limit = models.PositiveSmallIntegerField(_("at most this many rows"), null=True, blank=True)
    is_shared = models.BooleanField(_("shared in my unit"), default=False)
    schedule = models.CharField(_("sent by mail"), max_length=8, choices=Schedule, default=Schedule.NEVER)
    last_sent_on = models.DateField(_("last sent on"), null=True, blank=True)
    created_at = models.DateTimeField(editable=False)
    updated_at = models.DateTimeField(editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = SavedReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("own report")
        verbose_name_plural = _("own reports")
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="saved_report_name_once")]

    def __str__(self):
        return self.name

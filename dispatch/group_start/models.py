"""集中开工: a planned day, its projects, and what became of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Park
from accounts.scoping import ScopedQuerySet
from projects.models import Project
from projects.models.registry import InternalPartQuerySet, ProjectQuerySet


class GroupStartQuerySet(ScopedQuerySet):
    def unit_scope(self, organization_ids):
        concerned = Project.objects.filter(ProjectQuerySet.reach(organization_ids)).values("pk")
        return Q(pk__in=GroupStartProject.objects.filter(project__in=concerned).values("group_start"))


class GroupStart(models.Model):
    """A day on which projects start construction together (集中开工)."""

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("group start", "planned")
        HELD = "held", pgettext_lazy("group start", "held")
        CANCELLED = "cancelled", pgettext_lazy("group start", "cancelled")

    park = models.ForeignKey(Park, models.PROTECT, related_name="group_starts", verbose_name=_("park"))
    on = models.DateField(_("day"))
    title = models.CharField(_("title"), max_length=120)
    place = models.CharField(_("place"), max_length=120, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PLANNED)
    note = models.TextField(_("note"), blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(editable=False)
    updated_at = models.DateTimeField(editable=False)

    objects = GroupStartQuerySet.as_manager()

    class Meta:
        verbose_name = _("group start")
        verbose_name_plural = _("group starts")
        ordering = ["-on", "-pk"]

    def __str__(self):
        return self.title


class GroupStartProject(models.Model):
    """A project of a group start. ``is_out``: taken out again, with the reason in the history."""

    group_start = models.ForeignKey(GroupStart, models.CASCADE, related_name="entries", verbose_name=_("group start"))
    project = models.ForeignKey(Project, models.CASCADE, related_name="group_starts", verbose_name=_("project"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    is_out = models.BooleanField(_("taken out"), default=False)

    objects = InternalPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("project of a group start")
        verbose_name_plural = _("projects of group starts")
        ordering = ["group_start", "pk"]
        constraints = [models.UniqueConstraint(fields=["group_start", "project"], name="group_start_project_once")]


class GroupStartEntry(models.Model):
    """History of a group start. Append-only."""

    group_start = models.ForeignKey(GroupStart, models.CASCADE, related_name="history", verbose_name=_("group start"))
    verb = models.CharField(_("what"), max_length=24)
    changes = models.JSONField(_("changes"), default=list, blank=True)
    note = models.TextField(_("note"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("entry of a group start's history")
        verbose_name_plural = _("entries of group starts' history")
        ordering = ["group_start", "-at", "-pk"]

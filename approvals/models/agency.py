"""帮办代办: what the park's agents do on an enterprise's behalf."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from approvals.models.steps import ProjectStep
from projects.models import Project, ProjectPartQuerySet


class AgentAction(models.Model):
    """One thing an agent did for the enterprise of a project. Append-only; a mistake is cancelled with a reason."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="agent_actions", verbose_name=_("project"))
    project_step = models.ForeignKey(
        ProjectStep, models.SET_NULL, null=True, blank=True, related_name="agent_actions", verbose_name=_("step")
    )
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("agent"))
    on_behalf_of = models.CharField(_("on behalf of"), max_length=100)
    on = models.DateField(_("on"))
    what = models.TextField(_("what was done"))
    cancelled_reason = models.TextField(_("cancelled because"), blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("cancelled by"),
    )
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    objects = ProjectPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("service on behalf")
        verbose_name_plural = _("services on behalf")
        ordering = ["project", "-on", "-pk"]
        indexes = [models.Index(fields=["on"], name="agent_action_by_day")]

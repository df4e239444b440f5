"""Runs of periodic jobs. The row is the queue; the broker is only a doorbell."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class JobRun(models.Model):
    """One run of one job for one period, e.g. warnings/2026-11-22 or bulletin/2026-11.

    Claimed by compare-and-swap on ``lease_until``; a run whose lease has passed may be claimed again. At most three
    attempts, then ``dead``.
    """

    class State(models.TextChoices):
        DUE = "due", _("due")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        DEAD = "dead", _("given up")

    job = models.CharField(_("job"), max_length=40)
    period_key = models.CharField(_("period"), max_length=20)
    as_of = models.DateField(_("as of"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.DUE)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease_token = models.CharField(max_length=36, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    is_late = models.BooleanField(_("caught up late"), default=False)
    created_at = models.DateTimeField(_("created at"))
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    counts = models.JSONField(_("counts"), default=dict, blank=True)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        verbose_name = _("job run")
        verbose_name_plural = _("job runs")
        ordering = ["-as_of", "job"]
        constraints = [models.UniqueConstraint(fields=["job", "period_key"], name="job_run_once_a_period")]
        indexes = [
            models.Index(fields=["as_of"], condition=~Q(state__in=["done", "dead"]), name="job_runs_open"),
        ]

    def __str__(self):
        return f"{self.job}/{self.period_key}"


class JobRestart(models.Model):
    """A person had a run that was given up done again: who, when, and what was known of it until then. Append-only."""

    run = models.ForeignKey(JobRun, models.CASCADE, related_name="restarts", verbose_name=_("job run"))
    attempts = models.PositiveSmallIntegerField(_("attempts"))
    error = models.TextField(_("error"), blank=True)
    given_up_at = models.DateTimeField(_("given up at"), null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("restart of a job run")
        verbose_name_plural = _("restarts of job runs")
        ordering = ["run", "pk"]

    def __str__(self):
        return f"{self.run} {self.at:%Y-%m-%d}"


class Heartbeat(models.Model):
    """When a part of the machinery was last alive: tick, worker, embedded (a worker without a broker).

    ``facts`` of the tick: {"broker": "" when it answered, else why not, "sweeps": {name: error}}.
    """

    part = models.CharField(_("part"), max_length=40, unique=True)
    at = models.DateTimeField(_("last sign of life"))
    facts = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")
        ordering = ["part"]

    def __str__(self):
        return self.part

"""The enterprise's side: signed links, urging, requests for help, ratings, what it wants to be told."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from approvals.models.steps import ProjectStep, StepEnterprisePartQuerySet
from projects.models import InternalPartQuerySet, Project, ProjectPartQuerySet


class AccessLink(models.Model):
    """A signed link to one project that an officer hands out: read, upload and ask, until it expires or is withdrawn.

    Only a hash of the secret is kept; the link itself is shown once.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="access_links", verbose_name=_("project"))
    holder_name = models.CharField(_("handed to"), max_length=60)
    secret_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    may_upload = models.BooleanField(_("may upload papers"), default=True)
    may_ask = models.BooleanField(_("may urge, ask and rate"), default=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("handed out by")
    )
    created_at = models.DateTimeField(_("handed out at"))
    expires_at = models.DateTimeField(_("valid until"))
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("withdrawn by"),
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    objects = InternalPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("signed link")
        verbose_name_plural = _("signed links")
        ordering = ["project", "-created_at"]

    def __str__(self):
        return self.holder_name

    def is_open(self, at: datetime) -> bool:
        """Whether the link lets anybody in at this moment."""
        return self.withdrawn_at is None and at < self.expires_at


class AccessUseQuerySet(InternalPartQuerySet):
    park_path = "link__project__park"

    def unit_scope(self, organization_ids):
        return Q(pk__in=[])


class AccessUse(models.Model):
    """One use of a signed link. Append-only."""

    link = models.ForeignKey(AccessLink, models.CASCADE, related_name="uses", verbose_name=_("signed link"))
    at = models.DateTimeField(_("at"))
    what = models.CharField(_("what"), max_length=100)
    ip = models.GenericIPAddressField(_("address"), null=True)

    objects = AccessUseQuerySet.as_manager()

    class Meta:
        verbose_name = _("use of a signed link")
        verbose_name_plural = _("uses of signed links")
        ordering = ["link", "-at", "-pk"]


class LinkGuess(models.Model):
    """A secret that no link has was tried from this address; too many close the door for it. Old rows are removed."""

    ip = models.GenericIPAddressField(_("address"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("guess at a signed link")
        verbose_name_plural = _("guesses at signed links")
        ordering = ["ip", "-at"]
        indexes = [models.Index(fields=["ip", "at"], name="guess_by_address")]


def who():
    """Columns for whoever acts for the enterprise: an account of it, or the holder of a link, with the name."""
    return (
        models.ForeignKey(
            settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
        ),
        models.ForeignKey(
            AccessLink, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("signed link")
        ),
        models.CharField(_("name"), max_length=100),
    )


class Urge(models.Model):
    """催办: the enterprise asks that a step be hurried; the handler and the specialist see it until it is answered."""

    project_step = models.ForeignKey(ProjectStep, models.CASCADE, related_name="urges", verbose_name=_("step"))
    on = models.DateField(_("on"))
    at = models.DateTimeField(_("at"))
    text = models.TextField(_("what is urgent"), blank=True)
    by, link, by_name = who()
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    objects = StepEnterprisePartQuerySet.as_manager()

    class Meta:
        verbose_name = _("urging")
        verbose_name_plural = _("urgings")
        ordering = ["project_step", "-at", "-pk"]


class HelpRequest(models.Model):
    """The enterprise asks for help; it becomes an item of the responsibility ledger (``item_number``)."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="help_requests", verbose_name=_("project"))
    project_step = models.ForeignKey(
        ProjectStep, models.SET_NULL, null=True, blank=True, related_name="help_requests", verbose_name=_("step")
    )
    at = models.DateTimeField(_("at"))
    text = models.TextField(_("what help is needed"))
    by, link, by_name = who()
    item_id = models.PositiveBigIntegerField(null=True, blank=True, editable=False)
    item_number = models.CharField(_("number of the ledger item"), max_length=40, blank=True)

    objects = ProjectPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for help")
        verbose_name_plural = _("requests for help")
        ordering = ["project", "-at", "-pk"]


class Rating(models.Model):
    """How satisfied the enterprise is with a finished step, 1 to 5; once for each round, may be changed."""

    project_step = models.ForeignKey(ProjectStep, models.CASCADE, related_name="ratings", verbose_name=_("step"))
    round = models.PositiveSmallIntegerField(_("round"))
    score = models.PositiveSmallIntegerField(_("score"))
    comment = models.TextField(_("comment"), blank=True)
    by, link, by_name = who()
    at = models.DateTimeField(_("at"))

    objects = StepEnterprisePartQuerySet.as_manager()

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        ordering = ["project_step", "-round"]
        constraints = [
            models.UniqueConstraint(fields=["project_step", "round"], name="rating_once_per_round"),
            models.CheckConstraint(condition=Q(score__gte=1, score__lte=5), name="rating_is_1_to_5"),
        ]


class NoticePreference(models.Model):
    """What the people of an enterprise want to be told about a project, and where. ``events``: list of event codes."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="notice_preferences", verbose_name=_("project"))
    by, link, by_name = who()
    events = models.JSONField(_("tell me when"), default=list, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    seen_at = models.DateTimeField(_("news read until"), null=True, blank=True)
    updated_at = models.DateTimeField(_("updated"))

    objects = ProjectPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice preference")
        verbose_name_plural = _("notice preferences")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "by"], condition=Q(by__isnull=False), name="preference_once_per_person"
            ),
            models.UniqueConstraint(
                fields=["project", "link"], condition=Q(link__isnull=False), name="preference_once_per_link"
            ),
        ]

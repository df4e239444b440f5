"""Weekly brief (周报): frozen on the last workday of the week at noon, published at 17:00. Source: domain.md 4.2."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Park
from accounts.permissions import Verb, may
from accounts.scoping import ScopedQuerySet


class WeeklyBriefQuerySet(ScopedQuerySet):
    """For those who see the whole park; units read what has been published about them elsewhere.

    Between the freeze and the publication only those who make briefs see one.
    """

    def visible_to(self, user):
        rows = super().visible_to(user)
        may_make = getattr(user, "is_authenticated", False) and may(user, Verb.MAKE_BRIEF)
        return rows if may_make else rows.filter(state=WeeklyBrief.State.PUBLISHED)

    def of(self, park: Park, week):
        """The revisions of one week (``dispatch.briefs.weeks.Week``), the newest first."""
        return self.filter(park=park, year=week.year, week=week.number).order_by("-revision")


class WeeklyBrief(models.Model):
    """One week, Monday to Sunday. ``snapshot`` holds every figure and text; page and files are made from it alone.

    ``revision`` 0 is the first; a restatement has the next number, says why, and leaves the earlier one as it was.
    """

    class State(models.TextChoices):
        FROZEN = "frozen", pgettext_lazy("report", "frozen")
        PUBLISHED = "published", _("published")

    park = models.ForeignKey(Park, models.PROTECT, related_name="weekly_briefs", verbose_name=_("park"))
    year = models.PositiveSmallIntegerField(_("year"))
    week = models.PositiveSmallIntegerField(_("week"))
    revision = models.PositiveSmallIntegerField(_("revision"), default=0)
    reason = models.TextField(_("reason of the restatement"), blank=True)
    starts_on = models.DateField(_("Monday"))
    ends_on = models.DateField(_("Sunday"))
    as_of = models.DateField(_("data up to"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.FROZEN)
    snapshot = models.JSONField()
    sha256 = models.CharField(max_length=64)
    frozen_at = models.DateTimeField(_("frozen at"))
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("frozen by")
    )
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = WeeklyBriefQuerySet.as_manager()

    class Meta:
        verbose_name = _("weekly brief")
        verbose_name_plural = _("weekly briefs")
        ordering = ["-year", "-week", "-revision"]
        constraints = [
            models.UniqueConstraint(fields=["park", "year", "week", "revision"], name="weekly_brief_once"),
            models.CheckConstraint(condition=Q(week__gte=1, week__lte=53), name="weekly_brief_week_1_to_53"),
            models.CheckConstraint(
                condition=Q(state="published", published_at__isnull=False)
                | Q(state="frozen", published_at__isnull=True),
                name="weekly_brief_published_at",
            ),
        ]

    def __str__(self):
        return f"{self.year}-W{self.week:02d}"

    @property
    def is_published(self) -> bool:
        return self.state == self.State.PUBLISHED

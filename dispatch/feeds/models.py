"""Calendar feeds: only a hash of the secret is kept."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from projects.models import Project


class CalendarFeedQuerySet(models.QuerySet):
    def of(self, user):
        """A person's own feeds; nobody sees another's."""
        return self.filter(user=user)

    def open(self):
        return self.filter(withdrawn_at=None)


class CalendarFeed(models.Model):
    """An address from which a calendar program reads what waits for ``user``, or one project's dates.

    It shows what ``user`` may see at the moment of reading, and nothing once withdrawn or when the account is closed.
    ``language``: of the one who made it. ``content_sha256`` and ``changed_at``: what was answered last, and since when.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feeds", verbose_name=_("person")
    )
    project = models.ForeignKey(
        Project, models.CASCADE, null=True, blank=True, related_name="calendar_feeds", verbose_name=_("project")
    )
    name = models.CharField(_("name"), max_length=100, blank=True)
    secret_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    reminds = models.BooleanField(_("reminder the day before at 09:00"), default=False)
    created_at = models.DateTimeField(_("created"))
    last_used_at = models.DateTimeField(_("last read"), null=True, blank=True)
    content_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    changed_at = models.DateTimeField(null=True, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["user"], condition=Q(withdrawn_at=None), name="feed_open_by_user")]

"""What of a board is counted once a morning, because counting it takes long in a large park. Derived, replaceable."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Park
from accounts.scoping import ScopedQuerySet


class BoardCount(models.Model):
    """The latest count of a park (``dispatch.dashboard.counted``): one row a park, written over every morning.

    ``content`` is JSON data; ``projects``: how many it was counted over.
    """

    park = models.OneToOneField(Park, models.CASCADE, related_name="board_count", verbose_name=_("park"))
    as_of = models.DateField(_("data up to"))
    rules_version = models.PositiveSmallIntegerField(_("version of the rules"), default=0)
    projects = models.PositiveIntegerField(_("projects"), default=0)
    content = models.JSONField()
    counted_at = models.DateTimeField(_("counted at"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("count of a board")
        verbose_name_plural = _("counts of boards")

    def __str__(self):
        return self.as_of.isoformat()

"""Files that hang on a ledger item, a visit, a meeting, an instruction or a filing: evidence, photos, minutes."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Park
from accounts.scoping import ScopedQuerySet
from approvals.papers.storage import papers
from dispatch.filing.models import Filing
from dispatch.ledger.models import LedgerItem
from dispatch.meetings.models import Meeting
from dispatch.supervision.models import Instruction
from dispatch.visits.models import Visit


class AttachmentQuerySet(ScopedQuerySet):
    """Whoever sees the thing sees its files."""

    def unit_scope(self, organization_ids):
        seen = (
            (name, model.objects.filter(model.objects.all().unit_scope(organization_ids)))
            for name, model in (
                ("item", LedgerItem),
                ("visit", Visit),
                ("meeting", Meeting),
                ("instruction", Instruction),
                ("filing", Filing),
            )
        )
        found = Q(pk__in=[])
        for name, rows in seen:
            found |= Q(**{f"{name}__in": rows.values("pk")})
        return found

    def enterprise_scope(self, organization_id):
        filings = Filing.objects.filter(Filing.objects.all().enterprise_scope(organization_id))
        return Q(filing__in=filings.values("pk"))


THINGS = ("item", "visit", "meeting", "instruction", "filing")


def _one_thing() -> Q:
    """Exactly one of the columns is set."""
    found = Q()
    for name in THINGS:
        found |= Q(**{f"{other}__isnull": other != name for other in THINGS})
    return found


class Attachment(models.Model):
    """One file of one thing; exactly one of THINGS is set. ``size`` in bytes.

    ``file`` has a generated name; ``original_name`` is what the sender called it, kept as data. A file taken back keeps
    its row (``removed_at``), the bytes go.
    """

    class Role(models.TextChoices):
        EVIDENCE = "evidence", _("evidence")
        PHOTO = "photo", _("photo")
        MINUTES = "minutes", _("minutes")
        OTHER = "other", _("other")

    class Scan(models.TextChoices):
        AVAILABLE = "available", _("available")
        QUARANTINED = "quarantined", _("in quarantine")

    park = models.ForeignKey(Park, models.PROTECT, related_name="attachments", verbose_name=_("park"))
    item = models.ForeignKey(
        LedgerItem, models.CASCADE, null=True, blank=True, related_name="attachments", verbose_name=_("ledger item")
    )
    visit = models.ForeignKey(
        Visit, models.CASCADE, null=True, blank=True, related_name="attachments", verbose_name=_("visit")
    )
    meeting = models.ForeignKey(
        Meeting, models.CASCADE, null=True, blank=True, related_name="attachments", verbose_name=_("meeting")
    )
    instruction = models.ForeignKey(
        Instruction, models.CASCADE, null=True, blank=True, related_name="attachments", verbose_name=_("instruction")
    )
    filing = models.ForeignKey(
        Filing, models.CASCADE, null=True, blank=True, related_name="attachments", verbose_name=_("filing")
    )
    role = models.CharField(pgettext_lazy("file", "what it is"), max_length=10, choices=Role, default=Role.EVIDENCE)
    file = models.FileField(_("file"), storage=papers, max_length=200)
    original_name = models.CharField(_("file name"), max_length=200)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size (bytes)"))
    sha256 = models.CharField(max_length=64)
    scan = models.CharField(_("scan"), max_length=12, choices=Scan, default=Scan.AVAILABLE)
    note = models.CharField(_("note"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("removed by")
    )
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attached file")
        verbose_name_plural = _("attached files")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=_one_thing(), name="attachment_of_one_thing"),
        ]

    def __str__(self):
        return self.original_name

"""Supervision (督办): a leader's instruction (批示) becomes a numbered item with a deadline and a chain of feedback."""

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Organization, Park
from accounts.scoping import ScopedQuerySet
from dispatch.ledger.flow import IN_HAND
from dispatch.ledger.models import LedgerItem
from projects.models import Project


class InstructionQuerySet(ScopedQuerySet):
    def unit_scope(self, organization_ids):
        items = LedgerItem.objects.filter(LedgerItem.objects.all().unit_scope(organization_ids))
        return Q(item__in=items.values("pk"))

    def with_last_report(self):
        """With ``last_report_on``, the day of the unit's latest report."""
        reports = Feedback.objects.filter(instruction=OuterRef("pk"), kind=Feedback.Kind.REPORT).order_by("-on")
        return self.annotate(last_report_on=Subquery(reports.values("on")[:1]))

    def awaiting_report(self):
        """Those whose item is in the hands of the unit."""
        return self.filter(item__state__in=IN_HAND)

    def open(self):
        return self.exclude(item__state=LedgerItem.State.CLOSED)

    def search(self, text: str):
        """Every word of the text in the number, the instruction, the leader or the unit."""
        rows = self
        for word in text.split():
            rows = rows.filter(
                Q(number__icontains=word)
                | Q(text__icontains=word)
                | Q(item__title__icontains=word)
                | Q(leader__display_name__icontains=word)
                | Q(item__unit__name__icontains=word)
            )
        return rows


class Instruction(models.Model):
    """批示 of one leader about one page. Its work is done on ``item`` (source: instruction), which it opens.

    ``about_url``: path of the page it was written from, ``about_title`` that page's heading at the time.
    ``feedback_every_wd``: working days between two reports of the unit, 0: only at the end.
    """

    class Urgency(models.TextChoices):
        NORMAL = "normal", _("normal")
        URGENT = "urgent", _("urgent")

    park = models.ForeignKey(Park, models.PROTECT, related_name="instructions", verbose_name=_("park"))
    number = models.CharField(_("number"), max_length=40)
    year = models.PositiveSmallIntegerField(_("year"), editable=False)
    serial = models.PositiveIntegerField(_("number in the year"), editable=False)
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="instructions",
        verbose_name=pgettext_lazy("person", "leader"),
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("recorded by")
    )
    text = models.TextField(_("instruction"))
    urgency = models.CharField(_("urgency"), max_length=8, choices=Urgency, default=Urgency.NORMAL)
    about_url = models.CharField(_("page"), max_length=300, blank=True)
    about_title = models.CharField(pgettext_lazy("instruction", "about"), max_length=200, blank=True)
    project = models.ForeignKey(
        Project, models.SET_NULL, null=True, blank=True, related_name="instructions", verbose_name=_("project")
    )
    item = models.OneToOneField(LedgerItem, models.PROTECT, related_name="instruction", verbose_name=_("ledger item"))
    issued_on = models.DateField(pgettext_lazy("instruction", "issued on"))
    feedback_every_wd = models.PositiveSmallIntegerField(_("feedback every (working days)"), default=0)
    created_at = models.DateTimeField(editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = InstructionQuerySet.as_manager()

    class Meta:
        verbose_name = _("instruction")
        verbose_name_plural = _("instructions")
        ordering = ["-issued_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["park", "number"], name="instruction_number_once_per_park"),
            models.UniqueConstraint(fields=["park", "year", "serial"], name="instruction_serial_once_a_year"),
        ]

    def __str__(self):
        return self.number


class FeedbackQuerySet(ScopedQuerySet):
    park_path = "instruction__park"

    def unit_scope(self, organization_ids):
        seen = Instruction.objects.filter(Instruction.objects.all().unit_scope(organization_ids))
        return Q(instruction__in=seen.values("pk"))


class Feedback(models.Model):
    """One link of the chain: a report of the unit, or the leader's answer to it. Append-only."""

    class Kind(models.TextChoices):
        REPORT = "report", pgettext_lazy("feedback", "report")
        READ = "read", pgettext_lazy("feedback", "read")
        CONTINUE = "continue", _("to be continued")
        SATISFIED = "satisfied", _("satisfied")
        ADDITION = "addition", _("further instruction")

    instruction = models.ForeignKey(Instruction, models.CASCADE, related_name="feedback", verbose_name=_("instruction"))
    kind = models.CharField(_("what"), max_length=10, choices=Kind)
    text = models.TextField(_("text"), blank=True)
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, related_name="+", verbose_name=_("organization")
    )
    on = models.DateField(_("on"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        ordering = ["instruction", "at", "pk"]

"""Dispatch meetings and what was decided: 专班周会, 半月调度, 月度联席会议 1+7+X, 专题会, 现场办公会, 现场调研.

Source: domain.md 3.4, 3.5.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Organization, Park
from accounts.scoping import ScopedQuerySet
from approvals.papers.storage import papers
from dispatch.ledger.models import LedgerItem
from dispatch.response.models import ResponseCase
from projects.models import Project


class MeetingQuerySet(ScopedQuerySet):
    def unit_scope(self, organization_ids):
        invited = Attendance.objects.filter(organization__in=organization_ids)
        return Q(pk__in=invited.values("meeting"))


class Meeting(models.Model):
    """``tier``: the dispatch tier whose queue it takes, 0: none. ``held_on``: the planned, then the real day."""

    class Kind(models.TextChoices):
        TEAM = "team", _("weekly team meeting")
        HALF_MONTH = "half_month", _("half-month dispatch")
        JOINT = "joint", _("monthly joint meeting 1+7+X")
        CHIEF = "chief", _("dispatch by the chief leader")
        SPECIAL = "special", _("special meeting")
        ON_SITE = "on_site", _("meeting on site")
        SITE_VISIT = "site_visit", _("site visit")

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("meeting", "planned")
        RUNNING = "running", pgettext_lazy("meeting", "running")
        CLOSED = "closed", pgettext_lazy("meeting", "ended")
        CANCELLED = "cancelled", _("cancelled")

    park = models.ForeignKey(Park, models.PROTECT, related_name="meetings", verbose_name=_("park"))
    number = models.CharField(_("number"), max_length=40)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    tier = models.PositiveSmallIntegerField(_("dispatch tier"), default=0)
    title = models.CharField(_("title"), max_length=200)
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="meetings", verbose_name=_("project")
    )
    previous = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="following", verbose_name=_("last meeting")
    )
    held_on = models.DateField(_("held on"))
    starts_at = models.TimeField(pgettext_lazy("time of day", "from"), null=True, blank=True)
    ends_at = models.TimeField(pgettext_lazy("time of day", "until"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=200, blank=True)
    chair_name = models.CharField(_("chair"), max_length=60, blank=True)
    chair = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("account")
    )
    recorder = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("recorder")
    )
    summary = models.TextField(_("summary"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PLANNED)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["park", "number"], name="meeting_number_once_per_park"),
            models.CheckConstraint(condition=Q(tier__lte=4), name="meeting_tier_known"),
        ]

    def __str__(self):
        return f"{self.number} {self.title}"


class MeetingPartQuerySet(ScopedQuerySet):
    park_path = "meeting__park"

    def unit_scope(self, organization_ids):
        seen = Meeting.objects.filter(Meeting.objects.all().unit_scope(organization_ids))
        return Q(meeting__in=seen.values("pk"))


class StandingMember(models.Model):
    """The 1 and the 7 of 1+7+X: units that are always invited to a kind of meeting of a park (editable data)."""

    class Part(models.TextChoices):
        CENTRE = "centre", _("project centre (1)")
        STANDING = "standing", _("standing unit (7)")

    park = models.ForeignKey(Park, models.CASCADE, related_name="standing_members", verbose_name=_("park"))
    kind = models.CharField(_("kind of meeting"), max_length=12, choices=Meeting.Kind, default=Meeting.Kind.JOINT)
    part = models.CharField(_("part"), max_length=10, choices=Part, default=Part.STANDING)
    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="standing_places", verbose_name=_("organization")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("standing member")
        verbose_name_plural = _("standing members")
        ordering = ["park", "kind", "part", "order", "pk"]
        constraints = [models.UniqueConstraint(fields=["park", "kind", "organization"], name="standing_member_once")]

    def __str__(self):
        return f"{self.get_kind_display()} {self.organization}"


class Attendance(models.Model):
    """One invited organization or person, and whether they came."""

    class Part(models.TextChoices):
        CENTRE = "centre", _("project centre (1)")
        STANDING = "standing", _("standing unit (7)")
        EXTRA = "extra", _("unit as needed (X)")
        ENTERPRISE = "enterprise", _("enterprise")
        LEADER = "leader", pgettext_lazy("attendance", "leader")

    class State(models.TextChoices):
        INVITED = "invited", _("invited")
        PRESENT = "present", _("present")
        SUBSTITUTE = "substitute", _("by a substitute")
        EXCUSED = "excused", _("excused")
        ABSENT = "absent", _("absent")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendance", verbose_name=_("meeting"))
    part = models.CharField(_("part"), max_length=10, choices=Part, default=Part.EXTRA)
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("organization")
    )
    person_name = models.CharField(pgettext_lazy("attendance", "person"), max_length=60, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("account")
    )
    state = models.CharField(_("came"), max_length=10, choices=State, default=State.INVITED)
    note = models.CharField(_("note"), max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = MeetingPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance")
        ordering = ["meeting", "order", "pk"]


class AgendaItem(models.Model):
    """One point of the agenda, found by the rules of dispatch.meetings.agenda or added by hand.

    ``source_key``: what it stands for, e.g. case/12 or item/7; once per meeting, so building the agenda again adds only
    what is new. ``why``: the sentence that says why it is here, frozen at the time.
    """

    class Source(models.TextChoices):
        CASE = "case", _("response case")
        ITEM = "item", _("ledger item")
        STALE = "stale", _("project without news")
        DECISION = "decision", _("unfinished decision")
        REQUEST = "request", _("request of an enterprise")
        EXTENSION = "extension", _("request for an extension")
        FINDING = "finding", _("finding of a visit")
        HAND = "hand", _("added by hand")

    class State(models.TextChoices):
        OPEN = "open", _("to be discussed")
        DECIDED = "decided", _("decided")
        NOTED = "noted", _("noted")
        CARRIED = "carried", _("carried over")
        DROPPED = "dropped", _("taken off")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="agenda", verbose_name=_("meeting"))
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    source = models.CharField(_("from"), max_length=10, choices=Source, default=Source.HAND)
    source_key = models.CharField(max_length=40)
    title = models.CharField(_("point"), max_length=200)
    why = models.CharField(_("why it is here"), max_length=300, blank=True)
    project = models.ForeignKey(
        Project, models.SET_NULL, null=True, blank=True, related_name="agenda_items", verbose_name=_("project")
    )
    item = models.ForeignKey(
        LedgerItem, models.SET_NULL, null=True, blank=True, related_name="agenda_items", verbose_name=_("ledger item")
    )
    case = models.ForeignKey(
        ResponseCase, models.SET_NULL, null=True, blank=True, related_name="agenda_items", verbose_name=_("case")
    )
    unit = models.ForeignKey(
        Organization, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("unit")
    )
    discussion = models.TextField(_("discussion"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = MeetingPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda items")
        ordering = ["meeting", "order", "pk"]
        constraints = [models.UniqueConstraint(fields=["meeting", "source_key"], name="agenda_point_once")]

    def __str__(self):
        return self.title


class Decision(models.Model):
    """What the meeting decided: who does what until when. It becomes a ledger item in the same transaction."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="decisions", verbose_name=_("meeting"))
    agenda_item = models.ForeignKey(
        AgendaItem, models.SET_NULL, null=True, blank=True, related_name="decisions", verbose_name=_("agenda item")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    text = models.TextField(_("decision"))
    unit = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("responsible unit")
    )
    person_name = models.CharField(_("person"), max_length=60, blank=True)
    due_on = models.DateField(pgettext_lazy("deadline", "until"), null=True, blank=True)
    item = models.OneToOneField(
        LedgerItem, models.SET_NULL, null=True, blank=True, related_name="decision", verbose_name=_("ledger item")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = MeetingPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["meeting", "order", "pk"]

    def __str__(self):
        return self.text[:60]


class MeetingEntry(models.Model):
    """History of a meeting: planned, changed, started, closed, cancelled, decisions corrected. Append-only."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="history", verbose_name=_("meeting"))
    verb = models.CharField(_("what"), max_length=16)
    note = models.TextField(_("note"), blank=True)
    changes = models.JSONField(default=list, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    objects = MeetingPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("meeting entry")
        verbose_name_plural = _("meeting entries")
        ordering = ["meeting", "-at", "-pk"]


class MinutesTemplateQuerySet(ScopedQuerySet):
    """The park's own business: nothing for units and enterprises."""


class MinutesTemplate(models.Model):
    """A .docx with placeholders that minutes are made from. The newest of a park and kind is in force; kind "": all."""

    park = models.ForeignKey(Park, models.CASCADE, related_name="minutes_templates", verbose_name=_("park"))
    kind = models.CharField(_("kind of meeting"), max_length=12, choices=Meeting.Kind, blank=True)
    file = models.FileField(_("file"), storage=papers, max_length=200)
    original_name = models.CharField(_("file name"), max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    objects = MinutesTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("template of minutes")
        verbose_name_plural = _("templates of minutes")
        ordering = ["park", "kind", "-at"]

    def __str__(self):
        return self.original_name

"""The responsibility ledger: tasks and problems with five elements, closed only when someone else has verified.

Source: domain.md 3.5 (五要件, 销号).
"""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, Park
from accounts.permissions import Verb, may
from accounts.scoping import ScopedQuerySet
from approvals.models import ProjectStep
from dispatch.ledger.flow import IN_HAND, SETTLES_ASK_HANG, ItemVerb
from projects.models import Milestone, Project
from projects.text import normalise_name


def lineage(organization: Organization) -> list[int]:
    """Ids of the organization and everything above it; one query a level beyond the first."""
    found = [organization.pk]
    while (parent := organization.parent_id) and parent not in found:
        found.append(parent)
        organization = organization.parent
    return found


class LedgerItemQuerySet(ScopedQuerySet):
    def unit_scope(self, organization_ids):
        cooperating = LedgerItem.cooperating_units.through.objects.filter(organization__in=organization_ids)
        return Q(unit__in=organization_ids) | Q(pk__in=cooperating.values("ledgeritem"))

    def open(self):
        return self.exclude(state=LedgerItem.State.CLOSED)

    def late(self, today: date):
        """Open and past the deadline; the day itself is in time."""
        return self.open().filter(due_on__lt=today)

    def due_within(self, first: date, last: date):
        """Open with a deadline from ``first`` to ``last``, both included."""
        return self.open().filter(due_on__range=(first, last))

    def in_charge(self, user):
        """Items of the user's own organization and everything below it; cooperating is not being in charge."""
        return self.filter(unit__in=user.organization.branch_ids())

    def waiting_for(self, user):
        """Items whose next move is this person's: to assign, to work on, or to verify with the second pair of eyes."""
        wanted = Q(pk__in=[])
        if may(user, Verb.REGISTER_LEDGER_ITEM):
            wanted |= Q(state__in=[LedgerItem.State.REGISTERED, LedgerItem.State.HUNG])
            wanted |= Q(state__in=IN_HAND, moving_up=ItemVerb.ASK_HANG)
        if may(user, Verb.WORK_LEDGER_ITEM):
            wanted |= Q(state__in=IN_HAND, unit__in=user.organization.branch_ids())
        if may(user, Verb.VERIFY_LEDGER_ITEM):
            elsewhere = ~Q(unit__in=lineage(user.organization))
            foreign = elsewhere & (Q(asked_by=None) | ~Q(asked_by=user.pk))
            wanted |= Q(state=LedgerItem.State.CLOSING) & foreign
            requests = ExtensionRequest.objects.filter(outcome=ExtensionRequest.Outcome.OPEN).exclude(asked_by=user.pk)
            wanted |= Q(state__in=IN_HAND, pk__in=requests.values("item")) & elsewhere
        asked = LedgerEntry.objects.filter(item=OuterRef("pk"), verb="ask_close").order_by("-pk")
        told = (ItemVerb.ASK_HANG, *SETTLES_ASK_HANG)
        moving = LedgerEntry.objects.filter(item=OuterRef("pk"), verb__in=told).order_by("-pk")
        found = {"asked_by": Subquery(asked.values("by")[:1]), "moving_up": Subquery(moving.values("verb")[:1])}
        return self.annotate(**found).filter(wanted)

    def counted(self):
        """With ``times_returned`` and ``times_reopened`` from the history: neither is ever forgotten."""

        def times(verb: str):
            entries = LedgerEntry.objects.filter(item=OuterRef("pk"), verb=verb).order_by()
            number = entries.values("item").annotate(number=Count("pk")).values("number")
            return Coalesce(Subquery(number), 0)

        return self.annotate(times_returned=times(ItemVerb.RETURN), times_reopened=times(ItemVerb.REOPEN))

    def search(self, text: str):
        """Every word of ``text`` in the number, title, person, unit, or in the project's name, code or initials."""
        rows = self
        for word in text.split():
            rows = rows.filter(
                Q(number__icontains=word)
                | Q(title__icontains=word)
                | Q(person_name__icontains=word)
                | Q(unit__name__icontains=word)
                | Q(project__search_text__icontains=normalise_name(word))
            )
        return rows


class LedgerItem(models.Model):
    """台账事项: who does what until when, by which standard, with what reward or penalty."""

    class Kind(models.TextChoices):
        TASK = "task", _("task")
        PROBLEM = "problem", _("problem")

    class Category(models.TextChoices):
        LAND = "land", _("land")
        FUNDS = "funds", _("funds")
        PERMITS = "permits", _("permits")
        WORKS = "works", _("works")
        ENTERPRISE = "enterprise", _("the enterprise itself")
        OTHER = "other", _("other")

    class Source(models.TextChoices):
        CENTRE = "centre", _("project centre")
        VISIT = "visit", _("visit")
        ENTERPRISE = "enterprise", _("enterprise")
        MEETING = "meeting", _("meeting")
        WARNING = "warning", _("warning")
        INSTRUCTION = "instruction", _("leader's instruction")
        LEDGER = "ledger", _("imported ledger")
        PLAN = "plan", _("project plan")

    class State(models.TextChoices):
        REGISTERED = "registered", _("registered")
        ASSIGNED = "assigned", _("assigned")
        SIGNED = "signed", _("signed for")
        WORKING = "working", _("being handled")
        CLOSING = "closing", _("closure asked for")
        CLOSED = "closed", _("closed")
        RETURNED = "returned", _("returned")
        HUNG = "hung", _("moved up")

    park = models.ForeignKey(Park, models.PROTECT, related_name="ledger_items", verbose_name=_("park"))
    number = models.CharField(_("number"), max_length=20)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.PROBLEM)
    category = models.CharField(_("category"), max_length=12, choices=Category, default=Category.OTHER)
    source = models.CharField(_("source"), max_length=12, choices=Source, default=Source.CENTRE)
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    project = models.ForeignKey(
        Project, models.CASCADE, null=True, blank=True, related_name="ledger_items", verbose_name=_("project")
    )
    project_step = models.ForeignKey(
        ProjectStep, models.SET_NULL, null=True, blank=True, related_name="ledger_items", verbose_name=_("step")
    )
    milestone = models.ForeignKey(
        Milestone, models.SET_NULL, null=True, blank=True, related_name="ledger_items", verbose_name=_("milestone")
    )
    # Where it came from, beside ``source``.
    meeting = models.ForeignKey(
        "dispatch.Meeting", models.SET_NULL, null=True, blank=True, related_name="items", verbose_name=_("meeting")
    )
    visit = models.ForeignKey(
        "dispatch.Visit", models.SET_NULL, null=True, blank=True, related_name="items", verbose_name=_("visit")
    )
    warning = models.ForeignKey(
        "dispatch.Warning", models.SET_NULL, null=True, blank=True, related_name="items", verbose_name=_("warning")
    )
    # The published measure whose words were taken over.
    measure = models.ForeignKey(
        "dispatch.Measure", models.SET_NULL, null=True, blank=True, related_name="uses", verbose_name=_("measure")
    )
    # The five elements (五要件): leader, measures, dates, standard, reward and penalty.
    leader = models.CharField(_("leader"), max_length=60, blank=True)
    measures = models.TextField(_("measures"), blank=True)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    due_on = models.DateField(_("until"), null=True, blank=True)
    standard = models.TextField(_("acceptance standard"), blank=True)
    reward_penalty = models.TextField(_("reward and penalty"), blank=True)

    unit = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="ledger_items",
        verbose_name=_("responsible unit"),
    )
    person_name = models.CharField(_("person"), max_length=60, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("account")
    )
    cooperating_units = models.ManyToManyField(
        Organization, blank=True, related_name="+", verbose_name=_("cooperating units")
    )
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.REGISTERED)
    raised_on = models.DateField(_("raised on"))
    assigned_on = models.DateField(_("assigned on"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    extended_wd = models.PositiveSmallIntegerField(_("extension (working days)"), default=0)
    # 挂账: the dispatch tier (1 to 4, domain.md 3.4) that handles it, and since when it has been moved up.
    tier = models.PositiveSmallIntegerField(_("dispatch tier"), default=1)
    hung_on = models.DateField(_("moved up on"), null=True, blank=True)
    progress = models.TextField(_("latest progress"), blank=True)
    tokens = models.TextField(blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    updated_at = models.DateTimeField(editable=False)

    objects = LedgerItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("ledger item")
        verbose_name_plural = _("ledger items")
        ordering = ["-raised_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["park", "number"], name="ledger_number_once_per_park"),
            models.CheckConstraint(
                condition=Q(state="closed", closed_on__isnull=False, closed_by__isnull=False)
                | (~Q(state="closed") & Q(closed_on__isnull=True, closed_by__isnull=True)),
                name="ledger_closed_on_and_by",
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(due_on__isnull=True) | Q(due_on__gte=models.F("starts_on")),
                name="ledger_due_not_before_start",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["assigned", "signed", "working", "closing", "closed", "returned", "hung"])
                | Q(unit__isnull=False, due_on__isnull=False),
                name="ledger_assigned_has_unit_and_due",
            ),
            models.CheckConstraint(
                condition=Q(state="hung", hung_on__isnull=False) | (~Q(state="hung") & Q(hung_on__isnull=True)),
                name="ledger_hung_on",
            ),
            models.CheckConstraint(condition=Q(tier__gte=1, tier__lte=4), name="ledger_tier_known"),
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=~Q(state="closed") & Q(due_on__isnull=False), name="ledger_open"),
            models.Index(fields=["park", "-raised_on", "-id"], name="ledger_by_raised"),
        ]

    def __str__(self):
        return f"{self.number} {self.title}"

    @property
    def missing_elements(self) -> list[str]:
        """Which of the five elements are empty: leader, measures, dates, standard, reward_penalty."""
        given = {
            "leader": self.leader,
            "measures": self.measures,
            "dates": self.starts_on and self.due_on,
            "standard": self.standard,
            "reward_penalty": self.reward_penalty,
        }
        return [name for name, value in given.items() if not value]


class LedgerEntryQuerySet(ScopedQuerySet):
    park_path = "item__park"

    def unit_scope(self, organization_ids):
        return Q(item__in=LedgerItem.objects.filter(LedgerItemQuerySet().unit_scope(organization_ids)))


class LedgerEntry(models.Model):
    """History of an item: every move, progress note, return and closure. Append-only."""

    item = models.ForeignKey(LedgerItem, models.CASCADE, related_name="history", verbose_name=_("item"))
    verb = models.CharField(_("what"), max_length=16)
    from_state = models.CharField(_("from"), max_length=12, choices=LedgerItem.State, blank=True)
    to_state = models.CharField(_("to"), max_length=12, choices=LedgerItem.State)
    note = models.TextField(_("note"), blank=True)
    changes = models.JSONField(default=list, blank=True)
    on = models.DateField(_("on"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    objects = LedgerEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        ordering = ["item", "-at", "-pk"]


class LedgerPartQuerySet(LedgerEntryQuerySet):
    """Parts of an item: whoever sees the item sees them."""


class ExtensionRequestQuerySet(LedgerPartQuerySet):
    def asked(self):
        """All but those that lost their object before anybody answered; they do not count as asked."""
        return self.exclude(outcome=ExtensionRequest.Outcome.REFUSED, answer="")


class ExtensionRequest(models.Model):
    """延期: the unit asks once for at most ten working days more; the project centre decides. Source: domain.md 3.5."""

    class Outcome(models.TextChoices):
        OPEN = "open", _("waits for a decision")
        GRANTED = "granted", _("granted")
        REFUSED = "refused", _("refused")

    item = models.ForeignKey(LedgerItem, models.CASCADE, related_name="extensions", verbose_name=_("item"))
    workdays = models.PositiveSmallIntegerField(_("working days more"))
    reason = models.TextField(_("reason"))
    due_before_on = models.DateField(_("until, before"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked at"))
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome, default=Outcome.OPEN)
    answer = models.TextField(_("answer"), blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    objects = ExtensionRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for an extension")
        verbose_name_plural = _("requests for extensions")
        ordering = ["item", "-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["item"], condition=Q(outcome="open"), name="one_open_extension_request"),
            models.UniqueConstraint(fields=["item"], condition=Q(outcome="granted"), name="extended_once"),
            models.CheckConstraint(condition=Q(workdays__gte=1, workdays__lte=10), name="extension_1_to_10_wd"),
        ]


class LedgerComment(models.Model):
    """A remark on an item; ``mentions`` are told. Taken back: the text goes, the row stays."""

    item = models.ForeignKey(LedgerItem, models.CASCADE, related_name="comments", verbose_name=_("item"))
    text = models.TextField(_("comment"))
    mentions = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="+", verbose_name=_("mentions")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))
    withdrawn_at = models.DateTimeField(_("taken back at"), null=True, blank=True)

    objects = LedgerPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["item", "at", "pk"]

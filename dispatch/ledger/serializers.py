"""Ledger items as the API shows and reads them. Nothing of the ledger is for enterprises."""

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.api_base import ChoiceLabel, NamedRow, RoleFields, ScopedRelatedField, StrictSerializer
from accounts.api_bulk import BulkItem
from accounts.models import Organization, User
from approvals.models import ProjectStep
from dispatch.ledger.flow import EXTENSION_LIMIT_WD, ItemVerb
from dispatch.ledger.models import LedgerComment, LedgerEntry, LedgerItem
from projects.models import Milestone, Project

LIST_FIELDS = (
    "id", "version", "number", "kind", "category", "source", "title", "project", "unit", "person_name", "state",
    "state_name", "raised_on", "starts_on", "due_on", "closed_on", "missing_elements",
)  # fmt: skip
TEXTS = ("description", "leader", "measures", "standard", "reward_penalty")
# Verb → what must come with it, and what may.
ARGUMENTS: dict[ItemVerb, tuple[set[str], set[str]]] = {
    ItemVerb.ASSIGN: ({"unit", "due_on"}, {"person_name", "note"}),
    ItemVerb.SIGN: (set(), {"note"}),
    ItemVerb.PROGRESS: ({"note"}, set()),
    ItemVerb.ASK_CLOSE: ({"evidence"}, set()),
    ItemVerb.CLOSE: (set(), {"note"}),
    ItemVerb.RETURN: ({"reason"}, set()),
    ItemVerb.EXTEND: ({"workdays", "reason"}, set()),
    ItemVerb.REOPEN: ({"reason"}, set()),
    ItemVerb.ASK_EXTENSION: ({"workdays", "reason"}, set()),
    ItemVerb.REFUSE_EXTENSION: ({"reason"}, set()),
    ItemVerb.ASK_HANG: ({"reason"}, set()),
    ItemVerb.REFUSE_HANG: ({"reason"}, set()),
    ItemVerb.HANG: ({"reason"}, set()),
    ItemVerb.TAKE_UP: ({"note"}, {"unit", "due_on"}),
}


class ItemRow(RoleFields, serializers.ModelSerializer):
    """A ledger item in a list."""

    project = NamedRow(read_only=True, allow_null=True)
    unit = NamedRow(read_only=True, allow_null=True)
    state_name = ChoiceLabel("state")
    missing_elements = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = LedgerItem
        fields = read_only_fields = LIST_FIELDS


class ItemDetail(ItemRow):
    """Everything about a ledger item."""

    cooperating_units = NamedRow(many=True, read_only=True)

    class Meta:
        model = LedgerItem
        fields = read_only_fields = (
            *LIST_FIELDS, *TEXTS, "project_step", "milestone", "cooperating_units", "progress", "assigned_on",
            "extended_wd", "tier", "hung_on", "created_at", "updated_at",
        )  # fmt: skip


class ItemInput(StrictSerializer, serializers.ModelSerializer):
    """What can be written on an item; step and milestone are of its project."""

    project = ScopedRelatedField(Project, allow_null=True, required=False)
    project_step = ScopedRelatedField(ProjectStep, allow_null=True, required=False)
    milestone = ScopedRelatedField(Milestone, allow_null=True, required=False)
    unit = ScopedRelatedField(Organization, narrow="units", allow_null=True, required=False)
    person = ScopedRelatedField(User, allow_null=True, required=False)
    cooperating_units = ScopedRelatedField(Organization, narrow="units", many=True, required=False)

    class Meta:
        model = LedgerItem
        fields = (
            "kind", "category", "title", *TEXTS, "project", "project_step", "milestone", "starts_on", "due_on", "unit",
            "person_name", "person", "cooperating_units",
        )  # fmt: skip
        extra_kwargs = {name: {"max_length": 5000} for name in TEXTS if name != "leader"}


class ItemMoveInput(StrictSerializer):
    """One move of an item; which of the others go with a verb: assign (unit, due_on), progress (note), ask_close
    (evidence), return, reopen, hang, ask_hang, refuse_hang, refuse_extension (reason), extend, ask_extension (workdays,
    reason), take_up (note; unit and due_on where they change)."""

    verb = serializers.ChoiceField([verb.value for verb in ARGUMENTS])
    unit = ScopedRelatedField(Organization, narrow="units", required=False)
    due_on = serializers.DateField(required=False)
    person_name = serializers.CharField(required=False, allow_blank=True, max_length=60)
    note = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    evidence = serializers.CharField(required=False, max_length=2000)
    reason = serializers.CharField(required=False, max_length=2000)
    workdays = serializers.IntegerField(required=False, min_value=1, max_value=EXTENSION_LIMIT_WD)

    def validate(self, values):
        needed, possible = ARGUMENTS[ItemVerb(values["verb"])]
        given = set(values) - {"verb"}
        errors = {name: [_("This is needed for this verb.")] for name in sorted(needed - given)}
        errors |= {name: [_("This does not go with this verb.")] for name in sorted(given - needed - possible)}
        if errors:
            raise serializers.ValidationError(errors)
        return values


class AssignItem(BulkItem):
    """An item and to whom it is given, until when."""

    unit = ScopedRelatedField(Organization, narrow="units")
    due_on = serializers.DateField()
    person_name = serializers.CharField(required=False, allow_blank=True, max_length=60)
    note = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class CommentItem(BulkItem):
    """An item and what is said about it."""

    text = serializers.CharField(max_length=2000)


class EntryRow(serializers.ModelSerializer):
    """One entry of an item's history; ``changes``: [{field, old, new}]."""

    by = NamedRow(read_only=True, allow_null=True)

    class Meta:
        model = LedgerEntry
        fields = read_only_fields = ("id", "verb", "from_state", "to_state", "note", "changes", "on", "at", "by")


class CommentRow(serializers.ModelSerializer):
    """A comment; one that was taken back has no text."""

    by = NamedRow(read_only=True, allow_null=True)
    mentions = NamedRow(many=True, read_only=True)

    class Meta:
        model = LedgerComment
        fields = read_only_fields = ("id", "text", "by", "at", "mentions", "withdrawn_at")


class CommentInput(StrictSerializer):
    """A comment; who is named by @name in it, or listed, is told."""

    text = serializers.CharField(max_length=2000)
    mentioned = ScopedRelatedField(User, many=True, required=False)

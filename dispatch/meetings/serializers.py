"""Meetings as the API shows them. Nothing of them is for enterprises."""

from rest_framework import serializers

from accounts.api_base import ChoiceLabel, NamedRow, RoleFields
from dispatch.meetings.models import AgendaItem, Decision, Meeting

LIST_FIELDS = (
    "id", "version", "number", "kind", "kind_name", "tier", "title", "project", "held_on", "starts_at", "ends_at",
    "place", "chair_name", "state", "state_name", "closed_at",
)  # fmt: skip


class MeetingRow(RoleFields, serializers.ModelSerializer):
    """A meeting in a list."""

    project = NamedRow(read_only=True, allow_null=True)
    kind = serializers.CharField(read_only=True)
    kind_name = ChoiceLabel("kind")
    state = serializers.CharField(read_only=True)
    state_name = ChoiceLabel("state")

    class Meta:
        model = Meeting
        fields = read_only_fields = LIST_FIELDS


class PointRow(serializers.ModelSerializer):
    """One point of an agenda and why it is there. ``item``, ``case``: ids of what it is about."""

    project = NamedRow(read_only=True, allow_null=True)
    unit = NamedRow(read_only=True, allow_null=True)
    source = serializers.CharField(read_only=True)
    state = serializers.CharField(read_only=True)

    class Meta:
        model = AgendaItem
        fields = read_only_fields = (
            "id", "order", "source", "title", "why", "project", "unit", "item", "case", "discussion", "state",
        )  # fmt: skip


class DecisionRow(serializers.ModelSerializer):
    """What was decided; ``item`` and ``item_number``: the ledger item it became, null and "" when it was noted."""

    unit = NamedRow(read_only=True, allow_null=True)
    item_number = serializers.CharField(source="item.number", read_only=True, default="")

    class Meta:
        model = Decision
        fields = read_only_fields = (
            "id", "agenda_item", "text", "unit", "person_name", "due_on", "item", "item_number", "withdrawn_at",
        )  # fmt: skip


class MeetingDetail(MeetingRow):
    """Everything about a meeting: its agenda in order, and its decisions."""

    agenda = PointRow(many=True, read_only=True)
    decisions = DecisionRow(many=True, read_only=True)

    class Meta:
        model = Meeting
        fields = read_only_fields = (*LIST_FIELDS, "summary", "previous", "agenda", "decisions")

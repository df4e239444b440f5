"""Meetings as the API shows them. Nothing of them is for enterprises."""

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.api_base import ChoiceLabel, NamedRow, RoleFields, ScopedRelatedField, StrictSerializer
from accounts.models import Organization
from dispatch.ledger.flow import EXTENSION_LIMIT_WD
from dispatch.meetings.actions.points import MOVES
from dispatch.meetings.actions.rulings import VERBS
from dispatch.meetings.models import AgendaItem, Attendance, Decision, Meeting
from projects.models import Project

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
            "id", "version", "meeting", "order", "source", "title", "why", "project", "unit", "item", "case",
            "discussion", "state",
        )  # fmt: skip


class DecisionRow(serializers.ModelSerializer):
    """What was decided; ``item`` and ``item_number``: the ledger item it became, null and "" when it was noted."""

    unit = NamedRow(read_only=True, allow_null=True)
    item_number = serializers.CharField(source="item.number", read_only=True, default="")

    class Meta:
        model = Decision
        fields = read_only_fields = (
            "id", "version", "meeting", "agenda_item", "text", "unit", "person_name", "due_on", "item", "item_number",
            "withdrawn_at",
        )  # fmt: skip


class MeetingDetail(MeetingRow):
    """Everything about a meeting: its agenda in order, and its decisions."""

    agenda = PointRow(many=True, read_only=True)
    decisions = DecisionRow(many=True, read_only=True)

    class Meta:
        model = Meeting
        fields = read_only_fields = (*LIST_FIELDS, "summary", "previous", "agenda", "decisions")


class SeatRow(serializers.ModelSerializer):
    """Who is invited, as what, and whether they came."""

    organization = NamedRow(read_only=True, allow_null=True)
    part = serializers.CharField(read_only=True)
    part_name = ChoiceLabel("part")
    state = serializers.CharField(read_only=True)
    state_name = ChoiceLabel("state")

    class Meta:
        model = Attendance
        fields = read_only_fields = (
            "id", "meeting", "organization", "person_name", "part", "part_name", "state", "state_name", "note",
        )  # fmt: skip


class DetailsInput(StrictSerializer):
    """Day, time, place, title and chair. ``reason``: why it changes, told to the invited."""

    title = serializers.CharField(max_length=200)
    held_on = serializers.DateField()
    starts_at = serializers.TimeField(required=False, allow_null=True)
    ends_at = serializers.TimeField(required=False, allow_null=True)
    place = serializers.CharField(max_length=200, required=False, allow_blank=True)
    chair_name = serializers.CharField(max_length=60, required=False, allow_blank=True)
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True)

    def validate(self, values):
        first, last = values.get("starts_at"), values.get("ends_at")
        if first and last and last <= first:
            raise serializers.ValidationError({"ends_at": [_("The end lies before the beginning.")]})
        return values


class MeetingInput(DetailsInput):
    """A new meeting; a team meeting is about one project."""

    kind = serializers.ChoiceField(Meeting.Kind.choices)
    project = ScopedRelatedField(Project, required=False, allow_null=True)
    reason = None


class CloseInput(StrictSerializer):
    """What the minutes begin with."""

    summary = serializers.CharField(max_length=10_000, required=False, allow_blank=True)


class NewPointInput(StrictSerializer):
    """A point by hand; in a meeting about a project it is about that project."""

    title = serializers.CharField(max_length=200)
    unit = ScopedRelatedField(Organization, narrow="units", required=False, allow_null=True)
    project = ScopedRelatedField(Project, required=False, allow_null=True)


class SeatInput(StrictSerializer):
    """A unit, a person of it, or a person alone."""

    organization = ScopedRelatedField(Organization, narrow="units", required=False, allow_null=True)
    person_name = serializers.CharField(max_length=60, required=False, allow_blank=True)
    part = serializers.ChoiceField(Attendance.Part.choices, default=Attendance.Part.EXTRA)


class MarkInput(StrictSerializer):
    """Who came; a note that is left out stays."""

    state = serializers.ChoiceField(Attendance.State.choices)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)


class DiscussInput(StrictSerializer):
    """What was said."""

    text = serializers.CharField(max_length=10_000, allow_blank=True)


class SettleInput(StrictSerializer):
    """Take off (drop), carry over, note, or bring back (restore)."""

    verb = serializers.ChoiceField(list(MOVES))


class ShiftInput(StrictSerializer):
    """One place up, or down."""

    up = serializers.BooleanField()


class CorrectInput(StrictSerializer):
    """Who does what until when; with a unit and a day it is on the ledger."""

    text = serializers.CharField(max_length=2000)
    unit = ScopedRelatedField(Organization, narrow="units", required=False, allow_null=True)
    person_name = serializers.CharField(max_length=60, required=False, allow_blank=True)
    due_on = serializers.DateField(required=False, allow_null=True)


class DecideInput(CorrectInput):
    """A decision; ``standard``: by which its item is accepted."""

    standard = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class RuleInput(StrictSerializer):
    """A decision on the item or case of the point. extend: workdays; assign: unit, due_on; take_up: unit and due_on
    where they change; case_meeting: reason. ``item_version``: the version seen of that item or case."""

    verb = serializers.ChoiceField(list(VERBS))
    item_version = serializers.IntegerField(min_value=1)
    workdays = serializers.IntegerField(min_value=1, max_value=EXTENSION_LIMIT_WD, required=False)
    unit = ScopedRelatedField(Organization, narrow="units", required=False)
    due_on = serializers.DateField(required=False)
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    NEEDS = {"extend": ["workdays"], "assign": ["unit", "due_on"], "case_meeting": ["reason"]}

    def validate(self, values):
        missing = [name for name in self.NEEDS.get(values["verb"], ()) if not values.get(name)]
        if missing:
            raise serializers.ValidationError({name: [_("This is needed for this verb.")] for name in missing})
        return values

"""Response cases as the API shows and reads them. Nothing of them is for enterprises."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api_base import ChoiceLabel, NamedRow, RoleFields, ScopedRelatedField, StrictSerializer
from accounts.models import Organization, User
from dispatch.meetings.models import Meeting
from dispatch.response import words
from dispatch.response.models import DutyHolder, ResponseCase, ResponseEvent, ResponsePolicy

LIST_FIELDS = (
    "id", "version", "warning", "project", "unit", "level", "level_name", "level_since_on", "clock_from_on",
    "acknowledge_by_on", "act_by_on", "report_by_on", "clear_by_on", "acknowledged_on", "acted_on", "reported_on",
    "is_held", "opened_on", "closed_on", "evaluated_on",
)  # fmt: skip


class CaseRow(RoleFields, serializers.ModelSerializer):
    """A response case; 1 is the severest level."""

    project = NamedRow(read_only=True, allow_null=True)
    unit = NamedRow(read_only=True, allow_null=True)
    level_name = ChoiceLabel("level")

    class Meta:
        model = ResponseCase
        fields = read_only_fields = LIST_FIELDS


class TraceRow(serializers.ModelSerializer):
    """One thing that happened to a case: what, why in words, who was told, under which version of the ladder."""

    by = NamedRow(read_only=True, allow_null=True)
    reason = serializers.SerializerMethodField(help_text="Why, as a sentence.")

    class Meta:
        model = ResponseEvent
        fields = read_only_fields = (
            "id", "kind", "from_level", "to_level", "reason", "facts", "told", "text", "due_on", "policy_version",
            "rule_version", "as_of", "by", "at",
        )  # fmt: skip

    @extend_schema_field(str)
    def get_reason(self, row) -> str:
        if row.by_id:
            return ""
        return words.reason(row.kind, row.reason, row.facts, to_level=row.to_level, from_level=row.from_level)


class AcknowledgeInput(StrictSerializer):
    """Nothing but the acknowledgement itself."""


class PlanInput(StrictSerializer):
    """What will be done, and until when the cause will be gone."""

    text = serializers.CharField(max_length=4000)
    due_on = serializers.DateField()


class WordsInput(StrictSerializer):
    """What was done, or what is to be remembered."""

    text = serializers.CharField(max_length=4000)


class SpecialMeetingInput(WordsInput):
    """What the special meeting decided; ``meeting``: its record, if there is one."""

    meeting = ScopedRelatedField(Meeting, required=False, allow_null=True)


class DutyRow(serializers.ModelSerializer):
    """Who holds an office that is told of cases."""

    duty = serializers.CharField(read_only=True)
    duty_name = ChoiceLabel("duty")
    organization = NamedRow(read_only=True, allow_null=True)
    user = NamedRow(read_only=True)

    class Meta:
        model = DutyHolder
        fields = read_only_fields = ("id", "duty", "duty_name", "organization", "user")


class DutyInput(StrictSerializer):
    """Heads of windows and units hold their office for an organization, the others for the park."""

    duty = serializers.ChoiceField(DutyHolder.Duty.choices)
    organization = ScopedRelatedField(Organization, narrow="units", required=False, allow_null=True)
    user = ScopedRelatedField(User)


class PolicyRow(serializers.ModelSerializer):
    """A version of the ladder: triggers, deadlines, who is told, the rhythm of the tiers."""

    by = NamedRow(read_only=True, allow_null=True)
    is_own = serializers.SerializerMethodField(help_text="Of the park; otherwise the default of the site.")
    params = serializers.JSONField(read_only=True)

    class Meta:
        model = ResponsePolicy
        fields = read_only_fields = ("version", "is_own", "is_enabled", "params", "note", "by", "at")

    def get_is_own(self, row) -> bool:
        return row.park_id is not None


class PolicyInput(StrictSerializer):
    """The whole ladder as a new version. ``base_version``: the version in force that was seen."""

    base_version = serializers.IntegerField(min_value=0)
    is_enabled = serializers.BooleanField()
    note = serializers.CharField(max_length=200)
    params = serializers.JSONField(help_text="As answered, changed: triggers, deadlines, told, rhythm …")

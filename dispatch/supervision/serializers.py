"""Instructions as the API shows them, and the feedback it takes. Nothing of it is for enterprises."""

from rest_framework import serializers

from accounts.api_base import ChoiceLabel, NamedRow, RoleFields, ScopedRelatedField, StrictSerializer
from accounts.models import Organization, User
from dispatch.ledger.models import LedgerItem
from dispatch.supervision import rules
from dispatch.supervision.models import Feedback, Instruction
from projects.models import Project

LIST_FIELDS = (
    "id", "version", "number", "leader", "text", "urgency", "urgency_name", "project", "item", "item_number", "unit",
    "state", "state_name", "issued_on", "due_on", "feedback_every_wd", "last_report_on",
)  # fmt: skip


class InstructionRow(RoleFields, serializers.ModelSerializer):
    """An instruction in a list."""

    leader = NamedRow(read_only=True)
    urgency_name = ChoiceLabel("urgency")
    project = NamedRow(read_only=True, allow_null=True)
    item_number = serializers.CharField(source="item.number", read_only=True)
    unit = NamedRow(source="item.unit", read_only=True, allow_null=True)
    state = serializers.CharField(source="item.state", read_only=True)
    state_name = serializers.CharField(source="item.get_state_display", read_only=True)
    due_on = serializers.DateField(source="item.due_on", read_only=True)
    last_report_on = serializers.DateField(read_only=True, allow_null=True)

    class Meta:
        model = Instruction
        fields = read_only_fields = LIST_FIELDS


class FeedbackRow(serializers.ModelSerializer):
    """One link of the chain."""

    kind_name = ChoiceLabel("kind")
    organization = NamedRow(read_only=True, allow_null=True)
    by = NamedRow(read_only=True, allow_null=True)

    class Meta:
        model = Feedback
        fields = read_only_fields = ("id", "kind", "kind_name", "text", "organization", "by", "on", "at")


class InstructionDetail(InstructionRow):
    """An instruction with its chain, oldest first."""

    feedback = FeedbackRow(many=True, read_only=True)
    recorded_by = NamedRow(read_only=True, allow_null=True)

    class Meta:
        model = Instruction
        fields = read_only_fields = (*LIST_FIELDS, "about_url", "about_title", "recorded_by", "created_at", "feedback")


class FeedbackInput(StrictSerializer):
    """A report of the unit, or an answer of the leader; "continue" and "addition" need words, a report too."""

    kind = serializers.ChoiceField(Feedback.Kind.choices)
    text = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class InstructionInput(StrictSerializer):
    """An instruction. The centre names the ``leader``; a leader writes in their own name and names none."""

    leader = ScopedRelatedField(User, required=False)
    text = serializers.CharField(max_length=2000)
    unit = ScopedRelatedField(Organization, narrow="units")
    due_on = serializers.DateField()
    urgency = serializers.ChoiceField(Instruction.Urgency.choices, default=Instruction.Urgency.NORMAL)
    feedback_every_wd = serializers.IntegerField(min_value=0, max_value=rules.LONGEST_RHYTHM_WD, default=0)
    project = ScopedRelatedField(Project, required=False, allow_null=True)
    category = serializers.ChoiceField(LedgerItem.Category.choices, default=LedgerItem.Category.OTHER)
    standard = serializers.CharField(max_length=5000, required=False, allow_blank=True)
    cooperating_units = ScopedRelatedField(Organization, narrow="units", many=True, required=False)

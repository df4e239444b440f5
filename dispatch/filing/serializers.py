"""Filings as the API shows and reads them. Money 万元, progress in per cent."""

from rest_framework import serializers

from accounts.api_base import ChoiceLabel, NamedRow, RoleFields, StrictSerializer
from dispatch.filing.actions import FIELDS
from dispatch.filing.models import Filing

LIST_FIELDS = (
    "id", "version", "year", "month", "project", "state", "state_name", "month_10k", "ytd_10k", "physical_percent",
    "is_late", "is_locked", "submitted_at",
)  # fmt: skip
DETAIL_FIELDS = (
    *LIST_FIELDS, "works_10k", "equipment_10k", "other_10k", "physical_progress", "issue", "next_work", "acknowledged",
    "return_reason", "submitted_by", "checked_by", "checked_at",
)  # fmt: skip


class FilingRow(RoleFields, serializers.ModelSerializer):
    """A filing in a list."""

    year = serializers.IntegerField(source="round.year", read_only=True)
    month = serializers.IntegerField(source="round.month", read_only=True)
    project = NamedRow(read_only=True)
    state_name = ChoiceLabel("state")
    is_late = serializers.BooleanField(read_only=True)
    is_locked = serializers.SerializerMethodField()

    class Meta:
        model = Filing
        fields = read_only_fields = enterprise_fields = LIST_FIELDS

    def get_is_locked(self, filing: Filing) -> bool:
        return filing.round.state == "locked"


class FilingDetail(FilingRow):
    """Everything about a filing."""

    submitted_by = NamedRow(read_only=True, allow_null=True)
    checked_by = NamedRow(read_only=True, allow_null=True)

    class Meta:
        model = Filing
        fields = read_only_fields = enterprise_fields = DETAIL_FIELDS


class FilingInput(StrictSerializer, serializers.ModelSerializer):
    """Figures and texts; those left out stay. Without ``ytd_10k`` it is the month before plus the month."""

    class Meta:
        model = Filing
        fields = FIELDS


class ReasonInput(StrictSerializer):
    """Why."""

    reason = serializers.CharField(max_length=2000)

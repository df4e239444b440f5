"""Filings as the API shows and reads them. Money 万元, progress in per cent."""

from rest_framework import serializers

from accounts.api_base import ChoiceLabel, NamedRow, RoleFields, ScopedRelatedField, StrictSerializer
from accounts.api_bulk import BulkItem
from accounts.models import Organization
from dispatch.filing.actions import FIELDS
from dispatch.filing.models import Filing, FilingRestatement, FilingRound
from dispatch.filing.rules import FIGURES
from projects.models import Project

LIST_FIELDS = (
    "id", "version", "year", "month", "project", "state", "state_name", "month_10k", "ytd_10k", "physical_percent",
    "is_late", "is_locked", "submitted_at",
)  # fmt: skip
DETAIL_FIELDS = (
    *LIST_FIELDS, "works_10k", "equipment_10k", "other_10k", "physical_progress", "issue", "next_work", "acknowledged",
    "return_reason", "submitted_by", "checked_by", "checked_at",
)  # fmt: skip


class AcceptItem(BulkItem):
    """A filing and the version that was checked."""


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


class RoundRow(RoleFields, serializers.ModelSerializer):
    """A month's window of filings."""

    state = serializers.CharField(read_only=True)
    state_name = ChoiceLabel("state")

    class Meta:
        model = FilingRound
        fields = read_only_fields = enterprise_fields = (
            "id", "version", "year", "month", "opens_on", "closes_on", "locks_on", "state", "state_name", "locked_at",
        )  # fmt: skip


class IncludeInput(StrictSerializer):
    """A project that is not on the month's list."""

    project = ScopedRelatedField(Project)


class Included(serializers.Serializer):
    """Its filing."""

    filing = serializers.IntegerField()


class Reminded(serializers.Serializer):
    """How many people."""

    reminded = serializers.IntegerField()


class OtherFiguresInput(StrictSerializer, serializers.ModelSerializer):
    """Other figures after the lock; those left out stay."""

    reason = serializers.CharField(max_length=2000)

    class Meta:
        model = Filing
        fields = (*FIGURES, "reason")


class RestatementRow(serializers.ModelSerializer):
    """A correction of a locked month. ``changes``: [{field, old, new}]."""

    project = NamedRow(source="filing.project", read_only=True)
    state = serializers.CharField(read_only=True)
    by = NamedRow(read_only=True, allow_null=True)
    decided_by = NamedRow(read_only=True, allow_null=True)

    class Meta:
        model = FilingRestatement
        fields = read_only_fields = (
            "id", "version", "filing", "project", "changes", "reason", "state", "by", "at", "decision", "decided_by",
            "decided_at",
        )  # fmt: skip


class GrantInput(StrictSerializer):
    """Granted or refused, and why."""

    grant = serializers.BooleanField()
    decision = serializers.CharField(max_length=2000)


class FilerInput(StrictSerializer):
    """Who files for the project from now on; null: its responsible unit again."""

    project = ScopedRelatedField(Project)
    organization = ScopedRelatedField(Organization, allow_null=True)


class FilerAnswer(serializers.Serializer):
    """Who files for a project."""

    project = NamedRow(read_only=True)
    organization = NamedRow(read_only=True, allow_null=True)

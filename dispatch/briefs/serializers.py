"""Weekly briefs as the API shows them; read-only."""

from rest_framework import serializers

from accounts.api_base import ChoiceLabel, RoleFields, StrictSerializer
from dispatch.briefs.models import WeeklyBrief

LIST_FIELDS = (
    "id", "version", "year", "week", "revision", "reason", "starts_on", "ends_on", "as_of", "state", "state_name",
    "sha256", "frozen_at", "published_at",
)  # fmt: skip


class BriefRow(RoleFields, serializers.ModelSerializer):
    """A brief in a list."""

    state_name = ChoiceLabel("state")

    class Meta:
        model = WeeklyBrief
        fields = read_only_fields = LIST_FIELDS


class BriefDetail(BriefRow):
    """A brief with every figure and text in it."""

    snapshot = serializers.DictField(read_only=True)

    class Meta:
        model = WeeklyBrief
        fields = read_only_fields = (*LIST_FIELDS, "snapshot")


class BriefFreezeInput(StrictSerializer):
    """A week that may be frozen, for example 2026-W09."""

    week = serializers.CharField(max_length=8)


class BriefRestateInput(StrictSerializer):
    """Why."""

    reason = serializers.CharField(max_length=500)

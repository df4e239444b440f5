"""Bulletins as the API shows and reads them. Nothing of them is for enterprises."""

from rest_framework import serializers

from accounts.api_base import ChoiceLabel, RoleFields, StrictSerializer
from dispatch.reports.models import Bulletin

LIST_FIELDS = ("id", "version", "year", "month", "state", "state_name", "as_of", "sha256", "created_at", "issued_at")


class BulletinRow(RoleFields, serializers.ModelSerializer):
    """A bulletin in a list."""

    state_name = ChoiceLabel("state")

    class Meta:
        model = Bulletin
        fields = read_only_fields = LIST_FIELDS


class BulletinDetail(BulletinRow):
    """A bulletin with every figure and text in it."""

    snapshot = serializers.DictField(read_only=True)

    class Meta:
        model = Bulletin
        fields = read_only_fields = (*LIST_FIELDS, "snapshot")


class DraftInput(StrictSerializer):
    """The month to draft, and the last day whose facts go in (default: today, or the month's last day)."""

    year = serializers.IntegerField(min_value=2000, max_value=2100)
    month = serializers.IntegerField(min_value=1, max_value=12)
    as_of = serializers.DateField(required=False)

"""Measures as the API shows and reads them. Nothing of them is for enterprises."""

from rest_framework import serializers

from accounts.api_base import ChoiceLabel, NamedRow, RoleFields, ScopedRelatedField, StrictSerializer
from dispatch.ledger.models import LedgerItem
from dispatch.measures.models import Measure

LIST_FIELDS = (
    "id", "version", "title", "category", "category_name", "item", "published_at", "withdrawn_at",
)  # fmt: skip


class MeasureLine(RoleFields, serializers.ModelSerializer):
    """A measure in a list; ``item``: the ledger item it was made of."""

    category_name = ChoiceLabel("category")

    class Meta:
        model = Measure
        fields = read_only_fields = LIST_FIELDS


class MeasureDetail(MeasureLine):
    """How something was solved, so that others find it."""

    published_by = NamedRow(read_only=True, allow_null=True)
    withdrawn_by = NamedRow(read_only=True, allow_null=True)

    class Meta:
        model = Measure
        fields = read_only_fields = (
            *LIST_FIELDS, "problem", "solution", "conditions", "published_by", "withdrawn_by", "withdrawn_reason",
        )  # fmt: skip


class MeasureInput(StrictSerializer):
    """What others read: no names, no figures."""

    title = serializers.CharField(max_length=200)
    category = serializers.ChoiceField(LedgerItem.Category.choices)
    problem = serializers.CharField(max_length=5000)
    solution = serializers.CharField(max_length=5000)
    conditions = serializers.CharField(max_length=5000, required=False, allow_blank=True)


class PublishInput(MeasureInput):
    """A measure of a closed item."""

    item = ScopedRelatedField(LedgerItem)


class TakeInput(StrictSerializer):
    """The open item that takes the measure over, and the version seen of it."""

    item = ScopedRelatedField(LedgerItem)
    item_version = serializers.IntegerField(min_value=1)

"""Warnings as the API shows them. Nothing of them is for enterprises."""

from rest_framework import serializers

from accounts.api_base import NamedRow, RoleFields
from dispatch.warnings.models import Warning


class WarningRow(RoleFields, serializers.ModelSerializer):
    """What is late or due soon, by which rule, since when. Needs ``rule_names`` in the context."""

    project = NamedRow(read_only=True, allow_null=True)
    unit = NamedRow(read_only=True, allow_null=True)
    rule_name = serializers.SerializerMethodField(help_text="The rule in words.")

    class Meta:
        model = Warning
        fields = read_only_fields = (
            "id", "rule", "rule_name", "rule_version", "level", "object_type", "object_id", "label", "project", "unit",
            "due_on", "since_on", "cleared_on",
        )  # fmt: skip

    def get_rule_name(self, row) -> str:
        return self.context["rule_names"].get(row.rule, row.rule)

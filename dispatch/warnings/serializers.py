"""Warnings as the API shows them. Nothing of them is for enterprises."""

from rest_framework import serializers

from accounts.api_base import NamedRow, RoleFields, StrictSerializer
from dispatch.warnings.models import Warning


class WarningRow(RoleFields, serializers.ModelSerializer):
    """What is late or due soon, by which rule, since when. Needs ``rule_names`` and
    ``sentences`` in the context."""

    project = NamedRow(read_only=True, allow_null=True)
    unit = NamedRow(read_only=True, allow_null=True)
    rule_name = serializers.SerializerMethodField(help_text="The rule in words.")
    sentence = serializers.SerializerMethodField(
        help_text="The trigger in words: what, by which rule and version, since when, how much, whose days."
    )

    class Meta:
        model = Warning
        fields = read_only_fields = (
            "id", "rule", "rule_name", "rule_version", "level", "object_type", "object_id", "label", "project", "unit",
            "due_on", "since_on", "cleared_on", "party", "behind_pp", "sentence",
        )  # fmt: skip

    def get_rule_name(self, row) -> str:
        return self.context["rule_names"].get(row.rule, row.rule)

    def get_sentence(self, row) -> str:
        return self.context["sentences"](row)


class RuleRow(serializers.Serializer):
    """A warning rule as it stands in the park. ``thresholds``: _wd working days, _days calendar days, _pp percentage
    points, _10k 10,000 CNY."""

    code = serializers.CharField()
    name = serializers.CharField()
    about = serializers.CharField(help_text="What the rule looks at.")
    version = serializers.IntegerField()
    is_enabled = serializers.BooleanField()
    is_own = serializers.BooleanField(help_text="The park has its own version; otherwise the default is in force.")
    thresholds = serializers.DictField(child=serializers.FloatField())
    in_words = serializers.ListField(child=serializers.CharField())


class NoteInput(StrictSerializer):
    """Why."""

    note = serializers.CharField(max_length=200)


class RuleInput(NoteInput):
    """Thresholds and the switch; what is left out stays."""

    is_enabled = serializers.BooleanField(required=False)
    thresholds = serializers.DictField(
        child=serializers.DecimalField(10, 2), required=False, help_text="Names as answered."
    )


class TrialInput(StrictSerializer):
    """A past period, at most a year, and what is to be tried in it."""

    first = serializers.DateField()
    last = serializers.DateField()
    is_enabled = serializers.BooleanField(required=False)
    thresholds = serializers.DictField(child=serializers.DecimalField(10, 2), required=False)


class TrialMonth(serializers.Serializer):
    """Cases of one month by level."""

    month = serializers.CharField()
    proposed = serializers.DictField(child=serializers.IntegerField())
    in_force = serializers.DictField(child=serializers.IntegerField())


class TrialAnswer(serializers.Serializer):
    """How often the rule would have warned, and how often the one in force did."""

    first = serializers.DateField()
    last = serializers.DateField()
    proposed = serializers.IntegerField()
    in_force = serializers.IntegerField()
    months = TrialMonth(many=True)

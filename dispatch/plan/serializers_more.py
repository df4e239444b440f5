"""What the API takes of tasks, links, levers, templates and rules of plans. Durations in working days."""

from rest_framework import serializers

from accounts.api_base import RoleFields, ScopedRelatedField, StrictSerializer
from dispatch.plan.models import PlanLever, PlanTemplate
from projects.models import Project

KEY = {"max_length": 12}


class NewTaskInput(StrictSerializer):
    """A task of the project's own, between ``after`` (it waits for them) and ``before`` (they wait for it)."""

    name = serializers.CharField(max_length=120)
    duration_wd = serializers.IntegerField(min_value=0, max_value=2000)
    after = serializers.ListField(child=serializers.CharField(**KEY), required=False, max_length=60)
    before = serializers.ListField(child=serializers.CharField(**KEY), required=False, max_length=60)


class TaskReasonInput(StrictSerializer):
    """Why."""

    reason = serializers.CharField(max_length=200)


class UnlinkInput(StrictSerializer):
    """A link, and why it goes where the catalogue has it."""

    before = serializers.CharField(**KEY)
    after = serializers.CharField(**KEY)
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True)


class KeysInput(StrictSerializer):
    """Tasks with a planned start."""

    tasks = serializers.ListField(child=serializers.CharField(**KEY), allow_empty=False, max_length=100)


class CopyInput(StrictSerializer):
    """A template of the park."""

    template = ScopedRelatedField(PlanTemplate)


class LeverOut(StrictSerializer):
    """A lever that was pulled, and why it goes."""

    lever = ScopedRelatedField(PlanLever)
    reason = serializers.CharField(max_length=2000)


class PulledRow(serializers.ModelSerializer):
    """A lever that is part of a plan; ``item``: its ledger item."""

    keys = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = PlanLever
        fields = read_only_fields = ("id", "kind", "keys", "wd", "item")


class TemplateRow(RoleFields, serializers.ModelSerializer):
    """A template: durations of tasks, own tasks, links."""

    rows = serializers.ListField(child=serializers.DictField(), read_only=True)
    links = serializers.ListField(child=serializers.DictField(), read_only=True)

    class Meta:
        model = PlanTemplate
        fields = read_only_fields = (
            "id", "version", "name", "nature", "land", "is_active", "rows", "links", "updated_at",
        )  # fmt: skip


class TemplateLine(StrictSerializer):
    """A task; ``name`` of own tasks (T1 …) only."""

    key = serializers.CharField(**KEY)
    name = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    duration_wd = serializers.IntegerField(min_value=0, max_value=2000, allow_null=True, default=None)
    preparation_wd = serializers.IntegerField(min_value=0, max_value=2000, allow_null=True, default=None)


class TemplateLink(StrictSerializer):
    """A link between two tasks."""

    before = serializers.CharField(**KEY)
    after = serializers.CharField(**KEY)
    kind = serializers.ChoiceField(["FS", "SS", "FF", "SF"], default="FS")
    lag_wd = serializers.IntegerField(min_value=-2000, max_value=2000, default=0)
    is_hard = serializers.BooleanField(default=True)


class TemplateChange(StrictSerializer):
    """What is left out stays."""

    name = serializers.CharField(max_length=100)
    nature = serializers.ChoiceField(Project.Nature.choices, required=False, allow_blank=True)
    land = serializers.ChoiceField(PlanTemplate.Land.choices, required=False, allow_blank=True)
    rows = TemplateLine(many=True, required=False, max_length=200)
    links = TemplateLink(many=True, required=False, max_length=200)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)


class OfferInput(StrictSerializer):
    """Whether it is offered, and why."""

    is_active = serializers.BooleanField()
    note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class RulesRow(serializers.Serializer):
    """The rules in force and their version."""

    version = serializers.IntegerField()
    params = serializers.DictField()


class RulesInput(StrictSerializer):
    """Names and values as answered; what is left out stays. ``base_version``: the version seen."""

    base_version = serializers.IntegerField(min_value=0)
    note = serializers.CharField(max_length=200)
    params = serializers.DictField(allow_empty=False)

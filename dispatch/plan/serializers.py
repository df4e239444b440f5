"""What the API says about a plan, and what it takes. Durations and floats in working days."""

from rest_framework import serializers

from accounts.api_base import ChoiceLabel, NamedRow, StrictSerializer
from dispatch.plan.models import Goal, PlanForecast, PlanLink
from dispatch.plan.values import DurationFrom
from projects.planning.schedule import Driver, Problem, Standing


class TaskDates(serializers.Serializer):
    """One task of the schedule: a step (S01…), milestone (L08…), piece of work (W1…) or own task (T1…)."""

    key = serializers.CharField()
    kind = serializers.CharField()
    name = serializers.CharField()
    line = serializers.CharField(allow_blank=True)
    unit = serializers.IntegerField(allow_null=True)
    unit_name = serializers.CharField(allow_blank=True)
    person = serializers.CharField(allow_blank=True)
    duration_wd = serializers.IntegerField()
    duration_from = serializers.ChoiceField(choices=[choice.value for choice in DurationFrom])
    standing = serializers.ChoiceField(choices=[choice.value for choice in Standing])
    start = serializers.DateField(allow_null=True)
    finish = serializers.DateField(allow_null=True)
    latest_start = serializers.DateField(allow_null=True)
    latest_finish = serializers.DateField(allow_null=True)
    total_float_wd = serializers.IntegerField(allow_null=True)
    free_float_wd = serializers.IntegerField(allow_null=True)
    driver = serializers.ChoiceField(choices=[choice.value for choice in Driver])
    driven_by = serializers.CharField(allow_blank=True)
    baseline_start = serializers.DateField(allow_null=True)
    baseline_finish = serializers.DateField(allow_null=True)
    is_critical = serializers.BooleanField()
    is_provisional = serializers.BooleanField()


class PlanConflict(serializers.Serializer):
    """What does not fit together."""

    problem = serializers.ChoiceField(choices=[choice.value for choice in Problem])
    key = serializers.CharField()
    other = serializers.CharField(allow_blank=True)
    days = serializers.IntegerField()
    on = serializers.DateField(allow_null=True)


class ScheduleAnswer(serializers.Serializer):
    """A project's plan on a day: forecast, latest dates, critical chain, conflicts. ``version`` 0: untouched."""

    project = serializers.IntegerField()
    version = serializers.IntegerField()
    as_of = serializers.DateField()
    goal = serializers.ChoiceField(choices=Goal.choices)
    target_on = serializers.DateField(allow_null=True)
    goal_on = serializers.DateField(allow_null=True)
    short_wd = serializers.IntegerField()
    spare_wd = serializers.IntegerField(allow_null=True)
    is_provisional = serializers.BooleanField()
    chain = serializers.ListField(child=serializers.CharField())
    levers = serializers.ListField(child=serializers.CharField())
    tasks = TaskDates(many=True)
    conflicts = PlanConflict(many=True)


class GoalInput(StrictSerializer):
    """What is not given stays."""

    goal = serializers.ChoiceField(choices=Goal.choices, required=False)
    target_on = serializers.DateField(required=False, allow_null=True)


class TaskInput(StrictSerializer):
    """What is not given stays; null takes a value away."""

    duration_wd = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=2000)
    preparation_wd = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=2000)
    not_before_on = serializers.DateField(required=False, allow_null=True)
    not_before_reason = serializers.CharField(required=False, allow_blank=True, max_length=200)
    planned_on = serializers.DateField(required=False, allow_null=True)
    fixed_on = serializers.DateField(required=False, allow_null=True)
    fixed_reason = serializers.CharField(required=False, allow_blank=True, max_length=200)
    person_name = serializers.CharField(required=False, allow_blank=True, max_length=60)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=500)


class LinkInput(StrictSerializer):
    """A link of the project's own, or one of the catalogue changed as far as the law allows."""

    before = serializers.CharField(max_length=12)
    after = serializers.CharField(max_length=12)
    kind = serializers.ChoiceField(choices=PlanLink.Kind.choices, required=False)
    lag_wd = serializers.IntegerField(required=False, min_value=-2000, max_value=2000)
    is_hard = serializers.BooleanField(required=False)


class LeversInput(StrictSerializer):
    """Levers by their codes, e.g. ``overlap:S13:S12``."""

    levers = serializers.ListField(child=serializers.CharField(max_length=80), min_length=1, max_length=40)


class LeverRow(serializers.Serializer):
    """A lever that could be pulled: what it buys alone, and the forecast with it."""

    code = serializers.CharField()
    kind = serializers.CharField()
    tasks = serializers.ListField(child=serializers.CharField())
    gain_wd = serializers.IntegerField()
    goal_on = serializers.DateField(allow_null=True)
    short_wd = serializers.IntegerField()


class BaselineInput(StrictSerializer):
    """The next version; ``latest``: latest dates that keep the target (倒排) in place of forecast dates."""

    reason = serializers.CharField(max_length=500)
    latest = serializers.BooleanField(required=False, default=False)


class BaselineRow(serializers.Serializer):
    """One version of the baseline."""

    number = serializers.IntegerField()
    goal = serializers.ChoiceField(choices=Goal.choices)
    target_on = serializers.DateField(allow_null=True)
    reason = serializers.CharField()
    by = NamedRow(allow_null=True)
    at = serializers.DateTimeField()
    sha256 = serializers.CharField()
    rows = serializers.JSONField()


class ForecastRow(serializers.ModelSerializer):
    """What the morning's forecast says of one project."""

    project = NamedRow()
    goal_name = ChoiceLabel("goal")

    class Meta:
        model = PlanForecast
        fields = ("id", "project", "as_of", "goal", "goal_name", "target_on", "goal_on", "is_reached", "short_wd",
                  "spare_wd", "p50_on", "p80_on", "is_provisional", "conflicts", "chain")  # fmt: skip
        read_only_fields = fields

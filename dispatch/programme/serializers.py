"""Programmes and yearly plans as the API shows and reads them. 万元. Nothing of them is for enterprises."""

from rest_framework import serializers

from accounts.api_base import ChoiceLabel, NamedRow, RoleFields, ScopedRelatedField, StrictSerializer
from dispatch.programme.models import MonthlyPlan, Programme, ProgrammeEntry, ProgrammeMove
from projects.models import Project

MONEY = ("year1_10k", "year2_10k", "year3_10k")


def money() -> serializers.DecimalField:
    return serializers.DecimalField(16, 4, min_value=0, required=False, allow_null=True)


class ProgrammeRow(RoleFields, serializers.ModelSerializer):
    """A rolling programme of three years."""

    state = serializers.CharField(read_only=True)
    state_name = ChoiceLabel("state")
    approved_by = NamedRow(read_only=True, allow_null=True)

    class Meta:
        model = Programme
        fields = read_only_fields = (
            "id", "version", "first_year", "state", "state_name", "approved_at", "approved_by",
        )  # fmt: skip


class ProgrammeEntryRow(serializers.ModelSerializer):
    """A project in a programme: its priority, its money of the three years."""

    project = NamedRow(read_only=True)

    class Meta:
        model = ProgrammeEntry
        fields = read_only_fields = ("id", "programme", "project", "priority", *MONEY, "note", "left_at")


class MoveRow(serializers.ModelSerializer):
    """What happened to a programme."""

    project = NamedRow(read_only=True, allow_null=True)
    verb = serializers.CharField(read_only=True)
    by = NamedRow(read_only=True, allow_null=True)

    class Meta:
        model = ProgrammeMove
        fields = read_only_fields = ("id", "verb", "project", "reason", "changes", "by", "at")


class StartInput(StrictSerializer):
    """The first of three years."""

    first_year = serializers.IntegerField(min_value=2000, max_value=2098)


class TakeInInput(StrictSerializer):
    """A project, its place in the order (the end without one), its money, and why."""

    project = ScopedRelatedField(Project)
    place = serializers.IntegerField(min_value=1, max_value=100_000, required=False, allow_null=True)
    year1_10k, year2_10k, year3_10k = money(), money(), money()
    reason = serializers.CharField(max_length=5000)


class TakeOutInput(StrictSerializer):
    """Which entry leaves, and why."""

    entry = ScopedRelatedField(ProgrammeEntry)
    reason = serializers.CharField(max_length=5000)


class ProgrammeEntryInput(StrictSerializer):
    """What is left out stays; a reason is needed once the programme is approved."""

    entry = ScopedRelatedField(ProgrammeEntry)
    place = serializers.IntegerField(min_value=1, max_value=100_000, required=False)
    year1_10k, year2_10k, year3_10k = money(), money(), money()
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)
    reason = serializers.CharField(max_length=5000, required=False, allow_blank=True)


class HandedDown(serializers.Serializer):
    """How many annual plans have changed."""

    written = serializers.IntegerField()


class MonthRow(serializers.ModelSerializer):
    """What a project is to invest in one month."""

    project = NamedRow(read_only=True)

    class Meta:
        model = MonthlyPlan
        fields = read_only_fields = ("id", "project", "year", "month", "planned_10k")


class MonthAmount(StrictSerializer):
    """One month."""

    month = serializers.IntegerField(min_value=1, max_value=12)
    planned_10k = serializers.DecimalField(16, 4, min_value=0)


class MonthsInput(StrictSerializer):
    """The year by months; those left out are 0, none at all: even months. ``project_version``: the one seen."""

    project = ScopedRelatedField(Project)
    project_version = serializers.IntegerField(min_value=1)
    year = serializers.IntegerField(min_value=2000, max_value=2100)
    months = MonthAmount(many=True, max_length=12)
    with_year = serializers.BooleanField(default=False, help_text="Their sum becomes the annual plan.")


class MonthsAnswer(serializers.Serializer):
    """The version of the project after it."""

    project_version = serializers.IntegerField()

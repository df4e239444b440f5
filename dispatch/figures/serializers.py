"""Shapes of the five rates over the API: exact strings, as in snapshots."""

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.api_base import StrictSerializer
from dispatch.figures.forms import EARLIEST
from dispatch.figures.groups import By


class RatesInput(StrictSerializer):
    """Grouping and day."""

    by = serializers.ChoiceField(choices=[by.value for by in By], required=False)
    on = serializers.DateField(required=False)

    def validate_on(self, day):
        if not EARLIEST <= day <= self.context["today"]:
            raise serializers.ValidationError(_("Choose a day that has come."))
        return day


class RateChanges(serializers.Serializer):
    """Percentage points against the same day then, signed, one decimal; null where nothing was kept or counted."""

    week = serializers.CharField(read_only=True, allow_null=True)
    month = serializers.CharField(read_only=True, allow_null=True)
    year = serializers.CharField(read_only=True, allow_null=True)


class RateValue(serializers.Serializer):
    """One rate. Money in 10k CNY; ``percent`` half up with one decimal, null without a denominator."""

    numerator = serializers.CharField(read_only=True)
    denominator = serializers.CharField(read_only=True)
    percent = serializers.CharField(read_only=True, allow_null=True)
    definition = serializers.CharField(read_only=True)
    changes = RateChanges(read_only=True)


class FiveRates(serializers.Serializer):
    """The five rates of one group."""

    formalities = RateValue(read_only=True)
    starts = RateValue(read_only=True)
    enrolment = RateValue(read_only=True)
    investment = RateValue(read_only=True)
    quarter = RateValue(read_only=True)


class RateGroup(serializers.Serializer):
    """One group, or the park. ``group``: "" for projects that name none, and for the park."""

    group = serializers.CharField(read_only=True, allow_blank=True)
    name = serializers.CharField(read_only=True, allow_blank=True)
    projects = serializers.IntegerField(read_only=True)
    rates = FiveRates(read_only=True)
    calendar_percent = serializers.CharField(read_only=True)
    ahead_pp = serializers.CharField(read_only=True, allow_null=True)


class RatesAnswer(serializers.Serializer):
    """The table of rates; ``compared_with``: the days whose kept figures the changes rest on."""

    as_of = serializers.DateField(read_only=True)
    month = serializers.CharField(read_only=True)
    by = serializers.CharField(read_only=True)
    rules_version = serializers.IntegerField(read_only=True)
    compared_with = RateChanges(read_only=True)
    definitions = serializers.ListField(child=serializers.CharField(), read_only=True)
    park = RateGroup(read_only=True)
    groups = RateGroup(many=True, read_only=True)


class FigureRulesRow(serializers.Serializer):
    """How the park counts: the variant of each rate, the calendar, points of each rate in the score."""

    version = serializers.IntegerField()
    rates = serializers.DictField(child=serializers.CharField())
    calendar = serializers.CharField()
    weights = serializers.DictField(child=serializers.IntegerField())


class FigureRulesInput(StrictSerializer):
    """What is left out stays; weights add up to 100. ``base_version``: the version seen."""

    base_version = serializers.IntegerField(min_value=0)
    note = serializers.CharField(max_length=200)
    rates = serializers.DictField(child=serializers.CharField(max_length=20), required=False)
    calendar = serializers.CharField(max_length=20, required=False)
    weights = serializers.DictField(child=serializers.IntegerField(min_value=0, max_value=100), required=False)

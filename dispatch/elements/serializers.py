"""Elements, funds and plots as the API shows them, and the progress it takes. Nothing of it is for enterprises."""

from rest_framework import serializers

from accounts.api_base import ChoiceLabel, NamedRow, RoleFields, StrictSerializer
from dispatch.elements import words
from dispatch.elements.actions.plots import facts_of
from dispatch.elements.models import AcquisitionPlot, ElementNeed, FundingApplication


class NeedRow(RoleFields, serializers.ModelSerializer):
    """What a project needs of an element in a year; amounts in ``measure``, ``open`` = amount − secured."""

    project = NamedRow(read_only=True)
    element_name = ChoiceLabel("element")
    measure = serializers.SerializerMethodField()
    open = serializers.SerializerMethodField()
    unit = NamedRow(read_only=True, allow_null=True)

    class Meta:
        model = ElementNeed
        fields = read_only_fields = (
            "id", "version", "project", "year", "element", "element_name", "measure", "amount", "secured", "open",
            "needed_on", "unit", "note",
        )  # fmt: skip

    def get_measure(self, row) -> str:
        return words.unit_of(row.element)

    def get_open(self, row) -> str:
        return str(row.amount - row.secured)


class FundingRow(RoleFields, serializers.ModelSerializer):
    """An application for funds, 万元."""

    project = NamedRow(read_only=True)
    kind_name = ChoiceLabel("kind")
    state_name = ChoiceLabel("state")

    class Meta:
        model = FundingApplication
        fields = read_only_fields = (
            "id", "version", "project", "kind", "kind_name", "title", "state", "state_name", "asked_10k", "granted_10k",
            "paid_10k", "submitted_on", "decided_on", "note",
        )  # fmt: skip


class PlotLine(RoleFields, serializers.ModelSerializer):
    """A plot to be acquired and cleared. ``percent``: mean of area, households and plants; the project's key when it
    is one the reader sees."""

    project = serializers.SerializerMethodField()
    unit = NamedRow(read_only=True, allow_null=True)
    percent = serializers.SerializerMethodField()
    is_complete = serializers.SerializerMethodField()

    class Meta:
        model = AcquisitionPlot
        fields = read_only_fields = (
            "id", "version", "name", "project", "area_mu", "acquired_mu", "households", "households_moved", "plants",
            "plants_moved", "percent", "is_complete", "cost_10k", "unit", "due_on", "cleared_on",
        )  # fmt: skip

    def get_project(self, row) -> int | None:
        return row.seen_project

    def get_percent(self, row) -> str:
        return str(facts_of(row).percent)

    def get_is_complete(self, row) -> bool:
        return facts_of(row).is_complete


class ProgressInput(StrictSerializer):
    """Totals to date; what is left out stays. A figure that falls needs a ``reason``."""

    acquired_mu = serializers.DecimalField(12, 4, min_value=0, required=False)
    households_moved = serializers.IntegerField(min_value=0, max_value=2_147_483_647, required=False)
    plants_moved = serializers.IntegerField(min_value=0, max_value=2_147_483_647, required=False)
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")

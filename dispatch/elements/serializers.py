"""Elements, funds and plots as the API shows them, and the progress it takes. Nothing of it is for enterprises."""

from rest_framework import serializers

from accounts.api_base import ChoiceLabel, NamedRow, RoleFields, ScopedRelatedField, StrictSerializer
from accounts.models import Organization
from dispatch.elements import words
from dispatch.elements.actions.plots import facts_of
from dispatch.elements.models import (
    AcquisitionPlot,
    Element,
    ElementNeed,
    ElementSupply,
    FundingApplication,
    YearlyOutput,
)
from dispatch.elements.states import FundingVerb
from projects.models import Project

OUTPUT = ("output_10k", "revenue_10k", "tax_10k", "value_added_10k", "energy_tce", "employees", "source")


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


class NeedChange(StrictSerializer):
    """What is left out stays; the unit that is to provide it writes ``secured`` and ``note``."""

    amount = serializers.DecimalField(16, 4, min_value=0)
    secured = serializers.DecimalField(16, 4, min_value=0, required=False)
    needed_on = serializers.DateField(required=False, allow_null=True)
    unit = ScopedRelatedField(Organization, narrow="units", required=False, allow_null=True)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class NeedInput(NeedChange):
    """A need of a project for a year."""

    project = ScopedRelatedField(Project)
    year = serializers.IntegerField(min_value=2000, max_value=2100)
    element = serializers.ChoiceField(Element.choices)


class FundingChange(StrictSerializer):
    """What can be changed in the state the application is in; what is left out stays. 万元."""

    kind = serializers.ChoiceField(FundingApplication.Kind.choices)
    title = serializers.CharField(max_length=200)
    asked_10k = serializers.DecimalField(16, 4, min_value=0)
    paid_10k = serializers.DecimalField(16, 4, min_value=0, required=False)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class FundingInput(FundingChange):
    """A new application, being prepared."""

    project = ScopedRelatedField(Project)
    paid_10k = None


class FundingMoveInput(StrictSerializer):
    """One step: the day for handing in and decisions, the amount for a grant, a note as the reason of others."""

    verb = serializers.ChoiceField([verb.value for verb in FundingVerb])
    on = serializers.DateField(required=False)
    granted_10k = serializers.DecimalField(16, 4, min_value=0, required=False)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class PlotInput(StrictSerializer, serializers.ModelSerializer):
    """The plot itself; its progress is reported apart. Area in mu, cost in 10,000 CNY."""

    project = ScopedRelatedField(Project, required=False, allow_null=True)
    unit = ScopedRelatedField(Organization, narrow="units", required=False, allow_null=True)

    class Meta:
        model = AcquisitionPlot
        fields = ("name", "area_mu", "households", "plants", "cost_10k", "due_on", "project", "unit")


class ClearInput(StrictSerializer):
    """The day since when the land is clear, and the papers that prove it."""

    on = serializers.DateField()
    evidence = serializers.CharField(max_length=2000)


class SupplyRow(RoleFields, serializers.ModelSerializer):
    """What the park has of an element in a year."""

    element_name = ChoiceLabel("element")

    class Meta:
        model = ElementSupply
        fields = read_only_fields = ("id", "version", "year", "element", "element_name", "amount", "note")


class SupplyChange(StrictSerializer):
    """What is left out stays."""

    amount = serializers.DecimalField(16, 4, min_value=0)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)


class SupplyInput(SupplyChange):
    """The first figure of an element for a year."""

    year = serializers.IntegerField(min_value=2000, max_value=2100)
    element = serializers.ChoiceField(Element.choices)


class OutputRow(RoleFields, serializers.ModelSerializer):
    """What a project yields in a year, 万元; energy in tons of standard coal."""

    project = NamedRow(read_only=True)

    class Meta:
        model = YearlyOutput
        fields = read_only_fields = ("id", "version", "project", "year", *OUTPUT)


class OutputChange(StrictSerializer, serializers.ModelSerializer):
    """What is left out stays."""

    class Meta:
        model = YearlyOutput
        fields = OUTPUT


class OutputInput(OutputChange):
    """The first figures of a project for a year."""

    project = ScopedRelatedField(Project)
    year = serializers.IntegerField(min_value=2000, max_value=2100)

    class Meta(OutputChange.Meta):
        fields = ("project", "year", *OUTPUT)

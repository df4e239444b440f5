"""Visits as the API shows and reads them. Nothing of them is for enterprises."""

from rest_framework import serializers

from accounts.api_base import ChoiceLabel, NamedRow, RoleFields, ScopedRelatedField, StrictSerializer
from accounts.models import Organization, User
from dispatch.ledger.models import LedgerItem
from dispatch.visits.models import Finding, PlannedVisit, Visit, VisitGrid
from projects.models import Enterprise, Project

LIST_FIELDS = (
    "id", "version", "visited_on", "enterprise", "project", "organization", "visitor", "grid", "found", "solved",
)  # fmt: skip
TEXTS = ("met_name", "companions", "place", "latitude", "longitude", "summary")


class FindingRow(RoleFields, serializers.ModelSerializer):
    """What a visit found; ``item``: key of the ledger item it became."""

    kind_name = ChoiceLabel("kind")

    class Meta:
        model = Finding
        fields = read_only_fields = ("id", "kind", "kind_name", "category", "text", "solved_on", "solution", "item")


class VisitRow(RoleFields, serializers.ModelSerializer):
    """A visit in a list; ``found`` and ``solved``: numbers of findings."""

    enterprise = NamedRow(read_only=True)
    project = NamedRow(read_only=True, allow_null=True)
    organization = NamedRow(read_only=True)
    visitor = NamedRow(read_only=True)
    grid = NamedRow(read_only=True, allow_null=True)
    found = serializers.IntegerField(read_only=True)
    solved = serializers.IntegerField(read_only=True)

    class Meta:
        model = Visit
        fields = read_only_fields = LIST_FIELDS


class VisitDetail(VisitRow):
    """Everything about a visit."""

    findings = FindingRow(many=True, read_only=True)

    class Meta:
        model = Visit
        fields = read_only_fields = (*LIST_FIELDS, *TEXTS, "created_at", "findings")


class FoundInput(StrictSerializer):
    """A need or problem; with ``solution`` it was solved on the spot, otherwise it goes on the ledger."""

    text = serializers.CharField(max_length=2000)
    kind = serializers.ChoiceField(Finding.Kind.choices, default=Finding.Kind.PROBLEM)
    category = serializers.ChoiceField(LedgerItem.Category.choices, default=LedgerItem.Category.OTHER)
    solution = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class VisitInput(StrictSerializer):
    """One visit. The same ``token`` again answers with the visit it made."""

    enterprise = serializers.IntegerField(min_value=1)
    project = ScopedRelatedField(Project, required=False, allow_null=True)
    visited_on = serializers.DateField()
    token = serializers.UUIDField(required=False)
    met_name = serializers.CharField(max_length=100, required=False, allow_blank=True)
    companions = serializers.CharField(max_length=200, required=False, allow_blank=True)
    place = serializers.CharField(max_length=200, required=False, allow_blank=True)
    latitude = serializers.DecimalField(9, 6, min_value=-90, max_value=90, required=False, allow_null=True)
    longitude = serializers.DecimalField(9, 6, min_value=-180, max_value=180, required=False, allow_null=True)
    summary = serializers.CharField(max_length=5000, required=False, allow_blank=True)
    planned = ScopedRelatedField(PlannedVisit, required=False, allow_null=True, help_text="The plan it settles.")
    findings = FoundInput(many=True, required=False, max_length=20)


class CorrectionInput(VisitInput):
    """What was written wrongly, and findings that were forgotten; what is left out stays."""

    enterprise = project = token = planned = None


class GridRow(serializers.ModelSerializer):
    """A part of the park that somebody visits; ``enterprises``: how many."""

    unit = NamedRow(read_only=True, allow_null=True)
    person = NamedRow(read_only=True, allow_null=True)
    enterprises = serializers.IntegerField(source="size", read_only=True)

    class Meta:
        model = VisitGrid
        fields = read_only_fields = ("id", "name", "unit", "person", "is_active", "enterprises")


class GridInput(StrictSerializer):
    """A grid; who visits it is of its unit or of the centre."""

    name = serializers.CharField(max_length=60)
    unit = ScopedRelatedField(Organization, narrow="units", required=False, allow_null=True)
    person = ScopedRelatedField(User, required=False, allow_null=True)
    is_active = serializers.BooleanField(required=False)


class PlacesInput(StrictSerializer):
    """Enterprises to be put into the grid, out of the one they were in."""

    enterprises = ScopedRelatedField(Enterprise, many=True, allow_empty=False)


class PlannedRow(serializers.ModelSerializer):
    """A visit that is planned for a quarter; ``visit``: the one that settled it."""

    enterprise = NamedRow(read_only=True)
    project = NamedRow(read_only=True, allow_null=True)
    grid = NamedRow(read_only=True, allow_null=True)
    visitor = NamedRow(read_only=True, allow_null=True)
    visit = serializers.PrimaryKeyRelatedField(read_only=True, allow_null=True)

    class Meta:
        model = PlannedVisit
        fields = read_only_fields = (
            "id", "version", "year", "quarter", "enterprise", "project", "grid", "visitor", "plan_on", "visit",
            "cancelled_at", "cancelled_reason",
        )  # fmt: skip


class QuarterInput(StrictSerializer):
    """This quarter or one of the three after it."""

    year = serializers.IntegerField(min_value=2000, max_value=2100)
    quarter = serializers.IntegerField(min_value=1, max_value=4)


class PlanMade(serializers.Serializer):
    """How many visits were added."""

    added = serializers.IntegerField()


class PlannedInput(StrictSerializer):
    """Another visitor, day, grid or quarter, with the reason; what is left out stays."""

    visitor = ScopedRelatedField(User, allow_null=True)
    plan_on = serializers.DateField(allow_null=True)
    grid = ScopedRelatedField(VisitGrid, allow_null=True)
    year = serializers.IntegerField(min_value=2000, max_value=2100)
    quarter = serializers.IntegerField(min_value=1, max_value=4)
    reason = serializers.CharField(max_length=200)


class ShortReasonInput(StrictSerializer):
    """Why."""

    reason = serializers.CharField(max_length=200)


class PlacesLeft(serializers.Serializer):
    """How many were in a grid."""

    left = serializers.IntegerField()

"""Projects as the API shows and reads them. Money 万元, land 亩."""

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.api_base import ChoiceLabel, NamedRow, RoleFields, ScopedRelatedField, StrictSerializer
from accounts.models import Organization
from projects.actions import CONDITION_FIELDS, PROGRESS_FIELDS
from projects.models import STAGE_CHOICES, AnnualPlan, Enterprise, Milestone, MonthlyInvestment, Precision, Project
from projects.stages import Pool

LIST_FIELDS = (
    "id", "version", "code", "name", "enterprise", "industry", "nature", "level", "stage", "stage_name",
    "stage_entered_on", "pool", "status", "status_name", "responsible_unit", "total_investment_10k", "updated_at",
)  # fmt: skip
DETAIL_FIELDS = (
    *LIST_FIELDS, "location", "content", "period_start_on", "period_end_on", "contact_name", "contact_phone",
    "equipment_investment_10k", "invested_before_10k", "land_mu", "floor_area_m2", *CONDITION_FIELDS,
    "status_since_on", "enrolled", "enrolled_on", "annual_plans", "investments", "created_at",
)  # fmt: skip
WRITABLE = (
    "name", "code", "industry", "nature", "level", "location", "content", "period_start_on", "period_end_on",
    "contact_name", "contact_phone", "total_investment_10k", "equipment_investment_10k", "invested_before_10k",
    "land_mu", "floor_area_m2", *CONDITION_FIELDS, *PROGRESS_FIELDS, "remark", "responsible_unit", "enterprise",
    "enterprise_name",
)  # fmt: skip


class AnnualPlanRow(serializers.ModelSerializer):
    class Meta:
        model = AnnualPlan
        fields = read_only_fields = ("year", "planned_10k")


class InvestmentRow(serializers.ModelSerializer):
    class Meta:
        model = MonthlyInvestment
        fields = read_only_fields = ("year", "month", "month_10k", "ytd_10k")


class ProjectRow(RoleFields, serializers.ModelSerializer):
    """A project in a list."""

    enterprise = NamedRow(read_only=True, allow_null=True)
    responsible_unit = NamedRow(read_only=True, allow_null=True)
    stage_name = serializers.CharField(read_only=True)
    status_name = ChoiceLabel("status")
    pool = serializers.ChoiceField([pool.value for pool in Pool], read_only=True)

    class Meta:
        model = Project
        fields = read_only_fields = (*LIST_FIELDS, "light")
        enterprise_fields = LIST_FIELDS


class ProjectDetail(ProjectRow):
    """Everything about a project; enterprises do not get the park's own notes, progress texts and light."""

    annual_plans = AnnualPlanRow(many=True, read_only=True)
    investments = InvestmentRow(many=True, read_only=True)

    class Meta:
        model = Project
        fields = read_only_fields = (*DETAIL_FIELDS, "light", *PROGRESS_FIELDS, "remark")
        enterprise_fields = DETAIL_FIELDS


class ProjectInput(StrictSerializer, serializers.ModelSerializer):
    """What can be written on a project; ``enterprise_name`` finds or makes the enterprise, ``enterprise`` names one."""

    responsible_unit = ScopedRelatedField(Organization, narrow="units", allow_null=True, required=False)
    enterprise = ScopedRelatedField(Enterprise, allow_null=True, required=False)
    enterprise_name = serializers.CharField(max_length=200, required=False, allow_blank=True)

    class Meta:
        model = Project
        fields = WRITABLE

    def validate(self, values):
        if values.get("enterprise") and values.get("enterprise_name"):
            raise serializers.ValidationError({"enterprise_name": [_("Give the enterprise or its name, not both.")]})
        return values


class MilestoneRow(RoleFields, serializers.ModelSerializer):
    """A milestone: baseline, forecast and actual date."""

    stage_name = serializers.CharField(read_only=True)

    class Meta:
        model = Milestone
        fields = read_only_fields = (
            "stage", "stage_name", "baseline_on", "baseline_precision", "forecast_on", "forecast_precision",
            "actual_on", "actual_precision", "is_done", "due_on", "evidence",
        )  # fmt: skip
        enterprise_fields = tuple(name for name in fields if name != "evidence")


class MilestoneInput(StrictSerializer, serializers.ModelSerializer):
    """Dates to set; those left out stay. ``reason`` when a known date changes, ``override_reason`` past a gate."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    override_reason = serializers.CharField(required=False, allow_blank=True, max_length=2000)

    class Meta:
        model = Milestone
        fields = (
            "baseline_on", "baseline_precision", "forecast_on", "forecast_precision", "actual_on", "actual_precision",
            "is_done", "evidence", "reason", "override_reason",
        )  # fmt: skip


class StageInput(StrictSerializer):
    """The stage to enter, on which day, with which evidence."""

    stage = serializers.ChoiceField(STAGE_CHOICES)
    on = serializers.DateField()
    evidence = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    override_reason = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    precision = serializers.ChoiceField(Precision.choices, required=False)


class StatusInput(StrictSerializer):
    """Since when, and why."""

    on = serializers.DateField()
    reason = serializers.CharField(max_length=2000)


class InvestmentInput(StrictSerializer):
    """One month: its amount, the cumulative figure of the year, or both."""

    year = serializers.IntegerField(min_value=2000, max_value=2100)
    month = serializers.IntegerField(min_value=1, max_value=12)
    month_10k = serializers.DecimalField(16, 4, required=False, allow_null=True)
    ytd_10k = serializers.DecimalField(16, 4, required=False, allow_null=True)
    acknowledged = serializers.BooleanField(required=False)

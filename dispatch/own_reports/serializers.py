"""Own reports in the API."""

from rest_framework import serializers

from accounts.api_base import NamedRow, StrictSerializer
from dispatch.own_reports.models import SavedReport


class SavedReportRow(serializers.ModelSerializer):
    """A saved report: its definition, whose it is, when it is sent."""

    owner = NamedRow(read_only=True)
    columns = serializers.ListField(child=serializers.CharField(), read_only=True)
    filters = serializers.DictField(read_only=True)
    grouping = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = SavedReport
        fields = [
            "id", "version", "name", "dataset", "columns", "filters", "grouping", "order", "limit", "is_shared",
            "schedule", "last_sent_on", "owner", "updated_at",
        ]  # fmt: skip
        read_only_fields = fields


class ReportColumn(serializers.Serializer):
    name = serializers.CharField()
    label = serializers.CharField()
    type = serializers.CharField(source="kind", help_text="text, day, int, number, money, yi, percent or choice")


class ReportLine(serializers.Serializer):
    id = serializers.IntegerField()
    values = serializers.DictField(help_text="by column name; decimals as strings, choices as codes, days in ISO form")


class ReportGroup(serializers.Serializer):
    keys = serializers.ListField(child=serializers.JSONField(allow_null=True))
    count = serializers.IntegerField()
    sums = serializers.DictField(child=serializers.CharField(allow_null=True))


class ReportTable(serializers.Serializer):
    """A page of the rows with the groups and the total of all of them."""

    as_of = serializers.DateField()
    columns = ReportColumn(many=True)
    problems = serializers.ListField(child=serializers.CharField(), help_text="what was left out, in words")
    total = ReportGroup()
    groups = ReportGroup(many=True)
    page = serializers.IntegerField()
    pages = serializers.IntegerField()
    results = ReportLine(many=True)


class ReportInput(StrictSerializer):
    """A report: columns, filters, grouping and order by the names of its dataset."""

    name = serializers.CharField(max_length=100)
    dataset = serializers.CharField(max_length=40)
    columns = serializers.ListField(child=serializers.CharField(max_length=60), max_length=60)
    filters = serializers.DictField(required=False)
    grouping = serializers.ListField(child=serializers.CharField(max_length=60), required=False, max_length=5)
    order = serializers.CharField(
        max_length=60, required=False, allow_blank=True, help_text="A column, - for downwards."
    )
    limit = serializers.IntegerField(required=False, allow_null=True, min_value=1)
    is_shared = serializers.BooleanField(required=False)
    schedule = serializers.ChoiceField(SavedReport.Schedule.choices, required=False)


class ReportChange(ReportInput):
    """What is left out stays; the dataset stays."""

    dataset = None

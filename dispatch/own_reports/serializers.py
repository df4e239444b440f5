"""Own reports in the API. Reading only."""

from rest_framework import serializers

from accounts.api_base import NamedRow
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

"""The working calendar: which days are off or worked against the week. Reads only."""

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.api_platform import ApiView
from workdays.models import CalendarDay, CalendarYear


class WorkdayYear(serializers.ModelSerializer):
    """A year whose table has been loaded."""

    status = serializers.CharField(read_only=True, help_text="official or provisional")

    class Meta:
        model = CalendarYear
        fields = read_only_fields = ("year", "status", "note", "version", "updated_at")


class WorkdayDay(serializers.ModelSerializer):
    """A day off, or a Saturday or Sunday that is worked."""

    class Meta:
        model = CalendarDay
        fields = read_only_fields = ("on", "is_workday", "name")


class WorkdayTable(WorkdayYear):
    """A year and every day of it that is no ordinary day of the week."""

    days = WorkdayDay(many=True, read_only=True)

    class Meta:
        model = CalendarYear
        fields = read_only_fields = ("year", "status", "note", "version", "updated_at", "days")


class Workdays(ApiView):
    """The working calendar."""

    @extend_schema(
        summary="Years of the working calendar",
        responses=WorkdayYear(many=True),
        tags=["workdays"],
        operation_id="workdays",
    )
    def get(self, request):
        """Years with a table, newest first; in others Monday to Friday are worked."""
        return Response(WorkdayYear(CalendarYear.objects.order_by("-year"), many=True).data)


class WorkdaysOfYear(ApiView):
    """One year of the working calendar."""

    @extend_schema(
        summary="One year of the working calendar",
        responses=WorkdayTable,
        tags=["workdays"],
        operation_id="workdays_year",
        parameters=[OpenApiParameter("year", OpenApiTypes.INT, OpenApiParameter.PATH)],
    )
    def get(self, request, year):
        """The days off and the weekend days that are worked, by date."""
        row = CalendarYear.objects.prefetch_related("days").filter(year=year).first() if year < 10_000 else None
        if row is None:
            raise Http404
        return Response(WorkdayTable(row).data)

"""The board over the API: the same data as the page."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from accounts.api_base import StrictSerializer
from accounts.api_platform import ApiView
from dispatch.dashboard.views import board_for, permit


def _rows(text):
    return serializers.ListField(child=serializers.DictField(), help_text=text)


class Board(StrictSerializer):
    """Money in 万元 as decimal strings, per cent and percentage points as strings with one decimal, dates as ISO."""

    as_of = serializers.DateField()
    counted_at = serializers.DateTimeField(
        allow_null=True, help_text=_("of a large park: when its history was counted")
    )
    rules_version = serializers.IntegerField()
    counts = serializers.DictField(help_text=_("projects, and what they reached this week, last week and this year"))
    rates = serializers.DictField(help_text=_("the five rates with their changes in percentage points"))
    compared_with = serializers.DictField(help_text=_("frozen days that the changes are counted from"))
    lights = serializers.DictField(help_text=_("numbers, the worst projects, who changed colour"))
    stages = _rows(_("projects of each stage, mean days in it"))
    investment = serializers.DictField(help_text=_("against plan and calendar, month by month"))
    approvals = serializers.DictField(help_text=_("closed, near due, papers owed, overdue by department"))
    bottlenecks = _rows(_("steps that took most working days, by whose days they were"))
    decisions = _rows(_("what waits for this leader, with a proposal"))
    milestones = _rows(_("of next week"))
    milestones_this_week = _rows(_("of this week, from today"))
    honesty = serializers.DictField(help_text=_("not updated, money far from the works, dates changed after a freeze"))


class Dashboard(ApiView):
    """The leaders' board."""

    area = "reports"
    permission_classes = [IsAuthenticated]

    @extend_schema(summary="The leaders' board", responses=Board, tags=["dashboard"])
    def get(self, request):
        """Counts, rates, lights, money, approvals, decisions and flags, as the page shows them."""
        permit(request.user)
        return Response(board_for(request.user))

"""The five rates over the API: what the page shows, value for value."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from accounts import clock
from accounts.api_base import is_enterprise
from accounts.api_platform import ApiView
from accounts.permissions import Verb, may
from dispatch.figures import table
from dispatch.figures.groups import By
from dispatch.figures.serializers import RatesAnswer, RatesInput


class Rates(ApiView):
    """The five rates of the park and its groups."""

    area = "reports"
    permission_classes = [IsAuthenticated]

    @extend_schema(
        summary="The five rates",
        responses=RatesAnswer,
        parameters=[
            OpenApiParameter("by", str, enum=[by.value for by in By], description="Grouping, default: park"),
            OpenApiParameter("on", str, description="Day, default: today"),
        ],
        tags=["rates"],
    )
    def get(self, request):
        """Numerator, denominator, per cent, changes and lead on the calendar, by unit, industry, street or leader."""
        if is_enterprise(request.user) or not may(request.user, Verb.VIEW_FIGURES):
            self.permission_denied(request)
        today = clock.today()
        given = RatesInput(data=request.query_params.dict(), context={"today": today})
        given.is_valid(raise_exception=True)
        by, on = By(given.validated_data.get("by", By.PARK)), given.validated_data.get("on", today)
        return Response(RatesAnswer(as_data(table.table(request.user.park, as_of=on, by=by))).data)


def as_data(shown: table.RatesTable) -> dict[str, Any]:
    """The table as plain values."""
    return {
        "as_of": shown.as_of,
        "month": f"{shown.month:%Y-%m}",
        "by": shown.by.value,
        "rules_version": shown.policy.version,
        "compared_with": {name: then.as_of.isoformat() if then else None for name, then in shown.then.items()},
        "definitions": shown.definitions,
        "park": _group(shown.whole),
        "groups": [_group(line) for line in shown.lines],
    }


def _group(line: table.Line) -> dict[str, Any]:
    return {
        "group": line.group.token,
        "name": line.group.name,
        "projects": line.group.tally.projects,
        "rates": {cell.key.value: cell.json | {"changes": cell.changes} for cell in line.cells},
        "calendar_percent": line.shown_calendar,
        "ahead_pp": line.ahead,
    }

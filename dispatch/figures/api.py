"""The five rates over the API: what the page shows, value for value."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from accounts import clock
from accounts.api_base import is_enterprise
from accounts.api_ops import ActView, edge, filled
from accounts.api_platform import ApiView
from accounts.permissions import Verb, may
from dispatch.figures import policies, table
from dispatch.figures.forms import RulesForm
from dispatch.figures.groups import By
from dispatch.figures.serializers import FigureRulesInput, FigureRulesRow, RatesAnswer, RatesInput


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


class FigureRules(ActView):
    """How the park counts its rates."""

    area = "reports"
    verbs = (Verb.EDIT_FIGURES,)

    @extend_schema(
        summary="Rules of the rates", responses=FigureRulesRow, tags=["figure-rules"], operation_id="figure_rules"
    )
    def get(self, request):
        """Variants of the rates, the calendar, the weights; and their version."""
        return self.shown()

    @extend_schema(
        summary="Change the rules of the rates",
        request=FigureRulesInput,
        responses={201: FigureRulesRow},
        tags=["figure-rules"],
        operation_id="figure_rules_save",
    )
    def post(self, request):
        """A new version with a reason; what was frozen stays as it is. What is left out stays."""
        values, policy = self.read(FigureRulesInput), policies.newest(request.user.park.pk)
        weights = {key.value: value for key, value in policy.weights.items()} | values.get("weights", {})
        data = policy.rates | {"calendar": policy.calendar} | values.get("rates", {})
        data |= {f"weight_{key}": value for key, value in weights.items()}
        data |= {name: values[name] for name in ("calendar",) if name in values}
        seen = values["base_version"]
        form = filled(RulesForm, data | {"seen": seen, "note": values["note"], "save": "1"}, policy=policy)
        park = request.user.park
        policies.save_parts(form.parts, note=values["note"], base_version=seen, park=park, **edge(self))
        return self.shown(201)

    def shown(self, status: int = 200) -> Response:
        policy = policies.newest(self.request.user.park.pk)
        weights = {key.value: value for key, value in policy.weights.items()}
        shown = {"version": policy.version, "rates": policy.rates, "calendar": policy.calendar, "weights": weights}
        return Response(FigureRulesRow(shown).data, status)


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

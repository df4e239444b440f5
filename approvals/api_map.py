"""The facts behind two pages over the API: the map of a project, and the figures of steps and departments."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from accounts import clock
from accounts.api_base import StrictSerializer, is_enterprise
from accounts.api_platform import ApiView
from accounts.i18n import localized
from accounts.permissions import Verb, may
from approvals import serializers_lists as shapes
from approvals.figures import queries
from approvals.figures.periods import Period
from approvals.figures.table import MEASURES
from approvals.models import Bundle, Step
from approvals.queries import StepView, steps_of
from projects.investment import round_half_up
from projects.models import Project
from workdays.models import load_calendar


class ProjectMap(ApiView):
    """The map of a project."""

    permission_classes = [IsAuthenticated]

    @extend_schema(summary="The map of a project", responses=shapes.MapRow, tags=["projects"])
    def get(self, request, pk):
        """Stops with state, turn and days left, the dependencies between them, phases, lines and bundles."""
        project = get_object_or_404(Project.objects.visible_to(request.user), pk=pk)
        views = steps_of(project, request.user, today=clock.today(), calendar=load_calendar())
        return Response(shapes.MapRow(_facts(project, views)).data)


def _facts(project: Project, views: list[StepView]) -> dict[str, Any]:
    edges = [(before, view, True) for view in views for before in view.waits_for]
    edges += [(before, view, False) for view in views for before in view.usually_after]
    return {
        "project": project,
        "stops": views,
        "edges": [{"before": b.row.code, "after": a.row.code, "hard": hard} for b, a, hard in edges],
        "phases": _groups((view.row.step.phase, view) for view in views),
        "lines": _groups((view.row.step.line, view) for view in views),
        "bundles": _bundles(views),
    }


def _groups(pairs: Iterable[tuple[Any, StepView]]) -> list[dict[str, Any]]:
    found: dict[int, tuple[Any, list[str]]] = {}
    for group, view in pairs:
        found.setdefault(group.pk, (group, []))[1].append(view.row.code)
    ordered = sorted(found.values(), key=lambda pair: pair[0].seq)
    return [{"code": group.code, "name": localized(group, "name"), "steps": codes} for group, codes in ordered]


def _bundles(views: list[StepView]) -> list[dict[str, Any]]:
    catalogues = {view.row.step.catalogue_id for view in views}
    steps = Prefetch("steps", queryset=Step.objects.only("code").order_by("seq"))
    rows = Bundle.objects.filter(catalogue__in=catalogues).prefetch_related(steps).order_by("code")
    return [
        {"code": row.code, "name": localized(row, "name"), "steps": [step.code for step in row.steps.all()]}
        for row in rows
    ]


class PeriodInput(StrictSerializer):
    """Both days are inside."""

    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False)

    def validate(self, values):
        today = clock.today()
        values = {"since": today.replace(month=1, day=1), "until": today} | values
        if values["until"] < values["since"]:
            raise serializers.ValidationError({"until": [_("The end lies before the beginning.")]})
        return values


class Figures(ApiView):
    """Figures of steps and departments."""

    area = "reports"
    permission_classes = [IsAuthenticated]

    @extend_schema(
        summary="Figures of a period",
        responses=shapes.FiguresRow,
        parameters=[
            OpenApiParameter("since", str, description="First day, default: 1 January"),
            OpenApiParameter("until", str, description="Last day, default: today"),
        ],
        tags=["figures"],
    )
    def get(self, request):
        """Handled steps, working days, on-time rate, compression … by step and department, as on the page."""
        if is_enterprise(request.user) or not may(request.user, Verb.VIEW_FIGURES):
            self.permission_denied(request)
        given = PeriodInput(data=request.query_params.dict())
        given.is_valid(raise_exception=True)
        since, until = given.validated_data["since"], given.validated_data["until"]
        sums = queries.tallies(request.user, Period("free", since, until), load_calendar())
        names = queries.names(request.user, sums)
        order = sorted(sums, key=lambda key: (key.code, str(key.department.unit or ""), key.department.lead))
        results = [_figures(key, sums[key], names) for key in order]
        return Response(shapes.FiguresRow({"since": since, "until": until, "results": results}).data)


def _figures(key, sums, names) -> dict[str, Any]:
    return {
        "step": key.code,
        "unit": key.department.unit,
        "department": names.departments[key.department],
        "measures": [_measure(measure, sums) for measure in MEASURES],
    }


def _measure(measure, sums) -> dict[str, Any]:
    value = measure.value(sums)
    parts = [getattr(sums, name) for name, _only in measure.parts] or [None, None]
    return {
        "code": measure.key,
        "name": str(measure.heading),
        "value": None if value is None else round_half_up(Decimal(value)),
        "unit": measure.unit,
        "numerator": parts[0],
        "denominator": parts[1],
    }

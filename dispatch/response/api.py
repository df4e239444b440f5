"""Response cases over the API: parse, fetch what the user may see, call one action, answer."""

import django_filters
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts import clock
from accounts.api_base import ListMixin, RetrieveMixin, ScopedViewSet
from accounts.permissions import Verb
from approvals.api import projects_of, units_of
from dispatch.response import actions, serializers
from dispatch.response.models import ResponseCase


class CaseApiFilter(django_filters.FilterSet):
    open = django_filters.BooleanFilter(label=_("open"), field_name="closed_on", lookup_expr="isnull")
    overdue = django_filters.BooleanFilter(label=_("answer overdue"), method="is_overdue")
    unit = django_filters.ModelChoiceFilter(label=_("Unit"), queryset=units_of)
    project = django_filters.ModelChoiceFilter(label=_("Project"), queryset=projects_of)

    class Meta:
        model = ResponseCase
        fields = ["open", "overdue", "level", "unit", "project", "is_held"]

    def is_overdue(self, rows, name, value: bool):
        return rows.overdue(clock.today()) if value else rows


@extend_schema_view(list=extend_schema(summary="List response cases"), retrieve=extend_schema(summary="One case"))
class CaseViewSet(ListMixin, RetrieveMixin, ScopedViewSet):
    """Response cases: what has to be answered, at which level, until when."""

    model = ResponseCase
    filterset_class = CaseApiFilter
    orderings = ("level", "level_since_on", "-opened_on", "id")
    serializer_class = serializers.CaseRow

    def narrow(self, rows):
        return rows.select_related("project", "unit")

    @extend_schema(summary="What happened to a case", responses=serializers.TraceRow(many=True))
    @action(detail=True, methods=["get"])
    def trace(self, request, pk):
        """Every event of the case, oldest first."""
        events = self.get_object().events.select_related("by").order_by("as_of", "pk")
        return Response(serializers.TraceRow(events, many=True, context=self.get_serializer_context()).data)

    @extend_schema(summary="Acknowledge", request=serializers.AcknowledgeInput, responses=serializers.CaseRow)
    @action(detail=True, methods=["post"])
    def acknowledge(self, request, pk):
        """Takes the case on, once at each level."""
        case, version = self._to_answer()
        self.read(serializers.AcknowledgeInput)
        actions.acknowledge(case, version=version, **self._edge())
        return self.show(serializers.CaseRow, case.pk)

    @extend_schema(summary="Hand in a plan", request=serializers.PlanInput, responses=serializers.CaseRow)
    @action(detail=True, methods=["post"])
    def plan(self, request, pk):
        """What will be done until when; asked for at level 2."""
        case, version = self._to_answer()
        values = self.read(serializers.PlanInput)
        actions.hand_in_plan(case, version=version, **values, **self._edge())
        return self.show(serializers.CaseRow, case.pk)

    def _to_answer(self):
        return self.to_change(Verb.ANSWER_RESPONSE, allowed=lambda case: actions.may_answer(case, self.request.user))

    def _edge(self):
        return {"by": self.request.user, "at": clock.now(), "on": clock.today()}

"""Dispatch meetings over the API, to read."""

import django_filters
from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view

from accounts.api_base import ListMixin, RetrieveMixin, ScopedViewSet
from approvals.api import projects_of
from dispatch.meetings.models import AgendaItem, Decision, Meeting
from dispatch.meetings.serializers import MeetingDetail, MeetingRow


class MeetingFilter(django_filters.FilterSet):
    project = django_filters.ModelChoiceFilter(label=_("Project"), queryset=projects_of)
    held_from = django_filters.DateFilter(label=_("From"), field_name="held_on", lookup_expr="gte")
    held_until = django_filters.DateFilter(label=_("Until"), field_name="held_on", lookup_expr="lte")
    kind = django_filters.CharFilter(label=_("kind"))
    state = django_filters.CharFilter(label=_("state"))

    class Meta:
        model = Meeting
        fields = ["project", "held_from", "held_until", "kind", "state"]


@extend_schema_view(list=extend_schema(summary="List meetings"), retrieve=extend_schema(summary="One meeting"))
class MeetingViewSet(ListMixin, RetrieveMixin, ScopedViewSet):
    """Dispatch meetings: units see those they are invited to."""

    model = Meeting
    filterset_class = MeetingFilter
    orderings = ("-held_on", "number", "id")
    serializer_class = MeetingDetail
    list_serializer = MeetingRow

    def narrow(self, rows):
        rows = rows.select_related("project")
        if self.action == "list":
            return rows
        points = AgendaItem.objects.select_related("project", "unit").order_by("order", "pk")
        decisions = Decision.objects.select_related("unit", "item").order_by("order", "pk")
        return rows.prefetch_related(Prefetch("agenda", points), Prefetch("decisions", decisions))

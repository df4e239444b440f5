"""Warnings over the API; reads only, the daily job writes them."""

import django_filters
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from accounts import clock
from accounts.api_base import ListMixin, RetrieveMixin, ScopedViewSet
from accounts.api_trails import trail
from approvals.api import projects_of, units_of
from dispatch.warnings.models import Warning, WarningEvent
from dispatch.warnings.reading import lines, rule_names
from dispatch.warnings.rule_queries import lines_of
from dispatch.warnings.serializers import RuleRow, WarningRow
from projects.filters import SearchFilter
from workdays.models import load_calendar


class Sentences:
    """The sentences of the rows of one answer; one query for all of them."""

    def __init__(self):
        self._known: dict[int, str] = {}

    def prepare(self, rows) -> None:
        found = lines(list(rows), today=clock.today(), calendar=load_calendar())
        self._known = {line.warning.pk: line.sentence for line in found}

    def __call__(self, row) -> str:
        return self._known[row.pk]


class WarningApiFilter(django_filters.FilterSet):
    q = SearchFilter(label=_("Project"), method="search")
    unit = django_filters.ModelChoiceFilter(label=_("Unit"), queryset=units_of)
    project = django_filters.ModelChoiceFilter(label=_("Project"), queryset=projects_of)
    rule = django_filters.CharFilter(label=_("Rule"), max_length=32)
    active = django_filters.BooleanFilter(label=_("active"), method="is_active")

    class Meta:
        model = Warning
        fields = ["q", "level", "rule", "object_type", "unit", "project", "party", "active"]

    def search(self, rows, name, value: str):
        for word in value.split():
            rows = rows.filter(project__search_text__icontains=word)
        return rows

    def is_active(self, rows, name, value: bool):
        return rows.filter(cleared_on__isnull=value)


@extend_schema_view(list=extend_schema(summary="List warnings"), retrieve=extend_schema(summary="One warning"))
class WarningViewSet(ListMixin, RetrieveMixin, ScopedViewSet):
    """Warnings: what is late or due soon, and by which rule."""

    model = Warning
    related = ("project", "unit")
    filterset_class = WarningApiFilter
    orderings = ("due_on", "since_on", "id")
    serializer_class = WarningRow
    history = trail("History of a warning", WarningEvent, "warning", "kind", "level", "as_of")

    def get_serializer_context(self):
        if getattr(self, "swagger_fake_view", False):  # the description is made without a database
            return super().get_serializer_context()
        return super().get_serializer_context() | {"rule_names": rule_names(), "sentences": Sentences()}

    def get_serializer(self, *args, **kwargs):
        serializer = super().get_serializer(*args, **kwargs)
        if args:
            serializer.context["sentences"].prepare(args[0] if kwargs.get("many") else args)
        return serializer

    @extend_schema(summary="The warning rules of the park", responses=RuleRow(many=True))
    @action(detail=False, pagination_class=None, filter_backends=[])
    def rules(self, request):
        """Every rule in force in the park with its thresholds. Not for enterprises."""
        user = request.user
        if user.role is None or user.role.scope == "enterprise":
            raise PermissionDenied
        return Response(RuleRow(lines_of(user.park), many=True).data)

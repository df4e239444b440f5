"""Warnings over the API; reads only, the daily job writes them."""

import django_filters
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view

from accounts.api_base import ListMixin, RetrieveMixin, ScopedViewSet
from approvals.api import projects_of, units_of
from dispatch.warnings.models import Warning
from dispatch.warnings.reading import rule_names
from dispatch.warnings.serializers import WarningRow
from projects.filters import SearchFilter


class WarningApiFilter(django_filters.FilterSet):
    q = SearchFilter(label=_("Project"), method="search")
    unit = django_filters.ModelChoiceFilter(label=_("Unit"), queryset=units_of)
    project = django_filters.ModelChoiceFilter(label=_("Project"), queryset=projects_of)
    rule = django_filters.CharFilter(label=_("Rule"), max_length=32)
    active = django_filters.BooleanFilter(label=_("active"), method="is_active")

    class Meta:
        model = Warning
        fields = ["q", "level", "rule", "object_type", "unit", "project", "active"]

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
    filterset_class = WarningApiFilter
    orderings = ("due_on", "since_on", "id")
    serializer_class = WarningRow

    def narrow(self, rows):
        return rows.select_related("project", "unit")

    def get_serializer_context(self):
        return super().get_serializer_context() | {"rule_names": rule_names()}

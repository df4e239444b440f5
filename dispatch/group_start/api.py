"""Group starts over the API: what the pages show, read only."""

import django_filters
from django.db.models import Prefetch
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from accounts.api_base import ChoiceLabel, ListMixin, NamedRow, RetrieveMixin, ScopedViewSet
from dispatch.group_start.models import GroupStart, GroupStartProject


class GroupStartPlace(serializers.ModelSerializer):
    """One project of a group start."""

    project = NamedRow()

    class Meta:
        model = GroupStartProject
        fields = ("id", "project", "note")
        read_only_fields = fields


class GroupStartRow(serializers.ModelSerializer):
    """A planned day with the projects that the reader sees; those taken out again are left out."""

    state_name = ChoiceLabel("state")
    projects = GroupStartPlace(source="seen", many=True)

    class Meta:
        model = GroupStart
        fields = ("id", "on", "title", "place", "state", "state_name", "note", "version", "projects")
        read_only_fields = fields


class GroupStartFilter(django_filters.FilterSet):
    class Meta:
        model = GroupStart
        fields = ["state"]


@extend_schema_view(list=extend_schema(summary="List group starts"), retrieve=extend_schema(summary="One group start"))
class GroupStartViewSet(ListMixin, RetrieveMixin, ScopedViewSet):
    """Days on which projects start construction together (集中开工)."""

    model = GroupStart
    filterset_class = GroupStartFilter
    serializer_class = GroupStartRow
    orderings = ("-on", "-id")

    def narrow(self, rows):
        if getattr(self, "swagger_fake_view", False):
            return rows
        seen = GroupStartProject.objects.visible_to(self.request.user).filter(is_out=False).select_related("project")
        return rows.prefetch_related(Prefetch("entries", queryset=seen.order_by("pk"), to_attr="seen"))

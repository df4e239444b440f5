"""Lists to choose from, and the history of projects: organizations, people, enterprises, changes, stages. Read only."""

import django_filters
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from accounts.api_base import ChoiceLabel, ListMixin, NamedRow, RetrieveMixin, RoleFields, ScopedViewSet
from accounts.models import Organization, User
from projects.models import Enterprise, Project, ProjectChange, StageEntry, StatusChange, TeamMember


class OrganizationRow(RoleFields, serializers.ModelSerializer):
    """A unit, office or enterprise account of the park."""

    kind = serializers.CharField(read_only=True)
    parent = NamedRow(read_only=True, allow_null=True)

    class Meta:
        model = Organization
        fields = read_only_fields = ("id", "name", "kind", "parent", "is_active")
        enterprise_fields = ("id", "name")


@extend_schema_view(
    list=extend_schema(summary="List organizations"), retrieve=extend_schema(summary="One organization")
)
class OrganizationViewSet(ListMixin, RetrieveMixin, ScopedViewSet):
    """Organizations one may choose from."""

    model = Organization
    related = ("parent",)
    area = "accounts"
    filterset_fields = ["kind", "is_active", "parent"]
    orderings = ("name", "id")
    search_fields = ("name",)
    serializer_class = OrganizationRow


class PersonRow(RoleFields, serializers.ModelSerializer):
    """A person of the park, by name and organization."""

    name = serializers.CharField(source="__str__", read_only=True)
    organization = NamedRow(read_only=True, allow_null=True)

    class Meta:
        model = User
        fields = read_only_fields = ("id", "name", "organization", "is_active")
        enterprise_fields = ("id", "name")


@extend_schema_view(list=extend_schema(summary="List people"), retrieve=extend_schema(summary="One person"))
class PersonViewSet(ListMixin, RetrieveMixin, ScopedViewSet):
    """People one may choose from."""

    model = User
    related = ("organization",)
    area = "accounts"
    filterset_fields = ["organization", "is_active"]
    orderings = ("display_name", "id")
    search_fields = ("display_name",)
    serializer_class = PersonRow


class EnterpriseRow(RoleFields, serializers.ModelSerializer):
    """An enterprise of the park's projects."""

    class Meta:
        model = Enterprise
        fields = read_only_fields = enterprise_fields = ("id", "name")


@extend_schema_view(list=extend_schema(summary="List enterprises"), retrieve=extend_schema(summary="One enterprise"))
class EnterpriseViewSet(ListMixin, RetrieveMixin, ScopedViewSet):
    """Enterprises of the projects one sees."""

    model = Enterprise
    orderings = ("name", "id")
    search_fields = ("name",)
    serializer_class = EnterpriseRow


def projects_of(request):
    """Choices of a filter: projects the person sees."""
    return Project.objects.none() if request is None else Project.objects.visible_to(request.user)


class PartFilter(django_filters.FilterSet):
    project = django_filters.ModelChoiceFilter(label=_("Project"), queryset=projects_of)


class ChangeRow(RoleFields, serializers.ModelSerializer):
    """One change of a project. ``changes``: [{field, old, new}]."""

    project = NamedRow(read_only=True)
    verb = serializers.CharField(read_only=True)
    by = NamedRow(read_only=True, allow_null=True)

    class Meta:
        model = ProjectChange
        fields = read_only_fields = ("id", "project", "verb", "changes", "note", "by", "at")


@extend_schema_view(list=extend_schema(summary="List changes of projects"))
class ChangeViewSet(ListMixin, ScopedViewSet):
    """Who changed what of which project, and when."""

    model = ProjectChange
    related = ("project", "by")
    filterset_class = PartFilter
    orderings = ("-id",)
    serializer_class = ChangeRow


class StageRow(RoleFields, serializers.ModelSerializer):
    """A stage a project entered, on which evidence, past which gate."""

    project = NamedRow(read_only=True)
    stage = serializers.CharField(read_only=True)
    by = NamedRow(read_only=True, allow_null=True)

    class Meta:
        model = StageEntry
        fields = read_only_fields = ("id", "project", "stage", "entered_on", "evidence", "override_reason", "by", "at")


@extend_schema_view(list=extend_schema(summary="List stages entered"))
class StageViewSet(ListMixin, ScopedViewSet):
    """Stages that projects have entered."""

    model = StageEntry
    related = ("project", "by")
    filterset_class = PartFilter
    orderings = ("-id",)
    serializer_class = StageRow


class StatusRow(RoleFields, serializers.ModelSerializer):
    """A project was suspended, resumed or terminated."""

    project = NamedRow(read_only=True)

    class Meta:
        model = StatusChange
        fields = read_only_fields = ("id", "project", "from_status", "status", "on", "reason", "at")


@extend_schema_view(list=extend_schema(summary="List changes of status"))
class StatusViewSet(ListMixin, ScopedViewSet):
    """When projects were suspended, resumed and terminated, and why."""

    model = StatusChange
    related = ("project",)
    filterset_class = PartFilter
    orderings = ("-id",)
    serializer_class = StatusRow


class TeamRow(RoleFields, serializers.ModelSerializer):
    """Who holds a role in a project."""

    project = NamedRow(read_only=True)
    role = serializers.CharField(read_only=True)
    role_name = ChoiceLabel("role")
    organization = NamedRow(read_only=True, allow_null=True)

    class Meta:
        model = TeamMember
        fields = read_only_fields = ("id", "project", "role", "role_name", "person_name", "phone", "organization")
        enterprise_fields = fields


@extend_schema_view(list=extend_schema(summary="List teams"))
class TeamViewSet(ListMixin, ScopedViewSet):
    """Who stands behind the projects one sees."""

    model = TeamMember
    related = ("project", "organization")
    filterset_class = PartFilter
    serializer_class = TeamRow

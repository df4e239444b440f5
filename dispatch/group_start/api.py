"""Group starts over the API: parse, fetch what the user may see, call one action, answer."""

import django_filters
from django.db.models import Prefetch
from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from accounts.api_base import (
    ChoiceLabel,
    ListMixin,
    NamedRow,
    RetrieveMixin,
    ScopedRelatedField,
    ScopedViewSet,
    StrictSerializer,
)
from accounts.api_ops import ReasonInput, creation, edge, operation
from accounts.permissions import Verb
from dispatch.group_start import actions, queries
from dispatch.group_start.models import GroupStart, GroupStartProject
from projects.models import Project
from workdays.models import load_calendar

EDIT = (Verb.EDIT_PLAN,)


def _may_edit(view, start) -> bool:
    return actions.may_edit(view.request.user, start.park_id)


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


class StartInput(StrictSerializer):
    """The day and what it is called; what is left out stays."""

    on = serializers.DateField()
    title = serializers.CharField(max_length=120)
    place = serializers.CharField(max_length=120, required=False, allow_blank=True)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class NewStartInput(StartInput):
    """A planned day with the projects that take part."""

    projects = ScopedRelatedField(Project, many=True, required=False)


class ProjectsInput(StrictSerializer):
    """Projects that still wait for their start."""

    projects = ScopedRelatedField(Project, many=True, allow_empty=False)


class PlaceInput(StrictSerializer):
    """The place of a project in the group start (``projects[].id``)."""

    place = ScopedRelatedField(GroupStartProject)


class LeaveInput(PlaceInput):
    """Which project leaves, and why."""

    reason = serializers.CharField(max_length=500)


class AgreedInput(PlaceInput):
    """What is agreed about a project."""

    note = serializers.CharField(max_length=200, allow_blank=True)


class LackInput(PlaceInput):
    """Codes of steps the project still lacks."""

    codes = serializers.ListField(child=serializers.CharField(max_length=10), allow_empty=False, max_length=60)


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
    search_fields = ("title", "place")
    orderings = ("-on", "-id")

    def narrow(self, rows):
        if getattr(self, "swagger_fake_view", False):
            return rows
        seen = GroupStartProject.objects.visible_to(self.request.user).filter(is_out=False).select_related("project")
        return rows.prefetch_related(Prefetch("entries", queryset=seen.order_by("pk"), to_attr="seen"))

    @creation("Plan a group start", NewStartInput, verbs=EDIT)
    def create(self, **values):
        """A planned day; projects that do not wait for their start are refused."""
        actions.require_editor(self.request.user, self.request.user.park.pk)
        return actions.create(park=self.request.user.park, **values, **edge(self, "today"))

    @operation("Change a group start", StartInput, verbs=EDIT, allowed=_may_edit)
    def partial_update(self, start, version, **fields):
        """Day, title, place, note of a planned one."""
        actions.edit(start, fields=fields, version=version, **edge(self, "today"))

    @operation("Take projects in", ProjectsInput, verbs=EDIT, allowed=_may_edit, path="take-in")
    def take_in(self, start, version, projects):
        """Projects join, or come back; those that are in already are left alone."""
        actions.take_in(start, projects, version=version, **edge(self))

    @operation("Take a project out", LeaveInput, verbs=EDIT, allowed=_may_edit, path="take-out")
    def take_out(self, start, version, place, reason):
        """It does not take part any more; the reason stays readable."""
        actions.take_out(self._own(start, place), reason=reason, version=version, **edge(self))

    @operation("Note what is agreed", AgreedInput, verbs=EDIT, allowed=_may_edit)
    def note(self, start, version, place, note):
        """About one project."""
        actions.set_note(self._own(start, place), note=note, version=version, **edge(self))

    @operation("Put what is lacking on the ledger", LackInput, verbs=EDIT, allowed=_may_edit)
    def ledger(self, start, version, place, codes):
        """One item for each lacking step, due on the latest finish that keeps the day."""
        entry, calendar, when = self._own(start, place), load_calendar(), edge(self, "today")
        (row,) = queries.candidates([entry.project], on=start.on, today=when["today"], calendar=calendar)
        if unknown := sorted(set(codes) - {lack.step.code for lack in row.lacks}):
            raise serializers.ValidationError({"codes": unknown})
        actions.put_on_ledger(entry, codes, calendar=calendar, version=version, **when)

    @operation("Record as held", verbs=EDIT, allowed=_may_edit)
    def hold(self, start, version):
        """It took place, on the day or later; its list is kept as it is."""
        actions.hold(start, version=version, **edge(self, "today"))

    @operation("Cancel a group start", ReasonInput, verbs=EDIT, allowed=_may_edit)
    def cancel(self, start, version, reason):
        """It does not take place; list and history stay."""
        actions.cancel(start, reason=reason, version=version, **edge(self))

    @staticmethod
    def _own(start, place) -> GroupStartProject:
        if place.group_start_id != start.pk:
            raise Http404
        return place

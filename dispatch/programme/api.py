"""Programmes and yearly plans over the API: parse, fetch what the user may see, call one action, answer."""

import django_filters
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.api_base import ListMixin, RetrieveMixin, ScopedViewSet
from accounts.api_ops import creation, edge, operation, result_of
from accounts.permissions import Verb
from approvals.api import projects_of
from dispatch.programme import actions, queries, rules, serializers
from dispatch.programme.models import MonthlyPlan, Programme

EDIT = (Verb.EDIT_PROGRAMME,)


@extend_schema_view(list=extend_schema(summary="List programmes"), retrieve=extend_schema(summary="One programme"))
class ProgrammeViewSet(ListMixin, RetrieveMixin, ScopedViewSet):
    """Rolling programmes of three years; units read those that are approved."""

    model = Programme
    related = ("approved_by", "park")
    filterset_fields = ["first_year", "state"]
    orderings = ("-first_year", "id")
    serializer_class = serializers.ProgrammeRow

    @extend_schema(summary="Projects of a programme", responses=serializers.ProgrammeEntryRow(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filter_backends=[])
    def entries(self, request, pk):
        """The projects one sees, by priority."""
        rows = queries.entries_of(self.get_object(), request.user)
        return Response(serializers.ProgrammeEntryRow(rows, many=True).data)

    @extend_schema(summary="History of a programme", responses=serializers.MoveRow(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filter_backends=[])
    def moves(self, request, pk):
        """What came in, went out and changed, as far as one sees the project."""
        rows = queries.moves_of(self.get_object(), request.user)
        return Response(serializers.MoveRow(rows, many=True).data)

    @creation("Begin a programme", serializers.StartInput, verbs=EDIT)
    def create(self, first_year):
        """A draft for three years; it begins as the programme of the year before, rolled on."""
        return actions.start(park=self.request.user.park, first_year=first_year, **edge(self))

    @operation("Take a project in", serializers.TakeInInput, verbs=EDIT, path="take-in")
    def take_in(self, programme, version, project, reason, place=None, **money):
        """The project joins, with the reason; one that was taken out comes back."""
        years = [money.get(name) for name in serializers.MONEY]
        values = {"years": years, "reason": reason, "place": place}
        actions.take_in(programme, project, version=version, **values, **edge(self))

    @operation("Change a project's place", serializers.ProgrammeEntryInput, verbs=EDIT)
    def entry(self, programme, version, entry, reason="", **values):
        """Another priority, other money, another note."""
        self._own(programme, entry)
        years = [values.get(name, getattr(entry, name)) for name in serializers.MONEY]
        place, note = values.get("place", entry.priority), values.get("note", entry.note)
        words = {"place": place, "years": years, "note": note, "reason": reason}
        actions.edit_entry(entry, version=version, **words, **edge(self))

    @operation("Take a project out", serializers.TakeOutInput, verbs=EDIT, path="take-out")
    def take_out(self, programme, version, entry, reason):
        """The project leaves with a reason; what was planned stays readable."""
        self._own(programme, entry)
        actions.take_out(entry, reason=reason, version=version, **edge(self))

    @operation("Approve a programme", verbs=EDIT)
    def approve(self, programme, version):
        """Units read it from now on, and every change needs a reason; never by who began it."""
        actions.approve(programme, version=version, **edge(self))

    @result_of("Write annual plans", answer=serializers.HandedDown, verbs=EDIT, path="hand-down", is_versioned=True)
    def hand_down(self, programme, version):
        """The money of the first year becomes the projects' annual plans; of an approved programme only."""
        return {"written": actions.hand_down(programme, version=version, **edge(self))}

    @staticmethod
    def _own(programme, entry) -> None:
        if entry.programme_id != programme.pk:
            raise Http404


class MonthFilter(django_filters.FilterSet):
    project = django_filters.ModelChoiceFilter(label=_("Project"), queryset=projects_of)

    class Meta:
        model = MonthlyPlan
        fields = ["project", "year", "month"]


@extend_schema_view(list=extend_schema(summary="List plans by month"))
class MonthViewSet(ListMixin, ScopedViewSet):
    """What projects are to invest month by month; a project without rows has even months."""

    model = MonthlyPlan
    related = ("project",)
    filterset_class = MonthFilter
    orderings = ("-year", "month", "id")
    serializer_class = serializers.MonthRow

    @creation("Set a year by months", serializers.MonthsInput, verbs=EDIT, answer=serializers.MonthsAnswer)
    def create(self, project, project_version, year, months, with_year):
        """They add up to the annual plan, or their sum becomes it; no months at all: even ones."""
        given = {one["month"]: one["planned_10k"] for one in months}
        whole = {month: given.get(month, 0) for month in rules.MONTHS} if given else {}
        actions.set_months(project, year, whole, with_year=with_year, version=project_version, **edge(self))
        project.refresh_from_db(fields=["version"])
        return {"project_version": project.version}

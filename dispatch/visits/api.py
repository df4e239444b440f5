"""Visits over the API: parse, fetch what the user may see, call one action, answer."""

import django_filters
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import exceptions

from accounts import clock
from accounts.api_base import ListMixin, RetrieveMixin, ScopedViewSet
from accounts.api_ops import creation, edge, operation
from accounts.api_trails import trail
from accounts.permissions import Verb
from approvals.api import projects_of, units_of
from dispatch.visits import access, actions, plans, queries, rules, serializers
from dispatch.visits.forms import visitors
from dispatch.visits.models import PlannedVisit, Visit, VisitChange, VisitGrid


class VisitFilter(django_filters.FilterSet):
    first = django_filters.DateFilter(label=gettext_lazy("From"), field_name="visited_on", lookup_expr="gte")
    last = django_filters.DateFilter(label=gettext_lazy("Until"), field_name="visited_on", lookup_expr="lte")
    project = django_filters.ModelChoiceFilter(label=gettext_lazy("Project"), queryset=projects_of)

    class Meta:
        model = Visit
        fields = ["first", "last", "project"]


@extend_schema_view(list=extend_schema(summary="List visits"), retrieve=extend_schema(summary="One visit"))
class VisitViewSet(ListMixin, RetrieveMixin, ScopedViewSet):
    """Visits to enterprises with what they found."""

    model = Visit
    filterset_class = VisitFilter
    orderings = ("-visited_on", "id")
    search_fields = ("enterprise__name", "summary", "met_name", "place")
    serializer_class = serializers.VisitDetail
    list_serializer = serializers.VisitRow
    history = trail("History of a visit", VisitChange, "visit", "verb", "note", "changes", "by", "at")

    def narrow(self, rows):
        rows = queries.for_list(rows)
        return rows if self.action == "list" else rows.prefetch_related("findings")

    @extend_schema(
        summary="Record a visit", request=serializers.VisitInput, responses={201: serializers.VisitDetail}
    )  # fmt: skip
    def create(self, request):
        """Records the visit; what was not solved on the spot goes on the ledger at once."""
        self.permit(Verb.RECORD_VISIT)
        values = self.read(serializers.VisitInput)
        enterprise = access.visitable(request.user).filter(pk=values.pop("enterprise")).first()
        if enterprise is None:
            raise exceptions.ValidationError({"enterprise": [_("There is no such enterprise.")]})
        if (planned := values.get("planned")) and planned.enterprise_id != enterprise.pk:
            raise exceptions.ValidationError({"planned": [_("This plan is for another enterprise.")]})
        findings = [actions.Found(**found) for found in values.pop("findings", [])]
        visit = actions.record(
            enterprise=enterprise, findings=findings, by=request.user, at=clock.now(), today=clock.today(), **values
        )
        return self.show(serializers.VisitDetail, visit.pk, status=201)

    @operation("Correct a visit", serializers.CorrectionInput, allowed=lambda view, row: view.may_correct(row))
    def partial_update(self, visit, version, findings=(), **fields):
        """Changes the fields given and adds findings that were forgotten; by who made the visit or plans visits."""
        found = [actions.Found(**one) for one in findings]
        actions.correct(visit, fields=fields, findings=found, version=version, **edge(self, "today"))

    def may_correct(self, visit) -> bool:
        return access.may_correct(visit, self.request.user)


PLAN = (Verb.PLAN_VISITS,)


class PlannedFilter(django_filters.FilterSet):
    project = django_filters.ModelChoiceFilter(label=gettext_lazy("Project"), queryset=projects_of)
    open = django_filters.BooleanFilter(label=gettext_lazy("open"), method="is_open")

    class Meta:
        model = PlannedVisit
        fields = ["year", "quarter", "grid", "visitor", "project", "open"]

    def is_open(self, rows, name, value: bool):
        return queries.undone(rows) if value else rows


@extend_schema_view(
    list=extend_schema(summary="List planned visits"), retrieve=extend_schema(summary="One planned visit")
)
class PlannedViewSet(ListMixin, RetrieveMixin, ScopedViewSet):
    """Visits that are planned for a quarter."""

    model = PlannedVisit
    related = ("enterprise", "project", "grid", "visitor", "park", "visit")
    filterset_class = PlannedFilter
    orderings = ("plan_on", "id")
    search_fields = ("enterprise__name",)
    serializer_class = serializers.PlannedRow
    history = trail("History of a planned visit", VisitChange, "planned", "verb", "note", "changes", "by", "at")

    @creation("Plan a quarter", serializers.QuarterInput, verbs=PLAN, answer=serializers.PlanMade)
    def make(self, year, quarter):
        """The plan of the quarter from the grids: adds what is missing, keeps the rest."""
        wanted, today = rules.Quarter(year, quarter), edge(self, "today")["today"]
        if not 0 <= wanted.index - rules.quarter_of(today).index < 4:
            raise exceptions.ValidationError({"quarter": [_("This quarter or one of the three after it, please.")]})
        return {"added": plans.make_plan(self.request.user.park, wanted, **edge(self, "today"))}

    @operation("Change a planned visit", serializers.PlannedInput, verbs=PLAN)
    def partial_update(self, planned, version, reason="", **fields):
        """Gives it to somebody else, another day, grid or quarter; a new visitor is told."""
        visitor = fields.get("visitor")
        if visitor is not None and not visitors(self.request.user).filter(pk=visitor.pk).exists():
            raise exceptions.ValidationError({"visitor": [_("This person cannot be given visits.")]})
        plans.change(planned, fields=fields, reason=reason, version=version, **edge(self, "today"))

    @operation("Take a visit off the plan", serializers.ShortReasonInput, verbs=PLAN, path="take-off")
    def take_off(self, planned, version, reason):
        """It no longer counts as planned; the reason stays."""
        plans.take_off(planned, reason=reason, version=version, **edge(self))


class GridFilter(django_filters.FilterSet):
    unit = django_filters.ModelChoiceFilter(label=gettext_lazy("Unit"), queryset=units_of)

    class Meta:
        model = VisitGrid
        fields = ["unit", "is_active"]


@extend_schema_view(list=extend_schema(summary="List grids"), retrieve=extend_schema(summary="One grid"))
class GridViewSet(ListMixin, RetrieveMixin, ScopedViewSet):
    """Parts of the park, each visited by somebody."""

    model = VisitGrid
    filterset_class = GridFilter
    orderings = ("name", "id")
    search_fields = ("name",)
    serializer_class = serializers.GridRow

    def narrow(self, rows):
        return rows.select_related("unit", "person").annotate(size=Count("members"))

    @creation("Make a grid", serializers.GridInput, verbs=PLAN)
    def create(self, **fields):
        """A new part of the park to be visited."""
        return plans.save_grid(None, park=self.request.user.park, fields=fields, by=self.request.user)

    @operation("Change a grid", serializers.GridInput, verbs=PLAN, is_versioned=False)
    def partial_update(self, grid, **fields):
        """Another name, unit or visitor; or switch it off."""
        plans.save_grid(grid, park=grid.park, fields=fields, by=self.request.user)

    @operation("Put enterprises into a grid", serializers.PlacesInput, verbs=PLAN, is_versioned=False)
    def places(self, grid, enterprises):
        """Out of the grid they were in, into this one."""
        plans.place_enterprises(grid, enterprises, park=grid.park, by=self.request.user)

    @creation("Take enterprises out of their grids", serializers.PlacesInput, verbs=PLAN, answer=serializers.PlacesLeft)
    def leave(self, enterprises):
        """They are in no grid any more."""
        return {"left": plans.place_enterprises(None, enterprises, park=self.request.user.park, by=self.request.user)}

"""Elements over the API: parse, fetch what the user may see, call one action, answer."""

import django_filters
from django.db.models import Case, F, When
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError

from accounts import clock
from accounts.api_base import ListMixin, RetrieveMixin, ScopedViewSet
from accounts.api_ops import ReasonInput, creation, edge, operation
from accounts.permissions import Verb
from approvals.api import projects_of, units_of
from dispatch.elements import access, actions, serializers
from dispatch.elements.actions.funding import EDITABLE
from dispatch.elements.models import AcquisitionPlot, ElementNeed, ElementSupply, FundingApplication, YearlyOutput
from dispatch.elements.states import FundingVerb
from projects.models import Project

EDIT = (Verb.EDIT_ELEMENTS,)


def _edits_project(view, row) -> bool:
    return access.edits_project(view.request.user, row.project)


def _edits_park(view, row) -> bool:
    return access.edits_park(view.request.user, row.park_id)


def _reports(view, row) -> bool:
    return access.reports_plot(view.request.user, row)


def _is_centre(view) -> bool:
    return access.edits_park(view.request.user, view.request.user.park.pk)


class Viewed(ListMixin, RetrieveMixin, ScopedViewSet):
    """Base: nothing for people whose role does not see elements."""

    model = ElementNeed

    def narrow(self, rows):
        if getattr(self, "swagger_fake_view", False) or access.may_view(self.request.user):
            return super().narrow(rows)
        return rows.none()


class NeedFilter(django_filters.FilterSet):
    project = django_filters.ModelChoiceFilter(label=_("Project"), queryset=projects_of)
    unit = django_filters.ModelChoiceFilter(label=_("Unit"), queryset=units_of)

    class Meta:
        model = ElementNeed
        fields = ["project", "unit", "year", "element"]


@extend_schema_view(list=extend_schema(summary="List needs"), retrieve=extend_schema(summary="One need"))
class NeedViewSet(Viewed):
    """What projects need of land, energy, power, emission quota, funds and labour."""

    model = ElementNeed
    filterset_class = NeedFilter
    orderings = ("-year", "element", "id")
    search_fields = ("project__name", "note")
    serializer_class = serializers.NeedRow
    related = ("project", "unit")

    @creation("Enter a need", serializers.NeedInput, verbs=EDIT)
    def create(self, project, year, element, **fields):
        """What a project needs of an element in a year."""
        access.require(access.edits_project(self.request.user, project))
        return actions.save_need(project=project, year=year, element=element, fields=fields, **edge(self))

    @operation(
        "Change a need",
        serializers.NeedChange,
        verbs=EDIT,
        allowed=lambda view, row: access.secures(view.request.user, row),
    )
    def partial_update(self, need, version, **fields):
        """How much is secured, or the need itself; the unit that is to provide it settles less."""
        actions.edit_need(need, fields=fields, version=version, **edge(self))

    @operation("Remove a need", ReasonInput, verbs=EDIT, allowed=_edits_project)
    def drop(self, need, version, reason):
        """The project does not need it any more; the history keeps what it was and why."""
        actions.drop_need(need, reason=reason, version=version, **edge(self))


class FundingFilter(django_filters.FilterSet):
    project = django_filters.ModelChoiceFilter(label=_("Project"), queryset=projects_of)

    class Meta:
        model = FundingApplication
        fields = ["project", "kind", "state"]


@extend_schema_view(
    list=extend_schema(summary="List applications for funds"), retrieve=extend_schema(summary="One application")
)
class FundingViewSet(Viewed):
    """Applications for special bonds, central budget grants and loans."""

    model = FundingApplication
    filterset_class = FundingFilter
    orderings = ("-id",)
    search_fields = ("title", "project__name")
    serializer_class = serializers.FundingRow
    related = ("project",)

    @creation("Apply for funds", serializers.FundingInput, verbs=EDIT)
    def create(self, project, **fields):
        """A new application, being prepared."""
        access.require(access.edits_project(self.request.user, project))
        return actions.apply(project=project, fields=fields, **edge(self))

    @operation("Change an application", serializers.FundingChange, verbs=EDIT, allowed=_edits_project)
    def partial_update(self, row, version, **fields):
        """Corrects it, or writes down what has been paid, as far as its state allows."""
        if wrong := sorted(set(fields) - set(EDITABLE[row.state])):
            raise ValidationError({name: [gettext("This cannot be changed any more.")] for name in wrong})
        actions.edit_application(row, fields=fields, version=version, **edge(self))

    @operation("Move an application on", serializers.FundingMoveInput, verbs=EDIT)
    def move(self, row, version, verb, **values):
        """Handed in, granted, rejected, withdrawn; reopening is the centre's."""
        centre = access.edits_park(self.request.user, row.project.park_id)
        access.require(centre or (verb != FundingVerb.REOPEN and _edits_project(self, row)))
        actions.move_application(row, verb, version=version, **values, **edge(self, "today"))


class PlotFilter(django_filters.FilterSet):
    project = django_filters.ModelChoiceFilter(label=_("Project"), queryset=projects_of)
    unit = django_filters.ModelChoiceFilter(label=_("Unit"), queryset=units_of)
    cleared = django_filters.BooleanFilter(label=pgettext_lazy("plot", "cleared"), method="is_cleared")

    class Meta:
        model = AcquisitionPlot
        fields = ["project", "unit", "cleared"]

    def is_cleared(self, rows, name, value: bool):
        return rows.filter(cleared_on__isnull=not value)


@extend_schema_view(list=extend_schema(summary="List plots"), retrieve=extend_schema(summary="One plot"))
class PlotViewSet(Viewed):
    """Plots to be acquired and cleared."""

    model = AcquisitionPlot
    filterset_class = PlotFilter
    orderings = ("name", "id")
    search_fields = ("name",)
    serializer_class = serializers.PlotLine
    related = ("unit", "project", "park")

    def narrow(self, rows):
        seen = Project.objects.visible_to(self.request.user).values("pk")
        return super().narrow(rows).annotate(seen_project=Case(When(project__in=seen, then=F("project"))))

    @extend_schema(
        summary="Report progress", request=serializers.ProgressInput, responses={200: serializers.PlotLine}
    )  # fmt: skip
    @action(detail=True, methods=["post"])
    def progress(self, request, pk):
        """Writes down how far the plot is: area acquired, households and plants moved, as totals to date."""
        plot, version = self.to_change(allowed=lambda row: access.reports_plot(request.user, row))
        values = self.read(serializers.ProgressInput)
        reason = values.pop("reason")
        actions.report_plot(plot, fields=values, reason=reason, by=request.user, at=clock.now(), version=version)
        return self.show(serializers.PlotLine, plot.pk)

    @creation("Enter a plot", serializers.PlotInput, allowed=_is_centre)
    def create(self, **fields):
        """A plot that has to be acquired."""
        return actions.create_plot(park=self.request.user.park, fields=fields, **edge(self))

    @operation("Change a plot", serializers.PlotInput, allowed=_edits_park)
    def partial_update(self, plot, version, **fields):
        """What it is, who is responsible and until when; once clear land is confirmed, not what was measured."""
        actions.edit_plot(plot, fields=fields, version=version, **edge(self))

    @operation("Confirm clear land", serializers.ClearInput, allowed=_reports)
    def clear(self, plot, version, **values):
        """Once everything is acquired and everybody has moved."""
        actions.confirm_clear(plot, version=version, **values, **edge(self, "today"))

    @operation("Take a confirmation back", ReasonInput, allowed=_edits_park)
    def reopen(self, plot, version, reason):
        """The land is not clear after all."""
        actions.reopen_plot(plot, reason=reason, version=version, **edge(self))


@extend_schema_view(list=extend_schema(summary="List what the park has"), retrieve=extend_schema(summary="One figure"))
class SupplyViewSet(Viewed):
    """What the park has of each element in a year."""

    model = ElementSupply
    filterset_fields = ["year", "element"]
    orderings = ("-year", "element", "id")
    serializer_class = serializers.SupplyRow

    @creation("Enter what the park has", serializers.SupplyInput, allowed=_is_centre)
    def create(self, **values):
        """The first figure of an element for a year."""
        return actions.set_supply(park=self.request.user.park, version=None, **values, **edge(self))

    @operation("Change what the park has", serializers.SupplyChange, allowed=_edits_park)
    def partial_update(self, row, version, **values):
        """Another figure or note."""
        values = {"amount": row.amount, "note": row.note} | values
        about = {"park": row.park, "year": row.year, "element": row.element}
        actions.set_supply(**about, version=version, **values, **edge(self))


class OutputFilter(django_filters.FilterSet):
    project = django_filters.ModelChoiceFilter(label=_("Project"), queryset=projects_of)

    class Meta:
        model = YearlyOutput
        fields = ["project", "year"]


@extend_schema_view(list=extend_schema(summary="List yearly outputs"), retrieve=extend_schema(summary="One output"))
class OutputViewSet(Viewed):
    """What projects yield in a year: output, revenue, tax, energy, people."""

    model = YearlyOutput
    filterset_class = OutputFilter
    orderings = ("-year", "id")
    serializer_class = serializers.OutputRow
    related = ("project",)

    @creation("Enter a yearly output", serializers.OutputInput, verbs=EDIT)
    def create(self, project, year, **fields):
        """The first figures of a project for a year."""
        access.require(access.edits_project(self.request.user, project))
        return actions.save_output(project=project, year=year, fields=fields, version=None, **edge(self))

    @operation("Change a yearly output", serializers.OutputChange, verbs=EDIT, allowed=_edits_project)
    def partial_update(self, row, version, **fields):
        """Figures or their source."""
        actions.save_output(project=row.project, year=row.year, fields=fields, version=version, **edge(self))

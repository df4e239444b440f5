"""Elements over the API: parse, fetch what the user may see, call one action, answer."""

import django_filters
from django.db.models import Case, F, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action

from accounts import clock
from accounts.api_base import ListMixin, RetrieveMixin, ScopedViewSet
from approvals.api import projects_of, units_of
from dispatch.elements import access, actions, serializers
from dispatch.elements.models import AcquisitionPlot, ElementNeed, FundingApplication
from projects.models import Project


class Viewed(ListMixin, RetrieveMixin, ScopedViewSet):
    """Base: nothing for people whose role does not see elements."""

    model = ElementNeed
    related: tuple[str, ...] = ()

    def narrow(self, rows):
        if getattr(self, "swagger_fake_view", False) or access.may_view(self.request.user):
            return rows.select_related(*self.related)
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
    serializer_class = serializers.NeedRow
    related = ("project", "unit")


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
    serializer_class = serializers.FundingRow
    related = ("project",)


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
    serializer_class = serializers.PlotLine
    related = ("unit", "project")

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

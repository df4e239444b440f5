"""Filings over the API: parse, fetch what the user may see, call one action, answer."""

import django_filters
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action

from accounts import clock
from accounts.api_base import ListMixin, RetrieveMixin, ScopedViewSet
from accounts.permissions import Verb
from approvals.api import projects_of
from dispatch.filing import actions, scope, serializers
from dispatch.filing.models import Filing


class FilingFilter(django_filters.FilterSet):
    year = django_filters.NumberFilter(label=_("Year"), field_name="round__year")
    month = django_filters.NumberFilter(label=_("Month"), field_name="round__month")
    project = django_filters.ModelChoiceFilter(label=_("Project"), queryset=projects_of)

    class Meta:
        model = Filing
        fields = ["year", "month", "project", "state"]


@extend_schema_view(list=extend_schema(summary="List filings"), retrieve=extend_schema(summary="One filing"))
class FilingViewSet(ListMixin, RetrieveMixin, ScopedViewSet):
    """Monthly filings of investment and physical progress (月度填报)."""

    model = Filing
    filterset_class = FilingFilter
    orderings = ("-id",)
    serializer_class = serializers.FilingDetail
    list_serializer = serializers.FilingRow

    def narrow(self, rows):
        named = ("round__park", "project__filing_duty", "submitted_by", "checked_by")
        return rows.with_filer().select_related(*named)

    @extend_schema(summary="Save a filing", request=serializers.FilingInput, responses=serializers.FilingDetail)
    def partial_update(self, request, pk):
        """Keeps figures and texts without handing them in. A locked month refuses with 409."""
        filing, version = self._to_file()
        values = self.read(serializers.FilingInput, partial=True)
        actions.save(filing, values, by=request.user, at=clock.now(), version=version)
        return self.show(serializers.FilingDetail, filing.pk)

    @extend_schema(summary="Hand in a filing", request=None, responses=serializers.FilingDetail)
    @action(detail=True, methods=["post"])
    def submit(self, request, pk):
        """Hands in what is kept. Unusual figures: 409 with ``warnings``, then save a reason in ``acknowledged``."""
        filing, version = self._to_file()
        actions.submit(filing, by=request.user, at=clock.now(), version=version)
        return self.show(serializers.FilingDetail, filing.pk)

    @extend_schema(summary="Accept a filing", request=None, responses=serializers.FilingDetail)
    @action(detail=True, methods=["post"])
    def accept(self, request, pk):
        """Writes the figures to the project; never by who has handed them in."""
        filing, version = self._to_check()
        edge = {"by": request.user, "at": clock.now(), "today": clock.today()}
        actions.accept(filing, version=version, **edge)
        return self.show(serializers.FilingDetail, filing.pk)

    @extend_schema(summary="Return a filing", request=serializers.ReasonInput, responses=serializers.FilingDetail)
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def send_back(self, request, pk):
        """Returns it to who files, with a reason."""
        filing, version = self._to_check()
        edge = {"by": request.user, "at": clock.now(), "today": clock.today()}
        actions.send_back(filing, reason=self.read(serializers.ReasonInput)["reason"], version=version, **edge)
        return self.show(serializers.FilingDetail, filing.pk)

    def _to_file(self):
        return self.to_change(Verb.FILE_PROGRESS, allowed=lambda row: scope.may_file(row, self.request.user))

    def _to_check(self):
        return self.to_change(Verb.CHECK_FILING, allowed=lambda row: scope.may_check(self.request.user))

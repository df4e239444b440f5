"""Visits over the API: parse, fetch what the user may see, call one action, answer."""

import django_filters
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import exceptions

from accounts import clock
from accounts.api_base import ListMixin, RetrieveMixin, ScopedViewSet
from accounts.permissions import Verb
from approvals.api import projects_of
from dispatch.visits import access, actions, queries, serializers
from dispatch.visits.models import Visit


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
    serializer_class = serializers.VisitDetail
    list_serializer = serializers.VisitRow

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
        findings = [actions.Found(**found) for found in values.pop("findings", [])]
        visit = actions.record(
            enterprise=enterprise, findings=findings, by=request.user, at=clock.now(), today=clock.today(), **values
        )
        return self.show(serializers.VisitDetail, visit.pk, status=201)

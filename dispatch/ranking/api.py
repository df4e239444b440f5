"""Rankings over the API, read only: parse, fetch what the user may see, answer."""

from drf_spectacular.utils import extend_schema, extend_schema_view

from accounts.api_base import ListMixin, RetrieveMixin, ScopedViewSet
from dispatch.ranking import serializers
from dispatch.ranking.models import Ranking
from dispatch.ranking.queries import check_reader


@extend_schema_view(list=extend_schema(summary="List rankings"), retrieve=extend_schema(summary="One ranking"))
class RankingViewSet(ListMixin, RetrieveMixin, ScopedViewSet):
    """Half-month rankings and quarterly contests of the units. Needs ``view_ranking``; units see what is published."""

    area = "reports"
    model = Ranking
    filterset_fields = ["kind", "year", "number", "state"]
    orderings = ("-as_of", "id")
    serializer_class = serializers.RankingDetail
    list_serializer = serializers.RankingRow

    def check_permissions(self, request):
        super().check_permissions(request)
        check_reader(request.user)

    def narrow(self, rows):
        return rows.defer("snapshot") if self.action == "list" else rows

"""Weekly briefs over the API, to be read."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view

from accounts.api_base import ListMixin, RetrieveMixin, ScopedViewSet
from accounts.permissions import Verb, may
from dispatch.briefs import serializers
from dispatch.briefs.models import WeeklyBrief


@extend_schema_view(
    list=extend_schema(summary="List weekly briefs"), retrieve=extend_schema(summary="One weekly brief")
)
class BriefViewSet(ListMixin, RetrieveMixin, ScopedViewSet):
    """Weekly briefs: the week's frozen snapshot, its revisions. Needs ``view_brief`` and the whole park; who does not
    make briefs sees the published ones."""

    area = "reports"
    model = WeeklyBrief
    filterset_fields = ["year", "week", "state"]
    orderings = ("-as_of", "-revision", "id")
    serializer_class = serializers.BriefDetail
    list_serializer = serializers.BriefRow

    def check_permissions(self, request):
        super().check_permissions(request)
        role = request.user.role
        if role is not None and role.scope == "enterprise":
            raise Http404
        if not may(request.user, Verb.VIEW_BRIEF) or role is None or role.scope != "park":
            raise PermissionDenied(_("Your role does not allow this."))

    def narrow(self, rows):
        return rows.defer("snapshot") if self.action == "list" else rows

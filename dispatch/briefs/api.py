"""Weekly briefs over the API: parse, fetch what the user may see, call one action, answer."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view

from accounts.api_base import ListMixin, RetrieveMixin, ScopedViewSet
from accounts.api_ops import creation, edge, filled, operation
from accounts.permissions import Verb, may
from dispatch.briefs import actions, queries, serializers
from dispatch.briefs.forms import FreezeForm
from dispatch.briefs.models import WeeklyBrief
from workdays.models import load_calendar

MAKE = (Verb.MAKE_BRIEF,)


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

    @creation("Freeze a weekly brief", serializers.BriefFreezeInput, verbs=MAKE)
    def create(self, week):
        """Freezes the week, or answers with it when somebody has."""
        park, calendar, when = self.request.user.park, load_calendar(), edge(self)
        weeks = queries.weeks_to_freeze(park, when["at"], calendar)
        form = filled(FreezeForm, {"week": week}, weeks=weeks)
        brief, _new = actions.freeze_brief(park=park, week=form.cleaned_data["week"], calendar=calendar, **when)
        return brief

    @operation("Publish a weekly brief", verbs=MAKE)
    def publish(self, brief, version):
        """Leaders and the centre are told at once."""
        actions.publish(brief, version=version, **edge(self))

    @operation("Restate a weekly brief", serializers.BriefRestateInput, verbs=MAKE)
    def restate(self, brief, version, reason):
        """A new frozen revision with the facts as they are now; the earlier one stays."""
        return actions.restate(brief, reason=reason, version=version, calendar=load_calendar(), **edge(self))

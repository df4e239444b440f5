"""Rankings over the API: parse, fetch what the user may see, call one action, answer."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import exceptions
from rest_framework.response import Response

from accounts.api_base import ListMixin, RetrieveMixin, ScopedViewSet
from accounts.api_ops import ActView, creation, edge, operation
from accounts.api_problems import entity_tag, required_version
from accounts.models import Organization
from accounts.permissions import Verb
from dispatch.figures import policies
from dispatch.ranking import actions, appeals, rules, serializers
from dispatch.ranking.forms import wrong_words
from dispatch.ranking.formula import DEFAULTS
from dispatch.ranking.models import Appeal, ContestEntry, Ranking
from dispatch.ranking.periods import latest
from dispatch.ranking.queries import check_reader, own_units
from workdays.models import load_calendar

MAKE = (Verb.MAKE_RANKING,)


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

    @creation("Freeze a ranking", serializers.RankingFreezeInput, verbs=MAKE)
    def create(self, kind):
        """Freezes the latest period of the kind; one that is frozen stays as it is."""
        calendar, when = load_calendar(), edge(self, "today")
        period = latest(kind, when["today"], calendar)
        ranking, _new = actions.freeze(park=self.request.user.park, period=period, calendar=calendar, **when)
        return ranking

    @operation("Publish a ranking", verbs=MAKE)
    def publish(self, ranking, version):
        """Every unit can read it from now on and is told its place."""
        actions.publish(ranking, version=version, **edge(self, "on"))

    @operation("Restate a ranking", serializers.RankingRestateInput, verbs=MAKE)
    def restate(self, ranking, version, **values):
        """Counts the period again, as the next revision; the earlier one stays."""
        return actions.restate(ranking, version=version, calendar=load_calendar(), **values, **edge(self))


@extend_schema_view(list=extend_schema(summary="List appeals"), retrieve=extend_schema(summary="One appeal"))
class AppealViewSet(ListMixin, RetrieveMixin, ScopedViewSet):
    """Appeals against rankings: units see their own."""

    area = "reports"
    model = Appeal
    related = ("unit", "item", "ranking__published_by")
    filterset_fields = ["ranking", "unit", "state"]
    orderings = ("-id",)
    serializer_class = serializers.AppealRow

    def check_permissions(self, request):
        super().check_permissions(request)
        check_reader(request.user)

    @creation("Appeal against a ranking", serializers.AppealInput, verbs=(Verb.APPEAL_RANKING,))
    def create(self, ranking, unit=None, **values):
        """By people of the unit, of what was published; it goes on the centre's ledger."""
        unit = self._unit(ranking, unit)
        return appeals.appeal(ranking, unit=unit, calendar=load_calendar(), **values, **edge(self, "on"))

    def _unit(self, ranking, wanted) -> Organization:
        """The one named, else the person's own unit in this ranking. Raises ValidationError, PermissionDenied."""
        own = own_units(self.request.user)
        ranked = [row["unit"] for row in ranking.snapshot["ranking"] if own is not None and row["unit"] in own]
        if not ranked:
            raise PermissionDenied
        if wanted is not None and wanted.pk not in ranked:
            raise exceptions.ValidationError({"unit": [_("This unit is not yours in this ranking.")]})
        mine = self.request.user.organization_id
        return wanted or Organization.objects.get(pk=mine if mine in ranked else ranked[0])

    @operation("Answer an appeal", serializers.AppealAnswerInput, verbs=MAKE)
    def answer(self, appeal, version, **values):
        """Upheld or rejected, with a reason; never by who published the ranking."""
        appeals.answer(appeal, version=version, **values, **edge(self, "on"))

    @operation("Withdraw an appeal", allowed=lambda view, row: view.is_own(row))
    def withdraw(self, appeal, version):
        """The unit takes it back; a new one is possible."""
        appeals.withdraw(appeal, version=version, **edge(self, "on"))

    def is_own(self, appeal) -> bool:
        return appeals.may_appeal(appeal.ranking, appeal.unit_id, self.request.user)


@extend_schema_view(list=extend_schema(summary="List figures of the contest"))
class ContestViewSet(ListMixin, ScopedViewSet):
    """Figures of the quarterly contest that are entered by hand; every entry ever made, the newest counts."""

    area = "reports"
    model = ContestEntry
    related = ("unit", "by")
    filterset_fields = ["year", "quarter", "unit", "counter"]
    orderings = ("-id",)
    serializer_class = serializers.ContestRow

    def check_permissions(self, request):
        super().check_permissions(request)
        check_reader(request.user)

    @creation("Enter figures of the contest", serializers.ContestInput, verbs=MAKE, answer=serializers.ContestAnswer)
    def create(self, figures, **values):
        """Appends the figures that differ from the newest ones; all of them or none."""
        given = {(one["unit"], one["counter"]): one["value"] for one in figures}
        rows = actions.add_contest_entries(park=self.request.user.park, values=given, **values, **edge(self))
        return {"added": len(rows), "newest": max(row.pk for row in rows)}


class Formula(ActView):
    """The formula of one kind of ranking."""

    area = "reports"
    KIND = OpenApiParameter("formula", OpenApiTypes.STR, OpenApiParameter.PATH, enum=sorted(DEFAULTS))

    def check_permissions(self, request):
        super().check_permissions(request)
        check_reader(request.user)

    @extend_schema(
        summary="The formula of a ranking",
        responses=serializers.FormulaRow,
        parameters=[KIND],
        tags=["rankings"],
        operation_id="ranking_formula",
    )
    def get(self, request, formula):
        """Its items with their weights; the version is the one If-Match names."""
        return self.shown(formula)

    @extend_schema(
        summary="Change the formula of a ranking",
        request=serializers.FormulaInput,
        responses=serializers.FormulaRow,
        parameters=[KIND],
        tags=["rankings"],
        operation_id="ranking_formula_change",
    )
    def patch(self, request, formula):
        """A new version of the park's rules, with a reason; it counts from the next period on."""
        self.shown(formula)
        self.permit(Verb.EDIT_FIGURES)
        seen = required_version(request)
        values = self.read(serializers.FormulaInput)
        value = {"items": values["items"]}
        if wrong := policies.CHECKS[formula](value):
            raise exceptions.ValidationError({"items": wrong_words(wrong)})
        rules.save(formula, value, note=values["note"], base_version=seen, **edge(self))
        return self.shown(formula)

    def shown(self, formula) -> Response:
        if formula not in DEFAULTS:
            raise Http404
        policy = policies.in_force(self.request.user.park.pk)
        items = [item.as_json() for item in rules.formula_of(policy, formula).items]
        answer = {"kind": formula, "version": policy.version, "items": items}
        return Response(serializers.FormulaRow(answer).data, headers={"ETag": entity_tag(policy.version)})

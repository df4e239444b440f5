"""Response cases over the API: parse, fetch what the user may see, call one action, answer."""

import django_filters
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts import clock
from accounts.api_base import ListMixin, RetrieveMixin, ScopedViewSet
from accounts.api_ops import ActView, creation, edge, operation
from accounts.permissions import Verb
from approvals.api import projects_of, units_of
from dispatch.response import actions, policies, rule_actions, serializers
from dispatch.response.forms import DutyForm
from dispatch.response.models import DutyHolder, ResponseCase, ResponsePolicy
from workdays.models import load_calendar

ANSWER = (Verb.ANSWER_RESPONSE,)


def _may_answer(view, case) -> bool:
    return actions.may_answer(case, view.request.user)


class CaseApiFilter(django_filters.FilterSet):
    open = django_filters.BooleanFilter(label=_("open"), field_name="closed_on", lookup_expr="isnull")
    overdue = django_filters.BooleanFilter(label=_("answer overdue"), method="is_overdue")
    unit = django_filters.ModelChoiceFilter(label=_("Unit"), queryset=units_of)
    project = django_filters.ModelChoiceFilter(label=_("Project"), queryset=projects_of)

    class Meta:
        model = ResponseCase
        fields = ["open", "overdue", "level", "unit", "project", "is_held"]

    def is_overdue(self, rows, name, value: bool):
        return rows.overdue(clock.today()) if value else rows


@extend_schema_view(list=extend_schema(summary="List response cases"), retrieve=extend_schema(summary="One case"))
class CaseViewSet(ListMixin, RetrieveMixin, ScopedViewSet):
    """Response cases: what has to be answered, at which level, until when."""

    model = ResponseCase
    related = ("project", "unit")
    filterset_class = CaseApiFilter
    orderings = ("level", "level_since_on", "-opened_on", "id")
    search_fields = ("project__name", "unit__name")
    serializer_class = serializers.CaseRow

    @extend_schema(summary="What happened to a case", responses=serializers.TraceRow(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def trace(self, request, pk):
        """Every event of the case, oldest first."""
        events = self.get_object().events.select_related("by").order_by("as_of", "pk")
        return Response(serializers.TraceRow(events, many=True, context=self.get_serializer_context()).data)

    @extend_schema(summary="Acknowledge", request=serializers.AcknowledgeInput, responses=serializers.CaseRow)
    @action(detail=True, methods=["post"])
    def acknowledge(self, request, pk):
        """Takes the case on, once at each level."""
        case, version = self._to_answer()
        self.read(serializers.AcknowledgeInput)
        actions.acknowledge(case, version=version, **self._edge())
        return self.show(serializers.CaseRow, case.pk)

    @extend_schema(summary="Hand in a plan", request=serializers.PlanInput, responses=serializers.CaseRow)
    @action(detail=True, methods=["post"])
    def plan(self, request, pk):
        """What will be done until when; asked for at level 2."""
        case, version = self._to_answer()
        values = self.read(serializers.PlanInput)
        actions.hand_in_plan(case, version=version, **values, **self._edge())
        return self.show(serializers.CaseRow, case.pk)

    @operation("Record the special meeting", serializers.SpecialMeetingInput, verbs=ANSWER, allowed=_may_answer)
    def meeting(self, case, version, **values):
        """The special meeting of level 1, with what it decided."""
        actions.record_meeting(case, version=version, **values, **edge(self, "on"))

    @operation("Write the weekly report", serializers.WordsInput, verbs=ANSWER, allowed=_may_answer)
    def report(self, case, version, text):
        """The weekly report of level 1; the next one is due from this day on."""
        actions.report(case, version=version, text=text, calendar=load_calendar(), **edge(self, "on"))

    @operation("Leave a note", serializers.WordsInput, verbs=ANSWER, allowed=_may_answer)
    def note(self, case, version, text):
        """A remark; it answers nothing, and closed cases take it too."""
        actions.note(case, version=version, text=text, **edge(self, "on"))

    def _to_answer(self):
        return self.to_change(Verb.ANSWER_RESPONSE, allowed=lambda case: actions.may_answer(case, self.request.user))

    def _edge(self):
        return {"by": self.request.user, "at": clock.now(), "on": clock.today()}


@extend_schema_view(list=extend_schema(summary="List holders of offices"), retrieve=extend_schema(summary="One holder"))
class DutyViewSet(ListMixin, RetrieveMixin, ScopedViewSet):
    """Who holds which office that the response ladder tells."""

    model = DutyHolder
    related = ("organization", "user")
    filterset_fields = ["duty", "organization"]
    serializer_class = serializers.DutyRow

    @creation("Name a holder", serializers.DutyInput, verbs=(Verb.EDIT_RULES,))
    def create(self, **values):
        """The person holds the office from now on."""
        values = {"organization": None} | values
        if (values["duty"] in DutyForm.OF_UNIT) != (values["organization"] is not None):
            raise ValidationError({"organization": [gettext("Only offices of units name one.")]})
        return rule_actions.name_holder(**values, by=self.request.user)

    @operation("Remove a holder", verbs=(Verb.EDIT_RULES,), is_versioned=False, shows=False)
    def destroy(self, held):
        """Somebody else is told from now on; what was told before stays."""
        rule_actions.remove_duty(held, by=self.request.user)


class Policy(ActView):
    """The response ladder of the park."""

    @extend_schema(
        summary="The response ladder", responses=serializers.PolicyRow, tags=["response-policy"], operation_id="policy"
    )
    def get(self, request):
        """The version in force: triggers of each level, deadlines, who is told, the rhythm of the tiers."""
        row = policies.newest(request.user.park.pk) or ResponsePolicy(version=0)
        return Response(serializers.PolicyRow(row).data)

    @extend_schema(
        summary="Change the response ladder",
        request=serializers.PolicyInput,
        responses={201: serializers.PolicyRow},
        tags=["response-policy"],
        operation_id="policy_save",
    )
    def post(self, request):
        """A new version of the park, in force from the next evaluation on. Needs ``edit_rules``."""
        self.permit(Verb.EDIT_RULES)
        values = self.read(serializers.PolicyInput)
        if not isinstance(values["params"], dict):
            raise ValidationError({"params": [gettext("An object is wanted here.")]})
        row = rule_actions.save_policy(**values, **edge(self))
        return Response(serializers.PolicyRow(row).data, status=201)

"""Supervision over the API: parse, fetch what the user may see, call one action, answer."""

import django_filters
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import exceptions
from rest_framework.decorators import action

from accounts import clock
from accounts.api_base import ListMixin, RetrieveMixin, ScopedViewSet
from accounts.api_ops import creation, edge
from accounts.permissions import Verb
from approvals.api import projects_of, units_of
from dispatch.supervision import actions, serializers
from dispatch.supervision.forms import leaders_of
from dispatch.supervision.models import Feedback, Instruction
from projects.filters import SearchFilter


class InstructionFilter(django_filters.FilterSet):
    q = SearchFilter(label=_("Search"), method="search")
    open = django_filters.BooleanFilter(label=_("open"), method="is_open")
    unit = django_filters.ModelChoiceFilter(label=_("Unit"), queryset=units_of, field_name="item__unit")
    project = django_filters.ModelChoiceFilter(label=_("Project"), queryset=projects_of)

    class Meta:
        model = Instruction
        fields = ["q", "open", "unit", "project", "urgency"]

    def search(self, rows, name, value: str):
        return rows.search(value)

    def is_open(self, rows, name, value: bool):
        return rows.open() if value else rows.filter(item__state="closed")


@extend_schema_view(list=extend_schema(summary="List instructions"), retrieve=extend_schema(summary="One instruction"))
class InstructionViewSet(ListMixin, RetrieveMixin, ScopedViewSet):
    """Leaders' instructions (批示) with their deadline and chain of feedback."""

    model = Instruction
    filterset_class = InstructionFilter
    orderings = ("-issued_on", "number", "id")
    serializer_class = serializers.InstructionDetail
    list_serializer = serializers.InstructionRow

    def narrow(self, rows):
        rows = rows.with_last_report().select_related("leader", "project", "item__unit")
        if self.action == "list":
            return rows
        return rows.select_related("recorded_by").prefetch_related("feedback__by", "feedback__organization")

    @creation(
        "Issue an instruction",
        serializers.InstructionInput,
        allowed=lambda view: actions.may_issue(view.request.user),
    )
    def create(self, **values):
        """A leader's instruction and the ledger item on which it is carried out; the unit is told."""
        user = self.request.user
        leader = user if actions.is_leader(user) else values.pop("leader", None)
        if "leader" in values or leader is None or not (leader == user or leaders_of(user).filter(pk=leader.pk)):
            raise exceptions.ValidationError({"leader": [gettext("Choose a leader of the park.")]})
        return actions.issue(park=user.park, leader=leader, **values, **edge(self, "on"))

    @extend_schema(
        summary="Report or answer", request=serializers.FeedbackInput, responses=serializers.InstructionDetail
    )
    @action(detail=True, methods=["post"])
    def feedback(self, request, pk):
        """Adds a link to the chain: the unit's report, or the leader's answer."""
        instruction, version = self.to_change(Verb.WORK_LEDGER_ITEM, Verb.REGISTER_LEDGER_ITEM)
        values = self.read(serializers.FeedbackInput)
        edge = {"by": request.user, "at": clock.now(), "on": clock.today(), "version": version}
        if values["kind"] == Feedback.Kind.REPORT:
            if not actions.may_report(instruction, request.user):
                raise PermissionDenied
            actions.report(instruction, text=values.get("text", ""), **edge)
        else:
            actions.answer(instruction, kind=values["kind"], text=values.get("text", ""), **edge)
        return self.show(serializers.InstructionDetail, instruction.pk)

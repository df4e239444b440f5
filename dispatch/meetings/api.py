"""Dispatch meetings over the API: parse, fetch what the user may see, call one action, answer."""

import django_filters
from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.serializers import CharField, ChoiceField

from accounts.api_base import ListMixin, RetrieveMixin, ScopedViewSet
from accounts.api_ops import ReasonInput, creation, edge, operation
from accounts.api_trails import trail
from accounts.permissions import Verb
from approvals.api import projects_of
from dispatch.files.api_templates import TemplateInput, TemplateRow, Templates
from dispatch.meetings import actions, papers, serializers
from dispatch.meetings.forms import chair_of
from dispatch.meetings.inviting import Seat
from dispatch.meetings.models import AgendaItem, Attendance, Decision, Meeting, MeetingEntry, MinutesTemplate
from workdays.models import load_calendar

HOLD = (Verb.HOLD_MEETING,)


class MeetingFilter(django_filters.FilterSet):
    project = django_filters.ModelChoiceFilter(label=_("Project"), queryset=projects_of)
    held_from = django_filters.DateFilter(label=_("From"), field_name="held_on", lookup_expr="gte")
    held_until = django_filters.DateFilter(label=_("Until"), field_name="held_on", lookup_expr="lte")
    kind = django_filters.CharFilter(label=_("kind"))
    state = django_filters.CharFilter(label=_("state"))

    class Meta:
        model = Meeting
        fields = ["project", "held_from", "held_until", "kind", "state"]


@extend_schema_view(list=extend_schema(summary="List meetings"), retrieve=extend_schema(summary="One meeting"))
class MeetingViewSet(ListMixin, RetrieveMixin, ScopedViewSet):
    """Dispatch meetings: units see those they are invited to."""

    model = Meeting
    filterset_class = MeetingFilter
    orderings = ("-held_on", "number", "id")
    search_fields = ("number", "title", "place")
    serializer_class = serializers.MeetingDetail
    list_serializer = serializers.MeetingRow
    history = trail("History of a meeting", MeetingEntry, "meeting", "verb", "note", "changes", "by", "at")

    def narrow(self, rows):
        rows = rows.select_related("project")
        if self.action == "list":
            return rows
        points = AgendaItem.objects.select_related("project", "unit").order_by("order", "pk")
        decisions = Decision.objects.select_related("unit", "item").order_by("order", "pk")
        return rows.prefetch_related(Prefetch("agenda", points), Prefetch("decisions", decisions))

    @creation("Plan a meeting", serializers.MeetingInput, verbs=HOLD)
    def create(self, **values):
        """With its number, its agenda as the rules find it, and its invitations; the invited are told."""
        if "chair_name" in values:
            values["chair"] = chair_of(self.request.user, values["chair_name"])
        return actions.plan(park=self.request.user.park, calendar=load_calendar(), **values, **edge(self, "on"))

    @operation("Change a meeting", serializers.DetailsInput, verbs=HOLD)
    def partial_update(self, meeting, version, reason="", **fields):
        """Another day, time, place, title or chair; who is invited is told of what concerns them."""
        if "chair_name" in fields:
            fields["chair"] = chair_of(self.request.user, fields["chair_name"])
        return actions.change(meeting, fields=fields, reason=reason, version=version, **edge(self, "on"))

    @operation("Cancel a meeting", ReasonInput, verbs=HOLD)
    def cancel(self, meeting, version, reason):
        """It does not take place; the invited are told."""
        return actions.cancel(meeting, reason=reason, version=version, **edge(self, "on"))

    @operation("Start a meeting", verbs=HOLD)
    def start(self, meeting, version):
        """It begins now; from here on decisions can be written."""
        return actions.start(meeting, version=version, **edge(self, "on"))

    @operation("Close a meeting", serializers.CloseInput, verbs=HOLD)
    def close(self, meeting, version, **values):
        """It is over: what nobody decided is carried over, the minutes stand, the invited are told."""
        return actions.close(meeting, version=version, **values, **edge(self, "on"))

    @operation("Bring the agenda up to date", verbs=HOLD, is_versioned=False)
    def rebuild(self, meeting):
        """Adds what has come up since; whatever is there stays as it is."""
        actions.rebuild(meeting, calendar=load_calendar(), **edge(self, "on"))

    @operation("Add a point", serializers.NewPointInput, verbs=HOLD, is_versioned=False, path="points")
    def add_point(self, meeting, **values):
        """A point by hand, at the end of the agenda."""
        actions.add_point(meeting, by=self.request.user, **values)

    @operation("Invite one more", serializers.SeatInput, verbs=HOLD, is_versioned=False)
    def invite(self, meeting, **values):
        """Who is invited is told when the meeting has not begun."""
        actions.invite(meeting, Seat(**values), **edge(self, "on"))


@extend_schema_view(list=extend_schema(summary="List points"), retrieve=extend_schema(summary="One point"))
class PointViewSet(ListMixin, RetrieveMixin, ScopedViewSet):
    """Points of the agendas of meetings one sees."""

    model = AgendaItem
    related = ("project", "unit", "meeting__park", "meeting__project", "item", "case")
    filterset_fields = ["meeting", "source", "state"]
    serializer_class = serializers.PointRow

    @operation("Write what was said", serializers.DiscussInput, verbs=HOLD)
    def discuss(self, point, version, text):
        """The discussion of a point while the meeting runs."""
        actions.discuss(point, text=text, by=self.request.user, version=version)

    @operation("Settle a point", serializers.SettleInput, verbs=HOLD)
    def settle(self, point, version, verb):
        """Takes it off, carries it over, notes it or brings it back."""
        actions.settle_point(point, verb, by=self.request.user, version=version)

    @operation("Move a point", serializers.ShiftInput, verbs=HOLD, is_versioned=False)
    def shift(self, point, up):
        """One place up or down; at the edge nothing happens."""
        actions.shift(point, up=up, by=self.request.user)

    @operation("Decide at a point", serializers.DecideInput, verbs=HOLD, is_versioned=False)
    def decide(self, point, standard="", **values):
        """With a unit and a day it is on the ledger at once, given to the unit."""
        elements = {"standard": standard} if standard else {}
        actions.decide(point, elements=elements, **values, **edge(self, "on"))

    @operation("Decide on the item of a point", serializers.RuleInput, verbs=HOLD, is_versioned=False)
    def rule(self, point, verb, item_version, **values):
        """Grants or refuses an extension, moves the item up, takes it up, gives it to another unit, or records the
        meeting as the special one that a case of level 1 wants."""
        words = {"reason": "", "unit": None, "due_on": None} if verb == "take_up" else {"reason": ""}
        when = {"calendar": load_calendar(), **edge(self, "on")}
        actions.rule(point, verb, values=words | values, item_version=item_version, **when)


@extend_schema_view(list=extend_schema(summary="List decisions"), retrieve=extend_schema(summary="One decision"))
class DecisionViewSet(ListMixin, RetrieveMixin, ScopedViewSet):
    """Decisions of meetings one sees, with the ledger items they became."""

    model = Decision
    related = ("unit", "item", "meeting__park", "agenda_item__item")
    filterset_fields = ["meeting", "unit"]
    orderings = ("due_on", "id")
    search_fields = ("text", "person_name")
    serializer_class = serializers.DecisionRow

    @operation("Correct a decision", serializers.CorrectInput, verbs=HOLD)
    def partial_update(self, decision, version, **values):
        """Puts right what was written wrongly while the meeting runs; its item follows. What is left out stays."""
        kept = {name: getattr(decision, name) for name in ("text", "unit", "person_name", "due_on")}
        actions.correct(decision, **(kept | values), version=version, **edge(self, "on"))

    @operation("Withdraw a decision", ReasonInput, verbs=HOLD)
    def withdraw(self, decision, version, reason):
        """It stays in the list, struck out; for its item closure is asked for."""
        actions.withdraw(decision, reason=reason, version=version, **edge(self, "on"))


@extend_schema_view(list=extend_schema(summary="List seats"), retrieve=extend_schema(summary="One seat"))
class SeatViewSet(ListMixin, RetrieveMixin, ScopedViewSet):
    """Who is invited to the meetings one sees."""

    model = Attendance
    related = ("organization", "meeting")
    filterset_fields = ["meeting", "organization", "state"]
    serializer_class = serializers.SeatRow

    @operation("Mark who came", serializers.MarkInput, verbs=HOLD, is_versioned=False)
    def mark(self, seat, state, note=None):
        """Present, by a substitute, excused or absent."""
        actions.mark(seat, state, note=note, by=self.request.user)

    @operation("Take somebody off the list", verbs=HOLD, is_versioned=False, shows=False)
    def destroy(self, seat):
        """Before the meeting begins."""
        actions.uninvite(seat, by=self.request.user, at=edge(self)["at"])


class MinutesTemplateInput(TemplateInput):
    """``kind``: the meetings it is for; empty for all kinds."""

    kind = ChoiceField(Meeting.Kind.choices, allow_blank=True, default="")


class MinutesTemplateRow(TemplateRow):
    """``kind``: the meetings it is for; empty for all kinds."""

    kind = CharField(read_only=True)

    class Meta(TemplateRow.Meta):
        model = MinutesTemplate
        fields = read_only_fields = [*TemplateRow.Meta.fields, "kind"]


@extend_schema_view(list=extend_schema(summary="List templates of minutes"))
class MinutesTemplateViewSet(Templates, ScopedViewSet):
    """The park's own .docx templates of minutes; the newest for a kind of meeting is in force, then the newest for all
    kinds, without one the default."""

    model = MinutesTemplate
    verb = Verb.HOLD_MEETING
    filterset_fields = ["kind"]
    serializer_class = MinutesTemplateRow
    input = MinutesTemplateInput

    @extend_schema(
        summary="Hand in a template of minutes",
        request={"multipart/form-data": MinutesTemplateInput},
        responses={201: MinutesTemplateRow},
    )
    def create(self, request):
        """In force from now on; it is filled with sample facts first."""
        return self.take_in(papers.upload_template)

    @operation("Withdraw a template of minutes", is_versioned=False)
    def withdraw(self, row):
        """The one before it, or the default, is in force again. Doing it twice does it once."""
        papers.withdraw_template(row, **edge(self))

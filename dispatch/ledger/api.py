"""The responsibility ledger over the API: parse, fetch what the user may see, call one action, answer."""

import django_filters
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts import clock
from accounts.api_base import ListMixin, RetrieveMixin, ScopedViewSet
from accounts.api_bulk import BULK_ANSWERS, BulkMixin, bulk_of
from accounts.api_ops import UNVERSIONED, edge, operation
from accounts.permissions import Verb
from approvals.api import projects_of, units_of
from dispatch.ledger import actions, queries, serializers
from dispatch.ledger.flow import PERMISSIONS, ItemVerb
from dispatch.ledger.models import LedgerComment, LedgerItem
from dispatch.ledger.offers import ACTIONS
from projects.filters import SearchFilter
from workdays.models import load_calendar

MOVE_VERBS = tuple(Verb(PERMISSIONS[verb]) for verb in serializers.ARGUMENTS)


class ItemFilter(django_filters.FilterSet):
    q = SearchFilter(label=_("Search"), method="search")
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=LedgerItem.State.choices)
    open = django_filters.BooleanFilter(label=_("open"), method="is_open")
    late = django_filters.BooleanFilter(label=_("late"), method="is_late")
    waiting = django_filters.BooleanFilter(label=_("waiting for me"), method="is_waiting")
    unit = django_filters.ModelChoiceFilter(label=_("Unit"), queryset=units_of)
    project = django_filters.ModelChoiceFilter(label=_("Project"), queryset=projects_of)

    class Meta:
        model = LedgerItem
        fields = ["q", "state", "open", "late", "waiting", "unit", "project", "kind", "category", "source"]

    def search(self, rows, name, value: str):
        return rows.search(value)

    def is_open(self, rows, name, value: bool):
        return rows.open() if value else rows.filter(state=LedgerItem.State.CLOSED)

    def is_late(self, rows, name, value: bool):
        return rows.late(clock.today()) if value else rows

    def is_waiting(self, rows, name, value: bool):
        return rows.waiting_for(self.request.user) if value else rows


@extend_schema_view(list=extend_schema(summary="List ledger items"), retrieve=extend_schema(summary="One ledger item"))
class LedgerItemViewSet(BulkMixin, ListMixin, RetrieveMixin, ScopedViewSet):
    """The responsibility ledger: tasks and problems with unit, person and deadline."""

    model = LedgerItem
    filterset_class = ItemFilter
    orderings = ("-raised_on", "due_on", "number", "id")
    search_fields = ("number", "title", "description", "person_name")
    serializer_class = serializers.ItemDetail
    list_serializer = serializers.ItemRow

    def narrow(self, rows):
        rows = rows.select_related("project", "unit")
        return rows if self.action == "list" else rows.prefetch_related("cooperating_units")

    @extend_schema(summary="Register an item", request=serializers.ItemInput, responses={201: serializers.ItemDetail})
    def create(self, request):
        """Puts an item on the ledger; with unit and deadline it is assigned at once."""
        self.permit(Verb.REGISTER_LEDGER_ITEM)
        values = self.read(serializers.ItemInput)
        if request.user.organization.kind == "leadership":
            values["source"] = LedgerItem.Source.INSTRUCTION
        item = actions.register(park=request.user.park, **values, **self._edge())
        return self.show(serializers.ItemDetail, item.pk, status=201)

    @extend_schema(summary="Change an item", request=serializers.ItemInput, responses=serializers.ItemDetail)
    def partial_update(self, request, pk):
        """Changes the fields given; unit and deadline of an assigned item change by a move."""
        item, version = self.to_change(Verb.REGISTER_LEDGER_ITEM)
        values = self.read(serializers.ItemInput, partial=True)
        units = values.pop("cooperating_units", None)
        actions.edit(item, fields=values, cooperating_units=units, version=version, **self._edge())
        return self.show(serializers.ItemDetail, item.pk)

    @extend_schema(summary="Move an item on", request=serializers.ItemMoveInput, responses=serializers.ItemDetail)
    @action(detail=True, methods=["post"])
    def move(self, request, pk):
        """Assigns, signs, reports, asks to close, closes, returns, reopens; asks for an extension, grants (extend) or
        refuses it; asks to move it up, moves it up (hang), leaves it (refuse_hang), takes it up with a decision."""
        item, version = self.to_change(*MOVE_VERBS)
        values = self.read(serializers.ItemMoveInput)
        verb = ItemVerb(values.pop("verb"))
        if not actions.may_do(item, verb, request.user):
            raise PermissionDenied
        extra = {"calendar": load_calendar()} if verb is ItemVerb.EXTEND else {}
        ACTIONS[verb](item, version=version, **values, **extra, **self._edge())
        return self.show(serializers.ItemDetail, item.pk)

    @extend_schema(summary="Assign many items", request=bulk_of(serializers.AssignItem), responses=BULK_ANSWERS)
    @action(detail=False, methods=["post"], url_path="bulk-assign", pagination_class=None, filter_backends=[])
    def bulk_assign(self, request):
        """Gives each item to a unit with a deadline: all or none, or each by itself."""
        return self.change_many(serializers.AssignItem, self._assign, Verb.REGISTER_LEDGER_ITEM)

    @extend_schema(summary="Comment on many items", request=bulk_of(serializers.CommentItem), responses=BULK_ANSWERS)
    @action(detail=False, methods=["post"], url_path="bulk-comment", pagination_class=None, filter_backends=[])
    def bulk_comment(self, request):
        """Writes a comment on each item; it does not change the item's version."""
        return self.change_many(serializers.CommentItem, self._comment, Verb.REGISTER_LEDGER_ITEM)

    def _assign(self, item, values, version):
        actions.assign(item, version=version, **values, **self._edge())

    def _comment(self, item, values, version):
        actions.comment(item, **values, **self._edge())

    @extend_schema(methods=["GET"], summary="Comments of an item", responses=serializers.CommentRow(many=True))
    @extend_schema(
        methods=["POST"],
        summary="Comment on an item",
        request=serializers.CommentInput,
        responses={201: serializers.CommentRow},
        extensions={UNVERSIONED: True},
    )
    @action(detail=True, methods=["get", "post"], pagination_class=None, filter_backends=[])
    def comments(self, request, pk):
        """All comments, oldest first; those taken back have no text. POST writes one and tells who is mentioned."""
        item = self.get_object()
        if request.method == "GET":
            return Response(serializers.CommentRow(queries.comments(item), many=True).data)
        values = self.read(serializers.CommentInput)
        row = actions.comment(item, **values, **self._edge())
        return Response(serializers.CommentRow(row).data, status=201)

    @extend_schema(summary="History of an item", responses=serializers.EntryRow(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filter_backends=[])
    def history(self, request, pk):
        """Every move and change, oldest first; the item's version is their number."""
        entries = self.get_object().history.select_related("by").order_by("pk")
        return Response(serializers.EntryRow(entries, many=True).data)

    def _edge(self):
        return {"by": self.request.user, "at": clock.now(), "on": clock.today()}


@extend_schema_view(list=extend_schema(summary="List comments"))
class CommentViewSet(ListMixin, ScopedViewSet):
    """Comments on ledger items one sees; those taken back have no text."""

    model = LedgerComment
    filterset_fields = ["item", "by"]
    orderings = ("-id",)
    serializer_class = serializers.CommentRow

    def narrow(self, rows):
        return rows.select_related("by").prefetch_related("mentions")

    @operation(
        "Take a comment back",
        allowed=lambda view, row: row.by_id == view.request.user.pk,
        is_versioned=False,
        path="take-back",
    )
    def take_back(self, comment):
        """By its author: the text goes, the row stays."""
        actions.take_back(comment, **edge(self))

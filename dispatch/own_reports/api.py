"""Own reports over the API: which there are, their rows, making and changing them."""

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import exceptions
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts import clock
from accounts.api_base import ListMixin, RetrieveMixin, ScopedViewSet
from accounts.api_ops import creation, edge, operation
from accounts.permissions import Verb
from dispatch.own_reports import actions, present, serializers
from dispatch.own_reports.actions import Wanted, raw_of
from dispatch.own_reports.columns import Env
from dispatch.own_reports.datasets import DATASETS
from dispatch.own_reports.models import SavedReport
from dispatch.own_reports.reading import Group, Reading

PAGE_SIZE = 200
MAKE = (Verb.MAKE_REPORT,)


def _is_owner(view, report) -> bool:
    return report.owner_id == view.request.user.pk


def _wanted(values: dict, before: dict) -> Wanted:
    """What somebody wants kept, over what was kept before."""
    found = before | values
    head = {name: found.pop(name) for name in ("name", "is_shared", "schedule") if name in found}
    return Wanted(raw=found, **head)


@extend_schema_view(
    list=extend_schema(summary="List own reports"), retrieve=extend_schema(summary="One own report")
)  # fmt: skip
class OwnReportViewSet(ListMixin, RetrieveMixin, ScopedViewSet):
    """Reports of one's own and those shared in one's unit. Their rows are those the reader may see."""

    area = "reports"
    model = SavedReport
    orderings = ("name", "id")
    serializer_class = serializers.SavedReportRow
    list_serializer = serializers.SavedReportRow

    def narrow(self, rows):
        if getattr(self, "swagger_fake_view", False):
            return rows
        return rows.filter(pk__in=SavedReport.objects.of(self.request.user).values("pk")).select_related("owner")

    @creation("Make an own report", serializers.ReportInput, verbs=MAKE)
    def create(self, **values):
        """A report of one's own; what does not fit its dataset is refused."""
        return actions.create(_wanted(values, {}), **edge(self))

    @operation("Change an own report", serializers.ReportChange, verbs=MAKE, allowed=_is_owner)
    def partial_update(self, report, version, **values):
        """By its owner."""
        before = raw_of(report) | {name: getattr(report, name) for name in ("name", "is_shared", "schedule")}
        actions.change(report, _wanted(values, before), version=version, **edge(self))

    @operation("Copy an own report", verbs=MAKE, is_versioned=False)
    def copy(self, report):
        """A report of one's own that says the same; neither shared nor sent."""
        return actions.copy(report, **edge(self))

    @operation("Delete an own report", allowed=_is_owner, shows=False)
    def destroy(self, report, version):
        """For good, by its owner."""
        actions.delete(report, by=self.request.user)

    @extend_schema(
        summary="Rows of an own report",
        parameters=[OpenApiParameter("page", int, description="from 1, with 200 rows each")],
        responses=serializers.ReportTable,
    )
    @action(detail=True, methods=["get"], pagination_class=None, filter_backends=[])
    def rows(self, request, pk=None):
        """The table as it stands today: a page of its rows, and groups and total of all of them."""
        report = self.get_object()
        if report.dataset not in DATASETS:
            raise exceptions.NotFound
        reading = Reading(raw_of(report), Env(request.user, clock.today()))
        pages = max(-(-reading.total.count // PAGE_SIZE), 1)
        number = request.query_params.get("page", "1")
        if not (number.isdecimal() and number.isascii() and 1 <= int(number[:9]) <= pages):
            raise exceptions.NotFound
        start = (int(number) - 1) * PAGE_SIZE
        return Response(_table(reading, reading.rows(start, start + PAGE_SIZE)) | {"page": int(number), "pages": pages})


def _table(reading: Reading, rows) -> dict:
    return {
        "as_of": reading.env.today.isoformat(),
        "columns": [{"name": c.name, "label": str(c.label), "type": c.kind.value} for c in reading.columns],
        "problems": [present.problem_words(problem, reading) for problem in reading.problems],
        "total": _group(reading, reading.total),
        "groups": [_group(reading, group) for group in reading.groups.values()],
        "results": [
            {"id": row.pk, "values": {c.name: present.plain(c, row.values[c.name]) for c in reading.columns}}
            for row in rows
        ],
    }


def _group(reading: Reading, group: Group) -> dict:
    keys = zip(reading.grouped, group.keys, strict=False)
    return {
        "keys": [present.plain(column, key) for column, key in keys],
        "count": group.count,
        "sums": {column.name: present.plain(column, group.sums[column.name]) for column in reading.summed},
    }

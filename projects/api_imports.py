"""Imports over the API: upload, read what it would do, decide, confirm, take back. Only through the pages' actions."""

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from accounts.api_base import ListMixin, RetrieveMixin, ScopedViewSet
from accounts.api_ops import edge, operation
from accounts.downloads import XLSX
from projects import serializers_imports as serializers
from projects.ledger import actions, annotate, deciding, tasks
from projects.ledger.registry import kinds_for
from projects.models import ImportBatch, ImportRow

PAGE = 200  # rows of a workbook in one answer
FILE = {(200, "*/*"): OpenApiResponse(OpenApiTypes.BINARY, description="The workbook")}


@extend_schema_view(list=extend_schema(summary="List imports"), retrieve=extend_schema(summary="One import"))
class ImportViewSet(ListMixin, RetrieveMixin, ScopedViewSet):
    """Workbooks handed in. Nothing is written before an import is confirmed; small files are read at once, others by a
    worker: read the import again until its state is no longer ``uploaded`` or ``confirmed``."""

    area = "imports"
    model = ImportBatch
    filterset_fields = ["kind", "state"]
    orderings = ("-id",)
    search_fields = ("file_name",)
    serializer_class = serializers.ImportSerializer

    def check_permissions(self, request):
        super().check_permissions(request)
        if not kinds_for(request.user):
            raise PermissionDenied

    def narrow(self, rows):
        mine = rows.filter(kind__in=kinds_for(self.request.user)) if self.request else rows
        return mine.select_related("park", "created_by", "confirmed_by", "undone_by", "follows")

    def get_parsers(self):
        is_upload = self.request is not None and self.request.method == "POST" and "pk" not in self.kwargs
        return [MultiPartParser()] if is_upload else super().get_parsers()

    @extend_schema(
        summary="Hand in a workbook",
        request={"multipart/form-data": serializers.UploadInput},
        responses={201: serializers.ImportSerializer},
    )
    def create(self, request):
        """One .xlsx or .csv (multipart/form-data). What it would do is in the import's ``summary`` and rows."""
        given = serializers.UploadInput(data=request.data, context=self.get_serializer_context())
        given.is_valid(raise_exception=True)
        values = {"report_year": None, "report_month": None} | given.validated_data
        if values["kind"] not in kinds_for(request.user):
            raise PermissionDenied
        batch = actions.upload(values.pop("file"), park=request.user.park, **values, **edge(self))
        tasks.go_on(batch)
        batch.refresh_from_db()
        return Response(serializers.ImportSerializer(batch, context=self.get_serializer_context()).data, status=201)

    @extend_schema(
        summary="Rows of an import",
        parameters=[
            OpenApiParameter("action", str, enum=list(ImportRow.Action.values), description="Only these rows."),
            OpenApiParameter("after", int, description="Key of the last row seen."),
        ],
        responses=serializers.ImportRowSerializer(many=True),
    )
    @action(detail=True, methods=["get"], pagination_class=None, filter_backends=[])
    def rows(self, request, pk):
        """What each row would do or did, in the order of keys; at most 200, then ask again with ``after``."""
        asked = serializers.RowsQuery(data={name: request.query_params[name] for name in ("action", "after")
                                            if name in request.query_params})  # fmt: skip
        asked.is_valid(raise_exception=True)
        found = self.get_object().rows.filter(pk__gt=asked.validated_data["after"]).order_by("pk")
        if chosen := asked.validated_data.get("action"):
            found = found.filter(action=chosen)
        return Response(serializers.ImportRowSerializer(found[:PAGE], many=True).data)

    @operation("Say what columns mean", serializers.ColumnsInput, is_versioned=False)
    def columns(self, batch, meanings):
        """Remembered for later files of the same sender. Read the file again to see what follows."""
        deciding.answer_columns(batch, meanings, **edge(self))

    @operation("Put a cell right", serializers.CellInput, is_versioned=False)
    def cells(self, batch, sheet, cell, text):
        """The file stays as it is; the text counts in its place the next time it is read."""
        deciding.correct_cell(batch, sheet, cell, text, by=self.request.user)

    @operation("Decide about a row", serializers.RowInput, is_versioned=False)
    def decide(self, batch, sheet, row, choice):
        """Which row it is, that it is a new one, or that it is left out."""
        deciding.decide_row(batch, sheet, row, choice, by=self.request.user)

    @operation("Decide about cells changed on both sides", serializers.ConflictsInput, is_versioned=False)
    def conflicts(self, batch, sheet, row, choices):
        """Per cell the file's value or the one that stands here."""
        deciding.decide_conflicts(batch, sheet, row, choices, by=self.request.user)

    @operation("Read the file again", is_versioned=False)
    def read_again(self, batch):
        """Against the register as it is now, with everything decided so far."""
        actions.read_again(batch, by=self.request.user)
        tasks.go_on(batch)

    @operation("Write an import", serializers.ConfirmInput, is_versioned=False)
    def confirm(self, batch, valid_rows_only):
        """All of it in one transaction, or nothing."""
        actions.confirm(batch, valid_rows_only=valid_rows_only, **edge(self))
        tasks.go_on(batch)

    @operation("Put an import aside", is_versioned=False)
    def discard(self, batch):
        """Nothing of it has been written."""
        actions.discard(batch, by=self.request.user)

    @operation("Take an import back", is_versioned=False)
    def undo(self, batch):
        """The whole of it, while nothing depends on it; otherwise 409 names what does."""
        actions.undo(batch, **edge(self))

    @extend_schema(summary="The workbook with its remarks", responses=FILE)
    @action(detail=True, methods=["get"], pagination_class=None, filter_backends=[])
    def annotated(self, request, pk):
        """The same workbook with coloured cells and comments; corrected, it can be handed in again."""
        return _file(annotate.annotated, self.get_object())

    @extend_schema(summary="The workbook as it was handed in", responses=FILE)
    @action(detail=True, methods=["get"], pagination_class=None, filter_backends=[])
    def file(self, request, pk):
        """Byte by byte."""
        return _file(lambda batch: batch.file.open("rb"), self.get_object())


def _file(opened, batch: ImportBatch) -> FileResponse:
    try:
        file = opened(batch)
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(file, as_attachment=True, filename=batch.file_name, content_type=XLSX)
    response["X-Content-Type-Options"] = "nosniff"
    return response

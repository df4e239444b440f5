"""Attached files over the API: parse, fetch what the user may see, call one action, answer."""

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from accounts.api_base import ListMixin, RetrieveMixin, ScopedViewSet
from accounts.api_ops import edge, operation
from approvals.papers import downloads
from dispatch.files import keeping, queries, serializers
from dispatch.files.models import Attachment
from dispatch.files.targets import TARGETS


def _may_remove(view, file) -> bool:
    return queries.may_remove(file, queries.thing_of(file), view.request.user)


@extend_schema_view(list=extend_schema(summary="List attached files"), retrieve=extend_schema(summary="One file"))
class AttachmentViewSet(ListMixin, RetrieveMixin, ScopedViewSet):
    """Files that hang on ledger items, visits, meetings, instructions and filings; who sees the thing sees them."""

    model = Attachment
    filterset_fields = [*TARGETS, "role"]
    orderings = ("-id",)
    search_fields = ("original_name", "note")
    serializer_class = serializers.AttachmentRow

    def narrow(self, rows):
        return rows.filter(removed_at=None).select_related("by", *queries.THINGS)

    def get_parsers(self):
        return (
            [MultiPartParser()] if self.request is not None and self.request.method == "POST" else super().get_parsers()
        )

    @extend_schema(
        summary="Attach a file",
        request={"multipart/form-data": serializers.AttachInput},
        responses={201: serializers.AttachmentRow},
    )
    def create(self, request):
        """One file (multipart/form-data) on a thing one works on; checked and scanned before anybody gets its bytes."""
        given = serializers.AttachInput(data=request.data, context=self.get_serializer_context())
        given.is_valid(raise_exception=True)
        values = given.validated_data
        rows = TARGETS[values["kind"]].model._default_manager.visible_to(request.user)
        thing = get_object_or_404(rows, pk=values["thing"])
        keeping.permit(thing, request.user)
        words = {"role": values["role"], "note": values["note"]}
        row = keeping.attach(thing, values["file"], **words, **edge(self))
        return Response(serializers.AttachmentRow(row, context=self.get_serializer_context()).data, status=201)

    @extend_schema(
        summary="Bytes of an attached file",
        responses={(200, "*/*"): OpenApiResponse(OpenApiTypes.BINARY, description="The file")},
    )
    @action(detail=True, methods=["get"], pagination_class=None, filter_backends=[])
    def download(self, request, pk):
        """The file as it was sent."""
        return downloads.respond(self.get_object(), inline=False)

    @operation("Take a file back", allowed=_may_remove, is_versioned=False, shows=False)
    def destroy(self, file):
        """The bytes go for good, that it was here stays; while the thing is open."""
        keeping.remove(file, **edge(self))

"""Files made in the background over the API. They belong to whoever asked for them."""

from django.http import FileResponse, Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework.decorators import action

from accounts import clock
from accounts.api_base import ListMixin, RetrieveMixin, ScopedViewSet
from accounts.api_ops import creation, edge, operation
from approvals.papers.downloads import POLICY
from dispatch.exports import making, serializers
from dispatch.exports.models import FileJob
from dispatch.exports.registry import permit


@extend_schema_view(list=extend_schema(summary="List my files"), retrieve=extend_schema(summary="One of my files"))
class FileJobViewSet(ListMixin, RetrieveMixin, ScopedViewSet):
    """Large files one has asked for."""

    model = FileJob
    filterset_fields = ["kind", "state"]
    orderings = ("-id",)
    serializer_class = serializers.FileJobRow

    def get_queryset(self):
        """A file belongs to whoever asked for it, whatever the person's role sees."""
        return FileJob.objects.of(self.request.user)

    @creation("Ask for a file", serializers.AskInput)
    def create(self, kind, params, title):
        """A new one, or the one asked for already in the same words; made in the background."""
        return making.ask(kind, params, title=title, **edge(self))

    @operation("The same file once more", is_versioned=False)
    def again(self, job):
        """With what is known today."""
        return making.again(job, **edge(self))

    @operation("Give a file up", is_versioned=False)
    def cancel(self, job):
        """A file that is not ready is no longer made."""
        making.cancel(job, **edge(self))

    @extend_schema(
        summary="Bytes of my file",
        responses={(200, "*/*"): OpenApiResponse(OpenApiTypes.BINARY, description="The file")},
    )
    @action(detail=True, methods=["get"], pagination_class=None, filter_backends=[])
    def download(self, request, pk):
        """The file, once it is ready; the right to it is asked again."""
        job = self.get_object()
        permit(job.kind, request.user, job.params)
        if job.state != FileJob.State.DONE or (job.expires_at and job.expires_at <= clock.now()):
            raise Http404
        try:
            bytes_of = job.file.open("rb")
        except OSError as error:
            raise Http404 from error
        kind = job.content_type or "application/octet-stream"
        response = FileResponse(bytes_of, as_attachment=True, filename=job.file_name, content_type=kind)
        response["Content-Security-Policy"], response["Cache-Control"] = POLICY, "private, no-store"
        return response

"""What the templates of bulletins and of minutes have in common over the API."""

from django.http import Http404
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from accounts.api_base import ListMixin, NamedRow, StrictSerializer, is_enterprise
from accounts.api_ops import edge
from accounts.permissions import Verb


class TemplateInput(StrictSerializer):
    """A .docx with placeholders; it is filled with sample facts before it is accepted."""

    file = serializers.FileField(max_length=200, allow_empty_file=True)


class TemplateRow(serializers.ModelSerializer):
    by = NamedRow(read_only=True, allow_null=True)

    class Meta:
        fields = read_only_fields = ["id", "original_name", "by", "at", "withdrawn_at"]


class Templates(ListMixin):
    """Lists what is not withdrawn, newest first. ``verb``: who works with templates; for enterprises they are not
    there."""

    verb: Verb
    orderings = ("-at", "id")
    input: type[TemplateInput] = TemplateInput

    def check_permissions(self, request):
        super().check_permissions(request)
        if is_enterprise(request.user):
            raise Http404
        self.permit(self.verb)

    def narrow(self, rows):
        return (rows.filter(withdrawn_at=None) if self.action == "list" else rows).select_related("by")

    def get_parsers(self):
        is_upload = self.request is not None and self.request.method == "POST" and "pk" not in self.kwargs
        return [MultiPartParser()] if is_upload else super().get_parsers()

    def take_in(self, upload) -> Response:
        """What the action ``upload`` makes of the file sent."""
        given = self.input(data=self.request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        row = upload(park=self.request.user.park, upload=values.pop("file"), **values, **edge(self))
        return Response(self.get_serializer(row).data, status=201)

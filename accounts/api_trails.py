"""What happened to a row, as a list below its address: ``history = trail("History of a step", Transition, …)``."""

from functools import cache
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.api_base import NamedRow, is_enterprise


@cache
def entry_row(model: type[models.Model], *names: str) -> type[serializers.ModelSerializer]:
    """The columns of an entry as they are kept; codes of choices stay codes, ``by`` is key and name."""
    coded = [field for name in names if (field := model._meta.get_field(name)).choices]
    plain: dict[str, Any] = {field.name: _code(field) for field in coded}
    if "by" in names:
        plain["by"] = NamedRow(read_only=True, allow_null=True)
    options = {"model": model, "fields": ("id", *names), "read_only_fields": ("id", *names)}
    about = {"__doc__": f"{model._meta.label}: one entry.", "__module__": __name__, "Meta": type("Meta", (), options)}
    return type(f"{model.__name__}Row", (serializers.ModelSerializer,), plain | about)


def _code(field: models.Field) -> serializers.Field:
    is_number = isinstance(field, models.IntegerField)
    return (serializers.IntegerField if is_number else serializers.CharField)(read_only=True)


def entries(rows: models.QuerySet, row_class: type[serializers.BaseSerializer]) -> Response:
    """All of them, oldest first, in one query."""
    rows = rows.order_by("pk")
    if "by" in row_class.Meta.fields:
        rows = rows.select_related("by")
    return Response(row_class(rows, many=True).data)


def trail(summary: str, model: type[models.Model], parent: str, *names: str):
    """A GET ``history/`` of a ScopedViewSet. ``parent``: the column of the entry that names the row."""
    row_class = entry_row(model, *names)

    @extend_schema(summary=summary, responses=row_class(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filter_backends=[])
    def history(self, request, pk):
        """Everything that happened to it, oldest first. Not for enterprises."""
        row = self.get_object()
        for_insiders(request.user)
        return entries(model._default_manager.visible_to(request.user).filter(**{parent: row}), row_class)

    return history


def for_insiders(user) -> None:
    """Raises PermissionDenied for people of enterprises and people without a role."""
    if user.role is None or is_enterprise(user):
        raise PermissionDenied(_("Your role does not allow this."))

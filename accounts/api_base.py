"""What every view of the API stands on: rows only through ``visible_to``, verbs checked, versions named."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import models
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from rest_framework import exceptions, serializers, viewsets
from rest_framework.generics import get_object_or_404
from rest_framework.parsers import JSONParser
from rest_framework.response import Response
from rest_framework.validators import ProhibitSurrogateCharactersValidator

from accounts.api_paging import KeysetPagination
from accounts.api_platform import Platform
from accounts.api_problems import entity_tag, required_version
from accounts.api_select import WordSearch, only_fields
from accounts.errors import Conflict
from accounts.permissions import Verb, may
from accounts.scoping import ScopedQuerySet

HALF_CHARACTER = ProhibitSurrogateCharactersValidator.message


def is_enterprise(user) -> bool:
    """Whether the person belongs to an enterprise and gets the short list of fields."""
    return bool(getattr(user, "role_id", None)) and user.role.scope == "enterprise"


class SafeJSONParser(JSONParser):
    """JSON, also when somebody nests it until the reader gives up, or names half a character that nobody can write."""

    def parse(self, stream, media_type=None, parser_context=None):
        try:
            data = super().parse(stream, media_type, parser_context)
            json.dumps(data, ensure_ascii=False).encode()
        except RecursionError:
            raise exceptions.ParseError(_("This JSON is nested too deeply.")) from None
        except UnicodeEncodeError as error:
            code = ord(error.object[error.start])
            raise exceptions.ParseError(HALF_CHARACTER.format(code_point=code)) from None
        return data


class ScopedRelatedField(serializers.PrimaryKeyRelatedField):
    """The key of another row, chosen among those the person may see. ``narrow``: QuerySet method to narrow them by."""

    def __init__(self, model: type[models.Model] | None = None, *, narrow: str = "", **options: Any):
        self.narrow = narrow
        if model is not None:
            options["queryset"] = _scoped(model).none()
        super().__init__(**options)

    def get_queryset(self):
        rows = self.queryset.model._default_manager.visible_to(self.context["request"].user)
        return getattr(rows, self.narrow)() if self.narrow else rows


class StrictSerializer(serializers.Serializer):
    """Input: a name it does not know is an error, never ignored."""

    def to_internal_value(self, data):
        if isinstance(data, Mapping):
            known = {name for name, field in self.fields.items() if not field.read_only}
            if unknown := set(map(str, data)) - known:
                text = _("This field is not known here or cannot be written.")
                raise serializers.ValidationError({name: [text] for name in sorted(unknown)})
        return super().to_internal_value(data)


class RoleFields:
    """Output of a model: people of an enterprise get the fields of ``Meta.enterprise_fields`` and no other."""

    def get_fields(self):
        fields = super().get_fields()
        request = self.context.get("request")
        if request is None or not is_enterprise(request.user):
            return fields
        allowed = getattr(self.Meta, "enterprise_fields", ())
        return {name: field for name, field in fields.items() if name in allowed}


class NamedRow(serializers.Serializer):
    """Another row as key and name; needs select_related."""

    id = serializers.IntegerField(source="pk", read_only=True)
    name = serializers.CharField(source="__str__", read_only=True)


class ChoiceLabel(serializers.CharField):
    """The words of a choice column in the reader's language."""

    def __init__(self, column: str, **options: Any):
        super().__init__(source=f"get_{column}_display", read_only=True, **options)


class ScopedViewSet(Platform, viewsets.GenericViewSet):
    """Base of every viewset: ``model`` has a ScopedQuerySet, and rows come from ``visible_to`` alone.

    ``related``: what is read together with a row; where that is not enough, ``narrow(rows)`` adds to the query. A
    subclass past that door does not load. ``orderings``: what a list may be ordered by; ``search_fields``: where
    ``?search=`` looks.
    """

    model: type[models.Model]
    related: tuple[str, ...] = ()
    parser_classes = [SafeJSONParser]
    pagination_class = KeysetPagination
    filter_backends = [filters.DjangoFilterBackend, WordSearch]
    orderings: tuple[str, ...] = ("id",)
    search_fields: tuple[str, ...] = ()

    def __init_subclass__(cls, **options: Any):
        super().__init_subclass__(**options)
        if cls.__dict__.get("queryset") is not None:
            raise ImproperlyConfigured(f"{cls.__name__} brings a queryset past visible_to")
        if "model" not in cls.__dict__ and not hasattr(cls, "model"):
            raise ImproperlyConfigured(f"{cls.__name__} names no model")
        _scoped(cls.model)

    def get_queryset(self):
        return self.narrow(_scoped(self.model).visible_to(self.request.user))

    def narrow(self, rows):
        return rows.select_related(*self.related) if self.related else rows

    def get_object(self):
        """The row of this key among those the person may see; list filters do not apply to it."""
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])

    def get_serializer_class(self):
        """The action's own ``serializer_class``; "<action>_serializer" attributes come first."""
        return getattr(self, f"{self.action}_serializer", None) or super().get_serializer_class()

    def to_change(self, *verbs: Verb, allowed: Callable[[Any], bool] | None = None):
        """(row, version named by the writer). Outside 404; without any of the verbs, or not ``allowed`` on this row,
        403; without a version 428, with an old one 412. Actions check the version again as they write."""
        row = self.get_object()
        self.permit(*verbs)
        if allowed is not None and not allowed(row):
            raise PermissionDenied(_("Your role does not allow this."))
        version = required_version(self.request)
        if version != row.version:
            raise Conflict(_("Somebody else has changed this in the meantime. Please look at it again."))
        return row, version

    def permit(self, *verbs: Verb) -> None:
        """Raises PermissionDenied unless the role holds one of the verbs; no verb asks for nothing."""
        if verbs and not any(may(self.request.user, verb) for verb in verbs):
            raise PermissionDenied(_("Your role does not allow this."))

    def read(self, serializer_class, **options: Any) -> dict[str, Any]:
        """The body, checked. Raises UnsupportedMediaType for what is not JSON, ValidationError."""
        if self.request.headers.get("Content-Length", "0") != "0" and "json" not in self.request.content_type:
            raise exceptions.UnsupportedMediaType(self.request.content_type)
        serializer = serializer_class(data=self.request.data, context=self.get_serializer_context(), **options)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def show(self, serializer_class, pk: int, *, status: int = 200) -> Response:
        """The row as it is now, through the same door as every read, with its version."""
        row = self.narrow(_scoped(self.model).visible_to(self.request.user)).filter(pk=pk).first()
        if row is None:
            return Response(status=204)
        return versioned(serializer_class(row, context=self.get_serializer_context()), status=status)


def versioned(serializer, *, status: int = 200) -> Response:
    """The serialized row with its version as ETag."""
    return Response(serializer.data, status=status, headers={"ETag": entity_tag(serializer.instance.version)})


class ListMixin:
    """GET of the list, filtered, ordered and paged."""

    def list(self, request, *args, **kwargs):
        """One page of the rows you may see."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        serializer = self.get_serializer(page, many=True)
        only_fields(serializer, request.query_params.get("fields"))
        return self.get_paginated_response(serializer.data)


class RetrieveMixin:
    """GET of one row, with its version as ETag when it has one."""

    def retrieve(self, request, *args, **kwargs):
        """One row."""
        serializer = self.get_serializer(self.get_object())
        only_fields(serializer, request.query_params.get("fields"))
        return versioned(serializer) if hasattr(serializer.instance, "version") else Response(serializer.data)


def _scoped(model: type[models.Model]) -> models.Manager:
    manager = model._default_manager
    if not isinstance(manager.none(), ScopedQuerySet):
        raise ImproperlyConfigured(f"{model.__name__} has no visible_to")
    return manager

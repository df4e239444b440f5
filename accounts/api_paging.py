"""Keyset pagination: a page costs the same wherever it lies, and rows that come and go never shift it."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError as BadValue
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.pagination import BasePagination
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

LONGEST_CURSOR = 1000


@dataclass(frozen=True)
class Order:
    """One column of the model, then the key; empty values stand at the end of the whole list."""

    name: str
    column: str
    descending: bool
    nullable: bool

    def by(self, *, backwards: bool) -> list[Any]:
        descending = self.descending != backwards
        key = F("pk").desc() if descending else F("pk").asc()
        if self.column == "pk":
            return [key]
        options = {"nulls_first" if backwards else "nulls_last": True} if self.nullable else {}
        column = F(self.column)
        return [column.desc(**options) if descending else column.asc(**options), key]

    def beyond(self, value: Any, pk: int, *, backwards: bool) -> Q:
        """Rows that come after (backwards: before) the row with this value and key."""
        side = "lt" if self.descending != backwards else "gt"
        later_key = Q(**{f"pk__{side}": pk})
        if self.column == "pk":
            return later_key
        if value is None:
            among_empty = Q(**{f"{self.column}__isnull": True}) & later_key
            return among_empty | Q(**{f"{self.column}__isnull": False}) if backwards else among_empty
        later = Q(**{f"{self.column}__{side}": value}) | (Q(**{self.column: value}) & later_key)
        if self.nullable and not backwards:
            later |= Q(**{f"{self.column}__isnull": True})
        return later


@dataclass(frozen=True)
class Place:
    """A place between two rows: the row beside it and the direction to read from there."""

    order: str
    value: Any
    pk: int
    backwards: bool

    def encode(self) -> str:
        text = json.dumps([self.order, self.value, self.pk, self.backwards], default=_exact)
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


class KeysetPagination(BasePagination):
    """``cursor``, ``page_size`` (50, at most 200) and ``ordering``, one name of the view's ``orderings``.

    A view without ``orderings`` lists by key. The last page has no next one; ``results`` holds the rows.
    """

    page_size, largest = 50, 200

    def paginate_queryset(self, queryset: QuerySet, request, view=None) -> list:
        self.request = request
        self.size = self._size()
        self.order = self._order(queryset.model, view)
        self.place = self._place(queryset.model)
        backwards = bool(self.place and self.place.backwards)
        if self.place:
            queryset = queryset.filter(self.order.beyond(self.place.value, self.place.pk, backwards=backwards))
        found = list(queryset.order_by(*self.order.by(backwards=backwards))[: self.size + 1])
        more, self.rows = len(found) > self.size, found[: self.size]
        if backwards:
            self.rows.reverse()
        self.has_next = more if not backwards else True
        self.has_previous = more if backwards else self.place is not None
        return self.rows

    def get_paginated_response(self, data) -> Response:
        return Response({"next": self._link(False), "previous": self._link(True), "results": data})

    def _link(self, backwards: bool) -> str | None:
        if not self.rows or not (self.has_previous if backwards else self.has_next):
            return None
        row = self.rows[0 if backwards else -1]
        value = None if self.order.column == "pk" else getattr(row, self.order.column)
        cursor = Place(self.order.name, value, row.pk, backwards).encode()
        return replace_query_param(remove_query_param(self.request.build_absolute_uri(), "cursor"), "cursor", cursor)

    def _size(self) -> int:
        given = self.request.query_params.get("page_size", str(self.page_size))
        if not (given.isascii() and given.isdigit() and len(given) < 6 and 1 <= int(given) <= self.largest):
            text = _("A page has 1 to %(most)d rows.") % {"most": self.largest}
            raise serializers.ValidationError({"page_size": [text]})
        return int(given)

    def _order(self, model, view) -> Order:
        names = orderings_of(view)
        name = self.request.query_params.get("ordering") or next(iter(names))
        if name.removeprefix("-") not in {known.removeprefix("-") for known in names}:
            text = _("Ordering is possible by: %(names)s.") % {"names": ", ".join(n.removeprefix("-") for n in names)}
            raise serializers.ValidationError({"ordering": [text]})
        column = name.removeprefix("-")
        field = model._meta.pk if column in ("id", "pk") else model._meta.get_field(column)
        return Order(name, "pk" if field.primary_key else column, name.startswith("-"), field.null)

    def _place(self, model) -> Place | None:
        text = self.request.query_params.get("cursor", "")
        if not text:
            return None
        try:
            place = self._read(model, text)
        except (ValueError, TypeError, BadValue, binascii.Error, RecursionError):
            place = None
        if place is None or place.order != self.order.name:
            raise serializers.ValidationError({"cursor": [_("This page address is not valid. Start from the first.")]})
        return place

    def _read(self, model, text: str) -> Place | None:
        if len(text) > LONGEST_CURSOR:
            return None
        order, value, pk, backwards = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not isinstance(pk, int) or isinstance(pk, bool) or not 0 <= pk < 2**63:
            return None
        if self.order.column == "pk":
            return Place(order, None, pk, bool(backwards))
        if value is None and not self.order.nullable:
            return None
        field = model._meta.get_field(self.order.column)
        value = None if value is None else field.to_python(value)
        if isinstance(value, str) and "\0" in value:
            return None
        return Place(order, value, pk, bool(backwards))

    def get_paginated_response_schema(self, schema: dict) -> dict:
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view) -> list[dict]:
        names = [n.removeprefix("-") for n in orderings_of(view)]
        known = list(dict.fromkeys([*names, *(f"-{name}" for name in names)]))
        return [
            _parameter("cursor", {"type": "string"}, gettext_lazy("Place in the list, as given by next and previous.")),
            _parameter(
                "page_size",
                {"type": "integer", "minimum": 1, "maximum": self.largest, "default": self.page_size},
                gettext_lazy("Rows on a page."),
            ),
            _parameter("ordering", {"type": "string", "enum": known}, gettext_lazy("Order; - is descending.")),
        ]


def _exact(value: Any) -> str:
    """Moments to the microsecond, numbers to the last digit: a place must not be rounded."""
    return value.isoformat() if isinstance(value, date) else str(value)


def orderings_of(view) -> tuple[str, ...]:
    """Names a list may be ordered by, the default first."""
    return getattr(view, "orderings", None) or ("id",)


def _parameter(name: str, schema: dict, text) -> dict:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": str(text)}

"""The same change on many rows in one request.

A viewset offers it by one action with ``BulkMixin``::

    class Assign(BulkItem):
        unit = ScopedRelatedField(Organization, narrow="units")

    @extend_schema(summary="Assign many", request=bulk_of(Assign), responses=BULK_ANSWERS)
    @action(detail=False, methods=["post"], url_path="bulk-assign")
    def bulk_assign(self, request):
        return self.change_many(Assign, self._assign_one, Verb.REGISTER_LEDGER_ITEM)

``_assign_one(row, values, version)`` calls one action and may raise what every view may raise.
"""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers
from rest_framework.response import Response

from accounts.api_base import StrictSerializer
from accounts.api_problems import problem
from accounts.errors import Conflict
from accounts.permissions import Verb

MOST_ITEMS = 200
LARGEST_KEY = 2**63 - 1


class BulkItem(StrictSerializer):
    """One row and the version of it that was seen; a subclass adds what is to change."""

    id = serializers.IntegerField(min_value=1, max_value=LARGEST_KEY)
    version = serializers.IntegerField(min_value=0, max_value=2**31 - 1)


class BulkResult(serializers.Serializer):
    """What became of one item."""

    id = serializers.IntegerField()
    status = serializers.IntegerField(help_text="As if the item had been sent alone: 200, 400, 403, 404, 409, 412.")
    version = serializers.IntegerField(allow_null=True, help_text="The version now, when it was changed.")
    problem = serializers.DictField(allow_null=True, help_text="The problem, when it was not.")


class BulkAnswer(serializers.Serializer):
    """One result for each item, in the order sent."""

    results = BulkResult(many=True)


BULK_ANSWERS = {
    200: OpenApiResponse(BulkAnswer, "Every item was changed"),
    207: OpenApiResponse(BulkAnswer, 'mode "each": some items were changed, others not'),
}


def bulk_of(item_class: type[BulkItem]) -> type[StrictSerializer]:
    """The body of a bulk request: ``mode`` "all" (all or nothing, the default) or "each", and 1–200 ``items``."""
    fields = {
        "__doc__": f"Up to {MOST_ITEMS} items; each row at most once.",
        "__module__": item_class.__module__,
        "mode": serializers.ChoiceField(["all", "each"], default="all"),
        "items": item_class(many=True, min_length=1, max_length=MOST_ITEMS),
        "validate_items": _every_row_once,
    }
    return type(f"Bulk{item_class.__name__}", (StrictSerializer,), fields)


def _every_row_once(self, items):
    keys = [item["id"] for item in items]
    if len(set(keys)) != len(keys):
        raise serializers.ValidationError(_("A row may stand in the list only once."))
    return items


class BulkMixin:
    """``change_many`` for viewsets on ScopedViewSet whose model has a version."""

    def change_many(
        self,
        item_class: type[BulkItem],
        change: Callable[[Any, dict[str, Any], int], Any],
        *verbs: Verb,
        allowed: Callable[[Any], bool] | None = None,
    ) -> Response:
        """Calls ``change(row, values, version)`` for each item, each in its own transaction ("each") or all in one."""
        self.permit(*verbs)
        body = self.read(bulk_of(item_class))
        if body["mode"] == "each":
            results = [self._one(item, change, allowed) for item in body["items"]]
            return Response({"results": results}, status=207 if _failed(results) else 200)
        with transaction.atomic():
            results = [self._one(item, change, allowed) for item in body["items"]]
            if _failed(results):
                transaction.set_rollback(True)
        if _failed(results):
            told = _("Some of the rows cannot be changed. Nothing has been changed.")
            return problem(409, told, kind="bulk-refused", results=[one | {"version": None} for one in results])
        return Response({"results": results})

    def _one(self, item: dict[str, Any], change, allowed) -> dict[str, Any]:
        values = dict(item)
        key, version = values.pop("id"), values.pop("version")
        try:
            with transaction.atomic():
                row = self.get_queryset().filter(pk=key).first()
                if row is None:
                    raise Http404
                if allowed is not None and not allowed(row):
                    raise PermissionDenied
                if row.version != version:
                    raise Conflict(_("Somebody else has changed this in the meantime. Please look at it again."))
                change(row, values, version)
        except Conflict as error:
            return _not(key, problem(412, str(error), kind="conflict"))
        except Exception as error:
            answer = self.get_exception_handler()(error, self.get_exception_handler_context())
            if answer is None:
                raise
            return _not(key, answer)
        now = self.model._default_manager.filter(pk=key).values_list("version", flat=True).first()
        return {"id": key, "status": 200, "version": now, "problem": None}


def _not(key: int, answer: Response) -> dict[str, Any]:
    return {"id": key, "status": answer.status_code, "version": None, "problem": answer.data}


def _failed(results: list[dict[str, Any]]) -> bool:
    return any(result["problem"] for result in results)

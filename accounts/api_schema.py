"""The description of an operation: how to sign in, its scope, and the parameters that the platform reads."""

from typing import Any

from django.core.exceptions import FieldDoesNotExist
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers

from accounts.api_deprecation import Deprecation
from accounts.api_scopes import EVERY_TOKEN, SAFE_METHODS, needed
from accounts.api_select import FIELDS

IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    "description": "A new random text for every write: sent again with the same, the write has its effect once.",
    "example": "8e03978e-40d5-43dd-bc93-6894a57f9324",
}
SELECTING = ("list", "retrieve")


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.api_auth.BearerAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "pn_…",
            "description": "A personal token from the page “API tokens”. Each operation names its scope in x-scope.",
        }


class PlatformSchema(AutoSchema):
    """AutoSchema that knows accounts.api_platform."""

    def get_operation(self, path, path_regex, path_prefix, method, registry):
        operation = super().get_operation(path, path_regex, path_prefix, method, registry)
        if operation is None:
            return None
        self._add_parameters(operation, method.upper())
        area = getattr(self.view, "scope_area", str)()
        if area and area != EVERY_TOKEN:
            scope = needed(area, method)
            operation["x-scope"] = scope
            operation["description"] = f"{operation.get('description', '')}\n\nScope of a token: `{scope}`.".strip()
        return operation

    def _map_serializer_field(self, field, direction, bypass_extensions=False):
        if isinstance(field, serializers.ChoiceField) and field.read_only:
            _let_it_be_empty(field)
        return super()._map_serializer_field(field, direction, bypass_extensions)

    def is_deprecated(self) -> bool:
        return self._deprecation() is not None or super().is_deprecated()

    def _deprecation(self) -> Deprecation | None:
        name = getattr(self.view, "action", None) or self.method.lower()
        return getattr(getattr(self.view, name, None), "deprecation", None) or getattr(self.view, "deprecation", None)

    def _add_parameters(self, operation: dict[str, Any], method: str) -> None:
        more = []
        if method not in SAFE_METHODS:
            more.append(IDEMPOTENCY_KEY)
        elif getattr(self.view, "action", None) in SELECTING and hasattr(self.view, "search_fields"):
            more.append(FIELDS)
        known = operation.setdefault("parameters", [])
        known += [one for one in more if one["name"] not in {each["name"] for each in known}]
        if not known:
            del operation["parameters"]


def _let_it_be_empty(field: serializers.ChoiceField) -> None:
    """The framework forgets of a column that is only shown that it may be empty."""
    model = getattr(getattr(field.parent, "Meta", None), "model", None)
    try:
        column = model._meta.get_field(field.source) if model else None
    except FieldDoesNotExist:
        return
    if column is not None:
        field.allow_blank = field.allow_blank or bool(column.blank and not column.null)
        field.allow_null = field.allow_null or column.null

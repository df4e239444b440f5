"""Errors of the API as problem details (RFC 9457), and the version a writer has to name (RFC 9110 If-Match)."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from math import ceil
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from accounts.errors import Conflict, Refused

CONTENT_TYPE = "application/problem+json"
URN = "urn:project-navigator:problem:"
ENTITY_TAG = re.compile(r'(?:W/)?"(\d{1,9})"')
TITLES = {
    400: gettext_lazy("Bad request"),
    401: gettext_lazy("Not signed in"),
    403: gettext_lazy("Not allowed"),
    404: gettext_lazy("Not found"),
    405: gettext_lazy("Method not possible here"),
    406: gettext_lazy("No such representation"),
    409: gettext_lazy("Not possible now"),
    412: gettext_lazy("Changed in the meantime"),
    415: gettext_lazy("Media type not supported"),
    422: gettext_lazy("Cannot be repeated"),
    428: gettext_lazy("Version required"),
    429: gettext_lazy("Too many requests"),
}
KINDS = {401: "not-signed-in", 429: "too-many-requests"}


class VersionRequired(exceptions.APIException):
    """A write without If-Match."""

    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    kind = default_code = "version-required"
    default_detail = gettext_lazy('Send the version you have seen: If-Match: "3", from ETag or from the field version.')


def entity_tag(version: int) -> str:
    return f'"{version}"'


def required_version(request) -> int:
    """The version named by If-Match. Raises VersionRequired when there is none, or not a single one."""
    found = ENTITY_TAG.fullmatch(request.headers.get("If-Match", "").strip())
    if not found:
        raise VersionRequired
    return int(found[1])


def problem(code: int, detail: str, *, kind: str = "", **more: Any) -> Response:
    """An answer with one problem; ``kind`` names it for programs, ``more`` are extension members."""
    body = {
        "type": f"{URN}{kind}" if kind else "about:blank",
        "title": str(TITLES.get(code) or HTTPStatus(code).phrase),
        "status": code,
        "detail": detail,
    }
    return Response(body | more, status=code, content_type=CONTENT_TYPE)


def respond(exc: Exception, context: Mapping[str, Any], more: Mapping[str, Any]) -> Response | None:
    """The answer to an exception of a view; None for what nobody expected (500).

    ``more``: what the exception says beyond its sentence; its ``errors`` make a Refused one a 400.
    """
    set_rollback()
    match exc:
        case Conflict():
            named = "If-Match" in context["request"].headers
            return problem(412 if named else 409, str(exc), kind="conflict", **more)
        case Refused():
            if "errors" in more:
                return invalid(more["errors"])
            return problem(409, str(exc), kind=more.get("kind", "refused"), **_without(more, "kind"))
        case exceptions.ValidationError():
            return invalid(_by_field(exc.detail))
        case exceptions.APIException():
            return _from_framework(exc)
        case Http404():
            return problem(404, _("There is nothing here that you may see."))
        case PermissionDenied():
            return problem(403, str(exc) or _("Your role does not allow this."))
    return None


def invalid(errors: Mapping[str, Any]) -> Response:
    """400 with every problem by field; "" holds what concerns no single field."""
    return problem(400, _("Some values cannot be accepted. Nothing has been changed."), kind="invalid", errors=errors)


def _from_framework(exc: exceptions.APIException) -> Response:
    """``kind``, ``members`` and ``headers`` of our own exceptions go into the answer."""
    if isinstance(exc, exceptions.NotFound):
        return problem(404, _("There is nothing here that you may see."))
    kind = getattr(exc, "kind", "") or KINDS.get(exc.status_code, "")
    response = problem(exc.status_code, str(exc.detail), kind=kind, **getattr(exc, "members", {}))
    for name, value in getattr(exc, "headers", {}).items():
        response[name] = value
    if name := getattr(exc, "auth_header", None):
        response["WWW-Authenticate"] = f'{name}, error="invalid_token"' if kind == "token-refused" else name
    if wait := getattr(exc, "wait", None):
        response["Retry-After"] = str(ceil(wait))
    return response


def _by_field(detail: Any) -> dict[str, Any]:
    if isinstance(detail, Mapping):
        return {"" if name == "non_field_errors" else name: value for name, value in detail.items()}
    return {"": detail if isinstance(detail, list) else [detail]}


def _without(more: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in more.items() if key != name}

"""Operations of the API that are one act: who may, what is read, which action is called, the row as it is then.

``operation`` is for an act on a row, ``creation`` for one that makes a row. The method decorated only calls the action;
its docstring is the description of the operation.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from accounts import clock
from accounts.api_base import SafeJSONParser, StrictSerializer, is_enterprise, versioned
from accounts.api_platform import ApiView
from accounts.permissions import Verb, may

UNVERSIONED = "x-without-version"
CREATES = "x-creates"
ROUTED = ("create", "partial_update", "destroy")


class Nothing(StrictSerializer):
    """A body that says nothing."""


class ReasonInput(StrictSerializer):
    """Why."""

    reason = serializers.CharField(max_length=2000)


def edge(view: Any, *days: str) -> dict[str, Any]:
    """``by`` and ``at`` of an action, and today under each of these names (on, today)."""
    return {"by": view.request.user, "at": clock.now()} | dict.fromkeys(days, clock.today())


def operation(
    summary: str,
    body: type[serializers.BaseSerializer] | None = None,
    *,
    verbs: tuple[Verb, ...] = (),
    allowed: Callable[[Any, Any], bool] | None = None,
    path: str = "",
    name: str = "",
    is_versioned: bool = True,
    shows: bool = True,
) -> Callable:
    """An act on one row: ``work(self, row, version, **values)``; without a version ``work(self, row, **values)``.

    ``verbs``: one of them is needed. ``allowed`` (view, row): 403 otherwise. ``shows``: answers with the row the work
    returns, or the one acted on; else 204. As ``partial_update`` only what was sent is read, as ``destroy`` nothing.
    """

    def decorate(work: Callable) -> Callable:
        @wraps(work)
        def view(self, request, *args, **kwargs):
            may = None if allowed is None else lambda row: allowed(self, row)
            if is_versioned:
                row, *seen = self.to_change(*verbs, allowed=may)
            else:
                row, seen = to_act(self, *verbs, allowed=may), []
            made = work(self, row, *seen, **self.read(body or Nothing, partial=work.__name__ == "partial_update"))
            if not shows:
                return Response(status=204)
            return _answer(self, made if isinstance(made, self.model) else row)

        options: dict[str, Any] = {} if shows else {"responses": {204: OpenApiResponse(description="Done")}}
        if not is_versioned:
            options["extensions"] = {UNVERSIONED: True}
        return _described(view, work, True, path, name, summary=summary, request=body, **options)

    return decorate


def result_of(
    summary: str,
    body: type[serializers.BaseSerializer] | None = None,
    *,
    answer: type[serializers.BaseSerializer],
    verbs: tuple[Verb, ...] = (),
    allowed: Callable[[Any, Any], bool] | None = None,
    path: str = "",
    name: str = "",
    is_versioned: bool = False,
) -> Callable:
    """An act on one row whose answer is another thing: ``work(self, row, **values)`` returns what ``answer`` shows."""

    def decorate(work: Callable) -> Callable:
        @wraps(work)
        def view(self, request, *args, **kwargs):
            may = None if allowed is None else lambda row: allowed(self, row)
            target = self.to_change(*verbs, allowed=may) if is_versioned else [to_act(self, *verbs, allowed=may)]
            made = work(self, *target, **self.read(body or Nothing))
            return Response(answer(made, context=self.get_serializer_context()).data)

        options: dict[str, Any] = {} if is_versioned else {"extensions": {UNVERSIONED: True}}
        return _described(view, work, True, path, name, summary=summary, request=body, responses=answer, **options)

    return decorate


def creation(
    summary: str,
    body: type[serializers.BaseSerializer] | None = None,
    *,
    verbs: tuple[Verb, ...] = (),
    allowed: Callable[[Any], bool] | None = None,
    path: str = "",
    name: str = "",
    answer: type[serializers.BaseSerializer] | None = None,
) -> Callable:
    """An act that makes a row: ``work(self, **values)`` returns it; 201 with the row. ``allowed`` (view): 403."""

    def decorate(work: Callable) -> Callable:
        @wraps(work)
        def view(self, request, *args, **kwargs):
            self.permit(*verbs)
            if allowed is not None and not allowed(self):
                raise PermissionDenied(_("Your role does not allow this."))
            made = work(self, **self.read(body or Nothing))
            if answer is not None:
                return Response(answer(made, context=self.get_serializer_context()).data, status=201)
            return _answer(self, made, status=201)

        options = {"responses": {201: answer}} if answer else {"extensions": {CREATES: True}}
        return _described(view, work, False, path, name, summary=summary, request=body, **options)

    return decorate


def _described(view, work, detail, path, name, **options):
    """The method with its description, and with its address unless the router knows it."""
    if work.__name__ not in ROUTED:
        word = path or work.__name__.replace("_", "-")
        route = {"detail": detail, "methods": ["post"], "url_path": word, "url_name": name or word}
        view = action(**route, pagination_class=None, filter_backends=[])(view)
    return extend_schema(**options)(view)


def _answer(view: Any, row: Any, *, status: int = 200) -> Response:
    """The row as it is now through the door of every read; 204 when it is gone from there."""
    shown = view.get_queryset().filter(pk=row.pk).first()
    if shown is None:
        return Response(status=204)
    serializer = view.get_serializer_class()(shown, context=view.get_serializer_context())
    return versioned(serializer, status=status) if hasattr(shown, "version") else Response(serializer.data, status)


def to_act(view: Any, *verbs: Verb, allowed: Callable[[Any], bool] | None = None) -> Any:
    """The row, for an act that no version guards: outside 404, not allowed 403."""
    row = view.get_object()
    view.permit(*verbs)
    if allowed is not None and not allowed(row):
        raise PermissionDenied(_("Your role does not allow this."))
    return row


def filled(form_class: type, data: Mapping[str, Any], **options: Any) -> Any:
    """A page's form filled with a body, so that both ways say the same of it. Raises ValidationError."""
    form = form_class(dict(data), **options)
    if not form.is_valid():
        errors = {("" if name == "__all__" else name): list(map(str, found)) for name, found in form.errors.items()}
        raise exceptions.ValidationError(errors)
    return form


class ActView(ApiView):
    """Base of views of what is one for the whole park, and of acts that are on no row.

    ``verbs``: one of them is needed, also for reading. Enterprises and people without a role are refused unless
    ``for_everybody``.
    """

    permission_classes = [IsAuthenticated]
    parser_classes = [SafeJSONParser]
    verbs: tuple[Verb, ...] = ()
    for_everybody = False

    def check_permissions(self, request):
        super().check_permissions(request)
        user = request.user
        if not self.for_everybody and (user.role is None or is_enterprise(user) or user.organization_id is None):
            raise PermissionDenied(_("Your role does not allow this."))
        self.permit(*self.verbs)

    def permit(self, *verbs: Verb) -> None:
        """Raises PermissionDenied unless the role holds one of the verbs; no verb asks for nothing."""
        if verbs and not any(may(self.request.user, verb) for verb in verbs):
            raise PermissionDenied(_("Your role does not allow this."))

    def read(self, serializer_class: type[serializers.BaseSerializer], **options: Any) -> dict[str, Any]:
        """The body, checked. Raises UnsupportedMediaType, ValidationError."""
        if self.request.headers.get("Content-Length", "0") != "0" and "json" not in self.request.content_type:
            raise exceptions.UnsupportedMediaType(self.request.content_type)
        given = serializer_class(data=self.request.data, context={"request": self.request}, **options)
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)

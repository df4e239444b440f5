"""Guards around every request: no NUL bytes, nobody without an account, refusals explained."""

import json
from urllib.parse import urlsplit

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused

OPEN_NAMES = {"set_language", "healthz"}
FORM_TYPES = {"application/x-www-form-urlencoded", "multipart/form-data"}


class RefuseNulBytes:
    """Answers 400 to a NUL character in path, query, form fields, file names or JSON: no database stores it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return self._refuse(request)
        return self.get_response(request)

    def process_view(self, request, view_func, view_args, view_kwargs):
        if request.method in {"GET", "HEAD", "OPTIONS"}:
            return None
        try:
            found = _nul_in_form(request) if request.content_type in FORM_TYPES else _nul_in_json(request)
        except UnreadablePostError:
            return None
        return self._refuse(request) if found else None

    def _refuse(self, request):
        with translation.override(translation.get_language_from_request(request)):
            reason = _("The text contains a NUL character, which cannot be stored.")
            if request.path.startswith("/api/"):
                body = {"type": "about:blank", "title": _("Bad request"), "status": 400, "detail": reason}
                return JsonResponse(body, status=400, content_type="application/problem+json")
            return HttpResponse(render_to_string("400.html", {"reason": reason}), status=400)


def _nul_in_form(request) -> bool:
    if request.method != "POST":
        return False
    names = [upload.name or "" for _key, uploads in request.FILES.lists() for upload in uploads]
    fields = [text for key, values in request.POST.lists() for text in (key, *values)]
    return any("\0" in text for text in (*names, *fields))


def _nul_in_json(request) -> bool:
    if "json" not in request.content_type:
        return False
    body = request.body
    if b"\0" in body:
        return True
    if b"\\u0000" not in body:
        return False
    try:
        return _holds_nul(json.loads(body))
    except (ValueError, RecursionError):
        return False


def _holds_nul(value) -> bool:
    match value:
        case str():
            return "\0" in value
        case dict():
            return any(_holds_nul(part) for pair in value.items() for part in pair)
        case list():
            return any(map(_holds_nul, value))
    return False


class SignInRequired(LoginRequiredMiddleware):
    """Every page needs an account unless it says otherwise (``login_not_required``) or its name is in OPEN_NAMES.

    The REST views are left to their own authentication, which answers 403. Nothing an account sees is kept by a cache.
    """

    def process_view(self, request, view_func, view_args, view_kwargs):
        if request.resolver_match.view_name in OPEN_NAMES:
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(self, request, view_func):
        if request.headers.get("HX-Request") == "true":
            login = redirect_to_login(_page_behind(request), self.get_login_url(view_func))
            return HttpResponse(headers={"HX-Redirect": login.url})
        return super().handle_no_permission(request, view_func)

    def process_response(self, request, response):
        known = getattr(request, "_cached_user", None)
        if known is not None and known.is_authenticated and not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)
        return response


class ExplainRefusals:
    """Turns ``Refused`` and ``Conflict`` of a view into a page (409) with the reason and a way back."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if not isinstance(exception, Refused):
            return None
        if request.headers.get("HX-Request") == "true":
            notice = {"kind": "error", "text": str(exception)}
            response = render(request, "components/notice.html", notice, status=409)
            response["HX-Retarget"] = "#messages"
            response["HX-Reswap"] = "innerHTML show:top"
            return response
        context = {
            "message": str(exception),
            "back_url": _page_behind(request),
            "is_conflict": isinstance(exception, Conflict),
        }
        return render(request, "409.html", context, status=409)


def _page_behind(request) -> str:
    """Address of the page the person came from if it is ours, else the start page; only path and query."""
    came_from = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer", ""))
    if came_from.netloc != request.get_host() or not came_from.path.startswith("/"):
        return "/"
    path = "/" + came_from.path.lstrip("/\\")
    return f"{path}?{came_from.query}" if came_from.query else path

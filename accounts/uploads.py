"""Uploads stop as soon as they are too large, while they come in, and the person is told so (status 413).

``UPLOAD_LIMITS``: route → bytes of all files of one request; every other route: ``PAPER_UPLOAD_MAX_BYTES``.
"""

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import JsonResponse, QueryDict
from django.http.request import UnreadablePostError
from django.shortcuts import render
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

FORM_ROOM = 1024 * 1024  # bytes of a request besides its files
REFUSED = "upload_limit"


def limit_of(request) -> int:
    """Bytes that the files of this request may have together."""
    match = getattr(request, "resolver_match", None)
    route = match.view_name if match else ""
    return settings.UPLOAD_LIMITS.get(route, settings.PAPER_UPLOAD_MAX_BYTES)


class LimitUploads(FileUploadHandler):
    """First of FILE_UPLOAD_HANDLERS: nothing is read when the announced size says enough, else up to the limit.

    Without an announced size (chunks) Django reads nothing at all.
    """

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):
        self.limit, self.received = limit_of(self.request), 0
        if content_length <= self.limit + FORM_ROOM:
            return None
        setattr(self.request, REFUSED, self.limit)
        return QueryDict(encoding=encoding), MultiValueDict()

    def receive_data_chunk(self, raw_data, start):
        self.received += len(raw_data)
        if self.received > self.limit:
            setattr(self.request, REFUSED, self.limit)
            raise StopUpload(connection_reset=False)  # the rest is at most FORM_ROOM: read it, so that we are heard
        return raw_data

    def file_complete(self, file_size):
        return None


class ExplainLargeUploads:
    """Answers 413 with the limit in words, before anything else looks at what did arrive."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view_func, view_args, view_kwargs):
        if request.method != "POST" or request.content_type != "multipart/form-data":
            return None
        try:
            request.FILES  # noqa: B018  reading the form is what counts the bytes
        except UnreadablePostError:
            return None
        limit = getattr(request, REFUSED, None)
        if limit is None:
            return None
        limit_mb = limit // 1024 // 1024
        if not request.path.startswith("/api/"):
            return render(request, "413.html", {"limit_mb": limit_mb}, status=413)
        detail = _("One upload may have at most %(limit)s MB. Nothing was stored.") % {"limit": limit_mb}
        body = {"type": "about:blank", "title": _("This file is too large"), "status": 413, "detail": detail}
        return JsonResponse(body, status=413, content_type="application/problem+json")

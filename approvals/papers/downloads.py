"""Handing papers out: short-lived links bound to person and session, safe headers, a record of every reading."""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import quote

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import FileResponse, Http404, HttpResponse
from django.utils.http import content_disposition_header

from approvals.models import AccessLink, PaperDownload, StepFile
from approvals.papers.kinds import BY_EXTENSION
from approvals.papers.storage import DiskStorage, papers

SIGNER = TimestampSigner(salt="approvals.papers.download")
POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"


def sign(file_id: int, holder: str, session_key: str | None) -> str:
    """What stands in the address of a download: valid PAPER_LINK_SECONDS for this holder in this session."""
    value = _value(file_id, holder, session_key)
    return SIGNER.sign(value).removeprefix(f"{value}:")


def require_signature(signature: str, file_id: int, holder: str, session_key: str | None) -> None:
    """Raises Http404 unless ``sign`` gave the signature to this holder in this session a short while ago."""
    try:
        SIGNER.unsign(f"{_value(file_id, holder, session_key)}:{signature}", max_age=settings.PAPER_LINK_SECONDS)
    except BadSignature as error:
        raise Http404 from error


def _value(file_id: int, holder: str, session_key: str | None) -> str:
    return f"{file_id}/{holder}/{session_key or ''}"


def record(
    files: Iterable[StepFile], *, at: datetime, by=None, link: AccessLink | None = None, way=PaperDownload.Way.SAVED
) -> None:
    """Who read which papers when; append-only."""
    PaperDownload.objects.bulk_create(PaperDownload(file=file, at=at, by=by, link=link, way=way) for file in files)


def respond(file: StepFile, *, inline: bool = False) -> HttpResponse:
    """The bytes as an attachment; PDF, PNG and JPEG inline where asked for. Always nosniff and sandboxed.

    The caller has looked the file up through ``visible_to``. Raises Http404 for a file that is in quarantine or gone.
    """
    if file.scan != StepFile.Scan.AVAILABLE:
        raise Http404
    response = _sent_by_server(file) or _sent_by_us(file)
    kind = BY_EXTENSION.get(file.file.name.rpartition(".")[2])
    attach = not (inline and kind is not None and kind.shown)
    response["Content-Disposition"] = content_disposition_header(attach, file.original_name)
    response["Content-Type"] = kind.content_type if kind else "application/octet-stream"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = POLICY
    response["Cache-Control"] = "private, no-store"
    return response


def _sent_by_server(file: StepFile) -> HttpResponse | None:
    """X-Accel-Redirect to an internal location, where one is set up and the papers lie on this machine."""
    if not settings.PAPERS_ACCEL_PREFIX or not isinstance(papers(), DiskStorage):
        return None
    return HttpResponse(headers={"X-Accel-Redirect": settings.PAPERS_ACCEL_PREFIX + quote(file.file.name)})


def _sent_by_us(file: StepFile) -> FileResponse:
    try:
        return FileResponse(file.file.open("rb"))
    except OSError as error:
        raise Http404 from error

"""Idempotency-Key: a write that is sent again, because nobody knows whether it arrived, has its effect once.

The key is reserved in a transaction of its own; the work and its answer are stored together in another. Whatever ends
the process in between, either both are there or neither is.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.http.request import RawPostDataException
from django.utils.translation import gettext as _
from rest_framework import exceptions

from accounts import clock
from accounts.api_scopes import SAFE_METHODS
from accounts.models import IdempotentRequest

HEADER, REPLAYED = "Idempotency-Key", "Idempotent-Replayed"
KEPT = timedelta(hours=24)
GIVEN_UP = timedelta(minutes=10)  # far longer than a request lives: its process is gone, and its work with it
KEPT_HEADERS = ("Content-Type", "ETag", "Location", "Content-Language", "Vary")
LONGEST_KEY = 255


class KeyInvalid(exceptions.APIException):
    status_code, kind = 400, "idempotency-key-invalid"


class KeyBusy(exceptions.APIException):
    status_code, kind = 409, "idempotency-key-busy"


class KeyReused(exceptions.APIException):
    status_code, kind = 422, "idempotency-key-reused"


def once(request, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer to a DRF request, from the first time its key was used. Raises KeyInvalid, KeyBusy, KeyReused."""
    given = request.headers.get(HEADER)
    if given is None or request.method in SAFE_METHODS:
        return answer()
    at = clock.now()
    row = _reserve(request.user, _key(given), fingerprint(request), at)
    if row.status:
        headers = row.headers | {REPLAYED: "true"}
        return HttpResponse(row.body.encode(), status=row.status, headers=headers)
    try:
        with transaction.atomic():
            response = answer()
            _store(row, response)
    except BaseException:
        _release(row)
        raise
    if _passes(response):
        _release(row)
    return response


def sweep(*, at: datetime) -> int:
    """Throws away what is older than 24 hours; how many."""
    return IdempotentRequest.objects.filter(created_at__lt=at - KEPT).delete()[0]


def fingerprint(request) -> str:
    """SHA-256 of method, address, If-Match and body."""
    found = sha256()
    for part in (request.method, request.get_full_path(), request.headers.get("If-Match", "")):
        found.update(part.encode("utf-8", "surrogateescape") + b"\0")
    try:
        found.update(request.body)
    except RawPostDataException:  # a form with files, read already
        for name, value in sorted(request.POST.items()):
            found.update(f"{name}\0{value}\0".encode("utf-8", "surrogatepass"))
        for name, upload in sorted(request.FILES.items()):
            found.update(f"{name}\0{upload.name}\0".encode("utf-8", "surrogatepass"))
            for chunk in upload.chunks():
                found.update(chunk)
            upload.seek(0)
    return found.hexdigest()


def _key(text: str) -> str:
    key = text.strip()
    if len(key) > 1 and key[0] == key[-1] == '"':  # a string of structured fields
        key = key[1:-1]
    if not 1 <= len(key) <= LONGEST_KEY or not all("!" <= letter <= "~" for letter in key):
        raise KeyInvalid(_("An Idempotency-Key has 1 to %(most)d visible ASCII characters.") % {"most": LONGEST_KEY})
    return key


def _reserve(user, key: str, print_: str, at: datetime) -> IdempotentRequest:
    """A row of our own (status 0) or the one with the answer."""
    for _attempt in range(3):
        try:
            with transaction.atomic():
                return IdempotentRequest.objects.create(user=user, key=key, fingerprint=print_, created_at=at)
        except IntegrityError:
            row = IdempotentRequest.objects.filter(user=user, key=key).first()
        if row is None:
            continue
        if row.created_at < at - KEPT:
            IdempotentRequest.objects.filter(pk=row.pk, created_at=row.created_at).delete()
            continue
        if row.fingerprint != print_:
            raise KeyReused(_("This Idempotency-Key belongs to another request."))
        if row.status or _take_over(row, at):
            return row
        break
    raise KeyBusy(_("The first request with this Idempotency-Key is still being worked on."))


def _take_over(row: IdempotentRequest, at: datetime) -> bool:
    """A reservation whose process has died is ours now; the dead one cannot store anything under it any more."""
    if row.created_at > at - GIVEN_UP:
        return False
    taken = IdempotentRequest.objects.filter(pk=row.pk, status=0, created_at=row.created_at).update(created_at=at)
    row.created_at = at
    return bool(taken)


def _store(row: IdempotentRequest, response: HttpResponse) -> None:
    """With the work, in its transaction. Raises KeyBusy, which undoes the work, when the reservation was taken over."""
    if _passes(response):
        transaction.set_rollback(response.status_code >= 500)
        return
    if hasattr(response, "render"):
        response.render()
    headers = {name: response[name] for name in KEPT_HEADERS if response.has_header(name)}
    values = {"status": response.status_code, "headers": headers, "body": response.content.decode()}
    if not _own(row).update(**values):
        raise KeyBusy(_("The first request with this Idempotency-Key is still being worked on."))


def _passes(response: HttpResponse) -> bool:
    """Answers that are not kept: of errors nobody expected, of limits, and files."""
    return response.status_code >= 500 or response.status_code == 429 or response.streaming


def _own(row: IdempotentRequest):
    return IdempotentRequest.objects.filter(pk=row.pk, status=0, created_at=row.created_at)


def _release(row: IdempotentRequest) -> None:
    _own(row).delete()

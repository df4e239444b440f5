"""Which files can be made in a worker. A part registers its kinds when the app is ready::

KINDS["bulletin_pdf"] = Kind(label=_("Bulletin as PDF"), may=may_read, make=bulletin_pdf)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile, File
from django.http import Http404

from accounts.models import User

SCHEDULED = "scheduled"  # among the arguments: ordered by a job for this day, and sent by mail when it is ready

# (done, total): how far the work has got; raises when the file is no longer wanted
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Made:
    """A finished file: name for the reader, type, content: bytes, or an open file (of any size), which is closed."""

    name: str
    content_type: str
    content: bytes | BinaryIO

    def opened(self) -> File:
        """The content from its beginning, with its size; to be closed by whoever asks."""
        if isinstance(self.content, bytes):
            return ContentFile(self.content)
        self.content.seek(0)
        return File(self.content)


@dataclass(frozen=True)
class Kind:
    """``may(user, params)``: whether this person may have this file now; asked before making and before each download.
    It raises Http404 or PermissionDenied as the page would. ``make(user, params, progress)`` reads and answers Made.

    ``params`` come from a form that anybody can write: ``may`` judges all of them, ``make`` reads through
    ``visible_to(user)``.
    """

    label: Any
    may: Callable[[User, Mapping[str, Any]], None]
    make: Callable[[User, Mapping[str, Any], Progress], Made]


KINDS: dict[str, Kind] = {}


def permit(name: str, user: User, params: Mapping[str, Any]) -> Kind:
    """The kind, when this person may have such a file now. Raises Http404 (unknown, or not for this person) and
    PermissionDenied."""
    kind = KINDS.get(name)
    if kind is None or not user.is_active:
        raise Http404
    try:
        kind.may(user, params)
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as error:  # no form sends those
        raise Http404 from error
    return kind


def may_have(name: str, user: User, params: Mapping[str, Any]) -> bool:
    """``permit`` as a question."""
    try:
        permit(name, user, params)
    except (Http404, PermissionDenied):
        return False
    return True

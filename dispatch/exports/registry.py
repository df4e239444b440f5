"""Which files can be made in a worker. A part registers its kinds when the app is ready::

    KINDS["bulletin_pdf"] = Kind(label=_("Bulletin as PDF"), may=may_read, make=bulletin_pdf)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from accounts.models import User

# (done, total): how far the work has got; raises when the file is no longer wanted
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Made:
    """A finished file: name for the reader, type, bytes."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Kind:
    """``may(user, params)``: whether this person may have this file now; asked before making and before each download.
    It raises Http404 or PermissionDenied as the page would. ``make(user, params, progress)`` reads and answers Made."""

    label: Any
    may: Callable[[User, Mapping[str, Any]], None]
    make: Callable[[User, Mapping[str, Any], Progress], Made]


KINDS: dict[str, Kind] = {}

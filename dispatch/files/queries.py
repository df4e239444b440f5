"""Attached files as pages show them. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, Sum

from accounts.models import User
from approvals.papers import queries as paper_queries
from dispatch.files.models import Attachment
from dispatch.files.targets import TARGETS, target_of

# what thing_of and its rules ask of an attachment, fetched with it
THINGS = ("item", "visit", "meeting", "instruction__item", "filing__round__park", "filing__project__filing_duty")


@dataclass(frozen=True)
class Shelf:
    """What ``dispatch/files/_files.html`` shows: files, newest first; ``may_remove``: ids of those to take back."""

    files: list[Attachment]
    may_add: bool
    upload_url: str
    may_remove: frozenset[int] = field(default_factory=frozenset)


def files_of(target: Any) -> list[Attachment]:
    """Files of the thing that are there, newest first; one query. The caller has seen the thing by ``visible_to``."""
    rows = Attachment.objects.filter(**{target_of(target).kind: target}, removed_at=None)
    return list(rows.select_related("by"))


def pictures(files: Iterable[Attachment]) -> list[Attachment]:
    """Those that a page may show as pictures."""
    return [file for file in files if file.content_type.startswith("image/") and file.scan == Attachment.Scan.AVAILABLE]


def shelf(target: Any, user: User) -> Shelf:
    """The files of a thing the user sees, and what the user may do with them."""
    kind, files = target_of(target), files_of(target)
    own = {file.pk for file in files if may_remove(file, target, user)} if kind.is_open(target) else set()
    may_add = kind.takes(target) and kind.may_add(target, user)
    return Shelf(files, may_add, kind.upload_url(target), frozenset(own))


def thing_of(attachment: Attachment) -> Any:
    """The ledger item, visit, meeting, instruction or filing the file hangs on."""
    return next(thing for kind in TARGETS if (thing := getattr(attachment, kind)) is not None)


def may_remove(attachment: Attachment, thing: Any, user: User) -> bool:
    """Who added it, or the centre; whether the thing is still open is another matter."""
    kind = target_of(thing)
    if user.organization_id is None or user.organization.park_id != attachment.park_id:
        return False
    return (attachment.by_id == user.pk and kind.may_add(thing, user)) or kind.is_centre(thing, user)


def used_bytes(target: Any) -> int:
    """Bytes of the papers and files of the thing's project; without a project, of the thing's own files."""
    project_id = target.project_id
    if project_id is None:
        mine, others = Q(**{target_of(target).kind: target}), 0
    else:
        mine, others = Q(pk__in=[]), paper_queries.used_bytes(project_id)
        for kind in TARGETS:
            mine |= Q(**{f"{kind}__project": project_id})
    total = Attachment.objects.filter(mine, removed_at=None).aggregate(total=Sum("size"))["total"] or 0
    return total + others

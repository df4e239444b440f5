"""Files are checked, stored and recorded; a file taken back keeps its row and loses its bytes.

Uploads are opened by a parser before anything is written (approvals.papers.checks): that takes its time, so it comes
before the transaction. Raises PermissionDenied, Refused and Conflict; nothing is kept then.
"""

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused
from accounts.models import User
from approvals.models import ApprovalPolicy
from approvals.papers.checks import checked
from approvals.papers.storage import papers
from approvals.papers.sweep import FOLDER
from dispatch.files import queries
from dispatch.files.models import Attachment
from dispatch.files.targets import target_of

MOST_FILES = 12  # of one request
NOTE_LENGTH = 200


@dataclass(frozen=True)
class Stored:
    """A checked file whose bytes lie in the storage under ``file``; ``size`` in bytes."""

    file: str
    original_name: str
    content_type: str
    size: int
    sha256: str
    scan: str

    @property
    def is_picture(self) -> bool:
        return self.content_type.startswith("image/")


@contextmanager
def stored(uploads: Iterable[File]) -> Iterator[list[Stored]]:
    """Checked and stored uploads, to be recorded inside. When the inside fails, nothing stays in the storage.

    Raises Refused, with the name of the file, when one of them is not taken.
    """
    uploads = list(uploads)
    if len(uploads) > MOST_FILES:
        raise Refused(_("At most %(most)d files at once.") % {"most": MOST_FILES})
    kept: list[Stored] = []
    try:
        kept.extend(_store(upload, named=len(uploads) > 1) for upload in uploads)
        yield kept
    except BaseException:
        for each in kept:
            papers().delete(each.file)
        raise


def attach(target: Any, upload: File, *, role: str, note: str = "", by: User, at: datetime) -> Attachment:
    """Hang the upload on a ledger item, visit, meeting or instruction. ``role``: an Attachment.Role."""
    permit(target, by)
    with stored([upload]) as kept, transaction.atomic():
        return record(target, kept[0], role=role, note=note, by=by, at=at)


@transaction.atomic
def record(target: Any, kept: Stored, *, role: str, note: str = "", by: User, at: datetime) -> Attachment:
    """The row of a file that ``stored`` gave; inside its block."""
    permit(target, by)
    _refuse_over_quota(target, kept.size)
    return Attachment.objects.create(
        park=target.park, **{target_of(target).kind: target}, role=Attachment.Role(role), file=kept.file,
        original_name=kept.original_name, content_type=kept.content_type, size=kept.size, sha256=kept.sha256,
        scan=kept.scan, note=note.strip()[:NOTE_LENGTH], by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def remove(attachment: Attachment, *, by: User, at: datetime) -> Attachment:
    """Take a file back: who added it or the centre, while the thing is open. The row stays, the bytes go."""
    thing = queries.thing_of(attachment)
    if not queries.may_remove(attachment, thing, by):
        raise PermissionDenied
    if not target_of(thing).is_open(thing):
        raise Refused(_("This is settled; its files stay."))
    if not Attachment.objects.filter(pk=attachment.pk, removed_at=None).update(removed_by=by, removed_at=at):
        raise Conflict(_("This file has been taken back already."))
    transaction.on_commit(lambda: papers().delete(attachment.file.name))
    attachment.refresh_from_db()
    return attachment


def permit(target: Any, by: User) -> None:
    """Raises PermissionDenied unless this person may add files, Refused when the thing takes none any more."""
    kind = target_of(target)
    if not (kind.is_seen_by(target, by) and kind.may_add(target, by)):
        raise PermissionDenied
    if not kind.takes(target):
        raise Refused(_("This is settled; it takes no more files."))


def _store(upload: File, *, named: bool) -> Stored:
    try:
        with checked(upload) as found:
            name = papers().save(f"{FOLDER}/{uuid.uuid4().hex}.{found.kind.extension}", File(found.file))
            scan = Attachment.Scan.AVAILABLE if found.is_scanned else Attachment.Scan.QUARANTINED
            return Stored(name, found.name, found.kind.content_type, found.size, found.sha256, scan)
    except Refused as refusal:
        raise Refused(f"{upload.name}: {refusal}" if named else str(refusal)) from refusal


def _refuse_over_quota(target: Any, size: int) -> None:
    """The park's quota of a project holds for its papers and these files together; without a project for the thing."""
    quota = ApprovalPolicy.of(target.park_id).project_quota_mb
    if queries.used_bytes(target) + size > quota * 1024 * 1024:
        raise Refused(_("The files would take more than %(quota)s MB.") % {"quota": quota})

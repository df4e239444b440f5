"""Everything that is asked of an upload before it is kept: name, size, first bytes, a parser, a scanner."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from django.conf import settings
from django.core.files.base import File

from accounts import jail
from accounts.errors import Refused
from approvals.papers import scanner
from approvals.papers.kinds import HEAD, ZIP_REACH, Bad, Kind, check_head, check_tail, clean_name, kind_of
from approvals.papers.words import sentence


@dataclass(frozen=True)
class Checked:
    """A file that may be kept. ``size`` in bytes and ``sha256`` are of what will be kept; ``file`` stands at its start.

    ``is_scanned``: no scanner is set up, or it found nothing; otherwise the file goes into quarantine.
    """

    file: BinaryIO
    name: str
    kind: Kind
    size: int
    sha256: str
    is_scanned: bool


@contextmanager
def checked(upload: File) -> Iterator[Checked]:
    """The upload, once it has passed; nothing of it is left behind. Raises Refused with one sentence."""
    with TemporaryDirectory(prefix="paper-") as folder:
        try:
            found = _check(upload, Path(folder))
        except Bad as bad:
            raise Refused(sentence(bad)) from bad
        with found.file:
            yield found


def _check(upload: File, folder: Path) -> Checked:
    name = clean_name(upload.name or "")
    kind = kind_of(name)
    received, clean = folder / "in", folder / "out"
    _receive(upload, received)
    with received.open("rb") as file:
        check_head(kind, file.read(HEAD))
        file.seek(max(received.stat().st_size - ZIP_REACH, 0))
        check_tail(kind, file.read())
    kept = clean if _inspect(kind, received, clean) else received
    is_scanned = _scan(received)
    digest = hashlib.sha256()
    file = kept.open("rb")
    while chunk := file.read(1024 * 1024):
        digest.update(chunk)
    file.seek(0)
    return Checked(file, name, kind, kept.stat().st_size, digest.hexdigest(), is_scanned)


def _receive(upload: File, place: Path) -> None:
    limit, size = settings.PAPER_UPLOAD_MAX_BYTES, 0
    with place.open("wb") as copy:
        for chunk in upload.chunks():
            size += len(chunk)
            if size > limit:
                raise Bad("TOO_LARGE", limit=limit // 1024 // 1024)
            copy.write(chunk)


def _inspect(kind: Kind, received: Path, clean: Path) -> bool:
    try:
        said = jail.run("approvals.papers.inspector", [kind.extension, str(received), str(clean)])
    except jail.Broke as error:
        raise Bad("TOO_COMPLEX") from error
    if "bad" in said:
        raise Bad(said["bad"], **said["params"])
    return bool(said["rewritten"])


def _scan(received: Path) -> bool:
    if not settings.CLAMD_SOCKET:
        return True
    try:
        with received.open("rb") as file:
            found = scanner.scan(file, settings.CLAMD_SOCKET)
    except scanner.Unreachable:
        return False
    if found:
        raise Bad("VIRUS", name=found)
    return True

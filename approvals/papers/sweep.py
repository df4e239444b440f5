"""Nightly: stored files no row knows, rows whose file is gone, and files still waiting for the virus scanner."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings

from approvals.models import StepFile
from approvals.papers import scanner
from approvals.papers.storage import papers

FOLDER = "papers"
AGE = timedelta(days=1)
BATCH = 500


@dataclass
class Swept:
    """``orphans``: names in the storage without a row; ``lost``: ids of rows without a file; ``released``: scanned now;
    ``infected``: ids of files in which the scanner found something: they stay in quarantine."""

    orphans: list[str] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)
    released: int = 0
    infected: list[int] = field(default_factory=list)

    def as_dict(self) -> dict[str, int]:
        return {
            "orphans": len(self.orphans), "lost": len(self.lost), "released": self.released,
            "infected": len(self.infected),
        }  # fmt: skip


def sweep(*, at: datetime, delete: bool) -> Swept:
    """Looks at everything older than a day; with ``delete`` orphans are removed. Rows are never removed: a lost file
    is a matter for the backup."""
    found = Swept(orphans=list(_orphans(at - AGE)), lost=list(_lost(at - AGE)))
    if delete:
        for name in found.orphans:
            papers().delete(name)
    if settings.CLAMD_SOCKET:
        _rescan(found)
    return found


def _orphans(before: datetime) -> Iterator[str]:
    storage = papers()
    try:
        _folders, names = storage.listdir(FOLDER)
    except FileNotFoundError:
        return
    names = sorted(f"{FOLDER}/{name}" for name in names if name)
    for start in range(0, len(names), BATCH):
        batch = names[start : start + BATCH]
        known = set(StepFile.objects.filter(file__in=batch).values_list("file", flat=True))
        yield from (name for name in batch if name not in known and storage.get_modified_time(name) < before)


def _lost(before: datetime) -> Iterator[int]:
    rows = StepFile.objects.filter(uploaded_at__lt=before).order_by("pk").values_list("pk", "file")
    yield from (pk for pk, name in rows.iterator(chunk_size=BATCH) if not papers().exists(name))


def _rescan(found: Swept) -> None:
    for file in StepFile.objects.filter(scan=StepFile.Scan.QUARANTINED).order_by("pk"):
        try:
            with file.file.open("rb") as stored:
                said = scanner.scan(stored, settings.CLAMD_SOCKET)
        except FileNotFoundError:
            continue
        except scanner.Unreachable:
            return
        if said:
            found.infected.append(file.pk)
        else:
            found.released += StepFile.objects.filter(pk=file.pk).update(scan=StepFile.Scan.AVAILABLE)

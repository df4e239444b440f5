"""Nightly: stored files no row knows, rows whose file is gone, and files still waiting for the virus scanner."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet

from approvals.models import StepFile
from approvals.papers import scanner
from approvals.papers.storage import papers

FOLDER = "papers"
AGE = timedelta(days=1)
BATCH = 500


@dataclass(frozen=True)
class Keeper:
    """Rows whose ``file`` lies in FOLDER and whose ``scan`` says whether it has been scanned.

    ``rows``: those whose bytes must be there; ``at``: their column that says since when.
    """

    rows: Callable[[], QuerySet]
    at: str


# Who keeps files in the storage, by a name of its own; other apps add theirs in ``AppConfig.ready()``.
keepers: dict[str, Keeper] = {"paper": Keeper(StepFile.objects.all, "uploaded_at")}


@dataclass
class Swept:
    """``orphans``: names in the storage without a row; ``lost``: ids of rows without a file; ``released``: scanned now;
    ``infected``: ids of files in which the scanner found something: they stay in quarantine. Ids are those of papers;
    rows of another keeper stand as (keeper, id)."""

    orphans: list[str] = field(default_factory=list)
    lost: list[int | tuple[str, int]] = field(default_factory=list)
    released: int = 0
    infected: list[int | tuple[str, int]] = field(default_factory=list)

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
        known = {
            name
            for keeper in keepers.values()
            for name in keeper.rows().filter(file__in=batch).values_list("file", flat=True)
        }
        yield from (name for name in batch if name not in known and storage.get_modified_time(name) < before)


def _lost(before: datetime) -> Iterator[int | tuple[str, int]]:
    for owner, keeper in keepers.items():
        old = keeper.rows().filter(**{f"{keeper.at}__lt": before})
        rows = old.order_by("pk").values_list("pk", "file").iterator(chunk_size=BATCH)
        yield from (_id(owner, pk) for pk, name in rows if not papers().exists(name))


def _id(owner: str, pk: int) -> int | tuple[str, int]:
    return pk if owner == "paper" else (owner, pk)


def _rescan(found: Swept) -> None:
    waiting = [
        (owner, file)
        for owner, keeper in keepers.items()
        for file in keeper.rows().filter(scan=StepFile.Scan.QUARANTINED).order_by("pk")
    ]
    for owner, file in waiting:
        try:
            with file.file.open("rb") as stored:
                said = scanner.scan(stored, settings.CLAMD_SOCKET)
        except FileNotFoundError:
            continue
        except scanner.Unreachable:
            return
        if said:
            found.infected.append(_id(owner, file.pk))
        else:
            found.released += type(file).objects.filter(pk=file.pk).update(scan=StepFile.Scan.AVAILABLE)

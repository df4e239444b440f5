"""How far the writing of an import is. It is one transaction, so the register cannot tell: a small file beside the
workbook does, where the store of files is a folder that the worker and the site share; elsewhere nobody is told.
"""

from contextlib import suppress
from pathlib import Path

from projects.models import ImportBatch


def tell(batch: ImportBatch, done: int, total: int) -> None:
    """Rows written of those to be written. Never raises: the import matters more than its bar."""
    with suppress(OSError, NotImplementedError):
        place = _place(batch)
        new = place.with_suffix(".new")
        new.write_text(f"{done} {total}", encoding="ascii")
        new.replace(place)


def told(batch: ImportBatch) -> tuple[int, int]:
    """(rows written, rows to be written); zeros when nothing is known."""
    try:
        done, total = _place(batch).read_text(encoding="ascii").split()
        return int(done), int(total)
    except (OSError, NotImplementedError, ValueError):
        return 0, 0


def forget(batch: ImportBatch) -> None:
    """The writing has ended, one way or the other."""
    with suppress(OSError, NotImplementedError):
        _place(batch).unlink(missing_ok=True)


def _place(batch: ImportBatch) -> Path:
    return Path(batch.file.path).with_suffix(".progress")

"""Where papers are kept: the storage "papers" of the settings, a folder of this machine or an S3-compatible bucket."""

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.core.files.storage import FileSystemStorage, Storage, storages


def papers() -> Storage:
    """The storage of papers; a function, so that a migration keeps its name and not its settings."""
    return storages["papers"]


class DiskStorage(FileSystemStorage):
    """A file is there as a whole or not at all: temporary file → fsync → rename. Mode FILE_UPLOAD_PERMISSIONS."""

    def _save(self, name, content):
        path = Path(self.path(name))
        folder = path.parent
        folder.mkdir(parents=True, exist_ok=True, mode=self.directory_permissions_mode or 0o750)
        with NamedTemporaryFile(dir=folder, prefix=".", suffix=".part", delete=False) as part:
            try:
                for chunk in content.chunks():
                    part.write(chunk)
                part.flush()
                os.fchmod(part.fileno(), self.file_permissions_mode or 0o640)
                os.fsync(part.fileno())
                os.replace(part.name, path)
            except BaseException:
                Path(part.name).unlink(missing_ok=True)
                raise
        _sync_folder(folder)
        return name.replace("\\", "/")


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

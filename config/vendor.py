"""Serves the front-end files that come with Python packages under ``static/vendor/``; nothing of them is committed."""

from importlib.resources import files
from pathlib import Path

from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import Error
from django.core.files.storage import FileSystemStorage

VENDOR_FILES = {
    "vendor/bootstrap.min.css": ("bootstrap", "css/bootstrap.min.css"),
    "vendor/bootstrap.min.css.map": ("bootstrap", "css/bootstrap.min.css.map"),
    "vendor/bootstrap.bundle.min.js": ("bootstrap", "js/bootstrap.bundle.min.js"),
    "vendor/bootstrap.bundle.min.js.map": ("bootstrap", "js/bootstrap.bundle.min.js.map"),
}


def vendor_path(name: str) -> Path | None:
    """Path of the vendored file behind the static name, None when the name is not on the list or not installed."""
    if name not in VENDOR_FILES:
        return None
    package, inner = VENDOR_FILES[name]
    path = Path(str(files(package) / inner))
    return path if path.exists() else None


class _Renamed(FileSystemStorage):
    """A storage over one package that knows its files by the names under ``static/``."""

    def path(self, name: str) -> str:
        return str(vendor_path(name))


class VendorFinder(BaseFinder):
    """Static files finder over VENDOR_FILES."""

    def check(self, **kwargs):
        missing = [name for name in VENDOR_FILES if vendor_path(name) is None]
        return [Error(f"Front-end file not installed: {name}", id="config.E001") for name in missing]

    def find(self, path, find_all=False, **kwargs):
        found = vendor_path(path)
        if found is None:
            return []
        return [str(found)] if find_all else str(found)

    def list(self, ignore_patterns):
        for name in VENDOR_FILES:
            yield name, _Renamed(location="/")

"""An empty storage for photos."""

import pytest


@pytest.fixture(autouse=True)
def store(tmp_path, settings):
    """Called: the names of the files in the storage."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return lambda: sorted(path.name for path in settings.MEDIA_ROOT.rglob("*") if path.is_file())

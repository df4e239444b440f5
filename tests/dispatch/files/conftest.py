"""An empty storage for attached files."""

import pytest


@pytest.fixture
def store(tmp_path, settings):
    """Called: the names of the files in the storage."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return lambda: sorted(path.name for path in settings.MEDIA_ROOT.rglob("*") if path.is_file())

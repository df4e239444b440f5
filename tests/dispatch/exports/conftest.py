"""Test kinds in the registry, and a storage of its own."""

import pytest

from dispatch.exports.registry import KINDS
from tests import factories
from tests.dispatch.exports import file_kinds


@pytest.fixture(autouse=True)
def kinds(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    before = dict(KINDS)
    file_kinds.register()
    yield KINDS
    KINDS.clear()
    KINDS.update(before)


@pytest.fixture
def staff(db):
    return factories.user(factories.park())

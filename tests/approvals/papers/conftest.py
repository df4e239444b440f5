"""A project whose step S13 has been received, its people, and a storage of its own."""

import copy
from datetime import date
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from approvals.models import AccessLink
from approvals.papers import actions
from tests import factories
from tests.approvals.cases import AT, PLAIN, TODAY, days, finish, move, project, step_of
from tests.approvals.papers import files
from tests.standing import standing

THURSDAY = date(2026, 2, 26)  # two workdays before TODAY


@pytest.fixture
def store(tmp_path, settings):
    """An empty folder as the storage of papers; called: the names of the files in it."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return lambda: sorted(path.name for path in settings.MEDIA_ROOT.rglob("*") if path.is_file())


def build():
    """made (project), step (S13, received), staff, owner (the enterprise's person), other (another enterprise's),
    link (a signed link that may upload)."""
    park = factories.park()
    owner, other = (factories.organization(park, "enterprise") for _ in range(2))
    made = project(park, enterprise=factories.enterprise(park, owner))
    project(park, enterprise=factories.enterprise(park, other))
    finish(made, "S01", "S06", "S07", "S08", "S09", "S10", "S11", "S12")
    step = step_of(made, "S13")
    move(step, "receive", THURSDAY)
    link = AccessLink.objects.create(
        project=made, holder_name="代办员", secret_sha256="1" * 64, created_at=AT, expires_at=AT + days(9)
    )
    return SimpleNamespace(
        park=park, made=made, step=step, staff=factories.user(park), owner=factories.user(park, "enterprise", owner),
        other=factories.user(park, "enterprise", other), link=link,
    )  # fmt: skip


built = standing(build)


@pytest.fixture
def case(built, db, store):
    """See ``build``; a copy for each test."""
    return copy.deepcopy(built)


def paper(step, n):
    return step.step.documents.get(code=f"{step.code}-D{n}")


def upload(name="申请表.pdf", content=None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, files.pdf() if content is None else content)


def hand_in(step, n=1, *, file=None, at=AT, **who):
    """The paper Dn of the step handed in by ``by=`` or ``link=``."""
    return actions.add_file(step, paper(step, n), file or upload(), at=at, today=TODAY, **who)


def review(file, outcome, reason="", *, by, at=AT):
    return actions.review_file(file, outcome, reason=reason, by=by, at=at, today=TODAY, calendar=PLAIN)

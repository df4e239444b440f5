"""An import is taken back while somebody edits one of its projects: one of both gives way, and no edit is lost."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from accounts.errors import Conflict
from projects import actions as project_actions
from projects import seams
from projects.ledger import actions, undo
from projects.models import ImportBatch, Project
from tests.factories import park, user
from tests.projects.ledger.importing import AT, book, imported

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
LATER = AT + timedelta(days=1)
WAITS = 30  # seconds until a test gives up
HOLDS = 0.5  # seconds the edit is given to come between


def edited_between(staff, monkeypatch) -> tuple[list, Project]:
    """(how the edit ended, the project): it begins when the look is over and the writing has not begun."""
    imported(book([{"项目名称": "甲", "备注": "旧"}]), staff)
    batch = imported(book([{"项目名称": "甲", "备注": "新"}], month=5), staff, at=AT + timedelta(hours=1))
    seen, ended = Project.objects.get(), []

    def edit():
        try:
            project_actions.edit(seen, {"remark": "手改"}, by=staff, at=LATER)
            ended.append("saved")
        except Conflict:
            ended.append("conflict")
        finally:
            connection.close()

    other = threading.Thread(target=edit)

    def begin(_ids, **_moment):
        other.start()
        other.join(HOLDS)

    monkeypatch.setattr(seams, "on_import_undone", [*seams.on_import_undone, begin])
    actions.undo(ImportBatch.objects.get(pk=batch.pk), by=staff, at=LATER)
    other.join(WAITS)
    return ended, Project.objects.get()


def test_an_edit_waits_and_is_told_that_somebody_was_first(monkeypatch):
    ended, project = edited_between(user(park()), monkeypatch)
    assert (ended, project.remark) == (["conflict"], "旧")


def test_without_the_hold_the_edit_is_lost(monkeypatch):
    """The twin: saved, and overwritten at once."""
    monkeypatch.setattr(undo, "_held", lambda ids: Project.objects.filter(pk__in=ids))
    ended, project = edited_between(user(park()), monkeypatch)
    assert (ended, project.remark) == (["saved"], "旧")

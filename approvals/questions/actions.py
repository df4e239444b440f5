"""Saving the answers that decide which steps a project needs."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import Refused
from approvals.judging import Change
from approvals.questions.preview import preview
from projects import actions
from projects.actions.shared import clean_values
from projects.models import Project


class Unseen(Refused):
    """Saving would do something else than what the person was shown."""


@transaction.atomic
def answer(
    project: Project, values: Mapping[str, Any], *, previewed: str, by, at: datetime, version: int | None = None
) -> list[Change]:
    """Save the answers and judge the steps anew; returns the steps that changed. ``previewed``: Preview.digest.

    Raises PermissionDenied, Conflict, InvalidFields, Unseen.
    """
    shown = preview(project, clean_values(Project, values))
    actions.edit(project, values, by=by, at=at, version=version)
    if shown.digest != previewed:
        raise Unseen(_("Please look at what changes, then save."))
    return [change for change in shown.changes if change.happens]

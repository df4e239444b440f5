"""What other answers would do to a project's steps; the same comparison as the one that is written on saving."""

import copy
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from approvals.actions import copies_of
from approvals.judging import Change, Copy, answers_of, changes
from projects.actions.edit import EDITABLE
from projects.models import Project

FIELD_OF = {"land_area_ha": "land_mu"}
"""Variables that a project keeps under another name and unit (``judging.answers_of`` converts)."""


def fields_of(variables: Mapping[str, Any]) -> dict[str, str]:
    """Variable → the project's column that answers it; variables no column answers are left out."""
    named = {name: FIELD_OF.get(name, name) for name in variables}
    return {name: field for name, field in named.items() if field in EDITABLE}


def variables_of(copies: Sequence[Copy]) -> Mapping[str, Any]:
    """Name → {type, zh, en} as the project's catalogue keeps them."""
    return copies[0].row.step.catalogue.variables if copies else {}


@dataclass(frozen=True)
class Preview:
    """The project's steps under some answers. ``differs``: they are not the saved ones.

    With the saved answers nothing happens; ``changes`` then names only the steps that are kept against them.
    """

    copies: Sequence[Copy]
    answers: Mapping[str, Any]
    changes: Sequence[Change]
    differs: bool

    @property
    def variables(self) -> Mapping[str, Any]:
        """The questions of the project's catalogue; none before the project has steps."""
        return variables_of(self.copies)

    @property
    def digest(self) -> str:
        """Equal for equal answers with equal effects, so that only what was shown is saved."""
        effects = [(c.row.code, c.effect, c.kept, sorted(map(str, c.columns.items()))) for c in self.changes]
        answers = sorted((name, str(value)) for name, value in self.answers.items())
        return hashlib.sha256(json.dumps([answers, effects]).encode()).hexdigest()[:20]


def preview(project: Project, values: Mapping[str, Any]) -> Preview:
    """What saving these columns (already checked) would do. Writes nothing; a fixed number of queries."""
    copies = copies_of(project)
    after = copy.copy(project)
    for name, value in values.items():
        setattr(after, name, value)
    differs = any(getattr(project, name) != value for name, value in values.items())
    answers = answers_of(after, variables_of(copies))
    found = changes(copies, answers)
    return Preview(copies, answers, [c for c in found if differs or not c.happens], differs)

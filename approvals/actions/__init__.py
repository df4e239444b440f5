"""Every write on a project's steps. ``by`` None is the system itself; ``at`` is the moment, ``today`` the park's day.

Raises: PermissionDenied (not this person's to do), Refused (state or rule; nothing changed), Conflict (somebody else
was first).
"""

from approvals.actions.adoption import adopt_milestones
from approvals.actions.clockwork import notice_of, recompute_all
from approvals.actions.creation import (
    give_missing_steps,
    give_steps,
    set_applies,
    set_not_applicable,
)
from approvals.actions.documents import record_document
from approvals.actions.evaluation import changes_for, copies_of, re_evaluate
from approvals.actions.progress import ACCEPTS, Moved, NeedsAcknowledgement, move
from approvals.actions.records import handles, require, undo_last
from approvals.actions.sidesteps import extend, record_delivery
from approvals.actions.units import assign_unit, assign_units

__all__ = [
    "ACCEPTS",
    "Moved",
    "NeedsAcknowledgement",
    "adopt_milestones",
    "assign_unit",
    "assign_units",
    "changes_for",
    "copies_of",
    "extend",
    "give_missing_steps",
    "give_steps",
    "handles",
    "move",
    "notice_of",
    "re_evaluate",
    "recompute_all",
    "record_delivery",
    "record_document",
    "require",
    "set_applies",
    "set_not_applicable",
    "undo_last",
]

"""Every write on ledger items. One transaction each: conditional update on the version, history row beside it.

All of them raise PermissionDenied when the verb is not this person's, Conflict when ``version`` is not the present
one, and Refused when the rule or the state stands against it. Nothing is changed then. Who has to know is told in the
same transaction (dispatch.ledger.telling).
"""

from dispatch.ledger.actions.bulk import assign_many, comment_on_many, obstacles
from dispatch.ledger.actions.comments import comment, take_back
from dispatch.ledger.actions.edits import edit, register
from dispatch.ledger.actions.extensions import ask_extension, extend, refuse_extension
from dispatch.ledger.actions.moves import (
    ask_close,
    ask_hang,
    assign,
    close,
    hang,
    refuse_hang,
    reopen,
    report_progress,
    send_back,
    settle,
    sign,
    take_up,
)
from dispatch.ledger.actions.shared import EDITABLE, LINKS, SETTLED_BY_ASSIGNING, has_second_eyes, may_do

__all__ = [
    "EDITABLE",
    "LINKS",
    "SETTLED_BY_ASSIGNING",
    "ask_close",
    "ask_extension",
    "ask_hang",
    "assign",
    "assign_many",
    "close",
    "comment",
    "comment_on_many",
    "edit",
    "extend",
    "hang",
    "has_second_eyes",
    "may_do",
    "obstacles",
    "refuse_extension",
    "refuse_hang",
    "register",
    "reopen",
    "report_progress",
    "send_back",
    "settle",
    "sign",
    "take_back",
    "take_up",
]

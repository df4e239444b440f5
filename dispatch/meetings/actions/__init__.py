"""Every write on meetings. One transaction each: conditional update on the version where two may write, history beside.

All of them raise PermissionDenied when the verb is not this person's, Conflict when ``version`` is not the present
one, and Refused when a rule or the state stands against it. Nothing is changed then.
"""

from dispatch.meetings.actions.decisions import correct, decide, withdraw
from dispatch.meetings.actions.planning import cancel, change, close, invite, mark, plan, rebuild, start, uninvite
from dispatch.meetings.actions.points import add_point, discuss, settle_point, shift
from dispatch.meetings.actions.rulings import rule
from dispatch.meetings.actions.shared import may_hold

__all__ = [
    "add_point",
    "cancel",
    "change",
    "close",
    "correct",
    "decide",
    "discuss",
    "invite",
    "mark",
    "may_hold",
    "plan",
    "rebuild",
    "rule",
    "settle_point",
    "shift",
    "start",
    "uninvite",
    "withdraw",
]

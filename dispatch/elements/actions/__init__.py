"""Every write of elements, funds, outputs and plots.

All raise PermissionDenied when it is not this person's to do, Conflict when ``version`` is not the present one,
InvalidFields for values that cannot be and Refused when the state stands against it. Nothing is changed then.
``by`` None is the system itself. Each change leaves an ElementEntry.
"""

from dispatch.elements.actions.funding import apply, edit_application, move_application
from dispatch.elements.actions.needs import drop_need, edit_need, save_need
from dispatch.elements.actions.outputs import save_output
from dispatch.elements.actions.plots import confirm_clear, create_plot, edit_plot, reopen_plot, report_plot
from dispatch.elements.actions.supplies import set_supply

__all__ = [
    "apply",
    "confirm_clear",
    "create_plot",
    "drop_need",
    "edit_application",
    "edit_need",
    "edit_plot",
    "move_application",
    "reopen_plot",
    "report_plot",
    "save_need",
    "save_output",
    "set_supply",
]

"""The light of one approval step. Pure. Source: domain.md 3.3, row "approval step"."""

from datetime import date

from approvals.clocks import lateness, remaining
from workdays.arithmetic import WorkCalendar

NEAR_WD = 3
RED_AFTER_WD = 10


def step_light(committed_due: date | None, statutory_due: date | None, *, today: date, calendar: WorkCalendar) -> str:
    """green, blue (at most 3 working days left), yellow (1–10 late by the committed limit) or red; "" without a clock.

    Give only the due days of clocks that run. Past the statutory limit is red from the first day.
    """
    running = [due for due in (committed_due, statutory_due) if due is not None]
    if not running:
        return ""
    if statutory_due is not None and today > statutory_due:
        return "red"
    if committed_due is not None and today > committed_due:
        return "red" if lateness(committed_due, today, calendar).workdays > RED_AFTER_WD else "yellow"
    return "blue" if remaining(today, min(running), calendar) <= NEAR_WD else "green"

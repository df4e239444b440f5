"""Rules of supervision (督办): numbers, and when the unit's next report is due. Pure."""

from datetime import date

from workdays.arithmetic import WorkCalendar

LONGEST_RHYTHM_WD = 60
# What a leader says about a report needs one; a further instruction can be given at any time.
NEEDS_REPORT = frozenset({"read", "continue", "satisfied"})
NEEDS_TEXT = frozenset({"continue", "addition"})
# Possible when the item is closed already; anything else first needs the ledger's reopening.
AFTER_CLOSURE = frozenset({"read", "satisfied"})


def number(year: int, serial: int) -> str:
    """督〔2026〕12号."""
    return f"督〔{year}〕{serial}号"


def next_report(
    *, issued_on: date, every_wd: int, last_report_on: date | None, due_on: date, calendar: WorkCalendar
) -> date | None:
    """Day by which the unit has to report next while the item is in its hands.

    Every ``every_wd`` working days after the last report, or after the issue; the deadline itself is always a day of
    report, and the rhythm goes on after it. 0: once, at the deadline; None when that report is there.
    """
    since = max(last_report_on or issued_on, issued_on)
    if every_wd <= 0:
        return None if last_report_on and last_report_on >= due_on else due_on
    rhythm = calendar.add(since, every_wd)
    return due_on if since < due_on < rhythm else rhythm


def days_left(due: date, today: date, calendar: WorkCalendar) -> int:
    """Working days to the day of report; late ones are negative, at least one day when it has passed."""
    if due < today:
        return -max(1, calendar.count(due, today))
    return calendar.count(today, due)

"""The figures as .xlsx: what the page shows, cell by cell, with numerators and denominators in columns of their own."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from approvals.figures import table as tables
from approvals.figures.land import Land, Stretch
from approvals.figures.periods import Period
from approvals.figures.workbook import Heading, workbook


def steps(shown: tables.Table, period: Period, park: str, by: Any):
    """An open file: one line for each of the table, the total last, the definitions below."""
    about = len(shown.about_headings)
    headings = [Heading(text, 30 if at < about else 13) for at, text in enumerate(tables.headings(shown))]
    rows = [list(tables.values(line)) for line in (*shown.lines, shown.total)]
    title = _("Figures of steps and departments")
    words = " · ".join([park, _days(period), str(by)])
    notes = [str(text) for text in tables.DEFINITIONS]
    return workbook(sheet=_("Figures"), title=title, about=words, headings=headings, rows=rows, notes=notes)


def land(found: Land, period: Period, park: str):
    """An open file: one line for each project."""
    headings = [
        Heading(_("Project"), 36), Heading(_("Land awarded on"), 14),
        Heading(_("Last of the five certificates on"), 14), Heading(_("Working days")), Heading(_("Calendar days")),
        Heading(_("Within the target")),
        Heading(_("Ground broken on"), 14), Heading(_("Working days")), Heading(_("Calendar days")),
        Heading(_("Within the target")),
    ]  # fmt: skip
    rows = [
        [one.project.name, one.awarded_on, *_stretch(one.certified_on, one.certified),
         *_stretch(one.started_on, one.started)]
        for one in found.journeys
    ]  # fmt: skip
    title = _("From land to ground breaking")
    return workbook(sheet=title, title=title, about=f"{park} · {_days(period)}", headings=headings, rows=rows)


def _stretch(day: date | None, stretch: Stretch | None) -> list[Any]:
    if stretch is None:
        return [day, None, None, None]
    kept = {True: _("yes"), False: _("no"), None: None}[stretch.in_target]
    return [day, stretch.workdays, stretch.calendar_days, kept]


def _days(period: Period) -> str:
    return f"{period.first} – {period.last}"

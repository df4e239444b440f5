"""The tables of figures as .xlsx: what the pages show, with numerators and denominators in columns of their own."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from approvals.figures.workbook import Heading, workbook
from dispatch.figures.labels import BY_NAMES, RATE_NAMES
from dispatch.figures.listing import Listing
from dispatch.figures.rates import RateKey
from dispatch.figures.table import AGAINST, Line, RatesTable
from projects.investment import round_half_up


def rates(shown: RatesTable) -> BinaryIO:
    """An open file: the groups, the park last, definitions and what was compared below."""
    headings = [Heading(str(BY_NAMES[shown.by]), 26), Heading(_("Number of projects"), 9)]
    for key in RateKey:
        name = str(RATE_NAMES[key])
        headings += [Heading(f"{name} (%)", 13), Heading(_("numerator"), 13), Heading(_("denominator"), 13)]
        headings += [Heading(_("against %(then)s (pp)") % {"then": then}, 13) for then in AGAINST.values()]
    headings += [Heading(_("Calendar (%)"), 13), Heading(_("Ahead of the calendar (pp)"), 13)]
    about = _("Data up to %(day)s, money up to %(month)s, 10k CNY") % {
        "day": shown.as_of.isoformat(),
        "month": f"{shown.month:%Y-%m}",
    }
    rows = [list(_values(line)) for line in (*shown.lines, shown.whole)]
    notes = [*shown.definitions, *shown.compared]
    title = _("The five rates")
    return workbook(sheet=title, title=title, about=about, headings=headings, rows=rows, notes=notes)


def _values(line: Line) -> Iterable[Any]:
    yield line.name
    yield line.group.tally.projects
    for cell in line.cells:
        yield _number(cell.json["percent"])
        yield cell.rate.numerator
        yield cell.rate.denominator
        for then in AGAINST:
            yield _number(cell.changes[then])
    yield _number(line.shown_calendar)
    yield _number(line.ahead)


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def behind(found: Listing, *, title: str, about: str, notes: Iterable[str] = ()) -> BinaryIO:
    """An open file: one line for each project or step the person may see."""
    widths = {"text": 24, "day": 12, "money": 16, "number": 10}
    headings = [Heading(_("Project"), 36), *(Heading(str(c.heading), widths[c.kind]) for c in found.columns)]
    rows = ([found.project_of(row).name, *(_cell(c.kind, c.value(row)) for c in found.columns)] for row in found.rows)
    return workbook(sheet=_("List"), title=title, about=about, headings=headings, rows=rows, notes=notes)


def _cell(kind: str, value: Any) -> Any:
    return round_half_up(value, 4) if kind == "money" and value is not None else value

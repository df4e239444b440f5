"""Puts the example park together: people, projects, ledger, warnings and bulletins as they stand on one day."""

from collections.abc import Callable
from datetime import date

from django.contrib.auth.hashers import make_password

from accounts.models import Park, User
from dispatch.demo import names
from dispatch.demo.board import write_board
from dispatch.demo.briefs import write_briefs
from dispatch.demo.build import FULL_HISTORY, Book, Builder
from dispatch.demo.bulletins import write_bulletins
from dispatch.demo.cast import CAST
from dispatch.demo.clockface import at_work
from dispatch.demo.connections import write_connections
from dispatch.demo.elements import write_elements
from dispatch.demo.extras import Extras
from dispatch.demo.figures import write_figures
from dispatch.demo.filing import write_filing
from dispatch.demo.group_start import write_group_start
from dispatch.demo.guide import write_guide
from dispatch.demo.instructions import write_instructions
from dispatch.demo.items import write_items
from dispatch.demo.ledger_life import write_ledger_life
from dispatch.demo.measures import write_measures
from dispatch.demo.meetings import write_meetings
from dispatch.demo.notices import write_notices
from dispatch.demo.own_reports import write_own_reports
from dispatch.demo.people import Cast, build_park
from dispatch.demo.plans import write_plans
from dispatch.demo.programme import write_programme
from dispatch.demo.ranking import write_ranking
from dispatch.demo.response import write_response
from dispatch.demo.visits import write_visits
from dispatch.reports.actions import draft_bulletin
from dispatch.warnings.evaluate import evaluate
from projects.models import Project
from workdays.models import load_calendar

PROJECTS = len(CAST)
SMALL_PROJECTS = (1012, 1031)  # numbers of the plot that the second park borrows
LIMIT_FOR_BULLETINS = 200
AFTER_ITEMS = (
    write_ledger_life,
    write_measures,
    write_visits,
    write_instructions,
    write_programme,
    write_elements,
    write_filing,
    write_own_reports,
    write_plans,
    write_group_start,
)
AFTER_WARNINGS = (write_response, write_meetings, write_notices, write_connections)
REPORTS = (write_figures, write_board, write_ranking, write_briefs)  # they freeze what the others have written


def is_empty() -> bool:
    """Whether nobody uses this database yet."""
    return not Park.objects.exists() and not User.objects.exists()


def seed(*, as_of: date, projects: int = PROJECTS, seed: int, password: str, say: Callable[[str], None]) -> None:
    """Writes both example parks; ``password`` is that of every account. Call on a database with a catalogue."""
    calendar, book, hashed = load_calendar(), Book.read(), make_password(password)
    cast = build_park(names.PARK, names.UNITS, names.ACCOUNTS, "云岭", hashed)
    Builder(cast, book, calendar, as_of, seed).build(projects)
    write_guide(cast, at=at_work(as_of))
    small = build_park(names.SMALL_PARK, names.SMALL_UNITS, names.SMALL_ACCOUNTS, "北山", hashed)
    for number in SMALL_PROJECTS:
        Builder(small, book, calendar, as_of, seed, full_history=number + 1).build(1, first=number)
    say(f"{Project.objects.count()} projects in 2 parks")
    items = write_items(cast, _of_cast(cast), as_of=as_of, calendar=calendar)
    say(f"{items} ledger items")
    for write in AFTER_ITEMS:
        write(cast, _of_cast(cast), as_of=as_of, calendar=calendar)
    if projects <= LIMIT_FOR_BULLETINS:
        write_bulletins(cast, _of_cast(cast), as_of=as_of, calendar=calendar)
    Extras(cast, _of_cast(cast), as_of, calendar).write()
    counts = evaluate(as_of=as_of, at=at_work(as_of))
    say(f"warnings: {counts.total} rows")
    for write in AFTER_WARNINGS:
        write(cast, _of_cast(cast), as_of=as_of, calendar=calendar)
    evaluate(as_of=as_of, at=at_work(as_of))  # what the meetings have decided is on the ledger now
    if projects <= LIMIT_FOR_BULLETINS:
        for write in REPORTS:
            write(cast, _of_cast(cast), as_of=as_of, calendar=calendar)
        for park in (cast.park, small.park):
            draft_bulletin(park=park, year=as_of.year, month=as_of.month, as_of=as_of, by=None, at=at_work(as_of))


def _of_cast(cast: Cast) -> dict[int, Project]:
    """Number in the cast → project, for the projects with a full history."""
    rows = Project.objects.filter(park=cast.park).order_by("pk")[:FULL_HISTORY]
    return dict(enumerate(rows))

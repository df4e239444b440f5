"""What the register's own doors are told about locked months (projects.seams.investment_locks)."""

from dispatch.filing import words
from dispatch.filing.models import FilingRound


def locked_months(park_id: int, year: int) -> dict[int, str]:
    """{month: why its figures no longer change}; one query."""
    rows = FilingRound.objects.filter(park=park_id, year=year, state=FilingRound.State.LOCKED)
    return {row.month: words.locked(row) for row in rows}

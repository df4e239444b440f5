"""Periods of figures: a year, a quarter, a month, or from one day to another. Pure."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

FREE = "free"
PATTERN = re.compile(r"(?P<year>20\d\d)(?:-(?:Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?")


@dataclass(frozen=True)
class Period:
    """Both days are inside. ``code``: 2026, 2026-Q3, 2026-03 or free."""

    code: str
    first: date
    last: date


def period(code: str) -> Period:
    """Raises ValueError for a code that is none of 2026, 2026-Q3 and 2026-03."""
    found = PATTERN.fullmatch(code)
    if not found:
        raise ValueError(f"not a period: {code}")
    year, quarter, month = int(found["year"]), found["quarter"], found["month"]
    first, last = (int(month), int(month)) if month else (1, 12)
    if quarter:
        first, last = 3 * int(quarter) - 2, 3 * int(quarter)
    return Period(code, date(year, first, 1), date(year, last, monthrange(year, last)[1]))


def running_year(today: date) -> Period:
    return period(f"{today.year}")


def recent(today: date) -> dict[str, list[str]]:
    """Codes to choose from, newest first: three years, the quarters of this year and the last, twelve months."""
    quarter = (today.month + 2) // 3
    months = [divmod(today.year * 12 + today.month - 1 - back, 12) for back in range(12)]
    quarters = [divmod(today.year * 4 + quarter - 1 - back, 4) for back in range(quarter + 4)]
    return {
        "years": [f"{today.year - back}" for back in range(3)],
        "quarters": [f"{year}-Q{place + 1}" for year, place in quarters],
        "months": [f"{year}-{place + 1:02}" for year, place in months],
    }

"""What every section of the board is asked with, and how it writes numbers. Pure but the types."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from accounts.models import Park, User
from dispatch.figures.rates import round_half_up
from workdays.arithmetic import WorkCalendar

DAY = timedelta(days=1)
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Asked:
    """``viewer`` None: the park's own board, for the weekly brief."""

    park: Park
    as_of: date
    now: datetime
    calendar: WorkCalendar
    viewer: User | None = None

    @property
    def monday(self) -> date:
        """Monday of the week that ``as_of`` lies in."""
        return self.as_of - self.as_of.weekday() * DAY

    @property
    def week(self) -> tuple[date, date]:
        """This week so far, both days included."""
        return self.monday, self.as_of

    @property
    def last_week(self) -> tuple[date, date]:
        """Monday to Sunday of the week before."""
        return self.monday - WEEK, self.monday - DAY

    @property
    def year(self) -> tuple[date, date]:
        """This year so far."""
        return date(self.as_of.year, 1, 1), self.as_of


def one_decimal(value: Fraction | Decimal | int | None) -> str | None:
    """Half up from the unrounded value; None stays None."""
    return None if value is None else f"{round_half_up(Fraction(value), 1)}"

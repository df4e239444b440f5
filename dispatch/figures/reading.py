"""The five rates of a park, group by group, as of a day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from accounts.models import Park
from dispatch.figures import groups, policies, tallies
from dispatch.figures.groups import By, Key
from dispatch.figures.policy import FigurePolicy
from dispatch.figures.rates import Rate, RateKey
from dispatch.figures.tallies import Tally
from dispatch.warnings.levels import closed_month


@dataclass(frozen=True)
class GroupRates:
    """One group's rates. ``key``: unit id, industry, street, leader; None: not named, or the whole park.

    ``tally``: what the rates rest on; what only other variants need is not counted. ``calendar``: 序时进度 as a share
    of the annual plan. ``name`` is empty for projects that name none.
    """

    by: By
    key: Key
    name: str
    tally: Tally
    rates: Mapping[RateKey, Rate]
    calendar: Fraction

    @property
    def token(self) -> str:
        """The key as addresses have it."""
        return groups.token(self.key)

    @property
    def ahead_pp(self) -> Fraction | None:
        """投资完成率 less 序时进度 in percentage points, unrounded; None without an annual plan."""
        ratio = self.rates[RateKey.INVESTMENT].ratio
        return None if ratio is None else (ratio - self.calendar) * 100


def read(
    park: Park, *, as_of: date, by: By = By.PARK, policy: FigurePolicy | None = None, month: date | None = None
) -> list[GroupRates]:
    """The groups by name, the one that is not named last; PARK: exactly one.

    ``policy``: that in force. ``month``: any day of the month up to which money counts, by default the latest month
    that is over on ``as_of``. At most seven queries, whatever the number of projects.
    """
    policy = policy or policies.in_force(park.pk)
    until = month or closed_month(as_of)
    found = tallies.read(park, year=until.year, month=until.month, as_of=as_of, by=by, policy=policy)
    named = groups.names(park, by, found)
    return rated(found, named, by=by, month=until.month, policy=policy)


def rated(
    found: Mapping[Key, Tally], named: Mapping[Key, str], *, by: By, month: int, policy: FigurePolicy
) -> list[GroupRates]:
    """The rates of these tallies, which together are the park's."""
    park = tallies.total(found)
    rows = [_one(by, key, named.get(key, ""), tally, park, month, policy) for key, tally in found.items()]
    return sorted(rows, key=lambda row: (row.key is None, row.name, row.token))


def whole(rows: Iterable[GroupRates], *, name: str, month: int, policy: FigurePolicy) -> GroupRates:
    """The park's row below the groups: their sum."""
    park = sum((row.tally for row in rows), Tally())
    return _one(By.PARK, None, name, park, park, month, policy)


def _one(by: By, key: Key, name: str, tally: Tally, park: Tally, month: int, policy: FigurePolicy) -> GroupRates:
    rates = tallies.park_rates(park, policy) if by is By.PARK else tallies.unit_rates(tally, park, policy)
    return GroupRates(by, key, name, tally, rates, tallies.calendar_share(tally, month, policy))

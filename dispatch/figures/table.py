"""The table of rates as page, workbook and API show it: the same rows, the same rounded values, the same order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.i18n import localized
from accounts.models import Park
from dispatch.figures import days, groups, links, policies, reading, tallies
from dispatch.figures.days import Frozen
from dispatch.figures.groups import By
from dispatch.figures.labels import RATE_NAMES, definitions_under
from dispatch.figures.policy import FigurePolicy
from dispatch.figures.rates import Rate, RateKey, as_json, change_pp, points, round_half_up
from dispatch.figures.reading import GroupRates
from dispatch.warnings.levels import closed_month

AGAINST = {
    "week": gettext_lazy("last week"),
    "month": gettext_lazy("last month"),
    "year": gettext_lazy("last year"),
}
NOT_NAMED = gettext_lazy("not named")
SORTS = ("name", "projects", "ahead", *(key.value for key in RateKey))


@dataclass(frozen=True)
class Cell:
    """One rate of one group with what it was compared with. ``changes``: "+1.2" in percentage points, or None."""

    key: RateKey
    rate: Rate
    changes: Mapping[str, str | None]
    urls: Mapping[str, str]

    @property
    def name(self):
        return RATE_NAMES[self.key]

    @property
    def json(self) -> dict:
        return as_json(self.rate)

    @property
    def is_money(self) -> bool:
        return self.key in (RateKey.INVESTMENT, RateKey.QUARTER)


@dataclass(frozen=True)
class Line:
    """One group."""

    group: GroupRates
    cells: Sequence[Cell]

    @property
    def name(self) -> str:
        return self.group.name or str(NOT_NAMED)

    @property
    def ahead(self) -> str | None:
        return points(self.group.ahead_pp)

    @property
    def shown_calendar(self) -> str:
        """序时进度 in per cent, one decimal."""
        return str(round_half_up(self.group.calendar * 100, 1))

    def value(self, sort: str):
        """What to sort by; None is put last."""
        if sort in ("name", "projects"):
            return self.name if sort == "name" else self.group.tally.projects
        return self.group.ahead_pp if sort == "ahead" else self.group.rates[RateKey(sort)].ratio


@dataclass(frozen=True)
class RatesTable:
    """``whole``: the park's line; ``lines``: its groups, none for PARK. ``then``: what it is compared with."""

    as_of: date
    month: date
    by: By
    policy: FigurePolicy
    whole: Line
    lines: Sequence[Line]
    then: Mapping[str, Frozen | None]

    @property
    def definitions(self) -> list[str]:
        return definitions_under([self.whole.group.rates, *(line.group.rates for line in self.lines)], self.policy)

    @property
    def compared(self) -> list[str]:
        """With which days, and where there is nothing to compare with, why."""
        return [_compared(name, self.then[name], day) for name, day in days.days_before(self.as_of).items()]


def table(park: Park, *, as_of: date, by: By, policy: FigurePolicy | None = None, sort: str = "name") -> RatesTable:
    """At most ten queries. ``sort``: one of SORTS, "-" before it for the other direction."""
    policy = policy or policies.in_force(park.pk)
    until = closed_month(as_of)
    found = tallies.read(park, year=until.year, month=until.month, as_of=as_of, by=by, policy=policy)
    then = days.comparisons(park, as_of=as_of, policy=policy)
    park_only = {None: tallies.total(found)}
    name = {None: localized(park, "name")}
    (whole,) = reading.rated(park_only, name, by=By.PARK, month=until.month, policy=policy)
    named = {} if by is By.PARK else groups.names(park, by, found)
    rows = [] if by is By.PARK else reading.rated(found, named, by=by, month=until.month, policy=policy)
    lines = [_line(row, then, policy, as_of) for row in rows]
    return RatesTable(as_of, until, by, policy, _line(whole, then, policy, as_of), sorted_lines(lines, sort), then)


def sorted_lines(lines: Sequence[Line], sort: str) -> list[Line]:
    """Groups without a value, and the one without a name when sorted by name, come last in both directions."""
    by, down = sort.removeprefix("-"), sort.startswith("-")
    if by not in SORTS:
        return list(lines)
    last = [line for line in lines if (line.group.key if by == "name" else line.value(by)) is None]
    first = [line for line in lines if line not in last]
    return sorted(first, key=lambda line: line.value(by), reverse=down) + last


def _line(row: GroupRates, then: Mapping[str, Frozen | None], policy: FigurePolicy, as_of: date) -> Line:
    before = {name: old.rates(policy, row.by, row.token) if old else None for name, old in then.items()}
    cells = []
    for key, rate in row.rates.items():
        changes = {name: change_pp(rate, rates[key]) if rates else None for name, rates in before.items()}
        urls = {part: links.rate_url(key, part, by=row.by, group=row.token, on=as_of) for part in links.PARTS}
        cells.append(Cell(key, rate, changes, urls))
    return Line(row, cells)


def _compared(name: str, old: Frozen | None, day: date) -> str:
    if old is None:
        told = _("%(against)s: no figures were kept around %(day)s, so there is no comparison")
        return told % {"against": AGAINST[name], "day": day.isoformat()}
    return _("%(against)s: figures kept on %(day)s") % {"against": AGAINST[name], "day": old.as_of.isoformat()}

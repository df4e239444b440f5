"""What the five rates count, per group of projects, in at most five grouped queries. What counts: ``counting``."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from accounts.models import Park
from dispatch.figures import counting
from dispatch.figures.counting import (
    BEFORE_START,
    ENROL_FROM_10K,
    PREPARING,
    Moment,
    is_enrolled,
    latest_ytd,
    planned_to_start,
    with_start,
)
from dispatch.figures.groups import By, Key, columns, joined, key_of
from dispatch.figures.policy import DEFAULT, FigurePolicy
from dispatch.figures.rates import Rate, RateKey
from dispatch.reports.words import exact

__all__ = [
    "BEFORE_START", "ENROL_FROM_10K", "PREPARING", "By", "Tally", "counted", "is_enrolled", "latest_ytd", "park_rates",
    "planned_to_start", "read", "total", "unit_rates", "with_start",
]  # fmt: skip

FOUR_PLACES = Decimal("0.0001")
NOTHING = Decimal(0)
MONTHS = range(1, 13)
NO_MONTHS = (NOTHING,) * 12


@dataclass(frozen=True)
class Tally:
    """Counts and 万元 of one group, or of the park; enough for every variant of every rate.

    ``to_close``, ``closed``: projects whose steps before construction should be, and are, all closed. ``starts_due``:
    planned to have started by the day. ``by_month_10k``: monthly plans up to the month; ``even_10k``: annual plans
    without monthly ones. ``by_start_10k``: annual plans by the month of this year in which the start is planned.
    """

    projects: int = 0
    steps: int = 0
    steps_done: int = 0
    to_close: int = 0
    closed: int = 0
    starts_planned: int = 0
    starts_due: int = 0
    starts_done: int = 0
    to_enrol: int = 0
    enrolled: int = 0
    planned_10k: Decimal = NOTHING
    ytd_10k: Decimal = NOTHING
    quarter_10k: Decimal = NOTHING
    by_month_10k: Decimal = NOTHING
    even_10k: Decimal = NOTHING
    by_start_10k: tuple[Decimal, ...] = field(default=NO_MONTHS)

    def __add__(self, other: "Tally") -> "Tally":
        plain = [f.name for f in fields(Tally) if f.name != "by_start_10k"]
        sums = {name: getattr(self, name) + getattr(other, name) for name in plain}
        months = zip(self.by_start_10k, other.by_start_10k, strict=True)
        return Tally(**sums, by_start_10k=tuple(a + b for a, b in months))

    def as_json(self) -> dict[str, Any]:
        """Whole numbers, and money as exact strings."""
        return {name: _plain(value) for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Tally":
        months = tuple(Decimal(text) for text in stored.get("by_start_10k", NO_MONTHS))
        known = {f.name for f in fields(cls)} - {"by_start_10k"}
        values = {name: Decimal(v) if isinstance(v, str) else v for name, v in stored.items() if name in known}
        return cls(**values, by_start_10k=months)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [exact(part) for part in value]
    return exact(value) if isinstance(value, Decimal) else value


def total(tallies: Mapping[Key, Tally]) -> Tally:
    return sum(tallies.values(), Tally())


def unit_rates(tally: Tally, park: Tally, policy: FigurePolicy = DEFAULT) -> dict[RateKey, Rate]:
    """The five rates of one group of the park's projects."""
    if policy.quarter == "plan":
        return _common(tally, policy) | {
            RateKey.QUARTER: Rate(tally.quarter_10k, tally.planned_10k / 4, "quarter_unit_plan")
        }
    return _common(tally, policy) | {RateKey.QUARTER: Rate(tally.quarter_10k, park.quarter_10k, "quarter")}


def park_rates(park: Tally, policy: FigurePolicy = DEFAULT) -> dict[RateKey, Rate]:
    """The five rates of the whole park; its quarter is measured against a quarter of the plan."""
    return _common(park, policy) | {RateKey.QUARTER: Rate(park.quarter_10k, park.planned_10k / 4, "quarter_plan")}


def counted(policy: FigurePolicy) -> dict[RateKey, tuple[str, str, str]]:
    """Of the rates that are counts: name of the numerator, name of the denominator, definition."""
    by_project, to_date = policy.formalities == "projects", policy.starts == "to_date"
    return {
        RateKey.FORMALITIES: ("closed", "to_close", "formalities_projects")
        if by_project
        else ("steps_done", "steps", "formalities"),
        RateKey.STARTS: ("starts_done", "starts_due", "starts_to_date")
        if to_date
        else ("starts_done", "starts_planned", "starts"),
        RateKey.ENROLMENT: ("enrolled", "to_enrol", "enrolment"),
    }


def _common(tally: Tally, policy: FigurePolicy) -> dict[RateKey, Rate]:
    rates = {
        key: Rate(Decimal(getattr(tally, above)), Decimal(getattr(tally, below)), definition)
        for key, (above, below, definition) in counted(policy).items()
    }
    return rates | {RateKey.INVESTMENT: Rate(tally.ytd_10k, tally.planned_10k, "investment")}


def calendar_share(tally: Tally, month: int, policy: FigurePolicy = DEFAULT) -> Fraction:
    """序时进度 of the group after ``month`` months, as a share of its annual plan; even months without a plan."""
    even = Fraction(month, 12)
    planned = Fraction(tally.planned_10k)
    if not planned or policy.calendar == "even":
        return even
    if policy.calendar == "monthly_plan":
        return (Fraction(tally.by_month_10k) + Fraction(tally.even_10k) * even) / planned
    dated = [(Fraction(plan), start) for start, plan in zip(MONTHS, tally.by_start_10k, strict=True)]
    expected = sum((plan * Fraction(max(0, month - start + 1), 13 - start) for plan, start in dated), Fraction(0))
    rest = planned - sum((plan for plan, _start in dated), Fraction(0))
    return (expected + rest * even) / planned


def read(
    park: Park, *, year: int, month: int, as_of: date, by: By = By.UNIT, policy: FigurePolicy | None = None
) -> dict[Key, Tally]:
    """Key of the group (None: not named) → tally. At most five queries, whatever the number of projects.

    ``by`` PARK: one tally for all, key None. ``policy``: only what its variants need is counted, the rest is left 0;
    without one everything is.
    """
    when = Moment(year, month, as_of)
    found: dict[Key, dict[str, Any]] = {}
    for make in _needed(policy):
        for row in make(park, when, by):
            key = key_of(by, row)
            sums = found.setdefault(key, {})
            for name, value in row.items():
                sums[name] = sums.get(name, 0) + _exact(value)
    tallies = {key: _tally(sums) for key, sums in found.items()}
    return tallies or ({None: Tally()} if by is By.PARK else {})


def _needed(policy: FigurePolicy | None) -> Iterator[Callable[[Park, Moment, By], QuerySet]]:
    yield _project_counts
    if policy is None or policy.formalities == "steps":
        yield _step_counts
    if policy is None or policy.formalities == "projects":
        yield _closing
    yield _money
    if policy is None or policy.calendar != "even":
        yield _calendar


def _exact(value: Any) -> Any:
    """Sums of money as one database or the other gives them, to the four places they have."""
    return value if isinstance(value, int) else Decimal(value or 0).quantize(FOUR_PLACES)


def _tally(sums: dict[str, Any]) -> Tally:
    before = sums.pop("before_10k", NOTHING)
    sums["quarter_10k"] = sums.get("ytd_10k", NOTHING) - before
    months = tuple(sums.pop(f"start_{month}", NOTHING) for month in MONTHS)
    return Tally(**sums, by_start_10k=months)


def _grouped(rows: QuerySet, by: By, path: str, **sums: Any) -> QuerySet:
    return joined(rows, by, path).order_by().values(**columns(by, path)).annotate(**sums)


def _counts(conditions: Mapping[str, Q]) -> dict[str, Count]:
    return {name: Count("pk", filter=condition or None) for name, condition in conditions.items()}


def _project_counts(park: Park, when: Moment, by: By) -> QuerySet:
    return _grouped(counting.active_projects(park, when), by, "", **_counts(counting.project_conditions(when)))


def _closing(park: Park, when: Moment, by: By) -> QuerySet:
    return _grouped(counting.projects_to_close(park, when), by, "", **_counts(counting.closing_conditions()))


def _step_counts(park: Park, when: Moment, by: By) -> QuerySet:
    return _grouped(counting.steps_before_start(park, when), by, "project__", **_counts(counting.step_conditions(when)))


def _money(park: Park, when: Moment, by: By) -> QuerySet:
    sums = {"planned_10k": Sum("plan"), "ytd_10k": Sum("ytd"), "before_10k": Sum("before")}
    return _grouped(counting.money_projects(park, when), by, "", **sums)


def _calendar(park: Park, when: Moment, by: By) -> QuerySet:
    """Plans up to the month by monthly plan, and by the month of the planned start."""
    sums = {"by_month_10k": Sum("by_month"), "even_10k": Sum("planned_10k", filter=Q(by_month__isnull=True))}
    for month in MONTHS:
        in_month = Q(start__due_on__gte=date(when.year, month, 1), start__due_on__lt=_following(when.year, month))
        sums[f"start_{month}"] = Sum("planned_10k", filter=in_month)
    return _grouped(counting.annual_plans(park, when), by, "project__", **sums)


def _following(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1)

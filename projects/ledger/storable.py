"""What the database cannot hold of a dry run's changes: values beyond their columns, names and codes of others, months
that are closed."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import override

from accounts.models import Organization, Park
from projects import seams
from projects.actions.create import keys_of, refuse_wrong_period
from projects.actions.shared import clean_value
from projects.errors import InvalidFields
from projects.ledger.dates import PartialDate, Period
from projects.ledger.diff import Change, RowDiff
from projects.ledger.fields import MONEY_FIELDS
from projects.ledger.remarks import Remark, remark
from projects.ledger.store import COLUMNS, Values
from projects.ledger.text import normalise_name
from projects.models import Enterprise, Milestone, Project


def unstorable(diff: RowDiff[int], stored: Values) -> Iterator[Remark]:
    """What the columns refuse: signs, years, characters, lengths."""
    for change in diff.changes:
        if _problem(change):
            yield _translated(diff.row.sheet, change.cell, change.raw, lambda one=change: _problem(one))
    name = next((each for each in diff.changes if each.field == "name"), None)
    if name and _name_problem(name.new):
        yield _translated(diff.row.sheet, name.cell, name.raw, lambda: _name_problem(name.new))
    period = next((each for each in diff.changes if each.field == "period"), None)
    if period and _period_problem(period.new):
        yield _translated(diff.row.sheet, period.cell, period.raw, lambda: _period_problem(period.new))


def _translated(sheet: str, cell: str, raw: str, problem) -> Remark:
    with override("zh-hans"):
        zh = problem()
    with override("en"):
        en = problem()
    return remark("NOT_STORABLE", sheet, cell, raw, zh=zh, en=en)


def _problem(change: Change) -> str:
    try:
        for column, value in _columns(change):
            clean_value(column, value)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def _columns(change: Change) -> Iterator[tuple[Any, Any]]:
    name, value = change.field, change.new
    if name in COLUMNS:
        yield Project._meta.get_field(COLUMNS[name]), value
    elif name in MONEY_FIELDS and not name.startswith("month"):
        yield Project._meta.get_field("total_investment_10k"), value
    elif name == "enterprise":
        yield Enterprise._meta.get_field("name"), value
        yield Enterprise._meta.get_field("name_key"), normalise_name(value)
    elif name in ("responsible_unit", "leader_unit"):
        yield Organization._meta.get_field("name"), value
    elif isinstance(value, PartialDate) and value.value:
        yield Milestone._meta.get_field("actual_on"), value.value
    elif isinstance(value, Period):
        yield from (
            (Milestone._meta.get_field("actual_on"), end.value) for end in (value.start, value.end) if end and end.value
        )


def _name_problem(name: str) -> str:
    try:
        keys_of(Project(name=name))
    except InvalidFields as error:
        return str(error)
    return ""


def _period_problem(period: Period) -> str:
    try:
        refuse_wrong_period(*(end and end.value for end in (period.start, period.end)))
    except InvalidFields as error:
        return str(error)
    return ""


class Taken:
    """Names and codes belong to one project each: the one that has them now, or the first row that asks."""

    def __init__(self, stored: Mapping[int, Values]) -> None:
        self.holders: dict[tuple[str, str], tuple[Any, str]] = {}
        for key, values in stored.items():
            self._hold("name", normalise_name(values.get("name", "")), key, values.get("name", ""))
            self._hold("code", values.get("code", ""), key, values.get("name", ""))

    def _hold(self, kind: str, value: str, key: Any, name: str) -> tuple[Any, str]:
        return self.holders.setdefault((kind, value), (key, name)) if value else (key, name)

    def claim(self, diff: RowDiff[int]) -> Iterator[Remark]:
        row, key = diff.row, diff.key if diff.key is not None else f"{diff.row.sheet}!{diff.row.number}"
        for change in diff.changes:
            if change.field not in ("name", "code"):
                continue
            value = normalise_name(change.new) if change.field == "name" else change.new
            holder, name = self._hold(change.field, value, key, row.value("name") or change.new)
            if holder != key:
                yield remark(f"{change.field.upper()}_TAKEN", row.sheet, change.cell, change.raw, other=name)


class Locked:
    """Months whose investment is closed (seams.investment_locks): a change of theirs refuses the row, cell by cell."""

    def __init__(self, park: Park, year: int, month: int) -> None:
        self.month = month
        with override("zh-hans"):
            self.zh = seams.locked_months(park.pk, year)
        self.en = self.zh
        if self.zh:
            with override("en"):
                self.en = seams.locked_months(park.pk, year)

    def about(self, diff: RowDiff[int]) -> Iterator[Remark]:
        for change in diff.changes:
            month = month_of(change.field, self.month)
            if month in self.zh:
                words = {"zh": self.zh[month], "en": self.en[month]}
                yield remark("MONTH_LOCKED", diff.row.sheet, change.cell, change.raw, **words)


def month_of(name: str, report_month: int) -> int | None:
    """The month whose investment a field of the importer states; None for other fields."""
    if name.startswith("monthly_investment_10k."):
        return int(name.partition(".")[2])
    return report_month if name in ("month_investment_10k", "ytd_investment_10k") else None

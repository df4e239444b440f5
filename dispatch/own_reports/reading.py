"""From a definition to rows, groups and totals: a handful of queries, whatever the number of rows.

Groups and totals are added up by the database from unrounded values of all rows, not of the page that is shown.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from math import ceil, floor
from typing import Any

from django.db.models import Case, CharField, Count, F, IntegerField, OrderBy, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils.timezone import localtime

from dispatch.own_reports.columns import Column, Dataset, Env
from dispatch.own_reports.datasets import DATASETS
from dispatch.own_reports.definitions import NUMBERS, Definition, Kind, Problem, Span, checked, span_days

YI = Decimal(10_000)  # 万元 in one 亿元
EXACT = Decimal("0.00000001")
PLACES = Decimal("0.0001")


@dataclass(frozen=True)
class Row:
    """``values``: by column name; ``keys``: of its groups."""

    pk: int
    values: Mapping[str, Any]
    keys: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Group:
    """All rows with these keys: how many, and the sums of the columns that can be added up."""

    keys: tuple[Any, ...]
    count: int
    sums: Mapping[str, Decimal | None] = field(default_factory=dict)

    @property
    def level(self) -> int:
        return len(self.keys) - 1


@dataclass(frozen=True)
class Line:
    """One line of the table: a row, or a group that begins here."""

    row: Row | None = None
    group: Group | None = None


class Reading:
    """A definition read for one person on one day. Raises KeyError for a dataset that does not exist."""

    def __init__(self, raw: Mapping[str, Any], env: Env, *, order: str = ""):
        self.env = env
        self._options: dict[str, Sequence[tuple[str, Any]]] = {}
        self.dataset: Dataset = DATASETS[raw["dataset"]]
        wanted = {**raw, "order": order} if order.removeprefix("-") in self.dataset.by_name else raw
        self.definition: Definition
        self.problems: list[Problem]
        self.definition, self.problems = checked(wanted, self.dataset.traits)
        by_name = self.dataset.by_name
        self.columns: list[Column] = [by_name[name] for name in self.definition.columns]
        self.grouped: list[Column] = [by_name[name] for name in self.definition.grouping]
        self.summed: list[Column] = [column for column in self.columns if column.sums]

    def options(self, column: Column) -> Sequence[tuple[str, Any]]:
        """(code, words) of a choice column, looked up once; none of another."""
        if column.name not in self._options:
            self._options[column.name] = column.choices(self.env) if column.choices else ()
        return self._options[column.name]

    @cached_property
    def labels(self) -> dict[str, dict[str, str]]:
        """{choice column: {code: words}} of the columns shown or grouped by."""
        return {
            column.name: {code: str(words) for code, words in self.options(column)}
            for column in {column.name: column for column in [*self.columns, *self.grouped]}.values()
            if column.choices
        }

    @cached_property
    def _rows(self) -> QuerySet:
        """Every row of the report, annotated, in no order."""
        by_name = self.dataset.by_name
        rows = self.dataset.rows(self.env)
        rows = rows.annotate(**{_alias(name): _source(by_name[name], self.env) for name in self.definition.used})
        for name, condition in self.definition.filters.items():
            rows = rows.filter(_condition(by_name[name], condition, self.env.today))
        if self.definition.limit is None:
            return rows
        first = rows.order_by(*self._own_order()).values_list("pk", flat=True)[: self.definition.limit]
        return rows.filter(pk__in=list(first))

    def _own_order(self) -> list[Any]:
        name = self.definition.ordered_by or self.columns[0].name
        return [self._by(self.dataset.by_name[name], down=self.definition.order.startswith("-")), "pk"]

    @cached_property
    def total(self) -> Group:
        """Of all rows."""
        sums = {_sum(column): Sum(_alias(column.name)) for column in self.summed}
        found = self._rows.order_by().aggregate(rows_counted=Count("pk"), **sums)
        return Group(
            (), found["rows_counted"], {column.name: typed(column, found[_sum(column)]) for column in self.summed}
        )

    @cached_property
    def groups(self) -> dict[tuple[Any, ...], Group]:
        """Every group by its keys, the outer ones too; outer sums are those of their inner ones."""
        if not self.grouped:
            return {}
        names = [_alias(column.name) for column in self.grouped]
        sums = {_sum(column): Sum(_alias(column.name)) for column in self.summed}
        rows = self._rows.order_by().values(*names).annotate(rows_counted=Count("pk"), **sums)
        found: dict[tuple[Any, ...], Group] = {}
        for one in rows:
            keys = tuple(typed(column, one[_alias(column.name)]) for column in self.grouped)
            values = {column.name: typed(column, one[_sum(column)]) for column in self.summed}
            for depth in range(1, len(keys) + 1):
                _add(found, keys[:depth], one["rows_counted"], values)
        return dict(sorted(found.items(), key=lambda item: [self._place(n, key) for n, key in enumerate(item[0])]))

    def _place(self, level: int, key: Any) -> tuple:
        """Where a group stands among its neighbours: choices in their order, empty ones last."""
        column = self.grouped[level]
        if column.choices:
            codes = list(self.labels[column.name])
            return (0, codes.index(key), "") if key in codes else (1, 0, str(key))
        return (1, 0, "") if key in (None, "") else (0, 0, key)

    def rows(self, start: int = 0, stop: int | None = None) -> list[Row]:
        """The rows from ``start`` up to ``stop`` in the order of the report."""
        order = [each for column in self.grouped for each in self._by_group(column)] + self._own_order()
        names = list(dict.fromkeys([*self.definition.columns, *self.definition.grouping]))
        by_name = self.dataset.by_name
        found = self._rows.order_by(*order).values_list("pk", *(_alias(name) for name in names))[start:stop]
        made = []
        for pk, *values in found.iterator(chunk_size=2000):
            held = {name: typed(by_name[name], value) for name, value in zip(names, values, strict=True)}
            made.append(Row(pk, held, tuple(held[name] for name in self.definition.grouping)))
        return made

    def _by_group(self, column: Column) -> list[OrderBy]:
        """Choices that are none any more stand last, each for itself."""
        by = [self._by(column)]
        return [*by, F(_alias(column.name)).asc()] if column.choices else by

    def _by(self, column: Column, *, down: bool = False) -> OrderBy:
        name = _alias(column.name)
        if codes := [code for code, _words in self.options(column)]:
            places = [When(**{name: code}, then=Value(place)) for place, code in enumerate(codes)]
            place = Case(*places, default=Value(len(codes)), output_field=IntegerField())
            return place.desc() if down else place.asc()
        return F(name).desc(nulls_last=True) if down else F(name).asc(nulls_last=True)

    def lines(self, rows: Sequence[Row]) -> Iterator[Line]:
        """The rows with a line before each group that begins among them; the first row begins all of its groups."""
        last: tuple[Any, ...] = ()
        for row in rows:
            for depth in range(1, len(row.keys) + 1):
                if row.keys[:depth] != last[:depth]:
                    yield Line(group=self.groups.get(row.keys[:depth], Group(row.keys[:depth], 0)))
            last = row.keys
            yield Line(row=row)


def _alias(name: str) -> str:
    """Apart from the model's own columns."""
    return f"own_{name}"


def _sum(column: Column) -> str:
    return f"sum_{column.name}"


def _source(column: Column, env: Env) -> Any:
    """Nothing and empty text are the same thing here."""
    found = column.expression(env)
    is_text = column.kind in (Kind.TEXT, Kind.CHOICE)
    return Coalesce(found, Value(""), output_field=CharField()) if is_text else found


def _condition(column: Column, given: Mapping[str, Any], today: date) -> Q:
    name = _alias(column.name)
    if column.kind == Kind.TEXT:
        return Q(**{f"{name}__icontains": given["contains"].strip()})
    if column.kind == Kind.CHOICE:
        return Q(**{f"{name}__in": given["in"]})
    if column.kind == Kind.DAY:
        return _between(name, *_day_ends(given, today), empty=given.get("span"))
    factor = YI if column.kind == Kind.YI else 1
    low, high = (Decimal(given[end]) * factor if end in given else None for end in ("min", "max"))
    if column.kind == Kind.INT:  # the database would cut off the decimals of both
        low, high = low and ceil(low), high and floor(high)
    return _between(name, low, high)


def _day_ends(given: Mapping[str, Any], today: date) -> tuple[date | None, date | None]:
    if "span" in given:
        return span_days(Span(given["span"]), today)
    first, last = (date.fromisoformat(given[end]) if end in given else None for end in ("from", "to"))
    return first, last


def _between(name: str, low: Any, high: Any, *, empty: str | None = None) -> Q:
    if empty == Span.EMPTY:
        return Q(**{f"{name}__isnull": True})
    found = Q(**{f"{name}__isnull": False})
    if low is not None:
        found &= Q(**{f"{name}__gte": low})
    if high is not None:
        found &= Q(**{f"{name}__lte": high})
    return found


def _add(found: dict, keys: tuple, count: int, values: Mapping[str, Decimal | None]) -> None:
    before = found.get(keys, Group(keys, 0, dict.fromkeys(values)))
    sums = {
        name: value if before.sums[name] is None else before.sums[name] + (value or 0) for name, value in values.items()
    }
    found[keys] = Group(keys, before.count + count, sums)


def typed(column: Column, value: Any) -> Any:
    """The value as it is kept: text, date, int, or a Decimal with at most eight places (four of money)."""
    if value is None or value == "":
        return "" if column.kind in (Kind.TEXT, Kind.CHOICE) else None
    if column.kind == Kind.DAY:
        return localtime(value).date() if isinstance(value, datetime) else value
    if column.kind == Kind.INT:
        return int(value)
    if column.kind in NUMBERS:
        places = EXACT if column.kind == Kind.PERCENT else PLACES
        return Decimal(str(value)).quantize(places, rounding=ROUND_HALF_UP)
    return str(value)

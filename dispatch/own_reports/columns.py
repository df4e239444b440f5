"""Building blocks of the datasets: a column with its expression, and where choices come from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, CharField, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from accounts.models import Organization, User
from dispatch.own_reports.definitions import Kind, Trait

YES, NO, UNKNOWN = "yes", "no", ""


@dataclass(frozen=True)
class Env:
    """For whom and on which day a report is read."""

    user: User
    today: date


Choices = Callable[[Env], Sequence[tuple[str, Any]]]


@dataclass(frozen=True)
class Column:
    """``source``: a lookup path of ours, or (env) → expression. ``choices``: (env) → (code, words) in their order.

    ``long``: text of several sentences.
    """

    name: str
    label: Any
    kind: Kind
    source: str | Callable[[Env], Any]
    choices: Choices | None = None
    groups: bool = False
    sums: bool = False
    long: bool = False

    @property
    def trait(self) -> Trait:
        return Trait(self.kind, self.groups, self.sums)

    def expression(self, env: Env) -> Any:
        return F(self.source) if isinstance(self.source, str) else self.source(env)


@dataclass(frozen=True)
class Dataset:
    """What reports can be about. ``rows(env)``: what the reader may see. ``usual``: columns of a new report."""

    name: str
    label: Any
    rows: Callable[[Env], QuerySet]
    columns: Sequence[Column]
    usual: Sequence[str]
    link: Callable[[int], str] | None = None

    @property
    def by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    @property
    def traits(self) -> dict[str, Trait]:
        return {column.name: column.trait for column in self.columns}


def text(name: str, label: Any, source: Any, *, groups: bool = False, long: bool = False) -> Column:
    return Column(name, label, Kind.TEXT, source, groups=groups, long=long)


def day(name: str, label: Any, source: Any) -> Column:
    return Column(name, label, Kind.DAY, source)


def money(name: str, label: Any, source: Any) -> Column:
    return Column(name, label, Kind.MONEY, source, sums=True)


def number(name: str, label: Any, source: Any) -> Column:
    return Column(name, label, Kind.NUMBER, source, sums=True)


def count(name: str, label: Any, source: Any) -> Column:
    return Column(name, label, Kind.INT, source, sums=True)


def choice(name: str, label: Any, source: Any, choices: Choices | Sequence) -> Column:
    found = choices if callable(choices) else lambda env: choices
    return Column(name, label, Kind.CHOICE, source, choices=found, groups=True)


def yes_no(name: str, label: Any, condition: Callable[[Env], Q], unknown: Callable[[Env], Q] | None = None) -> Column:
    """Yes where the condition holds, unknown where nobody has said, else no."""
    from django.utils.translation import gettext_lazy as _

    def expression(env: Env) -> Case:
        cases = [When(unknown(env), then=Value(UNKNOWN))] if unknown else []
        return Case(*cases, When(condition(env), then=Value(YES)), default=Value(NO), output_field=CharField())

    options = [(YES, _("Yes")), (NO, _("No")), *([(UNKNOWN, _("not known"))] if unknown else [])]
    return choice(name, label, expression, options)


def name_of(path: str) -> Callable[[Env], Any]:
    """The name by which an organization is called; "" where there is none."""

    def expression(env: Env) -> Case:
        return Case(
            When(**{f"{path}__isnull": True}, then=Value("")),
            When(**{f"{path}__short_name": ""}, then=F(f"{path}__name")),
            default=F(f"{path}__short_name"),
            output_field=CharField(),
        )

    return expression


def unit(name: str, label: Any, path: str) -> Column:
    """An organization by name, to choose among those the reader may know of."""
    return choice(name, label, name_of(path), unit_names)


def unit_names(env: Env) -> list[tuple[str, str]]:
    rows = Organization.objects.visible_to(env.user).units().order_by("name")
    return list(dict.fromkeys((str(row), str(row)) for row in rows))


def related(rows: QuerySet, column: str, *, owner: str = "project") -> Subquery:
    """One value of a row that hangs on this one, the first in the order of ``rows``."""
    return Subquery(rows.filter(**{owner: OuterRef("pk")}).values(column)[:1])


def how_many(rows: QuerySet, *, owner: str = "project") -> Coalesce:
    found = rows.filter(**{owner: OuterRef("pk")}).order_by().values(owner).annotate(number=Count("pk"))
    return Coalesce(Subquery(found.values("number")), 0)

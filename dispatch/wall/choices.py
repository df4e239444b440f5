"""What the address of the wall chooses: projects, months, groups, order; for page, projector, paper and list."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dispatch.wall import sums
from dispatch.wall.layout import Window
from dispatch.wall.queries import read
from dispatch.wall.sums import Group, Line
from dispatch.wall.words import GROUPS, ORDERS
from projects.filters import ProjectFilter, Select
from projects.models import Project

ROLLING = (12, 18, 24)
BEHIND = 3  # months of a rolling window that are over
EVENT = re.compile(r"\A(L08|L10)\.(baseline|forecast|actual)\.(20\d\d)-(0[1-9]|1[0-2])\Z", re.ASCII)
YEAR = re.compile(r"20\d\d", re.ASCII)
BY, SORT = "leader", "light"
OWN = ("by", "span", "short", "starting", "sort", "event", "page")


class WallForm(forms.Form):
    """Months, groups and order. ``today`` gives the years to choose from."""

    span = forms.ChoiceField(label=_("Months"), required=False, widget=Select)
    by = forms.ChoiceField(label=_("Grouped by"), required=False, widget=Select, choices=list(GROUPS.items()))
    sort = forms.ChoiceField(label=_("Order"), required=False, widget=Select, choices=list(ORDERS.items()))
    short = forms.ChoiceField(
        label=_("Target"), required=False, widget=Select, choices=[("", _("all")), ("1", _("short of target"))]
    )
    starting = forms.ChoiceField(
        label=_("Start"), required=False, widget=Select, choices=[("", _("all")), ("quarter", _("starts this quarter"))]
    )
    event = forms.RegexField(EVENT, required=False, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any], today: date):
        super().__init__(_usual(data, today))
        years = {today.year + ahead for ahead in range(-3, 4)}
        if YEAR.fullmatch(asked := self.data["span"]):
            years.add(int(asked))
        spans = [(str(year), str(year)) for year in sorted(years)]
        rolling = [(f"r{count}", _("rolling %(count)d months") % {"count": count}) for count in ROLLING]
        self.fields["span"].choices = [*spans, *rolling]


def _usual(data: Mapping[str, Any], today: date) -> dict[str, Any]:
    usual = {"span": str(today.year), "by": BY, "sort": SORT}
    return {name: data.get(name) or usual.get(name, "") for name in (*usual, "short", "starting", "event")}


@dataclass(frozen=True)
class Chosen:
    """``is_valid``: the address can be understood; otherwise there are no lines. ``counted``: the lines before one
    month was chosen from the counts, which therefore stay as they are."""

    filter: ProjectFilter
    form: WallForm
    counted: list[Line]
    lines: list[Line]
    groups: list[Group]
    window: Window
    today: date
    by: str
    is_valid: bool

    @property
    def as_of(self) -> date | None:
        """The oldest of the forecasts shown."""
        return min((line.as_of for line in self.lines if line.as_of), default=None)


def chosen(data: Mapping[str, Any], user, today: date) -> Chosen:
    """The projects of an address that this person may see, narrowed, in groups and in order."""
    form = WallForm(data, today)
    visible = Project.objects.visible_to(user)
    found = ProjectFilter(data, visible, request=SimpleNamespace(user=user))
    is_valid = form.is_valid() and found.is_valid()
    values = form.cleaned_data if is_valid else {"span": str(today.year), "by": BY, "sort": SORT}
    window = window_of(values["span"], today)
    counted = sums.ordered(_narrowed(read(found.qs), values, today), values["sort"]) if is_valid else []
    lines = _in_month(counted, values.get("event"), today)
    groups = sums.grouped(lines, values["by"], window, today)
    return Chosen(found, form, counted, lines, groups, window, today, values["by"], is_valid)


def window_of(span: str, today: date) -> Window:
    """The months of "2026" (a year) or "r18" (18 months, three of them over)."""
    if YEAR.fullmatch(span):
        return Window(date(int(span), 1, 1), 12)
    years, month = divmod(today.year * 12 + today.month - 1 - BEHIND, 12)
    return Window(date(years, month + 1, 1), int(span[1:]))


def _narrowed(lines: list[Line], values: Mapping[str, Any], today: date) -> list[Line]:
    if values.get("short"):
        lines = [line for line in lines if line.short_wd]
    if values.get("starting"):
        lines = sums.starting(lines, *sums.quarter_of(today), today)
    return lines


def _in_month(lines: list[Line], event: str | None, today: date) -> list[Line]:
    """``event``: what of which month, as EVENT says; empty: all."""
    if not event:
        return lines
    stage, kind, year, month = EVENT.fullmatch(event).groups()
    one = Window(date(int(year), int(month), 1), 1)
    return sums.happening(lines, stage, kind, one.first, one.last, today)

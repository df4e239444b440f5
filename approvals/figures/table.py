"""The table of figures as page and workbook show it: the same lines, the same rounded values, the same order."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.figures.queries import Key, Names
from approvals.figures.rules import Tally, total
from projects.investment import round_half_up

BY = {
    "step": gettext_lazy("By step"),
    "department": gettext_lazy("By department"),
    "both": gettext_lazy("By step and department"),
}


@dataclass(frozen=True)
class Measure:
    """One column. ``value``: unrounded, None for "—"; ``parts``: numerator and denominator, each with the list of
    ``queries.ONLY`` that it counts, "" where it is no number of steps. Without parts the value is such a number."""

    key: str
    heading: Any
    value: Callable[[Tally], Decimal | int | None]
    parts: tuple[tuple[str, str], ...] = ()
    unit: str = ""
    only: str = ""


MEASURES: tuple[Measure, ...] = (
    Measure("handled", gettext_lazy("Handled"), lambda t: t.handled, only="handled"),
    Measure("own", gettext_lazy("Own working days, mean"), lambda t: t.average_own,
            (("own_wd", ""), ("handled", "handled"))),
    Measure("gross", gettext_lazy("All working days, mean"), lambda t: t.average_gross,
            (("gross_wd", ""), ("handled", "handled"))),
    Measure("limit", gettext_lazy("Committed limit, mean"), lambda t: t.average_limit,
            (("limit_wd", ""), ("limited", "limited"))),
    Measure("on_time", gettext_lazy("On time"), lambda t: t.on_time_percent,
            (("on_time", "on_time"), ("with_due", "with_due")), "%"),
    Measure("compression_wd", gettext_lazy("Compression, working days"), lambda t: t.compression_wd,
            (("saved_wd", ""), ("statutory_wd", "with_wd")), "%"),
    Measure("compression_cd", gettext_lazy("Compression, calendar days"), lambda t: t.compression_cd,
            (("saved_cd", ""), ("statutory_cd", "with_cd")), "%"),
    Measure("deferred", gettext_lazy("Papers outstanding"), lambda t: t.deferred_percent,
            (("deferred", "deferred"), ("accepted", "accepted")), "%"),
    Measure("committed", gettext_lazy("On commitment"), lambda t: t.committed, only="committed"),
    Measure("returned", gettext_lazy("Returned"), lambda t: t.returned, only="returned"),
    Measure("score", gettext_lazy("Satisfaction, mean of 1–5"), lambda t: t.average_score,
            (("score", ""), ("rated", "rated"))),
    Measure("adopted", gettext_lazy("Taken over, not counted"), lambda t: t.adopted, only="adopted"),
)  # fmt: skip

DEFINITIONS = (
    gettext_lazy("Handled: steps decided in the period (approved, approved with papers outstanding, refused; also"
                 " if revoked later), each with the decision that is on record now. Steps that do not apply are left"
                 " out."),
    gettext_lazy("All working days: from the first day of the clock (acceptance, for some steps receipt; that day is"
                 " not counted) to the decision. Numerator: sum of the days."),
    gettext_lazy("Own working days of the department: the same without the days charged to others: of every pause"
                 " charged to the enterprise, the upper level, a third party or the park the days after its first up to"
                 " its last, and the days on which the enterprise owed a promised paper."),
    gettext_lazy("Committed limit: of the steps that have one, extensions left out. Numerator: sum of the limits."),
    gettext_lazy("On time: decided on or before the due day, of the steps with one. The due day is the earlier of the"
                 " committed and the statutory one, moved by pauses and extensions as the rules provide; a statutory"
                 " limit of zero (on the spot) is no due day."),
    gettext_lazy("Compression (平均办理时间压缩率): statutory limit less own days ÷ statutory limit, summed over the"
                 " steps with a statutory limit above zero. Limits in working days are compared with own working days,"
                 " limits in calendar days with own calendar days; the two are never mixed. Negative: slower."),
    gettext_lazy("Papers outstanding (容缺受理): accepted so, of the steps accepted in the period."),
    gettext_lazy("On commitment (告知承诺): handled steps decided on a promise. Returned (补正): handled"
                 " steps of which papers were sent back at least once."),
    gettext_lazy("Satisfaction: ratings of the handled steps by their enterprises. Numerator: sum of the scores."),
    gettext_lazy("Taken over: decided in the period by the date of a milestone, without a clock of"
                 " their own; in none of the other figures."),
    gettext_lazy("Rates in per cent, means and rates rounded half up to one decimal from unrounded values. “—”: nothing"
                 " to divide by."),
)  # fmt: skip


WORDS = {
    "handled": gettext_lazy("Handled"),
    "adopted": gettext_lazy("Taken over from milestones, not counted"),
    "with_due": gettext_lazy("Handled, with a due day"),
    "on_time": gettext_lazy("Handled on time"),
    "limited": gettext_lazy("Handled, with a committed limit"),
    "with_wd": gettext_lazy("Handled, statutory limit in working days"),
    "with_cd": gettext_lazy("Handled, statutory limit in calendar days"),
    "committed": gettext_lazy("Handled on commitment"),
    "returned": gettext_lazy("Handled, returned for correction"),
    "rated": gettext_lazy("Handled and rated"),
    "accepted": gettext_lazy("Accepted"),
    "deferred": gettext_lazy("Accepted with papers outstanding"),
}


@dataclass(frozen=True)
class Part:
    number: int
    href: str


@dataclass(frozen=True)
class Cell:
    """``value`` rounded (None: "—"), ``parts`` what it was divided from."""

    label: str
    value: Decimal | int | None
    unit: str
    href: str
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        return "—" if self.value is None else f"{self.value}{self.unit}"


@dataclass(frozen=True)
class Line:
    """One line: what it is about in one or two columns, and its cells."""

    about: tuple[str, ...]
    cells: tuple[Cell, ...]
    tally: Tally


@dataclass(frozen=True)
class Table:
    about_headings: tuple[str, ...]
    lines: Sequence[Line]
    total: Line


def table(sums: Mapping[Key, Tally], words: Names, by: str, query: Mapping[str, str]) -> Table:
    """``by``: a key of BY. ``query``: the filter of the page, kept in the addresses of the lists behind the numbers."""
    groups: dict[tuple[str, str], list[Tally]] = defaultdict(list)
    for key, sum_ in sums.items():
        code = key.code if by != "department" else ""
        department = key.department.code if by != "step" else ""
        groups[code, department].append(sum_)
    shown = {key.department.code: name for key in sums if (name := words.departments[key.department])}
    order = {code: seq for code, (seq, _step) in words.steps.items()}
    lines = [
        Line(_about(code, department, by, words, shown), _cells(sum_, query | _narrow(code, department)), sum_)
        for (code, department), found in groups.items()
        for sum_ in [total(found)]
    ]
    place = {line.about: order.get(code, 0) for line, (code, _department) in zip(lines, groups, strict=True)}
    lines.sort(key=lambda line: (place[line.about], line.about))
    whole = total(sums.values())
    headings = {"step": (_("Step"),), "department": (_("Department"),), "both": (_("Step"), _("Department"))}[by]
    empty = ("",) * (len(headings) - 1)
    return Table(headings, lines, Line((_("Total"), *empty), _cells(whole, query), whole))


def _about(code: str, department: str, by: str, words: Names, shown: Mapping[str, str]) -> tuple[str, ...]:
    step = f"{code} {words.steps[code][1].name}" if code in words.steps else code
    name = shown.get(department, "") or _("no department named")
    return {"step": (step,), "department": (name,), "both": (step, name)}[by]


def _narrow(code: str, department: str) -> dict[str, str]:
    return {name: value for name, value in (("code", code), ("department", department)) if value}


def _cells(sum_: Tally, query: Mapping[str, str]) -> tuple[Cell, ...]:
    lists = f"{reverse('approvals:figures_steps')}?{urlencode(query)}&only=".replace("?&", "?")
    return tuple(_cell(measure, sum_, lists) for measure in MEASURES)


def _cell(measure: Measure, sum_: Tally, lists: str) -> Cell:
    """``lists``: the address of a list, but for what it holds."""
    value = measure.value(sum_)
    rounded = round_half_up(value) if isinstance(value, Decimal) else value
    parts = tuple(Part(getattr(sum_, name), only and lists + only) for name, only in measure.parts)
    return Cell(str(measure.heading), rounded, measure.unit, measure.only and lists + measure.only, parts)


def headings(shown: Table) -> list[str]:
    """The columns of the workbook: each measure, with its numerator and denominator where it has them."""
    found = list(shown.about_headings)
    for measure in MEASURES:
        found.append(str(format_lazy("{} (%)", measure.heading) if measure.unit else measure.heading))
        if measure.parts:
            found += [_("numerator"), _("denominator")]
    return found


def values(line: Line) -> Iterable[Any]:
    """The cells of the workbook for one line, under ``headings``."""
    yield from line.about
    for cell in line.cells:
        yield cell.value
        yield from (part.number for part in cell.parts)


def only_words(only: str):
    """What a list behind a number holds; ``only``: a key of ``queries.ONLY``."""
    return WORDS[only]

"""Tags of the Gantt chart: the chart that the address asks for, where a bar leads, corners of its shapes."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import ngettext

from dispatch.plan import gantt, gantt_words, prices
from dispatch.plan.gantt import Chart, Row
from dispatch.plan.gantt_axis import text_width
from dispatch.plan.models import PlanLever
from dispatch.plan.panel import Reading, Shown, shown
from dispatch.plan.values import DurationFrom, ProjectPlan, TaskInfo
from projects.planning.levers import LeverKind
from projects.planning.schedule import Standing

register = template.Library()


@dataclass(frozen=True, slots=True)
class Bar:
    """``start``: day its start is dragged from, ``duration``: working days its end is; None: that end stays."""

    href: str
    sentence: str
    start: date | None
    duration: int | None


@register.simple_tag
def bar_of(row: Row, plan: ProjectPlan, can_edit: bool) -> Bar:
    """Where the bar of a task leads, what it says, and which of its ends may be dragged."""
    return Bar(
        href=address(row, plan.project.pk, can_edit),
        sentence=gantt_words.sentence(row, plan),
        start=row.placed.start if can_edit and row.placed.standing is Standing.WAITING else None,
        duration=own_duration(row.info, row.placed.standing) if can_edit and row.placed.is_open else None,
    )


def own_duration(about: TaskInfo, standing: Standing) -> int | None:
    """Working days without the preparation, as the form of a task has them; None where a lever or nothing sets them.

    A running step may have been extended on top of its limit.
    """
    if about.kind == "milestone" or about.duration_from is DurationFrom.LEVER:
        return None
    if standing is Standing.RUNNING and about.duration_from is DurationFrom.LIMIT:
        return about.limit_wd
    return max(0, about.duration_wd - about.preparation_wd)


def address(row: Row, pk: int, can_edit: bool) -> str:
    """Its form; for those who only read the page about it, or its line in the table below."""
    if can_edit:
        return reverse("dispatch:plan_task", args=[pk, row.key])
    return row.info.address or f"#line-{row.key}"


@register.simple_tag
def address_of(row: Row, pk: int, can_edit: bool) -> str:
    """The same address as the bar's."""
    return address(row, pk, can_edit)


@register.simple_tag(takes_context=True)
def chart_of(context, reading: Reading) -> Shown:
    """The chart with what the address asks for."""
    return shown(reading, context["request"].GET)


@register.simple_tag
def group_title(code: str) -> str:
    """Name of a group of tasks."""
    return gantt_words.group_name(code)


@register.simple_tag
def mark_of(row: Row) -> str:
    """Its standing as one character."""
    return gantt_words.MARKS[row.placed.standing]


@register.simple_tag
def name_in(row: Row, width: float) -> str:
    """The task's name, cut with a mark where it would be wider than so many pixels."""
    if text_width(row.name) <= width:
        return row.name
    name = row.name
    while name and text_width(f"{name}…") > width:
        name = name[:-1]
    return f"{name}…"


@register.filter
def unbroken(period: str) -> str:
    """Days from and to, of which no line ends inside one: "2026-03-02 – 2026-03-20"."""
    return format_html_join(" – ", '<span class="nowrap">{}</span>', ((day,) for day in period.split(" – ")))


@register.simple_tag
def lever_words(row: PlanLever, plan: ProjectPlan) -> str:
    """A lever that has been pulled: what, at which steps, how many working days it bought."""
    about = "、".join(plan.info[key].name for key in row.keys[:1] if key in plan.info)
    gain = ngettext("%(n)s day gained", "%(n)s days gained", row.gain_wd) % {"n": row.gain_wd}
    return f"{prices.NAMES[LeverKind(row.kind)]} · {about} ({gain})"


@register.simple_tag
def shape_of(row: Row, chart: Chart) -> dict[str, Any]:
    """Heights and diamonds of one line."""
    height = chart.options.row
    middle, half = row.top + gantt.bar_middle(height), gantt.bar_half(height)
    low = row.top + height - 6
    return {
        "middle": round(middle, 2),
        "top": round(middle - half, 2),
        "height": round(2 * half, 2),
        "baseline": low - 1,
        "text": round(middle + 4, 2),
        "tick_top": round(middle - half - 2, 2),
        "tick_bottom": round(middle + half + 2, 2),
        "diamond": _diamond(row.point, middle, half + 1),
        "baseline_diamond": _diamond(row.baseline_point, low, 4),
        "reported": _ring(row.reported_point, middle, half),
    }


def _diamond(x: float | None, y: float, half: float) -> str:
    return "" if x is None else f"M{x:g} {y - half:g}l{half:g} {half:g} -{half:g} {half:g} -{half:g} -{half:g}z"


def _ring(x: float | None, y: float, half: float) -> str:
    """A triangle that points at the day."""
    return "" if x is None else f"M{x:g} {y + half:g}l-{half:g} -{2 * half:g} {2 * half:g} 0z"


@register.filter
def add_number(value: float, other: float) -> float:
    """Sum of two figures that need not be whole."""
    return round(float(value) + float(other), 2)

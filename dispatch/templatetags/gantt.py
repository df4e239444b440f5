"""Tags of the Gantt chart: the chart that the address asks for, where a bar leads, corners of its shapes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import template
from django.urls import reverse

from dispatch.plan import gantt, gantt_words
from dispatch.plan.gantt import Chart, Row
from dispatch.plan.values import TaskInfo
from projects.planning.schedule import Standing

register = template.Library()


@dataclass(frozen=True, slots=True)
class Bar:
    """``can_move``: its start may be dragged; ``can_stretch``: its end."""

    href: str
    sentence: str
    can_move: bool
    can_stretch: bool


@register.simple_tag
def bar_of(row: Row, info: Mapping[str, TaskInfo], pk: int, can_edit: bool) -> Bar:
    """Where the bar of a task leads: to its form, for those who only read to the page about it or its line below."""
    is_open, is_point = row.placed.is_open, row.info.kind == "milestone"
    return Bar(
        href=address(row, pk, can_edit),
        sentence=gantt_words.sentence(row, info),
        can_move=can_edit and row.placed.standing is Standing.WAITING,
        can_stretch=can_edit and is_open and not is_point,
    )


def address(row: Row, pk: int, can_edit: bool) -> str:
    if can_edit:
        return reverse("dispatch:plan_task", args=[pk, row.key])
    return row.info.address or f"#line-{row.key}"


@register.simple_tag
def address_of(row: Row, pk: int, can_edit: bool) -> str:
    """The same address as the bar's."""
    return address(row, pk, can_edit)


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

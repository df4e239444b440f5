"""The address of a drawn chart: it carries the chart itself, signed, so it never changes its picture. Pure but the key.

The same values give the same address, so a browser keeps the picture for good. A chart too long for an address has
none; its table stands alone.
"""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from dispatch.charts.values import Chart, Kind, Series

DRAWING = 1  # counted up when charts are drawn differently, so that kept pictures are asked for anew
LONGEST = 3000  # characters; web servers cut request lines at about 4000
SALT = "dispatch.charts"


class Unknown(ValueError):
    """No address of ours, or one that was changed."""


def chart_url(chart: Chart, *, width: int = 640, height: int = 260) -> str | None:
    """Where the picture of the chart is drawn, in its own request; None when the chart is too long for an address."""
    token = Signer(salt=SALT).sign_object(_packed(chart, width, height), compress=True)
    return reverse("dispatch:chart", args=[token]) if len(token) <= LONGEST else None


def read(token: str) -> tuple[Chart, int, int]:
    """Chart, width and height of an address. Raises Unknown."""
    if len(token) > LONGEST:
        raise Unknown
    try:
        return _unpacked(Signer(salt=SALT).unsign_object(token))
    except (BadSignature, ValueError, TypeError, KeyError, InvalidOperation) as error:
        raise Unknown from error


def _packed(chart: Chart, width: int, height: int) -> list[Any]:
    series = [[one.name, one.role, [None if v is None else str(v) for v in one.values]] for one in chart.series]
    return [DRAWING, width, height, chart.kind.value, chart.title, chart.unit, list(chart.labels), series]


def _unpacked(value: Any) -> tuple[Chart, int, int]:
    drawing, width, height, kind, title, unit, labels, series = value
    if drawing != DRAWING:
        raise Unknown
    found = tuple(
        Series(name, tuple(None if v is None else Decimal(v) for v in values), role) for name, role, values in series
    )
    return Chart(Kind(kind), title, tuple(labels), found, unit), width, height

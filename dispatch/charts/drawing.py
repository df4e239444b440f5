"""Charts as SVG and PNG, drawn by Vega-Lite inside the process (vl-convert). Nothing is fetched.

A chart is drawn the same for the same values. Text is in the font that comes with the product where the reader has no
other (PNG, PDF); a page's SVG falls back to the reader's own Chinese font.
"""

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any

from accounts.errors import Refused
from accounts.pdf import SANS
from dispatch.charts.values import Chart, Kind, Series

FONT = f"{SANS}, Noto Sans SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, sans-serif"
INK, MUTED, HAIRLINE, PAPER = "#16232c", "#586771", "#d3dadd", "#ffffff"  # the tokens of app.css
# role → colour, dash; the words of the legend and the dash say the same as the colour.
LOOK: dict[str, tuple[str, list[int]]] = {
    "actual": ("#14506b", []),
    "plan": ("#5f6b74", [7, 3]),
    "calendar": ("#b27600", [2, 3]),
    "before": ("#a9b5bb", []),
    "red": ("#bb2421", []),
    "yellow": ("#b27600", []),
    "blue": ("#1f63b5", []),
    "green": ("#1c7a45", []),
    "grey": ("#5f6b74", []),
    "department": ("#14506b", []),
    "enterprise": ("#b27600", []),
    "upper": ("#6a4c93", []),
    "third_party": ("#3d8b8b", []),
    "park": ("#5f6b74", []),
}
MORE = ("#14506b", "#b27600", "#6a4c93", "#3d8b8b", "#5f6b74", "#bb2421")
NARROW = 450
LABEL_WIDTH = 168  # pixels; longer names end in … on the axis and are whole in the description
SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"


@lru_cache(maxsize=64)
def svg(chart: Chart, *, width: int = 640, height: int = 260) -> str:
    """One SVG element, so many CSS pixels in all. Raises Refused where the drawing library is missing."""
    return str(_library().vegalite_to_svg(spec(chart, width, height), allowed_base_urls=[]))


@lru_cache(maxsize=16)
def png(chart: Chart, *, width: int = 640, height: int = 260, scale: int = 2) -> bytes:
    """The same picture with ``scale`` dots a pixel. Raises Refused where the drawing library is missing."""
    return bytes(_library().vegalite_to_png(spec(chart, width, height), scale=scale, allowed_base_urls=[]))


@lru_cache(maxsize=1)
def _library() -> Any:
    """Imported when first needed, so that processes are forked without it."""
    try:
        import vl_convert
        from pylopdf_fonts_zh_cn import sans_path
    except (ImportError, OSError) as error:
        raise Refused("The drawing library is missing.") from error
    vl_convert.register_font_directory(str(sans_path().parent))
    return vl_convert


def spec(chart: Chart, width: int, height: int) -> dict[str, Any]:
    """The chart in Vega-Lite's words; every text of the chart stands in the data, never in an expression."""
    layers = {Kind.LINES: _lines, Kind.BARS: _bars, Kind.STACKED: _stacked, Kind.FUNNEL: _bars}[chart.kind](chart)
    return {
        "$schema": SCHEMA,
        "width": width,
        "height": height,
        "autosize": {"type": "fit", "contains": "padding"},
        "padding": {"left": 4, "right": 16, "top": 4, "bottom": 4},
        "background": PAPER,
        "data": {"values": list(_rows(chart))},
        "layer": layers,
        "config": _config(width),
    }


def _config(width: int) -> dict[str, Any]:
    """Narrow pictures have shorter names at the axis and legends in two columns."""
    is_narrow = width < NARROW
    return {
        "font": FONT,
        "view": {"stroke": None},
        "axis": {
            "labelColor": MUTED, "titleColor": MUTED, "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": 400,
            "domainColor": INK, "tickColor": HAIRLINE, "gridColor": HAIRLINE,
            "labelLimit": LABEL_WIDTH * 2 // 3 if is_narrow else LABEL_WIDTH, "labelOverlap": True,
        },
        "legend": {"orient": "top", "title": None, "labelColor": INK, "labelFontSize": 12, "symbolSize": 140,
                   "labelLimit": 120 if is_narrow else 220, "offset": 6} | ({"columns": 2} if is_narrow else {}),
        "text": {"color": INK, "fontSize": 12},
    }  # fmt: skip


def _distinct(labels: tuple[str, ...]) -> list[str]:
    """Two places of the same name stay two: the second is called name (2)."""
    return [f"{name} ({n})" if (n := labels[: at + 1].count(name)) > 1 else name for at, name in enumerate(labels)]


def _rows(chart: Chart) -> Iterator[dict[str, Any]]:
    """One row a value; a gap in a line stays a gap."""
    places = _distinct(chart.labels)
    most = max((abs(float(v)) for one in chart.series for v in one.values if v is not None), default=0)
    for order, one in enumerate(chart.series):
        last = max((n for n, value in enumerate(one.values) if value is not None), default=-1)
        for place, (label, value) in enumerate(zip(places, one.values, strict=True)):
            text = words(value)
            yield {
                "label": label, "series": one.name, "order": order,
                "value": None if value is None else float(value), "text": text, "last": place == last,
                "wide": value is not None and most > 0 and abs(float(value)) >= most * 0.08,
                "says": f"{label} {one.name} {text}{chart.unit}",
            }  # fmt: skip


def words(value: Decimal | None) -> str:
    """12345.5 → 12,345.5; None → —."""
    if value is None:
        return "—"
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _lines(chart: Chart) -> list[dict[str, Any]]:
    x = {"field": "label", "type": "ordinal", "sort": None, "axis": {"title": None, "labelAngle": 0}}
    y = {"field": "value", "type": "quantitative", "axis": {"title": chart.unit or None, "tickCount": 5,
         "domain": False, "ticks": False, "format": ",~r"}}  # fmt: skip
    legend = {"symbolType": "stroke", "symbolStrokeWidth": 2.5, "symbolSize": 420}
    line = {"x": x, "y": y, "color": _colour(chart) | {"legend": legend}}
    base = line | {"color": _colour(chart) | {"legend": None}}
    dash = {"field": "series", "type": "nominal", "sort": None,
            "scale": {"domain": _names(chart), "range": [_look(one)[1] for one in chart.series]},
            "legend": legend}  # fmt: skip
    return [
        {"mark": {"type": "line", "strokeWidth": 2.5}, "encoding": line | {"strokeDash": dash}},
        {"mark": {"type": "point", "filled": True, "size": 26, "opacity": 1},
         "encoding": base | {"description": {"field": "says"}}},
        {"transform": [{"filter": "datum.last"}],
         "mark": {"type": "text", "align": "center", "dy": -10, "fontWeight": 600},
         "encoding": base | {"text": {"field": "text"}}},
    ]  # fmt: skip


def _bars(chart: Chart) -> list[dict[str, Any]]:
    """Lying bars, in the order given, each with its value."""
    several = len(chart.series) > 1
    hidden = {"title": None, "labels": False, "ticks": False, "grid": False, "domain": False}
    base: dict[str, Any] = {
        "y": _places(),
        "x": {"field": "value", "type": "quantitative", "axis": hidden},
        "color": _colour(chart) if several else {"value": _look(chart.series[0])[0]},
    }
    if several:
        base["yOffset"] = {"field": "series", "sort": None, "scale": {"domain": _names(chart)}}
    text = {key: value for key, value in base.items() if key != "color"}
    return [
        {"mark": {"type": "bar", "height": {"band": 0.66}}, "encoding": base | {"description": {"field": "says"}}},
        {"mark": {"type": "text", "align": "left", "dx": 5, "fontWeight": 600},
         "encoding": text | {"text": {"field": "text"}}},
    ]  # fmt: skip


def _stacked(chart: Chart) -> list[dict[str, Any]]:
    """Lying bars of parts; the value stands in every part that is wide enough."""
    x = {"field": "value", "type": "quantitative", "stack": "zero",
         "axis": {"title": chart.unit or None, "tickCount": 5, "domain": False, "ticks": False}}  # fmt: skip
    base = {"y": _places(), "x": x, "color": _colour(chart), "order": {"field": "order"}}
    middle = x | {"bandPosition": 0.5}
    return [
        {"mark": {"type": "bar", "height": {"band": 0.66}}, "encoding": base | {"description": {"field": "says"}}},
        {"mark": {"type": "text", "fontSize": 11, "fontWeight": 600},
         "encoding": base | {"x": middle, "detail": _series(), "color": {"value": PAPER}, "text": {"field": "text"},
                             "opacity": {"condition": {"test": "datum.wide", "value": 1}, "value": 0}}},
    ]  # fmt: skip


def _places() -> dict[str, Any]:
    return {"field": "label", "type": "ordinal", "sort": None, "axis": {"title": None, "ticks": False, "domain": False,
            "labelColor": INK}}  # fmt: skip


def _series() -> dict[str, Any]:
    return {"field": "series", "type": "nominal"}


def _names(chart: Chart) -> list[str]:
    return [one.name for one in chart.series]


def _colour(chart: Chart) -> dict[str, Any]:
    colours = [_look(one)[0] if one.role in LOOK else MORE[n % len(MORE)] for n, one in enumerate(chart.series)]
    return {"field": "series", "type": "nominal", "sort": None, "scale": {"domain": _names(chart), "range": colours}}


def _look(series: Series) -> tuple[str, list[int]]:
    return LOOK.get(series.role, (MORE[0], []))

"""A chart for the template ``components/chart.html``: its pictures, its words, its table."""

from dataclasses import dataclass

from dispatch.charts.drawing import words
from dispatch.charts.links import chart_url
from dispatch.charts.values import Chart


@dataclass(frozen=True)
class Shown:
    """``url`` for wide screens and paper, ``narrow`` for phones; None: too long to draw, the table stands alone."""

    chart: Chart
    url: str | None
    narrow: str | None
    width: int
    height: int

    @property
    def alt(self) -> str:
        """What the picture says: the title and, of every series, its latest value."""
        return f"{self.chart.title}：{'；'.join(self._latest())}"

    def _latest(self) -> list[str]:
        said = []
        for one in self.chart.series:
            known = [(label, v) for label, v in zip(self.chart.labels, one.values, strict=True) if v is not None]
            if known:
                said.append(f"{one.name} {known[-1][0]} {words(known[-1][1])}{self.chart.unit}")
        return said

    @property
    def rows(self) -> list[tuple[str, list[str]]]:
        """(place, the value of every series in words)."""
        columns = [one.values for one in self.chart.series]
        return [(label, [words(v[n]) for v in columns]) for n, label in enumerate(self.chart.labels)]


def shown(chart: Chart, *, width: int = 640, height: int = 260, narrow_height: int = 280) -> Shown:
    return Shown(
        chart,
        chart_url(chart, width=width, height=height),
        chart_url(chart, width=340, height=narrow_height),
        width,
        height,
    )

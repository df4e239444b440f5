"""The map as one sheet of A3 paper, landscape: heading, drawing, legend; as SVG, PDF or PNG."""

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from accounts import pdf
from approvals.navmap.drawings import Drawing
from approvals.navmap.look import Sheet, number
from approvals.navmap.text import text_width

TYPES = {"svg": "image/svg+xml", "pdf": "application/pdf", "png": "image/png"}
PNG_WIDTH = 3400
PAPER = 420 / 297
MARGIN, HEAD, FOOT, ROW = 40.0, 82.0, 80.0, 30.0
LABEL_WIDTHS = (72.0, 84.0, 96.0, 108.0)
OWN_FONTS = "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, Source Han Sans SC, WenQuanYi Micro Hei, sans-serif"
# The font of the PDF has no bold: bold letters get a thin outline.
BOLD = re.compile(r'font-weight="[67]00"([^>]*) fill="(#[0-9a-f]+)"')
OUTLINE = r'\1 fill="\2" stroke="\2" stroke-width="0.45"'


@dataclass(frozen=True)
class Picture:
    """``title``: the park and what it is; ``subject``: the project, or what the guide is about."""

    drawing: Drawing
    title: str
    subject: str
    on: date
    fonts: str = OWN_FONTS

    @property
    def legend(self) -> list[dict]:
        """Every entry with its place: x, y of its first corner, from left to right in rows."""
        found, x, row = [], 0.0, 0
        for entry in self.drawing.legend.entries():
            width = 46 + text_width(entry["name"], 14) + 26
            if x and x + width > self.inner + 26:
                x, row = 0.0, row + 1
            found.append(entry | {"x": number(x), "y": number(row * ROW), "row": row})
            x += width
        return found

    @cached_property
    def sheet(self) -> Sheet:
        """The map with labels as wide as fills the paper best."""
        tried = [self.drawing.with_labels(width) for width in LABEL_WIDTHS]
        return min(tried, key=self.needed)

    def needed(self, sheet: Sheet) -> float:
        """Width between the margins that a page of this shape needs for the drawing at its own size."""
        drawn = sheet.layout
        return max(drawn.width, (drawn.height + HEAD + FOOT + 2 * MARGIN) * PAPER - 2 * MARGIN)

    @property
    def inner(self) -> float:
        return self.needed(self.sheet)

    @property
    def geometry(self) -> dict[str, str]:
        drawn, inner = self.sheet.layout, self.inner
        width = inner + 2 * MARGIN
        height = width / PAPER
        legend_top = height - MARGIN - ROW * (self.legend[-1]["row"] + 1 if self.legend else 0)
        room = legend_top - 20 - MARGIN - HEAD
        scale = min(inner / drawn.width, room / drawn.height)
        values = {
            "width": width, "height": height, "right": width - MARGIN, "margin": MARGIN, "legend_top": legend_top,
            "rule": legend_top - 12, "x": MARGIN + (inner - drawn.width * scale) / 2,
            "y": MARGIN + HEAD + (room - drawn.height * scale) / 2, "inner": inner,
        }  # fmt: skip
        return {name: number(value) for name, value in values.items()} | {"scale": f"{scale:.4f}"}

    def svg(self) -> str:
        return render_to_string("approvals/navmap/map.svg", {"picture": self, "sheet": self.sheet})

    def pdf(self) -> bytes:
        """One page of A3 paper. Raises Refused where the system libraries are missing."""
        drawn = replace(self, fonts=f"{pdf.SANS}, {OWN_FONTS}")
        svg = mark_safe(BOLD.sub(OUTLINE, drawn.svg()))  # noqa: S308 - made by our template, which escapes all texts
        return pdf.from_html(render_to_string("approvals/navmap/map_pdf.html", {"svg": svg, "picture": drawn}))

    def file(self, kind: str) -> bytes:
        """The file of a kind of TYPES. Raises Refused as ``pdf`` does."""
        if kind == "svg":
            return self.svg().encode()
        made = self.pdf()
        return made if kind == "pdf" else pdf.page_png(made, width=PNG_WIDTH)

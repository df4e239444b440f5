"""A link as a QR code: a drawing for the page and for paper, and a picture to download."""

import base64
from io import BytesIO

import segno
from django.utils.safestring import SafeString, mark_safe

BORDER = 4
PNG_SCALE = 10


def drawing(address: str) -> SafeString:
    """Inline SVG without style attributes; black on white, quiet zone included."""
    svg = segno.make(address, error="m", micro=False).svg_inline(
        border=BORDER, svgclass="qr", omitsize=True, light="#fff"
    )
    return mark_safe(svg)  # noqa: S308 - drawn from modules, holds no text


def picture(address: str) -> str:
    """A PNG of the code as a data address, so that the secret need not be asked for again."""
    out = BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="png", scale=PNG_SCALE, border=BORDER)
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()

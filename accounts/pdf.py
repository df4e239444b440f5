"""PDF from HTML, and a picture of a PDF's page. Nothing is fetched but the fonts that come with the product."""

import io
import logging
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from accounts.errors import Refused

SANS = "Navigator Sans"
FONT_URL = "navigator-font:sans"
FONT_FACE = f'@font-face {{ font-family: "{SANS}"; src: url("{FONT_URL}"); }}'


def from_html(html: str) -> bytes:
    """A PDF of the page. Text in the font ``SANS`` is Chinese on every machine; other fonts are the machine's own.

    Raises Refused where the system libraries of WeasyPrint are missing.
    """
    weasyprint, fetcher = _weasyprint()
    css = weasyprint.CSS(string=FONT_FACE, url_fetcher=fetcher, font_config=(fonts := _font_configuration()))
    return weasyprint.HTML(string=html, url_fetcher=fetcher).write_pdf(stylesheets=[css], font_config=fonts)


def page_png(pdf: bytes, *, width: int, page: int = 0) -> bytes:
    """One page of a PDF as a PNG this many pixels wide."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        sheet = document[page]
        image = sheet.render(scale=width / sheet.get_width()).to_pil()
    finally:
        document.close()
    if image.width != width:
        image = image.resize((width, round(image.height * width / image.width)))
    answer = io.BytesIO()
    image.save(answer, "PNG", optimize=False)
    return answer.getvalue()


@lru_cache(maxsize=1)
def _weasyprint() -> tuple[Any, Any]:
    """The library, imported when first needed because it takes a second, and a fetcher that serves our fonts only."""
    try:
        import weasyprint
        from weasyprint.urls import URLFetcher, URLFetcherResponse
    except (OSError, ImportError) as error:
        raise Refused(
            _("PDF files cannot be made here: system libraries are missing. Print the page instead.")
        ) from error
    from pylopdf_fonts_zh_cn import sans_path

    logging.getLogger("weasyprint.progress").setLevel(logging.WARNING)

    class FontsOnly(URLFetcher):
        """Answers the address of our font and refuses every other one, files and networks alike."""

        def __init__(self) -> None:
            super().__init__(allowed_protocols=())

        def fetch(self, url, headers=None):
            if url == FONT_URL:
                return URLFetcherResponse(url, sans_path().read_bytes(), {"Content-Type": "font/otf"})
            raise ValueError(f"refused: {url}")

    return weasyprint, FontsOnly()


def _font_configuration() -> Any:
    from weasyprint.text.fonts import FontConfiguration

    return FontConfiguration()

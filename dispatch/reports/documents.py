"""Papers to print: a template that extends ``dispatch/print/base.html`` as PDF."""

from collections.abc import Mapping
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from accounts import pdf


def paper(template: str, context: Mapping[str, Any], *, language: str = "zh-hans") -> bytes:
    """The PDF of a print template; context variables see there. Raises Refused where WeasyPrint cannot run."""
    with translation.override(language):
        return pdf.from_html(render_to_string(template, dict(context)))

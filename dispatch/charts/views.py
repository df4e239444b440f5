"""The picture of a chart, drawn in its own request so that the page never waits for it."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from accounts.errors import Refused
from dispatch.charts import drawing, links


@require_safe
def chart(request, token):
    """SVG. 404 for an address that is not ours, and where nothing can be drawn: the page shows its table instead."""
    try:
        found, width, height = links.read(token)
        picture = drawing.svg(found, width=width, height=height)
    except (links.Unknown, Refused) as error:
        raise Http404 from error
    answer = HttpResponse(picture, content_type="image/svg+xml; charset=utf-8")
    answer["Cache-Control"] = "private, max-age=31536000, immutable"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer

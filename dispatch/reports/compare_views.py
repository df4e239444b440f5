"""Any two bulletins side by side."""

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from dispatch.reports import pages
from dispatch.reports.comparison import compare
from dispatch.reports.issuing import preview
from dispatch.reports.labels import RATE_NAMES

MOST_OFFERED = 60


@require_safe
def bulletin_compare(request, pk):
    """Who opens it asks what has changed since another bulletin (``?with=``), at first the one before it."""
    bulletin = pages.bulletin_of(request, pk)
    rows = pages.bulletins(request.user).filter(park=bulletin.park_id).exclude(pk=bulletin.pk)
    offered = list(rows.defer("snapshot")[:MOST_OFFERED])
    other = _other(request, rows, bulletin, offered)
    context = {
        "bulletin": bulletin,
        "offered": offered,
        "other": other,
        "found": compare(preview(other), preview(bulletin)) if other else None,
        "rate_names": {key.value: name for key, name in RATE_NAMES.items()},
    }
    return render(request, "dispatch/reports/compare.html", context)


def _other(request, rows, bulletin, offered):
    """The one asked for, else the newest of an earlier month."""
    asked = request.GET.get("with", "")
    if asked:
        known = asked.isascii() and asked.isdigit() and len(asked) < 10
        return get_object_or_404(rows, pk=int(asked) if known else 0)
    month = (bulletin.year, bulletin.month)
    earlier = next((row for row in offered if (row.year, row.month) < month), None)
    return rows.get(pk=earlier.pk) if earlier else None

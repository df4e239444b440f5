"""Reading own reports. What a report shows is what its reader may see."""

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import clock
from accounts.downloads import attachment
from accounts.permissions import Verb, may
from dispatch.own_reports import files, present
from dispatch.own_reports.actions import raw_of
from dispatch.own_reports.columns import Env
from dispatch.own_reports.datasets import DATASETS
from dispatch.own_reports.examples import BY_KEY, EXAMPLES
from dispatch.own_reports.models import SavedReport
from dispatch.own_reports.reading import Reading

PAGE_SIZE = 50
PRINTED = 1000  # rows of the sheet to print


def visible(request):
    """Own and shared reports. They do not exist for enterprises and people without a role: Http404."""
    if request.user.role_id is None or request.user.role.scope == "enterprise":
        raise Http404
    return SavedReport.objects.of(request.user).select_related("owner", "organization")


def report_or_404(request, pk) -> SavedReport:
    report = get_object_or_404(visible(request), pk=pk)
    if report.dataset not in DATASETS:
        raise Http404
    return report


def env_of(request) -> Env:
    return Env(request.user, clock.today())


class _Pages(Paginator):
    """Pages of a reading; the count is that of its totals."""

    def __init__(self, reading: Reading):
        super().__init__([], PAGE_SIZE)
        self.reading = reading

    @cached_property
    def count(self) -> int:
        return self.reading.total.count

    def page(self, number):
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        return self._get_page(self.reading.rows(start, start + self.per_page), number, self)


@require_safe
def own_report_list(request):
    """Who opens it looks for a table made earlier, or for one to begin with."""
    rows = list(visible(request).order_by("name", "pk"))
    context = {
        "mine": [row for row in rows if row.owner_id == request.user.pk],
        "shared": [row for row in rows if row.owner_id != request.user.pk],
        "examples": EXAMPLES,
        "datasets": DATASETS,
        "labels": {name: one.label for name, one in DATASETS.items()},
        "may_make": may(request.user, Verb.MAKE_REPORT),
    }
    return render(request, "dispatch/own_reports/list.html", context)


@require_safe
def own_report_detail(request, pk):
    """Who opens it wants the table as it stands today."""
    report = report_or_404(request, pk)
    context = _shown(request, raw_of(report))
    context |= {"report": report, "title": report.name, "is_mine": report.owner_id == request.user.pk}
    return render(request, "dispatch/own_reports/detail.html", context)


@require_safe
def own_report_example(request, key):
    """Who opens it tries a report that came with the site."""
    visible(request)
    example = BY_KEY.get(key)
    if example is None:
        raise Http404
    context = _shown(request, example.raw) | {"example": example, "title": example.name}
    return render(request, "dispatch/own_reports/detail.html", context)


def _shown(request, raw) -> dict:
    """A page of the table, or all of it to print."""
    reading = Reading(raw, env_of(request), order=request.GET.get("sort", ""))
    printing = "print" in request.GET
    page = None if printing else _Pages(reading).get_page(request.GET.get("page"))
    rows = reading.rows(0, PRINTED) if printing else page.object_list
    by_name = reading.dataset.by_name
    return {
        "dataset": reading.dataset,
        "table": present.table(reading, rows),
        "page_obj": page,
        "printing": printing,
        "is_cut": printing and reading.total.count > PRINTED,
        "order": reading.definition.order,
        "problems": [present.problem_words(problem, reading) for problem in reading.problems],
        "facts": [
            (by_name[name].label, present.filter_words(by_name[name], given, reading))
            for name, given in reading.definition.filters.items()
        ],
        "grouped": reading.grouped,
        "limit": reading.definition.limit,
        "today": reading.env.today,
        "may_make": may(request.user, Verb.MAKE_REPORT),
    }


@require_safe
def own_report_export(request, pk):
    """Who opens it wants the table as a workbook; a long one is made in the background."""
    report = report_or_404(request, pk)
    reading = Reading(raw_of(report), env_of(request))
    if reading.total.count > files.MOST_AT_ONCE and "now" not in request.GET:
        context = {
            "count": reading.total.count,
            "kind": files.KIND,
            "params": {"report": report.pk},
            "title": _("%(name)s of %(day)s") % {"name": report.name, "day": reading.env.today.isoformat()},
            "now_url": f"{request.path}?now=1",
        }
        return render(request, "dispatch/exports/offer.html", context)
    made = files.made(report, reading)
    return attachment(made.content, made.name, made.content_type)

"""Pages of figures. Parse, fetch what the user may see, answer."""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import clock
from accounts.downloads import XLSX
from accounts.permissions import Verb, may
from approvals.figures import land as land_figures
from approvals.figures import queries, sheets
from approvals.figures import table as tables
from approvals.figures.forms import FiguresForm, PeriodForm
from approvals.figures.listing import listed
from approvals.figures.tabs import tabs
from workdays.models import load_calendar

PAGE_SIZE = 50


def _require(request):
    if not may(request.user, Verb.VIEW_FIGURES) or request.user.role.scope == "enterprise":
        raise PermissionDenied(_("You may not see the figures of steps and departments."))


def _table(request, form):
    sums = queries.tallies(request.user, form.chosen(), load_calendar())
    return tables.table(sums, queries.names(request.user, sums), form.lines(), form.query())


@require_safe
def figures(request):
    """Who opens it wants to know how long steps and departments take, how often on time, and what lies behind it."""
    _require(request)
    form = FiguresForm(request.GET or None, today=clock.today())
    context = {
        "form": form,
        "period": form.chosen(),
        "by": tables.BY[form.lines()],
        "table": _table(request, form),
        "headings": [measure.heading for measure in tables.MEASURES],
        "definitions": tables.DEFINITIONS,
        "tabs": tabs(request.user, "steps"),
        "export_url": _address("approvals:figures_export", form.query() | {"by": form.lines()}),
    }
    return render(request, "approvals/figures/steps.html", context)


@require_safe
def figures_export(request):
    """The same table as a workbook."""
    _require(request)
    form = FiguresForm(request.GET or None, today=clock.today())
    file = sheets.steps(_table(request, form), form.chosen(), str(request.user.park), tables.BY[form.lines()])
    return _download(file, _("Figures of steps and departments"), form.chosen())


@require_safe
def figures_steps(request):
    """Who opens it has clicked on a number and wants to see exactly the steps it counts."""
    _require(request)
    form = PeriodForm(request.GET or None, today=clock.today())
    only, code, department = (request.GET.get(name, "") for name in ("only", "code", "department"))
    only = only or "handled"
    if only not in queries.ONLY:
        raise Http404
    rows = queries.behind(request.user, form.chosen(), only, code, department)
    page = Paginator(rows.order_by("-decided_on", "-accepted_on", "pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": listed(page.object_list, load_calendar()),
        "heading": tables.only_words(only),
        "period": form.chosen(),
        "code": code,
        "department": queries.department_name(request.user, department),
        "back_url": _address("approvals:figures", form.query()),
    }
    return render(request, "approvals/figures/list.html", context)


@require_safe
def figures_land(request):
    """Who opens it wants to know how fast land became certificates and building sites, project by project."""
    _require(request)
    form = PeriodForm(request.GET or None, today=clock.today())
    found = land_figures.land(request.user, form.chosen(), load_calendar())
    page = Paginator(found.journeys, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "period": form.chosen(),
        "land": found,
        "page": page,
        "tabs": tabs(request.user, "land"),
        "export_url": _address("approvals:figures_land_export", form.query()),
    }
    return render(request, "approvals/figures/land.html", context)


@require_safe
def figures_land_export(request):
    """The same list as a workbook."""
    _require(request)
    form = PeriodForm(request.GET or None, today=clock.today())
    found = land_figures.land(request.user, form.chosen(), load_calendar())
    file = sheets.land(found, form.chosen(), str(request.user.park))
    return _download(file, _("From land to ground breaking"), form.chosen())


def _address(name, query) -> str:
    return f"{reverse(name)}?{urlencode(query)}"


def _download(file, title, period):
    name = f"{title}-{period.first:%Y%m%d}-{period.last:%Y%m%d}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)

"""Pages of land acquisition: the ledger of plots, one plot, its progress from the phone, clear land confirmed."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts import clock
from accounts.attempts import status_of
from dispatch.elements import access, actions, plots, words
from dispatch.elements.actions.plots import FIELDS, PROGRESS
from dispatch.elements.doors import (
    FORM_METHODS,
    as_file,
    edge,
    export_url,
    form_page,
    history_of,
    paged,
    part,
    require_exporter,
    require_reader,
    run,
    seen,
)
from dispatch.elements.forms import ClearForm, PlotFilter, PlotForm, ProgressForm, ReasonForm, start_of
from dispatch.elements.models import AcquisitionPlot
from workdays.models import load_calendar


@require_safe
@vary_on_headers("HX-Request")
def plot_list(request):
    """Who opens it wants to know which plots are late and how many households have still to move."""
    require_reader(request)
    form, rows = _plots(request)
    page, today = paged(request, rows), clock.today()
    context = {
        "form": form,
        "page_obj": page,
        "rows": plots.rows_of(page, request.user, today, load_calendar()),
        "total": plots.sums(rows, today),
        "sort": request.GET.get("sort", plots.DEFAULT_SORT),
        "edits": access.edits_park(request.user, request.user.organization.park_id),
        "export_url": export_url(request, "dispatch:plot_export"),
    }
    return render(request, part(request, "dispatch/elements/plots.html", "dispatch/elements/_plots.html"), context)


@require_safe
def plot_export(request):
    """Who opens it wants the ledger of plots as a workbook."""
    require_exporter(request)
    _form, rows = _plots(request)
    today = clock.today()
    found = plots.rows_of(rows, request.user, today, load_calendar())
    return as_file(plots.workbook(found, plots.sums(rows, today)), "plots")


@require_http_methods(FORM_METHODS)
def plot_new(request):
    """Who opens it knows of a plot that has to be acquired."""
    require_reader(request)
    park = request.user.organization.park
    access.require(access.edits_park(request.user, park.pk))
    first = {"households": 0, "plants": 0, "project": request.GET.get("project", "")}
    form = PlotForm(request.POST or None, user=request.user, initial=first)

    def save():
        return actions.create_plot(park=park, fields=form.values(), **edge(request))

    back, title = reverse("dispatch:plot_list"), _("New plot")
    return form_page(request, form, save, title=title, back=back, crumb=_("Land acquisition"))


@require_safe
def plot_detail(request, pk):
    """Who opens it wants to know how far a plot is and what is still in the way."""
    plot = _plot(request, pk)
    return render(request, "dispatch/elements/plot.html", _context(request, plot, _progress(plot)))


@require_http_methods(FORM_METHODS)
def plot_progress(request, pk):
    """Who opens it stands on the plot with a phone and wants to write down how far it is."""
    plot = _plot(request, pk)
    access.require(access.reports_plot(request.user, plot))
    form = _progress(plot, request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = {"fields": form.values(), "reason": form.cleaned_data["reason"]}
        version = form.cleaned_data["version"]
        if run(form, lambda: actions.report_plot(plot, **values, version=version, **edge(request))) is not None:
            messages.success(request, _("Saved."))
            return redirect("dispatch:plot_detail", plot.pk)
        if getattr(form, "was_overtaken", False):
            form.data = form.data.copy()
            form.data["version"] = str(plot.version)
    context = _context(request, plot, form) | {"is_form": True}
    return render(request, "dispatch/elements/plot.html", context, status=status_of(form))


@require_http_methods(FORM_METHODS)
def plot_edit(request, pk):
    """Who opens it wants to correct what the plot is, who is responsible and until when."""
    plot = _plot(request, pk)
    access.require(access.edits_park(request.user, plot.park_id))
    first = start_of(plot, (*FIELDS, "version"))
    form = PlotForm(request.POST or None, user=request.user, initial=first)

    def save():
        version = form.cleaned_data["version"] or 0
        return actions.edit_plot(plot, fields=form.values(), version=version, **edge(request))

    back = reverse("dispatch:plot_detail", args=[plot.pk])
    return form_page(request, form, save, title=_("Edit the plot"), back=back, crumb=plot.name, present=plot.version)


@require_http_methods(FORM_METHODS)
def plot_clear(request, pk):
    """Who opens it has the papers in hand that prove that the land is clear."""
    plot = _plot(request, pk)
    access.require(access.reports_plot(request.user, plot))
    first = {"version": plot.version, "on": clock.today()}
    form = ClearForm(request.POST or None, initial=first)

    def save():
        values = {name: form.cleaned_data[name] for name in ("on", "evidence")}
        values["version"] = form.cleaned_data["version"] or 0
        return actions.confirm_clear(plot, **values, today=clock.today(), **edge(request))

    back, title = reverse("dispatch:plot_detail", args=[plot.pk]), _("Confirm clear land")
    more = {"lead": words.plot_words(plot), "present": plot.version, "in_dialog": True}
    return form_page(request, form, save, title=title, back=back, crumb=plot.name, **more)


@require_http_methods(FORM_METHODS)
def plot_reopen(request, pk):
    """Who opens it has learned that the land is not clear after all."""
    plot = _plot(request, pk)
    access.require(access.edits_park(request.user, plot.park_id))
    form = ReasonForm(request.POST or None, initial={"version": plot.version})

    def save():
        values = {"reason": form.cleaned_data["reason"], "version": form.cleaned_data["version"] or 0}
        return actions.reopen_plot(plot, **values, **edge(request))

    back, title = reverse("dispatch:plot_detail", args=[plot.pk]), _("Take the confirmation back")
    more = {"danger": True, "present": plot.version}
    return form_page(request, form, save, title=title, back=back, crumb=plot.name, **more)


def _plot(request, pk) -> AcquisitionPlot:
    return seen(request, AcquisitionPlot, pk, "project", "unit", "park")


def _plots(request):
    form, today = PlotFilter(request.GET, user=request.user, today=clock.today()), clock.today()
    rows = plots.narrowed(request.user, today, **form.narrowing)
    return form, plots.ordered(rows, request.GET.get("sort", plots.DEFAULT_SORT))


def _progress(plot: AcquisitionPlot, data=None) -> ProgressForm:
    return ProgressForm(data, plot=plot, initial=start_of(plot, (*PROGRESS, "version")))


def _context(request, plot: AcquisitionPlot, form: ProgressForm) -> dict:
    (row,) = plots.rows_of([plot], request.user, clock.today(), load_calendar())
    park = access.edits_park(request.user, plot.park_id)
    return {
        "plot": plot,
        "row": row,
        "form": form if row.may_report else None,
        "may_confirm": row.may_report and row.is_complete,
        "edits": park,
        "may_reopen": park and plot.cleared_on is not None,
        "step_url": plots.step_offer(plot, request.user),
        "timeline": words.timeline(history_of("plot", plot.pk), without=() if row.shows_project else ("project",)),
    }

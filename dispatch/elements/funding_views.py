"""Pages of applications for funds and of yearly outputs with the ranking per mu."""

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts import clock
from dispatch.elements import access, actions, funds, words, yields
from dispatch.elements.actions.funding import EDITABLE
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
    seen,
)
from dispatch.elements.forms import OUTPUT, ApplicationForm, FundingFilter, MoveForm, OutputForm, YieldForm, start_of
from dispatch.elements.models import FundingApplication, YearlyOutput
from dispatch.elements.per_mu import Indicator
from dispatch.elements.states import MOVES, FundingVerb
from dispatch.elements.views import panel_url
from projects.models import Project
from projects.text import number_in


@require_safe
@vary_on_headers("HX-Request")
def funding_list(request):
    """Who opens it wants to know who has applied for what, what was granted and what has been paid."""
    require_reader(request)
    form, rows = _funding(request)
    context = {
        "form": form,
        "page_obj": paged(request, rows),
        "sums": funds.sums(rows),
        "sort": request.GET.get("sort", funds.DEFAULT_SORT),
        "export_url": export_url(request, "dispatch:funding_export"),
    }
    return render(request, part(request, "dispatch/elements/funding.html", "dispatch/elements/_funding.html"), context)


@require_safe
def funding_export(request):
    """Who opens it wants the list with its totals as a workbook."""
    require_exporter(request)
    return as_file(funds.workbook(_funding(request)[1]), "funding")


@require_http_methods(FORM_METHODS)
def funding_new(request, pk):
    """Who opens it is about to apply for funds for a project."""
    project = seen(request, Project, pk, "park")
    access.require(access.edits_project(request.user, project))
    form = ApplicationForm(request.POST or None, allowed=EDITABLE["preparing"])

    def save():
        return actions.apply(project=project, fields=form.values(), **edge(request))

    title, back = _("New application for funds"), panel_url(project.pk)
    return form_page(request, form, save, title=title, back=back, crumb=project.name)


@require_safe
def funding_detail(request, pk):
    """Who opens it wants to know how an application stands and to record what came of it."""
    row = seen(request, FundingApplication, pk, "project__park")
    edits = access.edits_project(request.user, row.project)
    park = access.edits_park(request.user, row.project.park_id)
    verbs = [verb for verb in MOVES[row.state] if (park if verb == FundingVerb.REOPEN else edits)]
    context = {
        "row": row,
        "edits": edits,
        "moves": [(_move_url(row, verb), words.VERB_NAMES[FundingVerb(verb)]) for verb in verbs],
        "timeline": words.timeline(history_of("funding", row.pk)),
    }
    return render(request, "dispatch/elements/funding_detail.html", context)


@require_http_methods(FORM_METHODS)
def funding_edit(request, pk):
    """Who opens it wants to correct the application, or to write down what has been paid out."""
    row = seen(request, FundingApplication, pk, "project__park")
    access.require(access.edits_project(request.user, row.project))
    allowed = EDITABLE[row.state]
    first = start_of(row, (*allowed, "version"))
    form = ApplicationForm(request.POST or None, allowed=allowed, initial=first)

    def save():
        version = form.cleaned_data["version"] or 0
        return actions.edit_application(row, fields=form.values(), version=version, **edge(request))

    back = reverse("dispatch:funding_detail", args=[row.pk])
    return form_page(request, form, save, title=_("Edit"), back=back, crumb=row.title, present=row.version)


@require_http_methods(FORM_METHODS)
def funding_move(request, pk, verb):
    """Who opens it knows that the application was handed in, decided or given up."""
    row = seen(request, FundingApplication, pk, "project__park")
    if verb not in frozenset(FundingVerb):
        raise Http404
    allowed = access.edits_park(request.user, row.project.park_id)
    access.require(allowed or (verb != FundingVerb.REOPEN and access.edits_project(request.user, row.project)))
    first = {"version": row.version, "on": clock.today(), "granted_10k": start_of(row, ["asked_10k"])["asked_10k"]}
    form = MoveForm(request.POST or None, verb=FundingVerb(verb), initial=first)

    def save():
        today = clock.today()
        return actions.move_application(row, verb, **form.cleaned_data, today=today, **edge(request))

    title, back = words.VERB_NAMES[FundingVerb(verb)], reverse("dispatch:funding_detail", args=[row.pk])
    more = {"present": row.version, "in_dialog": True, "lead": row.project.name}
    return form_page(request, form, save, title=title, back=back, crumb=row.title, **more)


@require_safe
@vary_on_headers("HX-Request")
def per_mu(request):
    """Who opens it wants to know what each mu yields, and who is ahead."""
    require_reader(request)
    form = YieldForm(request.GET, user=request.user, today=clock.today())
    found = yields.rank(request.user, *form.wanted)
    context = {
        "form": form,
        "ranking": found,
        "page_obj": paged(request, found.places),
        "name": words.indicator_name(found.indicator),
        "unit": words.indicator_unit(found.indicator),
        "parts": words.indicator_parts(found.indicator),
        "formulas": [(words.indicator_name(one), words.indicator_formula(one)) for one in Indicator],
        "export_url": export_url(request, "dispatch:per_mu_export"),
    }
    return render(request, part(request, "dispatch/elements/per_mu.html", "dispatch/elements/_per_mu.html"), context)


@require_safe
def per_mu_export(request):
    """Who opens it wants the ranking as a workbook."""
    require_exporter(request)
    form = YieldForm(request.GET, user=request.user, today=clock.today())
    return as_file(yields.workbook(yields.rank(request.user, *form.wanted)), "per-mu")


@require_http_methods(FORM_METHODS)
def output_edit(request, pk):
    """Who opens it has a project's figures of a year in hand."""
    project = seen(request, Project, pk, "park")
    access.require(access.edits_project(request.user, project))
    year = number_in(request.GET.get("year", "")) or clock.today().year - 1
    row = YearlyOutput.objects.visible_to(request.user).filter(project=project, year=year).first()
    first = start_of(row, (*OUTPUT, "version")) if row else {}
    form = OutputForm(request.POST or None, initial=first)

    def save():
        version = form.cleaned_data["version"]
        return actions.save_output(project=project, year=year, fields=form.values(), version=version, **edge(request))

    more = {"timeline": words.timeline(history_of("output", row.pk))} if row else {}
    more |= {"present": row.version if row else None, "year": year}
    title = _("Output in %(year)s") % {"year": year}
    return form_page(request, form, save, title=title, back=panel_url(project.pk), crumb=project.name, **more)


def _funding(request):
    form = FundingFilter(request.GET, user=request.user, today=clock.today())
    rows = funds.narrowed(FundingApplication.objects.visible_to(request.user), **form.narrowing)
    return form, funds.ordered(rows, request.GET.get("sort", funds.DEFAULT_SORT))


def _move_url(row: FundingApplication, verb: str) -> str:
    return reverse("dispatch:funding_move", args=[row.pk, verb])

"""Pages of elements: what the park has against what projects need. Parse, fetch what may be seen, call one action."""

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts import clock
from accounts.i18n import localized
from dispatch.elements import access, actions, overview, table, words
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
from dispatch.elements.forms import NeedForm, ReasonForm, SupplyForm, TableForm, YearForm, start_of
from dispatch.elements.kinds import KINDS
from dispatch.elements.models import ElementNeed, ElementSupply
from projects.models import Project


@require_safe
def elements(request):
    """Who opens it wants to see at one glance whether the park has enough for what its projects need."""
    require_reader(request)
    form = YearForm(request.GET, user=request.user, today=clock.today())
    rows = overview.overview(request.user, form.year)
    context = {
        "form": form,
        "year": form.year,
        "rows": rows,
        "edits": access.edits_park(request.user, request.user.organization.park_id),
        "export_url": export_url(request, "dispatch:elements_export"),
    }
    return render(request, "dispatch/elements/overview.html", context)


@require_safe
def elements_export(request):
    """Who opens it wants the overview as a workbook."""
    require_exporter(request)
    form = YearForm(request.GET, user=request.user, today=clock.today())
    return as_file(overview.workbook(overview.overview(request.user, form.year), form.year), "elements")


@require_safe
def element_kind(request, element):
    """Who opens it wants to know of one element who gets it first, and from which day on it is short."""
    require_reader(request)
    _kind(element)
    form = YearForm(request.GET, user=request.user, today=clock.today())
    row, turns = overview.turns(request.user, element, form.year)
    page = paged(request, turns)
    edits = access.edits_park(request.user, request.user.organization.park_id)
    history = history_of("supply", row.supply.pk) if row.supply else []
    context = {"form": form, "year": form.year, "row": row, "page_obj": page, "edits": edits}
    return render(request, "dispatch/elements/kind.html", context | {"timeline": words.timeline(history)})


@require_http_methods(FORM_METHODS)
def element_supply(request, element):
    """Who opens it has the park's figure of the year in hand."""
    require_reader(request)
    kind, park = _kind(element), request.user.organization.park
    access.require(access.edits_park(request.user, park.pk))
    year = YearForm(request.GET, user=request.user, today=clock.today()).year
    row = ElementSupply.objects.visible_to(request.user).filter(year=year, element=element).first()
    first = start_of(row, ("amount", "note", "version")) if row else {}
    form = SupplyForm(request.POST or None, element=element, initial=first)

    def save():
        version = form.cleaned_data["version"]
        return actions.set_supply(
            park=park, year=year, element=element, **form.values(), version=version, **edge(request)
        )

    back = f"{reverse('dispatch:element_kind', args=[element])}?year={year}"
    title = _("%(element)s of the park in %(year)s") % {"element": localized(kind, "name"), "year": year}
    present = row.version if row else None
    return form_page(request, form, save, title=title, back=back, crumb=localized(kind, "name"), present=present)


@require_safe
@vary_on_headers("HX-Request")
def element_table(request):
    """Who opens it wants to see project by project what is secured and what is missing."""
    require_reader(request)
    form, rows, sort = _table(request)
    page = paged(request, rows)
    context = {
        "form": form,
        "year": form.year,
        "page_obj": page,
        "rows": table.cells_of(page, request.user, form.year),
        "sums": table.sums_of(rows, form.year),
        "kinds": [(code, words.name_with_unit(code)) for code in KINDS],
        "sort": sort,
        "export_url": export_url(request, "dispatch:element_table_export"),
    }
    return render(request, part(request, "dispatch/elements/table.html", "dispatch/elements/_table.html"), context)


@require_safe
def element_table_export(request):
    """Who opens it wants the table as a workbook."""
    require_exporter(request)
    form, rows, _sort = _table(request)
    return as_file(table.workbook(rows, request.user, form.year), "element-needs")


@require_http_methods(FORM_METHODS)
def element_need_new(request, pk):
    """Who opens it knows what a project needs and by when."""
    project = seen(request, Project, pk, "park")
    access.require(access.edits_project(request.user, project))
    first = {"year": clock.today().year, "secured": 0, "element": request.GET.get("element", "")}
    form = NeedForm(request.POST or None, user=request.user, initial=first)

    def save():
        values = form.values()
        where = {"year": values.pop("year"), "element": values.pop("element")}
        return actions.save_need(project=project, **where, fields=values, **edge(request))

    back = panel_url(project.pk)
    return form_page(request, form, save, title=_("New need of an element"), back=back, crumb=project.name)


@require_http_methods(FORM_METHODS)
def element_need(request, pk):
    """Who opens it wants to say how much is secured, or to correct the need."""
    need = seen(request, ElementNeed, pk, "project__park", "unit")
    may_all = access.edits_project(request.user, need.project)
    access.require(access.secures(request.user, need))
    first = start_of(need, ("amount", "secured", "needed_on", "unit", "note", "version"))
    form = NeedForm(request.POST or None, user=request.user, need=need, may_all=may_all, initial=first)

    def save():
        version = form.cleaned_data["version"] or 0
        return actions.edit_need(need, fields=form.values(), version=version, **edge(request))

    more = {
        "lead": f"{need.project.name} · {need.year}",
        "timeline": words.timeline(history_of("need", need.pk)),
        "drop_url": reverse("dispatch:element_need_drop", args=[need.pk]) if may_all else "",
        "present": ElementNeed.objects.filter(pk=need.pk).values_list("version", flat=True).first(),
    }
    title, back = words.name_with_unit(need.element), panel_url(need.project_id)
    return form_page(request, form, save, title=title, back=back, crumb=need.project.name, **more)


@require_http_methods(FORM_METHODS)
def element_need_drop(request, pk):
    """Who opens it knows that the project does not need this any more."""
    need = seen(request, ElementNeed, pk, "project__park")
    access.require(access.edits_project(request.user, need.project))
    form = ReasonForm(request.POST or None, initial={"version": need.version})

    def save():
        values = {"reason": form.cleaned_data["reason"], "version": form.cleaned_data["version"] or 0}
        return actions.drop_need(need, **values, **edge(request))

    title = _("Remove this need: %(what)s") % {"what": words.name_with_unit(need.element)}
    more = {"danger": True, "present": need.version}
    return form_page(request, form, save, title=title, back=panel_url(need.project_id), crumb=need.project.name, **more)


def panel_url(project_id: int) -> str:
    """The part of the project page that shows elements."""
    return f"{reverse('projects:detail', args=[project_id])}?tab=elements"


def _kind(element: str):
    if element not in KINDS:
        raise Http404
    return KINDS[element]


def _table(request):
    form = TableForm(request.GET, user=request.user, today=clock.today())
    sort = request.GET.get("sort", table.DEFAULT_SORT)
    rows = table.projects(request.user, form.year, **form.narrowing)
    return form, table.ordered(rows, form.year, sort), sort

"""Pages of the plan and the grids. Whoever plans visits changes them; the others read what is theirs."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.attempts import attempt
from dispatch.visits import access, plans, queries, rules, scope
from dispatch.visits.forms import GridForm, MoveForm, PlacesFilter, QuarterForm, ReasonForm, ScopeForm
from dispatch.visits.models import PlannedVisit, VisitGrid
from dispatch.visits.views import FORM_METHODS, list_context, on_version, paged, require_reader, status_of
from projects.models import Enterprise
from projects.text import number_in

PLACES_PAGE = 100


@require_safe
def visit_plan(request):
    """Who opens it wants to know who is still to be visited this quarter, and how far each grid has come."""
    require_reader(request)
    form = ScopeForm(request.GET, user=request.user, today=clock.today())
    rows = scope.planned_in(form.scope, request.user)
    whole = queries.search(rows, form.cleaned_data.get("q", ""))
    shown = scope.each_planned(whole) if request.GET.get("each") == "enterprise" else whole
    if request.GET.get("open"):
        shown = queries.undone(shown)
    page = paged(request, queries.for_plan(shown))
    context = list_context(request, form, page, "") | {
        "rows": queries.plan_rows(page, request.user),
        "grids": queries.progress(rows, "grid"),
        "visitors": queries.progress(rows, "visitor"),
        "quarter": form.period.quarter,
        "may_plan": access.may_plan(request.user),
        "may_record": access.may_record(request.user),
    }
    return render(request, "dispatch/visits/plan.html", context)


@require_http_methods(FORM_METHODS)
def visit_plan_make(request):
    """Who opens it wants the plan of a quarter from the grids, and to see first what it adds."""
    _require_planner(request)
    today, park = clock.today(), request.user.organization.park
    quarter_index = request.GET.get("quarter") or str(rules.quarter_of(today).index)
    form = QuarterForm(request.POST or {"quarter": quarter_index}, today=today)
    if not form.is_valid():
        return render(request, "dispatch/visits/plan_make.html", {"form": form}, status=422)
    if request.method == "POST":
        count = plans.make_plan(park, form.chosen, by=request.user, at=clock.now(), today=today)
        said = ngettext("%(n)d visit planned.", "%(n)d visits planned.", count) % {"n": count}
        messages.success(request, said)
        return redirect(f"{reverse('dispatch:visit_plan')}?year={form.chosen.year}&quarter={form.chosen.number}")
    grids = VisitGrid.objects.visible_to(request.user).filter(is_active=True).select_related("unit", "person")
    planned = plans.planned_in(park, form.chosen)
    lines = queries.preview(grids, plans.places(park), planned)
    context = {"form": form, "lines": lines, "quarter": form.chosen, "there": len(planned)}
    context["new"] = sum(line.new for line in lines)
    return render(request, "dispatch/visits/plan_make.html", context)


@require_http_methods(FORM_METHODS)
def visit_plan_change(request, pk):
    """Who opens it wants somebody else, or another day or quarter, for this planned visit."""
    planned = _planned(request, pk)
    own = {name: getattr(planned, name) for name in ("visitor", "plan_on", "grid", "version")}
    own["quarter"] = rules.Quarter(planned.year, planned.quarter).index
    form = MoveForm(request.POST or None, user=request.user, today=clock.today(), planned=planned, initial=own)
    if request.method == "POST" and form.is_valid():
        values = {
            "fields": form.values(),
            "reason": form.cleaned_data["reason"],
            "version": form.cleaned_data["version"],
        }
        who = {"by": request.user, "at": clock.now(), "today": clock.today()}
        if attempt(form, lambda: plans.change(planned, **values, **who)):
            messages.success(request, _("Saved."))
            return redirect(_plan_of(planned))
        on_version(form, _planned(request, pk).version)
    context = {"form": form, "planned": planned, "back": _plan_of(planned)}
    context["timeline"] = queries.timeline(planned.history.select_related("by"))
    return render(request, "dispatch/visits/plan_change.html", context, status=status_of(request, form))


@require_http_methods(FORM_METHODS)
def visit_plan_drop(request, pk):
    """Who opens it wants an enterprise off the plan, and says why."""
    planned = _planned(request, pk)
    form = ReasonForm(request.POST or None, initial={"version": planned.version})
    if request.method == "POST" and form.is_valid():
        values = {"reason": form.cleaned_data["reason"], "version": form.cleaned_data["version"]}
        if attempt(form, lambda: plans.take_off(planned, **values, by=request.user, at=clock.now())):
            messages.success(request, _("Taken off the plan."))
            return redirect(_plan_of(planned))
        on_version(form, _planned(request, pk).version)
    context = {
        "question": _("Take %(enterprise)s off the plan?") % {"enterprise": planned.enterprise},
        "consequences": [_("It no longer counts as planned; the reason stays in the history.")],
        "form": form,
        "cancel_url": _plan_of(planned),
        "danger_text": _("Take off the plan"),
    }
    return render(request, "components/confirm.html", context, status=status_of(request, form))


@require_safe
def visit_grids(request):
    """Who opens it wants to see how the park is divided and who visits where."""
    _require_planner(request)
    grids = VisitGrid.objects.visible_to(request.user).select_related("unit", "person")
    rows = grids.annotate(size=Count("members")).order_by("-is_active", "name")
    without = Enterprise.objects.visible_to(request.user).filter(grid_place=None).count()
    return render(request, "dispatch/visits/grids.html", {"grids": rows, "without": without})


@require_http_methods(FORM_METHODS)
def visit_grid_new(request):
    """Who opens it wants a new part of the park to be visited by somebody."""
    _require_planner(request)
    return _grid_form(request, None)


@require_http_methods(FORM_METHODS)
def visit_grid_edit(request, pk):
    """Who opens it wants another name, unit or visitor for a grid."""
    _require_planner(request)
    return _grid_form(request, get_object_or_404(VisitGrid.objects.visible_to(request.user), pk=pk))


@require_http_methods(FORM_METHODS)
def visit_places(request):
    """Who opens it wants to put many enterprises into their grids at once."""
    _require_planner(request)
    grids = list(VisitGrid.objects.visible_to(request.user))
    if request.method == "POST":
        return _place(request, grids)
    form = PlacesFilter(request.GET, grids=grids)
    rows = Enterprise.objects.visible_to(request.user).select_related("grid_place__grid").order_by("name")
    wanted = form.cleaned_data.get("grid") if form.is_valid() else ""
    if wanted:
        rows = rows.filter(grid_place=None) if wanted == scope.NONE else rows.filter(grid_place__grid=wanted)
    for word in form.cleaned_data.get("q", "").split():
        rows = rows.filter(name__icontains=word)
    page = Paginator(rows, PLACES_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page_obj": page, "grids": [grid for grid in grids if grid.is_active]}
    return render(request, "dispatch/visits/places.html", context)


def _place(request, grids):
    """``grid``: an id, or "none" to take out; ``enterprise``: ids that were ticked."""
    ids = [pk for text in request.POST.getlist("enterprise") if (pk := number_in(text)) is not None]
    chosen = list(Enterprise.objects.visible_to(request.user).filter(pk__in=ids))
    wanted = request.POST.get("grid", "")
    grid = next((grid for grid in grids if str(grid.pk) == wanted), None)
    if not chosen or (grid is None and wanted != scope.NONE):
        messages.error(request, _("Tick at least one enterprise and choose a grid."))
    else:
        park = request.user.organization.park
        count = plans.place_enterprises(grid, chosen, park=park, by=request.user)
        said = ngettext("%(n)d enterprise moved.", "%(n)d enterprises moved.", count) % {"n": count}
        messages.success(request, said)
    return redirect(f"{reverse('dispatch:visit_places')}?{request.GET.urlencode()}")


def _grid_form(request, grid):
    first = {name: getattr(grid, name) for name in plans.GRID_FIELDS} if grid else None
    form = GridForm(request.POST or None, user=request.user, initial=first)
    if request.method == "POST" and form.is_valid():
        park = request.user.organization.park
        if attempt(form, lambda: plans.save_grid(grid, park=park, fields=form.cleaned_data, by=request.user)):
            messages.success(request, _("Saved."))
            return redirect("dispatch:visit_grids")
    context = {"form": form, "grid": grid}
    return render(request, "dispatch/visits/grid_form.html", context, status=422 if form.is_bound else 200)


def _planned(request, pk) -> PlannedVisit:
    """One the user sees; changing it is the planner's alone."""
    require_reader(request)
    rows = PlannedVisit.objects.visible_to(request.user).select_related("enterprise", "grid", "visitor", "park")
    planned = get_object_or_404(rows, pk=pk)
    _require_planner(request)
    return planned


def _plan_of(planned) -> str:
    return f"{reverse('dispatch:visit_plan')}?year={planned.year}&quarter={planned.quarter}"


def _require_planner(request) -> None:
    require_reader(request)
    if not access.may_plan(request.user):
        raise PermissionDenied

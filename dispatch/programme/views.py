"""Pages of yearly plans, the rolling programme and moves between pools. Parse, fetch what is seen, call one action."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.attempts import attempt, status_of
from accounts.downloads import attachment
from accounts.permissions import Verb, may
from dispatch.doors import require_exporter, require_reader
from dispatch.programme import actions, forms, queries, rules
from dispatch.programme.models import Programme, ProgrammeEntry
from dispatch.reports.words import plain
from projects.models import Project

PAGE_SIZE = 50
FORM_METHODS = ["GET", "HEAD", "POST"]


def _require_planner(request) -> None:
    require_reader(request)
    if not may(request.user, Verb.EDIT_PROGRAMME):
        raise PermissionDenied


def _posted(request):
    """What was sent, even when it is empty; None for a page that is only looked at."""
    return request.POST if request.method == "POST" else None


def _workbook(content: bytes, name: str) -> HttpResponse:
    return attachment(content, f"{name}.xlsx")


def _plans(request):
    form = forms.PlanFilter(request.GET, today=clock.today())
    year = form.chosen
    rows = queries.plans_of(request.user, year)
    return form, year, rows.search(form.text)


@require_safe
def plan_list(request):
    """Came for: what each project is to invest this year, by quarter, and which plans are not broken down yet."""
    require_reader(request)
    form, year, found = _plans(request)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    query = urlencode({"year": year, "q": form.text})
    context = {
        "form": form,
        "year": year,
        "page_obj": page,
        "rows": queries.plan_rows(page.object_list, year),
        "totals": queries.plan_totals(found, year),
        "may_edit": may(request.user, Verb.EDIT_PROGRAMME),
        "export_url": f"{reverse('dispatch:plan_export')}?{query}" if may(request.user, Verb.EXPORT_LEDGER) else "",
    }
    return render(request, "dispatch/programme/plans.html", context)


@require_safe
def plan_export(request):
    """Came for: the same list with all twelve months as a workbook."""
    require_exporter(request)
    _form, year, found = _plans(request)
    return _workbook(queries.plan_workbook(found, year), f"plan-{year}")


@require_http_methods(FORM_METHODS)
def plan_months(request, pk, year):
    """Came for: say which part of the year's plan falls to which month."""
    _require_planner(request)
    project = get_object_or_404(Project.objects.visible_to(request.user), pk=pk)
    if not forms.EARLIEST <= year <= forms.LATEST:
        raise Http404
    planned = project.annual_plans.filter(year=year).values_list("planned_10k", flat=True).first()
    form = forms.MonthsForm(_posted(request), initial=_months_shown(request, project, year, planned))
    if request.method == "POST" and form.is_valid():
        saved = attempt(form, lambda: _save_months(project, year, form, request.user))
        if saved:
            messages.success(request, _("The plan by months is saved."))
            return redirect(f"{reverse('dispatch:plan_list')}?year={year}")
    context = {
        "form": form, "project": project, "year": year, "planned": planned,
        "quarters": form.quarters(), "is_broken_down": project.monthly_plans.filter(year=year).exists(),
        "history": project.history.filter(verb="plan").select_related("by")[:20],
    }  # fmt: skip
    return render(request, "dispatch/programme/months.html", context, status=status_of(form))


def _save_months(project, year, form, user) -> bool:
    seen, with_year = form.cleaned_data["version"], form.cleaned_data["with_year"]
    actions.set_months(
        project, year, form.months(), by=user, at=clock.now(), with_year=with_year, version=seen
    )  # fmt: skip
    return True


def _months_shown(request, project, year, planned) -> dict:
    """The stored months; with ?spread=1 the annual plan in even parts, to be looked at and saved."""
    months = dict(project.monthly_plans.filter(year=year).values_list("month", "planned_10k"))
    if request.GET.get("spread") and planned:
        months = rules.spread(planned)
    shown = {f"month{month}": f"{amount.normalize():f}" for month, amount in months.items()}
    return shown | {"version": project.version}


@require_safe
def programme_list(request):
    """Came for: the programmes of the three years, and which one is in force."""
    require_reader(request)
    rows = Programme.objects.visible_to(request.user).select_related("approved_by")
    context = {
        "rows": rows,
        "may_edit": may(request.user, Verb.EDIT_PROGRAMME),
        "form": forms.StartForm(initial={"first_year": clock.today().year + 1}),
    }
    return render(request, "dispatch/programme/list.html", context)


@require_http_methods(["POST"])
def programme_start(request):
    """Came for: begin next year's programme with what this year's leaves over."""
    _require_planner(request)
    form = forms.StartForm(request.POST)
    if form.is_valid():
        begin = {"park": request.user.organization.park, "by": request.user, "at": clock.now()}
        made = attempt(form, lambda: actions.start(first_year=form.cleaned_data["first_year"], **begin))
        if made:
            return redirect("dispatch:programme_detail", pk=made.pk)
    for sentences in form.errors.values():
        messages.error(request, " ".join(sentences))
    return redirect("dispatch:programme_list")


def _programme(request, pk) -> Programme:
    return get_object_or_404(Programme.objects.visible_to(request.user), pk=pk)


@require_safe
def programme_detail(request, pk):
    """Came for: which projects come first, with how much money in which year, and what has changed."""
    require_reader(request)
    programme = _programme(request, pk)
    found = queries.entries_of(programme, request.user)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    draft = programme.state == Programme.State.DRAFT
    may_edit = may(request.user, Verb.EDIT_PROGRAMME)
    context = {
        "programme": programme,
        "years": [programme.first_year + number for number in range(3)],
        "page_obj": page,
        "sums": queries.sums_of(found),
        "moves": queries.moves_of(programme, request.user)[:50],
        "may_edit": may_edit,
        "may_approve": may_edit and draft and programme.created_by_id != request.user.pk,
        "to_write": len(actions.plans_to_write(programme)) if may_edit and not draft else 0,
        "may_export": may(request.user, Verb.EXPORT_LEDGER),
    }
    return render(request, "dispatch/programme/detail.html", context)


@require_safe
def programme_export(request, pk):
    require_exporter(request)
    programme = _programme(request, pk)
    return _workbook(queries.programme_workbook(programme, request.user), f"programme-{programme.first_year}")


@require_http_methods(FORM_METHODS)
def programme_take_in(request, pk):
    """Came for: put a project into the programme, and say why."""
    _require_planner(request)
    programme = _programme(request, pk)
    first = {"version": programme.version, "project": request.GET.get("project", "")}
    form = forms.TakeInForm(_posted(request), user=request.user, programme=programme, initial=first)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        done = attempt(
            form,
            lambda: actions.take_in(
                programme, values["project"], years=form.years(), reason=values["reason"], place=values["place"],
                by=request.user, at=clock.now(), version=values["version"],
            ),
        )  # fmt: skip
        if done:
            messages.success(request, _("The project is in the programme."))
            return redirect("dispatch:programme_detail", pk=programme.pk)
    return _form_page(request, programme, form, _("Take a project in"), _("Take in"))


def _entry(request, programme, entry_pk) -> ProgrammeEntry:
    rows = queries.entries_of(programme, request.user)
    return get_object_or_404(rows.select_related("programme"), pk=entry_pk)


@require_http_methods(FORM_METHODS)
def programme_entry(request, pk, entry_pk):
    """Came for: another priority or other money for a project."""
    _require_planner(request)
    programme = _programme(request, pk)
    entry = _entry(request, programme, entry_pk)
    form = forms.EntryForm(
        _posted(request), programme=programme, entry=entry, initial=_entry_shown(programme, entry)
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data

        def save() -> bool:
            actions.edit_entry(
                entry, place=values["place"], years=form.years(), note=values["note"], reason=values["reason"],
                by=request.user, at=clock.now(), version=values["version"],
            )  # fmt: skip
            return True

        if attempt(form, save):
            messages.success(request, _("Saved."))
            return redirect("dispatch:programme_detail", pk=programme.pk)
    return _form_page(request, programme, form, entry.project.name, _("Save"))


def _entry_shown(programme, entry) -> dict:
    money = {name: getattr(entry, name) for name in queries.MONEY_COLUMNS}
    shown = {name: f"{value.normalize():f}" for name, value in money.items() if value is not None}
    return shown | {"version": programme.version, "place": entry.priority, "note": entry.note}


@require_http_methods(FORM_METHODS)
def programme_take_out(request, pk, entry_pk):
    """Came for: take a project out of the programme, and say why."""
    _require_planner(request)
    programme = _programme(request, pk)
    entry = _entry(request, programme, entry_pk)
    form = forms.TakeOutForm(_posted(request), initial={"version": programme.version})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data

        def leave() -> bool:
            actions.take_out(
                entry, reason=values["reason"], by=request.user, at=clock.now(), version=values["version"]
            )  # fmt: skip
            return True

        if attempt(form, leave):
            messages.success(request, _("The project has been taken out."))
            return redirect("dispatch:programme_detail", pk=programme.pk)
    here = reverse("dispatch:programme_detail", args=[programme.pk])
    context = {
        "question": _("Take %(name)s out of the programme?") % {"name": entry.project.name},
        "consequences": [_("The reason and the money that was planned stay readable.")],
        "form": form, "action": request.path, "cancel_url": here, "danger_text": _("Take out"),
    }  # fmt: skip
    return render(request, "components/confirm.html", context, status=status_of(form))


def _form_page(request, programme, form, heading, submit):
    context = {"programme": programme, "form": form, "heading": heading, "submit": submit}
    return render(request, "dispatch/programme/form.html", context, status=status_of(form))


@require_http_methods(FORM_METHODS)
def programme_approve(request, pk):
    """Asks first; from then on every change needs a reason."""
    _require_planner(request)
    programme = _programme(request, pk)
    here = reverse("dispatch:programme_detail", args=[programme.pk])
    form = forms.VersionForm(_posted(request), initial={"version": programme.version})
    if request.method == "POST" and form.is_valid():
        actions.approve(programme, by=request.user, at=clock.now(), version=form.cleaned_data["version"])
        messages.success(request, _("The programme is approved."))
        return redirect(here)
    context = {
        "question": _("Approve the programme %(years)s?") % {"years": programme},
        "consequences": [
            _("Responsible units can read it from now on."),
            _("Every later change needs a reason and stays in the history."),
        ],
        "form": form, "action": request.path, "cancel_url": here, "danger_text": _("Approve"),
    }  # fmt: skip
    return render(request, "components/confirm.html", context, status=status_of(form))


@require_http_methods(FORM_METHODS)
def programme_hand_down(request, pk):
    """Asks first and shows what changes; then the first year's money becomes the projects' annual plans."""
    _require_planner(request)
    programme = _programme(request, pk)
    here = reverse("dispatch:programme_detail", args=[programme.pk])
    form = forms.VersionForm(_posted(request), initial={"version": programme.version})
    if request.method == "POST" and form.is_valid():
        done = actions.hand_down(programme, by=request.user, at=clock.now(), version=form.cleaned_data["version"])
        said = ngettext("%(n)d annual plan written.", "%(n)d annual plans written.", done) % {"n": done}
        messages.success(request, said)
        return redirect(here)
    rows = actions.plans_to_write(programme)
    context = {
        "question": _("Write the money of %(year)s into the annual plans?") % {"year": programme.first_year},
        "consequences": [
            f"{row.project.name}: {plain(row.year1_10k)}" for row in rows[:20]
        ] + ([_("and %(n)d more") % {"n": len(rows) - 20}] if len(rows) > 20 else []),
        "form": form, "action": request.path, "cancel_url": here, "danger_text": _("Write"),
    }  # fmt: skip
    return render(request, "components/confirm.html", context, status=status_of(form))


@require_safe
def pool_moves(request):
    """Came for: which projects were promoted or sent back between the four pools, and why (优进劣退)."""
    require_reader(request)
    form = forms.MovesFilter(request.GET, today=clock.today())
    first, last = form.span
    rows = queries.pool_moves(request.user, first=first, last=last, direction=form.direction_chosen)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form, "first": first, "last": last, "page_obj": page,
        "moves": [queries.as_pool_move(entry) for entry in page],
    }  # fmt: skip
    return render(request, "dispatch/programme/pool_moves.html", context)

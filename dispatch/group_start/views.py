"""Pages of group starts: which projects can start on a day, what each still lacks, who delivers it by when."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.attempts import attempt, status_of
from accounts.downloads import PDF, attachment
from accounts.permissions import Verb, may
from dispatch.doors import require_exporter, require_reader
from dispatch.group_start import actions, forms, papers, queries
from dispatch.group_start.models import GroupStart, GroupStartProject
from workdays.models import load_calendar

FORM_METHODS = ["GET", "HEAD", "POST"]
PAGE_SIZE = 30


def _start(request, pk) -> GroupStart:
    require_reader(request)
    return get_object_or_404(GroupStart.objects.visible_to(request.user).select_related("park"), pk=pk)


def _editable(request, pk) -> GroupStart:
    start = _start(request, pk)
    actions.require_editor(request.user, start.park_id)
    return start


def _entry(request, pk, place) -> GroupStartProject:
    start = _editable(request, pk)
    entry = get_object_or_404(queries.entries_of(start, request.user).filter(is_out=False), pk=place)
    entry.group_start = start
    return entry


def _posted(request):
    return request.POST if request.method == "POST" else None


def _rows(request, start) -> list[queries.Candidate]:
    return queries.rows_of(start, request.user, today=clock.today(), calendar=load_calendar())


@require_safe
def group_start_list(request):
    """Came for: when is the next group start, and how many projects take part."""
    require_reader(request)
    page = Paginator(queries.starts_of(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    may_edit = actions.may_edit(request.user, request.user.organization.park_id)
    return render(request, "dispatch/group_start/list.html", {"page_obj": page, "may_edit": may_edit})


@require_safe
def group_start_preview(request):
    """Came for: the mayor comes on that day; which projects can start, what does each lack, who delivers it by when?"""
    require_reader(request)
    may_edit = actions.may_edit(request.user, request.user.organization.park_id)
    return render(request, "dispatch/group_start/candidates.html", _found(request) | {"may_edit": may_edit})


def _found(request, day=None, left_out=()) -> dict:
    """The table of candidates as the filters ask for it; ``day`` given: of a group start."""
    form = forms.CandidateFilter(request.GET, user=request.user, today=clock.today())
    on = day or form.day
    waiting = form.chosen(queries.waiting_projects(request.user)).exclude(pk__in=left_out)
    number = waiting.count()
    rows = queries.candidates(waiting[: queries.MOST], on=on, today=clock.today(), calendar=load_calendar())
    shown = [row for row in rows if form.ready_chosen in ("", row.readiness.ready.value)]
    return {
        "filter": form, "on": on, "rows": queries.in_order(shown, form.sort_chosen), "totals": queries.totals(shown),
        "left_over": max(0, number - queries.MOST), "most": queries.MOST, "query": request.GET.urlencode(),
        "is_provisional": any(row.readiness.is_provisional for row in shown),
    }  # fmt: skip


@require_http_methods(FORM_METHODS)
def group_start_new(request):
    """Came for: fix the day and the projects of a group start."""
    require_reader(request)
    park = request.user.organization.park
    actions.require_editor(request.user, park.pk)
    chosen = _chosen(request)
    found = _found(request)
    form = forms.StartForm(_posted(request), initial={"on": found["on"]})
    if request.method == "POST" and form.is_valid() and _can_take_part(form, chosen):
        when = {"by": request.user, "at": clock.now(), "today": clock.today()}
        projects = list(chosen.cleaned_data["projects"])
        start = attempt(form, lambda: actions.create(park=park, projects=projects, **form.cleaned_data, **when))
        if start:
            messages.success(request, _("The group start is planned."))
            return redirect("dispatch:group_start_detail", pk=start.pk)
    context = found | {"form": form, "picked": request.POST.getlist("projects"), "may_pick": True}
    return render(request, "dispatch/group_start/candidates.html", context, status=status_of(form))


def _chosen(request) -> forms.ChosenForm:
    return forms.ChosenForm(_posted(request), projects=queries.waiting_projects(request.user))


def _can_take_part(form, chosen: forms.ChosenForm) -> bool:
    """Whether all ticked projects still wait; otherwise the form says so."""
    if not chosen.is_valid():
        form.add_error(None, actions.only_waiting())
    return chosen.is_valid()


@require_http_methods(FORM_METHODS)
def group_start_add(request, pk):
    """Came for: take more projects into a group start."""
    start = _editable(request, pk)
    form, chosen = forms.VersionForm(_posted(request), initial={"version": start.version}), _chosen(request)
    if request.method == "POST" and form.is_valid() and _can_take_part(form, chosen):
        when = {"by": request.user, "at": clock.now(), "version": form.cleaned_data["version"]}
        number = attempt(form, lambda: (actions.take_in(start, chosen.cleaned_data["projects"], **when),))
        if number:
            said = ngettext("%(n)d project taken in.", "%(n)d projects taken in.", number[0]) % {"n": number[0]}
            messages.success(request, said)
            return redirect("dispatch:group_start_detail", pk=start.pk)
    taken = start.entries.filter(is_out=False).values("project")
    context = _found(request, start.on, taken) | {"start": start, "form": form, "may_pick": True}
    return render(request, "dispatch/group_start/candidates.html", context, status=status_of(form))


@require_safe
def group_start_detail(request, pk):
    """Came for: how far are the projects of this day, who delivers what by when; later: what really started."""
    start, today = _start(request, pk), clock.today()
    rows = _rows(request, start)
    may_edit = actions.may_edit(request.user, start.park_id) and start.state == GroupStart.State.PLANNED
    lacks = [lack for row in rows for lack in row.lacks]
    out = queries.entries_of(start, request.user).filter(is_out=True)
    context = {
        "start": start, "rows": rows, "totals": queries.totals(rows), "out": out, "may_edit": may_edit,
        "items": queries.on_ledger(lacks) if may_edit else {}, "may_hold": may_edit and start.on <= today,
        "is_over": start.on <= today, "is_past": start.on < today,
        "outcomes": queries.outcomes(rows) if start.on <= today else [],
        "may_export": may(request.user, Verb.EXPORT_LEDGER), "history": queries.history_of(start, request.user),
        "is_provisional": any(row.readiness.is_provisional for row in rows),
    }  # fmt: skip
    return render(request, "dispatch/group_start/detail.html", context)


@require_http_methods(FORM_METHODS)
def group_start_edit(request, pk):
    """Came for: another day, title, place or note."""
    start = _editable(request, pk)
    shown = {name: getattr(start, name) for name in (*actions.FIELDS, "version")}
    form = forms.EditForm(_posted(request), initial=shown)

    def save() -> bool:
        fields = {name: form.cleaned_data[name] for name in actions.FIELDS}
        when = {"at": clock.now(), "today": clock.today(), "version": form.cleaned_data["version"]}
        actions.edit(start, fields=fields, by=request.user, **when)
        return True

    if request.method == "POST" and form.is_valid() and attempt(form, save):
        messages.success(request, _("Saved."))
        return redirect("dispatch:group_start_detail", pk=start.pk)
    context = {"start": start, "form": form, "heading": _("Change the group start")}
    return render(request, "dispatch/group_start/form.html", context, status=status_of(form))


@require_http_methods(FORM_METHODS)
def group_start_note(request, pk, place):
    """Came for: write down what is agreed about one project."""
    entry = _entry(request, pk, place)
    start = entry.group_start
    form = forms.NoteForm(_posted(request), initial={"version": start.version, "note": entry.note})

    def save() -> bool:
        actions.set_note(entry, by=request.user, at=clock.now(), **form.cleaned_data)
        return True

    if request.method == "POST" and form.is_valid() and attempt(form, save):
        messages.success(request, _("Saved."))
        return redirect("dispatch:group_start_detail", pk=start.pk)
    context = {"start": start, "form": form, "heading": entry.project.name}
    return render(request, "dispatch/group_start/form.html", context, status=status_of(form))


def _asked(request, start, form, save, done, **words_shown):
    """A confirmation page that saves when it is sent."""
    here = reverse("dispatch:group_start_detail", args=[start.pk])
    if request.method == "POST" and form.is_valid() and attempt(form, lambda: (save(**form.cleaned_data),)):
        messages.success(request, done)
        return redirect(here)
    context = {"form": form, "action": request.path, "cancel_url": here} | words_shown
    return render(request, "components/confirm.html", context, status=status_of(form))


@require_http_methods(FORM_METHODS)
def group_start_take_out(request, pk, place):
    """Came for: a project cannot make it; it leaves the list with a reason."""
    entry = _entry(request, pk, place)
    form = forms.ReasonForm(_posted(request), initial={"version": entry.group_start.version})
    return _asked(
        request, entry.group_start, form,
        lambda **given: actions.take_out(entry, by=request.user, at=clock.now(), **given),
        _("The project has been taken out."),
        question=_("Take %(name)s out of the group start?") % {"name": entry.project.name},
        consequences=[_("The reason stays readable; the project can be taken in again.")],
        danger_text=_("Take out"),
    )  # fmt: skip


@require_http_methods(FORM_METHODS)
def group_start_hold(request, pk):
    """Came for: it took place; keep the list as it was."""
    start = _editable(request, pk)
    form = forms.VersionForm(_posted(request), initial={"version": start.version})
    return _asked(
        request, start, form,
        lambda version: actions.hold(start, by=request.user, at=clock.now(), today=clock.today(), version=version),
        _("The group start is recorded as held."),
        question=_("Record %(title)s as held?") % {"title": start.title},
        consequences=[
            _("The list of projects is kept as it is now."),
            _("Which project really started is read from its own milestone; enter it there."),
        ],
        danger_text=_("Record as held"), is_good=True,
    )  # fmt: skip


@require_http_methods(FORM_METHODS)
def group_start_cancel(request, pk):
    """Came for: it does not take place."""
    start = _editable(request, pk)
    form = forms.ReasonForm(_posted(request), initial={"version": start.version})
    return _asked(
        request, start, form,
        lambda **given: actions.cancel(start, by=request.user, at=clock.now(), **given),
        _("The group start is cancelled."),
        question=_("Cancel %(title)s?") % {"title": start.title},
        consequences=[
            _("List, reason and history stay readable; it cannot be opened again."),
            _("Items on the ledger stay open."),
        ],
        danger_text=_("Cancel the group start"),
    )  # fmt: skip


@require_http_methods(FORM_METHODS)
def group_start_ledger(request, pk, place):
    """Came for: put what a project still lacks on the ledger, with unit and day, in one click."""
    entry = _entry(request, pk, place)
    start, today, calendar = entry.group_start, clock.today(), load_calendar()
    (row,) = queries.candidates([entry.project], on=start.on, today=today, calendar=calendar)
    known = queries.on_ledger(row.lacks)
    lines = [(lack, known.get(lack.step.pk), actions.due_of(lack, start, today)) for lack in row.lacks]
    form = forms.LedgerForm(
        _posted(request), initial={"version": start.version}, codes=[lack.step.code for lack in row.lacks]
    )  # fmt: skip

    def save():
        when = {"at": clock.now(), "today": today, "calendar": calendar, "version": form.cleaned_data["version"]}
        return actions.put_on_ledger(entry, form.cleaned_data["codes"], by=request.user, **when)

    if request.method == "POST" and form.is_valid() and (items := attempt(form, save)):
        said = ngettext("%(n)d item is on the ledger.", "%(n)d items are on the ledger.", len(items))
        messages.success(request, said % {"n": len(items)})
        return redirect("dispatch:group_start_detail", pk=start.pk)
    context = {"start": start, "entry": entry, "row": row, "lines": lines, "form": form}
    context["may_send"] = any(item is None for _lack, item, _due in lines)
    return render(request, "dispatch/group_start/ledger.html", context, status=status_of(form))


@require_safe
def group_start_export(request, pk):
    """Came for: the list as a workbook."""
    require_exporter(request)
    start = _start(request, pk)
    return attachment(papers.workbook(start, _rows(request, start)), f"{papers.NAME}-{start.on}.xlsx")


@require_safe
def group_start_print(request, pk):
    """Came for: the list on paper, for the leader's folder. ``?size=A3`` for the wall."""
    require_exporter(request)
    start = _start(request, pk)
    content = papers.paper(start, _rows(request, start), today=clock.today(), size=request.GET.get("size", ""))
    return attachment(content, f"{papers.NAME}-{start.on}.pdf", PDF)

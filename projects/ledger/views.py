"""Pages of ledger import and export. For the project centre; nothing is written before somebody has confirmed it."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts import clock
from accounts.downloads import XLSX
from accounts.errors import Refused
from accounts.permissions import Verb
from projects import seams
from projects.access import require
from projects.ledger import actions, conversation, progress, reading, tasks, words
from projects.ledger.export import chosen, export
from projects.ledger.forms import ConfirmForm, UploadForm
from projects.ledger.registry import KINDS, kind_of, kinds_for, may_import
from projects.models import ImportBatch

PAGE_SIZE = 50
State = ImportBatch.State
TABS = {
    "unsure": gettext_lazy("To be decided"),
    "conflict": gettext_lazy("Changed on both sides"),
    "refused": gettext_lazy("Refused"),
    "update": gettext_lazy("Changed"),
    "create": gettext_lazy("New"),
    "warnings": gettext_lazy("To check"),
    "unchanged": gettext_lazy("Unchanged"),
    "skipped": gettext_lazy("Left out"),
}
ALWAYS = ("refused", "update", "create", "warnings", "unchanged")
FIRST = ("unsure", "conflict", "update", "create", "refused")
BODY = "import-body"  # what a decision exchanges on the page


def batch_or_404(request, pk: int) -> ImportBatch:
    """An import of the person's own park. Raises Http404, PermissionDenied."""
    rows = ImportBatch.objects.visible_to(request.user)
    batch = get_object_or_404(rows.select_related("park", "created_by", "confirmed_by", "undone_by", "follows"), pk=pk)
    if not may_import(request.user, kind_of(batch.kind)):
        raise PermissionDenied
    return batch


def require_kinds(user) -> list[str]:
    """The same; raises PermissionDenied when there are none."""
    kinds = kinds_for(user)
    if not kinds:
        raise PermissionDenied
    return kinds


def require_kind(user, key: str) -> None:
    """Raises Http404 (no such kind), PermissionDenied."""
    if key not in KINDS:
        raise Http404
    if key not in kinds_for(user):
        raise PermissionDenied


@require_safe
def import_list(request):
    """Came for: what has been imported, by whom, and is anything waiting for me?"""
    kinds = require_kinds(request.user)
    batches = ImportBatch.objects.visible_to(request.user).filter(kind__in=kinds)
    batches = batches.select_related("created_by").defer("refusal", "answers")
    page = Paginator(batches, PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [{"batch": batch, "kind": kind_of(batch.kind).label, "held": actions.held(batch)} for batch in page]
    return render(request, "projects/import_list.html", {"page_obj": page, "rows": rows, "several": len(kinds) > 1})


@require_http_methods(["GET", "HEAD", "POST"])
def import_new(request):
    """Came for: hand in this month's workbook and see what it would change."""
    kinds = require_kinds(request.user)
    key = request.POST.get("kind") or request.GET.get("kind") or kinds[0]
    require_kind(request.user, key)
    form = UploadForm(request.POST, request.FILES, kind=key) if request.method == "POST" else UploadForm(kind=key)
    if form.is_bound and form.is_valid():
        try:
            values = form.cleaned_data
            batch = actions.upload(
                values["file"], park=request.user.park, kind=key, report_year=values.get("report_year"),
                report_month=values.get("report_month"), by=request.user, at=clock.now(),
            )  # fmt: skip
            return go_on(batch)
        except Refused as error:
            form.add_error("file", str(error))
    context = {"form": form, "kind": kind_of(key), "key": key, "choices": _kind_tabs(kinds, key)}
    return render(request, "projects/import_new.html", context, status=422 if form.is_bound else 200)


def _kind_tabs(kinds, active: str) -> list[dict]:
    tabs = [{"label": kind_of(key).label, "href": f"?kind={key}", "active": key == active} for key in kinds]
    return tabs if len(tabs) > 1 else []


def go_on(batch: ImportBatch) -> HttpResponse:
    """The present step: here and now when it is small, else by a worker; then the import's page."""
    tasks.go_on(batch)
    return redirect("projects:import_detail", batch.pk)


@require_safe
def import_detail(request, pk: int):
    """Came for: what will this file change, what is wrong with it, may I confirm it?"""
    batch = batch_or_404(request, pk)
    busy = batch.state in (State.UPLOADED, State.CONFIRMED)
    decided = request.htmx and request.htmx.target == BODY
    if request.htmx and not request.htmx.history_restore_request and not decided:
        return _progress(request, batch) if busy else HttpResponseClientRedirect(request.path)
    context = {
        "batch": batch,
        "busy": busy,
        "text": _busy_text(batch),
        "written": _written(batch),
        "refusal": words.sentence(batch.refusal),
    }
    if batch.state in (State.READY, State.DONE, State.UNDONE):
        context |= _dry_run(request, batch)
    return render(request, "projects/import_detail.html", context | {"kind": kind_of(batch.kind)})


def _progress(request, batch: ImportBatch) -> HttpResponse:
    context = {"batch": batch, "text": _busy_text(batch), "written": _written(batch)}
    return render(request, "projects/_import_progress.html", context)


def _written(batch: ImportBatch) -> tuple[int, int]:
    """(rows written, rows to be written) while an import is being written."""
    return progress.told(batch) if batch.state == State.CONFIRMED else (0, 0)


def _busy_text(batch: ImportBatch) -> str:
    return _("Writing the changes…") if batch.state == State.CONFIRMED else _("Reading the file…")


def _dry_run(request, batch: ImportBatch) -> dict:
    rows = batch.rows.select_related("project").defer("before").order_by("sheet", "row")
    tab = request.GET.get("show", "")
    if tab not in TABS:
        tab = next((name for name in FIRST if batch.summary.get(name)), "unchanged")
    wanted = request.GET.get("q", "").strip()[:100]
    shown = rows.filter(reading.WARNED) if tab == "warnings" else rows.filter(action=tab)
    if wanted:
        shown = shown.filter(name__icontains=wanted)
    page = Paginator(shown, PAGE_SIZE).get_page(request.GET.get("page"))
    own = {"batch": batch, "open": batch.state == State.READY}
    earlier = ImportBatch.objects.filter(park=batch.park_id, kind=batch.kind, sha256=batch.sha256, state=State.DONE)
    return {
        "tab": tab,
        "q": wanted,
        "tabs": _tabs(batch, tab, wanted),
        "page_obj": page,
        "rows": [conversation.shown_row(row, **own) for row in page],
        "at": _row_at(request, batch, rows, page, own),
        "remarks": words.shown_remarks(batch.summary.get("findings", [])),
        "columns": conversation.column_fields(batch),
        "to_write": batch.summary.get("create", 0) + batch.summary.get("update", 0),
        "held": actions.held(batch),
        "earlier": earlier.exclude(pk=batch.pk).order_by("-finished_at").first(),
    }


def _tabs(batch: ImportBatch, active: str, wanted: str) -> list[dict]:
    more = f"&{urlencode({'q': wanted})}" if wanted else ""
    return [
        {"label": label, "href": f"?show={name}{more}", "active": name == active, "count": batch.summary.get(name, 0)}
        for name, label in TABS.items()
        if name in ALWAYS or batch.summary.get(name) or name == active
    ]


def _row_at(request, batch: ImportBatch, rows, page, own) -> dict | None:
    """The row that was just decided, when it has gone to another tab."""
    sheet, _mark, number = request.GET.get("at", "").rpartition("!")
    if not sheet or not number.isdecimal() or len(number) > 7:
        return None
    if any((row.sheet, row.row) == (sheet, int(number)) for row in page):
        return None
    row = rows.filter(sheet=sheet, row=int(number)).first()
    return conversation.shown_row(row, **own) if row else None


@require_http_methods(["GET", "HEAD", "POST"])
def import_confirm(request, pk: int):
    """Came for: write it, now that I have seen it; what will be written, what not?"""
    batch = batch_or_404(request, pk)
    if request.method != "POST":
        return render(request, "components/confirm.html", conversation.confirmation(batch))
    form = ConfirmForm(request.POST)
    valid_rows_only = form.is_valid() and form.cleaned_data["valid_rows_only"]
    try:
        actions.confirm(batch, valid_rows_only=valid_rows_only, by=request.user, at=clock.now())
    except Refused as error:
        messages.error(request, str(error))
        return redirect("projects:import_detail", batch.pk)
    return go_on(batch)


@require_http_methods(["GET", "HEAD", "POST"])
def import_discard(request, pk: int):
    """Came for: not this file after all."""
    batch = batch_or_404(request, pk)
    if request.method != "POST":
        return render(request, "components/confirm.html", conversation.discarding(batch))
    try:
        actions.discard(batch, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
        return redirect("projects:import_detail", batch.pk)
    messages.success(request, _("The import has been discarded. Nothing was written."))
    return redirect("projects:import_list")


@require_POST
def import_again(request, pk: int):
    """Came for: read the same file against the register as it is now."""
    batch = batch_or_404(request, pk)
    try:
        actions.read_again(batch, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
        return redirect("projects:import_detail", batch.pk)
    return go_on(batch)


@require_safe
def import_file(request, pk: int):
    """Came for: the workbook as it was handed in."""
    batch = batch_or_404(request, pk)
    known = batch.file_name.lower().endswith((".xlsx", ".csv"))
    name = batch.file_name if known else f"{batch.file_name}.xlsx"
    try:
        file = batch.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
def ledger_export(request):
    """Came for: exactly these projects as a workbook; with ``?template=1`` an empty one to fill in."""
    require(request.user, Verb.EXPORT_LEDGER)
    today, rows = clock.today(), chosen(request.GET, request.user)
    if (answer := seams.instead_of(request, rows)) is not None:
        return answer
    file = export(rows, park=request.user.park, year=today.year, month=today.month)
    name = _("project ledger {day}.xlsx").format(day=today.isoformat())
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)

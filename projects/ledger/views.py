"""Pages of ledger import and export. For the project centre; nothing is written before somebody has confirmed it."""

from django.contrib import messages
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
from projects.ledger import actions, tasks, words
from projects.ledger.export import chosen, export
from projects.ledger.forms import ConfirmForm, UploadForm
from projects.models import ImportBatch, ImportRow

PAGE_SIZE = 50
State, Action = ImportBatch.State, ImportRow.Action
TABS = {
    "update": gettext_lazy("Changed"),
    "create": gettext_lazy("New"),
    "unchanged": gettext_lazy("Unchanged"),
    "warnings": gettext_lazy("To check"),
    "refused": gettext_lazy("Refused"),
}
MATCHED_BY = {"code": gettext_lazy("matched by code"), "name": gettext_lazy("matched by name")}


def batch_or_404(request, pk: int) -> ImportBatch:
    """An import of the person's own park. Raises Http404, PermissionDenied."""
    rows = ImportBatch.objects.visible_to(request.user).select_related("park", "created_by", "confirmed_by")
    batch = get_object_or_404(rows, pk=pk)
    require(request.user, Verb.IMPORT_LEDGER)
    return batch


@require_safe
def import_list(request):
    """Came for: what has been imported, by whom, and is anything waiting for me?"""
    require(request.user, Verb.IMPORT_LEDGER)
    batches = ImportBatch.objects.visible_to(request.user).select_related("created_by").defer("refusal")
    page = Paginator(batches, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "projects/import_list.html", {"page_obj": page})


@require_http_methods(["GET", "HEAD", "POST"])
def import_new(request):
    """Came for: hand in this month's ledger and see what it would change."""
    require(request.user, Verb.IMPORT_LEDGER)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_bound and form.is_valid():
        try:
            values = form.cleaned_data
            batch = actions.upload(
                values["file"], park=request.user.park, report_year=values["report_year"],
                report_month=values["report_month"], by=request.user, at=clock.now(),
            )  # fmt: skip
            return _go_on(batch)
        except Refused as error:
            form.add_error("file", str(error))
    status = 422 if form.is_bound else 200
    return render(request, "projects/import_new.html", {"form": form}, status=status)


def _go_on(batch: ImportBatch) -> HttpResponse:
    """The present step: here and now when it is small, else by a worker; then the import's page."""
    if actions.is_small(batch):
        actions.work(batch.pk, now=clock.now)
    else:
        tasks.ring_aside(batch.pk)
    return redirect("projects:import_detail", batch.pk)


@require_safe
def import_detail(request, pk: int):
    """Came for: what will this file change, what is wrong with it, may I confirm it?"""
    batch = batch_or_404(request, pk)
    busy = batch.state in (State.UPLOADED, State.CONFIRMED)
    if request.htmx and not request.htmx.history_restore_request:
        return _progress(request, batch) if busy else HttpResponseClientRedirect(request.path)
    context = {"batch": batch, "busy": busy, "text": _busy_text(batch), "refusal": words.sentence(batch.refusal)}
    if batch.state in (State.READY, State.DONE):
        context |= _dry_run(request, batch)
    return render(request, "projects/import_detail.html", context)


def _progress(request, batch: ImportBatch) -> HttpResponse:
    return render(request, "projects/_import_progress.html", {"batch": batch, "text": _busy_text(batch)})


def _busy_text(batch: ImportBatch) -> str:
    return _("Writing the changes…") if batch.state == State.CONFIRMED else _("Reading the file…")


def _dry_run(request, batch: ImportBatch) -> dict:
    rows = batch.rows.select_related("project").order_by("sheet", "row")
    tab = request.GET.get("show", "")
    if tab not in TABS:
        tab = next((name for name in ("update", "create", "refused") if batch.summary.get(name)), "unchanged")
    shown = rows.exclude(findings=[]).exclude(action=Action.REFUSED) if tab == "warnings" else rows.filter(action=tab)
    page = Paginator(shown.defer("values"), PAGE_SIZE).get_page(request.GET.get("page"))
    earlier = ImportBatch.objects.filter(park=batch.park_id, sha256=batch.sha256, state=State.DONE)
    return {
        "tab": tab,
        "tabs": [
            {"label": label, "href": f"?show={name}", "active": name == tab, "count": batch.summary.get(name, 0)}
            for name, label in TABS.items()
        ],
        "page_obj": page,
        "rows": [_row(row) for row in page],
        "remarks": words.shown_remarks(batch.summary.get("findings", [])),
        "to_write": batch.summary.get("create", 0) + batch.summary.get("update", 0),
        "refused": batch.summary.get("refused", 0),
        "form": ConfirmForm(),
        "earlier": earlier.exclude(pk=batch.pk).order_by("-finished_at").first(),
    }


def _row(row: ImportRow) -> dict:
    return {
        "row": row,
        "place": f"{row.sheet}!{row.row}",
        "matched_by": MATCHED_BY.get(row.matched_by, ""),
        "changes": words.shown_changes(row),
        "kept": [words.label(name) for name in row.kept],
        "remarks": words.shown_remarks(row.findings, row.sheet),
        "folded": row.action == Action.CREATE,
    }


@require_POST
def import_confirm(request, pk: int):
    """Came for: write it, now that I have seen it."""
    batch = batch_or_404(request, pk)
    form = ConfirmForm(request.POST)
    valid_rows_only = form.is_valid() and form.cleaned_data["valid_rows_only"]
    try:
        actions.confirm(batch, valid_rows_only=valid_rows_only, by=request.user, at=clock.now())
    except Refused as error:
        messages.error(request, str(error))
        return redirect("projects:import_detail", batch.pk)
    return _go_on(batch)


@require_POST
def import_discard(request, pk: int):
    """Came for: not this file after all."""
    batch = batch_or_404(request, pk)
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
    return _go_on(batch)


@require_safe
def import_file(request, pk: int):
    """Came for: the workbook as it was handed in."""
    batch = batch_or_404(request, pk)
    name = batch.file_name if batch.file_name.lower().endswith(".xlsx") else f"{batch.file_name}.xlsx"
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

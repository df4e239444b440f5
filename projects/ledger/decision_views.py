"""Pages of the conversation about an import: what columns mean, cells put right, rows decided, all of it taken back."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.downloads import XLSX
from accounts.errors import Refused
from projects.ledger import actions, annotate, conversation, deciding, words
from projects.ledger.registry import kind_of
from projects.ledger.views import PAGE_SIZE, batch_or_404, go_on, require_kind, require_kinds
from projects.models import HeaderMemory, ImportBatch

KEPT = ("show", "q", "page")


def _decided(request, pk: int, decide: Callable[[ImportBatch], Any], at: str = "") -> HttpResponse:
    """Makes one decision, reads a small file again at once, and goes back to the place on the page."""
    batch = batch_or_404(request, pk)
    try:
        decide(batch)
        if actions.reads_quickly(batch):
            actions.read_again(batch, by=request.user)
            go_on(batch)
    except Refused as error:
        messages.error(request, str(error))
    back = {name: request.POST[name] for name in KEPT if request.POST.get(name)}
    if at:
        back["at"] = at
    return redirect(f"{reverse('projects:import_detail', args=[pk])}?{urlencode(back)}")


def _number(text: str) -> int:
    """Zero is no row of any file."""
    return int(text) if text.isdecimal() and len(text) <= 7 else 0


@require_POST
def import_columns(request, pk: int):
    """Came for: say what these columns mean."""
    told = {name.removeprefix("column:"): text for name, text in request.POST.items() if name.startswith("column:")}
    told = {place: "" if text == "-" else text for place, text in told.items() if text}
    answer = deciding.answer_columns
    return _decided(request, pk, lambda batch: answer(batch, told, by=request.user, at=clock.now()) if told else None)


@require_POST
def import_cell(request, pk: int):
    """Came for: put this cell right here; an empty ``text`` with ``back`` takes the correction back."""
    sheet, cell = request.POST.get("sheet", ""), request.POST.get("cell", "")
    text = None if "back" in request.POST else request.POST.get("text", "")
    at = f"{sheet}!{cell.lstrip('ABCDEFGHIJKLMNOPQRSTUVWXYZ')}"
    return _decided(request, pk, lambda batch: deciding.correct_cell(batch, sheet, cell, text, by=request.user), at)


@require_POST
def import_row(request, pk: int):
    """Came for: this row is that one, a new one, or not wanted."""
    sheet, number = request.POST.get("sheet", ""), _number(request.POST.get("row", ""))
    choice = request.POST.get("choice", "")
    decide = deciding.decide_row
    at = f"{sheet}!{number}"
    return _decided(request, pk, lambda batch: decide(batch, sheet, number, choice, by=request.user), at)


@require_POST
def import_conflict(request, pk: int):
    """Came for: which of the two values counts, cell by cell or for the whole row (``all``)."""
    sheet, number = request.POST.get("sheet", ""), _number(request.POST.get("row", ""))
    whole = request.POST.get("all", "")
    cells = {name.removeprefix("cell:"): whole or text for name, text in request.POST.items() if name[:5] == "cell:"}
    cells = {cell: choice for cell, choice in cells.items() if choice}
    decide = deciding.decide_conflicts
    at = f"{sheet}!{number}"
    return _decided(request, pk, lambda batch: decide(batch, sheet, number, cells, by=request.user), at)


@require_safe
def import_annotated(request, pk: int):
    """Came for: my own workbook with every remark in its cell, to correct it there."""
    batch = batch_or_404(request, pk)
    try:
        file = annotate.annotated(batch)
    except FileNotFoundError as error:
        raise Http404 from error
    except Refused as error:
        messages.error(request, str(error))
        return redirect("projects:import_detail", pk)
    name = _("checked {name}").format(name=batch.file_name.rpartition(".")[0] or batch.file_name)
    response = FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def import_undo(request, pk: int):
    """Came for: take the whole import back."""
    batch = batch_or_404(request, pk)
    if request.method != "POST":
        return render(request, "components/confirm.html", conversation.undoing(batch))
    try:
        actions.undo(batch, by=request.user, at=clock.now())
        messages.success(request, _("The import has been taken back."))
    except Refused as error:
        messages.error(request, str(error))
    return redirect("projects:import_detail", pk)


@require_safe
def import_template(request):
    """Came for: an empty workbook to fill in, with lists of the allowed values (``?kind=``)."""
    key = request.GET.get("kind", "projects")
    require_kind(request.user, key)
    name = _("template {kind}.xlsx").format(kind=kind_of(key).label)
    return FileResponse(kind_of(key).template(request.user), as_attachment=True, filename=name, content_type=XLSX)


@require_safe
def import_memory(request):
    """Came for: which columns are remembered of whom, and can one be forgotten?"""
    kinds = require_kinds(request.user)
    known = HeaderMemory.objects.visible_to(request.user).filter(kind__in=kinds)
    known = known.select_related("sender", "answered_by").order_by("sender__name", "kind", "header")
    page = Paginator(known, PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [{"column": each, "field": words.label(each.field, each.kind) if each.field else "",
             "kind": kind_of(each.kind).label} for each in page]  # fmt: skip
    return render(request, "projects/import_memory.html", {"page_obj": page, "rows": rows})


@require_POST
def import_forget(request, pk: int):
    """Came for: do not read this column like that any more."""
    column = get_object_or_404(HeaderMemory.objects.visible_to(request.user), pk=pk)
    deciding.forget(column, by=request.user)
    messages.success(request, _("Forgotten. Files read from now on are asked about it again."))
    return redirect("projects:import_memory")

"""The bulletin as .xlsx, .docx and .pdf, and the park's own red-header template for the .docx."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.attempts import attempt, status_of
from accounts.downloads import DOCX, attachment
from accounts.permissions import Verb, may
from dispatch.reports import files, pages, papers, red_paper
from dispatch.reports.forms import PaperTemplateForm
from dispatch.reports.issuing import preview
from dispatch.reports.models import BulletinTemplate


@require_safe
def bulletin_download(request, pk):
    """Who opens it wants the figures to count on with: .xlsx."""
    return _file(request, pk, "xlsx")


@require_safe
def bulletin_docx(request, pk):
    """Who opens it wants the paper to edit and seal."""
    return _file(request, pk, "docx")


@require_safe
def bulletin_pdf(request, pk):
    """Who opens it wants the paper to read and print."""
    return _file(request, pk, "pdf")


def _file(request, pk, fmt):
    """A small one at once; a long one is offered in the background first, unless ``?now``."""
    bulletin = pages.bulletin_of(request, pk)
    snapshot = preview(bulletin)
    count = files.rows_in(snapshot)
    if fmt != "xlsx" and count > files.LONGEST_AT_ONCE and "now" not in request.GET:
        context = {
            "count": count, "kind": f"bulletin_{fmt}", "params": {"bulletin": bulletin.pk},
            "title": files.file_name(snapshot, fmt), "now_url": f"{request.path}?now=1",
        }  # fmt: skip
        return render(request, "dispatch/exports/offer.html", context)
    made = files.made(bulletin, fmt, snapshot)
    return attachment(made.content, made.name, made.content_type)


@require_http_methods(["GET", "HEAD", "POST"])
def bulletin_template_list(request):
    """Who opens it wants bulletins to look like the park's own paper."""
    _require_maker(request)
    form = PaperTemplateForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        edge = {"park": request.user.park, "by": request.user, "at": clock.now()}
        if attempt(form, lambda: papers.upload_template(upload=form.cleaned_data["file"], **edge)):
            messages.success(request, _("In force from now on."))
            return redirect("dispatch:bulletin_template_list")
    context = {
        "form": form,
        "templates": _own(request).filter(withdrawn_at=None).select_related("by"),
        "placeholders": [(name, red_paper.INSIDE.get(name, ())) for name in red_paper.PLACEHOLDERS],
    }
    return render(request, "dispatch/reports/templates.html", context, status=status_of(form))


@require_safe
def bulletin_template_default(request):
    """Who opens it wants to start from the template that came with the site."""
    _require_maker(request)
    return attachment(red_paper.template(), "bulletin.docx", DOCX)


@require_safe
def bulletin_template(request, pk):
    """Who opens it wants to change the park's template."""
    _require_maker(request)
    row = get_object_or_404(_own(request), pk=pk)
    with row.file.open("rb") as file:
        return attachment(file.read(), row.original_name, DOCX)


@require_http_methods(["GET", "HEAD", "POST"])
def bulletin_template_withdraw(request, pk):
    """Who opens it wants the template before this one back; asked about."""
    _require_maker(request)
    row = get_object_or_404(_own(request), pk=pk)
    back = reverse("dispatch:bulletin_template_list")
    if request.method == "POST":
        papers.withdraw_template(row, by=request.user, at=clock.now())
        return redirect(back)
    context = {
        "question": _("Withdraw the template %(name)s?") % {"name": row.original_name},
        "consequences": [_("The template before it, or the default one, is in force again.")],
        "action": request.path, "cancel_url": back, "danger_text": pgettext("template", "Withdraw"),
    }  # fmt: skip
    return render(request, "components/confirm.html", context)


def _require_maker(request) -> None:
    pages.bulletins(request.user)
    if not may(request.user, Verb.MAKE_BULLETIN):
        raise PermissionDenied


def _own(request):
    return BulletinTemplate.objects.visible_to(request.user)

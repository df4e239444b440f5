"""Minutes as .docx, and the park's own templates for them."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.downloads import DOCX, attachment
from dispatch.meetings import actions, default_paper, papers
from dispatch.meetings.forms import TemplateForm
from dispatch.meetings.minutes import INSIDE, PLACEHOLDERS
from dispatch.meetings.models import MinutesTemplate
from dispatch.meetings.views.common import attempt, meeting_of, meetings, status_of, who


@require_safe
def meeting_minutes(request, pk):
    """Who opens it wants the minutes as a file to edit and sign."""
    meeting = meeting_of(request, pk)
    return attachment(papers.minutes_docx(meeting), f"{meeting.number} {meeting.title}.docx", DOCX)


@require_http_methods(["GET", "HEAD", "POST"])
def minutes_template_list(request):
    """Who opens it wants the minutes to look like the park's own paper."""
    _require_holder(request)
    form = TemplateForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        edge = {"park": request.user.park, "by": request.user, "at": who(request)["at"]}
        values = {"kind": form.cleaned_data["kind"], "upload": form.cleaned_data["file"]}
        if attempt(form, lambda: papers.upload_template(**edge, **values)):
            messages.success(request, _("In force from now on."))
            return redirect("dispatch:minutes_template_list")
    context = {
        "form": form,
        "templates": _own(request).filter(withdrawn_at=None).select_related("by"),
        "placeholders": [(name, INSIDE.get(name, ())) for name in PLACEHOLDERS],
    }
    status = status_of(form) if form.is_bound else 200
    return render(request, "dispatch/meetings/templates.html", context, status=status)


@require_safe
def minutes_template_default(request):
    """Who opens it wants to start from the template that came with the site."""
    _require_holder(request)
    return attachment(default_paper.template(), "minutes.docx", DOCX)


@require_safe
def minutes_template(request, pk):
    """Who opens it wants to change the park's template."""
    _require_holder(request)
    row = get_object_or_404(_own(request), pk=pk)
    with row.file.open("rb") as file:
        return attachment(file.read(), row.original_name, DOCX)


@require_http_methods(["GET", "HEAD", "POST"])
def minutes_template_withdraw(request, pk):
    """Who opens it wants the template before this one back; asked about."""
    _require_holder(request)
    row = get_object_or_404(_own(request), pk=pk)
    back = reverse("dispatch:minutes_template_list")
    if request.method == "POST":
        papers.withdraw_template(row, by=request.user, at=who(request)["at"])
        return redirect(back)
    context = {
        "question": _("Withdraw the template %(name)s?") % {"name": row.original_name},
        "consequences": [_("The template before it, or the default one, is in force again.")],
        "action": request.path, "cancel_url": back, "danger_text": _("Withdraw the template"),
    }  # fmt: skip
    return render(request, "components/confirm.html", context)


def _require_holder(request) -> None:
    meetings(request)
    if not actions.may_hold(request.user, request.user.organization.park_id):
        raise PermissionDenied


def _own(request):
    return MinutesTemplate.objects.visible_to(request.user)

"""Adding, reading and taking back attached files. Whoever sees the thing reads its files."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.errors import Refused
from approvals.papers import downloads
from dispatch.files import keeping, queries
from dispatch.files.forms import AttachForm
from dispatch.files.models import Attachment
from dispatch.files.targets import TARGETS, target_of


@require_http_methods(["GET", "HEAD", "POST"])
def file_add(request, kind, pk):
    """Came for: hang evidence, a photo or the minutes on this thing."""
    target = TARGETS.get(kind)
    if target is None:
        raise Http404
    thing = get_object_or_404(target.model._default_manager.visible_to(request.user), pk=pk)
    keeping.permit(thing, request.user)
    form = AttachForm(request.POST or None, request.FILES or None, initial={"role": _first_role(kind)})
    if request.method == "POST" and form.is_valid() and _attach(request, thing, form):
        messages.success(request, _("Added."))
        return redirect(target.url(thing))
    context = {"form": form, "thing": thing, "back": target.url(thing)}
    return render(request, "dispatch/files/add.html", context, status=422 if request.method == "POST" else 200)


@require_safe
def file_download(request, pk):
    """Came for: read this file. ``?inline``: a picture or PDF is shown in the browser."""
    return downloads.respond(_file(request, pk), inline="inline" in request.GET)


@require_http_methods(["GET", "HEAD", "POST"])
def file_remove(request, pk):
    """Came for: this file does not belong here; asked about first."""
    file = _file(request, pk)
    thing = queries.thing_of(file)
    if not queries.may_remove(file, thing, request.user):
        raise PermissionDenied
    if request.method == "POST":
        keeping.remove(file, by=request.user, at=clock.now())
        messages.success(request, _("The file has been taken back."))
        return redirect(target_of(thing).url(thing))
    context = {
        "question": _("Take back “%(name)s”?") % {"name": file.original_name},
        "consequences": [_("The file is deleted for good."), _("That it was here stays in the records.")],
        "cancel_url": target_of(thing).url(thing),
        "danger_text": _("Take back"),
    }
    return render(request, "components/confirm.html", context)


def _file(request, pk) -> Attachment:
    rows = Attachment.objects.visible_to(request.user).filter(removed_at=None)
    return get_object_or_404(rows.select_related(*queries.THINGS), pk=pk)


def _attach(request, thing, form) -> bool:
    values, who = form.cleaned_data, {"by": request.user, "at": clock.now()}
    try:
        with keeping.stored(values["file"]) as kept, transaction.atomic():
            for each in kept:
                keeping.record(thing, each, role=values["role"], note=values["note"], **who)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def _first_role(kind: str) -> str:
    return {"visit": Attachment.Role.PHOTO, "meeting": Attachment.Role.MINUTES}.get(kind, Attachment.Role.EVIDENCE)

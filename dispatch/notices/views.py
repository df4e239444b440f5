"""A person's own pages: the inbox and what they want to be told. Nobody sees another's."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.errors import Conflict
from dispatch.notices import actions, alarms, planner, queries
from dispatch.notices.forms import ChoiceForm, InboxFilter
from dispatch.notices.models import Notice, PersonalChoice

PAGE_SIZE = 50


@require_safe
def inbox(request):
    """Who opens it wants to know what is new for them, and to get to it."""
    inside(request)
    form = InboxFilter(request.GET, events=queries.of_user(request.user))
    rows = queries.inbox(request.user, unread_only=form.unread_only, event=form.chosen_event)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page_obj": page,
        "rows": queries.rows_of(page, request.user.park),
        "unread": queries.unread_count(request.user),
        "here": request.get_full_path(),
    }
    return render(request, "dispatch/notices/inbox.html", context)


@require_POST
def inbox_read(request):
    """Who sends it has read everything that is listed."""
    inside(request)
    read = actions.mark_read(request.user, at=clock.now(), event=request.POST.get("event", "")[:32])
    messages.success(
        request, ngettext("%(n)d notice marked as read.", "%(n)d notices marked as read.", read) % {"n": read}
    )
    return redirect("dispatch:inbox")


@require_POST
def notice_open(request, pk):
    """Who sends it reads one notice, and goes to what it is about unless they stay."""
    inside(request)
    notice = get_object_or_404(Notice.objects.addressed_to(request.user), pk=pk)
    actions.mark_read(request.user, at=clock.now(), pk=notice.pk)
    back = request.POST.get("stay") or notice.url
    return redirect(back if is_ours(back) else reverse("dispatch:inbox"))


@require_http_methods(["GET", "HEAD", "POST"])
def notice_choices(request):
    """Who opens it wants fewer or other notices, or at another time."""
    inside(request)
    choice = PersonalChoice.objects.filter(user=request.user).first()
    watches = bool(alarms.WATCHERS & request.user.verbs)
    form = ChoiceForm(request.POST or None, user=request.user, choice=choice, watches=watches)
    if request.method == "POST" and form.is_valid():
        try:
            actions.choose(request.user, **form.values())
        except Conflict as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Kept."))
            return redirect("dispatch:notice_choices")
    context = {"form": form, "reachable": planner.wishes_of_person(request.user, choice).reachable}
    return render(request, "dispatch/notices/choices.html", context, status=422 if form.errors else 200)


def inside(request) -> None:
    """Enterprises have their own page; people without a role have no notices. Raises Http404."""
    if request.user.role_id is None or request.user.role.scope == "enterprise":
        raise Http404


def is_ours(path: str) -> bool:
    """Whether it is a path of this site."""
    return path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)

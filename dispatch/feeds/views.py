"""Pages about a person's calendar feeds, and the address that calendar programs read."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.attempts import attempt, status_of
from approvals.portal import links, slips, visits
from dispatch.feeds import actions, reading
from dispatch.feeds.forms import FeedForm
from dispatch.feeds.models import CalendarFeed
from projects.models import Project

FORM_METHODS = ["GET", "HEAD", "POST"]
PAGE_SIZE = 50


@require_http_methods(FORM_METHODS)
def feed_list(request):
    """Came for: put my due dates into the calendar on my phone, or see and withdraw what I have given out."""
    return _page(request, None)


@require_http_methods(FORM_METHODS)
def feed_project(request, pk):
    """Came for: put the dates of this one project into my calendar."""
    return _page(request, get_object_or_404(Project.objects.visible_to(request.user), pk=pk))


def _page(request, project: Project | None):
    form = FeedForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form, lambda: actions.make(by=request.user, at=clock.now(), project=project, **form.cleaned_data)
        )
        if made:
            return _shown_once(request, *made)
    rows = CalendarFeed.objects.of(request.user).open()
    now, seen = clock.now(), set(Project.objects.visible_to(request.user).values_list("pk", flat=True))
    context = {
        "form": form,
        "project": project,
        "rows": [(row, actions.is_idle(row, now), row.project_id in seen) for row in rows.select_related("project")],
        "may_withdraw_others": bool(request.user.role_id) and actions.may_withdraw_others(request.user),
    }
    return render(request, "dispatch/feeds/list.html", context, status=status_of(form))


def _shown_once(request, feed: CalendarFeed, secret: str) -> HttpResponse:
    """The page with the address: the only one there will be."""
    address = request.build_absolute_uri(reverse("dispatch:feed", args=[secret]))
    webcal = f"webcal://{address.split('://', 1)[1]}"
    context = {
        "feed": feed, "address": address, "webcal": webcal,
        "drawing": slips.drawing(webcal), "picture": slips.picture(webcal),
    }  # fmt: skip
    return visits.private(render(request, "dispatch/feeds/made.html", context))


@require_http_methods(FORM_METHODS)
def feed_withdraw(request, pk):
    """Came for: a phone was lost, or the calendar is not needed any more."""
    reach = Q(user=request.user)
    if request.user.role_id:
        reach |= Q(pk__in=actions.of_park(request.user).values("pk"))
    row = get_object_or_404(CalendarFeed.objects.filter(reach).select_related("user"), pk=pk)
    is_mine = row.user_id == request.user.pk
    back = reverse("dispatch:feed_list" if is_mine else "dispatch:feed_all")
    if request.method == "POST":
        actions.withdraw(row, by=request.user, at=clock.now())
        messages.success(request, _("The calendar feed has been withdrawn."))
        return redirect(back)
    context = {
        "question": _("Withdraw the calendar feed of %(name)s?") % {"name": row.user},
        "consequences": [
            _("The address opens nothing from now on."),
            _("A calendar program may keep what it has read until its owner removes the calendar there."),
        ],
        "cancel_url": back,
        "danger_text": _("Withdraw the calendar feed"),
    }
    return render(request, "components/confirm.html", context)


@require_safe
def feed_all(request):
    """Came for: withdraw the feed of somebody who has lost a phone or left."""
    if not request.user.role_id or not actions.may_withdraw_others(request.user):
        raise PermissionDenied
    rows = actions.of_park(request.user).select_related("user__organization").order_by("user__username", "-created_at")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "dispatch/feeds/all.html", {"page_obj": page})


@login_not_required
@require_safe
def feed(request, secret):
    """Came for: a calendar program reads the file again; nobody is signed in and no cookie is set."""
    now, ip = clock.now(), links.address_of(request)
    row = actions.find(secret, at=now)
    if row is None:
        return _closed(ip, now)
    site = request.build_absolute_uri("/").rstrip("/")
    found = reading.answer(row, site=site, at=now, today=clock.today())
    response = HttpResponse(found.content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="calendar.ics"'
    response["Content-Language"] = row.language
    changed = int(found.changed_at.timestamp())
    response["ETag"], response["Last-Modified"] = found.etag, http_date(changed)
    return _headed(get_conditional_response(request, found.etag, changed, response))


def _closed(ip: str | None, now) -> HttpResponse:
    """The same for every secret that opens nothing; each is counted against the address it came from."""
    status = 429 if links.too_many_guesses(ip, at=now) else 404
    if status == 404:
        links.note_guess(ip, at=now)
    return _headed(HttpResponse("", status=status, content_type="text/plain; charset=utf-8"))


def _headed(response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, private=True, no_cache=True)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["X-Content-Type-Options"] = "nosniff"
    return response

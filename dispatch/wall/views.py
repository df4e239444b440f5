"""The wall 挂图作战 on screen, on the projector, on paper and as a list."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import clock
from accounts.downloads import PDF, attachment
from accounts.permissions import Verb, may
from dispatch.doors import require_exporter, require_reader
from dispatch.wall import files, paper, present, screen, sums, workbook
from dispatch.wall.choices import chosen
from dispatch.wall.layout import SCREEN
from projects import access

PAGE_SIZE = 300


@require_safe
def wall(request):
    """Came for: every project, month by month, where it should be, is and will be; who is red, and whose it is."""
    if access.is_enterprise(request.user):
        return access.enterprise_home()
    require_reader(request)
    found = chosen(request.GET, request.user, clock.today())
    page = Paginator(range(len(found.lines)), PAGE_SIZE).get_page(request.GET.get("page"))
    cut = sums.paged(found.groups, page.start_index() - 1 if found.lines else 0, page.end_index())
    context = {
        "found": found,
        "page_obj": page,
        "groups": [present.shown(found, group, lines, SCREEN[found.window.count]) for group, lines in cut],
        "months": present.months_of(found),
        "counts": present.counts_of(found, request.GET),
        "today_at": present.today_at(found),
        "may_export": may(request.user, Verb.EXPORT_LEDGER),
        "seconds": range(screen.SHORTEST, screen.LONGEST + 1, 10),
    }
    return render(request, "dispatch/wall/wall.html", context | present.tools_of(found, request.GET))


@require_safe
def wall_screen(request):
    """Came for: the same on the projector of the war room; it pages and refreshes by itself."""
    if access.is_enterprise(request.user):
        return access.enterprise_home()
    require_reader(request)
    context = screen.page_of(chosen(request.GET, request.user, clock.today()), request.GET, now=clock.now())
    part = request.htmx and not request.htmx.history_restore_request
    return render(request, "dispatch/wall/_screen.html" if part else "dispatch/wall/screen.html", context)


@require_safe
def wall_print(request):
    """Came for: the wall on paper, A3 sheets or one A0 poster."""
    require_exporter(request)
    size = "a0" if request.GET.get("paper") == "a0" else "a3"
    found = chosen(request.GET, request.user, clock.today())
    if offer := files.offer(request, found, "wall_pdf", _("Wall of plans, %(size)s") % {"size": size.upper()}):
        return offer
    made = paper.made(found, size, park=request.user.park, now=clock.now())
    return attachment(made, files.name_of(found, f"{size}.pdf"), PDF)


@require_safe
def wall_export(request) -> HttpResponse:
    """Came for: the same rows and months as a workbook."""
    require_exporter(request)
    found = chosen(request.GET, request.user, clock.today())
    if offer := files.offer(request, found, "wall_xlsx", _("Wall of plans")):
        return offer
    return attachment(workbook.made(found), files.name_of(found, "xlsx"))

"""Warnings: what is late, for whom, since when."""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Case, Count, Q, When
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import clock
from accounts.downloads import attachment
from accounts.permissions import Verb, may
from dispatch.response.models import ResponseCase
from dispatch.warnings import book
from dispatch.warnings.forms import WarningFilter
from dispatch.warnings.models import Warning
from dispatch.warnings.reading import lines
from projects.models import Light
from workdays.models import load_calendar

PAGE_SIZE = 50
WORST_FIRST = Case(When(level="red", then=0), When(level="yellow", then=1), default=2)


@require_safe
def warning_list(request):
    """Active warnings inside the user's scope, worst and oldest first. Enterprises have none: 404."""
    visible, form, rows = _asked(request)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    shown = _with_responses(list(page))
    context = {
        "form": form,
        "page_obj": page,
        "lines": lines(shown, today=clock.today(), calendar=load_calendar()),
        "stats": _stats(visible),
        "may_edit_rules": may(request.user, Verb.EDIT_RULES),
        "export_url": _export_url(request),
    }
    return render(request, "dispatch/warning_list.html", context)


@require_safe
def warning_export(request):
    """Who opens it wants the list on the screen as a workbook."""
    _visible, _form, rows = _asked(request)
    if not may(request.user, Verb.EXPORT_LEDGER):
        raise PermissionDenied
    today = clock.today()
    return attachment(
        book.workbook(lines(list(rows), today=today, calendar=load_calendar())), f"warnings-{today:%Y%m%d}.xlsx"
    )


def _asked(request):
    """(active warnings inside the user's scope, filters, the rows asked for in their order). Raises Http404."""
    if request.user.role is None or request.user.role.scope == "enterprise":
        raise Http404
    visible = Warning.objects.visible_to(request.user).active()
    form = WarningFilter(request.GET, user=request.user)
    rows = form.narrow(visible).select_related("project", "unit").order_by(WORST_FIRST, "due_on", "pk")
    return visible, form, rows


def _export_url(request) -> str:
    if not may(request.user, Verb.EXPORT_LEDGER):
        return ""
    return f"{reverse('dispatch:warning_export')}?{request.GET.urlencode()}"


def _with_responses(shown: list[Warning]) -> list[Warning]:
    """Each with ``response_word``, the level of its open response case; one query."""
    cases = ResponseCase.objects.open().filter(warning__in=[warning.pk for warning in shown])
    levels = {case.warning_id: case.get_level_display() for case in cases.only("warning", "level")}
    for warning in shown:
        warning.response_word = levels.get(warning.pk, "")
    return shown


def _stats(visible) -> list[dict]:
    """How many of each level, and how many projects, each with a link to exactly these rows."""
    here = reverse("dispatch:warning_list")
    levels = (Light.RED, Light.YELLOW, Light.BLUE)
    by_level = {level.value: Count("pk", filter=Q(level=level)) for level in levels}
    numbers = visible.aggregate(projects=Count("project", distinct=True), **by_level)
    projects = [{"label": _("projects concerned"), "number": numbers["projects"], "href": "", "light": ""}]
    return [
        {"light": level.value, "label": level.label, "number": numbers[level.value], "href": f"{here}?level={level}"}
        for level in levels
    ] + projects

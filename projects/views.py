"""Project list and project page. Pages that change a project stand in ``change_views``."""

from collections.abc import Mapping
from functools import partial

from django.core.paginator import Paginator
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import clock
from accounts.permissions import Verb, may
from projects import access, queries, seams
from projects.actions import may_report
from projects.filters import POOL_NAMES, ProjectFilter
from projects.forms import QuickForm
from projects.models import Light, Precision, Project, TeamMember
from projects.stages import STAGES, Stage
from projects.text import similar_name

PAGE_SIZE = 50
INVESTMENT = "investment"  # the tab that panels of this key stand on
KEPT = ("pool", "light", "sort", "view")
RARE = ("status", "industry", "level", "nature", "stale")
NARROWED_APART = ("pool", "stage", "light")
COUNTED_APART = (*NARROWED_APART, "page", "sort", "view")


@require_safe
def project_list(request):
    """Came for: find a project, and see which ones need action."""
    if access.is_enterprise(request.user):
        return access.enterprise_home()
    today, visible = clock.today(), Project.objects.visible_to(request.user)
    found = ProjectFilter(request.GET, visible, request=request)
    rows = found.qs if found.is_valid() else visible.none()
    sort = request.GET.get("sort", queries.DEFAULT_SORT)
    board = request.GET.get("view") == "board"
    totals = _totals(request, found, visible)
    context = {
        "filter": found,
        "sort": sort if sort.removeprefix("-") in queries.SORTS else queries.DEFAULT_SORT,
        "view": "board" if board else "table",
        "views": _views(request, board),
        "counters": _counters(request, totals),
        "chips": _chips(request, found),
        "export_url": _export_url(request),
        "kept": [(name, request.GET[name]) for name in KEPT if request.GET.get(name)],
        "more_open": any(request.GET.get(name) for name in RARE),
        "may_create": may(request.user, Verb.CREATE_PROJECT),
    }
    if board:
        return render(request, "projects/list.html", context | _board(request, rows, today))
    paginator = Paginator(queries.for_list(queries.ordered(rows, sort)), PAGE_SIZE)
    if not _is_counted_apart(request):
        paginator.count = totals["light"].total()
    return render(request, "projects/list.html", context | _table(request, paginator, today))


def _table(request, paginator, today) -> dict:
    page = paginator.get_page(request.GET.get("page"))
    return {"page_obj": page, "rows": queries.rows_of(list(page), request.user, today), "count": paginator.count}


def _board(request, rows, today) -> dict:
    totals = queries.counts(rows)["pool"]
    columns = queries.board(rows, request.user, today)
    for column in columns:
        column |= {"label": POOL_NAMES[column["pool"]], "total": totals[column["pool"]]}
        column["href"] = _address(request, pool=column["pool"].value, view=None)
    return {"columns": columns, "count": sum(totals.values())}


def _address(request, **changed) -> str:
    """This page with other parameters, from its first page; None takes one away."""
    query = request.GET.copy()
    query.pop("page", None)
    for name, value in changed.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    return f"{request.path}?{query.urlencode()}" if query else request.path


def _views(request, board: bool) -> list[Mapping]:
    return [
        {"label": _("Table"), "href": _address(request, view=None), "active": not board},
        {"label": _("Board"), "href": _address(request, view="board"), "active": board},
        *(view(request) for view in seams.list_views),
    ]


def _is_counted_apart(request) -> bool:
    """Whether the rows are narrowed by something the counters do not take into account."""
    return any(request.GET.get(name) for name in NARROWED_APART)


def _totals(request, found, visible) -> dict:
    """Rows by light and pool under the filters other than these."""
    if _is_counted_apart(request):
        data = {name: value for name, value in request.GET.items() if name not in COUNTED_APART}
        found = ProjectFilter(data, visible, request=request)
    return queries.counts(found.qs if found.is_valid() else visible.none())


def _counters(request, number) -> list[dict]:
    """Counts by light and pool, each a link to exactly these rows."""
    lights = [(light.value, light.label) for light in (Light.RED, Light.YELLOW, Light.BLUE, Light.GREEN, Light.GREY)]
    return [
        _counter(request, name, code, label, number[name][code])
        for name, choices in (("light", lights), ("pool", POOL_NAMES.items()))
        for code, label in choices
    ]


def _counter(request, name, code, label, number) -> dict:
    active = request.GET.get(name) == code
    href = _address(request, **{name: None if active else code})
    light = code if name == "light" else ""
    return {"label": label, "number": number, "href": href, "light": light, "active": active, "name": name}


def _chips(request, found) -> list[dict]:
    if not found.is_valid():
        return []
    chips = []
    for name, field in found.form.fields.items():
        value = found.form.cleaned_data.get(name)
        if value in (None, ""):
            continue
        words = dict(getattr(field, "choices", [])) if not hasattr(field, "queryset") else {}
        shown = words.get(value, _("yes") if value is True else value)
        chips.append({"label": field.label, "value": shown, "remove_url": _address(request, **{name: None})})
    return chips


def _export_url(request) -> str:
    """Address of the workbook with exactly these rows; empty where there is none or the person may not."""
    if not may(request.user, Verb.EXPORT_LEDGER):
        return ""
    try:
        address = reverse("projects:ledger_export")
    except NoReverseMatch:
        return ""
    return f"{address}?{request.GET.urlencode()}"


@require_safe
def similar(request):
    """Came for: is this project perhaps registered already?"""
    access.require(request.user, Verb.CREATE_PROJECT)
    rows = queries.similar(Project.objects.visible_to(request.user), similar_name(request.GET.get("name", "")[:200]))
    return render(request, "projects/_similar.html", {"similar": rows})


@require_safe
def detail(request, pk: int):
    """Came for: where does this project stand, what is late, what comes next, and to write down what is new."""
    project = access.project_or_404(request, pk)
    if access.is_enterprise(request.user):
        return access.enterprise_home(project)
    parts = {"overview": _overview, "plan": _plan, INVESTMENT: _investment, "history": _history}
    panels = {panel.key: panel for panel in seams.panels}
    tab = request.GET.get("tab", "overview")
    tab = tab if tab in parts or tab in panels else "overview"
    part = parts.get(tab) or partial(_panel, panel=panels[tab])
    today = clock.today()
    context = {
        "project": project,
        "tab": tab,
        "tabs": _tabs(project, tab),
        "today": today,
        "can": _can(request.user, project),
    }
    return render(request, "projects/detail.html", context | _header(project) | part(request, project, today))


def _header(project: Project) -> dict:
    milestones = list(project.milestones.all())
    status = project.status_changes.select_related("by").last() if not project.is_active else None
    return {
        "milestones": milestones,
        "stages": queries.stage_line(project, milestones),
        "pool": POOL_NAMES[project.pool],
        "status_change": status,
    }


def _tabs(project: Project, active: str) -> list[dict]:
    others = ((panel.key, panel.title) for panel in seams.panels if panel.key != INVESTMENT)
    shown = [("overview", _("Overview")), *others]
    shown += [("plan", _("Milestones")), (INVESTMENT, _("Investment")), ("history", _("History"))]
    address = reverse("projects:detail", args=[project.pk])
    return [
        {"label": label, "href": address if key == "overview" else f"{address}?tab={key}", "active": key == active}
        for key, label in shown
    ]


def _can(user, project: Project) -> dict[str, bool]:
    """What the page offers; the actions decide again."""
    open_ = project.status != Project.Status.TERMINATED
    return {
        "edit": may(user, Verb.EDIT_PROJECT),
        "advance": may(user, Verb.ADVANCE_STAGE) and project.is_active,
        "date": may(user, Verb.ADVANCE_STAGE) and open_,
        "suspend": may(user, Verb.SUSPEND_PROJECT),
        "report": may_report(user, project) and open_,
        "read_history": user.role.scope != "enterprise",
    }


def _overview(request, project: Project, today) -> dict:
    team = {member.role: member for member in project.team.select_related("organization", "user")}
    row = queries.rows_of([project], request.user, today)[0]
    can_report = may_report(request.user, project) and project.status != Project.Status.TERMINATED
    return {
        "row": row,
        "team": [{"role": role, "label": role.label, "member": team.get(role.value)} for role in TeamMember.Role],
        "answers": queries.answers(project),
        "quick": QuickForm(project=project, user=request.user, today=today) if can_report else None,
        "stage_info": STAGES[Stage(project.stage)],
    }


def _plan(request, project: Project, today) -> dict:
    return {"milestone_rows": queries.milestone_rows(project.milestones.all(), today), "day": Precision.DAY}


def _investment(request, project: Project, today) -> dict:
    years = queries.investment_years(project, today)
    told = [_panel(request, project, today, panel)["panel_html"] for panel in seams.panels if panel.key == INVESTMENT]
    return {"years": [{"year": year, "picture": queries.bars(year)} for year in years], "told": told}


def _history(request, project: Project, today) -> dict:
    rows = project.history.visible_to(request.user).select_related("by").order_by("-at", "-pk")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    entries = project.stage_entries.select_related("by").exclude(missing=[]).order_by("-at", "-pk")
    return {"page_obj": page, "history": queries.history_rows(page, request.user), "overrides": entries}


def _panel(request, project: Project, today, panel) -> dict:
    context = {"project": project, "today": today} | dict(panel.context(project, request.user, today))
    return {"panel": panel, "panel_html": render_to_string(panel.template, context, request)}

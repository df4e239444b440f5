"""Pages of levers: which chain holds the goal back, what can be done differently, what it costs and what it moves.

A choice is part of the address (``?lever=overlap:S13:S12&lever=shorten:S14:4``), so a preview saves nothing and can be
sent to somebody. Pulling goes through a page with the ledger items that follow.
"""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts import clock
from accounts.attempts import attempt, status_of
from accounts.permissions import Verb, may
from dispatch.doors import require_reader
from dispatch.plan import duties, lever_page, prices
from dispatch.plan.actions import levers as actions
from dispatch.plan.actions.shared import require_planner, version_of
from dispatch.plan.forms import renew
from dispatch.plan.lever_forms import DutyForm, VersionForm, WithdrawForm, duty_prefix, strangers
from dispatch.plan.models import PlanLever
from projects.models import Project
from projects.planning.levers import Lever, LeverKind
from workdays.models import load_calendar

FORM_METHODS = ["GET", "HEAD", "POST"]


@require_safe
@vary_on_headers("HX-Request")
def plan_levers(request, pk):
    """Who opens it has promised a day that the forecast misses, and wants to know what can be done differently."""
    project = _project(request, pk)
    context = {"project": project, "may_pull": _may_pull(request.user)}
    if project.is_active:
        sheet = _sheet(project, request.GET)
        context |= {
            "sheet": sheet,
            "pulled": lever_page.pulled_of(sheet.plan, request.user),
            "strangers": strangers(sheet.offered, request.GET),
        }
    is_part = request.htmx and not request.htmx.history_restore_request and project.is_active
    return render(request, "dispatch/plan/_levers.html" if is_part else "dispatch/plan/levers.html", context)


@require_http_methods(FORM_METHODS)
def plan_levers_pull(request, pk):
    """Who opens it has decided what to do differently, and says who does it until when."""
    project = _project(request, pk)
    _require_puller(request.user, project)
    sheet = _sheet(project, request.POST if request.method == "POST" else request.GET) if project.is_active else None
    if sheet is None or not sheet.picked:
        messages.error(request, _("Please choose at least one lever that is possible."))
        return redirect("dispatch:plan_levers", pk)
    head, forms = _pull_forms(request, sheet)
    if request.method == "POST" and (rows := _pull(request, project, sheet, head, forms)):
        text = ngettext("%(count)s lever pulled.", "%(count)s levers pulled.", len(rows))
        messages.success(request, text % {"count": len(rows)})
        return redirect("dispatch:plan_levers", pk)
    renew(head, sheet.version)
    context = {"project": project, "sheet": sheet, "head": head, "parts": _parts(sheet, forms)}
    return render(request, "dispatch/plan/levers_pull.html", context, status=_status(head, forms))


@require_http_methods(FORM_METHODS)
def plan_lever_withdraw(request, pk):
    """Who opens it takes a lever out of the plan again, and says why."""
    row = get_object_or_404(PlanLever.objects.visible_to(request.user).select_related("plan__project", "item"), pk=pk)
    project = _project(request, row.plan.project_id)
    require_planner(project, request.user)
    form = WithdrawForm(request.POST or None, initial={"version": version_of(row.plan)})
    back = reverse("dispatch:plan_levers", args=[project.pk])
    if form.is_valid() and attempt(form, lambda: actions.withdraw(row, **form.cleaned_data, **_edge(request))):
        messages.success(request, _("The lever has been withdrawn."))
        return redirect(back)
    renew(form, version_of(row.plan))
    context = {
        "question": _("Withdraw this lever: %(lever)s, %(steps)s?")
        % {"lever": prices.what(Lever(LeverKind(row.kind), tuple(row.keys), row.wd)), "steps": "、".join(row.keys)},
        "consequences": _consequences(row),
        "form": form,
        "cancel_url": back,
        "danger_text": _("Withdraw the lever"),
    }
    return render(request, "components/confirm.html", context, status=status_of(form))


def _project(request, pk) -> Project:
    require_reader(request)
    rows = Project.objects.visible_to(request.user).select_related("park", "enterprise")
    return get_object_or_404(rows, pk=pk)


def _sheet(project: Project, data) -> lever_page.Sheet:
    return lever_page.sheet_of(project, data, today=clock.today(), calendar=load_calendar())


def _may_pull(user) -> bool:
    return may(user, Verb.EDIT_PLAN) and may(user, Verb.REGISTER_LEDGER_ITEM)


def _require_puller(user, project: Project) -> None:
    require_planner(project, user)
    if not _may_pull(user):
        raise PermissionDenied


def _edge(request) -> dict:
    return {"by": request.user, "at": clock.now(), "today": clock.today(), "calendar": load_calendar()}


def _pull_forms(request, sheet: lever_page.Sheet) -> tuple[VersionForm, dict[str, DutyForm]]:
    """The version, and one form for each lever by its name. A post from the page of levers itself shows them first."""
    data = request.POST if request.method == "POST" else None
    leader, gains = duties.leader_of(sheet.plan.project), {row.option.lever: row.gain for row in sheet.rows}
    forms = {}
    for option in sheet.picked:
        proposed = duties.duty(
            option,
            sheet.plan,
            sheet.after,
            sheet.options.policy,
            gain_wd=gains[option.lever].on_top_wd if option.lever in gains else 0,
            today=sheet.today,
            calendar=sheet.calendar,
            leader=leader,
        )
        forms[option.lever.name] = DutyForm(data, prefix=duty_prefix(option.lever), user=request.user, duty=proposed)
    return VersionForm(data, initial={"version": sheet.version}), forms


def _pull(request, project: Project, sheet: lever_page.Sheet, head: VersionForm, forms: dict[str, DutyForm]):
    """The levers pulled; None, with the reason in the forms, when something stands against it."""
    if head.is_valid() and strangers(sheet.offered, request.POST):
        head.add_error(None, _("Some of the levers chosen are not possible (any more). They were left out."))
    if sum(not form.is_valid() for form in [head, *forms.values()]):
        return None
    details = {name: form.cleaned_data for name, form in forms.items()}
    who = {"version": head.cleaned_data["version"], **_edge(request)}
    return attempt(head, lambda: actions.pull(project, sheet.chosen, details=details, **who))


def _parts(sheet: lever_page.Sheet, forms: dict[str, DutyForm]) -> list[dict]:
    rows = {row.option.lever: row for row in sheet.rows}
    return [{"row": rows.get(option.lever), "form": forms[option.lever.name]} for option in sheet.picked]


def _status(head: VersionForm, forms: dict[str, DutyForm]) -> int:
    return max([status_of(head), *(status_of(form) for form in forms.values())], key=lambda code: (code != 200, -code))


def _consequences(row: PlanLever) -> list[str]:
    lines = [_("The forecast is worked out again without it.")]
    if row.item_id and row.item.state != row.item.State.CLOSED:
        text = _("The ledger item %(number)s stays open and says so; it is closed by the ledger's own rules.")
        lines.append(text % {"number": row.item.number})
    return lines

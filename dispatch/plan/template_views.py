"""Pages of a park's plan templates. Parse, fetch what is seen, call one action."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.attempts import status_of
from accounts.permissions import Verb, may
from dispatch.doors import require_reader
from dispatch.elements.doors import FORM_METHODS, run
from dispatch.plan import template_actions as actions
from dispatch.plan.baseline_page import field_words
from dispatch.plan.models import PlanTemplate
from dispatch.plan.template_basis import basis_of, rows_of_project
from dispatch.plan.template_forms import HeadForm, RetireForm, TemplateForm


def _require(request) -> None:
    """Templates are for those who plan."""
    require_reader(request)
    if not may(request.user, Verb.EDIT_PLAN):
        raise PermissionDenied


def _template(request, pk: int) -> PlanTemplate:
    require_reader(request)
    template = get_object_or_404(PlanTemplate.objects.visible_to(request.user).select_related("park"), pk=pk)
    _require(request)
    return template


@require_safe
def plan_template_list(request):
    """Who opens it wants to see which plans the park has ready for a kind of project."""
    _require(request)
    rows = PlanTemplate.objects.visible_to(request.user).order_by("-is_active", "name")
    return render(request, "dispatch/plan/template_list.html", {"rows": rows})


@require_http_methods(FORM_METHODS)
def plan_template_new(request):
    """Who opens it wants to write down once what is planned again and again."""
    _require(request)
    form = HeadForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid() and (made := run(form, lambda: _made(request, form))):
        messages.success(request, _("The template has been made. Look at its durations now."))
        return redirect("dispatch:plan_template_edit", made.pk)
    return render(request, "dispatch/plan/template_new.html", {"form": form}, status=status_of(form))


def _made(request, form: HeadForm) -> PlanTemplate:
    data = dict(form.cleaned_data)
    project = data.pop("project")
    rows, links = rows_of_project(project) if project else (_catalogue_rows(request.user.park), [])
    values = data | {"rows": rows, "links": links}
    note = _("Made from the plan of %(project)s.") % {"project": project} if project else ""
    return actions.create_template(park=request.user.park, values=values, note=note, by=request.user, at=clock.now())


def _catalogue_rows(park) -> list[dict[str, Any]]:
    return [
        {"key": usual.key, "name": "", "duration_wd": usual.duration_wd, "preparation_wd": None}
        for usual in basis_of(park).tasks.values()
        if usual.duration_wd is not None
    ]


@require_http_methods(FORM_METHODS)
def plan_template_edit(request, pk):
    """Who opens it wants to change durations, tasks or links of a template; plans made from it stay as they are."""
    template = _template(request, pk)
    form = TemplateForm(request.POST or None, template=template, basis=basis_of(template.park))
    if request.method == "POST" and form.is_valid() and run(form, lambda: _changed(request, template, form)):
        messages.success(request, _("Saved. Plans made from it stay as they are."))
        return redirect("dispatch:plan_template_edit", pk)
    if getattr(form, "was_overtaken", False):
        form.data = form.data.copy()
        form.data["version"] = str(PlanTemplate.objects.get(pk=pk).version)
    context = {"form": form, "template": template, "timeline": timeline(template)}
    return render(request, "dispatch/plan/template_edit.html", context, status=status_of(form))


def _changed(request, template: PlanTemplate, form: TemplateForm) -> PlanTemplate:
    data = form.cleaned_data
    edge = {"by": request.user, "at": clock.now()}
    return actions.edit_template(template, form.values(), version=data["version"], note=data["note"], **edge)


@require_http_methods(FORM_METHODS)
def plan_template_retire(request, pk):
    """Who opens it wants the template offered no more, or offered again."""
    template = _template(request, pk)
    form = RetireForm(request.POST or None, initial={"version": template.version})
    if request.method == "POST" and form.is_valid():
        data, edge = form.cleaned_data, {"by": request.user, "at": clock.now()}
        if run(
            form,
            lambda: actions.set_offered(
                template, not template.is_active, version=data["version"], note=data["note"], **edge
            ),
        ):
            messages.success(request, _("Saved."))
            return redirect("dispatch:plan_template_list")
    context = {"form": form, "template": template}
    return render(request, "dispatch/plan/template_retire.html", context, status=status_of(form))


def timeline(template: PlanTemplate) -> list[dict[str, Any]]:
    """Its history for people, newest first."""
    words = {
        "created": _("Version %(n)s: made"),
        "edited": _("Version %(n)s: changed"),
        "retired": _("Version %(n)s: retired"),
        "offered": _("Version %(n)s: offered again"),
    }
    return [
        {
            "at": datetime.fromisoformat(entry["at"]),
            "who": entry["by"],
            "what": words[entry["verb"]] % {"n": entry["version"]},
            "note": " · ".join(filter(None, [entry["note"], *map(_told, entry["changes"])])),
        }
        for entry in reversed(template.history)
    ]


def _told(change: dict[str, Any]) -> str:
    old, new = (
        "—" if value in (None, "") else _value(change["field"], value) for value in (change["old"], change["new"])
    )
    return f"{_field(change['field'])}: {old} → {new}"


def _field(name: str) -> str:
    """E.g. "S12.duration_wd" → "S12 · duration (working days)", "link.S12.S13" → "S12 → S13"."""
    if name in actions.HEAD:
        return str(PlanTemplate._meta.get_field(name).verbose_name)
    return name.removeprefix("link.").replace(".", " → ") if name.startswith("link.") else field_words(name)


def _value(name: str, value: Any) -> Any:
    if name not in actions.HEAD:
        return value
    return dict(PlanTemplate._meta.get_field(name).flatchoices).get(value, value)

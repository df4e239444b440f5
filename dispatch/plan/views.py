"""Pages on which a plan is changed. Parse, fetch what is seen, call one action.

Preview before saving, for the chart and every form: POST ``dispatch:plan_preview`` (pk of the project) with ``key`` of
a task and any of ``duration_wd`` (without preparation), ``preparation_wd``, ``planned_on`` (the start a drag asks for),
``not_before_on``, ``fixed_on`` (ISO days, "" takes the value away), or with ``goal`` and ``target_on``, and ``version``
(of the plan, 0 without one). Nothing is saved. The answer is the fragment dispatch/plan/_knock_on.html (200; 409 or 422
when refused): what moves, and a form with the same values that posts them to ``dispatch:plan_task`` (pk, key). Fields
that were not sent stay as they are. Forms of pages add ``change`` (the name of their form) and ``inside``: no form in
the answer.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import clock
from accounts.attempts import attempt, status_of
from accounts.errors import Refused
from dispatch.plan import changes, effects, explain, forms, task_page
from dispatch.plan.actions import editing
from dispatch.plan.actions.shared import require_planner, version_of
from dispatch.plan.effects import Present
from dispatch.plan.knock_on import KnockOn, Why
from projects.errors import InvalidFields
from projects.models import Project
from workdays.models import load_calendar

FORM_METHODS = ["GET", "HEAD", "POST"]


def planned(request, pk: int) -> Project:
    """The project for somebody who may change its plan. Raises Http404, PermissionDenied."""
    project = get_object_or_404(Project.objects.visible_to(request.user), pk=pk)
    require_planner(project, request.user)
    return project


def posted(request):
    """What was sent, even when it is empty; None for a page that is only looked at."""
    return request.POST if request.method == "POST" else None


def read(project: Project) -> Present:
    return effects.read(project, today=clock.today(), calendar=load_calendar())


def back_to(project: Project, key: str = "") -> str:
    """The plan on the project's page, at a task."""
    anchor = f"#line-{key}" if key else ""
    return f"{reverse('projects:detail', args=[project.pk])}?tab=schedule{anchor}"


def tried(form, action: Callable[[], Any]) -> Any:
    """The action's result, or None with its refusal in the form, at the fields it is about."""

    def told() -> Any:
        try:
            return action()
        except InvalidFields as refusal:
            forms.say(form, refusal)
        return None

    return attempt(form, told)


def save(request, present: Present, form) -> Any:
    when = {"at": clock.now(), "today": present.today, "calendar": present.calendar}
    saved = tried(
        form,
        lambda: editing.apply(present.project, form.change(), by=request.user, version=form.seen, **when),
    )
    forms.renew(form, version_of(present.plan.plan))
    return saved


def moved(present: Present, knock_on: KnockOn) -> dict[str, Any]:
    """What the fragment shows of a knock-on."""
    info = present.plan.info
    kept = [(one, explain.why_kept(one, info)) for one in knock_on.kept]
    return {
        "knock_on": knock_on,
        "goal_name": explain.named(knock_on.goal, info),
        "kept": [(one, why) for one, why in kept if one.why is not Why.OTHER],
        "held": [(one, why) for one, why in kept if one.why is Why.OTHER],
        "problems": [explain.what_is_wrong(c, info) for c in knock_on.new_conflicts if not c.is_hint],
        "hints": [explain.what_is_wrong(c, info) for c in knock_on.new_conflicts if c.is_hint],
        "solved": [explain.what_is_wrong(c, info) for c in knock_on.solved_conflicts if not c.is_hint],
    }


def edited(request, present: Present, form, template: str, *, done: str, **context: Any) -> HttpResponse:
    """A page with one form: shown, previewed (do=preview) or saved."""
    shown: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        if request.POST.get("do") == "preview":
            if effect := tried(form, lambda: effects.effect(present, form.change())):
                shown = moved(present, effect)
        elif save(request, present, form):
            messages.success(request, _("The plan has been saved."))
            return redirect(done)
    context |= {"form": form, "project": present.project, "present": present, "back": back_to(present.project), **shown}
    return render(request, template, context, status=status_of(form))


def changed(request, present: Present, form, *, heading: str) -> HttpResponse:
    """A page with nothing but one change and what it moves."""
    return edited(request, present, form, "dispatch/plan/change.html", done=back_to(present.project), heading=heading)


@require_http_methods(FORM_METHODS)
def plan_target(request, pk):
    """Who opens it has a day by which building or producing must begin, and wants to know whether that works."""
    present = read(planned(request, pk))
    given = {"present": present, "user": request.user}
    form = forms.GoalForm(posted(request), **given)
    context = {"template_form": forms.TemplateForm(**given), "pull_form": forms.PullForm(**given)}
    schedule = present.schedule()
    context |= {"schedule": schedule, "goal": present.plan.info[schedule.goal]}
    context["dropped"] = task_page.dropped_of(present)
    return edited(request, present, form, "dispatch/plan/target.html", done=back_to(present.project), **context)


@require_http_methods(FORM_METHODS)
def plan_template_copy(request, pk):
    """Who opens it begins a plan with what projects of this kind usually need."""
    present = read(planned(request, pk))
    form = forms.TemplateForm(posted(request), present=present, user=request.user)
    return changed(request, present, form, heading=_("Copy a template into the plan"))


@require_http_methods(FORM_METHODS)
def plan_pull(request, pk):
    """Who opens it wants tasks with a planned start to follow again what they wait for."""
    present = read(planned(request, pk))
    form = forms.PullForm(posted(request), present=present, user=request.user)
    return changed(request, present, form, heading=_("Pull planned tasks forward"))


@require_http_methods(FORM_METHODS)
def plan_task(request, pk, task):
    """Who opens it wants to move one task, or to know why it is where it is."""
    present = _with_task(read(planned(request, pk)), task)
    form = forms.TaskForm(posted(request), key=task, present=present, user=request.user)
    done = back_to(present.project, task)
    return edited(request, present, form, "dispatch/plan/task.html", done=done, **task_page.context_of(present, task))


def _with_task(present: Present, key: str) -> Present:
    if key not in present.plan.info:
        raise Http404
    return present


@require_http_methods(FORM_METHODS)
def plan_task_add(request, pk):
    """Who opens it has work to plan that no catalogue knows."""
    present = read(planned(request, pk))
    form = forms.AddForm(posted(request), present=present, user=request.user)
    return changed(request, present, form, heading=_("Add a task"))


@require_http_methods(FORM_METHODS)
def plan_task_drop(request, pk, task):
    """Who opens it takes an own task or a piece of work out of the plan."""
    present = _with_task(read(planned(request, pk)), task)
    done = back_to(present.project)
    sentences = [_("The links that the project gave this task go with it.")]
    return _confirmed(
        request,
        present,
        lambda reason: changes.DropTask(task, reason),
        question=_("Take %(task)s out of the plan?") % {"task": explain.named(task, present.plan.info)},
        consequences=sentences,
        danger_text=_("Take it out"),
        cancel_url=reverse("dispatch:plan_task", args=[pk, task]),
        done=done,
    )


@require_POST
def plan_task_restore(request, pk, task):
    """Who sends it wants back what was taken out of the plan."""
    present = read(planned(request, pk))
    form = forms.ReasonForm(
        {"version": request.POST.get("version"), "reason": "-"},
        make=lambda reason: changes.RestoreTask(task),
        present=present,
        user=request.user,
    )
    if form.is_valid() and save(request, present, form):
        messages.success(request, _("The plan has been saved."))
    for sentences in form.errors.values():
        messages.error(request, " ".join(sentences))
    return redirect("dispatch:plan_target", pk)


@require_http_methods(FORM_METHODS)
def plan_link_add(request, pk):
    """Who opens it says that a task has to wait for another one."""
    present = read(planned(request, pk))
    start = {name: request.GET[name][:12] for name in ("before", "after") if name in request.GET}
    form = forms.LinkForm(posted(request), initial=start, present=present, user=request.user)
    return edited(request, present, form, "dispatch/plan/link.html", done=back_to(present.project))


@require_http_methods(FORM_METHODS)
def plan_link_edit(request, pk, before, after):
    """Who opens it changes how one task waits for another."""
    present = _with_link(read(planned(request, pk)), before, after)
    form = forms.LinkForm(posted(request), pair=(before, after), present=present, user=request.user)
    done = reverse("dispatch:plan_task", args=[pk, after])
    info = present.plan.info
    context = {"pair": (before, after), "names": [explain.named(key, info) for key in (before, after)]}
    context["is_law"] = present.ground.is_law((before, after))
    return edited(request, present, form, "dispatch/plan/link.html", done=done, **context)


@require_http_methods(FORM_METHODS)
def plan_link_remove(request, pk, before, after):
    """Who opens it knows that a task need not wait for another one here."""
    present = _with_link(read(planned(request, pk)), before, after)
    names = {name: explain.named(key, present.plan.info) for name, key in (("before", before), ("after", after))}
    done = reverse("dispatch:plan_task", args=[pk, after])
    return _confirmed(
        request,
        present,
        lambda reason: changes.RemoveLink(before, after, reason),
        question=_("Should %(after)s no longer wait for %(before)s?") % names,
        consequences=[],
        danger_text=_("Take the link out"),
        cancel_url=done,
        done=done,
    )


def _with_link(present: Present, before: str, after: str) -> Present:
    if not any((link.before, link.after) == (before, after) for link in present.plan.plain.links):
        raise Http404
    return present


def _confirmed(
    request, present: Present, make: Callable[[str], changes.Change], *, consequences: list[str], done: str, **context
) -> HttpResponse:
    """A confirmation that says first what would move, or why it is not possible."""
    form = forms.ReasonForm(posted(request), make=make, present=present, user=request.user)
    if request.method == "POST" and form.is_valid() and save(request, present, form):
        messages.success(request, _("The plan has been saved."))
        return redirect(done)
    if request.method != "POST":
        consequences = [*_foretold(present, make), *consequences]
    context |= {"form": form, "consequences": consequences}
    return render(request, "components/confirm.html", context, status=status_of(form))


def _foretold(present: Present, make: Callable[[str], changes.Change]) -> list[str]:
    try:
        return list(explain.summary(effects.effect(present, make("-")), present.plan.info))
    except Refused as refusal:
        return [str(refusal)]


@require_POST
def plan_preview(request, pk):
    """Who sends it drags a bar or types into a form, and sees what would move before anything is saved."""
    present = read(planned(request, pk))
    key = request.POST.get("key", "")
    form = _previewed(request, present, key)
    context: dict[str, Any] = {"project": present.project, "present": present, "form": form}
    if form is None:
        context["refusal"] = _("The plan has no such task.")
    elif form.is_valid() and (effect := tried(form, lambda: effects.effect(present, form.change()))):
        context |= moved(present, effect) | _carried(request, present, form, key)
    status = 422 if form is None else status_of(form)
    return render(request, "dispatch/plan/_knock_on.html", context, status=status)


def _previewed(request, present: Present, key: str):
    """The form that was sent; None for a task the plan does not have."""
    given = {"present": present, "user": request.user}
    name = request.POST.get("change", "")
    if name in forms.PREVIEWABLE:
        return forms.PREVIEWABLE[name](request.POST, **given)
    if "key" not in request.POST:
        return forms.GoalForm(request.POST, **given)
    return forms.TaskForm(request.POST, key=key, **given) if key in present.plan.info else None


def _carried(request, present: Present, form, key: str) -> dict[str, Any]:
    """For a change that was not typed into a page: the form that saves it."""
    if "inside" in request.POST or form.previewable not in ("task", "goal"):
        return {}
    names = form.sent if form.previewable == "task" else ["goal", "target_on"]
    values = [(name, request.POST[name]) for name in [*names, "version", "reason"] if name in request.POST]
    pk = present.project.pk
    is_task = form.previewable == "task"
    action = reverse("dispatch:plan_task", args=[pk, key]) if is_task else reverse("dispatch:plan_target", args=[pk])
    return {"carried": values, "action": action}

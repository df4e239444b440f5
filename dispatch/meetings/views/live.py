"""The running meeting on one page for its recorder: who is here, the point now, what is said, what is decided."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts import clock
from dispatch.meetings import actions, queries
from dispatch.meetings.actions.decisions import usual_elements
from dispatch.meetings.actions.points import MOVES
from dispatch.meetings.actions.rulings import CASE_MEETING, VERBS, rulings_for
from dispatch.meetings.forms import CorrectForm, DecideForm, DiscussForm, PointForm, ReasonForm, RuleForm
from dispatch.meetings.models import AgendaItem, Meeting
from dispatch.meetings.views.common import (
    attempt,
    decision_of,
    meeting_of,
    on_version,
    point_of,
    status_of,
    who,
)
from projects.text import number_in
from workdays.models import load_calendar


@require_safe
@vary_on_headers("HX-Request")
def meeting_live(request, pk):
    """Who opens it records the meeting and shows it on the wall."""
    meeting = meeting_of(request, pk, hold=True)
    if meeting.state != Meeting.State.RUNNING:
        return redirect("dispatch:meeting_detail", meeting.pk)
    wanted = request.GET.get("point", "")
    return live(request, meeting, number_in(wanted))


def live(request, meeting, point_id=None, *, status=200, **forms):
    """The page, or its moving part for htmx; ``forms``: what was not accepted, by its name in the template."""
    today, calendar = clock.today(), load_calendar()
    rows = queries.agenda_of(meeting, request.user, today, calendar)
    shown = next((row for row in rows if row.point.pk == point_id), None) or _first(rows)
    context = {
        "meeting": meeting, "rows": rows, "row": shown, "seats": queries.seats_of(meeting), "today": today,
        "point_form": PointForm(user=request.user, meeting=meeting),
    }  # fmt: skip
    if shown is not None:
        before, after = queries.neighbours(rows, shown.point.pk)
        context |= {"before": before, "after": after, **_forms(request, shown.point, forms)}
    name = "_live.html" if request.htmx and not request.htmx.history_restore_request else "live.html"
    return render(request, f"dispatch/meetings/{name}", context, status=status)


def _first(rows):
    """The first point nobody has settled yet, else the first."""
    open_ones = [row for row in rows if row.point.state == AgendaItem.State.OPEN]
    return next(iter(open_ones or rows), None)


def _forms(request, point, given) -> dict:
    rule_form = given.get("rule_form")
    made = [
        rule_form if rule_form is not None and rule_form.verb == verb else _rule_form(request, point, verb)
        for verb in rulings_for(point)
    ]
    return {
        "discuss_form": given.get("discuss_form") or DiscussForm(initial=_said(request, point)),
        "decide_form": given.get("decide_form") or DecideForm(user=request.user, initial=_typed_decision(request)),
        "rule_forms": [(form, RULE_WORDS[form.verb]()) for form in made],
        "theirs": given.get("theirs"),
    }


def _typed(request, form_class) -> dict:
    """What stands in the fields of the other form that was sent along; nothing on a first look at the page."""
    start = f"{form_class.prefix}-"
    return {name.removeprefix(start): value for name, value in request.POST.items() if name.startswith(start)}


def _said(request, point) -> dict:
    """The stored discussion, or what is typed and not saved yet, on the version it was typed on."""
    typed = _typed(request, DiscussForm)
    if " ".join(typed.get("text", "").split()) in ("", " ".join(point.discussion.split())):
        return {"version": point.version, "text": point.discussion}
    version = number_in(typed.get("version", ""))
    is_own_move = version is not None and version + 1 == point.version and request.POST.get("live")
    return {"version": point.version if is_own_move else version, "text": typed["text"]}


def _typed_decision(request) -> dict:
    usual = {"standard": usual_elements()["standard"]}
    return usual if getattr(request, "decision_taken", False) else usual | _typed(request, DecideForm)


RULE_WORDS = {
    "extend": lambda: _("Extend the deadline"),
    "refuse_extension": lambda: _("Refuse the extension"),
    "hang": lambda: _("Move it up a tier"),
    "take_up": lambda: _("Take it up again"),
    "assign": lambda: _("Give it to another unit"),
    "case_meeting": lambda: _("Record it as the special meeting of level Ⅰ"),
}


def _rule_form(request, point, verb) -> RuleForm:
    asked = point.item.extensions.filter(outcome="open").first() if verb == "extend" else None
    about = point.case if verb == CASE_MEETING else point.item
    initial = {"item_version": about.version, "workdays": asked.workdays if asked else None}
    return RuleForm(user=request.user, verb=verb, initial=initial, auto_id=f"id_{verb}_%s")


def _back(request, meeting, point_id):
    """The page again; what was typed into another form and not sent stays, also without JavaScript."""
    is_typed = not getattr(request, "decision_taken", False) and _typed(request, DecideForm).get("text", "").strip()
    if request.htmx or is_typed:
        return live(request, meeting, point_id)
    return redirect(f"{reverse('dispatch:meeting_live', args=[meeting.pk])}?point={point_id}#point")


def _again(request, point, form, name, **more):
    """The page once more with what was typed, and why it was not accepted."""
    meeting = meeting_of(request, point.meeting_id)
    return live(request, meeting, point.pk, status=status_of(form), **{name: form}, **more)


@require_POST
def meeting_point_discuss(request, pk):
    """Who sends it has written what was said."""
    point = point_of(request, pk)
    form = DiscussForm(request.POST)
    if form.is_valid() and attempt(form, lambda: actions.discuss(point, by=request.user, **form.cleaned_data)):
        request.POST = _without(request.POST, DiscussForm)
        return _back(request, point.meeting, point.pk)
    return _overtaken(request, point, form)


@require_POST
def meeting_point_decide(request, pk):
    """Who sends it has written a decision; it is on the ledger with its number at once, the discussion is saved."""
    point = point_of(request, pk)
    form = DecideForm(request.POST, user=request.user)
    said = DiscussForm(request.POST)
    is_said = bool(_typed(request, DiscussForm))
    if is_said and not said.is_valid():
        return _again(request, point, said, "discuss_form", decide_form=form)
    if form.is_valid():
        values = dict(form.cleaned_data)
        standard = values.pop("standard")
        values["elements"] = {"standard": standard} if standard else {}
        if is_said:
            values["said"] = (said.cleaned_data["text"], said.cleaned_data["version"])
        if attempt(form, lambda: actions.decide(point, **values, **who(request))):
            request.POST, request.decision_taken = _without(request.POST, DiscussForm), True
            return _back(request, point.meeting, point.pk)
    if getattr(form, "was_overtaken", False):
        said.was_overtaken = True
        return _overtaken(request, point, said, decide_form=form)
    return _again(request, point, form, "decide_form")


def _overtaken(request, point, form, **more):
    """The discussion was not saved; when somebody was first, their text stands beside what was typed."""
    present = AgendaItem.objects.get(pk=point.pk)
    theirs = present.discussion if getattr(form, "was_overtaken", False) else None
    on_version(form, present.version)
    meeting = meeting_of(request, point.meeting_id)
    status = status_of(more.get("decide_form", form))
    return live(request, meeting, point.pk, status=status, discuss_form=form, theirs=theirs, **more)


def _without(data, form_class):
    kept = data.copy()
    for name in [name for name in kept if name.startswith(f"{form_class.prefix}-")]:
        del kept[name]
    return kept


@require_POST
def meeting_point_rule(request, pk, verb):
    """Who sends it has decided on the item the point is about."""
    point = point_of(request, pk)
    if verb not in VERBS:
        raise Http404
    form = RuleForm(request.POST, user=request.user, verb=verb, auto_id=f"id_{verb}_%s")
    if form.is_valid():
        values, edge = dict(form.cleaned_data), who(request)
        version = values.pop("item_version")
        calendar = load_calendar()
        if attempt(
            form, lambda: actions.rule(point, verb, values=values, item_version=version, calendar=calendar, **edge)
        ):
            return _back(request, point.meeting, point.pk)
    point.refresh_from_db()
    about = point.case if verb == CASE_MEETING else point.item
    return _again(request, point, on_version(form, about.version if about else 0), "rule_form")


@require_POST
def meeting_point_move(request, pk, verb):
    """Who sends it puts the point elsewhere, takes it off, notes it or carries it over."""
    point = point_of(request, pk)
    if verb not in (*MOVES, "up", "down"):
        raise Http404
    if verb in MOVES:
        version = number_in(request.POST.get("version", ""))
        actions.settle_point(point, verb, by=request.user, version=point.version if version is None else version)
    else:
        actions.shift(point, up=verb == "up", by=request.user)
    if request.POST.get("live"):
        return _back(request, meeting_of(request, point.meeting_id), point.pk)
    return redirect(f"{reverse('dispatch:meeting_detail', args=[point.meeting_id])}#point-{point.pk}")


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_decision_correct(request, pk):
    """Who opens it has written a decision wrongly."""
    decision = decision_of(request, pk)
    names = ("text", "unit", "person_name", "due_on", "version")
    form = CorrectForm(
        request.POST or None, user=request.user, initial={name: getattr(decision, name) for name in names}
    )
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        if attempt(form, lambda: actions.correct(decision, **values, **who(request))):
            messages.success(request, _("Corrected; the ledger follows."))
            return redirect(_live_url(decision))
    decision.refresh_from_db()
    context = {"form": on_version(form, decision.version), "decision": decision, "back": _live_url(decision)}
    status = status_of(form) if form.is_bound else 200
    return render(request, "dispatch/meetings/correct.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_decision_withdraw(request, pk):
    """Who opens it wrote down something that was not decided; asked about, with a reason."""
    decision = decision_of(request, pk)
    form = ReasonForm(request.POST or None, initial={"version": decision.version})
    if form.is_valid() and attempt(form, lambda: actions.withdraw(decision, **form.cleaned_data, **who(request))):
        messages.success(request, _("Withdrawn."))
        return redirect(_live_url(decision))
    lines = [_("It stays in the list, struck out, and is left out of the minutes.")]
    if decision.item:
        words = _("For %(item)s closure is asked for; somebody else of the centre verifies it.")
        lines.append(words % {"item": decision.item})
    context = {
        "question": _("Withdraw “%(text)s”?") % {"text": decision}, "consequences": lines, "form": form,
        "action": request.path, "cancel_url": _live_url(decision), "danger_text": _("Withdraw the decision"),
    }  # fmt: skip
    return render(request, "components/confirm.html", context, status=status_of(form) if form.is_bound else 200)


def _live_url(decision) -> str:
    return f"{reverse('dispatch:meeting_live', args=[decision.meeting_id])}?point={decision.agenda_item_id or ''}"

"""Pages of the warning rules: list, one rule with its versions, change with dry run, switch, back to the default."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.errors import Refused
from accounts.permissions import Verb, may
from dispatch.warnings import rule_actions, rule_queries, rules
from dispatch.warnings.rule_forms import NoteForm, RuleForm
from dispatch.warnings.rule_words import sentences
from dispatch.warnings.trial import try_out
from dispatch.warnings.trial_reading import TrialView, case_lines
from workdays.models import load_calendar

CASES_SHOWN = 50


@require_safe
def rule_list(request):
    """Who opens it wants to know which rules are in force here, how strict they are, and since when."""
    park = _park(request)
    return render(request, "dispatch/warnings/rule_list.html", {"lines": rule_queries.lines_of(park)})


@require_safe
def rule_detail(request, rule):
    """Who opens it wants to know who made the rule what it is, and why."""
    park = _park(request)
    line = _line(park, rule)
    context = {"line": line, "timeline": [_told(row) for row in rule_queries.versions(park, rule)]}
    return render(request, "dispatch/warnings/rule_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def rule_edit(request, rule):
    """Who opens it wants to change a threshold, and to see first what it would have done."""
    park = _park(request)
    line = _line(park, rule)
    initial = line.thresholds | {"is_enabled": line.is_enabled, "seen": line.version}
    form = RuleForm(request.POST or None, code=rule, today=clock.today(), initial=initial)
    trial, status = None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and "save" in request.POST:
            return _saved(request, park, form) or _edit_page(request, line, form, None, 409)
        if form.is_valid():
            trial, status = _trial(request, park, form), 200
    return _edit_page(request, line, form, trial, status)


@require_http_methods(["GET", "HEAD", "POST"])
def rule_switch(request, rule):
    """One rule on or off, with a reason."""
    park = _park(request)
    line = _line(park, rule)
    off = line.is_enabled
    return _confirmed(
        request,
        line,
        lambda **said: rule_actions.switch(park=park, code=rule, is_enabled=not off, **said),
        _Question(
            _("Switch off: %(name)s") if off else _("Switch on: %(name)s"),
            _("Its warnings disappear at the next evaluation.") if off else _("It counts from the next evaluation."),
            _("Switch off") if off else _("Switch on"),
            is_good=not off,
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def rule_default(request, rule):
    """Back to the rule that came with the site, with a reason."""
    park = _park(request)
    line = _line(park, rule)
    default = rules.DEFAULTS[rule][2]
    what = _("The default counts again: %(words)s") % {"words": "；".join(sentences(rule, default)) or "—"}
    return _confirmed(
        request,
        line,
        lambda **said: rule_actions.back_to_default(park=park, code=rule, **said),
        _Question(_("Back to the default: %(name)s"), what, _("Back to the default"), is_good=True),
    )


@dataclass(frozen=True)
class _Question:
    heading: str
    consequence: str
    button: str
    is_good: bool


def _confirmed(request, line, act, question: _Question):
    """A page that asks for the reason, then the act."""
    form = NoteForm(request.POST or None, initial={"seen": line.version})
    here = reverse("dispatch:rule_detail", args=[line.code])
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                act(**form.cleaned_data, by=request.user, at=clock.now())
            except Refused as refusal:
                form.add_error(None, str(refusal))
                status = 409
            else:
                messages.success(request, _("Saved. It counts from the next evaluation."))
                return redirect(here)
    context = {
        "question": question.heading % {"name": line.name},
        "consequences": [question.consequence],
        "form": form,
        "cancel_url": here,
        "danger_text": question.button,
        "is_good": question.is_good,
    }
    return render(request, "components/confirm.html", context, status=status)


def _park(request):
    """The park whose rules are edited. Enterprises do not know of them: 404; without the verb 403."""
    user = request.user
    if user.role is None or user.role.scope == "enterprise" or user.organization is None:
        raise Http404
    if not may(user, Verb.EDIT_RULES):
        raise PermissionDenied
    return user.park


def _line(park, code: str) -> rule_queries.RuleLine:
    line = rule_queries.line_of(park, code)
    if line is None:
        raise Http404
    return line


def _saved(request, park, form):
    """The answer after saving, or None with the refusal in the form."""
    data = form.cleaned_data
    try:
        rule_actions.change(
            park=park, code=form.code, params=form.params, is_enabled=data["is_enabled"], note=data["note"],
            seen=data["seen"], by=request.user, at=clock.now(),
        )  # fmt: skip
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None
    messages.success(request, _("Saved. It counts from the next evaluation."))
    return redirect("dispatch:rule_detail", form.code)


def _trial(request, park, form) -> TrialView:
    data, calendar = form.cleaned_data, load_calendar()
    trial = try_out(
        park=park, code=form.code, params=form.params, is_enabled=data["is_enabled"], first=data["first"],
        last=data["last"], calendar=calendar,
    )  # fmt: skip
    page = Paginator(trial.proposed.fired, CASES_SHOWN).get_page(request.POST.get("page"))
    return TrialView(trial, page, case_lines(list(page), form.code))


def _edit_page(request, line, form, trial, status):
    context = {"line": line, "form": form, "trial": trial}
    return render(request, "dispatch/warnings/rule_edit.html", context, status=status)


def _told(row) -> dict:
    """One version for the timeline."""
    words = "；".join(sentences(row.code, row.params)) or "—"
    whose = _("default of the site") if row.park_id is None else _("this park")
    what = _("Version %(version)s (%(whose)s): %(words)s") % {"version": row.version, "whose": whose, "words": words}
    if row.follows_default:
        what = _("Version %(version)s: back to the default") % {"version": row.version}
    elif not row.is_enabled:
        what = f"{what} · {_('switched off')}"
    return {"at": row.at, "who": row.by, "what": what, "note": row.note}

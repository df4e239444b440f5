"""Pages of the formula with its preview and versions, and the grid of figures for the contest."""

import re

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.attempts import attempt, status_of
from accounts.models import Organization
from accounts.permissions import Verb, may
from dispatch.figures import policies
from dispatch.ranking import actions, queries, rules, telling
from dispatch.ranking.forms import (
    EMPTY_WORDS,
    KIND_WORDS,
    SOURCE_WORDS,
    EntriesForm,
    FormulaForm,
    item_forms,
    wrong_words,
)
from dispatch.ranking.formula import DEFAULTS, Formula, Kind, formula_from
from dispatch.ranking.models import Ranking
from dispatch.ranking.periods import CONTEST, Period, latest
from dispatch.ranking.snapshot import rebuilt
from workdays.models import load_calendar

QUARTER = re.compile(r"(20\d\d)-([1-4])")
ROOT = "dispatch/ranking"


@require_safe
def ranking_formula(request, formula):
    """Who opens it wants to know how scores are counted, and since when."""
    policy, present = _present(request, formula)
    context = {
        "kind": formula,
        "label": Ranking.Kind(formula).label,
        "formula": present,
        "rows": _words(present),
        "is_default": present == DEFAULTS[formula],
        "versions": [row for row in policies.versions(request.user.organization.park_id) if formula in row.params],
        "tabs": _tabs(formula),
        "may_edit": may(request.user, Verb.EDIT_FIGURES),
        "policy": policy,
    }
    return render(request, f"{ROOT}/formula.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def ranking_formula_edit(request, formula):
    """Who opens it changes the formula: first a preview on the last frozen period, then a new version with a reason."""
    policy, present = _present(request, formula)
    if not may(request.user, Verb.EDIT_FIGURES):
        raise PermissionDenied
    data = request.POST if request.method == "POST" else None
    items = item_forms(data, present)
    form = FormulaForm(data, initial={"base_version": policy.version})
    wanted = _wanted(form, items, formula)
    if wanted and "save" in request.POST and form.is_valid():
        given = form.cleaned_data
        saved = attempt(form, lambda: rules.save(formula, wanted, **given, by=request.user, at=clock.now()))
        if saved:
            messages.success(request, _("Saved as a new version. It counts from the next period on."))
            return redirect("dispatch:ranking_formula", formula=formula)
    preview = _preview(request, formula, formula_from(wanted, 0)) if wanted else None
    context = {"kind": formula, "label": Ranking.Kind(formula).label, "form": form, "items": items, "preview": preview}
    status = 422 if data is not None and not wanted else status_of(form) if data and "save" in data else 200
    return render(request, f"{ROOT}/formula_form.html", context, status=status)


def _present(request, kind):
    queries.check_reader(request.user)
    if kind not in DEFAULTS:
        raise Http404
    policy = policies.in_force(request.user.organization.park_id)
    return policy, rules.formula_of(policy, kind)


def _tabs(kind):
    return [
        {"label": one.label, "href": reverse("dispatch:ranking_formula", args=[one.value]), "active": one.value == kind}
        for one in Ranking.Kind
    ]


def _words(formula: Formula):
    return [
        {
            "item": item,
            "kind": KIND_WORDS[item.kind],
            "source": SOURCE_WORDS[item.source],
            "empty": "" if item.kind is Kind.PENALTY else EMPTY_WORDS[item.empty],
            "is_penalty": item.kind is Kind.PENALTY,
        }
        for item in formula.items
    ]


def _wanted(form, items, kind):
    """The formula that was sent, or None; what is wrong with it becomes an error of the form."""
    if not form.is_bound:
        return None
    form.is_valid()
    if not items.is_valid():
        form.add_error(None, _("Please correct the marked lines."))
        return None
    value = items.value()
    if wrong := policies.CHECKS[kind](value):
        for text in wrong_words(wrong):
            form.add_error(None, text)
        return None
    return value


def _preview(request, kind, formula):
    """The last frozen period, counted by this formula, beside what was counted then."""
    rows = queries.rankings(request.user).filter(kind=kind)
    ranking = rows.order_by("-as_of", "-revision").first()
    if ranking is None:
        return None
    then = {row["unit"]: row for row in ranking.snapshot["ranking"]}
    pairs = [(row, then[row["unit"]]) for row in rebuilt(ranking.snapshot, formula)["ranking"]]
    rows = [{"now": row, "then": old, "moved": old["rank"] - row["rank"]} for row, old in pairs]
    return {"title": telling.title_of(ranking), "rows": rows}


@require_http_methods(["GET", "HEAD", "POST"])
def contest_entries(request):
    """Who opens it enters the figures of a quarter that no project row holds."""
    queries.check_reader(request.user)
    if not may(request.user, Verb.MAKE_RANKING):
        raise PermissionDenied
    park, period = request.user.park, _quarter(request)
    units = list(Organization.objects.visible_to(request.user).filter(kind=Organization.Kind.UNIT, is_active=True))
    present = actions.newest_entries(park, period.year, period.number)
    form = EntriesForm(
        request.POST if request.method == "POST" else None, units=units, counters=actions.counters(park.pk),
        present=present, initial={"seen": actions.newest_key(present)},
    )  # fmt: skip
    if form.is_valid():
        saved = attempt(form, lambda: actions.add_contest_entries(
            park=park, year=period.year, quarter=period.number, values=form.values(),
            source=form.cleaned_data["source"], seen=form.cleaned_data["seen"], by=request.user, at=clock.now(),
        ))  # fmt: skip
        if saved:
            messages.success(request, _("Saved."))
            return redirect(f"{request.path}?quarter={period.year}-{period.number}")
    context = {"form": form, "period": period, "quarters": _quarters(), "frozen": actions.newest(park, period)}
    return render(request, f"{ROOT}/entries.html", context, status=status_of(form))


def _quarter(request) -> Period:
    """The quarter of the address, or the one that is frozen next or was frozen last."""
    match = QUARTER.fullmatch(request.GET.get("quarter", ""))
    return Period(int(match[1]), int(match[2]), CONTEST) if match else _quarters()[1]


def _quarters() -> list[Period]:
    """The running quarter and the three before."""
    last = latest(CONTEST, clock.today(), load_calendar())
    return [last.after(), last, last.before(), last.before().before()]

"""The page on which a park chooses how its rates are counted, with what the choice would change."""

from dataclasses import dataclass

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import clock
from accounts.errors import Refused
from accounts.permissions import Verb
from dispatch.figures import labels, policies, reading
from dispatch.figures.access import park_of
from dispatch.figures.forms import RulesForm
from dispatch.figures.groups import By
from dispatch.figures.policy import FigurePolicy, policy_from
from dispatch.figures.rates import RateKey, UnitRates, as_json, points, ranking, round_half_up


@require_http_methods(["GET", "HEAD", "POST"])
def figure_rules(request):
    """Who opens it wants to choose how rates are counted, and to see first what the choice changes."""
    park = park_of(request, Verb.EDIT_FIGURES)
    policy = policies.newest(park.pk)
    form = RulesForm(request.POST or None, policy=policy)
    trial, status = None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and "save" in request.POST:
            saved = _saved(request, park, form)
            if saved:
                return saved
            status = 409
        elif form.is_valid():
            trial, status = preview(park, policy, _proposed(form, policy), clock.today()), 200
    context = {
        "form": form,
        "policy": policy,
        "trial": trial,
        "definitions": definitions(policy),
        "timeline": [_told(row) for row in policies.versions(park.pk)],
    }
    return render(request, "dispatch/figures/rules.html", context, status=status)


def _saved(request, park, form):
    """The answer after saving, or None with the refusal in the form."""
    data = form.cleaned_data
    try:
        policies.save_parts(
            form.parts, note=data["note"], base_version=data["seen"], by=request.user, at=clock.now(), park=park
        )
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None
    messages.success(request, _("Saved. Every table counts this way from now on; what was frozen stays as it is."))
    return redirect("dispatch:figure_rules")


def _proposed(form: RulesForm, policy: FigurePolicy) -> FigurePolicy:
    return policy_from(policy.params | form.parts, policy.version + 1)


@dataclass(frozen=True)
class TrialCell:
    """A rate as it is and as it would be, both as JSON of a rate."""

    now: dict
    then: dict

    @property
    def is_other(self) -> bool:
        return self.now != self.then


@dataclass(frozen=True)
class TrialLine:
    """A unit, or the park, counted both ways; scores and ranks of the park are empty."""

    name: str
    cells: list[TrialCell]
    ahead: tuple[str | None, str | None]
    scores: tuple[str, str]
    ranks: tuple[int | None, int | None]


def preview(park, policy: FigurePolicy, proposed: FigurePolicy, today) -> list[TrialLine]:
    """The park and every unit under both settings."""
    both = [[*reading.read(park, as_of=today, policy=p), *reading.read(park, as_of=today, by=By.UNIT, policy=p)]
            for p in (policy, proposed)]  # fmt: skip
    placed = [_placed(rows[1:], p) for rows, p in zip(both, (policy, proposed), strict=True)]
    found = []
    for old, new in zip(*both, strict=True):
        places = [found.get(old.key, ("", None)) if old.by is By.UNIT else ("", None) for found in placed]
        cells = [TrialCell(as_json(old.rates[key]), as_json(new.rates[key])) for key in RateKey]
        found.append(
            TrialLine(
                old.name or _("not named"),
                cells,
                (points(old.ahead_pp), points(new.ahead_pp)),
                (places[0][0], places[1][0]),
                (places[0][1], places[1][1]),
            )
        )
    return found


def _placed(rows, policy: FigurePolicy) -> dict:
    """Unit id → score and rank."""
    units = [UnitRates(row.key, row.name, row.rates, row.tally.ytd_10k) for row in rows if row.key is not None]
    ranked = ranking(units, policy.weights)
    return {one.unit.unit_id: (str(round_half_up(one.score, 2)), one.rank) for one in ranked}


def definitions(policy: FigurePolicy) -> list[str]:
    """What is printed below the tables under these settings."""
    first = "formalities" if policy.formalities == "steps" else "formalities_projects"
    second = "starts" if policy.starts == "year" else "starts_to_date"
    last = "quarter" if policy.quarter == "share" else "quarter_unit_plan"
    keys = [first, second, "enrolment", "investment", last, "quarter_plan", f"calendar_{policy.calendar}"]
    return [labels.definition_text(key) for key in keys]


def _told(row) -> dict:
    """One version for the timeline."""
    policy = policy_from(row.params, row.version)
    chosen = [labels.VARIANT_NAMES[name][choice] for name, choice in policy.rates.items()]
    words = [*chosen, labels.CALENDAR_NAMES[policy.calendar], "+".join(str(policy.weights[key]) for key in RateKey)]
    whose = _("default of the site") if row.park_id is None else _("this park")
    texts = {"version": row.version, "whose": whose, "words": "；".join(str(word) for word in words)}
    return {
        "at": row.at,
        "who": row.by,
        "what": _("Version %(version)s (%(whose)s): %(words)s") % texts,
        "note": row.note,
    }

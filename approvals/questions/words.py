"""The page of the questionnaire in words: what each answer decides, what changes, what holds now."""

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from django.utils.translation import gettext as _

from accounts.i18n import localized
from approvals.conditions import Truth
from approvals.hooks import step_url
from approvals.judging import Applicability, Change, Copy, Effect, Kept
from approvals.models import DayUnit, ProjectStep, Step
from approvals.queries import limit_words
from approvals.questions.preview import Preview

EFFECTS = {
    Effect.APPEARS: lambda: _("becomes necessary"),
    Effect.FALLS_AWAY: lambda: _("falls away"),
    Effect.UNDETERMINED: lambda: _("becomes undetermined"),
    Effect.LIMITS: lambda: _("gets other limits"),
}
WOULD = {
    Effect.APPEARS: lambda: _("would be necessary"),
    Effect.FALLS_AWAY: lambda: _("would not be needed"),
    Effect.UNDETERMINED: lambda: _("would be undetermined"),
    Effect.LIMITS: lambda: _("would have other limits"),
}
KEPT = {
    Kept.WORK: lambda: _("stays as it is, because work has been recorded on it"),
    Kept.BY_HAND: lambda: _("stays as it is, because a person has decided it"),
}
TOKENS = {Effect.APPEARS: "plus", Effect.FALLS_AWAY: "minus", Effect.UNDETERMINED: "question", Effect.LIMITS: "change"}
TRUTHS = {
    Truth.APPLIES: lambda: _("holds"),
    Truth.DOES_NOT_APPLY: lambda: _("does not hold"),
    Truth.UNDETERMINED: lambda: _("not known"),
}


def question(spec: Mapping[str, Any]) -> str:
    """A condition variable in the reader's language; ``spec`` as the catalogue keeps it."""
    return localized(SimpleNamespace(name_zh=spec["zh"], name_en=spec["en"]), "name")


def decided_by(copies: Sequence[Copy], variable: str) -> list[dict[str, str]]:
    """The steps that an answer decides about."""
    return [_link(copy.row) for copy in copies if variable in copy.rule.variables]


def _link(row: ProjectStep) -> dict[str, str]:
    return {"code": row.code, "name": row.step.name, "url": step_url(row)}


def changes_in_words(found: Preview) -> dict[str, list[dict[str, Any]]]:
    """ "happens": what saving does; "kept": the steps that stay against the answers."""
    rows = [(change, _change(change, found)) for change in found.changes]
    return {
        "happens": [words for change, words in rows if change.happens],
        "kept": [words for change, words in rows if not change.happens],
    }


def _change(change: Change, found: Preview) -> dict[str, Any]:
    effects = EFFECTS if change.happens else WOULD
    return _link(change.row) | {
        "effect": change.effect.value,
        "mark": TOKENS[change.effect] if change.happens else "kept",
        "words": effects[change.effect](),
        "why_kept": KEPT[change.kept]() if change.kept else "",
        "details": _details(change, found),
        "is_needed": change.columns["applicability"] != Applicability.NOT_APPLICABLE,
    }


def _details(change: Change, found: Preview) -> list[str]:
    row, columns, step = change.row, change.columns, change.copy.rule.step
    if change.effect is Effect.FALLS_AWAY:
        return [_("Needed only if: %(condition)s") % {"condition": localized(step, "condition")}]
    if change.effect is Effect.UNDETERMINED:
        variables = step.catalogue.variables
        missing = change.copy.rule.questions(found.answers)
        return [_("Open: %(questions)s") % {"questions": "；".join(question(variables[name]) for name in missing)}]
    variant = _variant_name(change.copy, columns["variant_key"])
    now, then = _limits(vars(row)), _limits(columns)
    if change.effect is Effect.LIMITS:
        then = {label: f"{now[label]} → {words}" for label, words in then.items() if words != now[label]}
    return [*([variant] if variant else []), *(f"{label}: {words}" for label, words in then.items())]


def _variant_name(copy: Copy, key: str) -> str:
    return next((variant.name_zh for variant, _condition in copy.rule.variants if variant.key == key), "")


def _limits(columns: Mapping[str, Any]) -> dict[str, str]:
    """The limits by their name, in words."""
    return {
        _("Committed limit"): limit_words(columns["committed_limit_wd"], DayUnit.WORKING, 0),
        _("Statutory limit"): limit_words(columns["statutory_value"], columns["statutory_unit"], 0),
        _("Clock starts"): str(Step.ClockStart(columns["clock_start"]).label),
    }


def outcome(found: Preview) -> list[dict[str, Any]]:
    """Every step that depends on an answer, as it stands once these answers are saved, with its sub-items."""
    return [_outcome(copy, found) for copy in found.copies if copy.rule.variables]


def _outcome(copy: Copy, found: Preview) -> dict[str, Any]:
    judged = copy.rule.judge(found.answers)
    applicability = Applicability(copy.row.applicability if copy.kept else judged.applicability)
    return _link(copy.row) | {
        "applicability": applicability.value,
        "applies": applicability.label,
        "by_hand": copy.kept is Kept.BY_HAND,
        "under_way": copy.kept is Kept.WORK,
        "parts": [
            {
                "name": variant.name_zh,
                "truth": truth.value,
                "words": TRUTHS[truth](),
                "decides": variant.key == copy.row.variant_key if copy.kept else decides,
            }
            for variant, truth, decides in copy.rule.parts(found.answers)
        ],
    }


def in_one_sentence(done: Sequence[Change]) -> str:
    """What a saving changed, for the message after it."""
    if not done:
        return _("Saved. No step changes.")
    told = "；".join(f"{change.row.code} {change.row.step.name}: {EFFECTS[change.effect]()}" for change in done)
    return _("Saved. %(changes)s") % {"changes": told}

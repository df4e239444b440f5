"""Warnings in words, for pages, panels and the API: what about, how late, where to go. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import CharField, Value
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.i18n import localized
from approvals.clocks import lateness, remaining
from approvals.models import Certificate, CommittedStep, ProjectStep, StepDocument
from dispatch.ledger.models import LedgerItem
from dispatch.warnings import rules
from dispatch.warnings.models import Warning, WarningRule
from dispatch.warnings.plan_words import PlanWords
from projects.models import Milestone
from projects.stages import STAGES, Stage
from workdays.arithmetic import WorkCalendar

IN_WORKDAYS = {rules.STEP_DUE_SOON, rules.STEP_LATE, rules.STEP_STATUTORY, rules.LEDGER_DUE_SOON, rules.LEDGER_LATE,
               rules.MILESTONE_DUE_SOON, rules.PAPER_OWED_SOON, rules.PAPER_OWED_LATE, rules.COMMITMENT_CHECK_SOON,
               rules.COMMITMENT_CHECK_LATE, rules.STALE, rules.PLAN_SHORT, rules.PLAN_RISK}  # fmt: skip
RULE = "rule"
ON_A_STEP = {Warning.ObjectType.STEP, Warning.ObjectType.PAPER, Warning.ObjectType.COMMITMENT,
             Warning.ObjectType.CERTIFICATE}  # fmt: skip
OF_STEP = ("project_step__code", "project_step__step__name_zh", "project_step__step__name_en")


@dataclass(frozen=True)
class Line:
    """One warning ready to show. ``days``: negative when late, workdays or calendar days as ``unit`` says.

    ``amount``: how much, in words; ``sentence``: the whole trigger in words, with the version of the rule. ``detail``:
    of a plan that misses its target, when the goal is expected and which chain holds it. ``is_early``: nothing is late.
    """

    warning: Warning
    rule_name: str
    about: str
    url: str
    project_url: str
    days: int
    unit: str
    amount: str
    sentence: str
    detail: str = ""
    is_early: bool = False


def rule_names() -> dict[str, str]:
    """Rule code → name in the active language, newest version."""
    return {rule.code: localized(rule, "name") for rule in WarningRule.objects.order_by("code", "version")}


def lines(warnings: Sequence[Warning], *, today: date, calendar: WorkCalendar) -> list[Line]:
    """The warnings in words, in their order; one query for any number of them, three more
    when plans are among them."""
    words = _Words(warnings)
    plans = PlanWords(warnings)
    return [_line(warning, words, plans, today, calendar) for warning in warnings]


def _line(warning: Warning, words: "_Words", plans: PlanWords, today: date, calendar: WorkCalendar) -> Line:
    unit = "workday" if warning.rule in IN_WORKDAYS else "calendar"
    days = _days(warning, today, calendar)
    amount = plans.amount(warning) or _amount(warning, days, unit)
    return Line(
        warning=warning,
        rule_name=words.rule_name(warning),
        about=words.about(warning),
        url=plans.url(warning) or _object_url(warning),
        project_url=_project_url(warning),
        days=days,
        unit=unit,
        amount=amount,
        sentence=_sentence(warning, words, amount),
        detail=plans.detail(warning),
        is_early=warning.rule in rules.EARLY,
    )


def _sentence(warning: Warning, words: "_Words", amount: str) -> str:
    """What, by which rule and version, since when, how much, whose days."""
    about = words.about(warning)
    parts = {
        "rule": words.rule_name(warning),
        "version": warning.rule_version,
        "since": warning.since_on.isoformat() if warning.since_on else "",
        "amount": amount,
        "party": warning.get_party_display(),
        "about": f"{about} · " if about else "",
    }
    return _("%(about)s%(rule)s (rule version %(version)s), since %(since)s, %(amount)s; days of: %(party)s") % parts


def _amount(warning: Warning, days: int, unit: str) -> str:
    """How late, how far behind or how near, in words."""
    if warning.behind_pp is not None:
        return _("%(points)s percentage points behind") % {"points": warning.behind_pp}
    if warning.rule == rules.LEDGER_RETURNED:
        return _("returned again")
    if warning.rule == rules.HISTORY:
        return _("late at the end of month after month")
    n = abs(days)
    if unit == "workday":
        late = ngettext("late by %(n)s working day", "late by %(n)s working days", n)
        left = ngettext("%(n)s working day left", "%(n)s working days left", n)
    else:
        late = ngettext("late by %(n)s calendar day", "late by %(n)s calendar days", n)
        left = ngettext("%(n)s calendar day left", "%(n)s calendar days left", n)
    if warning.rule == rules.STALE:
        late = ngettext("not updated for %(n)s working day", "not updated for %(n)s working days", n)
    return (late if days < 0 else left) % {"n": n}


def reasons(warnings: Sequence[Any]) -> list[str]:
    """What is late, by which rule, since when, as short sentences behind a light; one query.

    Needs rule, object_type, object_id, label and due_on of each.
    """
    words = _Words(warnings)
    return [
        " ".join(filter(None, [words.about(warning), words.rule_name(warning), warning.due_on.isoformat()]))
        for warning in warnings
    ]


def names_of(warnings: Sequence[Any]) -> list[str]:
    """What they are about, in their order; one query. Needs rule, object_type, object_id and label of each."""
    words = _Words(warnings)
    return [words.about(warning) for warning in warnings]


def _days(warning: Warning, today: date, calendar: WorkCalendar) -> int:
    if warning.due_on >= today:
        if warning.rule not in IN_WORKDAYS:
            return (warning.due_on - today).days
        return remaining(today, warning.due_on, calendar)
    late = lateness(warning.due_on, today, calendar)
    # A weekend after the due day is late by calendar days only.
    return -(late.workdays or late.calendar_days) if warning.rule in IN_WORKDAYS else -late.calendar_days


class _Words:
    """Names of rules and of what warnings are about, in the active language; one query when it is made."""

    def __init__(self, warnings: Sequence[Any]):
        english = (get_language() or "zh").startswith("en")
        self._rules: dict[str, str] = {}
        self._about: dict[tuple[str, int], tuple[str, str]] = {}
        for kind, key, code, name_zh, name_en in sorted(_names(warnings)):
            name = (english and name_en) or name_zh
            if kind == RULE:
                self._rules[code] = name
            else:
                self._about[kind, key] = code, name

    def rule_name(self, warning: Any) -> str:
        return self._rules.get(warning.rule, warning.rule)

    def about(self, warning: Any) -> str:
        found = self._about.get((warning.object_type, warning.object_id))
        if warning.rule in rules.EARLY:
            return localized(STAGES[Stage(warning.label)], "name")
        if found is None:
            return warning.label
        if warning.object_type == Warning.ObjectType.MILESTONE:
            return localized(STAGES[Stage(found[0])], "name")
        return " ".join(found)


def _text(value: str) -> Value:
    return Value(value, output_field=CharField())


def _names(warnings: Sequence[Any]):
    """(kind, id, code, Chinese name, English name) of everything the warnings mention; of all rules by version."""
    kinds = Warning.ObjectType
    ids = {kind: {w.object_id for w in warnings if w.object_type == kind} for kind in kinds}
    sources = [
        (kinds.STEP, ProjectStep.objects.filter(pk__in=ids[kinds.STEP]), ("code", "step__name_zh", "step__name_en")),
        (kinds.MILESTONE, Milestone.objects.filter(pk__in=ids[kinds.MILESTONE]), ("stage", _text(""), _text(""))),
        (kinds.PAPER, StepDocument.objects.filter(pk__in=ids[kinds.PAPER]),
         ("project_step__code", "requirement__name_zh", "requirement__name_en")),
        (kinds.COMMITMENT, CommittedStep.objects.filter(pk__in=ids[kinds.COMMITMENT]), OF_STEP),
        (kinds.CERTIFICATE, Certificate.objects.filter(pk__in=ids[kinds.CERTIFICATE]), OF_STEP),
        (kinds.LEDGER_ITEM, LedgerItem.objects.filter(pk__in=ids[kinds.LEDGER_ITEM]), ("number", "title", _text(""))),
    ]  # fmt: skip
    first = WarningRule.objects.order_by().values_list(_text(RULE), "version", "code", "name_zh", "name_en")
    return first.union(*(rows.order_by().values_list(_text(k), "pk", *names) for k, rows, names in sources), all=True)


def _object_url(warning: Warning) -> str:
    """The page of the thing itself: a step's, a ledger item's, else the project's."""
    match warning.object_type:
        case kind if kind in ON_A_STEP and warning.project_id and warning.label:
            return reverse("approvals:step", args=[warning.project_id, warning.label])
        case Warning.ObjectType.LEDGER_ITEM:
            return reverse("dispatch:ledger_detail", args=[warning.object_id])
    return _project_url(warning)


def _project_url(warning: Warning) -> str:
    return reverse("projects:detail", args=[warning.project_id]) if warning.project_id else ""

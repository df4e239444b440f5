"""Elements in words: names with units, how far a plot is, what the history says."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

from accounts.i18n import localized
from accounts.templatetags.navigator import figure
from dispatch.elements.kinds import KINDS, ElementKind
from dispatch.elements.models import AcquisitionPlot, Element, ElementEntry, FundingApplication
from dispatch.elements.per_mu import RULES, Indicator
from dispatch.elements.states import FundingVerb
from dispatch.figures.rates import round_half_up

FIELD_NAMES = {
    "amount": pgettext_lazy("element", "amount"),
    "secured": pgettext_lazy("element", "secured"),
    "needed_on": gettext_lazy("needed by"),
    "unit": gettext_lazy("responsible unit"),
    "note": gettext_lazy("note"),
    "year": gettext_lazy("year"),
    "element": gettext_lazy("element"),
    "kind": gettext_lazy("kind"),
    "title": gettext_lazy("title"),
    "state": gettext_lazy("state"),
    "asked_10k": gettext_lazy("asked for (10k CNY)"),
    "granted_10k": pgettext_lazy("funds", "granted (10k CNY)"),
    "paid_10k": gettext_lazy("paid out (10k CNY)"),
    "submitted_on": gettext_lazy("handed in on"),
    "decided_on": pgettext_lazy("funds", "decided on"),
    "output_10k": gettext_lazy("output (10k CNY)"),
    "revenue_10k": gettext_lazy("revenue (10k CNY)"),
    "tax_10k": gettext_lazy("tax (10k CNY)"),
    "value_added_10k": gettext_lazy("value added (10k CNY)"),
    "energy_tce": gettext_lazy("energy use (tce)"),
    "employees": gettext_lazy("employees"),
    "source": gettext_lazy("source"),
    "name": gettext_lazy("plot"),
    "project": gettext_lazy("project"),
    "area_mu": gettext_lazy("area (mu)"),
    "households": gettext_lazy("households"),
    "plants": gettext_lazy("plants"),
    "cost_10k": gettext_lazy("cost (10k CNY)"),
    "due_on": gettext_lazy("due on"),
    "acquired_mu": gettext_lazy("acquired (mu)"),
    "households_moved": gettext_lazy("households moved"),
    "plants_moved": gettext_lazy("plants moved"),
    "cleared_on": gettext_lazy("clear land confirmed on"),
}
VERB_NAMES = {
    FundingVerb.SUBMIT: gettext_lazy("Record the handing in"),
    FundingVerb.GRANT: pgettext_lazy("funds", "Record the grant"),
    FundingVerb.REJECT: gettext_lazy("Record the rejection"),
    FundingVerb.WITHDRAW: gettext_lazy("Withdraw the application"),
    FundingVerb.REOPEN: gettext_lazy("Take the last state back"),
}
ENTRY_VALUES = {"element": dict(Element.choices), "state": dict(FundingApplication.State.choices)}


def kind_of(element: str) -> ElementKind:
    """KeyError for an element that is none."""
    return KINDS[element]


def name_with_unit(element: str) -> str:
    """用地（亩）"""
    kind = KINDS[element]
    return _("%(name)s (%(unit)s)") % {"name": localized(kind, "name"), "unit": localized(kind, "unit")}


def unit_of(element: str) -> str:
    return localized(KINDS[element], "unit")


def amount_text(amount: Decimal | None, element: str) -> str:
    """Grouped, with as many decimals as the element has; None is "—"."""
    return figure(amount, KINDS[element].decimals)


def indicator_name(indicator: Indicator) -> str:
    return localized(RULES[indicator], "name")


def indicator_unit(indicator: Indicator) -> str:
    return localized(RULES[indicator], "unit")


def indicator_formula(indicator: Indicator) -> str:
    return localized(RULES[indicator], "formula")


def indicator_parts(indicator: Indicator) -> tuple[str, str]:
    """What stands above and below the line of the formula."""
    above, _sign, below = indicator_formula(indicator).partition(" ÷ ")
    return above, below


def plot_words(plot: AcquisitionPlot) -> str:
    """18 of 25 mu acquired, 12 of 14 households moved, due 2026-11-30"""
    parts = [_("%(done)s of %(whole)s mu acquired") % _pair(plot.acquired_mu, plot.area_mu)]
    if plot.households:
        text = ngettext(
            "%(done)s of %(whole)s household moved", "%(done)s of %(whole)s households moved", plot.households
        )
        parts.append(text % _pair(plot.households_moved, plot.households))
    if plot.plants:
        text = ngettext("%(done)s of %(whole)s plant moved", "%(done)s of %(whole)s plants moved", plot.plants)
        parts.append(text % _pair(plot.plants_moved, plot.plants))
    if plot.due_on:
        parts.append(_("due %(day)s") % {"day": plot.due_on.isoformat()})
    return _comma().join(parts)


def timeline(entries: Iterable[ElementEntry], *, without: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """Rows of the timeline component; changes of fields in ``without`` are not shown."""
    return [
        {"at": entry.at, "who": entry.by or _("System"), "what": _change_words(entry, without), "note": entry.note}
        for entry in entries
    ]


def _change_words(entry: ElementEntry, without: tuple[str, ...]) -> str:
    parts = []
    for change in (change for change in entry.changes if change["field"] not in without):
        name = change["field"]
        old, new = (_value(name, change.get(side)) for side in ("old", "new"))
        values = [str(value) for value in (old, new) if value is not None]
        parts.append(f"{FIELD_NAMES.get(name, name)}: {' → '.join(values)}")
    return " · ".join(parts)


def _value(name: str, value: Any) -> Any:
    if value is None:
        return None
    return ENTRY_VALUES.get(name, {}).get(value, value)


def _pair(done: Any, whole: Any) -> dict[str, str]:
    return {"done": figure(done), "whole": figure(whole)}


def _comma() -> str:
    return ", " if (get_language() or "zh").startswith("en") else "，"


def decimal_of(value: Fraction) -> Decimal:
    """Per cent of a ratio is shown with one decimal: three of the ratio, half up."""
    return round_half_up(value, 3)

"""The importer's fields, values and remarks in words for the pages, in the active language."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.i18n import localized
from projects.ledger.facts import DATE_STAGES
from projects.ledger.fields import FIELDS
from projects.ledger.store import COLUMNS
from projects.models import ImportRow, Precision, Project
from projects.stages import STAGES

LABELS = {
    "enterprise": gettext_lazy("enterprise"),
    "credit_code": gettext_lazy("unified social credit code"),
    "period": gettext_lazy("construction period"),
    "annual_plan_10k": gettext_lazy("plan of the year (10k CNY)"),
    "month_investment_10k": gettext_lazy("this month (10k CNY)"),
    "ytd_investment_10k": gettext_lazy("this year so far (10k CNY)"),
    "stage_raw": gettext_lazy("stage"),
    "enrolled": gettext_lazy("enrolled in statistics"),
    "enrolled_on": gettext_lazy("enrolled on"),
    "responsible_unit": gettext_lazy("responsible unit"),
    "leader": gettext_lazy("leader in charge"),
    "leader_unit": gettext_lazy("unit of the leader"),
    "specialist": gettext_lazy("service specialist"),
}
_NUMBERS = ("money", "land", "floor")


def label(field: str) -> str:
    """What pages call the field."""
    if field in LABELS:
        return str(LABELS[field])
    if field in COLUMNS:
        return str(Project._meta.get_field(COLUMNS[field]).verbose_name)
    group, _dot, name = field.partition(".")
    if group == "dates":
        return localized(STAGES[DATE_STAGES[name]], "name")
    if group == "planned_dates":
        return _("%(stage)s (planned)") % {"stage": localized(STAGES[DATE_STAGES[name]], "name")}
    return _("month %(number)s (10k CNY)") % {"number": name}


def text(field: str, value: Any) -> str:
    """A value of ImportRow.values or changes in words; "—" for nothing."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field == "period":
        return " – ".join(_day(value[end]) if value[end] else "…" for end in ("start", "end"))
    if isinstance(value, Mapping):
        return _day(value)
    if field in ("nature", "level"):
        return str(dict(Project._meta.get_field(field).flatchoices).get(value, value))
    return f"{Decimal(value):,f}" if FIELDS[field].kind in _NUMBERS else str(value)


def _day(value: Mapping[str, Any]) -> str:
    if not value["value"]:
        return _("done, date unknown")
    if value["precision"] == Precision.DAY:
        return value["value"]
    if value["precision"] == Precision.MONTH:
        return value["value"][:7]
    return f"{value['value']}（{Precision(value['precision']).label}）"


def sentence(entry: Mapping[str, Any]) -> str:
    """A remark or a refusal in the active language."""
    language = "en" if (get_language() or "zh").startswith("en") else "zh"
    return entry.get(f"message_{language}") or entry.get(language) or entry.get("message_zh") or entry.get("zh") or ""


def shown_changes(row: ImportRow) -> list[dict[str, Any]]:
    """Changes of a row: label, old and new in words, cell, the cell's content where it reads otherwise."""
    found = []
    for each in row.changes:
        new = text(each["field"], each["new"])
        raw = "" if each["raw"].strip() in (new, str(each["new"])) else each["raw"]
        old = text(each["field"], each["old"])
        found.append({"label": label(each["field"]), "old": old, "new": new, "cell": each["cell"], "raw": raw})
    return found


def shown_remarks(entries: list[dict[str, Any]], sheet: str = "") -> list[dict[str, Any]]:
    """Remarks with their place as sheet!cell."""
    return [
        {
            "error": each["severity"] == "error",
            "place": "!".join(filter(None, (each.get("sheet") or sheet, each["cell"]))),
            "text": sentence(each),
        }
        for each in entries
    ]

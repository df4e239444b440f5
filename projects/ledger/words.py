"""The importer's fields, values and remarks in words for the pages, in the active language."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.i18n import localized
from projects.ledger.facts import DATE_STAGES
from projects.ledger.registry import kind_of
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


def label(field: str, kind: str = "projects") -> str:
    """What pages call the field of this kind of workbook."""
    if kind != "projects":
        return _label_of(field, kind)
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


def _label_of(field: str, kind: str) -> str:
    labels = kind_of(kind).labels
    if labels is not None:
        return str(labels(field))
    spec = kind_of(kind).table.fields.get(field)
    return spec.name_zh if spec else field


def text(field: str, value: Any, kind: str = "projects") -> str:
    """A value of ImportRow.values or changes in words; "—" for nothing."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field == "period":
        return " – ".join(_day(value[end]) if value[end] else "…" for end in ("start", "end"))
    if isinstance(value, Mapping):
        return _day(value) if "value" in value else "、".join(str(each) for each in value.values() if each)
    if isinstance(value, list):
        return "、".join(str(each) for each in value) or "—"
    if kind == "projects" and field in ("nature", "level"):
        return str(dict(Project._meta.get_field(field).flatchoices).get(value, value))
    shown = kind_of(kind).shown
    if shown is not None:
        return str(shown(field, value))
    spec = kind_of(kind).table.fields.get(field)
    return f"{Decimal(value):,f}" if spec and spec.kind in _NUMBERS else str(value)


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


def shown_changes(row: ImportRow, kind: str = "projects") -> list[dict[str, Any]]:
    """Changes of a row: label, old and new in words, cell, the cell's content where it reads otherwise, and what was
    put in its place; for a cell changed on both sides the choice made so far.
    """
    found = []
    for each in row.changes:
        new = text(each["field"], each["new"], kind)
        raw = each["raw"] or ""
        if "corrected" not in each and raw.strip() in (new, str(each["new"])):
            raw = ""
        found.append(
            {
                "label": label(each["field"], kind), "old": text(each["field"], each["old"], kind), "new": new,
                "cell": each["cell"], "raw": raw, "corrected": each.get("corrected"),
                "is_conflict": "choice" in each, "choice": each.get("choice", ""),
                "exported": text(each["field"], each.get("exported"), kind) if "exported" in each else "",
            }
        )  # fmt: skip
    return found


def shown_remarks(entries: list[dict[str, Any]], sheet: str = "") -> list[dict[str, Any]]:
    """Remarks with their place as sheet!cell."""
    return [
        {
            "error": each["severity"] == "error",
            "place": "!".join(filter(None, (each.get("sheet") or sheet, each["cell"]))),
            "text": sentence(each),
            "cell": each["cell"],
            "raw": each.get("raw", ""),
        }
        for each in entries
    ]

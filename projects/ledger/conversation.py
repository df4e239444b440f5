"""What the page of an import shows of the conversation: rows, what may be decided about each, columns, confirmation."""

from typing import Any
from zlib import crc32

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from projects.ledger import actions, words
from projects.ledger.answers import about_row, count, place
from projects.ledger.deciding import columns_of
from projects.ledger.forms import ConfirmForm
from projects.ledger.registry import kind_of
from projects.models import ImportBatch, ImportRow

Action = ImportRow.Action
MATCHED_BY = {
    "key": gettext_lazy("matched by its row key"),
    "code": gettext_lazy("matched by code"),
    "name": gettext_lazy("matched by name"),
    "chosen": gettext_lazy("as you decided"),
}
WHY = {
    "code": gettext_lazy("has this code"),
    "name": gettext_lazy("has this name"),
    "similar": gettext_lazy("has nearly this name"),
    "enterprise": gettext_lazy("of the same enterprise, with a similar name"),
    "taken": gettext_lazy("an earlier row of this file is this one already"),
}


def shown_row(row: ImportRow, *, batch: ImportBatch, open: bool) -> dict[str, Any]:
    """One row in words, with what a person may decide about it while the import is open."""
    remarks = words.shown_remarks(row.findings, row.sheet)
    fixes = _fixes(row, remarks) if open else []
    fixed = {fix["cell"] for fix in fixes}
    folded = row.action in (Action.CREATE, Action.REFUSED)
    return {
        "row": row,
        "id": f"row-{crc32(row.sheet.encode()):x}-{row.row}",  # the same after another reading: focus stays
        "place": place(row.sheet, row.row),
        "matched_by": MATCHED_BY.get(row.matched_by, ""),
        "changes": words.shown_changes(row, batch.kind),
        "kept": [words.label(name, batch.kind) for name in row.kept],
        "plain_remarks": [each for each in remarks if each["cell"] not in fixed],
        "folded": folded,
        "fresh": folded and all(each["old"] in (None, "") for each in row.changes),
        "fixes": fixes,
        "proposals": [proposal | {"why": WHY.get(proposal.get("why"), proposal.get("why", ""))}
                      for proposal in row.proposals],
        "is_unsure": row.action == Action.UNSURE,
        "is_skipped": row.action == Action.SKIPPED,
        "has_conflicts": any("choice" in change for change in row.changes),
        "decided": about_row(batch.answers, row.sheet, row.row) is not None and row.action != Action.SKIPPED,
        "open": open,
    }  # fmt: skip


def _fixes(row: ImportRow, remarks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A field for every cell something was found about, or that has been corrected."""
    values = {each["cell"]: each for each in row.values.values() if "cell" in each}  # what a kind notes has none
    cells = dict.fromkeys(each["cell"] for each in remarks if each["cell"])
    cells |= dict.fromkeys(cell for cell, each in values.items() if "corrected" in each)
    return [
        {
            "cell": cell,
            "raw": values.get(cell, {}).get("raw") or next((r["raw"] for r in remarks if r["cell"] == cell), ""),
            "corrected": values.get(cell, {}).get("corrected"),
            "texts": [each for each in remarks if each["cell"] == cell],
            "is_error": any(each["error"] for each in remarks if each["cell"] == cell),
        }
        for cell in cells
    ]


def column_fields(batch: ImportBatch) -> dict[str, list[dict[str, Any]]]:
    """Columns in question, and those a person may still assign or assign otherwise."""
    names = {name: words.label(name, batch.kind) for name in kind_of(batch.kind).table.fields}
    asked = {each["place"] for each in batch.summary.get("questions", ())}
    found: dict[str, list[dict[str, Any]]] = {"asked": [], "others": []}
    for number, each in enumerate(columns_of(batch)):
        first = [name for name in each.get("choices", ()) if name in names]
        rest = sorted(names.keys() - set(first), key=lambda name: names[name])
        shown = each | {
            "id": f"column-{number}",
            "options": [{"value": name, "label": names[name], "on": name == each["guess"]} for name in [*first, *rest]],
        }
        found["asked" if each["place"] in asked else "others"].append(shown)
    return found


def confirmation(batch: ImportBatch) -> dict[str, Any]:
    """Context of components/confirm.html: what will be written and what not."""
    counts, held = batch.summary, actions.held(batch)
    create, update, skipped = (counts.get(name, 0) for name in ("create", "update", "skipped"))
    lines = [
        ngettext("%(n)s new row is made.", "%(n)s new rows are made.", create) % {"n": create},
        ngettext("%(n)s row is changed.", "%(n)s rows are changed.", update) % {"n": update},
    ]
    if skipped:
        lines.append(ngettext("%(n)s row is left out.", "%(n)s rows are left out.", skipped) % {"n": skipped})
    if held:
        text = ngettext(
            "%(n)s row has an error or waits for a decision and is not written.",
            "%(n)s rows have errors or wait for a decision and are not written.",
            held,
        )
        lines.append(text % {"n": held})
    return {
        "question": _("Write this import?"),
        "consequences": lines,
        "form": ConfirmForm() if held else None,
        "action": reverse("projects:import_confirm", args=[batch.pk]),
        "cancel_url": reverse("projects:import_detail", args=[batch.pk]),
        "danger_text": _("Write"),
        "is_good": True,
    }


def discarding(batch: ImportBatch) -> dict[str, Any]:
    """Context of components/confirm.html: what goes with an import that is put aside."""
    made = count(batch.answers)
    lines = [_("Nothing of this file is written; it can be handed in again.")]
    if made:
        text = ngettext("%(n)s decision about it is lost.", "%(n)s decisions about it are lost.", made)
        lines.append(text % {"n": made})
    return {
        "question": _("Discard this import?"),
        "consequences": lines,
        "action": reverse("projects:import_discard", args=[batch.pk]),
        "cancel_url": reverse("projects:import_detail", args=[batch.pk]),
        "danger_text": _("Discard"),
    }


def undoing(batch: ImportBatch) -> dict[str, Any]:
    """Context of components/confirm.html: what would be taken back."""
    counts = batch.rows.filter(target__isnull=False)
    create, update = (counts.filter(action=action).count() for action in (Action.CREATE, Action.UPDATE))
    return {
        "question": _("Take this import back?"),
        "consequences": [
            ngettext("%(n)s row that it made is removed.", "%(n)s rows that it made are removed.", create)
            % {"n": create},
            ngettext("%(n)s changed row goes back.", "%(n)s changed rows go back.", update) % {"n": update},
            _("Nothing happens if anything has come to depend on it; then you are told what."),
        ],
        "action": reverse("projects:import_undo", args=[batch.pk]),
        "cancel_url": reverse("projects:import_detail", args=[batch.pk]),
        "danger_text": _("Take the import back"),
    }

"""Turns what the importer read into the shape of the expected files, for tests/data/samples/compare.py."""

import importlib.util
import json
from pathlib import Path

from projects.ledger.diff import plan
from projects.ledger.fields import FIELDS, to_json
from projects.ledger.findings import Refusal
from projects.ledger.reader import read_ledger

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
OWN_CODES = {"TEXT_TOO_LONG", "CONTROL_CHARACTER", "CELL_OUTSIDE"}

_spec = importlib.util.spec_from_file_location("samples_compare", SAMPLES / "compare.py")
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)
compare = _module.compare


def expected(name):
    return json.loads((SAMPLES / f"{name}.expected.json").read_text(encoding="utf-8"))


def workbook(name):
    return (SAMPLES / name).read_bytes()


def nested(values):
    """{'dates.signed': …} → {'dates': {'signed': …}}, with every field of the importer present."""
    found = {"dates": {}, "planned_dates": {}, "monthly_investment_10k": {}}
    for name in FIELDS:
        group, _, leaf = name.partition(".")
        if leaf:
            found[group][leaf] = values.get(name)
        else:
            found[name] = values.get(name)
    if not any(found["monthly_investment_10k"].values()):
        found["monthly_investment_10k"] = None
    return found


def actual(data, *, stored=None, **options):
    """The importer's result for `data` in the shape of an expected file; with `stored`, the update as well."""
    try:
        read = read_ledger(data, **options)
    except Refusal as refusal:
        return {"result": "refused", "reason": refusal.code}
    diffs = plan(read.rows, stored) if stored is not None else []
    found = [*read.findings, *(finding for diff in diffs for finding in diff.findings)]
    entries = [
        {"sheet": each.sheet, "cell": each.cell, "kind": each.kind, "raw": each.raw, "severity": each.severity}
        for each in found
        if each.kind not in OWN_CODES
    ]
    return {
        "result": "readable",
        "projects": [
            nested({name: to_json(value.value) for name, value in row.fields.items()})
            | {"source": {"sheet": row.sheet, "row": row.number}, "row_ok": row.ok}
            for row in read.rows
        ],
        "warnings": [each for each in entries if each["severity"] == "warning"],
        "errors": [each for each in entries if each["severity"] == "error"],
        "ignored_rows": [
            {"sheet": each.sheet, "row": each.row, "why": each.why, "text": each.text} for each in read.ignored
        ],
        "update": {"actions": [as_json(diff) for diff in diffs]},
    }


def as_json(diff):
    created = diff.action == "create"
    return {
        "row": diff.row.number,
        "name": diff.row.value("name"),
        "action": str(diff.action),
        "matched_by": diff.matched_by,
        "changes": []
        if created
        else [{"field": c.field, "old": to_json(c.old), "new": to_json(c.new)} for c in diff.changes],
        "kept_although_blank": list(diff.kept_although_blank),
    }


def applied(stored, diffs):
    """A register as a plain dict, after the changes: what the database does with the same diffs."""
    result = {key: dict(values) for key, values in stored.items()}
    for diff in diffs:
        if diff.action in ("create", "update"):
            key = diff.key if diff.key is not None else max(result, default=0) + 1
            result.setdefault(key, {}).update({change.field: change.new for change in diff.changes})
    return result

"""变化单: what differs between two snapshots, figure by figure, row by row, sentence by sentence. Pure.

Rows are the same when they are about the same project, unit, problem or project and matter; running numbers do not
count. Values as the snapshot has them, shown as text.
"""

from collections.abc import Mapping
from typing import Any

from dispatch.figures.rates import NAMES_ZH, RateKey
from dispatch.reports import layout, overview
from dispatch.reports.sentences import notice

IDENTITY: Mapping[int, tuple[str, ...]] = {
    1: ("project_id",), 2: ("unit_id",), 3: ("project_id",), 4: ("project_id",), 5: ("number",),
    6: ("project_id", "matter"),
}  # fmt: skip
NUMBERING = "no"


def diff(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """{"figures": [{"key", "name", "old", "new"}], "rows": [{"annex", "name", "column", "old", "new"}],
    "sentences": [{"key", "old", "new"}]}; old or new None where the figure, row or sentence is not there."""
    rows = [change for number in sorted(IDENTITY) for change in _rows(number, old, new)]
    return {"figures": [*_figures(old, new), *_rates(old, new)], "rows": rows, "sentences": _sentences(old, new)}


def is_empty(changes: Mapping[str, Any]) -> bool:
    return not any(changes.values())


def _figures(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[dict[str, Any]]:
    before, after = overview.figures_of(old), overview.figures_of(new)
    return [
        {"key": f.key, "name": f.name, "old": _shown(f, before), "new": _shown(f, after)}
        for f in overview.FIGURES
        if before.get(f.key) != after.get(f.key)
    ]


def _shown(figure: overview.Figure, values: Mapping[str, Any]) -> str | None:
    return overview.shown(figure, values[figure.key]) if figure.key in values else None


def _rates(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = []
    for key in RateKey:
        before, after = (snapshot["rates"].get(key.value) for snapshot in (old, new))
        texts = [rate_text(before), rate_text(after)]
        if texts[0] != texts[1]:
            found.append({"key": key.value, "name": f"{NAMES_ZH[key]}（%）", "old": texts[0], "new": texts[1]})
    return found


def rate_text(rate: Mapping[str, Any] | None) -> str | None:
    """83.3（10/12）"""
    if rate is None:
        return None
    percent = rate["percent"] if rate["percent"] is not None else "—"
    return f"{percent}（{rate['numerator']}/{rate['denominator']}）"


def rows_of(snapshot: Mapping[str, Any], number: int) -> dict[tuple[Any, ...], Mapping[str, Any]]:
    """Identity → row of an annex."""
    annex = snapshot[f"annex{number}"]
    rows = [row for group in annex["groups"] for row in group["rows"]] if number == 1 else annex
    return {tuple(row[key] for key in IDENTITY[number]): row for row in rows}


def columns_of(snapshot: Mapping[str, Any], number: int) -> list[layout.Column]:
    """Every column of an annex but the running number."""
    if number == 1:
        columns = [column for group in layout.annex1(snapshot) for column in group.columns]
    else:
        columns = list({n: columns for n, _title, columns in layout.PLAIN}[number])
    return [column for column in columns if column.path != NUMBERING]


def _rows(number: int, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[dict[str, Any]]:
    before, after = rows_of(old, number), rows_of(new, number)
    found = []
    for key in dict.fromkeys([*before, *after]):
        row = after.get(key) or before[key]
        name = str(row.get("name") or row.get("number") or row.get("unit") or "")
        if key not in before or key not in after:
            texts = ("有" if key in before else None, "有" if key in after else None)
            found.append({"annex": number, "name": name, "column": "整行", "old": texts[0], "new": texts[1]})
            continue
        found += [
            {"annex": number, "name": name, "column": column.heading, "old": _text(was), "new": _text(now)}
            for column in columns_of(new, number)
            if (was := column.value(before[key])) != (now := column.value(after[key]))
        ]
    return found


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _sentences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[dict[str, Any]]:
    before, after = ({one.key: one.text for one in notice(snapshot).sentences} for snapshot in (old, new))
    return [
        {"key": key, "old": before.get(key), "new": after.get(key)}
        for key in dict.fromkeys([*before, *after])
        if before.get(key) != after.get(key)
    ]

"""The short public text of a ranking (一通报), assembled from its figures. Pure. Source: domain.md 3.5."""

from collections.abc import Mapping, Sequence
from typing import Any

NAMED = 3
KINDS_ZH = {"half_month": "半月排名", "contest": "六比一看擂台赛"}


def text(head: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], missing: Sequence[str]) -> list[str]:
    """Paragraphs. ``rows``: the table of the snapshot, best first; ``missing``: figures nobody has entered."""
    if not rows:
        return [f"{head['period']}没有参加{KINDS_ZH[head['kind']]}的责任单位。"]
    parts = [_tasks(head, rows), _places(rows), _movers(rows), _owed(rows)]
    if missing:
        parts.append(f"尚缺数据：{'、'.join(missing)}，暂按公式中的空缺规则计分。")
    return [part for part in parts if part]


def own_words(row: Mapping[str, Any], units: int) -> str:
    """One unit's place: 第3名（共8个单位），87.50分，较上期上升2位。"""
    return f"第{row['rank']}名（共{units}个单位），{row['score']}分，{_change(row)}。"


def _change(row: Mapping[str, Any]) -> str:
    before = row["rank_before"]
    if before is None:
        return "上期未参加排名"
    moved = before - row["rank"]
    return "与上期持平" if not moved else f"较上期{'上升' if moved > 0 else '下降'}{abs(moved)}位"


def _tasks(head: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> str:
    due, done = sum(row["due"] for row in rows), sum(row["on_time"] for row in rows)
    owed = sum(row["owed"] for row in rows)
    end = f"；至今逾期未办结{owed}件。" if owed else "；没有逾期未办结事项。"
    return (
        f"{head['period']}（{head['starts_on']}至{head['judged_to']}），{len(rows)}个责任单位到期的台账事项和审批环节"
        f"{due}件，按时办结{done}件{end}"
    )


def _places(rows: Sequence[Mapping[str, Any]]) -> str:
    first = [row for row in rows if row["rank"] <= NAMED]
    last = [row for row in rows[-NAMED:] if row not in first]
    text = f"排名靠前：{_list(first)}"
    return f"{text}；排名靠后：{_list(last)}。" if last else f"{text}。"


def _list(rows: Sequence[Mapping[str, Any]]) -> str:
    return "、".join(f"{row['name']}（第{row['rank']}名，{row['score']}分）" for row in rows)


def _movers(rows: Sequence[Mapping[str, Any]]) -> str:
    gains = {row["name"]: row["rank_before"] - row["rank"] for row in rows if row["rank_before"] is not None}
    most = max(gains.values(), default=0)
    if most <= 0:
        return ""
    return f"进步最快：{'、'.join(name for name, gain in gains.items() if gain == most)}（上升{most}位）。"


def _owed(rows: Sequence[Mapping[str, Any]]) -> str:
    owing = [row for row in rows if row["owed"]]
    owing.sort(key=lambda row: -row["owed"])
    listed = "、".join(f"{row['name']}{row['owed']}件" for row in owing)
    return f"要账：{listed}，请抓紧办结。" if owing else ""

"""A ranking as .xlsx and as a PDF of one or two pages, from what the reader may see of its snapshot alone."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.template.loader import render_to_string

from accounts.pdf import from_html
from projects.ledger.lists import ListSheet, list_workbook

WHY_ZH = {
    "": "",
    "capped": "按封顶计",
    "empty_average": "无可比数，取其他单位平均",
    "empty_zero": "无可比数，不计分",
    "empty_full": "无可比数，计满分",
    "empty_nobody": "各单位均无可比数，不计分",
}


def title_of(snapshot: Mapping[str, Any]) -> str:
    head = snapshot["head"]
    again = f"（第{head['revision']}次更正）" if head["revision"] else ""
    return f"{head['park']['name']}{head['period']}{'擂台赛' if head['kind'] == 'contest' else ''}排名{again}"


def file_name(snapshot: Mapping[str, Any], ending: str) -> str:
    return f"{title_of(snapshot)}.{ending}"


def workbook(snapshot: Mapping[str, Any]) -> bytes:
    """Sheets: the table, how each item came about, what is owed, the notice and the formula."""
    items = snapshot["formula"]["items"]
    table = ["名次", "上期名次", "单位", "得分", *(f"{item['name_zh']}（{item['weight']}）" for item in items),
             "到期", "按时", "逾期未办"]  # fmt: skip
    widths = [6, 8, 24, 10, *([16] * len(items)), 8, 8, 10]
    return list_workbook(
        ListSheet("排名", table, widths, _table(snapshot)),
        ListSheet("得分明细", ["单位", "项目", "分子", "分母", "比率（%）", "权重", "得分", "说明"],
                  [24, 24, 14, 14, 10, 8, 10, 26], _details(snapshot)),
        ListSheet("要账", ["单位", "事项", "项目", "截止日", "办结日", "计入工作日", "不计工作日", "不计的原因",
                          "结果"], [24, 36, 28, 12, 12, 10, 10, 40, 12], _tasks(snapshot)),
        ListSheet("通报", ["内容"], [100], [[text] for text in snapshot["notice"]]),
    )  # fmt: skip


def _table(snapshot: Mapping[str, Any]) -> Iterator[list[Any]]:
    for row in snapshot["ranking"]:
        points = [Decimal(item["points"]) for item in row["items"]]
        yield [row["rank"], row["rank_before"], row["name"], Decimal(row["score"]), *points,
               row["due"], row["on_time"], row["owed"]]  # fmt: skip


def _details(snapshot: Mapping[str, Any]) -> Iterator[list[Any]]:
    for row in snapshot["ranking"]:
        for item, points in zip(snapshot["formula"]["items"], row["items"], strict=True):
            yield [row["name"], item["name_zh"], _number(points["numerator"]), _number(points["denominator"]),
                   _number(points["percent"]), item["weight"], Decimal(points["points"]),
                   WHY_ZH[points["why"]]]  # fmt: skip


def _tasks(snapshot: Mapping[str, Any]) -> Iterator[list[Any]]:
    for unit in snapshot["units"]:
        for task in unit.get("tasks", ()):
            yield [unit["name"], task["title"], task["project_name"], task["due_on"], task["done_on"] or "",
                   task["counted_wd"], task["not_counted_wd"], why_not_counted(task), outcome(task)]  # fmt: skip


def why_not_counted(task: Mapping[str, Any]) -> str:
    days = [f"{one['party']} {one['days']}日（{one['why']}）" for one in task["not_counted"]]
    return "；".join([*days, *([f"申诉采纳：{task['excused']}"] if task["excused"] else [])])


def outcome(task: Mapping[str, Any]) -> str:
    if task["excused"]:
        return "不计"
    if task["done_on"]:
        return "按时办结" if task["in_time"] else "逾期办结"
    return "逾期未办" if task["is_owed"] else "他方占用，暂不计"


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def pdf(snapshot: Mapping[str, Any]) -> bytes:
    """Raises Refused where PDF files cannot be made."""
    head = snapshot["head"]
    context = {"snapshot": snapshot, "title": title_of(snapshot), "landscape": len(snapshot["formula"]["items"]) > 6,
               "foot": f"{head['park']['name']} {head['as_of']}"}  # fmt: skip
    return from_html(render_to_string("dispatch/ranking/paper.html", context))

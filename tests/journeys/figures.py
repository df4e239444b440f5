"""Annex 1 of a bulletin, worked out from the expected file of a ledger with plain Python: no model, no query.

Sources: domain.md 4.1 (layout), 3.2 (rates), 3.3 (lights), ADR 8 (fact or plan).
"""

import io
import json
from calendar import monthrange
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from pathlib import Path
from typing import Any

import openpyxl

SAMPLES = Path(__file__).resolve().parent.parent / "data" / "samples"
STAGES = [
    "谋划", "洽谈", "签约", "注册", "立项备案", "供地", "报批", "开工", "主体封顶", "竣工", "设备安装", "试生产",
    "投产", "达产", "达效",
]  # fmt: skip
REACHED_AT = {
    "signed": "签约", "registered": "注册", "filed": "立项备案", "land": "供地", "started": "开工",
    "topped_out": "主体封顶", "completed": "竣工", "production": "投产", "full_capacity": "达产",
}  # fmt: skip
NATURES = {"new": ("新建", "新建项目"), "continuing": ("续建", "续建项目"), "upgrade": ("技改", "技改项目")}
LIGHTS = {3: "● 红", 2: "▲ 黄", 0: "√ 绿"}
TOP = [
    "序号", "项目名称", "建设单位", "建设地点", "建设性质", "建设规模及主要建设内容", "建设起止年限", "总投资（亿元）",
    "用地面积（亩）", "截至上年底累计完成投资", "{year}年计划", None, None, "{year}年投资完成情况", None, None, None,
    "是否入库", "形象进度", "存在问题", "下步工作计划", "责任单位", "包联领导", "预警",
]  # fmt: skip
LEAVES = {
    11: "年度计划投资", 12: "计划开工时间", 13: "计划竣工时间", 14: "{month}月完成", 15: "{months}月累计完成",
    16: "占年度计划(%)", 17: "比序时进度(±百分点)",
}  # fmt: skip
MERGES = {f"{c}3:{c}4" for c in "ABCDEFGHIJRSTUVWX"} | {"A1:X1", "K3:M3", "N3:Q3"}


def expected(name: str) -> dict[str, Any]:
    return json.loads((SAMPLES / f"{name}.expected.json").read_text(encoding="utf-8"))


def header(year: int, month: int) -> list[list[str | None]]:
    """Rows 3 and 4."""
    words = {"year": year, "month": month, "months": f"1-{month}" if month > 1 else "1"}
    return [
        [text and text.format(**words) for text in TOP],
        [LEAVES[n].format(**words) if n in LEAVES else None for n in range(1, 25)],
    ]


def body(ledger: dict[str, Any], *, year: int, month: int, as_of: date) -> list[list[Any]]:
    """Rows from the fifth on: the total, then heading and rows of each nature. ``as_of``: the bulletin's last day."""
    reported = (ledger["import_options"]["report_year"], ledger["import_options"]["report_month"])
    projects = [_facts(entry, reported, (year, month), as_of) for entry in ledger["projects"]]
    rows = [_total(projects, month)]
    order = sorted(projects, key=lambda p: (list(NATURES).index(p["nature"]), -p["total"], p["name"]))
    for n, (nature, found) in enumerate(groupby(order, key=lambda p: p["nature"])):
        group = list(found)
        rows.append([None, f"{'一二三'[n]}、{NATURES[nature][1]}（{len(group)}个）", *[None] * 22])
        rows += [_row(number, p, month) for number, p in enumerate(group, 1)]
    return rows


def _facts(entry: dict[str, Any], reported: tuple[int, int], bulletin: tuple[int, int], as_of: date) -> dict[str, Any]:
    """What the register knows of a row of the ledger, and what of it counts in the bulletin's month."""
    end = date(*reported, monthrange(*reported)[1])
    stage = next((n for n, name in enumerate(STAGES) if name == entry["stage_raw"]), None)
    dates = {name: date.fromisoformat(found["value"]) for name, found in entry["dates"].items() if found}
    if stage is None:  # suspended: as far as its dates have got
        stage = max(STAGES.index(REACHED_AT[name]) for name, day in dates.items() if day <= end)
    facts = {name: day for name, day in dates.items() if day <= end and stage >= STAGES.index(REACHED_AT[name])}
    plans = {name: day for name, day in dates.items() if name not in facts}
    this_year = reported[0] == bulletin[0] and reported[1] <= bulletin[1]
    enrolled = (entry["enrolled_on"] or {}).get("value")
    found = entry | {
        "total": Decimal(entry["total_investment_10k"]), "land": entry["land_mu"] and Decimal(entry["land_mu"]),
        "plan": Decimal(entry["annual_plan_10k"]) if reported[0] == bulletin[0] else None,
        "ytd": Decimal(entry["ytd_investment_10k"]) if this_year else None,
        "facts": facts, "plans": plans, "reported": reported,
        "enrolled": bool(enrolled) and date.fromisoformat(enrolled) <= as_of,
    }  # fmt: skip
    return found | {"light": "○ 灰（暂停）" if entry["stage_raw"] == "暂停" else LIGHTS[_light(found, as_of)]}


def _light(p: dict[str, Any], as_of: date) -> int:
    """3 red, 2 yellow, 0 green. Money counts up to the latest month whose last day had come."""
    closed = (as_of + timedelta(days=1)).replace(day=1) - timedelta(days=1)
    worst = _behind(p, closed) if (closed.year, closed.month) >= p["reported"] else 0
    for name, day in p["plans"].items():
        late = (as_of - day).days
        worst = max(worst, 0 if late <= 0 else 3 if late > (90 if name == "started" else 30) else 2)
    if "started" in p["facts"] and not p["enrolled"] and p["total"] >= 500:
        since = (as_of - p["facts"]["started"]).days
        worst = max(worst, 0 if since <= 30 else 2 if since <= 60 else 3)
    return worst


def _behind(p: dict[str, Any], closed: date) -> int:
    plan, ytd = Decimal(p["annual_plan_10k"]), Decimal(p["ytd_investment_10k"])
    if closed.year != p["reported"][0] or not plan:
        return 0
    points = Decimal(closed.month) * 100 / 12 - ytd * 100 / plan
    return 3 if points > 30 else 2 if points >= 10 else 0


def _one(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"), ROUND_HALF_UP)


def _rates(ytd: Decimal | None, plan: Decimal | None, month: int) -> list[Decimal | None]:
    if not plan or ytd is None:
        return [None, None]
    return [_one(ytd * 100 / plan), _one(ytd * 100 / plan - Decimal(month) * 100 / 12)]


def _total(projects: list[dict[str, Any]], month: int) -> list[Any]:
    total, land, plan, ytd = (_sum([p[name] for p in projects]) for name in ("total", "land", "plan", "ytd"))
    first = [None, f"合计（{len(projects)}个）", *[None] * 5, total / 10_000, land, None]
    own_month = ytd if month == 1 else None
    return [*first, plan, None, None, own_month, ytd, *_rates(ytd, plan, month), *[None] * 7]


def _sum(amounts: list[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None


def _row(number: int, p: dict[str, Any], month: int) -> list[Any]:
    start, end = ({**p["plans"], **p["facts"]}.get(name) for name in ("started", "completed"))
    years = f"{start.year}-{end.year}" if start and end and start.year != end.year else None
    years = years or (str((start or end).year) if start or end else None)
    planned = [p["plans"].get("started"), p["plans"].get("completed")]
    own_month = p["ytd"] if month == 1 else None
    return [
        number, p["name"], p["enterprise"], None, NATURES[p["nature"]][0], None, years, p["total"] / 10_000, p["land"],
        None, p["plan"], *planned, own_month, p["ytd"], *_rates(p["ytd"], p["plan"], month),
        "是" if p["enrolled"] else "否", p["progress"], p["issue"], p["next_plan"], p["responsible_unit"], p["leader"],
        p["light"],
    ]  # fmt: skip


def differences(workbook: bytes, ledger: dict[str, Any], *, year: int, month: int, as_of: date) -> dict[str, Any]:
    """{cell: (found, wanted)} of sheet 附件1 wherever the file is not what the ledger says; headers and merges too."""
    sheet = openpyxl.load_workbook(io.BytesIO(workbook))["附件1"]
    wanted = [*header(year, month), *body(ledger, year=year, month=month, as_of=as_of)]
    found = {}
    for row, values in enumerate(wanted, 3):
        for column, value in enumerate(values, 1):
            cell = sheet.cell(row, column)
            if _plain(cell.value) != _plain(value):
                found[cell.coordinate] = (_plain(cell.value), _plain(value))
    merges = {str(merge) for merge in sheet.merged_cells.ranges}
    if merges != MERGES:
        found["merges"] = (merges - MERGES, MERGES - merges)
    if sheet.max_row != len(wanted) + 2:
        found["rows"] = (sheet.max_row, len(wanted) + 2)
    return found


def _plain(value: Any) -> Any:
    """Numbers as exact decimals, days as dates, nothing as None."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, int | float | Decimal):
        return Decimal(str(value)).normalize() + 0
    return value or None

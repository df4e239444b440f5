"""The figures of a bulletin that stand beside its annexes: counts, money, lights, approvals, warnings, problems. Pure.

Money as decimal strings in 万元, per cent and points as strings with one decimal, days with one decimal, half up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from dispatch.figures.rates import round_half_up as exactly
from dispatch.reports.words import CATEGORIES_ZH, NONE
from projects.investment import round_half_up


@dataclass(frozen=True)
class Figure:
    """``kind``: count, money (万元), percent or days."""

    key: str
    name: str
    kind: str = "count"


FIGURES = (
    Figure("projects", "项目数（个）"),
    Figure("total_10k", "总投资（万元）", "money"),
    Figure("plan_10k", "年度计划投资（万元）", "money"),
    Figure("month_10k", "当月完成投资（万元）", "money"),
    Figure("ytd_10k", "累计完成投资（万元）", "money"),
    Figure("percent", "投资完成率（%）", "percent"),
    Figure("ahead_pp", "比序时进度（百分点）", "percent"),
    Figure("started", "已开工（个）"),
    Figure("enrolled", "已入库（个）"),
    Figure("red", "红灯（个）"),
    Figure("yellow", "黄灯（个）"),
    Figure("blue", "临期提醒（个）"),
    Figure("green", "绿灯（个）"),
    Figure("grey", "暂停（个）"),
    Figure("terminated", "已终止（个）"),
    Figure("closed", "当月办结审批事项（件）"),
    Figure("used_wd", "平均用时（工作日）", "days"),
    Figure("committed_wd", "平均承诺时限（工作日）", "days"),
    Figure("late", "超期件（件）"),
    Figure("due_soon", "临期件（件）"),
    Figure("outstanding", "容缺待补材料（份）"),
    Figure("warnings_new", "新增预警（项）"),
    Figure("warnings_cleared", "解除预警（项）"),
    Figure("warnings_open", "在办预警（项）"),
    Figure("level_1", "Ⅰ级响应项目（个）"),
    Figure("level_2", "Ⅱ级响应项目（个）"),
    Figure("level_3", "Ⅲ级响应项目（个）"),
    Figure("problems_new", "新增问题（个）"),
    Figure("problems_closed", "销号问题（个）"),
    Figure("problems_open", "尚未销号问题（个）"),
    *(Figure(f"problems_{code}", f"其中{name}类（个）") for code, name in CATEGORIES_ZH.items()),
)
LIGHTS = ("red", "yellow", "blue", "green", "grey")
MONEY = ("total_10k", "plan_10k", "month_10k", "ytd_10k", "percent", "ahead_pp")


def figures_of(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """Key → value; of a bulletin of the first schema what can be read from its annexes, the rest is left out."""
    if "figures" in snapshot:
        return dict(snapshot["figures"])
    annex, lights = snapshot["annex1"], snapshot.get("lights", {})
    rows = [row for group in annex["groups"] for row in group["rows"]]
    found: dict[str, Any] = {"projects": len(rows), "enrolled": sum(row["enrolled"] == "是" for row in rows)}
    found |= {key: annex["total"].get(key) for key in MONEY}
    return found | {light: lights.get(light, 0) for light in LIGHTS}


def shown(figure: Figure, value: Any) -> str:
    """The value as text: 1,234.5; — for unknown."""
    if value is None:
        return NONE
    if figure.kind == "money":
        text = f"{round_half_up(Decimal(value), 2):,f}"
        return text.rstrip("0").rstrip(".")
    return str(value).replace("-", "−")


def completed(values: Mapping[str, Any]) -> Fraction | None:
    """投资完成率 in per cent, unrounded; None without an annual plan or a report."""
    ytd, plan = values.get("ytd_10k"), values.get("plan_10k")
    if ytd is None or plan is None or not Fraction(plan):
        return None
    return Fraction(ytd) / Fraction(plan) * 100


def difference(figure: Figure, now: Mapping[str, Any], then: Mapping[str, Any]) -> Fraction | None:
    """now − then in the figure's own unit, None when one is unknown; the rate from the unrounded amounts."""
    if figure.key == "percent":
        values = completed(now), completed(then)
        return None if values[0] is None or values[1] is None else values[0] - values[1]
    if now.get(figure.key) is None or then.get(figure.key) is None:
        return None
    return Fraction(now[figure.key]) - Fraction(then[figure.key])


def signed(figure: Figure, value: Fraction | None) -> str:
    """+3, −0.4, 0; — for unknown. The minus is the typographic one."""
    if value is None:
        return NONE
    rounded = exactly(abs(value), 1 if figure.kind in ("percent", "days") else 2)
    text = f"{rounded:,f}"
    text = text.rstrip("0").rstrip(".") if "." in text and figure.kind == "money" else text
    text = "0" if not rounded else text.removesuffix(".00")
    return text if text == "0" else f"{'+' if value > 0 else '−'}{text}"

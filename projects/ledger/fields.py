"""The fields a ledger row may hold, how each is read, and how its values travel as JSON. Pure.

Names are those of the samples' README section 2: money ``*_10k`` in 万元, ``land_mu`` in 亩, ``floor_area_m2`` in ㎡,
``dates.*`` facts, ``planned_dates.*`` plans, ``monthly_investment_10k.1`` … ``.12``.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from projects.ledger.amounts import plain
from projects.ledger.dates import PartialDate, Period
from projects.ledger.text import folded

DATE_NAMES = {
    "signed": "签约",
    "registered": "注册",
    "filed": "备案",
    "land": "摘牌",
    "started": "开工",
    "topped_out": "封顶",
    "completed": "竣工",
    "production": "投产",
    "full_capacity": "达产",
}
PLANNED_NAMES = ("started", "completed", "production")


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """`kind` picks the cell parser (rows.READERS); `inherits`: a value merged down over rows counts for each of them.

    `limit`: most characters of a text. `choices`: words of a closed list, where they are not those of cells.CHOICES.
    """

    name: str
    kind: str
    name_zh: str
    limit: int = 0
    inherits: bool = False
    unit_family: str | None = None  # money | area
    choices: Mapping[str, str] | None = field(default=None, hash=False)  # word → value, for the kind "choice"


def _specs() -> dict[str, FieldSpec]:
    text = [
        ("enterprise", "建设单位", 200, True),
        ("industry", "产业类别", 60, True),
        ("location", "建设地点", 200, True),
        ("responsible_unit", "责任单位", 100, True),
    ]
    long_text = [
        ("content", "建设规模及主要建设内容"),
        ("progress", "形象进度"),
        ("issue", "存在问题"),
        ("next_plan", "下步工作计划"),
        ("remark", "备注"),
    ]
    money = [
        ("total_investment_10k", "总投资"),
        ("equipment_investment_10k", "设备投资"),
        ("invested_before_10k", "截至上年底累计完成投资"),
        ("annual_plan_10k", "年度计划投资"),
        ("month_investment_10k", "本月完成投资"),
        ("ytd_investment_10k", "累计完成投资"),
    ] + [(f"monthly_investment_10k.{month}", f"{month}月投资") for month in range(1, 13)]
    specs = [
        FieldSpec("code", "code", "项目代码", 40),
        FieldSpec("name", "name", "项目名称", 200),
        *(FieldSpec(name, "text", zh, limit, inherits) for name, zh, limit, inherits in text),
        FieldSpec("credit_code", "credit_code", "统一社会信用代码", 18),
        FieldSpec("contact_name", "contact", "联系人", 60),
        FieldSpec("contact_phone", "phone", "联系电话", 60),
        FieldSpec("nature", "choice", "建设性质"),
        FieldSpec("level", "choice", "项目层级"),
        FieldSpec("light", "choice", "预警"),
        *(FieldSpec(name, "long_text", zh, 4000) for name, zh in long_text),
        FieldSpec("period", "period", "建设起止年限"),
        *(FieldSpec(name, "money", zh, unit_family="money") for name, zh in money),
        FieldSpec("land_mu", "land", "用地面积", unit_family="area"),
        FieldSpec("floor_area_m2", "floor", "建筑面积", unit_family="area"),
        *(FieldSpec(f"dates.{name}", "date", zh) for name, zh in DATE_NAMES.items()),
        *(FieldSpec(f"planned_dates.{name}", "planned_date", "计划" + DATE_NAMES[name]) for name in PLANNED_NAMES),
        FieldSpec("completion_rate_pct", "percent", "完成率"),
        FieldSpec("vs_schedule_pp", "pp", "比序时进度"),
        FieldSpec("stage_raw", "stage", "当前阶段", 60),
        FieldSpec("enrolled", "yes_no", "是否入库"),
        FieldSpec("enrolled_on", "enrolment", "入库时间"),
        FieldSpec("leader", "leader", "包联领导", 100, True),
        FieldSpec("leader_unit", "text", "领导单位", 100),
        FieldSpec("specialist", "people", "服务专员", 100, True),
    ]
    return {spec.name: spec for spec in specs}


FIELDS: Mapping[str, FieldSpec] = _specs()

DATE_KINDS = frozenset({"date", "planned_date", "enrolment"})
DATE_FIELDS = frozenset(name for name, spec in FIELDS.items() if spec.kind in DATE_KINDS)
MONEY_FIELDS = frozenset(name for name, spec in FIELDS.items() if spec.kind == "money")


def is_empty(value: object) -> bool:
    """Nothing stored: None or an empty text. Zero and False are values."""
    return value is None or value == ""


def equal(one: object, other: object) -> bool:
    """Same value: decimals as numbers, dates with the same precision, texts without regard to width and blanks."""
    if is_empty(one) or is_empty(other):
        return is_empty(one) and is_empty(other)
    if isinstance(one, str) and isinstance(other, str):
        return one == other or folded(one) == folded(other)
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return one == other


def to_json(value: Any) -> Any:
    """A field value as JSON: decimals as strings without exponent, dates as {value, precision}."""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, PartialDate):
        if value.done and value.value is None:
            return {"value": None, "precision": None, "done": True}
        return {"value": value.value.isoformat() if value.value else None, "precision": value.precision}
    if isinstance(value, Period):
        return {"start": to_json(value.start), "end": to_json(value.end)}
    return value


def from_json(spec: FieldSpec, data: Any) -> Any:
    """The inverse of `to_json` for a value of the field that `spec` describes."""
    if data is None:
        return None
    if spec.kind in ("money", "land", "floor", "percent", "pp"):
        return Decimal(data)
    if spec.kind in DATE_KINDS:
        return _date_from_json(data)
    if spec.kind == "period":
        return Period(*(data[key] and _date_from_json(data[key]) for key in ("start", "end")))
    return data


def _date_from_json(data: Mapping[str, Any]) -> PartialDate:
    on = dt.date.fromisoformat(data["value"]) if data["value"] else None
    return PartialDate(on, data["precision"], done=bool(data.get("done")))

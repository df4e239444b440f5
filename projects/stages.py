"""Stages of a project's life and the four pools (四个一批). Pure. Source: domain.md 3.1, 3.2."""

from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """L01–L15 in their usual order; skipping is free (upgrades and leased workshops skip land)."""

    PLANNING = "L01"
    NEGOTIATION = "L02"
    SIGNED = "L03"
    REGISTERED = "L04"
    FILED = "L05"
    LAND = "L06"
    PERMITTING = "L07"
    STARTED = "L08"
    TOPPED_OUT = "L09"
    COMPLETED = "L10"
    EQUIPPING = "L11"
    TRIAL = "L12"
    PRODUCTION = "L13"
    FULL_CAPACITY = "L14"
    FULL_BENEFIT = "L15"


class Pool(StrEnum):
    """四个一批, 沣西 reading: signing enters planning, filing enters reserve, then started and in production."""

    PLANNING = "planning"
    RESERVE = "reserve"
    STARTED = "started"
    PRODUCTION = "production"


@dataclass(frozen=True)
class StageInfo:
    stage: Stage
    name_zh: str
    name_en: str
    enters_when_zh: str
    enters_when_en: str
    evidence_zh: str
    evidence_en: str
    certainty: str  # sure | likely | typical_default


def _info(stage: Stage, *facts: str) -> tuple[Stage, StageInfo]:
    return stage, StageInfo(stage, *facts)


S, L, D = "sure", "likely", "typical_default"
STAGES: dict[Stage, StageInfo] = dict(
    [
        _info(
            Stage.PLANNING, "谋划", "Planning", "有业主、有内容、有估算投资的项目设想", "idea with owner, content and rough investment",
            "项目策划书或谋划库登记", "project brief or entry in the planning pool", L,
        ),
        _info(
            Stage.NEGOTIATION, "洽谈", "Negotiation", "与明确的投资方洽谈", "talks with a named investor",
            "洽谈纪要、意向书", "minutes of talks, letter of intent", S,
        ),
        _info(
            Stage.SIGNED, "签约", "Signed", "签订正式投资协议", "formal investment agreement",
            "投资协议（签订日期、投资额、工期、亩均条款）", "investment agreement (date, amount, schedule, per-mu terms)", S,
        ),
        _info(
            Stage.REGISTERED, "注册", "Registered", "项目公司已注册", "project company exists",
            "营业执照、统一社会信用代码", "business licence, unified social credit code", L,
        ),
        _info(
            Stage.FILED, "立项备案", "Filed", "S01 备案完成", "S01 filing done",
            "备案证、项目代码", "filing certificate, project code", S,
        ),
        _info(
            Stage.LAND, "供地（摘牌）", "Land supplied", "S09 摘牌完成或租约签订", "S09 award done, or lease signed",
            "成交确认书、出让合同", "award confirmation, land grant contract", S,
        ),
        _info(
            Stage.PERMITTING, "报批", "Permitting", "S10–S17 中第一项已受理", "first of S10–S17 accepted",
            "受理通知书", "acceptance notice", D,
        ),
        _info(
            Stage.STARTED, "开工", "Construction started",
            "永久性工程正式开工（打桩、开槽、基础），平场不算", "permanent works begun (pile, trench, foundation); levelling does not count",
            "施工许可证、监理开工令、带日期和坐标的照片", "construction permit, supervisor's start order, dated and located photos", S,
        ),
        _info(
            Stage.TOPPED_OUT, "主体封顶", "Topped out", "主体结构完成", "main structure complete",
            "主体结构验收记录、照片", "structure inspection record, photos", L,
        ),
        _info(
            Stage.COMPLETED, "竣工", "Completed", "S21 完成，或当年全部工程建成并通过现场验收", "S21 done, or all works done and inspected",
            "联合验收意见书或竣工验收报告", "joint acceptance opinion or completion report", S,
        ),
        _info(
            Stage.EQUIPPING, "设备安装", "Equipping", "主线设备到场（常早于竣工）", "main line on site (often before completion)",
            "设备到位照片、采购合同发票", "photos, purchase contract and invoice", D,
        ),
        _info(
            Stage.TRIAL, "试生产", "Trial production", "调试运行，排污许可和消防验收在手", "commissioning; discharge permit and fire acceptance in hand",
            "试生产方案或首件照片、排污许可证", "trial plan or first-piece photo, discharge permit", L,
        ),
        _info(
            Stage.PRODUCTION, "投产", "In production", "首批商品产出并开出首张发票", "first commercial product and first invoice",
            "首张销售发票、用电量", "first sales invoice, power use", D,
        ),
        _info(
            Stage.FULL_CAPACITY, "达产", "Full capacity", "连续三个月产量达设计的80%或达设计产能", "80 % of design output for three months, or design capacity",
            "产量报表", "output report", D,
        ),
        _info(
            Stage.FULL_BENEFIT, "达效", "Full benefit", "一年内达到约定亩均税收或产值，升规入统", "agreed tax or output per mu reached over a year",
            "完税证明、统计报表", "tax certificate, statistics report", D,
        ),
    ]
)  # fmt: skip

ORDER: tuple[Stage, ...] = tuple(Stage)
MILESTONE_STAGES: tuple[Stage, ...] = tuple(s for s in ORDER if s not in (Stage.PLANNING, Stage.NEGOTIATION))

# Entering the stage needs the gate of this name in the catalogue (approval_steps.yaml, milestone_gates).
GATES: dict[Stage, str] = {
    Stage.LAND: "LAND_SUPPLIED",
    Stage.STARTED: "CONSTRUCTION_START",
    Stage.TRIAL: "TRIAL_PRODUCTION",
    Stage.COMPLETED: "COMPLETED",
}
ENROLMENT_GATE = "STATISTICS_ENROLLED"

POOL_STARTS: tuple[tuple[Stage, Pool], ...] = (
    (Stage.PLANNING, Pool.PLANNING),
    (Stage.FILED, Pool.RESERVE),
    (Stage.STARTED, Pool.STARTED),
    (Stage.PRODUCTION, Pool.PRODUCTION),
)


def position(stage: Stage | str) -> int:
    """0 for L01 … 14 for L15."""
    return ORDER.index(Stage(stage))


def pool_of(stage: Stage | str) -> Pool:
    """The pool a stage belongs to: 一签约就纳入谋划库、一立项就纳入储备库 (domain.md 3.1)."""
    return [pool for start, pool in POOL_STARTS if position(start) <= position(stage)][-1]


def stages_of(pool: Pool | str) -> list[Stage]:
    """All stages of one pool, in order."""
    return [stage for stage in ORDER if pool_of(stage) == Pool(pool)]


def reached(stage: Stage | str, target: Stage | str) -> bool:
    """Whether a project standing at ``stage`` has got at least as far as ``target``."""
    return position(stage) >= position(target)

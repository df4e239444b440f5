"""The project ledger as a kind of table: its words, and headers such as 关键时间/签约 and 1-4月累计. Pure."""

import re
from collections.abc import Sequence

from projects.ledger.checks import duplicate_codes, similar_names
from projects.ledger.fields import FIELDS, PLANNED_NAMES
from projects.ledger.kinds import TableKind
from projects.ledger.units import without_unit
from projects.ledger.vocabulary import MARKS, MILESTONES, PATTERNS, SYNONYMS

_TIME_WORD = re.compile(r"时间|日期|年月|节点|时限|时点|日$")
_PLAN_WORD = re.compile(r"计划|预计|拟|目标|预期|预定|约定")
_PART_OF_MONEY = re.compile(r"其中:?(?:土地|用地|土建|厂房|建筑)")
_ASIDE = re.compile(r"^([^()]{2,8})\((计划|预计|拟|实际)(?:时间|日期)?\)$")  # 开工(计划)
_MONTH = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月份?"
_PEOPLE = re.compile(r"领导|专员|秘书|管家|责任人|联络员")


def _special(levels: Sequence[str]) -> str | None:
    if _PART_OF_MONEY.match(levels[-1]):
        return ""
    return _milestone(levels) or _person(levels) or _investment(levels)


def _milestone(levels: Sequence[str]) -> str | None:
    """A column of dates: 开工时间, 开工 below 关键时间, 计划 and 实际 below 开工时间; 计划/预计 plan."""
    leaf, above = _ASIDE.sub(r"\2\1", levels[-1]), "".join(levels[:-1])
    if re.fullmatch(r"计划|预计|目标|实际|完成|时间|日期|(?:计划|预计|实际|完成)(?:时间|日期)", leaf) and above:
        named = next((level for level in reversed(levels[:-1]) if any(p.search(level) for p, _ in MILESTONES)), None)
        if named is None or re.search(r"投资|情况", named):
            return None
        leaf, above = named + leaf + "时间", ""
    if re.search(
        r"是否|投资|情况|[入纳]库|入统|纳统|起止|面积|单位|金额|问题|逾期|超期|天数|证号|编号|代码|文号", leaf
    ):
        return None
    bare = re.fullmatch(r"(?:计划|预计|拟|实际)(?:开工|竣工|投产|完工)", leaf)
    if not (bare or _TIME_WORD.search(leaf) or (_TIME_WORD.search(above) and len(leaf) <= 8)):
        return None
    for pattern, name in MILESTONES:
        if pattern.search(leaf):
            if not _PLAN_WORD.search(leaf) and not (_PLAN_WORD.search(above) and "投资" not in above):
                return f"dates.{name}"
            return f"planned_dates.{name}" if name in PLANNED_NAMES else ""
    return None


def _person(levels: Sequence[str]) -> str | None:
    """姓名, 单位 and 电话 below a heading of people belong to them."""
    leaf, above = levels[-1], "".join(levels[:-1])
    if not above:
        return None
    if _PEOPLE.search(above):
        if re.fullmatch(r"单位|所在单位|工作单位|单位及职务|单位职务", leaf):
            return "leader_unit" if "领导" in above else ""
        return "" if re.fullmatch(r"(?:联系)?(?:电话|方式)|手机号?码?|职务", leaf) else None
    return None


def _investment(levels: Sequence[str]) -> str | None:
    """Columns that name months, and 计划/完成 below a heading of investment: ``1-4月累计`` is the year so far."""
    leaf = _plain(levels[-1])
    above = "".join(_plain(level) for level in levels[:-1])
    if len(levels) > 1 and re.fullmatch(_MONTH, _plain(levels[-2])):
        if re.fullmatch(r"计划|计划投资|目标", leaf):
            return ""
        if re.fullmatch(r"完成|实际|实际完成|完成投资|完成额|投资", leaf):
            return "month_investment_10k"
    if re.fullmatch(r"20\d{2}年度?(?:目标|任务|计划)(?:投资|数)?", re.sub(r"\([^()]*\)", "", without_unit(levels[-1]))):
        return "annual_plan_10k"
    if re.fullmatch(rf"(?:截[至止])?(?:1|一|年初)[-至到]{_MONTH}.*(?:累计|完成|投资).*", leaf):
        return "" if "计划" in leaf else "ytd_investment_10k"
    if re.fullmatch(rf"(?:1|一)[-至到]{_MONTH}", leaf) and re.search("投资|完成", above):
        return "ytd_investment_10k"
    if (
        re.fullmatch(rf"(?:截[至止])(?:目前|{_MONTH}[底末]?)(?:累计|已)?(?:完成)?(?:投资)?(?:额|情况)?", leaf)
        and len(leaf) > 4
    ):
        return "ytd_investment_10k"
    if re.fullmatch(rf"{_MONTH}(?:当月)?(?:实际)?(?:(?:完成|投资|完成投资|投资完成)额?|完成情况)?", leaf):
        return "" if "计划" in above and "完成" not in above else "month_investment_10k"
    if "投资" in above and "总投资" not in above:
        return _below_investment(leaf)
    return None


def _below_investment(leaf: str) -> str | None:
    if re.fullmatch(r"(?:全年|年度?)?(?:计划|目标)(?:数|值|投资)?", leaf):
        return "annual_plan_10k"
    if re.fullmatch(r"(?:实际|累计)?(?:已)?完成(?:数|值|情况|额)?|累计(?:数)?|实际", leaf):
        return "ytd_investment_10k"
    return None


def _plain(text: str) -> str:
    """A level without its brackets and the year in front."""
    return re.sub(r"^20\d{2}年度?", "", re.sub(r"\([^()]*\)", "", text))


PROJECTS = TableKind(
    key="projects",
    name_zh="项目台账",
    name_en="project ledger",
    fields=FIELDS,
    words=SYNONYMS,
    title="name",
    patterns=PATTERNS,
    marks=MARKS,
    keys=("code", "name"),
    special=_special,
    checks=(duplicate_codes, similar_names),
)

"""The project ledger as a kind of table: its words, and headers such as 关键时间/签约 and 1-4月累计. Pure."""

import re
from collections.abc import Sequence

from projects.ledger.checks import duplicate_codes, similar_names
from projects.ledger.fields import FIELDS, PLANNED_NAMES
from projects.ledger.kinds import TableKind
from projects.ledger.vocabulary import MILESTONES, PATTERNS, SYNONYMS

_TIME_WORD = re.compile(r"时间|日期|年月|节点")
_PLAN_WORD = re.compile(r"计划|预计|拟|目标|预期")


def _special(levels: Sequence[str]) -> str | None:
    return _milestone(levels) or _investment(levels[-1])


def _milestone(levels: Sequence[str]) -> str | None:
    """A column of dates: 开工时间, or 开工 below 关键时间; 计划/预计 makes it a planned date."""
    leaf, above = levels[-1], "".join(levels[:-1])
    if re.search(r"是否|投资|情况|[入纳]库|入统|纳统|起止", leaf):
        return None
    if not (_TIME_WORD.search(leaf) or (_TIME_WORD.search(above) and len(leaf) <= 8)):
        return None
    for pattern, name in MILESTONES:
        if pattern.search(leaf):
            if not _PLAN_WORD.search(leaf) and not (_PLAN_WORD.search(above) and "投资" not in above):
                return f"dates.{name}"
            return f"planned_dates.{name}" if name in PLANNED_NAMES else None
    return None


def _investment(leaf: str) -> str | None:
    """Columns that name months: ``1-4月累计`` is the year so far, ``4月完成`` the month."""
    text = re.sub(r"^20\d{2}年", "", re.sub(r"\([^()]*\)", "", leaf))
    if re.fullmatch(r"(?:截[至止])?1-\d{1,2}月份?.*(?:累计|完成|投资).*", text):
        return "ytd_investment_10k"
    if re.fullmatch(r"(?:截[至止])\d{1,2}月[底末]?累计.*", text):
        return "ytd_investment_10k"
    if re.fullmatch(r"\d{1,2}月份?(?:当月)?(?:完成投资|完成|投资|投资额)?", text):
        return "month_investment_10k"
    return None


PROJECTS = TableKind(
    key="projects",
    name_zh="项目台账",
    name_en="project ledger",
    fields=FIELDS,
    words=SYNONYMS,
    title="name",
    patterns=PATTERNS,
    keys=("code", "name"),
    special=_special,
    checks=(duplicate_codes, similar_names),
)

"""From a row of a responsibility ledger to the columns of an item, and back. Pure.

What an item has no column of its own for stands in its texts as a line with its label, so that nothing is lost and an
export gives it back: the reason of a delay below the progress, units that nobody knows in the description.
"""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from dispatch.ledger.importing.table import TITLE_LIMIT
from projects.ledger.dates import PartialDate, Period
from projects.ledger.fields import to_json
from projects.ledger.rows import LedgerRow
from projects.ledger.text import folded, is_blank

DELAY, UNIT, COOPERATING, NUMBER, REMARK = "滞后原因", "责任单位", "配合单位", "原编号", "备注"
LABELS = (UNIT, COOPERATING, NUMBER, REMARK)
CATEGORIES = {
    "land": "土地", "funds": "资金", "permits": "手续", "works": "施工", "enterprise": "企业自身", "other": "其他",
}  # fmt: skip
_CATEGORY_WORDS = (
    (re.compile(r"土地|用地|征地|拆迁"), "land"),
    (re.compile(r"资金|融资|贷款|投资"), "funds"),
    (re.compile(r"手续|审批|报批|证照|环评|规划"), "permits"),
    (re.compile(r"施工|建设|工程|配套|水电|道路"), "works"),
    (re.compile(r"企业|业主|自身|用工"), "enterprise"),
    (re.compile(r"其他|其它|其余"), "other"),
)
_CLOSED = frozenset({"已办结", "办结", "完成", "已解决", "解决", "已整改", "整改到位", "已整改到位", "销号", "已闭环"})
_OPEN = frozenset(
    {"未办结", "未完成", "未解决", "未整改", "办理中", "整改中", "推进中", "正在办理", "正在推进", "进行中"}
)
_SEPARATOR = re.compile(r"[、,，;；/\n]+")


def prepared(row: LedgerRow) -> dict[str, Any]:
    """{field: value in JSON form} of the row as an item could give it back."""
    new = {name: to_json(found.value) for name, found in row.fields.items() if name not in ("period", "code")}
    start, end = _dates(row)
    new |= {"start": to_json(start), "end": to_json(end)} if start or end or _has_dates(row) else {}
    for name in ("raised_on", "closed_on"):
        if name in new:
            new[name] = to_json(last_day(row.value(name)))
    if "category" in new:
        new["category"] = category_word(new["category"])
    if "closed" in new and new["closed"] is None:
        new["closed"] = closed_word(row.fields["closed"].raw)
    _long_task(new)
    return new


def _has_dates(row: LedgerRow) -> bool:
    return bool({"start", "end", "period"} & set(row.fields))


def _dates(row: LedgerRow) -> tuple[PartialDate | None, PartialDate | None]:
    period = row.value("period")
    period = period if isinstance(period, Period) else Period(None, None)
    start, end = row.value("start") or period.start, row.value("end") or period.end
    return first_day(start), last_day(end)


def first_day(on: PartialDate | None) -> PartialDate | None:
    """The day a date that is known to its month, quarter, half or year begins on."""
    if on is None or on.value is None:
        return None
    months = {"year": 12, "half": 6, "quarter": 3}.get(on.precision or "", 0)
    day = on.value.replace(day=1, month=on.value.month - months + 1) if months else on.value
    return PartialDate(day)


def last_day(on: PartialDate | None) -> PartialDate | None:
    """The day it ends on."""
    return None if on is None or on.last_day is None else PartialDate(on.last_day)


def day_of(value: Any) -> date | None:
    """The day of a date in JSON form."""
    return date.fromisoformat(value["value"]) if value and value.get("value") else None


def _long_task(new: dict[str, Any]) -> None:
    """A task longer than a title has room for stands in the description as a whole."""
    task = new.get("task")
    if task is None:
        return
    title = short_title(task)
    if title != task and not new.get("description"):
        new["description"] = task
    new["task"] = title


def short_title(text: str) -> str:
    """One line, cut with … where a title ends."""
    line = re.sub(r"\s*\n\s*", " ", text).strip()
    return line if len(line) <= TITLE_LIMIT else line[: TITLE_LIMIT - 1] + "…"


def category_word(text: str | None) -> str | None:
    """The word an export writes for the category a text means; an unknown text stays as it is."""
    if not text:
        return None
    return next((CATEGORIES[code] for pattern, code in _CATEGORY_WORDS if pattern.search(folded(text))), text)


def category_code(word: str | None) -> str | None:
    """The category, None for a word that names none."""
    return next((code for code, name in CATEGORIES.items() if name == word), None)


def closed_word(raw: str) -> bool | None:
    word = folded(raw)
    return True if word in _CLOSED else False if word in _OPEN else None


def empty_parts(row: LedgerRow) -> list[str]:
    """Which of the five elements the table has columns for are empty: fields, in their order; dates by their column."""
    found: list[str] = []
    for name in ("leader", "measures", "dates", "standard", "reward_penalty"):
        columns: list[str] = [each for each in (("start", "end") if name == "dates" else (name,)) if each in row.fields]
        if name == "dates" and "period" in row.fields and row.value("period"):
            columns = []
        elif name == "dates" and not columns and "period" in row.fields:
            columns = ["period"]
        found += [each for each in columns if row.value(each) is None and is_blank(row.fields[each].raw)][:1]
    return found


def with_line(text: str, label: str, value: str | None) -> str:
    """The text with one line ``label：value``, in the place of the one that was there; without a value none."""
    lines = [line for line in text.split("\n") if not line.startswith(f"{label}：")]
    lines = lines if any(line.strip() for line in lines) else []
    return "\n".join([*lines, *([f"{label}：{' '.join(value.split())}"] if value else [])])


def line_of(text: str, label: str) -> str | None:
    """What stands behind ``label：``."""
    return next((line[len(label) + 1 :] for line in text.split("\n") if line.startswith(f"{label}：")), None)


def without_line(text: str, *labels: str) -> str:
    for label in labels:
        text = with_line(text, label, None)
    return text


def own_words(description: str) -> str:
    """A description without the lines an import has put there."""
    return without_line(description, *LABELS)


def with_own_words(description: str, text: str | None) -> str:
    """The description with these words, its lines kept."""
    found = text or ""
    for label in LABELS:
        found = with_line(found, label, line_of(description, label))
    return found


def names_in(text: str | None) -> list[str]:
    """Units of a cell: ``消防、人防`` → two names."""
    return [name for part in _SEPARATOR.split(text or "") if (name := part.strip())]


def joined(names: Iterable[str]) -> str | None:
    return "、".join(names) or None

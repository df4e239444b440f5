"""How a row of a workbook is judged against what is stored: changes, conflicts, remarks. For every kind of dispatch.

Reads nothing and writes nothing; values travel in their JSON form (projects.ledger.fields.to_json).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from projects.ledger.answers import MINE, SKIP, THEIRS, about_conflict, about_row
from projects.ledger.base import Side, merge
from projects.ledger.fields import is_empty, to_json
from projects.ledger.findings import Finding, Severity, short
from projects.ledger.rows import LedgerRow
from projects.ledger.text import folded, is_blank, normalise_name, similar_name

ERROR, WARNING = Severity.ERROR, Severity.WARNING
PROPOSED = 20
Remark = dict[str, Any]

SENTENCES: dict[str, tuple[Severity, str, str]] = {
    "NAME_MISSING": (ERROR, "{zh}为空", "The row has no {en}"),
    "LINK_NOT_FOUND": (ERROR, "找不到项目“{raw}”", "No project is called “{raw}”"),
    "LINK_CONFIRM": (
        WARNING,
        "项目名称“{raw}”与“{other}”近似，请确认",
        "“{raw}” is nearly the name of “{other}”; please confirm",
    ),
    "CODE_DIFFERS": (
        ERROR,
        "项目代码属于“{other}”，与项目名称不符",
        "The project code belongs to “{other}”, not to the project named",
    ),
    "FIVE_INCOMPLETE": (WARNING, "五要件不全：缺{zh}", "The five elements are incomplete: {en} missing"),
    "KEY_UNKNOWN": (
        WARNING,
        "行标识无效（可能来自其他列表或已被改动），按内容匹配",
        "The row key is not one of this list; the row is matched by its contents",
    ),
    "ROW_TWICE": (ERROR, "与第 {first} 行重复", "This repeats row {first}"),
    "ITEM_UNSURE": (
        ERROR,
        "有 {count} 个同名事项，请填写编号或用导出的表修改",
        "{count} items have this title; give the number, or edit an exported list",
    ),
    "DATES_ORDER": (ERROR, "工期止早于工期起", "The deadline lies before the start"),
    "NO_SUCH_UNIT": (
        WARNING,
        "没有这个单位：“{raw}”，留待中心交办",
        "No unit is called “{raw}”; the centre assigns it",
    ),
    "SETTLED_HERE": (
        WARNING,
        "{label}不能由导入修改，请在系统中办理；未采用“{raw}”",
        "An import does not change this ({label}); do it on the item's page. “{raw}” is not taken over",
    ),
    "CLOSE_HERE": (
        WARNING,
        "未销号：已在系统中的事项须在系统中申请销号并经审核",
        "Not closed: an item that is here is closed here, after verification",
    ),
    "CLOSED_NOT_TAKEN": (
        WARNING,
        "写明已销号，但{zh}，按未销号登记",
        "Said to be closed, but {en}: registered as open",
    ),
    "ITEM_CLOSED": (ERROR, "该事项已销号，不能再修改", "This item is closed and changes no more"),
    "CATEGORY_UNKNOWN": (WARNING, "问题类别“{raw}”无法对应，记为其他", "Unknown category “{raw}”: taken as other"),
    "NOT_STORABLE": (ERROR, "{zh}", "{en}"),
    "NO_WINDOW": (ERROR, "{month} 没有填报窗口", "There is no filing window for {month}"),
    "WINDOW_LOCKED": (ERROR, "{month} 已锁定，只能申请更正", "{month} is locked; a correction is a restatement"),
    "FILING_NOT_FOUND": (
        ERROR,
        "本月须填报的项目中没有“{raw}”",
        "“{raw}” is not among the projects you file for this month",
    ),
    "FILING_ACCEPTED": (ERROR, "已审核通过，不能再修改", "It has been accepted and changes no more"),
    "FILING_REOPENED": (WARNING, "已报送，导入后变回草稿，须重新报送", "Handed in already: it becomes a draft again"),
    "FIGURE_WRONG": (ERROR, "{zh}", "{en}"),
    "FIGURE_OPEN": (WARNING, "报送前须补齐：{zh}", "To be put right before it is handed in: {en}"),
    "FIGURE_UNUSUAL": (
        WARNING,
        "{zh} 请在“异常说明”列写明原因",
        "{en} Please give the reason in the column 异常说明",
    ),
    "ENTERPRISE_NOT_FOUND": (ERROR, "找不到企业“{raw}”", "No enterprise is called “{raw}”"),
    "ENTERPRISE_CONFIRM": (
        WARNING,
        "企业名称“{raw}”与“{other}”近似，请确认",
        "“{raw}” is nearly the name of “{other}”; please confirm",
    ),
    "VISIT_DATE": (ERROR, "走访日期要写到日", "The date of a visit needs its day"),
    "VISIT_WHEN": (ERROR, "没有走访日期，也没有计划季度", "Neither a date nor a planned quarter"),
    "QUARTER_OVER": (ERROR, "该季度已过，不能再列入计划", "This quarter is over and cannot be planned any more"),
    "PLAN_DONE": (ERROR, "该计划走访已完成", "This planned visit has been made already"),
    "VISITOR_UNKNOWN": (
        WARNING,
        "没有叫“{raw}”的账号，走访记在导入人名下，姓名记入同行人员",
        "No account is called “{raw}”: recorded for who imports, the name among those who came along",
    ),
    "PLAN_VISITOR_UNKNOWN": (
        WARNING,
        "没有叫“{raw}”的账号，走访人待定",
        "No account is called “{raw}”: no visitor yet",
    ),
    "GRID_UNKNOWN": (WARNING, "没有网格“{raw}”", "No grid is called “{raw}”"),
}  # fmt: skip


def remark(kind: str, sheet: str, cell: str, raw: str = "", **params: Any) -> Remark:
    """An own finding in the form ImportRow.findings keeps."""
    severity, zh, en = SENTENCES[kind]
    words = {"raw": short(raw), **params}
    return {
        "severity": severity.value, "kind": kind, "sheet": sheet, "cell": cell, "raw": raw,
        "message_zh": zh.format_map(words), "message_en": en.format_map(words),
    }  # fmt: skip


def about(row: LedgerRow, kind: str, name: str, **params: Any) -> Remark:
    """A finding about one field's cell of the row."""
    found = row.fields.get(name)
    return remark(kind, row.sheet, row.cell(name), found.raw if found else "", **params)


def as_remark(found: Finding) -> Remark:
    """A finding of the reader in the form ImportRow.findings keeps."""
    return {
        "severity": found.severity.value, "kind": found.kind, "sheet": found.sheet, "cell": found.cell,
        "raw": found.raw, "message_zh": found.message_zh, "message_en": found.message_en,
    }  # fmt: skip


@dataclass
class Judged:
    """One row: ``new`` are its values in JSON form by field, ``target`` the stored row it is, None for a new one."""

    row: LedgerRow
    new: dict[str, Any]
    target: int | None = None
    version: int | None = None
    project_id: int | None = None
    matched_by: str = ""
    changes: list[dict[str, Any]] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    proposals: list[dict[str, Any]] = field(default_factory=list)
    skipped: bool = False
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def refused(self) -> bool:
        return any(each["severity"] == ERROR for each in self.remarks)

    @property
    def action(self) -> str:
        """One of ImportRow.Action."""
        if self.skipped:
            return "skipped"
        if self.refused:
            return "refused"
        if self.proposals:
            return "unsure"
        if any(each.get("choice") == "" for each in self.changes):
            return "conflict"
        if self.target is None:
            return "create"
        return "update" if any(each.get("choice") != THEIRS for each in self.changes) else "unchanged"

    def say(self, kind: str, name: str, **params: Any) -> None:
        self.remarks.append(about(self.row, kind, name, **params))

    def drop(self, name: str) -> dict[str, Any] | None:
        """Takes the change of this field out; returns it."""
        found = next((each for each in self.changes if each["field"] == name), None)
        if found:
            self.changes.remove(found)
        return found

    def values(self) -> dict[str, Any]:
        """As ImportRow.values keeps them, with what else the write has to know under ``_``."""
        found = {
            name: {"value": to_json(each.value), "raw": each.raw, "cell": each.cell}
            for name, each in self.row.fields.items()
            if each.raw or each.value is not None
        }
        return found | ({"_": self.extra} if self.extra else {})


def begun(rows: Iterable[LedgerRow], answers: Mapping[str, Any], prepare: Any) -> Iterator[Judged]:
    """Every row with its values and what the reader has found; rows that a person leaves out are marked."""
    for row in rows:
        judged = Judged(row, prepare(row), remarks=[as_remark(each) for each in row.findings])
        judged.skipped = about_row(answers, row.sheet, row.number) == SKIP
        yield judged


def compare(judged: Judged, here: Mapping[str, Any] | None, answers: Mapping[str, Any]) -> None:
    """Fills in changes and what was kept although the file's cell is blank. ``here`` None: everything is new."""
    row, stored = judged.row, here or {}
    if here is None:
        judged.changes = [_change(row, name, None, value) for name, value in judged.new.items() if not is_empty(value)]
        return
    base = row.row_base if judged.matched_by == "key" else None
    judged.new |= {name: stored[name] for name in judged.new if _says_the_same(row, name, stored.get(name))}
    for name, side in merge(base, judged.new, stored).items():
        old, new = stored.get(name), judged.new[name]
        if is_empty(new) and not is_empty(old) and _is_blank_cell(row, name):
            judged.kept.append(name)
        if side is Side.MINE:
            judged.changes.append(_change(row, name, old, new))
        elif side is Side.CONFLICT:
            choice = about_conflict(answers, row.sheet, row.cell(name))
            judged.changes.append(_change(row, name, old, new) | {"theirs": old, "choice": choice})


def _is_blank_cell(row: LedgerRow, name: str) -> bool:
    found = row.fields.get(name)
    return found is None or is_blank(found.raw)


def _says_the_same(row: LedgerRow, name: str, old: Any) -> bool:
    """The cell holds the stored text as it is, whatever its parser makes of it."""
    found = row.fields.get(name)
    return isinstance(old, str) and found is not None and folded(found.raw) == folded(old)


def _change(row: LedgerRow, name: str, old: Any, new: Any) -> dict[str, Any]:
    found = row.fields.get(name)
    old = None if is_empty(old) else old
    return {"field": name, "old": old, "new": new, "cell": row.cell(name), "raw": found.raw if found else ""}


def taken(changes: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The changes that are to be written: those without a conflict, and those decided for the file."""
    return [each for each in changes if each.get("choice", MINE) == MINE]


@dataclass(frozen=True)
class Named:
    """Something that a row names: a project, an enterprise."""

    pk: int
    name: str
    code: str = ""


class Register:
    """Rows by code, exact normalised name and likeness. A likeness is proposed, never taken."""

    def __init__(self, rows: Iterable[Named]) -> None:
        self.rows: dict[int, Named] = {}
        self.codes: dict[str, int] = {}
        self.names: dict[str, list[int]] = {}
        self.likes: dict[str, list[int]] = {}
        for row in rows:
            self.rows[row.pk] = row
            if row.code:
                self.codes.setdefault(row.code, row.pk)
            self.names.setdefault(normalise_name(row.name), []).append(row.pk)
            if like := similar_name(row.name):
                self.likes.setdefault(like, []).append(row.pk)

    def by_name(self, name: str) -> list[int]:
        return self.names.get(normalise_name(name), [])

    def near(self, name: str) -> list[Named]:
        """Those that differ in punctuation or an ending only, else those one of which contains the other."""
        like = similar_name(name)
        if not like:
            return []
        found = self.likes.get(like) or [
            pk for key, pks in self.likes.items() if _contains(key, like) for pk in pks
        ]  # fmt: skip
        return [self.rows[pk] for pk in found[:PROPOSED]]


def _contains(one: str, other: str) -> bool:
    """One name within the other, and at least six tenths of it: 一期 and 二期 never are."""
    short_, long_ = sorted((one, other), key=len)
    return len(short_) >= 4 and short_ in long_ and 10 * len(short_) >= 6 * len(long_)


def proposals(found: Iterable[Named], why: str) -> list[dict[str, Any]]:
    return [{"id": each.pk, "name": each.name, "why": why} for each in found]

"""What a dry run has to say about rows, as ImportRow.findings keeps it.

The sentences of projects are here, those of other kinds with their apps; the reader's own are in findings.CODES. Pure.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from projects.ledger.findings import Finding, Severity, short

ERROR, WARNING = Severity.ERROR, Severity.WARNING
Remark = dict[str, Any]
Sentences = Mapping[str, tuple[Severity, str, str]]
SENTENCES: Sentences = {
    "NAME_TAKEN": (ERROR, "项目名称与“{other}”相同", "“{other}” already has this name"),
    "CODE_TAKEN": (ERROR, "项目代码已由“{other}”使用", "“{other}” already has this project code"),
    "IDENTITY_UNSURE": (
        WARNING,
        "不能确定是哪个项目，请选择",
        "It is not certain which project this is; please choose",
    ),
    "KEY_GONE": (
        WARNING,
        "行标识所指的项目已不存在，请选择项目、新建或不导入",
        "The project this row was handed out for is not there any more; choose one, make a new one, or leave it out",
    ),
    "KEY_INVALID": (
        WARNING,
        "行标识无效，已按项目代码和名称查找",
        "The row's hidden key is damaged or of another list; code and name were used instead",
    ),
    "KEPT_HERE": (
        WARNING,
        "导出之后系统中已改动，表中仍是旧值，保留系统中的值",
        "Changed here since the workbook was handed out, not in the file: what stands here is kept",
    ),
    "RENAMED": (
        WARNING,
        "所选项目将由“{old}”改名为“{raw}”",
        "The project you chose is renamed from “{old}” to “{raw}”",
    ),
    "NOT_STORABLE": (ERROR, "{zh}", "{en}"),
    "MONTH_LOCKED": (ERROR, "{zh}", "{en}"),
    "CREDIT_CODE_DIFFERS": (
        WARNING,
        "同一建设单位有不同的信用代码，采用先出现的 {other}",
        "The same enterprise has another credit code further up; {other} is used",
    ),
    "STAGE_LOOSE": (WARNING, "“{raw}”按“{zh}”导入", "“{raw}” is read as “{en}”"),
    "STAGE_BACK": (WARNING, "阶段将由“{old_zh}”退回“{zh}”", "The stage goes back from “{old_en}” to “{en}”"),
    "MONTH_DIFFERS": (
        WARNING,
        "表头写的是 {header}，按所选的 {chosen} 导入",
        "The headers say {header}, the chosen month {chosen} is used",
    ),
}  # fmt: skip


def told(table: Sentences, kind: str, sheet: str = "", cell: str = "", raw: str = "", /, **params: Any) -> Remark:
    """One of the table's sentences about a cell (or row, or the file), in the form ImportRow.findings keeps.

    ``params`` fill the names in braces; ``{raw}`` is the cell's content on one line, cut.
    """
    severity, zh, en = table[kind]
    words = {"raw": short(raw), **params}
    return {
        "severity": severity.value, "kind": kind, "sheet": sheet, "cell": cell, "raw": raw,
        "message_zh": zh.format_map(words), "message_en": en.format_map(words),
    }  # fmt: skip


remark = partial(told, SENTENCES)


def as_remark(found: Finding) -> Remark:
    """A finding of the reader in the form ImportRow.findings keeps."""
    return {
        "severity": found.severity.value, "kind": found.kind, "sheet": found.sheet, "cell": found.cell,
        "raw": found.raw, "message_zh": found.message_zh, "message_en": found.message_en,
    }  # fmt: skip

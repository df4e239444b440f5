"""What the importer has to say: findings about cells, and refusals of whole files.

Every code has one severity and one sentence in Chinese and in English.  ``{raw}`` and the other names in braces are
filled from the finding itself.  Pure: no Django, so the sentences live here and not in the message catalogue.
"""

import dataclasses
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from projects.ledger.refusals import REASONS


class Severity(StrEnum):
    """An error keeps its row out of the register; a warning only asks a person to look."""

    ERROR = "error"
    WARNING = "warning"


ERROR, WARNING = Severity.ERROR, Severity.WARNING

CODES: dict[str, tuple[Severity, str, str]] = {
    "NAME_MISSING": (ERROR, "项目名称为空", "The project name is empty"),
    "CODE_DUPLICATE": (ERROR, "项目代码与第 {row} 行重复", "The project code repeats row {row}"),
    "DATE_AMBIGUOUS": (
        ERROR,
        "日期有歧义：数值“{raw}”可能是1月或10月，请改成文本或日期",
        "Ambiguous date: the number “{raw}” may be January or October; enter it as a date or as text",
    ),
    "DATE_INVALID": (ERROR, "日期不存在或看不懂：“{raw}”", "Impossible or unreadable date: “{raw}”"),
    "MONEY_RANGE": (ERROR, "金额为区间：“{raw}”，请填一个数", "A range instead of an amount: “{raw}”"),
    "MONEY_CURRENCY": (ERROR, "外币金额：“{raw}”，请折算成人民币", "Foreign currency: “{raw}”"),
    "NUMBER_INVALID": (ERROR, "数值看不懂：“{raw}”", "Unreadable number: “{raw}”"),
    "UNIT_UNKNOWN": (
        ERROR,
        "单位不明：单元格、表头、表上方都没有写单位",
        "Unknown unit: none in the cell, the header or above the table",
    ),
    "STAGE_UNKNOWN": (ERROR, "阶段无法对应：“{raw}”", "Unknown stage: “{raw}”"),
    "CELL_ERROR": (ERROR, "单元格为错误值 {raw}", "The cell holds the error {raw}"),
    "FORMULA_NO_VALUE": (
        ERROR,
        "公式没有计算结果，请在 Excel 中打开、保存后再上传",
        "Formula without a stored result; open and save the file in Excel, then upload it again",
    ),
    "TEXT_TOO_LONG": (ERROR, "文字过长：{length} 字，最多 {limit} 字", "Text too long: {length} of at most {limit}"),
    "MONEY_APPROX": (WARNING, "约数：“{raw}”", "Approximate amount: “{raw}”"),
    "MONEY_NOTE": (WARNING, "金额带附注：{note}", "Amount with a note: {note}"),
    "MONEY_NEGATIVE": (WARNING, "负数金额：{raw}", "Negative amount: {raw}"),
    "UNIT_SUSPECT": (WARNING, "单位可疑：{raw}（折合 {value} 万元）", "The unit looks wrong: {raw} = {value} 万元"),
    "TOTAL_MISMATCH": (
        WARNING,
        "合计为 {stated}，各行之和为 {sum}，相差 {difference}",
        "The total says {stated}, the rows add up to {sum}: {difference} apart",
    ),
    "PERCENT_HIGH": (WARNING, "完成率超过150%：{raw}", "Completion rate above 150 %: {raw}"),
    "DATE_DONE": (WARNING, "写“{raw}”，日期不明", "“{raw}”: done, date unknown"),
    "DATE_YEAR_ASSUMED": (WARNING, "“{raw}”缺年份，按 {year} 年补", "“{raw}” has no full year, read as {year}"),
    "CODE_FORMAT": (WARNING, "项目代码格式不对：“{raw}”", "The project code does not match the pattern: “{raw}”"),
    "CREDIT_CODE_INVALID": (
        WARNING,
        "统一社会信用代码长度或校验位不对：“{raw}”",
        "Credit code of wrong length or with a wrong check character: “{raw}”",
    ),
    "NAME_SIMILAR": (WARNING, "名称疑似重复：“{other}”", "Name nearly equal to “{other}”"),
    "NAME_CHANGED": (WARNING, "代码相同、名称不同：原名“{old}”", "Same code, other name; the name was “{old}”"),
    "CODE_CHANGED": (WARNING, "名称相同、代码不同：原代码 {old}", "Same name, other code; the code was {old}"),
    "HIDDEN_CONTENT": (WARNING, "有隐藏的行、列或工作表", "Hidden row, column or sheet"),
    "STRUCK_TEXT": (WARNING, "整行删除线：“{raw}”", "Row struck through: “{raw}”"),
    "COMMENT_NOTE": (WARNING, "单元格有批注：{note}", "Cell comment: {note}"),
    "VALUE_UNKNOWN": (WARNING, "无法识别：“{raw}”，未导入", "Not understood and not imported: “{raw}”"),
    "CONTROL_CHARACTER": (WARNING, "去掉了控制字符", "Control characters were removed"),
    "CELL_OUTSIDE": (WARNING, "表格之外的单元格未读取", "A cell far outside the table was not read"),
}

REFUSALS: dict[str, tuple[str, str]] = {
    "ZIP_BOMB": ("文件解压后过大，不能导入", "The file unpacks to far too much"),
    "TOO_LARGE": ("文件过大，或行列超出限制（{limit}）", "The file or its rows and columns exceed the limit ({limit})"),
    "MACRO": ("文件含宏，请另存为不含宏的 .xlsx", "The workbook holds macros; save it as .xlsx without macros"),
    "ENCRYPTED": ("文件设有打开密码，请去掉密码后再上传", "The workbook is password-protected; remove the password"),
    "CORRUPT": ("文件已损坏，无法读取", "The file is damaged"),
    "NOT_XLSX": ("不是 .xlsx 工作簿", "This is not an .xlsx workbook"),
    "LEGACY_XLS": ("旧版 .xls 工作簿，请另存为 .xlsx", "Excel 97–2003 workbook; save it as .xlsx"),
    "XML_UNSAFE": ("文件含外部实体或实体定义，不能导入", "The file holds a document type declaration or entities"),
    "NO_TABLE": (
        "没有找到表格（要有一行表头，至少写明“{title}”）",
        "No table found (a header row with “{title}” is needed)",
    ),
    "NOT_IMPORTED": (
        "这是系统导出的“{name}”，只供查阅，不能导入；请在系统中修改",
        "This is the list “{name}” as this system exports it; it is for reading and cannot be imported",
    ),
    "WRONG_KIND": (
        "这是{found}，不是{wanted}",
        "This is another kind of table ({found}), not the one asked for ({wanted})",
    ),
}


class Refusal(Exception):
    """The whole file is refused; nothing of it was used.  ``code`` is one of REFUSALS, ``what`` one of its REASONS."""

    def __init__(self, code: str, **params: object) -> None:
        self.code = code
        self.params = {"limit": "", "what": "", "title": "项目名称", "found": "", "wanted": "", **params}
        super().__init__(code)

    @property
    def message_zh(self) -> str:
        return self._sentences[0].format_map(_Blank(self.params)).replace("（）", "")

    @property
    def message_en(self) -> str:
        return self._sentences[1].format_map(_Blank(self.params)).replace(" ()", "")

    @property
    def _sentences(self) -> tuple[str, str]:
        return REASONS.get((self.code, str(self.params["what"])), REFUSALS[self.code])

    def __str__(self) -> str:
        return f"{self.code}: {self.message_en}"


class _Blank(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark about one cell (or about the row or sheet whose cell is named)."""

    kind: str
    sheet: str
    cell: str
    raw: str = ""
    field: str | None = None
    params: dict[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        return CODES[self.kind][0]

    @property
    def is_error(self) -> bool:
        return self.severity is ERROR

    @property
    def message_zh(self) -> str:
        return CODES[self.kind][1].format_map(_Blank(self.params, raw=short(self.raw)))

    @property
    def message_en(self) -> str:
        return CODES[self.kind][2].format_map(_Blank(self.params, raw=short(self.raw)))


@dataclass(frozen=True, slots=True)
class Note:
    """A finding before it knows its cell: what a cell parser returns."""

    kind: str
    params: dict[str, Any] = dataclasses.field(default_factory=dict)


def short(text: str, limit: int = 60) -> str:
    """`text` on one line, cut with … after `limit` characters."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"

"""An empty workbook to fill in: the layout of a list, lists of allowed words, and a sheet that explains every column.

The example stands on the sheet 填表说明, never among the data, so that nobody imports it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from tempfile import NamedTemporaryFile
from typing import Any, BinaryIO

import openpyxl
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from accounts.models import Organization, Park
from projects.ledger import marker
from projects.ledger.cells import CHOICES
from projects.ledger.fields import FieldSpec
from projects.ledger.kinds import TableKind
from projects.ledger.layouts import PROJECT_LEDGER, Layout, Leaf
from projects.ledger.project_kind import PROJECTS
from projects.ledger.sheet import safe_cell
from projects.ledger.writer import HEAD, write_head, write_marker
from projects.stages import STAGES

ROWS = 2000  # that are checked while somebody types
LONGEST_PROMPT, LONGEST_TITLE = 255, 32  # characters Excel allows
NUMBERS = frozenset({"money", "land", "floor", "percent", "pp", "number", "integer"})
DATES = frozenset({"date", "planned_date", "enrolment"})
AS_TEXT = frozenset({"code", "credit_code", "phone"})  # digits that are no number
GREY = Font(italic=True, color="FF8A97A3")
WRAPPED = Alignment(wrap_text=True, vertical="top")


@dataclass(frozen=True)
class Meaning:
    """What a column wants, and one example of it."""

    text: str
    example: str = ""


BY_KIND: Mapping[str, Meaning] = {
    "money": Meaning("金额，填数字；单位见表头", "15000"),
    "land": Meaning("面积，填数字，单位亩", "66.67"),
    "floor": Meaning("面积，填数字，单位平方米", "24000"),
    "percent": Meaning("百分数，如 45%", "45%"),
    "pp": Meaning("百分点，可为负数", "-3.5"),
    "date": Meaning("日期；不知道日子的可写到月、季度、半年或年，已完成而时间不详的写“已完成”", "2025-04-30"),
    "planned_date": Meaning("计划日期；可写到月、季度、半年或年", "2025年二季度"),
    "enrolment": Meaning("入库日期；未入库的写“未入库”", "2025-04-30"),
    "yes_no": Meaning("是或否", "是"),
    "period": Meaning("起止年月", "2024.03-2026.12"),
    "phone": Meaning("电话号码，可写几个，用顿号隔开", "13800000000"),
    "credit_code": Meaning("18 位统一社会信用代码", ""),
    "contact": Meaning("姓名", "张三"),
    "people": Meaning("姓名，可写几个，用顿号隔开", "张三、李四"),
    "leader": Meaning("姓名，可在括号内写单位", "李四（管委会）"),
    "long_text": Meaning("文字，最多 4000 字"),
}
PROJECT_MEANINGS: Mapping[str, Meaning] = {
    "code": Meaning("投资项目在线审批监管平台的项目代码；有代码的按代码对应已有项目", "2501-440000-04-01-123456"),
    "name": Meaning("必填；没有代码的按名称对应已有项目", "示例新材料生产基地项目"),
    "enterprise": Meaning("建设单位全称", "示例新材料有限公司"),
    "industry": Meaning("所属产业", "新材料"),
    "nature": Meaning("建设性质", "新建"),
    "level": Meaning("项目层级", "市重点"),
    "total_investment_10k": Meaning("计划总投资，单位亿元", "1.5"),
    "equipment_investment_10k": Meaning("总投资中的设备投资，单位亿元", "0.6"),
    "stage_raw": Meaning("所处阶段；暂停、终止的照写", "开工"),
    "responsible_unit": Meaning("牵头责任单位，从列表中选，也可填新单位", ""),
    "annual_plan_10k": Meaning("本年度计划投资，单位万元", "8000"),
    "ytd_investment_10k": Meaning("本年初至报告月累计完成投资，单位万元", "3200"),
}


def template(
    kind: TableKind,
    layout: Layout,
    *,
    park: Park,
    title: str,
    year: int | None = None,
    month: int | None = None,
    choices: Mapping[str, Sequence[str]] | None = None,
    meanings: Mapping[str, Meaning] | None = None,
) -> BinaryIO:
    """An open temporary file, at its beginning.

    ``choices``: {field: words offered}, beyond the closed lists of the kind's fields; other words are still possible
    there. ``meanings``: {field: what it means}, where the field's kind does not say it all.
    """
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = layout.sheet
    write_head(sheet, layout, title, ("每行一项，填写要求见“填表说明”", "请勿改动表头"), year, month, ours=False)
    guide = [_column(kind, leaf, choices or {}, meanings or {}) for leaf in layout.leaves if leaf.field]
    _explain(book.create_sheet(marker.GUIDE), guide, layout, year, month)
    lists = _lists(book, guide)
    for number, leaf in enumerate(layout.leaves, 1):
        column = next((each for each in guide if each.leaf is leaf), None)
        if column is not None:
            _check(sheet, layout, number, column, lists)
    write_marker(book, marker.Marker(kind.key, kind.name_zh, park.code, "", year, month))
    file = NamedTemporaryFile(suffix=".xlsx")  # noqa: SIM115
    book.save(file)
    file.seek(0)
    return file


def project_template(user, today: date) -> BinaryIO:
    """The project ledger to fill in for this month, with the units of the person's park."""
    units = Organization.objects.filter(park=user.park).units()
    names = list(units.order_by("name").values_list("name", flat=True))
    return template(
        PROJECTS,
        PROJECT_LEDGER,
        park=user.park,
        title=f"{user.park.name_zh}重点项目台账",
        year=today.year,
        month=today.month,
        choices={"responsible_unit": names, "stage_raw": [*(row.name_zh for row in STAGES.values()), "暂停", "终止"]},
        meanings=PROJECT_MEANINGS,
    )


@dataclass(frozen=True)
class _Column:
    leaf: Leaf
    spec: FieldSpec
    meaning: Meaning
    words: Sequence[str]
    is_closed: bool


def _column(
    kind: TableKind, leaf: Leaf, choices: Mapping[str, Sequence[str]], meanings: Mapping[str, Meaning]
) -> _Column:
    spec = kind.fields[leaf.field or ""]
    meaning = meanings.get(spec.name) or BY_KIND.get(spec.kind) or Meaning(spec.name_zh)
    closed = _closed(spec)
    words = list(choices.get(spec.name, ())) or closed
    return _Column(leaf, spec, meaning, words, bool(closed) and set(words) <= set(_all_words(spec)))


def _all_words(spec: FieldSpec) -> Iterable[str]:
    if spec.kind == "yes_no":
        return ("是", "否")
    return spec.choices or CHOICES.get(spec.name, {}) if spec.kind == "choice" else ()


def _closed(spec: FieldSpec) -> list[str]:
    """The words of a closed list, one for each value: 市重点 rather than 市."""
    words = _all_words(spec)
    if not isinstance(words, Mapping):
        return list(words)
    one: dict[Any, str] = {}
    for word, value in words.items():
        if value not in one or word == f"{one[value]}重点":
            one[value] = word
    return list(one.values())


def _explain(sheet: Worksheet, columns: Sequence[_Column], layout: Layout, year: int | None, month: int | None) -> None:
    heads = [("列", 30), ("填什么", 60), ("单位", 10), ("可填的词", 50), ("示例", 30)]
    for number, (text, width) in enumerate(heads, 1):
        cell = safe_cell(sheet, 1, number, text)
        for name, style in HEAD.items():
            setattr(cell, name, style)
        sheet.column_dimensions[get_column_letter(number)].width = width
    for row, column in enumerate(columns, 2):
        group = f"{column.leaf.group}/" if column.leaf.group else ""
        header = (group + column.leaf.header).format(year=year or 0, month=month or 0)
        words = "、".join(column.words[:30]) + ("……" if len(column.words) > 30 else "")
        example = column.meaning.example or (column.words[0] if column.words else "")
        line = (header, column.meaning.text, {"m2": "㎡"}.get(column.leaf.unit or "", column.leaf.unit), words, example)
        for number, text in enumerate(line, 1):
            cell = safe_cell(sheet, row, number, text or None)
            cell.alignment = WRAPPED
            if number == len(line):
                cell.font = GREY
    sheet.freeze_panes = "A2"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _lists(book: openpyxl.Workbook, columns: Sequence[_Column]) -> dict[str, str]:
    """The hidden sheet of words: {field: its range}."""
    sheet = book.create_sheet(marker.CHOICES)
    sheet.sheet_state = "hidden"
    found = {}
    for number, column in enumerate((each for each in columns if each.words), 1):
        safe_cell(sheet, 1, number, column.spec.name_zh)
        for row, word in enumerate(column.words, 2):
            safe_cell(sheet, row, number, word)
        letter = get_column_letter(number)
        found[column.spec.name] = f"'{marker.CHOICES}'!${letter}$2:${letter}${len(column.words) + 1}"
    return found


def _check(sheet: Worksheet, layout: Layout, number: int, column: _Column, lists: Mapping[str, str]) -> None:
    """What the program says while somebody types in this column."""
    letter = get_column_letter(number)
    if column.spec.kind in AS_TEXT:
        sheet.column_dimensions[letter].number_format = "@"
    rule = DataValidation(allow_blank=True, **_rule(column, lists))
    rule.promptTitle, rule.prompt = column.spec.name_zh[:LONGEST_TITLE], column.meaning.text[:LONGEST_PROMPT]
    rule.errorTitle, rule.error = column.spec.name_zh[:LONGEST_TITLE], f"请检查：{column.meaning.text}"[:LONGEST_PROMPT]
    rule.showInputMessage = rule.showErrorMessage = True
    first = layout.first_data_row
    rule.add(f"{letter}{first}:{letter}{first + ROWS - 1}")
    sheet.add_data_validation(rule)


def _rule(column: _Column, lists: Mapping[str, str]) -> dict[str, Any]:
    spec = column.spec
    if spec.name in lists:
        return {"type": "list", "formula1": lists[spec.name], "errorStyle": "stop" if column.is_closed else "warning"}
    if spec.kind in NUMBERS:
        least = "-1000000000" if spec.kind == "pp" else "0"
        return {"type": "decimal", "operator": "greaterThanOrEqual", "formula1": least, "errorStyle": "warning"}
    if spec.kind in DATES:
        start = "DATE(1990,1,1)"
        return {"type": "date", "operator": "greaterThanOrEqual", "formula1": start, "errorStyle": "information"}
    longest = str(spec.limit or 4000)
    return {"type": "textLength", "operator": "lessThanOrEqual", "formula1": longest, "errorStyle": "stop"}

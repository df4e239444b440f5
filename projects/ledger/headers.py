"""From a sheet to its table: header rows, header paths, fields, units, year and month. Pure.

A new layout needs no new code as long as its column names are in `SYNONYMS` or match a pattern of `PATTERNS`.
"""

import re
from dataclasses import dataclass, replace
from functools import cached_property

from projects.ledger.amounts import AREA_UNITS, MONEY_UNITS
from projects.ledger.fields import FIELDS, PLANNED_NAMES
from projects.ledger.text import folded
from projects.ledger.workbook import Sheet

MAX_HEADER_ROWS = 4
SEARCH_ROWS = 60
ENOUGH_HITS = 3

SYNONYMS: dict[str, str] = {
    "code": "项目代码 项目编码 备案代码 备案证号 项目统一代码 投资项目代码",
    "name": "项目名称 工程名称 项目 项目名 重点项目名称 项目(工程)名称",
    "enterprise": (
        "建设单位 业主单位 企业名称 项目单位 业主 投资方 投资主体 投资单位 实施单位 单位名称 项目业主 "
        "建设主体 企业 投资企业"
    ),
    "credit_code": "统一社会信用代码 信用代码 社会信用代码",
    "contact_name": (
        "联系人 联系人及联系电话 联系人及电话 联系人电话 企业联系人 项目联系人 联系人姓名 企业联系人及电话 联系人/电话"
    ),
    "contact_phone": "联系电话 电话 手机 手机号 手机号码 联系方式 联系人手机",
    "industry": "产业类别 所属行业 行业 行业类别 产业类型 所属产业 行业分类 产业 产业领域 国民经济行业",
    "nature": "建设性质 项目类别 项目性质 建设类型 项目类型",
    "level": "项目层级 项目级别 重点级别 层级 级别 项目等级 重点层级",
    "location": "建设地点 建设地址 项目地址 地点 选址 项目选址 建设位置 项目地点",
    "content": (
        "建设规模及主要建设内容 建设内容 建设规模 主要建设内容 项目概况 建设内容及规模 主要建设内容及规模 "
        "建设规模及内容 建设规模和内容"
    ),
    "period": "建设起止年限 起止年限 建设周期 建设年限 建设期限 起止时间 建设起止时间 建设起止年月 建设工期",
    "total_investment_10k": "总投资 投资额 计划总投资 投资总额 项目总投资 总投资额 投资规模 概算总投资 总投资规模",
    "equipment_investment_10k": "设备投资 设备购置 设备投资额 设备购置费",
    "land_mu": "用地面积 占地面积 用地 占地 土地面积 项目用地 用地规模",
    "floor_area_m2": "建筑面积 总建筑面积 建筑规模",
    "stage_raw": "当前阶段 目前进度 项目阶段 所处阶段 阶段 建设阶段 当前进度 目前阶段 推进阶段 项目状态 当前状态",
    "progress": "形象进度 进展情况 项目进展 工作进展 建设进展 目前进展 进度情况 工程进度 项目进展情况 当前进展",
    "enrolled": (
        "是否入库 是否入统 是否纳统 是否入库纳统 是否纳入统计 入库情况 入统情况 纳统情况 入库纳统 是否已入库 是否已入统"
    ),
    "enrolled_on": "入库时间 入统时间 纳统时间 入库日期 入统日期 入库纳统时间 纳统日期",
    "responsible_unit": "责任单位 责任部门 牵头单位 包联单位 包保单位 服务单位 属地 牵头责任单位 责任单位(部门)",
    "leader": "包联领导 包保领导 联系领导 挂点领导 责任领导 领导 包抓领导 挂钩领导 牵头领导 区级领导",
    "specialist": "服务专员 专员 项目专员 服务秘书 项目秘书 帮办专员 服务管家 责任人",
    "issue": "存在问题 存在的问题 存在的问题及困难 存在问题及困难 存在困难 困难问题 需协调问题 需协调解决的问题 问题",
    "next_plan": (
        "下步工作计划 下一步工作计划 下步工作 下一步计划 下步计划 下一步工作 下步打算 下步工作安排 下一步工作安排"
    ),
    "light": "预警 亮灯 亮灯情况 红黄绿灯 预警等级 预警灯 亮灯预警 红黄绿",
    "remark": "备注 说明 备注说明",
    "completion_rate_pct": (
        "完成率 占年度计划 投资完成率 完成比例 占年度计划比例 年度计划完成率 占计划 占年计划 完成年度计划"
    ),
    "vs_schedule_pp": "比序时进度 与序时进度比 较序时进度 序时进度差 比序时 超序时",
    "annual_plan_10k": (
        "年度计划 年度计划投资 计划投资 年计划投资 年度投资计划 年度投资目标 年计划 投资计划 计划完成投资 年度目标"
    ),
    "ytd_investment_10k": (
        "累计 累计完成 累计完成投资 累计投资 本年累计 年初以来累计 本年累计完成 年度累计完成投资 已完成投资 完成投资"
    ),
    "month_investment_10k": "本月完成 当月完成 本月投资 当月投资 本月完成投资 当月完成投资 本月",
}
_BY_WORD = {folded(word): field for field, line in SYNONYMS.items() for word in line.split()}
_SERIAL = {"序号", "编号", "序", "No", "NO", "No."}
_RESPONSIBILITY = {"定领导", "定举措", "定标准", "定奖惩"}

# Tried in order on the folded leaf when no synonym fits.
PATTERNS: list[tuple[re.Pattern[str], str]] = [
    (
        re.compile(r"(上年|去年|\d{4}年?)[底末].*(投资|累计|完成)|截[至止].*年[底末].*(投资|完成)"),
        "invested_before_10k",
    ),
    (re.compile(r"信用代码"), "credit_code"),
    (re.compile(r"项目.*代码|备案.*代码"), "code"),
    (re.compile(r"(入库|入统|纳统)(时间|日期)"), "enrolled_on"),
    (re.compile(r"是否.*(入库|入统|纳统)"), "enrolled"),
    (re.compile(r"序时"), "vs_schedule_pp"),
    (re.compile(r"完成率|占.*计划"), "completion_rate_pct"),
    (re.compile(r"联系人"), "contact_name"),
    (re.compile(r"电话|手机"), "contact_phone"),
    (re.compile(r"设备.*投资"), "equipment_investment_10k"),
    (re.compile(r"总投资"), "total_investment_10k"),
    (re.compile(r"(年度?|计划).*计划.*投资|年度?.*投资计划|年度?计划"), "annual_plan_10k"),
    (re.compile(r"累计.*(完成|投资)|(完成|投资).*累计"), "ytd_investment_10k"),
    (re.compile(r"建筑面积"), "floor_area_m2"),
    (re.compile(r"(用地|占地|土地)面积"), "land_mu"),
    (re.compile(r"建设.*(内容|规模)"), "content"),
    (re.compile(r"存在.*(问题|困难)"), "issue"),
    (re.compile(r"下一?步"), "next_plan"),
    (re.compile(r"(包联|包保|联系|挂点|包抓).*领导"), "leader"),
    (re.compile(r"责任(单位|部门)"), "responsible_unit"),
    (re.compile(r"(项目|工程)名称"), "name"),
    (re.compile(r"备\s*注"), "remark"),
]
_MILESTONES = [
    (re.compile(r"签约|签订"), "signed"),
    (re.compile(r"注册"), "registered"),
    (re.compile(r"备案|立项"), "filed"),
    (re.compile(r"摘牌|拿地|供地|土地出让"), "land"),
    (re.compile(r"开工"), "started"),
    (re.compile(r"封顶"), "topped_out"),
    (re.compile(r"竣工|完工"), "completed"),
    (re.compile(r"投产"), "production"),
    (re.compile(r"达产"), "full_capacity"),
]
_TIME_WORD = re.compile(r"时间|日期|年月|节点")
_PLAN_WORD = re.compile(r"计划|预计|拟|目标|预期")
_UNIT_WORDS = sorted([*MONEY_UNITS, *AREA_UNITS], key=len, reverse=True)
_UNIT_IN_BRACKETS = re.compile(
    r"\((?:单位:?)?(" + "|".join(_UNIT_WORDS) + r")\)|:(" + "|".join(_UNIT_WORDS) + r")$", re.I
)
_UNIT_CAPTION = re.compile(r"(?<![一-鿿])(?:金额|计量|投资)?单位:(\S{1,40})")
_MONTH = re.compile(r"(\d{1,2})月")
_YEAR = re.compile(r"(20\d{2})年")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table. `field` None: not imported. `confidence`: 1 known word, 0.8 pattern, 0 unknown."""

    number: int
    header: str
    field: str | None
    unit: str | None = None
    confidence: float = 0.0


@dataclass(frozen=True)
class Table:
    """A recognised table; `first_row`…`last_row` are its data rows, all numbers 1-based."""

    sheet: str
    kind: str  # project_ledger | responsibility_ledger
    header_rows: tuple[int, ...]
    first_row: int
    last_row: int
    columns: tuple[Column, ...]
    unit_default: str | None = None
    area_unit_default: str | None = None
    year: int | None = None
    month: int | None = None

    @cached_property
    def imported(self) -> frozenset[int]:
        """Numbers of the columns that have a field."""
        return frozenset(each.number for each in self.columns if each.field)

    def column(self, field: str) -> Column | None:
        return next((each for each in self.columns if each.field == field), None)

    @property
    def unknown_columns(self) -> tuple[Column, ...]:
        """Columns that are not imported, the serial number apart."""
        return tuple(each for each in self.columns if each.field is None and folded(each.header) not in _SERIAL)


def find_table(sheet: Sheet) -> Table | None:
    """The table of the sheet, or None when no row looks like a header with a project name."""
    start = _first_header_row(sheet)
    if start is None:
        return None
    rows = _header_band(sheet, start)
    paths = _paths(sheet, rows)
    columns = _with_units(_mapped(paths), paths, sheet, rows[0])
    caption = _captions(sheet, rows[0])
    money, area = _caption_units(caption)
    year, month = _year_and_month(paths, caption)
    words = {folded(path[-1]) for path in paths.values() if path}
    kind = "responsibility_ledger" if len(words & _RESPONSIBILITY) >= 2 else "project_ledger"
    return Table(sheet.name, kind, rows, rows[-1] + 1, sheet.last_row, columns, money, area, year, month)


def _cell_text(sheet: Sheet, row: int, column: int) -> str:
    cell = sheet.cell(row, column, merged=True)
    return cell.value if cell and isinstance(cell.value, str) else ""


def _own_texts(sheet: Sheet, row: int) -> dict[int, str]:
    found = {}
    for column in range(1, sheet.last_column + 1):
        cell = sheet.cells.get((row, column))
        if cell and isinstance(cell.value, str):
            found[column] = cell.value
    return found


def _first_header_row(sheet: Sheet) -> int | None:
    for row in sheet.rows[:SEARCH_ROWS]:
        texts = [folded(text) for text in _own_texts(sheet, row).values()]
        hits = {field for field in (_word_field(_stripped(text)) for text in texts) if field}
        serial = bool(_SERIAL.intersection(texts))
        if len(hits) + serial >= ENOUGH_HITS and ("name" in hits or len(hits) >= 6):
            return _with_groups_above(sheet, row)
    return None


def _with_groups_above(sheet: Sheet, row: int) -> int:
    """One row up when that row holds merged group headings and no title, unit or reporter."""
    texts = _own_texts(sheet, row - 1)
    groups = [each for each in sheet.merges if each.top == each.bottom == row - 1 and each.right > each.left]
    wide = any(each.right - each.left + 1 > sheet.last_column * 0.7 for each in groups)
    captions = any(re.search(r"[:：]|单位|截至", text) for text in texts.values())
    return row - 1 if groups and texts and not wide and not captions else row


def _header_band(sheet: Sheet, first: int) -> tuple[int, ...]:
    """The header rows from `first`: as deep as its cells are merged down, and below groups merged across."""
    last = first
    while last - first + 1 < MAX_HEADER_ROWS:
        deeper = max((m.bottom for m in sheet.merges if first <= m.top <= last), default=last)
        groups = [m for m in sheet.merges if m.top == m.bottom == last and m.right > m.left]
        if deeper <= last and not _names_groups(sheet, last, groups):
            break
        last = min(max(deeper, last + 1), first + MAX_HEADER_ROWS - 1)
    return tuple(range(first, last + 1))


def _names_groups(sheet: Sheet, row: int, groups: list) -> bool:
    """True when every cell below the merged headings of `row` is a short text."""
    below = [sheet.cells.get((row + 1, column)) for m in groups for column in range(m.left, m.right + 1)]
    filled = [cell for cell in below if cell is not None]
    return len(filled) >= 2 and all(isinstance(c.value, str) and not _looks_like_data(c.value) for c in filled)


def _looks_like_data(text: str) -> bool:
    return bool(re.fullmatch(r"[\d.,%\-/年月日:\s]+", text))


def _paths(sheet: Sheet, rows: tuple[int, ...]) -> dict[int, list[str]]:
    """Column → header texts from the top, blanks and repeated merges left out."""
    paths: dict[int, list[str]] = {}
    for column in range(1, sheet.last_column + 1):
        path: list[str] = []
        seen: set[tuple[int, int]] = set()
        for row in rows:
            at = sheet.anchors.get((row, column), (row, column))
            text = re.sub(r"\s+", "", _cell_text(sheet, row, column))
            if text and at not in seen:
                path.append(text)
            seen.add(at)
        paths[column] = path
    return paths


def _stripped(text: str) -> str:
    """A folded header without its bracketed remarks, ``其中:``, year and months."""
    text = re.sub(r"\((?!工程\)|摘牌\)|部门\))[^()]*\)", "", text)
    text = re.sub(r"^其中:?|^#", "", text)
    text = re.sub(r"^20\d{2}年度?(?=.{2})|^截[至止](?=\d{1,2}月)", "", text)
    text = re.sub(r"^(?:年度)?1?-?\d{1,2}月份?(?=累计|完成|投资)", "", text)
    return text.strip(":：,，")


def _word_field(text: str) -> str | None:
    return _BY_WORD.get(text)


def match_header(path: list[str]) -> tuple[str | None, float]:
    """Field and confidence for a header path such as [关键时间, 签约]."""
    if not path:
        return None, 0.0
    levels = [folded(level) for level in path]
    leaf = levels[-1]
    if leaf in _SERIAL:
        return None, 0.0
    for found in (_milestone(levels), _investment(leaf)):
        if found:
            return found, 1.0
    if field := _word_field(leaf) or _word_field(_stripped(leaf)):
        return field, 1.0
    for pattern, field in PATTERNS:
        if pattern.search(leaf):
            return field, 0.8
    return None, 0.0


def _milestone(levels: list[str]) -> str | None:
    """A column of dates: 开工时间, or 开工 below 关键时间; 计划/预计 makes it a planned date."""
    leaf, above = levels[-1], "".join(levels[:-1])
    if re.search(r"是否|投资|情况|[入纳]库|入统|纳统|起止", leaf):
        return None
    if not (_TIME_WORD.search(leaf) or (_TIME_WORD.search(above) and len(leaf) <= 8)):
        return None
    for pattern, name in _MILESTONES:
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


def _mapped(paths: dict[int, list[str]]) -> list[Column]:
    """Columns with fields; of two columns with one field the surer, then the left one, keeps it."""
    found = [Column(number, "/".join(path), *_as_pair(path)) for number, path in paths.items() if path]
    months = [column for column in found if column.field == "month_investment_10k"]
    if len(months) > 1:
        found = [_monthly(column) if column in months else column for column in found]
    best: dict[str, Column] = {}
    for column in found:
        if column.field and (column.field not in best or column.confidence > best[column.field].confidence):
            best[column.field] = column
    return [
        column if column.field is None or best[column.field] is column else replace(column, field=None)
        for column in found
    ]


def _as_pair(path: list[str]) -> tuple[str | None, None, float]:
    field, confidence = match_header(path)
    return field, None, confidence


def _monthly(column: Column) -> Column:
    month = _MONTH.search(folded(column.header.rpartition("/")[2]))
    field = f"monthly_investment_10k.{int(month[1])}" if month else None
    return replace(column, field=field if field in FIELDS else None)


def _with_units(
    columns: list[Column], paths: dict[int, list[str]], sheet: Sheet, header_row: int
) -> tuple[Column, ...]:
    """Units: from the column's own header levels, for 其中：… from the column it belongs to, else the caption's."""
    money, area = _caption_units(_captions(sheet, header_row))
    found: list[Column] = []
    owner: str | None = None
    for column in columns:
        family = FIELDS[column.field].unit_family if column.field else None
        own = _unit_of(paths[column.number], family)
        part_of = folded(paths[column.number][-1]).startswith("其中")
        unit = own or (owner if part_of else None) or {"money": money, "area": area}.get(family or "")
        if family == "money" and not part_of:
            owner = unit
        found.append(replace(column, unit=unit if family else None))
    return tuple(found)


def _unit_of(path: list[str], family: str | None) -> str | None:
    known = {"money": MONEY_UNITS, "area": AREA_UNITS}.get(family or "", {})
    for level in reversed(path):
        for match in _UNIT_IN_BRACKETS.finditer(folded(level)):
            unit = (match[1] or match[2]).lower()
            if unit in known:
                return unit
        plain_end = next((unit for unit in _UNIT_WORDS if unit in known and folded(level).endswith(unit)), None)
        if plain_end and len(plain_end) > 1:
            return plain_end
    return None


def _captions(sheet: Sheet, header_row: int) -> list[str]:
    """Texts above the header."""
    return (
        [
            cell.value
            for (row, _column), cell in sorted(sheet.cells.items())
            if row < header_row and isinstance(cell.value, str)
        ]
        if header_row > 1
        else []
    )


def _caption_units(captions: list[str]) -> tuple[str | None, str | None]:
    """``单位：万元、亩`` → (万元, 亩); 填报单位 and 责任单位 are no units."""
    money = area = None
    for text in captions:
        for match in _UNIT_CAPTION.finditer(re.sub(r"\s+", " ", text).replace("：", ":").replace("（", "(")):
            for word in re.split(r"[、,，;/(（)）]", folded(match[1])):
                money = money or (word if word in MONEY_UNITS else None)
                area = area or (word if word in AREA_UNITS else None)
    return money, area


def _year_and_month(paths: dict[int, list[str]], captions: list[str]) -> tuple[int | None, int | None]:
    """Report year and month out of the headers, else out of the captions above."""
    year = month = None
    for path in paths.values():
        field, _ = match_header(path)
        if field not in ("annual_plan_10k", "ytd_investment_10k", "month_investment_10k"):
            continue
        text = folded("/".join(path))
        if found := _YEAR.search(text):
            year = year or int(found[1])
        if field != "annual_plan_10k" and (months := _MONTH.findall(text)):
            month = max(month or 0, int(months[-1]))
    for caption in captions:
        text = folded(caption)
        found = re.search(r"(20\d{2})[年.\-/](\d{1,2})(?:月|[.\-/])", text)
        year = year or (int(found[1]) if found else None) or (int(m[1]) if (m := _YEAR.search(text)) else None)
        month = month or (int(found[2]) if found else None)
    return year, month if month and 1 <= month <= 12 else None

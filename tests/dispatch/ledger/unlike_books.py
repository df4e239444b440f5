# ruff: noqa: E501, DTZ001 - rows as they stand in the file, dates as openpyxl wants them
"""Responsibility ledgers as other offices write them: other words, orders, headers. Each with what it says, by reasoning.

``Book.tasks``: by row, the values that a reader must find there (``project`` is the code of the linked project, None for
no link). ``findings``: every (kind, cell) but the optional ones. ``ignored``: every (sheet, row, why).
"""

import io
from dataclasses import dataclass, field
from datetime import datetime

from openpyxl import Workbook

PROJECTS = {
    "云岭智能装备产业园项目": "2501-420699-04-01-100001",
    "示例一：恒远精密零部件项目": "2501-420699-04-01-100002",
    "启明电子材料一期项目": "2501-420699-04-01-100003",
    "启明电子材料二期项目": "2501-420699-04-01-100004",
    "清水港物流枢纽项目": "2501-420699-04-01-100005",
    "青禾种业(加工)基地项目": "2501-420699-04-01-100006",
    "总计量仪器生产项目": "2501-420699-04-01-100007",
}
TWINS = {"标准-厂房项目": "2501-420699-04-01-100008", "标准厂房": "2501-420699-04-01-100009"}  # both near 标准厂房项目
P1, P2, P3, P4, P5, P6, P7 = PROJECTS.values()


@dataclass
class Book:
    sheets: dict[str, list[list]]
    tasks: dict[tuple[str, int], dict]
    findings: set[tuple[str, str, str]] = field(default_factory=set)
    ignored: set[tuple[str, int, str]] = field(default_factory=set)
    merges: dict[str, list[str]] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()

    def data(self) -> bytes:
        book = Workbook()
        book.remove(book.active)
        for title, rows in self.sheets.items():
            sheet = book.create_sheet(title)
            for number, row in enumerate(rows, 1):
                for column, value in enumerate(row, 1):
                    sheet.cell(number, column).value = value
            for each in self.merges.get(title, ()):
                sheet.merge_cells(each)
            if title in self.hidden:
                sheet.sheet_state = "hidden"
        buffer = io.BytesIO()
        book.save(buffer)
        return buffer.getvalue()


def at(text, precision="day"):
    return {"value": text, "precision": precision}


BOOKS: dict[str, Book] = {}
FIVE = ["李甲", "专班驻点", "2025-04-01", "2025-06-30", "取得批复", "逾期扣分"]
_five = {
    "leader": "李甲", "measures": "专班驻点", "start": at("2025-04-01"), "end": at("2025-06-30"), "standard": "取得批复",
    "reward_penalty": "逾期扣分",
}  # fmt: skip

# 五定 above its parts, 定工期 above 起 and 止: three rows of headers, project names merged ----------------------------

BOOKS["five_above_its_parts"] = Book(
    {
        "五定台账": [
            ["云岭高新区重点项目“五定”责任清单"],
            ["填报单位：项目服务中心", None, None, None, None, None, None, None, "截至2025年4月30日"],
            ["序号", "重点项目", "节点任务", "五定", None, None, None, None, None, "单位", None, "推进", None, None],
            [None, None, None, "定领导", "定举措", "定工期", None, "定标准", "定奖惩", "牵头单位", "协办单位", "进展情况",
             "未完成原因", "是否办结"],
            [None, None, None, None, None, "起", "止"],
            [1, "云岭智能装备产业园项目", "施工图审查", *FIVE, "住建局", "消防、人防", "已办结", None, "是"],
            [2, None, "开工准备", "李甲", "临水临电接入", datetime(2025, 5, 6), "6月底", "正式打桩", "通报", "东园街道", None,
             "推进中", None, "否"],
            [3, "清水港物流枢纽项目", "用地报批", *FIVE, "资规局", None, "未完成", "指标未落实", "×"],
        ]
    },
    {
        ("五定台账", 6): {**_five, "project": P1, "task": "施工图审查", "responsible_unit": "住建局",
                          "cooperating_units": "消防、人防", "status": "已办结", "delay_reason": None, "closed": True},
        ("五定台账", 7): {"project": P1, "leader": "李甲", "measures": "临水临电接入", "start": at("2025-05-06"),
                          "end": at("2025-06-30"), "standard": "正式打桩", "reward_penalty": "通报",
                          "responsible_unit": "东园街道", "closed": False},
        ("五定台账", 8): {**_five, "project": P5, "task": "用地报批", "delay_reason": "指标未落实", "closed": False},
    },
    merges={"五定台账": ["A1:N1", "D3:I3", "J3:K3", "L3:N3", "F4:G4", "A3:A5", "B3:B5", "C3:C5", "D4:D5", "E4:E5", "H4:H5",
                        "I4:I5", "J4:J5", "K4:K5", "L4:L5", "M4:M5", "N4:N5", "B6:B7"]},
)  # fmt: skip

# Units first, the code after the name, every name written out, closing word 销号情况 ---------------------------------

BOOKS["units_first"] = Book(
    {
        "问题销号": [
            ["牵头单位", "协办单位", "问题描述", "项目名称", "项目代码", "牵头领导", "工作举措", "开始时间", "完成时限", "完成标准",
             "奖惩措施", "进展情况", "未完成原因", "销号情况"],
            ["住建局", "消防", "消防验收缺要件", "云岭智能装备产业园项目", P1, *FIVE, "办理中", "图纸修改", "未销号"],
            ["资规局", None, "用地红线未定", "云岭智能装备产业园", P1, *FIVE, "已解决", None, "已销号"],
            ["资规局", "/", "补充耕地指标", "示例一:恒远精密零部件项目", None, *FIVE, None, None, "√"],
            ["金融办", "－", "贷款审批慢", None, P5, "李乙", "银企对接", "2025.4.1", "2025.9.30", "贷款到位", "—", "推进中", "—", "/"],
        ]
    },
    {
        ("问题销号", 2): {**_five, "project": P1, "task": "消防验收缺要件", "responsible_unit": "住建局", "closed": False,
                          "cooperating_units": "消防", "status": "办理中", "delay_reason": "图纸修改"},
        ("问题销号", 3): {**_five, "project": P1, "task": "用地红线未定", "closed": True},
        ("问题销号", 4): {**_five, "project": P2, "task": "补充耕地指标", "closed": True, "cooperating_units": None},
        ("问题销号", 5): {"project": P5, "task": "贷款审批慢", "leader": "李乙", "closed": None, "reward_penalty": None,
                          "start": at("2025-04-01"), "end": at("2025-09-30"), "delay_reason": None},
    },
    {("问题销号", "K5", "FIVE_INCOMPLETE")},
)  # fmt: skip

# Groups, subtotals, notes, a repeated header, blank rows --------------------------------------------------------------

_HEAD = ["编号", "项目名称", "事项", "责任领导", "具体举措", "起始时间", "截止时间", "验收标准", "考核奖惩", "责任单位", "配合部门",
         "工作进展", "滞后原因", "是否销号"]  # fmt: skip
BOOKS["groups_and_totals"] = Book(
    {
        "4月": [
            ["2025年4月重点项目责任台账"],
            _HEAD,
            ["一、东园街道"],
            [1, "云岭智能装备产业园项目", "施工许可", *FIVE, "住建局", None, "办理中", None, "否"],
            [2, "启明电子材料一期项目", "设备安装", *FIVE, "东园街道", None, None, None, "N"],
            ["小计", "2项"],
            [],
            ["二、西园街道"],
            _HEAD,
            [3, "总计量仪器生产项目", "主体封顶", *FIVE, "西园街道", None, None, None, "0"],
            [4, "启明电子材料二期项目", "环评批复", *FIVE, "生态环境分局", None, None, None, "1"],
            ["合计", None, "4项"],
            ["备注：1.五要件缺一不可；2.每月25日前报送。"],
            ["填表人：王某", None, None, None, None, None, "审核人：李某"],
        ]
    },
    {
        ("4月", 4): {**_five, "project": P1, "task": "施工许可", "closed": False, "status": "办理中"},
        ("4月", 5): {**_five, "project": P3, "task": "设备安装", "closed": False},
        ("4月", 10): {**_five, "project": P7, "task": "主体封顶", "closed": False},
        ("4月", 11): {**_five, "project": P4, "task": "环评批复", "closed": True},
    },
    ignored={("4月", 3, "group"), ("4月", 6, "total"), ("4月", 8, "group"), ("4月", 9, "header_repeat"), ("4月", 12, "total"),
             ("4月", 13, "note"), ("4月", 14, "note")},
    merges={"4月": ["A1:N1", "A3:N3", "A8:N8", "A13:N13"]},
)  # fmt: skip

# Traditional characters -----------------------------------------------------------------------------------------------

BOOKS["traditional"] = Book(
    {
        "責任臺賬": [
            ["序號", "項目名稱", "任務（節點）", "定領導", "定舉措", "定工期（起）", "定工期（止）", "定標準", "定獎懲", "責任單位",
             "配合單位", "完成情況", "滯後原因", "是否銷號"],
            [1, "云岭智能装备产业园项目", "施工許可", *FIVE, "住建局", "人防", "辦理中", "等待圖紙", "否"],
            [2, "清水港物流枢纽项目", "堆場施工", *FIVE, "西園街道", None, "完成", None, "已銷號"],
            [3, "启明电子材料二期项目", "環評", *FIVE, "生態環境分局", None, "未完成", None, "未銷號"],
        ]
    },
    {
        ("責任臺賬", 2): {**_five, "project": P1, "task": "施工許可", "status": "辦理中", "delay_reason": "等待圖紙",
                          "closed": False, "cooperating_units": "人防"},
        ("責任臺賬", 3): {**_five, "project": P5, "closed": True},
        ("責任臺賬", 4): {**_five, "project": P4, "closed": False},
    },
)  # fmt: skip

# A sheet for every street, a note in front, a hidden one --------------------------------------------------------------

_SHORT = [
    "项目",
    "工作任务",
    "包联领导",
    "推进措施",
    "工期",
    None,
    "目标",
    "奖惩",
    "主办单位",
    "协同单位",
    "推进情况",
    "原因",
    "销号",
]
_UNDER = [None, None, None, None, "开始", "结束"]
_MERGES = ["A1:A2", "B1:B2", "C1:C2", "D1:D2", "E1:F1", *(f"{c}1:{c}2" for c in "GHIJKLM")]
BOOKS["sheets"] = Book(
    {
        "填表说明": [["填表说明"], ["1. 每个项目的任务逐条填写。"], ["2. 五要件缺一不可。"]],
        "东园": [_SHORT, _UNDER, ["云岭智能装备产业园项目", "施工许可", *FIVE, "住建局", None, "已完成", None, "Y"]],
        "西园": [
            _SHORT, _UNDER, ["清水港物流枢纽项目", "桩基", *FIVE, "西园街道", None, "完成五成", None, "n"],
            [None, "堆场", *FIVE, "西园街道", None, "未开始", None, None],
        ],
        "旧表": [_SHORT, _UNDER, ["不存在的项目", "桩基", *FIVE, "西园街道"]],
    },
    {
        ("东园", 3): {**_five, "project": P1, "task": "施工许可", "responsible_unit": "住建局", "closed": True},
        ("西园", 3): {**_five, "project": P5, "task": "桩基", "status": "完成五成", "closed": False},
        ("西园", 4): {**_five, "project": P5, "task": "堆场", "status": "未开始", "closed": None},
    },
    {("旧表", "*", "HIDDEN_CONTENT")},
    merges={"东园": _MERGES, "西园": [*_MERGES, "A3:A4"], "旧表": _MERGES},
    hidden=("旧表",),
)  # fmt: skip

# Dates of every precision ---------------------------------------------------------------------------------------------


def _dated(number, start, end):
    return [number, "云岭智能装备产业园项目", f"任务{number}", "李甲", "措施", start, end, "标准", "奖惩", "住建局", None, None,
            None, None]  # fmt: skip


_DATES = [
    ("2025年4月8日", "2025.4.18", at("2025-04-08"), at("2025-04-18")),
    ("2025-4-8", "2025/12/31", at("2025-04-08"), at("2025-12-31")),
    ("20250408", "２０２５年６月３０日前", at("2025-04-08"), at("2025-06-30")),
    (datetime(2025, 4, 8), "三季度", at("2025-04-08"), at("2025-09-30")),
    ("2025年二季度", "2025年四季度", at("2025-04-01"), at("2025-12-31")),
    ("2025年上半年", "2025年下半年", at("2025-01-01"), at("2025-12-31")),
    ("2025年", "2026年底", at("2025-01-01"), at("2026-12-31")),
    ("4月8日", "6月底前", at("2025-04-08"), at("2025-06-30")),
    ("2025年5月上旬", "2025年5月中旬", at("2025-05-10"), at("2025-05-20")),
    ("2025年3月", "2025年7月", at("2025-03-01"), at("2025-07-31")),
    ("待定", "年底前", None, at("2025-12-31")),
    ("2025年第1季度", "2025年Q3", at("2025-01-01"), at("2025-09-30")),
    ("2025-04-08 00:00:00", "2025年6月末", at("2025-04-08"), at("2025-06-30")),
    ("二〇二五年四月八日", "2025年十二月", at("2025-04-08"), at("2025-12-31")),
]
BOOKS["dates"] = Book(
    {"台账": [_HEAD, *(_dated(n, start, end) for n, (start, end, _s, _e) in enumerate(_DATES, 1)),
             _dated(15, "2025-04-08", "2025年2月30日"), _dated(16, "2025-04-08", 2025.1)]},
    {("台账", n + 1): {"start": start, "end": end, "project": P1} for n, (_s, _e, start, end) in enumerate(_DATES, 1)}
    | {("台账", 16): {"start": at("2025-04-08"), "end": None}, ("台账", 17): {"end": None}},
    {("台账", "F12", "FIVE_INCOMPLETE"), ("台账", "G16", "DATE_INVALID"), ("台账", "G17", "DATE_AMBIGUOUS")},
)  # fmt: skip

# One column with both dates, words for a closing, several tasks of one problem ----------------------------------------

_PERIOD = ["问题编号", "涉及项目", "问题", "包保领导", "解决措施", "起止时间", "销号标准", "奖惩办法", "责任部门", "配合部门", "办理情况",
           "未按期完成原因", "是否已销号"]  # fmt: skip


def _asked(number, name, period, closed):
    return [
        f"WT-{number:03}",
        name,
        f"问题{number}",
        "李甲",
        "措施",
        period,
        "标准",
        "奖惩",
        "住建局",
        None,
        None,
        None,
        closed,
    ]


_CLOSED = [("已销号", True), ("未销号", False), ("√", True), ("×", False), ("是", True), ("否", False), ("Y", True),
           ("N", False), (1, True), (0, False), ("1", True), ("0", False), ("/", None), ("无", None), ("待定", None),
           (None, None), ("已办结", None), ("未办结", False), ("✓", True), ("✔", True), ("已 销 号", True), ("ｙ", True)]  # fmt: skip
BOOKS["period_and_closing"] = Book(
    {"销号": [_PERIOD, *(_asked(n, "清水港物流枢纽项目", "2025.4.1-2025.6.30", word) for n, (word, _c) in enumerate(_CLOSED, 1)),
             _asked(90, "清水港物流枢纽项目", "2025年4月1日至6月30日", "也许")]},
    {("销号", n + 1): {"start": at("2025-04-01"), "end": at("2025-06-30"), "closed": closed, "project": P5}
     for n, (_word, closed) in enumerate(_CLOSED, 1)}
    | {("销号", len(_CLOSED) + 2): {"start": at("2025-04-01"), "end": at("2025-06-30"), "closed": None, "project": P5}},
    {("销号", "M18", "VALUE_UNKNOWN"), ("销号", "M19", "VALUE_UNKNOWN"), ("销号", f"M{len(_CLOSED) + 2}", "VALUE_UNKNOWN")},
)  # fmt: skip

# Names: near, unknown, twice in the park, brackets, blanks inside -----------------------------------------------------


def _named(number, name):
    return [number, name, f"任务{number}", *FIVE, "住建局", None, None, None, "否"]


BOOKS["names"] = Book(
    {
        "台账": [
            _HEAD,
            _named(1, "云岭智能装备产业园"),
            _named(2, "恒远精密零部件项目"),
            _named(3, "启明电子材料一期"),
            _named(4, "青禾种业（加工）基地项目"),
            _named(5, " 清水港\n物流枢纽项目 "),
            _named(6, "标准厂房项目"),
            _named(7, "未来之城测试项目"),
            _named(8, "启明电子材料三期项目"),
            _named(9, None),
            _named(10, "云岭智能装备产业园项目。"),
            _named(11, "云岭智能装备产业园项目（二期）"),
        ]
    },
    {
        ("台账", 2): {"project": None}, ("台账", 3): {"project": None}, ("台账", 4): {"project": None},
        ("台账", 5): {"project": P6}, ("台账", 6): {"project": P5}, ("台账", 7): {"project": None},
        ("台账", 8): {"project": None}, ("台账", 9): {"project": None}, ("台账", 10): {"project": None},
        ("台账", 11): {"project": None}, ("台账", 12): {"project": None},
    },
    {("台账", "B2", "LINK_CONFIRM"), ("台账", "B3", "LINK_CONFIRM"), ("台账", "B4", "LINK_CONFIRM"),
     ("台账", "B7", "LINK_CONFIRM"), ("台账", "B8", "LINK_NOT_FOUND"), ("台账", "B9", "LINK_NOT_FOUND"),
     ("台账", "B10", "NAME_MISSING"), ("台账", "B11", "LINK_CONFIRM"), ("台账", "B12", "LINK_CONFIRM")},
)  # fmt: skip

# Five parts: what counts as empty; leaders, measures and units merged over the tasks of a project ---------------------

_PARTS = ["序号", "项目名称", "工作事项", "牵头领导", "工作举措", "开始日期", "完成期限", "完成标准", "奖惩措施", "牵头部门", "协助单位",
          "目前进展", "逾期原因", "是否完成"]  # fmt: skip
_WHOLE = ["李甲、李乙", "措施", "2025-4-1", "2025-6-30", "标准", "奖惩"]


def _without(place, word=None):
    return [word if n == place else each for n, each in enumerate(_WHOLE)]


BOOKS["parts"] = Book(
    {
        "台账": [
            ["责任台账"],
            ["单位：项目中心"],
            _PARTS,
            [1, "云岭智能装备产业园项目", "一", *_WHOLE, "住建局", "消防", None, None, None],
            [2, None, "二", None, None, "2025-4-1", "2025-5-30", "标准", None, None, None, None, None, "是"],
            [3, "清水港物流枢纽项目", "三", *_without(0, "/"), "住建局"],
            [4, "清水港物流枢纽项目", "四", *_without(1, "无"), "住建局"],
            [5, "清水港物流枢纽项目", "五", *_without(2, "待定"), "住建局"],
            [6, "清水港物流枢纽项目", "六", *_without(3, "—"), "住建局"],
            [7, "清水港物流枢纽项目", "七", *_without(4, "  "), "住建局"],
            [8, "清水港物流枢纽项目", "八", *_without(5), "住建局"],
            [9, "清水港物流枢纽项目", "九", None, None, None, None, None, None, "住建局"],
        ]
    },
    {
        ("台账", 4): {"project": P1, "task": "一", "leader": "李甲、李乙", "responsible_unit": "住建局", "closed": None},
        ("台账", 5): {"project": P1, "task": "二", "leader": "李甲、李乙", "measures": "措施", "reward_penalty": "奖惩",
                      "responsible_unit": "住建局", "end": at("2025-05-30"), "closed": True},
        **{("台账", n): {"project": P5} for n in range(6, 13)},
    },
    {("台账", "D6", "FIVE_INCOMPLETE"), ("台账", "E7", "FIVE_INCOMPLETE"), ("台账", "F8", "FIVE_INCOMPLETE"),
     ("台账", "G9", "FIVE_INCOMPLETE"), ("台账", "H10", "FIVE_INCOMPLETE"), ("台账", "I11", "FIVE_INCOMPLETE"),
     ("台账", "D12", "FIVE_INCOMPLETE")},
    merges={"台账": ["A1:N1", "B4:B5", "D4:D5", "E4:E5", "I4:I5", "J4:J5"]},
)  # fmt: skip

# Header words with breaks, blanks and brackets; a table that begins in column C; a date of the header ------------------

BOOKS["odd_headers"] = Book(
    {
        "Sheet1": [
            [None, None, "附件5"],
            [None, None, "“五定”工作责任台账（2025年4月）"],
            [],
            [None, None, "序\n号", "项 目 名 称", "工作\n任务", "①定领导", "②定举措", "③定工期\n（起始）", "③定工期\n（截止）",
             "④定标准", "⑤定奖惩", "责任单位（牵头）", "责任单位（配合）", "完成情况（截至4月30日）", "滞后原因及建议", "是否销号（是/否）"],
            [None, None, "1", "云岭智能装备产业园项目", "施工许可", *FIVE, "住建局", "消防", "办理中", "图纸未审", "否"],
            [None, None, "2", "清水港物流枢纽项目", "桩基", *FIVE, "西园街道", None, "已完成", None, "是"],
        ]
    },
    {
        ("Sheet1", 5): {**_five, "project": P1, "task": "施工许可", "responsible_unit": "住建局", "cooperating_units": "消防",
                        "status": "办理中", "delay_reason": "图纸未审", "closed": False},
        ("Sheet1", 6): {**_five, "project": P5, "task": "桩基", "status": "已完成", "closed": True},
    },
    merges={"Sheet1": ["C1:P1", "C2:P2"]},
)  # fmt: skip

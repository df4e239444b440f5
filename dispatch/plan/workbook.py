"""项目推进计划表 as .xlsx: the plan as a table, and its weeks as coloured cells. Always in Chinese."""

import io
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import override
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from dispatch.plan import explain, gantt_words
from dispatch.plan.gantt import GROUPS, group_of
from dispatch.plan.panel import Reading
from dispatch.plan.values import TaskInfo
from projects.ledger.sheet import safe_cell
from projects.planning.schedule import Placed, Standing

LANGUAGE = "zh-hans"
TITLE, COVER = "推进计划表", "推进计划图"
COLUMNS = [
    ("序号", 6), ("任务（节点）", 34), ("责任单位", 22), ("责任人", 12), ("工期（工作日）", 9), ("计划开始", 12),
    ("计划完成（基线）", 12), ("预计完成", 12), ("实际完成", 12), ("最迟完成", 12), ("总时差", 8), ("是否关键", 7),
    ("制约因素", 44), ("备注", 30),
]  # fmt: skip
FIRST_ROW = 4
MOST_WEEKS = 260
THIN = Side(style="thin", color="FF9AA6AD")
BOX = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
HEAD, BODY, BIG = Font(name="黑体", size=10), Font(name="宋体", size=10), Font(name="黑体", size=16)
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)
FILLS = {
    name: PatternFill("solid", fgColor=colour)
    for name, colour in {
        "head": "FFEEF1F2", "group": "FFF5F7F8", "finished": "FF9AA6AD", "running": "FF5D93AD", "waiting": "FFBFD6E2",
        "critical": "FF16232C", "baseline": "FFE9D9A0", "today": "FFDCE9F7",
    }.items()
}  # fmt: skip
DAY, WEEK = timedelta(days=1), timedelta(days=7)


def render(reading: Reading, at: datetime) -> bytes:
    """The workbook; ``at``: the moment it says it was made. Text is text, days are days.

    ``reading`` has the names of the tasks in it: read it in LANGUAGE too.
    """
    with override(LANGUAGE):
        book = Workbook()
        rows = _rows(reading)
        _table(book.active, reading, rows, at)
        _weeks(book.create_sheet(COVER), reading, rows)
    book.properties.creator = "重点项目导航"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _rows(reading: Reading) -> list[tuple[str, TaskInfo, Placed]]:
    """(group, task, its dates), groups in their order; tasks that do not apply are left out."""
    found = [(group_of(one), one, reading.schedule[one.key]) for one in reading.plan.info.values()]
    order = {code: number for number, code in enumerate(GROUPS)}
    applying = [row for row in found if row[2].standing is not Standing.SKIPPED]
    return sorted(applying, key=lambda row: (order.get(row[0], len(GROUPS) - 2), row[0] if row[0] not in order else ""))


def _head(sheet: Worksheet, title: str, note: str, width: int) -> None:
    for number, (text, font, alignment) in enumerate([(title, BIG, CENTRE), (note, BODY, LEFT)], 1):
        cell = safe_cell(sheet, number, 1, text)
        cell.font, cell.alignment = font, alignment
        sheet.merge_cells(start_row=number, end_row=number, start_column=1, end_column=width)
    sheet.row_dimensions[1].height, sheet.row_dimensions[2].height = 30, 20
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 8
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"1:{FIRST_ROW - 1}"
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"


def _table(sheet: Worksheet, reading: Reading, rows: Sequence[tuple[str, TaskInfo, Placed]], at: datetime) -> None:
    sheet.title = TITLE
    _head(sheet, f"{reading.project.name}推进计划表", _note(reading, at), len(COLUMNS))
    for column, (text, width) in enumerate(COLUMNS, 1):
        _cell(sheet, FIRST_ROW - 1, column, text, font=HEAD, fill="head")
        sheet.column_dimensions[get_column_letter(column)].width = width
    row, group = FIRST_ROW, None
    for number, (code, about, here) in enumerate(rows, 1):
        if code != group:
            _cell(sheet, row, 1, gantt_words.group_name(code), font=HEAD, fill="group", alignment=LEFT)
            sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(COLUMNS))
            row, group = row + 1, code
        for column, value in enumerate([number, *_values(reading, about, here)], 1):
            is_long = isinstance(value, str) and COLUMNS[column - 1][1] > 20
            cell = _cell(sheet, row, column, value, alignment=LEFT if is_long else CENTRE)
            if isinstance(value, date):
                cell.number_format = "yyyy-mm-dd"
        row += 1
    sheet.freeze_panes = f"C{FIRST_ROW}"


def _values(reading: Reading, about: TaskInfo, here: Placed) -> list[Any]:
    """One line without its number; facts and forecasts are never the same cell."""
    plan, point = reading.plan, about.kind == "milestone"
    is_critical = about.key in reading.schedule.critical
    return [
        f"{about.key} {about.name}",
        about.unit_name or None,
        about.person or None,
        None if point else about.duration_wd,
        None if point else about.baseline_start,
        about.baseline_finish,
        here.finish if here.is_open else None,
        None if here.is_open else here.finish,
        here.latest_finish,
        here.total_float_wd,
        "是" if is_critical else None,
        explain.why_there(here, plan.network.tasks[about.key], plan.info) if here.is_open else None,
        _remark(about, here),
    ]


def _remark(about: TaskInfo, here: Placed) -> str | None:
    parts = [gantt_words.standing_word(here.standing)]
    if here.standing is Standing.FINISHED and here.finish is None:
        parts.append("完成日期未登记")
    if here.standing is Standing.RUNNING and here.start and about.kind != "milestone":
        parts.append(f"{here.start:%Y-%m-%d}开始")
    parts += [f"{pause.label}{gantt_words.period(pause.start, pause.end)}" for pause in about.pauses]
    if here.is_provisional:
        parts.append("暂定（节假日安排未公布）")
    return "；".join(parts)


def _note(reading: Reading, at: datetime) -> str:
    schedule, goal = reading.schedule, reading.plan.info.get(reading.plan.goal)
    parts = [f"目标：{goal.name if goal else reading.plan.goal}"]
    parts.append(f"目标日期：{schedule.target_on or '未设定'}")
    parts.append(f"{'实际' if reading.is_reached else '预计'}：{schedule.goal_on or '—'}")
    if reading.verdict == "short":
        parts.append(f"差{schedule.short_wd}个工作日")
    elif reading.verdict == "kept":
        parts.append(f"富余{schedule.spare_wd}个工作日")
    return "　".join([*parts, f"数据截至：{reading.as_of}", f"制表：{localtime(at):%Y-%m-%d %H:%M}"])


def _weeks(sheet: Worksheet, reading: Reading, rows: Sequence[tuple[str, TaskInfo, Placed]]) -> None:
    """One column a week, its Monday in the head; the colour is the task's standing, the letter says it again."""
    days = [
        day
        for _code, one, here in rows
        for day in (here.start, here.finish, one.baseline_start, one.baseline_finish)
        if day and abs((day - reading.as_of).days) <= MOST_WEEKS * 7 // 2
    ]
    first = min([*days, reading.as_of])
    first -= DAY * first.weekday()
    weeks = (max([*days, reading.as_of]) - first).days // 7 + 1
    note = "■进行中　▣关键　□未开始　▩已完成　·基线　◆节点"
    _head(sheet, f"{reading.project.name}推进计划图", note, max(weeks + 2, 12))
    for column, (text, width) in enumerate([("序号", 6), ("任务（节点）", 34)], 1):
        _cell(sheet, FIRST_ROW - 1, column, text, font=HEAD, fill="head")
        sheet.column_dimensions[get_column_letter(column)].width = width
    for week in range(weeks):
        monday = first + WEEK * week
        is_now = monday <= reading.as_of < monday + WEEK
        cell = _cell(sheet, FIRST_ROW - 1, week + 3, monday, font=HEAD, fill="today" if is_now else "head")
        cell.number_format, cell.alignment = "m/d", Alignment(horizontal="center", vertical="center", text_rotation=90)
        sheet.column_dimensions[get_column_letter(week + 3)].width = 3.2
    sheet.row_dimensions[FIRST_ROW - 1].height = 40
    for number, (_code, about, here) in enumerate(rows, 1):
        _cell(sheet, FIRST_ROW + number - 1, 1, number)
        _cell(sheet, FIRST_ROW + number - 1, 2, f"{about.key} {about.name}", alignment=LEFT)
        for week in range(weeks):
            monday = first + WEEK * week
            if shown := _week(reading, about, here, monday, monday + 6 * DAY):
                _cell(sheet, FIRST_ROW + number - 1, week + 3, shown[0], fill=shown[1])
                if shown[1] == "critical":
                    sheet.cell(FIRST_ROW + number - 1, week + 3).font = Font(name="宋体", size=10, color="FFFFFFFF")
    sheet.freeze_panes = f"C{FIRST_ROW}"


def _week(reading: Reading, about: TaskInfo, here: Placed, monday: date, sunday: date) -> tuple[str, str] | None:
    """(character, fill) of one week of one task."""
    start, finish = here.start or here.finish, here.finish
    is_critical = about.key in reading.schedule.critical
    if start and finish and start <= sunday and finish >= monday:
        if about.kind == "milestone":
            return "◆", "critical" if is_critical else here.standing.value
        if is_critical:
            return "▣", "critical"
        return {"finished": "▩", "running": "■"}.get(here.standing.value, "□"), here.standing.value
    begin, end = about.baseline_start or about.baseline_finish, about.baseline_finish
    return ("·", "baseline") if begin and end and begin <= sunday and end >= monday else None


def _cell(sheet: Worksheet, row: int, column: int, value: Any, *, font=BODY, fill="", alignment=CENTRE):
    cell = safe_cell(sheet, row, column, value)
    cell.font, cell.alignment, cell.border = font, alignment, BOX
    if fill:
        cell.fill = FILLS[fill]
    return cell

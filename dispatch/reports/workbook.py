"""The bulletin as .xlsx, from its snapshot alone: the same snapshot gives the same bytes.

Sheets: 通报 and 附件1 to 附件6, and 变化单 of a restatement. Layout of Annex 1, header merges included: domain.md 4.1.
"""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from dispatch.reports import layout
from dispatch.reports.layout import Column
from dispatch.reports.sentences import Notice, notice
from projects.ledger.sheet import safe_cell

PACKED_AT = (1980, 1, 1, 0, 0, 0)
A3, A4 = 8, 9
THIN = Side(style="thin", color="FF000000")
BOX = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
TITLE, HEAD, GROUP = Font(name="黑体", size=18), Font(name="黑体", size=10), Font(name="黑体", size=10)
BODY, TEXT = Font(name="宋体", size=10), Font(name="宋体", size=14)
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)
RIGHT = Alignment(horizontal="right", vertical="center")
FORMATS = {
    "int": "0", "money": "#,##0.00", "yi": "0.00##", "area": "0.00", "percent": "0.0", "points": "+0.0;-0.0;0.0",
    "score": "0.00", "day": "yyyy-mm-dd",
}  # fmt: skip
LONG = 12  # columns wider than this hold text that reads better from the left


def render(snapshot: Mapping[str, Any]) -> bytes:
    """The workbook as bytes."""
    book, paper = Workbook(), notice(snapshot)
    _notice(book.active, paper)
    _annex1(book.create_sheet("附件1"), snapshot)
    for number, title, columns in layout.PLAIN:
        _plain(book.create_sheet(f"附件{number}"), snapshot, number, title, columns)
    if changes := (snapshot.get("final") or {}).get("changes"):
        _changes(book.create_sheet(layout.CHANGES_TITLE), paper, changes)
    made = datetime.fromisoformat(snapshot["as_of"])
    book.properties.created = book.properties.modified = made
    book.properties.creator = snapshot["park"]["centre"]
    book.properties.title = paper.title.text
    return _packed(book)


def file_name(snapshot: Mapping[str, Any], extension: str = "xlsx") -> str:
    """E.g. ××高新区重点项目建设情况通报（2025年第4期）.xlsx"""
    return f"{snapshot['park']['name']}重点项目建设情况通报{notice(snapshot).issue}.{extension}"


def _packed(book: Workbook) -> bytes:
    """Writes the parts ourselves: save() would put the present moment into the properties and the archive."""
    raw, fixed = io.BytesIO(), io.BytesIO()
    ExcelWriter(book, zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED)).save()
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = zipfile.ZipInfo(name, PACKED_AT)
            part.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(part, source.read(name))
    return fixed.getvalue()


def _notice(sheet: Worksheet, paper: Notice) -> None:
    sheet.title = "通报"
    heading = Font(name="黑体", size=14)
    lines: list[tuple[str, Font, Alignment]] = [
        (paper.title.text, Font(name="黑体", size=20), CENTRE),
        (paper.issue, TEXT, CENTRE),
        (f"{paper.centre}　　　　{paper.day or f'数据截至{paper.as_of}'}", TEXT, CENTRE),
        (paper.salutation, TEXT, LEFT),
    ]
    if paper.opening:
        lines.append((f"　　{paper.opening.text}", TEXT, LEFT))
    for section in paper.sections:
        lines.append((section.heading, heading, LEFT))
        lines += [(f"　　{''.join(one.text for one in part)}", TEXT, LEFT) for part in section.paragraphs]
    lines += [(line, TEXT, LEFT) for line in paper.attachments]
    lines.append((f"主送：{paper.send_to}", TEXT, LEFT))
    lines.append((f"抄送：{paper.copy_to}", TEXT, LEFT))
    lines.append((f"联系人：{paper.contact}　电话：{paper.phone}", TEXT, LEFT))
    lines += [(f"{'注：' if n == 1 else '　　'}{n}.{one.text}", BODY, LEFT) for n, one in enumerate(paper.notes, 1)]
    sheet.column_dimensions["A"].width = 96
    for number, (line, font, alignment) in enumerate(lines, 1):
        cell = safe_cell(sheet, number, 1, line)
        cell.font, cell.alignment = font, alignment
        sheet.row_dimensions[number].height = _height(line, 46 if font.size >= 14 else 64, font.size)
    sheet.page_setup.paperSize = A4
    _fit(sheet, landscape=False)


def _changes(sheet: Worksheet, paper: Notice, changes: Mapping[str, Any]) -> None:
    """变化单: what the restatement changes, with its reason."""
    _title(sheet, f"{layout.CHANGES_TITLE}　{paper.title.text}{paper.issue}", len(layout.CHANGES))
    _cell(sheet, 2, 1, f"重述原因：{paper.reason}", font=BODY, alignment=Alignment(horizontal="left"))
    for at, column in enumerate(layout.CHANGES, 1):
        _header(sheet, 3, at, column.heading)
    row = 4
    for values in layout.change_rows(changes):
        row = _body_row(sheet, row, layout.CHANGES, values)
    _widths(sheet, layout.CHANGES)
    sheet.freeze_panes, sheet.print_title_rows = "A4", "1:3"
    _fit(sheet)


def _height(text: str, per_line: int, size: float) -> float:
    lines = sum(-(-max(1, len(part)) // per_line) for part in text.split("\n"))
    return min(409, lines * size * 1.6 + 4)


def _annex1(sheet: Worksheet, snapshot: Mapping[str, Any]) -> None:
    groups = layout.annex1(snapshot)
    columns = [column for group in groups for column in group.columns]
    _title(sheet, f"附件1　{snapshot['park']['name']}{layout.ANNEX1_TITLE}", len(columns))
    _cell(sheet, 2, 1, f"填报单位：{snapshot['park']['centre']}", font=BODY, alignment=Alignment(horizontal="left"))
    _cell(sheet, 2, len(columns), "单位：万元、亩", font=BODY, alignment=RIGHT)
    _two_row_header(sheet, groups)
    annex = snapshot["annex1"]
    row = _body_row(sheet, 5, columns, annex["total"], font=HEAD)
    for group in annex["groups"]:
        for column in range(1, len(columns) + 1):
            text = group["heading"] if column == 2 else None
            _cell(sheet, row, column, text, font=GROUP, alignment=LEFT, border=BOX)
        row += 1
        for project in group["rows"]:
            row = _body_row(sheet, row, columns, project)
    _widths(sheet, columns)
    sheet.freeze_panes = "C5"
    sheet.print_title_rows = "1:4"
    _fit(sheet)


def _two_row_header(sheet: Worksheet, groups: Iterable[layout.Group]) -> None:
    """Row 3 the groups, row 4 their columns; a single column is merged over both."""
    at = 1
    for group in groups:
        end = at + len(group.columns) - 1
        _header(sheet, 3, at, group.title or group.columns[0].heading)
        if not group.title:
            _header(sheet, 4, at, None)
            sheet.merge_cells(start_row=3, end_row=4, start_column=at, end_column=at)
        else:
            for offset, column in enumerate(group.columns):
                _header(sheet, 3, at + offset, group.title if offset == 0 else None)
                _header(sheet, 4, at + offset, column.heading)
            sheet.merge_cells(start_row=3, end_row=3, start_column=at, end_column=end)
        at = end + 1
    sheet.row_dimensions[3].height = sheet.row_dimensions[4].height = 32


def _plain(sheet: Worksheet, snapshot: Mapping[str, Any], number: int, title: str, columns: Sequence[Column]) -> None:
    _title(sheet, f"附件{number}　{title}", len(columns))
    _cell(sheet, 2, 1, f"填报单位：{snapshot['park']['centre']}", font=BODY, alignment=Alignment(horizontal="left"))
    for at, column in enumerate(columns, 1):
        _header(sheet, 3, at, column.heading)
    row = 4
    for values in snapshot[f"annex{number}"]:
        row = _body_row(sheet, row, columns, values)
    for note in _notes(snapshot, number):
        _cell(sheet, row, 1, note, font=BODY, alignment=Alignment(horizontal="left"))
        row += 1
    _widths(sheet, columns)
    sheet.row_dimensions[3].height = 32
    sheet.freeze_panes = "C4"
    sheet.print_title_rows = "1:3"
    _fit(sheet)


def _notes(snapshot: Mapping[str, Any], number: int) -> list[str]:
    return [f"注：{note}" for note in layout.annex2_notes(snapshot)] if number == 2 else []


def _title(sheet: Worksheet, text: str, width: int) -> None:
    _cell(sheet, 1, 1, text, font=TITLE, alignment=CENTRE)
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=width)
    sheet.row_dimensions[1].height = 34


def _header(sheet: Worksheet, row: int, column: int, text: str | None) -> None:
    _cell(sheet, row, column, text, font=HEAD, alignment=CENTRE, border=BOX)


def _body_row(sheet: Worksheet, row: int, columns: Sequence[Column], values: Mapping[str, Any], font=BODY) -> int:
    """Writes one row; returns the number of the next."""
    lines = 1
    for at, column in enumerate(columns, 1):
        value = typed(column.kind, column.value(values))
        cell = _cell(sheet, row, at, value, font=font, border=BOX)
        is_text = isinstance(value, str)
        cell.alignment = LEFT if is_text and column.width > LONG else CENTRE if is_text or value is None else RIGHT
        if not is_text and column.kind in FORMATS:
            cell.number_format = FORMATS[column.kind]
        lines = max(lines, -(-2 * len(value) // column.width) if is_text else 1)
    sheet.row_dimensions[row].height = min(409, max(20, 14 * lines))
    return row + 1


def typed(kind: str, value: Any) -> Any:
    """The value of the snapshot as its cell has it: numbers, dates, text; None for an empty cell."""
    if value is None or value == "":
        return None
    match kind:
        case "text":
            return str(value)
        case "int":
            return int(value)
        case "yi":
            return Decimal(value) / 10_000
        case "day":
            try:
                return date.fromisoformat(value)
            except ValueError:
                return value
    return Decimal(value)


def _cell(sheet: Worksheet, row: int, column: int, value: Any, *, font: Font, alignment=None, border=None):
    cell = safe_cell(sheet, row, column, value)
    cell.font = font
    if alignment:
        cell.alignment = alignment
    if border:
        cell.border = border
    return cell


def _widths(sheet: Worksheet, columns: Sequence[Column]) -> None:
    for at, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(at)].width = column.width


def _fit(sheet: Worksheet, *, landscape: bool = True) -> None:
    """One page wide, as many as needed high; A3 across for tables."""
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    if landscape:
        sheet.page_setup.paperSize = A3
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_options.horizontalCentered = True
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"

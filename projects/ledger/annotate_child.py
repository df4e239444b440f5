"""Writes remarks into a copy of a workbook, in the jail: ``python -m projects.ledger.annotate_child SOURCE MARKS OUT``.

Formulas and formats of the sender stay as they are, as far as openpyxl keeps them; what we write is text, never a
formula. Prints {"cells": how many cells were marked}. Pure.
"""

import io
import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import range_boundaries
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet import _writer

from accounts import jail

NAME, SHEET, MARK = "NavigatorImport", "导入检查结果", "【导入检查】"
TONES = {
    "error": ("错误", "FFF4B6B2"),
    "conflict": ("冲突", "FFD9C2EC"),
    "question": ("待定", "FFBBD6F2"),
    "warning": ("提醒", "FFFFEB9C"),
}
ORDER = list(TONES)
HEADERS = ("级别", "工作表", "单元格", "说明")
WIDTHS = (8, 22, 10, 90)


def main(source: str, marks: str, out: str) -> None:
    """Raises whatever openpyxl raises; the parent only sees that it ended badly."""
    told = json.loads(Path(marks).read_text(encoding="utf-8"))
    data = io.BytesIO(Path(source).read_bytes())
    _writer.create_temporary_file = lambda suffix="": _only(out)
    jail.lock(out)
    book = openpyxl.load_workbook(data, rich_text=True)
    count = annotate(book, told["marks"], told["id"])
    made = io.BytesIO()
    book.save(made)
    Path(out).write_bytes(made.getvalue())
    sys.stdout.write(json.dumps({"cells": count}))


def _only(out: str) -> str:
    """The one file that may be written, for each sheet on its way into the archive."""
    _writer.ALL_TEMP_FILES.append(out)
    return out


def annotate(book: openpyxl.Workbook, marks: list[dict[str, str]], identity: str) -> int:
    """Colours the cells, adds the comments and puts the list in front; returns how many cells were marked."""
    if SHEET in book.sheetnames:
        del book[SHEET]
    cells: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for mark in marks:
        if mark["sheet"] in book.sheetnames and mark not in cells[mark["sheet"], mark["cell"]]:
            cells[mark["sheet"], mark["cell"]].append(mark)
    for (sheet, cell), found in cells.items():
        _mark(book[sheet], cell, found)
    _list(book, [mark for found in cells.values() for mark in found])
    book.defined_names[NAME] = DefinedName(NAME, attr_text=f'"{identity}"', hidden=True)
    return len(cells)


def _mark(sheet: Any, address: str, marks: list[dict[str, str]]) -> None:
    cell = sheet[address]
    if isinstance(cell, MergedCell):
        cell = _head(sheet, cell)
    tone = min((mark["tone"] for mark in marks), key=ORDER.index)
    cell.fill = PatternFill("solid", start_color=TONES[tone][1])
    own = MARK + "\n".join(f"{TONES[mark['tone']][0]}：{mark['text']}" for mark in marks)
    before = cell.comment.text.partition(MARK)[0].rstrip() if cell.comment else ""
    comment = Comment(f"{before}\n{own}" if before else own, "导入检查")
    comment.width, comment.height = 320, 120
    cell.comment = comment


def _head(sheet: Any, cell: MergedCell) -> Any:
    for merged in sheet.merged_cells.ranges:
        left, top, right, bottom = range_boundaries(merged.coord)
        if top <= cell.row <= bottom and left <= cell.column <= right:
            return sheet.cell(top, left)
    return sheet.cell(cell.row, cell.column)


def _list(book: openpyxl.Workbook, marks: list[dict[str, str]]) -> None:
    sheet = book.create_sheet(SHEET, 0)
    for column, (header, width) in enumerate(zip(HEADERS, WIDTHS, strict=True), 1):
        sheet.cell(1, column, header).font = Font(bold=True)
        sheet.column_dimensions[sheet.cell(1, column).column_letter].width = width
    for number, mark in enumerate(marks, 2):
        word, colour = TONES[mark["tone"]]
        for column, text in enumerate((word, mark["sheet"], mark["cell"], mark["text"]), 1):
            cell = sheet.cell(number, column)
            cell.value = text
            cell.data_type = "s"  # whatever it begins with
            cell.alignment = Alignment(wrap_text=column == len(HEADERS), vertical="top")
        sheet.cell(number, 1).fill = PatternFill("solid", start_color=colour)
        place = sheet.cell(number, 3)
        name = mark["sheet"].replace("'", "''")
        place.hyperlink = f"#'{name}'!{mark['cell']}"
        place.value, place.data_type = mark["cell"], "s"
        place.font = Font(color="FF1F63B5", underline="single")
    sheet.freeze_panes = "A2"
    book.active = 0


if __name__ == "__main__":
    main(*sys.argv[1:4])

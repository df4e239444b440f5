"""Workbooks made by hand for tests: sheets from lists of rows, packages from parts."""

import io
import zipfile

from openpyxl import Workbook

TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
WORKBOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>'
)
LINKS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
    'Target="worksheets/sheet1.xml"/></Relationships>'
)
HEADER = [
    "序号",
    "项目代码",
    "项目名称",
    "建设单位",
    "总投资（亿元）",
    "用地面积（亩）",
    "开工时间",
    "当前阶段",
    "存在问题",
]


def book(*rows, header=HEADER, merges=(), title="台账", change=None):
    """Bytes of a workbook with one sheet: header, then `rows`; `change(sheet)` may edit it first."""
    file = Workbook()
    sheet = file.active
    sheet.title = title
    for number, row in enumerate([header, *rows] if header else rows, 1):
        for column, value in enumerate(row, 1):
            sheet.cell(number, column).value = value
    for each in merges:
        sheet.merge_cells(each)
    if change:
        change(sheet)
    buffer = io.BytesIO()
    file.save(buffer)
    return buffer.getvalue()


def package(sheet_data, *, extra=None, types=TYPES, compression=zipfile.ZIP_DEFLATED):
    """Bytes of a package whose only sheet holds `sheet_data` (text or bytes), plus `extra` parts by name."""
    parts = {
        "[Content_Types].xml": types,
        "xl/workbook.xml": WORKBOOK,
        "xl/_rels/workbook.xml.rels": LINKS,
        "xl/worksheets/sheet1.xml": sheet_data,
        **(extra or {}),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def worksheet(inner):
    return f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{inner}</worksheet>'

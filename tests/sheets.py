"""What a person sees of a workbook: visible sheets, visible columns."""

from io import BytesIO

from openpyxl import load_workbook


def seen(content):
    """{sheet name: rows as lists of values} of the bytes of an .xlsx."""
    book = load_workbook(BytesIO(content))
    return {sheet.title: seen_rows(sheet) for sheet in book.worksheets if sheet.sheet_state == "visible"}


def seen_rows(sheet):
    """Rows of a sheet as lists of values, without its hidden columns."""
    hidden = {
        number
        for each in sheet.column_dimensions.values()
        if each.hidden
        for number in range(each.min, (each.max or each.min) + 1)
    }
    rows = sheet.iter_rows(values_only=True)
    return [[value for number, value in enumerate(row, 1) if number not in hidden] for row in rows]

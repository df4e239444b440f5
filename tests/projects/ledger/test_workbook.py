# ruff: noqa: DTZ001 - a spreadsheet knows no time zones
"""Cells with everything the importer must know; limits on rows, columns, merges; nothing walks an empty grid."""

import datetime as dt

import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font

from projects.ledger import limits
from projects.ledger.findings import Refusal
from projects.ledger.workbook import Cell, read_workbook
from tests.projects.ledger.books import book, package, worksheet


def only(data):
    (sheet,) = read_workbook(data).sheets
    return sheet


def sheet_of(inner, **options):
    return only(package(worksheet(inner), **options))


def test_typed_values():
    row = [1, 2.1, "文本", True, dt.datetime(2025, 4, 29), dt.date(2025, 4, 30), "=1+1", None]
    cells = only(book(row, header=None)).cells
    assert [cells[1, n].value for n in range(1, 7)] == [
        1, 2.1, "文本", True, dt.datetime(2025, 4, 29), dt.datetime(2025, 4, 30),
    ]  # fmt: skip
    assert (cells[1, 7].formula, cells[1, 7].value, cells[1, 7].has_value) == ("1+1", None, False)
    assert (1, 8) not in cells
    assert cells[1, 7].raw == "=1+1"
    assert cells[1, 5].raw == "2025-04-29"


def test_formula_with_its_stored_value():
    inner = (
        '<sheetData><row r="1"><c r="A1"><f>B1*2</f><v>8</v></c>'
        '<c r="B1" t="str"><f>C1</f><v></v></c></row></sheetData>'
    )
    cells = sheet_of(inner).cells
    assert cells[1, 1] == Cell(1, 1, 8, formula="B1*2")
    assert cells[1, 2].has_value


def test_error_inline_string_boolean_iso_date_and_missing_references():
    inner = (
        '<sheetData><row><c t="e"><v>#REF!</v></c><c t="inlineStr"><is><r><t>甲</t></r><r><t>乙</t></r></is></c>'
        '<c t="b"><v>1</v></c><c t="d"><v>2025-04-29T00:00:00Z</v></c></row></sheetData>'
    )
    cells = sheet_of(inner).cells
    assert cells[1, 1].error == cells[1, 1].raw == "#REF!"
    assert [cells[1, n].value for n in (2, 3, 4)] == ["甲乙", True, dt.datetime(2025, 4, 29)]


def test_merges_hidden_parts_comments_and_strikes():
    def change(sheet):
        sheet.row_dimensions[2].hidden = True
        sheet.column_dimensions["B"].hidden = True
        sheet["A2"].comment = Comment("原因", "某人")
        sheet["A3"].font = Font(strike=True)

    sheet = only(book(["a", "b"], ["c", None], ["d", None], header=None, merges=["A1:A1", "B1:B3"], change=change))
    assert sheet.hidden_rows == {2}
    assert sheet.hidden_columns == {2}
    assert sheet.comments == {(2, 1): "原因"}
    assert [sheet.cells[n, 1].struck for n in (1, 2, 3)] == [False, False, True]
    assert sheet.cell(3, 2) is None
    assert sheet.cell(3, 2, merged=True).value == "b"


def test_chinese_date_formats_known_by_number():
    styles = (
        '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts><font/></fonts>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="31"/><xf numFmtId="57"/></cellXfs></styleSheet>'
    )
    links = (
        '<Relationships xmlns="x"><Relationship Id="r1" Type="a/worksheet" Target="/xl/worksheets/sheet1.xml"/>'
        '<Relationship Id="r2" Type="a/styles" Target="styles.xml"/></Relationships>'
    )
    inner = (
        '<sheetData><row><c s="1"><v>45776</v></c><c s="2"><v>45776</v></c><c s="9"><v>45776</v></c></row></sheetData>'
    )
    cells = sheet_of(inner, extra={"xl/styles.xml": styles, "xl/_rels/workbook.xml.rels": links}).cells
    assert [cells[1, n].value for n in (1, 2, 3)] == [dt.datetime(2025, 4, 29), dt.datetime(2025, 4, 29), 45776]


def test_formatted_empty_rows_cost_nothing_and_count_nothing():
    rows = "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(2, 30_000))
    sheet = sheet_of(f'<sheetData><row r="1"><c r="A1"><v>1</v></c></row>{rows}</sheetData>')
    assert (len(sheet.cells), sheet.last_row) == (1, 1)


def test_too_many_rows(monkeypatch):
    monkeypatch.setattr(limits, "MAX_FILLED_ROWS", 10)
    rows = [f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 12)]
    assert len(sheet_of(f"<sheetData>{''.join(rows[:10])}</sheetData>").cells) == 10
    with pytest.raises(Refusal, match="TOO_LARGE"):
        sheet_of(f"<sheetData>{''.join(rows)}</sheetData>")


def test_too_many_row_elements(monkeypatch):
    monkeypatch.setattr(limits, "MAX_ROWS", 10)
    with pytest.raises(Refusal, match="TOO_LARGE"):
        sheet_of(f"<sheetData>{'<row/>' * 11}</sheetData>")


def test_too_many_columns():
    wide = "".join("<c><v>1</v></c>" for _ in range(limits.MAX_COLUMNS + limits.MAX_STRAY_CELLS + 1))
    with pytest.raises(Refusal, match="TOO_LARGE"):
        sheet_of(f"<sheetData><row>{wide}</row></sheetData>")


def test_huge_merges_are_clipped_to_the_used_range():
    data = '<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>'
    assert sheet_of(data + '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>').anchors == {(1, 1): (1, 1)}


def test_too_many_merged_cells(monkeypatch):
    monkeypatch.setattr(limits, "MAX_MERGED_CELLS", 3)
    data = '<sheetData><row r="9"><c r="I9"><v>1</v></c></row></sheetData>'
    with pytest.raises(Refusal, match="TOO_LARGE"):
        sheet_of(data + '<mergeCells><mergeCell ref="A1:B2"/></mergeCells>')


@pytest.mark.parametrize(
    "inner",
    [
        '<sheetData><row r="x"><c r="??" s="-9" t="weird"><v>1</v></c></row></sheetData>',
        '<sheetData><row><c t="n"><v>NaN</v></c><c><v>1e999</v></c><c t="d"><v>gestern</v></c></row></sheetData>',
        '<cols><col min="1" max="999999999" hidden="1"/></cols><mergeCells><mergeCell ref="A0:ZZZZ9"/></mergeCells>',
        "<sheetData><c><v>1</v></c></sheetData>",
    ],
)
def test_odd_xml_is_read_or_refused(inner):
    try:
        sheet_of(inner)
    except Refusal as refusal:
        assert refusal.code == "CORRUPT"


def test_shared_string_out_of_range_is_corrupt():
    with pytest.raises(Refusal, match="CORRUPT"):
        sheet_of('<sheetData><row><c t="s"><v>7</v></c></row></sheetData>')

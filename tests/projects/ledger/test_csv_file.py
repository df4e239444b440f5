"""Text files as people save them: encodings, delimiters, quotes; text stays text."""

import pytest

from projects.ledger.csv_file import read_book, read_csv
from projects.ledger.findings import Refusal
from projects.ledger.jail_reader import read_here
from projects.ledger.project_kind import PROJECTS
from tests.projects.ledger.books import book

HEADER = ["序号", "项目名称", "总投资（万元）", "备注"]
ROWS = [HEADER, ["001", "甲项目", "1,200", '说"明"\n两行'], ["=1+1", "", "0.50", "½"]]
TEXT = '序号,项目名称,总投资（万元）,备注\r\n001,甲项目,"1,200","说""明""\n两行"\r\n=1+1,,0.50,½\r\n'


def grid(sheet):
    return [[cell.value if (cell := sheet.cell(row, column)) else "" for column in range(1, 5)] for row in sheet.rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_encodings(encoding):
    sheet = read_csv(TEXT.encode(encoding), name="C:\\台账\\二季度.v2.csv")
    assert grid(sheet) == ROWS
    assert sheet.name == "二季度.v2"
    assert all(cell.formula is None and isinstance(cell.value, str) for cell in sheet.cells.values())


@pytest.mark.parametrize("delimiter", ",;\t|")
def test_delimiters_below_a_title(delimiter):
    rows = ["a", "b,c", "d;e", "f"], ["g", "h", "i", "j"]
    lines = ["重点项目台账，单位：万元;截至4月", *map(delimiter.join, rows)]
    if delimiter in ",;":
        lines[1] = delimiter.join(["a", '"b,c"', '"d;e"', "f"])
    sheet = read_csv("\n".join(lines).encode(), name="x.csv")
    assert [sheet.cells[2, n].value for n in range(1, 5)] == ["a", "b,c", "d;e", "f"]


def test_a_csv_is_a_ledger():
    text = "项目代码,项目名称,总投资（万元）\n2504-420699-04-01-100001,甲项目,1200\n"
    found = read_here(text.encode("gbk"), PROJECTS, name="册.csv")
    (row,) = found.rows
    assert (row.sheet, row.value("code"), row.cell("name")) == ("册", "2504-420699-04-01-100001", "B2")
    assert row.value("total_investment_10k") == 1200


def test_content_and_name_decide():
    text = "项目名称,备注\n甲,1".encode()
    with pytest.raises(Refusal) as caught:
        read_book(text, name="台账.xlsx")
    assert (caught.value.code, caught.value.params["what"]) == ("NOT_XLSX", "csv")
    assert ".csv" in caught.value.message_zh
    assert len(read_book(text, name="台账.TXT").sheets) == 1
    assert read_book(book([1, None, "甲"]), name="台账.csv").sheets[0].name == "台账"


@pytest.mark.parametrize(
    ("data", "what"),
    [
        ("项目名称,备注\n".encode() + "甲项目,一期\n".encode("gbk"), "text"),
        ("项目名称,备注".encode("gbk") + b"\xff\xff", "text"),
        ("项目名称".encode("utf-8-sig") + b"\xff", "text"),
        ('项目名称,备注\n"甲,1\n乙,2\n'.encode(), "quotes"),
        (("项目名称,备注\n" * 200).encode() + b"a\x00b", "nul"),
    ],
)
def test_what_cannot_be_read(data, what):
    with pytest.raises(Refusal) as caught:
        read_csv(data, name="x.csv")
    assert (caught.value.code, caught.value.params["what"]) == ("CORRUPT", what)

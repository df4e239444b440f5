"""Annexes drawn by ourselves, with texts nobody would write on purpose. No database."""

import io

import pypdf
import pypdfium2
import pytest

from dispatch.reports.layout import Column, Group
from dispatch.reports.pdf_tables import SIDE, Painter, Sheet
from dispatch.reports.pdf_text import Face
from dispatch.reports.screen import Cell, Line, Table


def drawn(*sheets):
    painter = Painter(lambda done, total: None, sum(len(sheet.table.lines) for sheet in sheets))
    for sheet in sheets:
        painter.sheet(sheet)
    return painter.finish("脚注")


def table(*rows, widths=(5, 24, 36)):
    groups = [Group("", (Column(f"列{at}", "a", "text", width),)) for at, width in enumerate(widths)]
    return Table("表", groups, [Line("row", [Cell(text, False) for text in row]) for row in rows])


def texts(raw):
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(raw)).pages]


def right_edges(raw):
    """Of every page: its width and where its rightmost character ends, in points."""
    document = pypdfium2.PdfDocument(raw)
    try:
        found = []
        for page in document:
            text = page.get_textpage()
            edges = [text.get_charbox(at)[2] for at in range(text.count_chars())]
            found.append((page.get_width(), max(edges)))
        return found
    finally:
        document.close()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("甲\t乙", "甲 乙"),
        ("甲\x00\x1f\u200b\ufeff乙", "甲乙"),
        ("☎\ufe0f甲", "☎甲"),
        ("\u2028甲\x0b", "甲"),
        ("👩\u200d👧甲", "〓〓甲"),
        ("\ud800甲", "甲"),
        (")\\(甲<>", ")\\(甲<>"),
    ],
)
def test_what_has_no_shape_leaves_no_mark(text, shown):
    [page] = texts(drawn(Sheet(table(["1", text, "c"]), "附件")))
    assert f"1 {shown} c" in page.replace("\n", " ").replace("  ", " ")


def test_nothing_runs_out_of_the_page():
    long = "因为数据有误需要更正" * 100
    raw = drawn(
        Sheet(table(["1", "W" * 500, "很长的名称" * 400]), "变化单", f"重述原因：{long}", "单位：万元"),
        Sheet(table(), "附件" + "很长的园区名称" * 30, notes=["本月无。"]),
    )
    assert all(edge <= width - SIDE + 1 for width, edge in right_edges(raw))
    pages = texts(raw)
    assert "".join(pages).replace("\n", "").count("因为数据有误需要更正") >= 95
    assert "本月无。" in pages[-1]


def test_a_row_higher_than_pages_is_told_in_full():
    raw = drawn(Sheet(table(["1", "很长" * 3000, "短"], ["2", "后", "短"]), "附件"))
    pages = texts(raw)
    assert len(pages) > 3
    assert "".join(pages).replace("\n", "").count("很长") > 2990
    assert "2 后 短" in pages[-1]


def test_lines_are_no_wider_than_their_room():
    face = Face()
    for text in ("W" * 300, "项目\t名称" * 30, "👍" * 50, "a b " * 60):
        assert all(face.width(line, 7) <= 50.01 for line in face.lines(text, 7, 50))

"""A table of texts as one w:tbl element: thousands of rows in about a second. Pure.

A sheet: {"widths": relative, "head": [[{"text", "across", "down"}]], "rows": [{"kind", "cells": [{"text", "align"}]}]}.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

SIZE, HEAD_FONT, BODY_FONT = 15, "黑体", "宋体"  # half points
BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="444444"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
MARGINS = '<w:tblCellMar><w:left w:w="40" w:type="dxa"/><w:right w:w="40" w:type="dxa"/></w:tblCellMar>'


def table_xml(sheet: Mapping[str, Any], room: int) -> Any:
    """The element; ``room``: width of the table in twentieths of a point."""
    unit = room / sum(sheet["widths"])
    widths = [max(1, int(width * unit)) for width in sheet["widths"]]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    head = "".join(_head_row(row, widths) for row in _placed(sheet["head"], len(widths)))
    rows = "".join(_row(row, widths) for row in sheet["rows"])
    return parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f"<w:tblBorders>{BORDERS}</w:tblBorders>"
        f'<w:tblLayout w:type="fixed"/>{MARGINS}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{head}{rows}</w:tbl>'
    )


def _placed(head: Sequence[Sequence[Mapping[str, Any]]], width: int) -> list[list[tuple[int, str, int, str]]]:
    """Each head row as (column, text, across, vertical merge "restart", "continue" or "")."""
    rows: list[list[tuple[int, str, int, str]]] = []
    below: set[int] = set()
    for row in head:
        cells, at, covered = iter(row), 0, below
        found, below = [], set()
        while at < width:
            if at in covered:
                found.append((at, "", 1, "continue"))
                at += 1
                continue
            cell = next(cells)
            down = cell["down"] > 1
            below |= set(range(at, at + cell["across"])) if down else set()
            found.append((at, cell["text"], cell["across"], "restart" if down else ""))
            at += cell["across"]
        rows.append(found)
    return rows


def _head_row(cells: Sequence[tuple[int, str, int, str]], widths: Sequence[int]) -> str:
    made = "".join(
        _cell(text, sum(widths[at : at + across]), "center", HEAD_FONT, across, merge)
        for at, text, across, merge in cells
    )
    return f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{made}</w:tr>"


def _row(row: Mapping[str, Any], widths: Sequence[int]) -> str:
    if row["kind"] == "group":
        cells = _cell(row["cells"][0]["text"], sum(widths), "left", HEAD_FONT, len(widths), "")
    else:
        font = HEAD_FONT if row["kind"] == "total" else BODY_FONT
        cells = "".join(
            _cell(cell["text"], width, cell["align"], font, 1, "")
            for cell, width in zip(row["cells"], widths, strict=True)
        )
    return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>"


def _cell(text: str, width: int, align: str, font: str, across: int, merge: str) -> str:
    span = f'<w:gridSpan w:val="{across}"/>' if across > 1 else ""
    vertical = f'<w:vMerge w:val="{merge}"/>' if merge else ""
    run = (
        f'<w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="{font}"/>'
        f'<w:sz w:val="{SIZE}"/></w:rPr>'
    )
    words = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(part)}</w:t>' for part in text.split("\n"))
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}{vertical}<w:vAlign w:val="center"/></w:tcPr>'
        f'<w:p><w:pPr><w:spacing w:before="0" w:after="0"/><w:jc w:val="{align}"/></w:pPr>'
        f"<w:r>{run}{words}</w:r></w:p></w:tc>"
    )

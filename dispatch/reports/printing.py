"""The bulletin as one PDF: the notice upright, the annexes across, page x of y over all. From the snapshot."""

import io
from collections.abc import Callable, Mapping
from typing import Any

from dispatch.reports import layout
from dispatch.reports.documents import paper as paper_pdf
from dispatch.reports.layout import Column, Group
from dispatch.reports.pdf_tables import Painter, Sheet
from dispatch.reports.screen import Cell, Line, Table, table
from dispatch.reports.sentences import notice

NUMBERS = range(1, 7)


def ignore(done: int, total: int) -> None:
    """Progress that nobody watches."""


def render(snapshot: Mapping[str, Any], progress: Callable[[int, int], None] = ignore) -> bytes:
    """The PDF. Raises Refused where WeasyPrint cannot run."""
    from pypdf import PdfReader, PdfWriter

    paper = notice(snapshot)
    words = {"title": paper.title.text, "red_header": paper.centre, "paper_number": "", "paper": paper}
    front = PdfReader(io.BytesIO(paper_pdf("dispatch/print/bulletin.html", words)))
    drawn = sheets(snapshot)
    painter = Painter(progress, sum(len(sheet.table.lines) for sheet in drawn))
    for page in front.pages:
        painter.blank((float(page.mediabox.width), float(page.mediabox.height)))
    for sheet in drawn:
        painter.sheet(sheet)
    rest = PdfReader(io.BytesIO(painter.finish(f"{paper.title.text}{paper.issue}")))
    writer = PdfWriter()
    for number, page in enumerate(rest.pages):
        if number < len(front.pages):
            added = writer.add_page(front.pages[number])
            added.merge_page(page)
        else:
            writer.add_page(page)
    writer.add_metadata({"/Title": f"{paper.title.text}{paper.issue}", "/Author": paper.centre})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def sheets(snapshot: Mapping[str, Any]) -> list[Sheet]:
    """The annexes, and the list of changes of a restatement."""
    found = [_annex(snapshot, number) for number in NUMBERS]
    if changes := (snapshot.get("final") or {}).get("changes"):
        paper = notice(snapshot)
        found.append(Sheet(changes_table(changes), f"{layout.CHANGES_TITLE}{paper.issue}", f"重述原因：{paper.reason}"))
    return found


def _annex(snapshot: Mapping[str, Any], number: int) -> Sheet:
    drawn = table(snapshot, number)
    name = f"{snapshot['park']['name']}{drawn.title}" if number == 1 else drawn.title
    left = f"填报单位：{snapshot['park']['centre']}"
    notes = [f"注：{note}" for note in layout.annex2_notes(snapshot)] if number == 2 else []
    if not drawn.lines:
        notes = ["本月无。"]
    return Sheet(drawn, f"附件{number}　{name}", left, "单位：万元、亩" if number == 1 else "", notes)


def changes_table(changes: Mapping[str, Any]) -> Table:
    """变化单 as a table of texts."""
    lines = [Line("row", [_cell(column, row) for column in layout.CHANGES]) for row in layout.change_rows(changes)]
    return Table(layout.CHANGES_TITLE, [Group("", (column,)) for column in layout.CHANGES], lines)


def _cell(column: Column, row: Mapping[str, Any]) -> Cell:
    return Cell(str(row[column.path]), False, "", column.width > layout.LONG_TEXT)

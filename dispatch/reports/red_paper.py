"""The .docx of a bulletin: the notice on a red-header template (红头), the annexes behind it as sheets across. Pure.

Also a child process for uploaded templates: ``python -m dispatch.reports.red_paper TEMPLATE FACTS.json OUT``.
Facts: {"notice": values of PLACEHOLDERS, "sheets": annexes as texts}. Source of layout: domain.md 4.1, GB/T 9704.
"""

import io
import json
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from dispatch.meetings import docx_fill
from dispatch.meetings.docx_fill import Unfit
from dispatch.reports.sheet_xml import table_xml

FANGSONG, HEI, KAI, SONG = "仿宋", "黑体", "楷体", "宋体"
TITLE_FONT = "方正小标宋简体"
LATIN = "Times New Roman"
RED = RGBColor(0xC0, 0, 0)
PLACEHOLDERS = (
    "park", "centre", "title", "issue", "number", "year", "day", "as_of", "salutation", "opening", "sections",
    "attachments", "send_to", "copy_to", "contact", "phone", "notes",
)  # fmt: skip
INSIDE = {"sections": ("heading", "paragraphs")}
A4, A3 = (Cm(29.7), Cm(21)), (Cm(42), Cm(29.7))
WIDE_TABLE = 200


@cache
def template() -> bytes:
    """The .docx with placeholders that comes with the site."""
    paper = Document()
    _page(paper)
    _line(paper, "{{ centre }}", size=34, font=TITLE_FONT, centre=True, colour=RED)
    _line(paper, "{{ issue }}", size=16, centre=True)
    _red_rule(_line(paper, ""))
    _line(paper, "{{ title }}", size=22, font=TITLE_FONT, centre=True)
    _line(paper, "{{ centre }}　　　　{{ day }}", size=16, font=KAI, centre=True)
    _line(paper, "{{ salutation }}", size=16)
    _line(paper, "{{ opening }}", size=16, indent=True)
    _line(paper, "{%p for section in sections %}")
    _line(paper, "{{ section.heading }}", size=16, font=HEI, indent=True)
    _line(paper, "{%p for text in section.paragraphs %}")
    _line(paper, "{{ text }}", size=16, indent=True)
    _line(paper, "{%p endfor %}")
    _line(paper, "{%p endfor %}")
    _line(paper, "{%p for line in attachments %}")
    _line(paper, "{{ line }}", size=16, indent=True)
    _line(paper, "{%p endfor %}")
    _line(paper, "主送：{{ send_to }}", size=14)
    _line(paper, "抄送：{{ copy_to }}", size=14)
    _line(paper, "联系人：{{ contact }}　　电话：{{ phone }}", size=14)
    _line(paper, "{%p for note in notes %}")
    _line(paper, "{{ note }}", size=10.5, font=SONG)
    _line(paper, "{%p endfor %}")
    return _saved(paper)


def make(base: bytes, facts: Mapping[str, Any]) -> bytes:
    """The document. Raises Unfit (docx_fill)."""
    _used, filled = docx_fill.check(base, facts["notice"])
    paper = Document(io.BytesIO(filled))
    for sheet in facts["sheets"]:
        _sheet(paper, docx_fill.storable(sheet))
    return _saved(paper)


def _saved(paper) -> bytes:
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def _page(paper) -> None:
    section = paper.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.top_margin, section.bottom_margin = Cm(3.7), Cm(3.5)
    section.left_margin, section.right_margin = Cm(2.8), Cm(2.6)
    style = paper.styles["Normal"]
    style.font.name, style.font.size = LATIN, Pt(16)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FANGSONG)
    _page_number(section.footer.paragraphs[0])


def _page_number(line: Paragraph) -> None:
    """第 x 页，共 y 页, as fields."""
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for text, field in (("第 ", "PAGE"), (" 页，共 ", "NUMPAGES"), (" 页", "")):
        _write(line, text, 10.5, SONG)
        if field:
            for kind, words in (("begin", ""), ("", field), ("end", "")):
                _field(_write(line, "", 10.5, SONG), kind, words)


def _field(run, kind: str, words: str) -> None:
    if kind:
        mark = OxmlElement("w:fldChar")
        mark.set(qn("w:fldCharType"), kind)
    else:
        mark = OxmlElement("w:instrText")
        mark.set(qn("xml:space"), "preserve")
        mark.text = words
    run._element.append(mark)


def _line(
    paper, text: str, *, size: float = 16, font: str = FANGSONG, centre=False, indent=False, colour=None
) -> Paragraph:
    line = paper.add_paragraph()
    line.paragraph_format.space_after = Pt(2)
    line.paragraph_format.line_spacing = 1.35
    if centre:
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if indent:
        line.paragraph_format.first_line_indent = Pt(2 * size)
    run = _write(line, text, size, font)
    if colour is not None:
        run.font.color.rgb = colour
    return line


def _write(line: Paragraph, text: str, size: float, font: str = FANGSONG):
    run = line.add_run(text)
    run.font.name, run.font.size = LATIN, Pt(size)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    return run


def _red_rule(line: Paragraph) -> None:
    line.paragraph_format.space_after = Pt(14)
    border = parse_xml(
        f'<w:pBdr {nsdecls("w")}><w:bottom w:val="single" w:sz="18" w:space="1" w:color="C00000"/></w:pBdr>'
    )
    line._p.get_or_add_pPr().append(border)


def _sheet(paper, sheet: Mapping[str, Any]) -> None:
    """One annex in a section of its own, across; its head is repeated on every page."""
    section = paper.add_section(WD_SECTION.NEW_PAGE)
    width, height = A3 if sum(sheet["widths"]) > WIDE_TABLE else A4
    section.orientation, section.page_width, section.page_height = WD_ORIENT.LANDSCAPE, width, height
    section.left_margin = section.right_margin = Cm(1.2)
    section.top_margin = section.bottom_margin = Cm(1.5)
    _line(paper, sheet["title"], size=16, font=HEI, centre=True)
    if under := "　　".join(filter(None, (sheet["left"], sheet["right"]))):
        _line(paper, under, size=9, font=SONG)
    room = int((width - Cm(2.4)) / 635)  # twentieths of a point
    paper.element.body.insert(len(paper.element.body) - 1, table_xml(sheet, room))
    for note in sheet["notes"]:
        _line(paper, note, size=9, font=SONG)


def main(arguments: Sequence[str]) -> dict[str, Any]:
    """One uploaded template filled in the jail."""
    from accounts import jail

    template_path, facts_path, out_path = arguments
    jail.lock(out_path)
    with open(template_path, "rb") as file, open(facts_path, encoding="utf-8") as data:
        base, facts = file.read(), json.load(data)
    try:
        made = make(base, facts)
    except Unfit as unfit:
        return {"bad": unfit.code, "name": unfit.name}
    with open(out_path, "wb") as out:
        out.write(made)
    return {"ok": True}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1:])))

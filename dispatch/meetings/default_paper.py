"""The template of minutes that comes with the site, made in code: 会议纪要 in the fonts of official documents. Pure."""

import io
from collections.abc import Sequence
from functools import cache

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph

SONG, HEI, FANGSONG = "宋体", "黑体", "仿宋"
LATIN = "Times New Roman"
# Label and placeholder of the lines under the title.
LINES = (
    ("时    间", "{{ held_on }} {{ time }}"),
    ("地    点", "{{ place }}"),
    ("主    持", "{{ chair }}"),
    ("记    录", "{{ recorder }}"),
)
PRESENT = (
    ("领    导", "leaders"),
    ("项目中心（1）", "centre"),
    ("常设单位（7）", "standing"),
    ("相关单位（X）", "extra"),
    ("企    业", "enterprises"),
    ("缺席请假", "absent"),
)
DECISIONS = (
    ("序号", "{{ row.no }}"), ("事项", "{{ row.text }}"), ("责任单位", "{{ row.unit }}"),
    ("责任人", "{{ row.person }}"), ("完成时限", "{{ row.until }}"), ("台账编号", "{{ row.number }}"),
)  # fmt: skip
UNFINISHED = (
    ("台账编号", "{{ row.number }}"), ("事项", "{{ row.title }}"), ("责任单位", "{{ row.unit }}"),
    ("时限", "{{ row.until }}"), ("状态", "{{ row.state }}"),
)  # fmt: skip


@cache
def template() -> bytes:
    """The .docx with placeholders."""
    paper = Document()
    _page(paper)
    _line(paper, "{{ park }}", size=16, font=SONG, centre=True)
    _line(paper, "会议纪要", size=24, font=SONG, centre=True, bold=True)
    _line(paper, "{{ number }}", size=14, centre=True)
    _line(paper, "{{ title }}", size=18, font=HEI, centre=True)
    for label, field in LINES:
        _labelled(paper, label, field)
    for label, name in PRESENT:
        _line(paper, f"{{%p if {name} %}}")
        _labelled(paper, label, f"{{{{ {name} }}}}")
        _line(paper, "{%p endif %}")
    _points(paper)
    _table(paper, "议定事项", DECISIONS, "decisions")
    _line(paper, "{%p if noted %}")
    _heading(paper, "会议还明确")
    _line(paper, "{%p for line in noted %}")
    _line(paper, "{{ line }}", indent=True)
    _line(paper, "{%p endfor %}")
    _line(paper, "{%p endif %}")
    _table(paper, "往次会议未销号事项", UNFINISHED, "unfinished")
    _line(paper, "{%p for line in carried %}")
    _line(paper, "转入下次会议：{{ line }}", indent=True)
    _line(paper, "{%p endfor %}")
    _line(paper, "{{ centre_name }}")
    _line(paper, "{{ held_on }}")
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def _points(paper) -> None:
    _heading(paper, "会议研究情况")
    _line(paper, "{%p if summary %}")
    _line(paper, "{{ summary }}", indent=True)
    _line(paper, "{%p endif %}")
    _line(paper, "{%p for point in points %}")
    _line(paper, "（{{ point.no }}）{{ point.title }}", font=HEI)
    _line(paper, "{%p if point.why %}")
    _line(paper, "列入原因：{{ point.why }}", indent=True)
    _line(paper, "{%p endif %}")
    _line(paper, "{%p if point.discussion %}")
    _line(paper, "{{ point.discussion }}", indent=True)
    _line(paper, "{%p endif %}")
    _line(paper, "{%p for text in point.decisions %}")
    _line(paper, "会议议定：{{ text }}", indent=True)
    _line(paper, "{%p endfor %}")
    _line(paper, "{%p endfor %}")


def _page(paper) -> None:
    section = paper.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.top_margin, section.bottom_margin = Cm(3.7), Cm(3.5)
    section.left_margin, section.right_margin = Cm(2.8), Cm(2.6)
    style = paper.styles["Normal"]
    style.font.name, style.font.size = LATIN, Pt(14)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FANGSONG)


def _line(paper, text: str, *, size=14, font=FANGSONG, centre=False, bold=False, indent=False) -> Paragraph:
    line = paper.add_paragraph()
    line.paragraph_format.space_after = Pt(4)
    if centre:
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if indent:
        line.paragraph_format.first_line_indent = Pt(2 * size)
    _write(line, text, size, font, bold)
    return line


def _write(line: Paragraph, text: str, size: int, font: str = FANGSONG, bold: bool = False) -> None:
    run = line.add_run(text)
    run.font.name, run.font.size, run.bold = LATIN, Pt(size), bold
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _heading(paper, text: str) -> None:
    _line(paper, text, size=16, font=HEI)


def _labelled(paper, label: str, field: str) -> None:
    line = _line(paper, f"{label}：", font=HEI)
    _write(line, field, 14)


def _table(paper, heading: str, columns: Sequence[tuple[str, str]], rows: str) -> None:
    """Heading, head and one row for each of ``rows``; nothing at all when there are none."""
    _line(paper, f"{{%p if {rows} %}}")
    _heading(paper, heading)
    table = paper.add_table(rows=4, cols=len(columns))
    table.style = "Table Grid"
    table.cell(1, 0).text = f"{{%tr for row in {rows} %}}"
    table.cell(3, 0).text = "{%tr endfor %}"
    for place, (label, field) in enumerate(columns):
        for line, text, font in ((0, label, HEI), (2, field, FANGSONG)):
            paragraph = table.cell(line, place).paragraphs[0]
            _write(paragraph, text, 12, font)
    _line(paper, "{%p endif %}")

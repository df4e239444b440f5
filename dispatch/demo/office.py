"""Small office files made of their parts, the same bytes every time: a form to fill in as .docx, a table as .xlsx."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

DATED = (2026, 1, 1, 0, 0, 0)
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
KIND = "application/vnd.openxmlformats-officedocument"


def docx(title: str, paragraphs: Sequence[str]) -> bytes:
    """A page of text under a title."""
    lines = "".join(f"<w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p>" for text in (title, *paragraphs))
    document = f'{HEAD}<w:document xmlns:w="{WORD}"><w:body>{lines}</w:body></w:document>'
    return _package("word/document.xml", f"{KIND}.wordprocessingml.document.main+xml", {"word/document.xml": document})


def xlsx(rows: Sequence[Sequence[str]]) -> bytes:
    """One sheet of texts."""
    lines = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{escape(text)}</t></is></c>' for text in row) + "</row>"
        for row in rows
    )
    parts = {
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{SHEET}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'{HEAD}<worksheet xmlns="{SHEET}"><sheetData>{lines}</sheetData></worksheet>',
    }
    sheet = {"/xl/worksheets/sheet1.xml": f"{KIND}.spreadsheetml.worksheet+xml"}
    return _package("xl/workbook.xml", f"{KIND}.spreadsheetml.sheet.main+xml", parts, sheet)


def _package(main: str, kind: str, parts: Mapping[str, str], more: Mapping[str, str] | None = None) -> bytes:
    kinds = "".join(
        f'<Override PartName="{name}" ContentType="{one}"/>' for name, one in {f"/{main}": kind, **(more or {})}.items()
    )
    frame = {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{kinds}</Types>',
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="{main}"/></Relationships>',
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in {**frame, **parts}.items():
            package.writestr(zipfile.ZipInfo(name, DATED), text.encode(), zipfile.ZIP_DEFLATED)
    return file.getvalue()

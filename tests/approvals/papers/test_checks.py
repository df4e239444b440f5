"""What is taken and what is refused: every hostile upload with its own sentence, and nothing of it left."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from accounts import jail
from accounts.errors import Refused
from approvals.papers.checks import checked
from approvals.papers.kinds import NAME_LENGTH, Bad, clean_name, kind_of
from approvals.papers.words import SENTENCES
from tests.approvals.papers import files

SAMPLES = Path(__file__).parents[2] / "data" / "samples" / "hostile"
MACRO_TYPE = '<Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'
ENTITY = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
SCRIPT_NAMES = files.names("/JavaScript", files.action("JavaScript"))
LINKED_BOOK = files.package({"xl/workbook.xml": "<a/>", "xl/externalLinks/externalLink1.xml": "<a/>"})
OBJECT = files.relation("oleObject", "x", external=False)

TAKEN = {
    "合同.pdf": files.pdf(),
    "scan.PDF": files.pdf(),
    "申请表.docx": files.docx(),
    "mit link.docx": files.docx(relations=files.relation("hyperlink")),
    "清单.xlsx": files.xlsx(),
    "a.png": files.picture("PNG"),
    "b.jpg": files.picture(),
    "c.JPEG": files.photo_with_place(),
    "v1.2 final.pdf": files.pdf(),
}
HOSTILE = {
    "empty": ("a.pdf", b"", "EMPTY"),
    "program as pdf": ("a.pdf", b"MZ\x90\0" + b"\0" * 600, "WRONG_MAGIC"),
    "pdf as png": ("a.png", files.pdf(), "WRONG_MAGIC"),
    "png as jpg": ("a.jpg", files.picture("PNG"), "WRONG_MAGIC"),
    "xlsx as docx": ("a.docx", files.xlsx(), "WRONG_MAGIC"),
    "zip as docx": ("a.docx", files.zipped(), "UNREADABLE"),
    "zip": ("a.zip", files.zipped(), "EXTENSION"),
    "program": ("a.exe", b"MZ", "EXTENSION"),
    "macro workbook": ("a.xlsm", files.xlsx(), "EXTENSION"),
    "no extension": ("vertrag", files.pdf(), "EXTENSION"),
    "two endings": ("a.pdf.exe", b"MZ", "DOUBLE_EXTENSION"),
    "two endings, turned": ("a.exe.pdf", files.pdf(), "DOUBLE_EXTENSION"),
    "turned by RLO": ("invoice\u202efdp.exe", b"MZ", "EXTENSION"),
    "drawing": ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "EXTENSION"),
    "drawing as png": ("a.png", b"<?xml version='1.0'?><svg onload='alert(1)'/>", "WEB_PAGE"),
    "page as pdf": ("a.pdf", b"<!doctype html><script>alert(1)</script>", "WEB_PAGE"),
    "page in UTF-16": ("a.pdf", "<html><script>1</script>".encode("utf-16"), "WEB_PAGE"),
    "page before a pdf": ("a.pdf", b"GIF89a" + b"\0" * 9 + files.pdf(), "POLYGLOT"),
    "pdf inside a picture": ("a.png", files.picture("PNG")[:8] + b"%PDF-1.4 " + files.picture("PNG")[8:], "POLYGLOT"),
    "zip behind a jpeg": ("a.jpg", files.picture() + files.zipped(), "POLYGLOT"),
    "zip behind a pdf": ("a.pdf", files.pdf() + files.zipped(), "POLYGLOT"),
    "page behind a pdf": ("a.pdf", files.pdf() + b"<script>alert(1)</script>", "POLYGLOT"),
    "bytes before a docx": ("a.docx", files.docx()[:4] + b"x" * 50 + files.docx(), "POLYGLOT"),
    "half a pdf": ("a.pdf", files.pdf()[:-40], "TRUNCATED"),
    "half a picture": ("a.jpg", files.picture(size=(400, 300), quality=95)[:900], "UNREADABLE"),
    "half a workbook": ("a.xlsx", files.xlsx()[:-200], "UNREADABLE"),
    "only a pdf's head": ("a.pdf", b"%PDF-1.7\n%%EOF", "UNREADABLE"),
    "pixel flood": ("a.png", files.flood(), "TOO_MANY_PIXELS"),
    "pdf script": ("a.pdf", files.pdf(OpenAction=files.action("JavaScript", JS="app.alert(1)")), "PDF_SCRIPT"),
    "pdf named script": ("a.pdf", files.pdf(Names=SCRIPT_NAMES), "PDF_SCRIPT"),
    "pdf hidden script": ("a.pdf", files.hidden_script_pdf(), "PDF_SCRIPT"),
    "pdf launch": ("a.pdf", files.pdf(OpenAction=files.action("Launch", F="cmd.exe")), "PDF_LAUNCH"),
    "pdf attachment": ("a.pdf", files.pdf_with_attachment(), "PDF_EMBEDDED"),
    "locked pdf": ("a.pdf", files.locked_pdf(), "ENCRYPTED"),
    "docx macro": ("a.docx", files.docx(word__vbaProject_x_bin=b"x"), "MACRO"),
    "docx macro type": ("a.docx", files.docx(types=MACRO_TYPE), "MACRO"),
    "docx template": ("a.docx", files.docx(relations=files.relation("attachedTemplate")), "EXTERNAL_LINK"),
    "docx far picture": ("a.docx", files.docx(relations=files.relation("image")), "EXTERNAL_LINK"),
    "xlsx link": ("a.xlsx", LINKED_BOOK, "EXTERNAL_LINK"),
    "docx object": ("a.docx", files.docx(word__embeddings__oleObject1_x_bin=b"x"), "OLE_OBJECT"),
    "docx object by relation": ("a.docx", files.docx(relations=OBJECT), "OLE_OBJECT"),
    "docx entity": ("a.docx", files.docx(word__x_x_xml=ENTITY), "XML_UNSAFE"),
    "docx bomb": ("a.docx", files.bomb(), "ZIP_BOMB"),
    "docx climbs": ("a.docx", files.package({"../../evil.xml": "<a/>", "word/document.xml": files.WORD}), "UNREADABLE"),
}  # fmt: skip
FROM_SAMPLES = {
    "A_csv_renamed.xlsx": "WRONG_MAGIC",
    "A_encrypted.xlsx": "ENCRYPTED_OR_OLD",
    "A_external_entity.xlsx": "XML_UNSAFE",
    "A_macro.xlsm": "EXTENSION",
    "A_truncated.xlsx": "UNREADABLE",
    "A_xls_renamed.xlsx": "ENCRYPTED_OR_OLD",
    "A_zip_bomb_sheet.xlsx": "ZIP_BOMB",
}


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    found = SimpleUploadedFile("x", content)
    found._name = name  # as a client that cleans nothing would send it
    return found


def code_of(name: str, content: bytes) -> str:
    """Code of the refusal, seen through the sentence's cause."""
    with pytest.raises(Refused) as refused, checked(upload(name, content)):
        pass
    cause = refused.value.__cause__
    assert isinstance(cause, Bad) and str(refused.value)
    return cause.code


@pytest.mark.parametrize("name", TAKEN)
def test_documents_and_pictures_are_taken(name):
    with checked(upload(name, TAKEN[name])) as found:
        content = found.file.read()

    assert (found.name, found.size, found.is_scanned) == (name, len(content), True)
    assert content.startswith(found.kind.magic)
    if found.kind.extension in ("pdf", "docx", "xlsx"):
        assert content == TAKEN[name]


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_uploads_are_refused(case):
    name, content, code = HOSTILE[case]

    assert code_of(name, content) == code


@pytest.mark.parametrize("name", FROM_SAMPLES)
def test_hostile_workbooks_are_refused(name):
    assert code_of(name, (SAMPLES / name).read_bytes()) == FROM_SAMPLES[name]


def test_every_sentence_is_reached():
    elsewhere = {"TOO_LARGE", "TOO_COMPLEX", "VIRUS", "ENCRYPTED_OR_OLD"}

    assert set(SENTENCES) == {code for _name, _content, code in HOSTILE.values()} | elsewhere


def test_too_large_is_refused_while_it_is_read(settings):
    settings.PAPER_UPLOAD_MAX_BYTES = 1024 * 1024

    assert code_of("a.pdf", files.pdf() + b"\0" * 1024 * 1024) == "TOO_LARGE"


def test_photos_lose_where_they_were_taken_and_stand_upright(tmp_path):
    with checked(upload("foto.jpg", files.photo_with_place())) as found:
        place = tmp_path / "out.jpg"
        place.write_bytes(found.file.read())

    with Image.open(place) as picture:
        assert picture.size == (30, 40)
        assert not picture.getexif() and "exif" not in picture.info
    assert b"Kamera-Geheim" not in place.read_bytes() and b"Exif" not in place.read_bytes()


def test_png_comments_are_gone():
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Comment", "<script>geheim</script>")
    with checked(upload("a.png", files.picture("PNG", pnginfo=info))) as found:
        assert b"geheim" not in found.file.read()


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("合同.pdf", "合同.pdf"),
        ("a\u202efdp.pdf", "afdp.pdf"),
        ("a\0b\r\n\tc.pdf", "ab c.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\temp\\x.pdf", "x.pdf"),
        ("..%2f..%2Fx.pdf", ".._.._x.pdf".lstrip(".")),
        ("e\u0301.pdf", "é.pdf"),
        ('<b>"x".pdf', "_b__x_.pdf"),
        ("", "file"),
        ("...", "file"),
        ("长" * 300 + ".pdf", "长" * (NAME_LENGTH - 4) + ".pdf"),
    ],
)
def test_names_are_cleaned_and_kept_as_data(name, clean):
    assert clean_name(name) == clean


@given(st.text(max_size=400))
def test_no_name_is_dangerous(name):
    found = clean_name(name)

    assert 0 < len(found) <= NAME_LENGTH and found.isprintable()
    assert not set(found) & set('/\\<>"\0\r\n\u202e\u2066')
    assert clean_name(found) == found


@given(st.text(max_size=60))
def test_only_listed_extensions_pass(name):
    try:
        kind = kind_of(clean_name(name))
    except Bad:
        return
    assert clean_name(name).lower().endswith((f".{kind.extension}", *(f".{each}" for each in kind.also)))


# The jail -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Runs a few lines as a child in the jail: ``module("…")``."""

    def run(lines: str, *, wall: float = 20):
        head = "import sys\nfrom accounts import jail\njail.lock(sys.argv[1])\n"
        (tmp_path / "prisoner.py").write_text(head + lines)
        monkeypatch.setattr(jail, "PATHS", (*jail.PATHS, str(tmp_path)))
        return jail.run("prisoner", [str(tmp_path / "out")], wall=wall)

    return run


def test_the_jail_answers(module):
    assert module("print('{\"a\": 1}')") == {"a": 1}


@pytest.mark.parametrize(
    "lines",
    [
        "x = bytearray(2 * 1024**3)\nprint('{}')",
        "open('/tmp/elsewhere-of-the-jail', 'w')\nprint('{}')",
        "import socket\nsocket.create_connection(('127.0.0.1', 9))\nprint('{}')",
        "import subprocess\nsubprocess.run(['true'])\nprint('{}')",
        "print('no json')",
        "import os\nos.kill(os.getpid(), 9)",
    ],
)
def test_what_breaks_out_is_broken_off(module, lines):
    with pytest.raises(jail.Broke):
        module(lines)


def test_a_hanging_parser_is_ended(module):
    with pytest.raises(jail.Broke, match="too long"):
        module("import time\ntime.sleep(30)", wall=1)


def test_a_parser_that_breaks_is_a_refusal(monkeypatch):
    monkeypatch.setattr("approvals.papers.checks.jail.run", _broken)

    assert code_of("a.pdf", files.pdf()) == "TOO_COMPLEX"


def _broken(*_arguments):
    raise jail.Broke("ended with -9")

"""The gate: every kind of unsafe file is refused before anything of it is used, and a plain one passes."""

import io
import warnings
import zipfile

import pytest

from projects.ledger import safety
from projects.ledger.findings import Refusal
from projects.ledger.workbook import read_workbook
from tests.projects.ledger.books import TYPES, book, package, worksheet

PLAIN = worksheet('<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>')


def code_of(data):
    with pytest.raises(Refusal) as caught:
        read_workbook(data)
    return caught.value.code


def test_plain_package_passes():
    assert read_workbook(package(PLAIN)).sheets[0].cells[1, 1].value == 1


def test_upload_limit():
    assert code_of(b"PK\x03\x04" + bytes(safety.MAX_UPLOAD)) == "TOO_LARGE"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "NOT_XLSX"),
        (b"%PDF-1.7", "NOT_XLSX"),
        ("序号,项目名称".encode("gbk"), "NOT_XLSX"),
        (b"PK\x03\x04garbage", "CORRUPT"),
        (safety.OLE_MAGIC + bytes(600), "LEGACY_XLS"),
        (safety.OLE_MAGIC + "EncryptedPackage".encode("utf-16-le"), "ENCRYPTED"),
    ],
)
def test_by_content_not_by_name(data, code):
    assert code_of(data) == code


@pytest.mark.parametrize(
    ("extra", "code"),
    [
        ({"xl/vbaProject.bin": b"x"}, "MACRO"),
        ({"xl/macrosheets/sheet1.xml": b"x"}, "MACRO"),
        ({"xl/externalLinks/externalLink1.xml": b"x"}, "XML_UNSAFE"),
        ({"../evil.xml": b"x"}, "CORRUPT"),
        ({"/etc/evil": b"x"}, "CORRUPT"),
        ({"c:evil": b"x"}, "CORRUPT"),
        ({"XL/WORKBOOK.XML": b"x"}, "CORRUPT"),
        ({f"a/{n}": b"" for n in range(600)}, "ZIP_BOMB"),
        ({"big": bytes(5_000_000)}, "ZIP_BOMB"),
    ],
)
def test_directory_of_the_package(extra, code):
    assert code_of(package(PLAIN, extra=extra)) == code


def test_repeated_part_name():
    buffer = io.BytesIO(package(PLAIN))
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("xl/worksheets/sheet1.xml", PLAIN)
    assert code_of(buffer.getvalue()) == "CORRUPT"


def test_total_size_counts_even_when_nothing_packs_well(monkeypatch):
    monkeypatch.setattr(safety, "MAX_UNPACKED", 1000)
    assert code_of(package(PLAIN, extra={"a": b"x" * 600, "b": b"y" * 600})) == "ZIP_BOMB"


def test_macro_content_type_without_macro_part():
    types = TYPES.replace("spreadsheetml.sheet.main", "ms-excel.sheet.macroEnabled.main")
    assert code_of(package(PLAIN, types=types)) == "MACRO"


def test_other_office_files_are_no_workbooks():
    assert code_of(package(PLAIN, types="<Types/>")) == "NOT_XLSX"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
    assert code_of(buffer.getvalue()) == "NOT_XLSX"


LAUGHS = '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;">]>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("declaration", [LAUGHS, '<!DOCTYPE a SYSTEM "file:///etc/passwd">', "<!DOCTYPE a>"])
def test_document_types_and_entities(declaration, encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?>{declaration}{PLAIN}'
    assert code_of(package(text.encode(encoding))) == "XML_UNSAFE"


def test_entities_in_the_shared_parts_too():
    extra = {
        "xl/_rels/workbook.xml.rels": '<!DOCTYPE a><Relationships xmlns="x"/>',
    }
    assert code_of(package(PLAIN, extra=extra)) == "XML_UNSAFE"


@pytest.mark.parametrize("broken", ["<worksheet>", "", "text", b"\xff\xfe\x00", "<a></b>"])
def test_broken_xml(broken):
    assert code_of(package(broken)) == "CORRUPT"


def test_every_truncation_is_refused():
    data = book(["1", None, "甲"])
    for length in range(0, len(data) - 1, 97):
        assert code_of(data[:length]) in ("CORRUPT", "NOT_XLSX")


def test_flipped_bytes_never_raise_anything_else():
    data = bytearray(book(["1", None, "甲项目"]))
    for position in range(0, len(data), 61):
        broken = bytes(data[:position]) + bytes([data[position] ^ 0xFF]) + bytes(data[position + 1 :])
        try:
            read_workbook(broken)
        except Refusal as refusal:
            assert refusal.code in ("CORRUPT", "NOT_XLSX", "ENCRYPTED", "ZIP_BOMB", "MACRO", "XML_UNSAFE")

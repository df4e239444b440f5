# ruff: noqa: E501 - parts of packages are written as they stand in the file
"""Files that are made to hurt a reader, all inert. Each: bytes, the codes it may be refused with, the name it bears.

``python -m tests.projects.ledger.hostile`` reads each in the jail and prints code, seconds and memory of the child.
"""

import base64
import codecs
import io
import random
import resource
import struct
import subprocess
import sys
import tempfile
import time
import warnings
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from projects.ledger.findings import Refusal
from projects.ledger.jail_reader import read_in_jail
from tests.projects.ledger.books import HEADER, TYPES, WORKBOOK, book, package, worksheet

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ONE = '<row r="1"><c r="A1" t="inlineStr"><is><t>项目名称</t></is></c></row>'
PLAIN = worksheet(f"<sheetData>{ONE}</sheetData>")
LAUGHS = '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;"><!ENTITY z "&y;&y;&y;&y;">]>'
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@dataclass(frozen=True)
class Hostile:
    make: Callable[[], bytes]
    codes: frozenset[str]  # empty: it must be read
    name: str = "台账.xlsx"
    rows: int | None = None  # how many must be read


FILES: dict[str, Hostile] = {}


def hostile(*codes: str, name: str = "台账.xlsx", rows: int | None = None):
    def keep(make):
        FILES[make.__name__] = Hostile(make, frozenset(codes), name, rows)
        return make

    return keep


def noise(size: int) -> bytes:
    """Bytes that do not pack and are plain letters in XML."""
    return base64.b64encode(random.Random(1).randbytes(size * 3 // 4))


def in_sheet(data: str | bytes) -> bytes:
    return package(worksheet(data) if isinstance(data, str) else data)


def streamed(pieces, *, extra=None) -> bytes:
    """A package whose sheet is written piece by piece."""
    head, tail = worksheet("|").split("|")
    return package(b"".join([head.encode(), *pieces, tail.encode()]), extra=extra)


# Bombs ----------------------------------------------------------------------------------------------------------------


@hostile("ZIP_BOMB")
def bomb_400_mb():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in _parts().items():
            archive.writestr(name, text)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            head, tail = worksheet("<sheetData>|</sheetData>").encode().split(b"|")
            part.write(head)
            for _ in range(400):
                part.write(b"<row/>" * (1024 * 1024 // 6))
            part.write(tail)
    return buffer.getvalue()


def _parts():
    with zipfile.ZipFile(io.BytesIO(package(PLAIN))) as source:
        return {name: source.read(name) for name in source.namelist() if "sheet1" not in name}


@hostile("ZIP_BOMB", "CORRUPT")
def bomb_with_false_sizes():
    """The directory says 2,000 bytes, the part unpacks to 50 MB."""
    data = bytearray(in_sheet("<sheetData>" + "<row/>" * 8_000_000 + "</sheetData>"))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        info = archive.getinfo("xl/worksheets/sheet1.xml")
        start = archive.start_dir
    data[info.header_offset + 22 : info.header_offset + 26] = struct.pack("<I", 2000)
    at = data.index(b"xl/worksheets/sheet1.xml", start) - 46
    data[at + 24 : at + 28] = struct.pack("<I", 2000)
    return bytes(data)


@hostile("CORRUPT")
def bomb_packed_with_lzma():
    return package(worksheet("<sheetData>" + "<row/>" * 10_000 + "</sheetData>"), compression=zipfile.ZIP_LZMA)


@hostile("XML_UNSAFE", "ZIP_BOMB")
def nested_archives():
    inner = package(PLAIN, extra={"xl/media/image1.png": bytes(900_000)})
    for _ in range(5):
        inner = package(PLAIN, extra={"xl/media/image1.png": inner})
    return inner


@hostile("ZIP_BOMB", "CORRUPT", "NOT_XLSX")
def entries_100000():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        for number in range(60_000):
            archive.writestr(f"{number}", b"")
    return buffer.getvalue()


@hostile("CORRUPT")
def overlapping_entries():
    """Two hundred entries of the directory point at the same packed bytes."""
    body = zlib.compressobj(9, zlib.DEFLATED, -15)
    raw = b"<row/>" * 50_000
    packed = body.compress(raw) + body.flush()
    data = bytearray(package(PLAIN))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        start = archive.start_dir
        old = data[start:]
        count = len(archive.infolist())
    old = old[:-22]
    local = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 0, zlib.crc32(raw), len(packed), len(raw), 1, 0) + b"a"
    body_bytes = data[:start] + local + packed
    entries = b"".join(
        struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, zlib.crc32(raw), len(packed), len(raw), 4, 0, 0, 0, 0, 0, start)
        + f"{number:04}".encode()
        for number in range(200)
    )  # fmt: skip
    directory = bytes(old) + entries
    total = count + 200
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, total, total, len(directory), len(body_bytes), 0)
    return bytes(body_bytes) + directory + end


@hostile("CORRUPT")
def members_outside():
    return package(PLAIN, extra={"../../etc/cron.d/x": b"x"})


@hostile("CORRUPT")
def repeated_names():
    buffer = io.BytesIO(package(PLAIN))
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("xl/worksheets/sheet1.xml", PLAIN)
    return buffer.getvalue()


# Other files under the name of a workbook -----------------------------------------------------------------------------


def other(name: str, data: bytes, *codes: str):
    FILES[name] = Hostile(lambda: data, frozenset(codes))


def ole(*streams: str) -> bytes:
    return OLE + bytes(1000) + b"".join(each.encode("utf-16-le") + bytes(60) for each in streams) + bytes(4000)


def zipped(**parts: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return buffer.getvalue()


other("encrypted", ole("EncryptionInfo", "EncryptedPackage"), "ENCRYPTED")
other("old_xls", ole("Root Entry", "Workbook"), "LEGACY_XLS")
other("oldest_xls", b"\x09\x08\x08\x00\x00\x05\x10\x00" + bytes(100), "LEGACY_XLS")
other("old_doc", ole("Root Entry", "WordDocument"), "LEGACY_XLS")
other("ods", zipped(mimetype=b"application/vnd.oasis.opendocument.spreadsheet", content_dot_xml=b"<a/>"), "NOT_XLSX")
other("numbers", zipped(Index__Document_dot_iwa=b"x"), "NOT_XLSX")
other("docx", zipped(word__document_dot_xml=b"<a/>"), "NOT_XLSX")
other("pdf", b"%PDF-1.7\n%\xe2\xe3", "NOT_XLSX")
other("html_table", "<html><body><table><tr><td>项目名称</td></tr></table>".encode("gbk"), "NOT_XLSX")
other("mht", b"MIME-Version: 1.0\nX-Document-Type: Workbook\n", "NOT_XLSX")
other("xml_2003", b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>', "NOT_XLSX")
other("rar", b"Rar!\x1a\x07\x00" + bytes(50), "NOT_XLSX")
other("picture", b"\x89PNG\r\n\x1a\n" + bytes(50), "NOT_XLSX")
other("text", "项目名称,总投资\n甲,5".encode("gbk"), "NOT_XLSX")
other("nothing", b"", "NOT_XLSX")
other("noise", random.Random(2).randbytes(5000), "NOT_XLSX")
other("truncated", book(["1", None, "甲"])[:-300], "CORRUPT")
other("xlsb", package(PLAIN, extra={"xl/workbook.bin": b"x"}).replace(b"xl/workbook.xml", b"xl/workbook.xmm"), "NOT_XLSX", "CORRUPT")  # fmt: skip


@hostile("CORRUPT")
def wrong_checksum():
    data = bytearray(package(PLAIN, compression=zipfile.ZIP_STORED))
    data[data.index("项目名称".encode()) + 1] ^= 1
    return bytes(data)


# What lives in workbooks ----------------------------------------------------------------------------------------------


def with_part(code: str, name: str, part: str, data: bytes = b"x"):
    FILES[name] = Hostile(lambda: package(PLAIN, extra={part: data}), frozenset([code]))


def with_relation(code: str, name: str, kind: str):
    link = f'<Relationships><Relationship Id="r9" Type="{RELATION}/{kind}" Target="odd.bin"/></Relationships>'
    FILES[name] = Hostile(
        lambda: package(PLAIN, extra={"xl/worksheets/_rels/sheet1.xml.rels": link, "xl/odd.bin": b"x"}),
        frozenset([code]),
    )


with_part("MACRO", "macros", "xl/vbaProject.bin")
with_part("MACRO", "macros_elsewhere", "docProps/VBAPROJECT.BIN")
with_part("MACRO", "macros_as_picture", "xl/media/image1.png", OLE + bytes(200) + "_VBA_PROJECT".encode("utf-16-le"))
with_part("MACRO", "macro_sheet", "xl/macrosheets/sheet1.xml")
with_part("MACRO", "dialog_sheet", "xl/dialogsheets/sheet1.xml")
with_part("MACRO", "activex", "xl/activeX/activeX1.xml")
with_part("XML_UNSAFE", "ole_object", "xl/embeddings/oleObject1.bin")
with_part("XML_UNSAFE", "ole_object_elsewhere", "xl/media/image9.emf", OLE + bytes(600))
with_part("XML_UNSAFE", "external_link", "xl/externalLinks/externalLink1.xml")
with_part("XML_UNSAFE", "connection", "xl/connections.xml", b"<connections/>")
with_relation("MACRO", "macros_by_relation", "vbaProject")
with_relation("MACRO", "macro_sheet_by_relation", "xlMacrosheet")
with_relation("MACRO", "control_by_relation", "control")
with_relation("XML_UNSAFE", "ole_by_relation", "oleObject")
with_relation("XML_UNSAFE", "external_link_by_relation", "externalLink")


@hostile("MACRO")
def macro_template():
    return package(PLAIN, types=TYPES.replace("spreadsheetml.sheet.main", "ms-excel.template.macroEnabled.main"))


@hostile("XML_UNSAFE")
def dde_formula():
    return in_sheet("<sheetData><row><c><f>cmd|'/C calc'!A0</f><v>0</v></c></row></sheetData>")


# XML ------------------------------------------------------------------------------------------------------------------


def with_doctype(name: str, declaration: str, encoding: str = "utf-8", written: str | None = None):
    text = f'<?xml version="1.0" encoding="{encoding}"?>{declaration}{PLAIN}'
    data = text.encode(written or encoding, "xmlcharrefreplace")
    FILES[name] = Hostile(lambda: in_sheet(data), frozenset({"XML_UNSAFE", "CORRUPT"}))


with_doctype("laughs", LAUGHS)
with_doctype("laughs_utf16", LAUGHS, "utf-16")
with_doctype("laughs_utf7", LAUGHS, "utf-7", "ascii")
with_doctype("laughs_ebcdic", LAUGHS, "cp037", "cp037")
with_doctype("quadratic", '<!DOCTYPE a [<!ENTITY x "' + "a" * 50_000 + '">]>')
with_doctype("external_entity", '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>')
with_doctype("external_dtd", '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd">')
with_doctype("parameter_entity", '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;]>')
for _part in ("xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml", "xl/styles.xml"):
    FILES["laughs_in_" + _part.rsplit("/", 1)[1].split(".")[0].lower()] = Hostile(
        lambda part=_part: package(PLAIN, extra={part: LAUGHS + "<a/>"}), frozenset({"XML_UNSAFE"})
    )
FILES["laughs_in_content_types"] = Hostile(lambda: package(PLAIN, types=LAUGHS + TYPES[21:]), frozenset({"XML_UNSAFE"}))


@hostile("TOO_LARGE", "CORRUPT")
def endless_attribute():
    """One token of 60 MB, packed just badly enough: an old expat begins it again with every bite."""
    return streamed([b'<sheetData a="', noise(900_000), b"a" * 60_000_000, b'"/>'])


@hostile("TOO_LARGE", "CORRUPT", "NO_TABLE")
def attributes_without_end():
    return streamed([b"<sheetData ", *(b'a%x="" ' % n for n in range(3_000_000)), b"/>"])


@hostile("TOO_LARGE")
def elements_without_end():
    return streamed([b"<!--", noise(1_000_000), b"-->", b"<x/>" * 20_000_000])


@hostile("TOO_LARGE", "CORRUPT")
def deep_nesting():
    return streamed([b"<!--", noise(1_000_000), b"-->", b"<x>" * 5_000_000])


@hostile("CORRUPT")
def nul_in_a_name():
    """zipfile cuts the name there; what stands behind it must not go unseen."""
    return package(PLAIN, extra={"xl/aXb.xml": "<a/>"}).replace(b"xl/aXb.xml", b"xl/a\0b.xml")


@hostile("XML_UNSAFE")
def dde_in_a_name():
    names = "</sheets><definedNames><definedName name='x'>cmd|'/C calc'!A0</definedName></definedNames>"
    return _replaced({"xl/workbook.xml": WORKBOOK.replace("</sheets>", names)}, PLAIN.encode())


@hostile("XML_UNSAFE")
def dde_in_a_validation():
    rule = "<dataValidations><dataValidation><formula1>cmd|'/C calc'!A0</formula1></dataValidation></dataValidations>"
    return in_sheet(f"<sheetData>{ONE}</sheetData>{rule}")


@hostile("XML_UNSAFE")
def dde_by_function():
    return in_sheet('<sheetData><row><c><f>DDE("soffice","a.ods","A1")</f><v>0</v></c></row></sheetData>')


# Large sheets ---------------------------------------------------------------------------------------------------------


def rows_of(count: int, cells: int = 1, value: bytes = b"<v>1</v>"):
    yield b"<sheetData>"
    for row in range(1, count + 1):
        yield b'<row r="%d">' % row + (b"<c>" + value + b"</c>") * cells + b"</row>"
    yield b"</sheetData>"


@hostile("TOO_LARGE")
def million_rows_under_a_small_dimension():
    return streamed([b'<dimension ref="A1:B5"/><!--', noise(800_000), b"-->", *rows_of(1_000_000)])


@hostile("TOO_LARGE")
def million_empty_rows():
    return streamed([b"<sheetData>", *(b'<row r="%d" s="1" customFormat="1"/>' % n for n in range(1, 1_000_001)), b"</sheetData>"])  # fmt: skip


@hostile("TOO_LARGE")
def million_empty_cells():
    return streamed([b"<!--", noise(1_000_000), b"-->", *rows_of(90_000, 100, b"")])


@hostile("TOO_LARGE")
def rows_20001_and_more():
    return streamed(rows_of(20_600))


@hostile("TOO_LARGE")
def columns_17000():
    return streamed(rows_of(1, 17_000))


@hostile("NO_TABLE", "TOO_LARGE")
def far_cell():
    return in_sheet('<sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')


@hostile("TOO_LARGE")
def million_merges():
    merges = (b'<mergeCell ref="A%d:B%d"/>' % (n, n) for n in range(1, 1_000_001))
    return streamed([*rows_of(10, 3), b"<mergeCells>", *merges, b"</mergeCells>"])


@hostile("TOO_LARGE")
def merges_over_merges():
    merges = [b"<mergeCells>", *[b'<mergeCell ref="A1:AN20000"/>'] * 50_000, b"</mergeCells>"]
    sheet = [b"<!--", noise(900_000), b"-->", *rows_of(20_000, 40), *merges]
    return streamed(sheet)


@hostile("TOO_LARGE")
def million_styles():
    links = _links("styles")
    styles = b"<styleSheet><cellXfs>" + b'<xf numFmtId="1" fontId="0"/>' * 1_000_000 + b"</cellXfs><!--"
    return _packed(links | {"xl/styles.xml": styles + noise(600_000) + b"--></styleSheet>"})


@hostile("TOO_LARGE")
def endless_text():
    """A shared text of 40 MB."""
    return _packed(_links("sharedStrings") | {"xl/sharedStrings.xml": b"<sst><si><t>" + noise(800_000) + b"a" * 40_000_000 + b"</t></si></sst>"})  # fmt: skip


@hostile("TOO_LARGE")
def million_texts_that_nobody_uses():
    texts = b"".join(b"<si><t>%d</t></si>" % number for number in range(1_000_000))
    return _packed(_links("sharedStrings") | {"xl/sharedStrings.xml": b"<sst>" + texts + b"</sst>"})


@hostile("TOO_LARGE")
def million_number_formats():
    formats = b"".join(b'<numFmt numFmtId="%d" formatCode="0.%d"/>' % (n, n) for n in range(1_000_000))
    return _packed(
        _links("styles") | {"xl/styles.xml": b"<styleSheet><numFmts>" + formats + b"</numFmts></styleSheet>"}
    )


@hostile(rows=9_900)
def one_total_after_another():
    """Adding up the rows anew for each of them took minutes."""
    head = cells_of("项目名称", "总投资（万元）", "年度计划投资（万元）", "用地面积（亩）")
    pairs = (cells_of(f"项目{n}", 5, 6, 7) + cells_of("合计", 99, 99, 99) for n in range(9_900))
    return in_sheet(f"<sheetData>{head}{''.join(pairs)}</sheetData>")


@hostile("TOO_LARGE")
def one_project_more_than_20000():
    rows = (cells_of(f"项目{n}") for n in range(20_001))
    return in_sheet(f"<sheetData>{cells_of('项目名称', '总投资（万元）', '责任单位')}{''.join(rows)}</sheetData>")


def cells_of(*texts) -> str:
    return "<row>" + "".join(f'<c t="inlineStr"><is><t>{each}</t></is></c>' for each in texts) + "</row>"


@hostile("TOO_LARGE")
def one_header_after_another():
    """Each row the header of a table of 200 columns."""
    rows = (
        "<row>"
        + "".join(
            f'<c t="inlineStr"><is><t>{each}</t></is></c>'
            for each in ("项目名称", "总投资", "责任单位", "开工时间", *(f"列{row}x{number}" for number in range(196)))
        )
        + "</row>"
        for row in range(300)
    )
    return in_sheet("<sheetData>" + "".join(rows) + "</sheetData>")


@hostile(rows=15_000)
def comments_on_every_row():
    """Looking through all of them for every row took minutes."""
    head = "".join(
        f'<c t="inlineStr"><is><t>{each}</t></is></c>' for each in ("项目名称", "总投资（万元）", "责任单位")
    )
    rows = "".join(f'<row><c t="inlineStr"><is><t>项目{n}</t></is></c><c><v>500</v></c></row>' for n in range(15_000))
    comments = "".join(f'<comment ref="A{n}"><text><t>问</t></text></comment>' for n in range(2, 15_002))
    links = (
        f'<Relationships><Relationship Id="r1" Type="{RELATION}/comments" Target="../comments1.xml"/></Relationships>'
    )
    return package(
        worksheet(f"<sheetData><row>{head}</row>{rows}</sheetData>"),
        extra={
            "xl/worksheets/_rels/sheet1.xml.rels": links,
            "xl/comments1.xml": f"<comments>{comments}</comments>",
        },
    )


@hostile("TOO_LARGE")
def one_text_everywhere():
    """A text of 130,000 characters, used by a million cells."""
    cell = b'<c t="s"><v>0</v></c>'
    return _packed(
        _links("sharedStrings") | {"xl/sharedStrings.xml": b"<sst><si><t>" + b"a" * 130_000 + b"</t></si></sst>"},
        b"<!--" + noise(500_000) + b"--><sheetData>" + (b"<row>" + cell * 50 + b"</row>") * 20_000 + b"</sheetData>",
    )


@hostile("TOO_LARGE")
def one_text_over_many_rows():
    """A leader of 130,000 characters, merged down over 20,000 projects."""
    head = "".join(
        f'<c t="inlineStr"><is><t>{each}</t></is></c>'
        for each in ("项目名称", "总投资（万元）", "责任单位", "责任领导")
    )
    first = '<row r="2"><c t="inlineStr"><is><t>甲</t></is></c><c><v>1</v></c><c t="inlineStr"><is><t>'
    rest = (f'<row r="{n}"><c t="inlineStr"><is><t>项目{n}</t></is></c></row>' for n in range(3, 20_000))
    tail = '</sheetData><mergeCells><mergeCell ref="C2:C19999"/></mergeCells>'
    return in_sheet(
        f'<sheetData><row r="1">{head}</row>{first}{"文" * 130_000}</t></is></c></row>{"".join(rest)}{tail}'
    )


@hostile("TOO_LARGE")
def hundred_thousand_comments():
    comments = b"".join(b'<comment ref="A%d"><text><t>x</t></text></comment>' % n for n in range(1, 100_001))
    links = (
        f'<Relationships><Relationship Id="r1" Type="{RELATION}/comments" Target="../comments1.xml"/></Relationships>'
    )
    return package(
        PLAIN,
        extra={
            "xl/worksheets/_rels/sheet1.xml.rels": links,
            "xl/comments1.xml": b"<comments><!--" + noise(200_000) + b"-->" + comments + b"</comments>",
        },
    )


@hostile("TOO_LARGE")
def empty_comments():
    """Without a word in them, on the same cell."""
    links = (
        f'<Relationships><Relationship Id="r1" Type="{RELATION}/comments" Target="../comments1.xml"/></Relationships>'
    )
    comments = "<comments>" + '<comment ref="A1"/>' * 20_001 + "</comments>"
    return packed_parts({"xl/worksheets/_rels/sheet1.xml.rels": links, "xl/comments1.xml": comments})


@hostile("CORRUPT", "TOO_LARGE")
def one_sheet_many_times():
    sheets = "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="r1"/>' for n in range(1, 51))
    book = WORKBOOK.replace('<sheet name="S" sheetId="1" r:id="r1"/>', sheets)
    return _packed({"xl/workbook.xml": book}, b"".join(rows_of(20_000, 20)))


@hostile("TOO_LARGE")
def many_sheets():
    return of_sheets(99, PLAIN)


def of_sheets(count: int, sheet: str) -> bytes:
    numbers = range(1, count + 1)
    sheets = "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="r{n}"/>' for n in numbers)
    links = "".join(
        f'<Relationship Id="r{n}" Type="{RELATION}/worksheet" Target="worksheets/s{n}.xml"/>' for n in numbers
    )
    parts = {f"xl/worksheets/s{n}.xml": sheet for n in numbers}
    book = WORKBOOK.replace('<sheet name="S" sheetId="1" r:id="r1"/>', sheets)
    return _packed({"xl/workbook.xml": book, "xl/_rels/workbook.xml.rels": f"<Relationships>{links}</Relationships>"} | parts)  # fmt: skip


def _links(kind: str) -> dict[str, str]:
    links = f'<Relationships><Relationship Id="r1" Type="{RELATION}/worksheet" Target="worksheets/sheet1.xml"/>'
    links += f'<Relationship Id="r2" Type="{RELATION}/{kind}" Target="{kind}.xml"/></Relationships>'
    return {"xl/_rels/workbook.xml.rels": links}


def packed_parts(parts: dict[str, str | bytes]) -> bytes:
    """The plain workbook with `parts` besides or instead of its own."""
    return _replaced(parts, PLAIN.encode())


def _packed(parts: dict[str, str | bytes], rows: bytes = b"") -> bytes:
    sheet = worksheet("|").encode().replace(b"|", rows or f"<sheetData>{ONE}</sheetData>".encode())
    return package(sheet, extra=parts) if not set(parts) & set(_BASE) else _replaced(parts, sheet)


_BASE = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels")


def _replaced(parts: dict[str, str | bytes], sheet: bytes) -> bytes:
    everything = _parts() | {"xl/worksheets/sheet1.xml": sheet} | parts
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in everything.items():
            archive.writestr(name, data)
    return buffer.getvalue()


# Must be read ---------------------------------------------------------------------------------------------------------


@hostile(rows=30)
def wrong_dimension():
    rows = [[n, None, f"项目{n}", "甲公司", 1, 10, "2025-03-01", "在建", ""] for n in range(1, 31)]
    return _edited(book(*rows), "xl/worksheets/sheet1.xml", lambda text: text.replace('ref="A1:I31"', 'ref="A1:B2"'))


@hostile(rows=2)
def strict_ooxml():
    data = book([1, None, "甲项目"], [2, None, "乙项目"])

    def strict(text):
        text = text.replace("http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main")  # fmt: skip
        return text.replace("http://schemas.openxmlformats.org/officeDocument/2006/", "http://purl.oclc.org/ooxml/officeDocument/")  # fmt: skip

    for part in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml", "_rels/.rels"):
        data = _edited(data, part, strict)
    return data


@hostile(rows=1)
def cell_of_40000_characters():
    return book([1, None, "甲项目", "乙公司", 1, 1, "2025-01-02", "在建", "长" * 40_000])


@hostile(rows=2, name="台账.csv")
def csv_gb18030():
    return "\n".join([",".join(HEADER), '1,,甲项目,"乙\n公司",1', "2,,丙项目,=1+1,2"]).encode("gb18030")


@hostile("CORRUPT", name="台账.csv")
def csv_mixed():
    return "项目名称,总投资（万元）\n甲项目,1\n".encode() + "乙项目说明,2\n".encode("gbk")


@hostile("CORRUPT", name="台账.csv")
def csv_nul():
    return "项目名称,总投资\n甲\x00,1\n".encode() + b"x" * 5000


@hostile("CORRUPT", name="台账.csv")
def csv_open_quote():
    return '项目名称,总投资\n"甲,1\n乙,2\n'.encode()


@hostile("TOO_LARGE", name="台账.csv")
def csv_rows():
    return codecs.BOM_UTF8 + "项目名称,总投资（万元）\n".encode() + "甲项目,1\n".encode() * 30_000


@hostile("TOO_LARGE", name="台账.csv")
def csv_empty_rows():
    return "项目名称,总投资（万元）\n".encode() + b"\n" * 3_000_000


@hostile("TOO_LARGE", name="台账.csv")
def csv_one_field():
    return "项目名称,总投资（万元）\n".encode() + b"a" * 5_000_000


@hostile("NOT_XLSX", name="台账.csv")
def csv_that_is_a_web_page():
    return "<html><table><tr><td>项目名称".encode()


def _edited(data: bytes, part: str, change: Callable[[str], str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, change(content.decode()) if name == part else content)
    return buffer.getvalue()


def measure(names: list[str]) -> None:
    """One line a file: what was said, seconds, memory of the child at its peak in MiB."""
    for name in names:
        with tempfile.NamedTemporaryFile() as file:
            file.write(FILES[name].make())
            file.flush()
            began = time.perf_counter()
            try:
                found = read_in_jail(Path(file.name), "projects", name=FILES[name].name)
                said = f"read {len(found.rows)} rows"
            except Refusal as refusal:
                said = f"{refusal.code} {refusal.message_zh}"
            took = time.perf_counter() - began
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
            print(f"{name:38} {file.tell() // 1024:6} KB {took:6.2f} s {peak:5} MiB  {said}", flush=True)


if __name__ == "__main__":
    for each in sys.argv[1:] or FILES:
        if len(sys.argv) == 2:
            measure([each])
        else:  # a process each, for the peak is that of all children so far
            subprocess.run([sys.executable, "-m", "tests.projects.ledger.hostile", each], check=True)

"""Small files of every kind that is taken, and of many that are not."""

import io
import struct
import zipfile
import zlib

from openpyxl import Workbook
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject, TextStringObject

TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{}</Types>'
RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
WORD = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body/></w:document>'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def pdf(**root) -> bytes:
    """A page of white paper; keywords are put into the catalogue of the file."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    for key, value in root.items():
        writer.root_object[NameObject(f"/{key}")] = value
    return written(writer)


def written(writer: PdfWriter) -> bytes:
    raw = io.BytesIO()
    writer.write(raw)
    return raw.getvalue()


def action(kind: str, **more) -> DictionaryObject:
    values = {NameObject("/S"): NameObject(f"/{kind}")}
    return DictionaryObject(values | {NameObject(f"/{name}"): TextStringObject(text) for name, text in more.items()})


def names(key: str, value) -> DictionaryObject:
    inner = DictionaryObject({NameObject("/Names"): ArrayObject([TextStringObject("x"), value])})
    return DictionaryObject({NameObject(key): inner})


def pdf_with_attachment() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_attachment("inside.txt", b"hello")
    return written(writer)


def pdf_holding(data: bytes) -> bytes:
    """A PDF with these bytes, as they are, in a stream nobody draws."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    stream = DecodedStreamObject()
    stream.set_data(data)
    writer._add_object(stream)
    return written(writer)


def locked_pdf() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.encrypt("secret", algorithm="RC4-128")
    return written(writer)


def hidden_script_pdf() -> bytes:
    """The script stands compressed in an object stream under an escaped name: no plain search finds it."""
    stream = b"5 0 <</S/#4AavaScript/JS(app.alert\\(1\\))>>"
    packed = zlib.compress(stream)
    objects = [
        b"1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction 5 0 R>>endobj\n",
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n",
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n",
        b"4 0 obj<</Type/ObjStm/N 1/First 4/Length %d/Filter/FlateDecode>>stream\n" % len(packed)
        + packed + b"\nendstream endobj\n",
    ]  # fmt: skip
    body, offsets = b"%PDF-1.5\n", []
    for each in objects:
        offsets.append(len(body))
        body += each
    start = len(body)
    rows = [(0, 0, 65535), *((1, offset, 0) for offset in offsets), (2, 4, 0), (1, start, 0)]
    table = zlib.compress(b"".join(struct.pack(">BIH", *row) for row in rows))
    head = b"6 0 obj<</Type/XRef/Size 7/W[1 4 2]/Root 1 0 R/Length %d/Filter/FlateDecode>>stream\n" % len(table)
    return body + head + table + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF\n" % start


def picture(kind="JPEG", size=(40, 30), **options) -> bytes:
    raw = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(raw, kind, **options)
    return raw.getvalue()


def photo_with_place() -> bytes:
    """A JPEG that says where it was taken."""
    exif = Image.Exif()
    exif[0x010F] = "Kamera-Geheim"
    exif[0x0112] = 6
    exif.get_ifd(0x8825).update({1: "N", 2: (25.0, 3.0, 1.0), 3: "E", 4: (102.0, 40.0, 1.0)})
    return picture(exif=exif)


def flood(width=50_000, height=50_000) -> bytes:
    """A PNG of a few bytes that says it has 2.5 thousand million pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def package(parts: dict[str, str | bytes], *, types: str = "") -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as found:
        found.writestr("[Content_Types].xml", TYPES.format(types))
        for name, content in parts.items():
            found.writestr(name, content)
    return raw.getvalue()


def docx(*, types: str = "", relations: str = "", **parts) -> bytes:
    """A Word document; ``parts``: further members, "__" stands for "/" and "_x_" for "."."""
    more = {name.replace("__", "/").replace("_x_", "."): content for name, content in parts.items()}
    base = {"word/document.xml": WORD, "word/_rels/document.xml.rels": RELATIONS.format(relations)}
    return package(base | more, types=types)


def relation(kind: str, target="http://elsewhere.example/a", external=True) -> str:
    mode = ' TargetMode="External"' if external else ""
    return f'<Relationship Id="r1" Type="{OFFICE}/{kind}" Target="{target}"{mode}/>'


def xlsx() -> bytes:
    raw = io.BytesIO()
    book = Workbook()
    book.active["A1"] = "项目"
    book.save(raw)
    return raw.getvalue()


def zipped() -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as found:
        found.writestr("evil.txt", "x")
    return raw.getvalue()


def bomb() -> bytes:
    return docx(word__media__big_x_bin=b"\0" * (60 * 1024 * 1024), word__media__big2_x_bin=b"\0" * (60 * 1024 * 1024))

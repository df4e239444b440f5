"""What a file is, told by its first bytes or the names of its parts, never by its own name. Pure."""

import re
from collections.abc import Collection

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP_MAGIC = b"PK\x03\x04"
OLDEST_XLS = tuple(bytes((9, version)) for version in (0, 2, 4, 8))  # BIFF 2 to 5 without a compound file
HEAD = 4096

_BEGINNINGS = (
    ("zip", (ZIP_MAGIC, b"PK\x05\x06", b"PK\x07\x08")),
    ("ole", (OLE_MAGIC,)),
    ("pdf", (b"%PDF",)),
    ("archive", (b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")),
    ("image", (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*")),
    ("docx", (b"{\\rtf",)),
    ("xls", OLDEST_XLS),
)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_HTML = re.compile(r"\s*(?:<!--.*?-->\s*)?<(?:!doctype\s+html|html|head|body|table|meta|style)\b", re.IGNORECASE | re.S)
_CONTROL = re.compile(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f]")


def what_is(data: bytes) -> str:
    """zip, ole, xls, pdf, docx, archive, image, html, mht, xml, csv (any plain text), empty; "" for anything else."""
    if not data.strip():
        return "empty"
    for name, beginnings in _BEGINNINGS:
        if data.startswith(beginnings):
            return name
    wide = data.startswith(_UTF16)
    head = data[:HEAD].decode("utf-16" if wide else "utf-8-sig", "ignore").lstrip("\ufeff")
    if _HTML.match(head) or 'xmlns:x="urn:schemas-microsoft-com:office:excel"' in head:
        return "html"
    if head.lstrip().startswith("<?xml"):
        return "html" if "<html" in head.lower() else "xml"
    if re.match(r"\s*mime-version:", head, re.IGNORECASE):
        return "mht"
    control = 0 if wide else len(_CONTROL.findall(data[:HEAD]))
    return "csv" if control <= len(data[:HEAD]) // 100 else ""


def what_package(names: Collection[str]) -> str:
    """What a zip is that is no workbook, by the names of its parts in lower case."""
    if "xl/workbook.bin" in names:
        return "xlsb"
    if any(name.startswith("word/") for name in names):
        return "docx"
    if any(name.startswith("ppt/") for name in names):
        return "pptx"
    if any(name.endswith(".iwa") for name in names):
        return "numbers"
    if {"mimetype", "content.xml"} <= set(names):
        return "ods"
    return "zip"


def what_ole(data: bytes) -> str:
    """encrypted, et (an old workbook, of Excel or WPS) or doc: by the names of the streams of a compound file."""

    def holds(*names: str) -> bool:
        return any(name.encode("utf-16-le") in data for name in names)

    if holds("EncryptedPackage", "EncryptionInfo"):
        return "encrypted"
    if holds("WordDocument", "PowerPoint Document") and not holds("Workbook", "Book"):
        return "doc"
    return "et"

"""The gate before a workbook is opened: refuse by content, never by name.

At most 10 MB uploaded; at most 500 parts, 100 MB unpacked, no part over 1 MB that packs better than
1:120; no macros, no links to other workbooks, no password, no old .xls, no absolute, ``..`` or repeated part names.
Document types and entities are refused while the parts are parsed (`parse_xml`), in every encoding.
"""

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from xml.parsers import expat

from projects.ledger.findings import Refusal

MAX_UPLOAD = 10 * 1024 * 1024
MAX_PARTS = 500
MAX_UNPACKED = 100 * 1024 * 1024
MAX_RATIO = 120
RATIO_FROM = 1024 * 1024
CHUNK = 64 * 1024

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP_MAGIC = b"PK\x03\x04"


def check_file(data: bytes) -> zipfile.ZipFile:
    """The opened package of a workbook that is safe to read.

    Raises Refusal: TOO_LARGE, ENCRYPTED, LEGACY_XLS, NOT_XLSX, CORRUPT, ZIP_BOMB, MACRO or XML_UNSAFE.
    """
    if len(data) > MAX_UPLOAD:
        raise Refusal("TOO_LARGE", limit=f"{MAX_UPLOAD // 1024 // 1024} MB")
    if data.startswith(OLE_MAGIC):
        raise Refusal("ENCRYPTED" if _ole_is_encrypted(data) else "LEGACY_XLS")
    if not data.startswith(ZIP_MAGIC):
        raise Refusal("NOT_XLSX")
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, UnicodeError) as error:
        raise Refusal("CORRUPT") from error
    names = check_parts(package)
    if any(name.startswith("xl/externallinks/") for name in names):
        raise Refusal("XML_UNSAFE")
    if "xl/workbook.xml" not in names:
        raise Refusal("NOT_XLSX")
    _check_types(package)
    return package


def _ole_is_encrypted(data: bytes) -> bool:
    """A password-protected .xlsx is a compound file with the streams EncryptionInfo and EncryptedPackage."""
    return "EncryptedPackage".encode("utf-16-le") in data


def check_parts(package: zipfile.ZipFile) -> set[str]:
    """Names of the parts of an office document, in lower case.

    Raises Refusal: ZIP_BOMB, ENCRYPTED, CORRUPT (repeated or unsafe names), MACRO, NOT_XLSX without content types.
    """
    parts = package.infolist()
    if len(parts) > MAX_PARTS:
        raise Refusal("ZIP_BOMB")
    if sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise Refusal("ZIP_BOMB")
    seen: set[str] = set()
    for part in parts:
        if part.file_size > RATIO_FROM and part.file_size > MAX_RATIO * max(part.compress_size, 1):
            raise Refusal("ZIP_BOMB")
        if part.flag_bits & 0x1:
            raise Refusal("ENCRYPTED")
        name = part.filename
        key = name.lower()
        if key in seen or _unsafe_name(name):
            raise Refusal("CORRUPT")
        seen.add(key)
        if key.endswith("vbaproject.bin") or "/macrosheets/" in key:
            raise Refusal("MACRO")
    if "[content_types].xml" not in seen:
        raise Refusal("NOT_XLSX")
    return seen


def _unsafe_name(name: str) -> bool:
    return (
        name.startswith(("/", "\\"))
        or "\\" in name
        or "\x00" in name
        or ":" in name
        or ".." in PurePosixPath(name).parts
    )


def _check_types(package: zipfile.ZipFile) -> None:
    """Read the content types: a macro-enabled workbook says so even without its project part."""
    found: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        found.append(attributes.get("ContentType", "").lower())

    parse_xml(package, "[Content_Types].xml", start=start)
    if any("macroenabled" in each or "vbaproject" in each for each in found):
        raise Refusal("MACRO")
    if not any("spreadsheetml" in each for each in found):
        raise Refusal("NOT_XLSX")


def parse_xml(
    package: zipfile.ZipFile,
    name: str,
    *,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Stream one part through expat; `start`, `end` and `text` receive local tag names and character data.

    Raises Refusal: XML_UNSAFE for a document type or entity declaration (before anything is expanded or fetched),
    CORRUPT for broken XML or a broken zip member.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.buffer_size = CHUNK

    def refuse(*_args: object) -> int:
        raise Refusal("XML_UNSAFE")

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.UnparsedEntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    parser.StartElementHandler = lambda tag, attributes: start(tag[tag.rfind(" ") + 1 :], attributes)
    if end is not None:
        parser.EndElementHandler = lambda tag: end(tag[tag.rfind(" ") + 1 :])
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        for chunk in _chunks(package, name):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise Refusal("CORRUPT") from error


def _chunks(package: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """The unpacked bytes of a part; zipfile never yields more than the size that was checked."""
    try:
        with package.open(name) as part:
            while chunk := part.read(CHUNK):
                yield chunk
    except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise Refusal("CORRUPT") from error

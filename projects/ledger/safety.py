"""The gate before a workbook is opened: refuse by content, never by name.

At most 10 MB uploaded; at most 500 parts, 100 MB unpacked, no part over 1 MB that packs better than 1:120, stored or
deflated only, none over another; no macros, no links to other workbooks, no data connections, no embedded files or
controls, no password, no old .xls, no absolute, ``..`` or repeated part names. Document types and entities are refused
while the parts are parsed (`parse_xml`), in every encoding.

What is asked for by name in reliability 3.12, and where it is met: the directory of the zip is checked before anything
is unpacked (`check_parts`). The child process with limits is jail_reader. defusedxml: every byte of XML from an upload
goes through `parse_xml`, which refuses what defusedxml's expatbuilder refuses and more; openpyxl parses nothing of it,
and the package asserts that openpyxl would use defusedxml if it did. reset_dimensions(): workbook never looks at
``<dimension>``, so there is nothing to reset. Caps on rows and columns that count empty ones: workbook.MAX_*.
"""

import io
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from xml.parsers import expat

from projects.ledger.findings import Refusal
from projects.ledger.magic import OLE_MAGIC, ZIP_MAGIC, what_is, what_ole, what_package

MAX_UPLOAD = 10 * 1024 * 1024
MAX_PARTS = 500
MAX_UNPACKED = 100 * 1024 * 1024
MAX_RATIO = 120
RATIO_FROM = 1024 * 1024
MAX_ELEMENTS = 3_000_000  # of all parts together; 20,000 rows of 32 different texts each have 2.6 million
MAX_DEPTH = 100
KNOWN_TAGS = 100
MAX_TOKEN = 1024 * 1024  # bytes of one tag with its attributes, or of one remark
CHUNK = 64 * 1024
XML_NAMES = (".xml", ".rels", ".vml", ".svg")
XML_BEGINNINGS = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe<", b"\xfe\xff\x00<", b"\x00<")  # in each encoding that is read
LOCAL_HEADER = 30  # bytes, before name and extra field
ENCODINGS = {None, "utf-8", "utf8", "utf-16", "us-ascii", "ascii"}

__all__ = ["MAX_UPLOAD", "OLE_MAGIC", "ZIP_MAGIC", "check_file", "check_parts", "parse_xml", "what_is"]

_BAD_FOLDERS = {
    "/macrosheets/": ("MACRO", "dialog"),
    "/dialogsheets/": ("MACRO", "dialog"),
    "/activex/": ("MACRO", "control"),
    "/embeddings/": ("XML_UNSAFE", "embedded"),
    "/externallinks/": ("XML_UNSAFE", "links"),
    "/querytables/": ("XML_UNSAFE", "connection"),
    "xl/connections.xml": ("XML_UNSAFE", "connection"),
}
_BAD_TYPES = {  # last word of a relationship's or a content's type, in lower case
    "vbaproject": ("MACRO", ""),
    "xlmacrosheet": ("MACRO", "dialog"),
    "xlintlmacrosheet": ("MACRO", "dialog"),
    "dialogsheet": ("MACRO", "dialog"),
    "macrosheet": ("MACRO", "dialog"),
    "control": ("MACRO", "control"),
    "activexcontrolbinary": ("MACRO", "control"),
    "oleobject": ("XML_UNSAFE", "embedded"),
    "package": ("XML_UNSAFE", "embedded"),
    "externallink": ("XML_UNSAFE", "links"),
    "externallinkpath": ("XML_UNSAFE", "links"),
    "connections": ("XML_UNSAFE", "connection"),
    "querytable": ("XML_UNSAFE", "connection"),
}
_BROKEN_PART = (KeyError, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError)


def check_file(data: bytes) -> zipfile.ZipFile:
    """The opened package of a workbook that is safe to read.

    Raises Refusal: TOO_LARGE, ENCRYPTED, LEGACY_XLS, NOT_XLSX, CORRUPT, ZIP_BOMB, MACRO or XML_UNSAFE.
    """
    if len(data) > MAX_UPLOAD:
        raise Refusal("TOO_LARGE", what="upload", limit=MAX_UPLOAD // 1024 // 1024)
    kind = what_is(data)
    if kind in ("ole", "xls"):
        raise _old(what_ole(data) if kind == "ole" else "et")
    if kind != "zip":
        raise Refusal("NOT_XLSX", what=kind)
    if data.count(b"PK\x01\x02") > 2 * MAX_PARTS:
        raise Refusal("ZIP_BOMB")
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, UnicodeError) as error:
        raise Refusal("CORRUPT") from error
    names = check_parts(package)
    _check_names(names)
    if "xl/workbook.xml" not in names:
        raise Refusal("NOT_XLSX", what=what_package(names))
    _check_types(package)
    _check_contents(package)
    return package


def _old(kind: str) -> Refusal:
    """A compound file: a password-protected .xlsx (streams EncryptionInfo and EncryptedPackage) or an old format."""
    return Refusal("ENCRYPTED") if kind == "encrypted" else Refusal("LEGACY_XLS", what=kind)


def check_parts(package: zipfile.ZipFile) -> set[str]:
    """Names of the parts of an office document, in lower case.

    Raises Refusal: ZIP_BOMB, ENCRYPTED, CORRUPT (repeated or unsafe names, parts over parts), MACRO, NOT_XLSX without
    content types.
    """
    parts = package.infolist()
    if len(parts) > MAX_PARTS:
        raise Refusal("ZIP_BOMB")
    if sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise Refusal("ZIP_BOMB")
    seen: set[str] = set()
    for part in parts:
        _check_part(part)
        name = part.filename
        key = name.lower()
        if key in seen or _unsafe_name(part.orig_filename):
            raise Refusal("CORRUPT", what="names")
        seen.add(key)
        if key.endswith("vbaproject.bin"):
            raise Refusal("MACRO")
        if "/macrosheets/" in key:
            raise Refusal("MACRO", what="dialog")
    _check_places(package, parts)
    if "[content_types].xml" not in seen:
        raise Refusal("NOT_XLSX", what=what_package(seen))
    return seen


def _check_part(part: zipfile.ZipInfo) -> None:
    if part.file_size > RATIO_FROM and part.file_size > MAX_RATIO * max(part.compress_size, 1):
        raise Refusal("ZIP_BOMB")
    if part.flag_bits & 0x1:
        raise Refusal("ENCRYPTED")
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refusal("CORRUPT")


def _unsafe_name(name: str) -> bool:
    """`name` as it stands in the file: zipfile cuts it at a NUL."""
    return (
        name.startswith(("/", "\\"))
        or "\\" in name
        or "\x00" in name
        or ":" in name
        or ".." in PurePosixPath(name).parts
    )


def _check_places(package: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    """No part may lie over another or over the directory: that is how a few bytes are unpacked many times."""
    ends = package.start_dir
    for part in sorted(parts, key=lambda each: each.header_offset, reverse=True):
        needed = LOCAL_HEADER + part.compress_size
        if part.header_offset + needed > ends:
            raise Refusal("CORRUPT", what="overlap")
        ends = part.header_offset


def _check_names(names: set[str]) -> None:
    for name in sorted(names):
        for bad, (code, what) in _BAD_FOLDERS.items():
            if bad in f"/{name}":
                raise Refusal(code, what=what)


def _check_types(package: zipfile.ZipFile) -> None:
    """Content types and relationships: what a part is called does not matter, what it is taken for does."""
    found: list[str] = []

    def content(_tag: str, attributes: dict[str, str]) -> None:
        found.append(attributes.get("ContentType", "").lower())

    def relation(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship":
            _check_type(attributes.get("Type", "").lower().rsplit("/", 1)[-1])

    parse_xml(package, _named(package, "[content_types].xml"), start=content)
    for each in found:
        if "macroenabled" in each or "vbaproject" in each:
            raise Refusal("MACRO")
        _check_type(each.removesuffix("+xml").rsplit(".", 1)[-1])
    if not any("spreadsheetml" in each for each in found):
        raise Refusal("NOT_XLSX")
    for name in package.namelist():
        if name.lower().endswith(".rels"):
            parse_xml(package, name, start=relation)


def _named(package: zipfile.ZipFile, key: str) -> str:
    return next(name for name in package.namelist() if name.lower() == key)


def _check_type(word: str) -> None:
    if word in _BAD_TYPES:
        code, what = _BAD_TYPES[word]
        raise Refusal(code, what=what)


def _check_contents(package: zipfile.ZipFile) -> None:
    """Macros, embedded files and further archives under a harmless name."""
    for part in package.infolist():
        head = next(_chunks(package, part.filename), b"")
        if part.filename.lower().endswith(XML_NAMES) or head.lstrip(b" \t\r\n").startswith(XML_BEGINNINGS):
            _check_prolog(_chunks(package, part.filename))
        elif head.startswith(OLE_MAGIC):
            if any("_VBA_PROJECT".encode("utf-16-le") in chunk for chunk in _chunks(package, part.filename)):
                raise Refusal("MACRO")
            raise Refusal("XML_UNSAFE", what="embedded")
        elif head.startswith(ZIP_MAGIC):
            raise Refusal("XML_UNSAFE", what="embedded")


class _Begun(Exception):
    """The first element: no document type can follow."""


def _check_prolog(chunks: Iterable[bytes]) -> None:
    """No document type in any part, read or not; other faults matter only in the parts that are read."""

    def begin(_tag: str, _attributes: dict[str, str]) -> None:
        raise _Begun

    parser = _refusing_parser()
    parser.StartElementHandler = begin
    try:
        _feed(parser, chunks)
    except _Begun:
        return
    except Refusal as refusal:
        if refusal.code != "CORRUPT":
            raise


def parse_xml(
    package: zipfile.ZipFile,
    name: str,
    *,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
    ends: Mapping[str, Callable[[], None]] | None = None,
) -> None:
    """Stream one part through expat; `start`, `end` and `text` receive local tag names and character data.

    `ends`: local tag name → what is called instead of `end`, for the tags of which there are most.

    Raises Refusal: XML_UNSAFE for a document type or entity declaration (before anything is expanded or fetched) and
    for an unusual encoding, CORRUPT for broken XML or a broken zip member, TOO_LARGE for too many elements.
    """
    parser = _refusing_parser()
    room = MAX_ELEMENTS - getattr(package, "elements_seen", 0)
    seen = depth = 0
    local: dict[str, str] = {}
    special = ends or {}

    def begin(tag: str, attributes: dict[str, str]) -> None:
        nonlocal seen, depth
        seen += 1
        depth += 1
        if seen > room:
            raise Refusal("TOO_LARGE", what="cells", limit=MAX_ELEMENTS)
        if depth > MAX_DEPTH:
            raise Refusal("CORRUPT")
        start(local.get(tag) or _local(tag, local), attributes)

    def finish(tag: str) -> None:
        nonlocal depth
        depth -= 1
        name = local.get(tag) or _local(tag, local)
        if name in special:
            special[name]()
        elif end is not None:
            end(name)

    parser.StartElementHandler = begin
    parser.EndElementHandler = finish
    if text is not None:
        parser.CharacterDataHandler = text
    _feed(parser, _chunks(package, name))
    package.elements_seen = MAX_ELEMENTS - room + seen  # type: ignore[attr-defined]


def _local(tag: str, known: dict[str, str]) -> str:
    """The tag without its namespace; a few of them are kept, for there are millions of cells."""
    name = tag[tag.rfind(" ") + 1 :]
    if len(known) < KNOWN_TAGS:
        known[tag] = name
    return name


def _refusing_parser() -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.buffer_size = CHUNK

    def refuse(*_args: object) -> int:
        raise Refusal("XML_UNSAFE")

    def declared(_version: str, encoding: str | None, _standalone: int) -> None:
        if (encoding and encoding.lower()) not in ENCODINGS:
            raise Refusal("XML_UNSAFE", what="encoding")

    parser.XmlDeclHandler = declared
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.UnparsedEntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    return parser


def _feed(parser: expat.XMLParserType, chunks: Iterable[bytes]) -> None:
    """Parses all of it. A tag or remark without end is refused: an old expat begins it again with every chunk."""
    fed = 0
    try:
        for chunk in chunks:
            fed += len(chunk)
            parser.Parse(chunk, False)
            if fed - parser.CurrentByteIndex > MAX_TOKEN:
                raise Refusal("TOO_LARGE", what="text", limit=MAX_TOKEN)
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError, UnicodeError, ValueError) as error:
        raise Refusal("CORRUPT") from error


def _chunks(package: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """The unpacked bytes of a part; zipfile never yields more than the size that was checked."""
    try:
        with package.open(name) as part:
            while chunk := part.read(CHUNK):
                yield chunk
    except zipfile.BadZipFile as error:
        raise Refusal("CORRUPT", what="checksum" if "CRC" in str(error) else "") from error
    except _BROKEN_PART as error:
        raise Refusal("CORRUPT") from error

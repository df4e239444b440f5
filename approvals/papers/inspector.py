"""Opens a file with a real parser, as a child process: ``python -m approvals.papers.inspector pdf IN OUT``.

Answers {"ok": true, "rewritten": bool} or {"bad": code, "params": {…}} as JSON; a picture is written anew to OUT,
its pixels and nothing else. Takes nothing from Django. Source: reliability rules 3.11 and 3.12 (1).
"""

import json
import re
import sys
import zipfile
import zlib
from typing import Any

from PIL import Image, ImageOps, PngImagePlugin
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import DictionaryObject, IndirectObject

from accounts import jail
from approvals.papers.kinds import Bad
from projects.ledger.findings import Refusal
from projects.ledger.safety import check_parts, parse_xml

MAX_PIXELS = 64_000_000
MAIN_PART = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
OOXML_CODES = {"ZIP_BOMB": "ZIP_BOMB", "MACRO": "MACRO", "ENCRYPTED": "ENCRYPTED_OR_OLD", "XML_UNSAFE": "XML_UNSAFE"}
SCRIPT_KEYS = ("/JavaScript", "/JS", "/XFA")
SCRIPT_ACTIONS = ("/JavaScript", "/Rendition", "/ImportData")
RAW = re.compile(rb"/(JavaScript|Launch|EmbeddedFile)(?![A-Za-z])")
FOUND_RAW = {b"JavaScript": "PDF_SCRIPT", b"Launch": "PDF_LAUNCH", b"EmbeddedFile": "PDF_EMBEDDED"}


def inspect(extension: str, path: str, out: str) -> bool:
    """Whether a clean copy was written to ``out``. Raises Bad, or whatever a parser breaks with."""
    if extension in ("png", "jpg"):
        _rewrite_picture(extension, path, out)
        return True
    if extension == "pdf":
        _check_pdf(path)
    else:
        _check_office(extension, path)
    return False


def _rewrite_picture(extension: str, path: str, out: str) -> None:
    formats = ["PNG"] if extension == "png" else ["JPEG", "MPO"]
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    try:
        picture = Image.open(path, formats=formats)
        if picture.width * picture.height > MAX_PIXELS:
            raise Bad("TOO_MANY_PIXELS", limit=MAX_PIXELS // 1_000_000)
        picture.load()
    except Image.DecompressionBombError as error:
        raise Bad("TOO_MANY_PIXELS", limit=MAX_PIXELS // 1_000_000) from error
    upright: Image.Image = ImageOps.exif_transpose(picture)
    if extension == "png":
        _bare(upright).save(out, format="PNG", pnginfo=PngImagePlugin.PngInfo())
    else:
        flat = upright if upright.mode in ("L", "RGB") else upright.convert("RGB")
        _bare(flat).save(out, format="JPEG", quality=90, exif=b"")


def _bare(picture: Image.Image) -> Image.Image:
    """The pixels alone: no EXIF, no place, no comments, no colour profile."""
    for name in set(picture.info) - {"transparency"}:
        del picture.info[name]
    return picture


def _check_pdf(path: str) -> None:
    with open(path, "rb") as file:
        raw = file.read()
        if found := RAW.search(raw):
            raise Bad(FOUND_RAW[found[1]])
        del raw
        file.seek(0)
        reader = PdfReader(file, strict=False)
        if reader.is_encrypted:
            raise Bad("ENCRYPTED")
        if not len(reader.pages):
            raise Bad("UNREADABLE", extension="pdf")
        reader.pages[0].get_object()
        for thing in _objects(reader):
            _check_object(thing)


def _objects(reader: PdfReader) -> list[DictionaryObject]:
    """Every dictionary of the file, those of object streams too."""
    places = {(generation, number) for generation, numbers in reader.xref.items() for number in numbers}
    places |= {(0, number) for number in reader.xref_objStm}
    found: list[DictionaryObject] = [reader.trailer]
    for generation, number in sorted(places):
        thing = reader.get_object(_reference(reader, number, generation))
        if isinstance(thing, DictionaryObject):
            found.append(thing)
    return found


def _reference(reader: PdfReader, number: int, generation: int) -> Any:
    return IndirectObject(number, 0 if generation == 65535 else generation, reader)


def _check_object(thing: DictionaryObject, depth: int = 0) -> None:
    action = str(thing.raw_get("/S")) if "/S" in thing else ""
    if action in SCRIPT_ACTIONS or any(key in thing for key in SCRIPT_KEYS):
        raise Bad("PDF_SCRIPT")
    if action == "/Launch":
        raise Bad("PDF_LAUNCH")
    if action == "/GoToE" or "/EmbeddedFiles" in thing or "/EF" in thing or _type(thing) == "/EmbeddedFile":
        raise Bad("PDF_EMBEDDED")
    for key in thing:
        inner = thing.raw_get(key)
        if isinstance(inner, DictionaryObject) and depth < 20:
            _check_object(inner, depth + 1)
        elif isinstance(inner, list) and depth < 20:
            for each in inner:
                if isinstance(each, DictionaryObject):
                    _check_object(each, depth + 1)


def _type(thing: DictionaryObject) -> str:
    return str(thing.raw_get("/Type")) if "/Type" in thing else ""


def _check_office(extension: str, path: str) -> None:
    try:
        with zipfile.ZipFile(path) as package:
            _check_package(extension, package)
    except Refusal as refusal:
        raise Bad(OOXML_CODES.get(refusal.code, "UNREADABLE"), extension=extension) from refusal


def _check_package(extension: str, package: zipfile.ZipFile) -> None:
    names = check_parts(package)
    if package.comment or min(part.header_offset for part in package.infolist()):
        raise Bad("POLYGLOT")
    if MAIN_PART[extension] not in names:
        raise Bad("WRONG_MAGIC", extension=extension)
    if any("/embeddings/" in name or "/activex/" in name or name.endswith("oleobject.bin") for name in names):
        raise Bad("OLE_OBJECT")
    if any(name.startswith("xl/externallinks/") for name in names):
        raise Bad("EXTERNAL_LINK")
    for part in package.infolist():
        if part.filename.lower().endswith((".xml", ".rels")):
            parse_xml(package, part.filename, start=_check_tag)
        else:
            _unpacks(package, part)


def _check_tag(tag: str, attributes: dict[str, str]) -> None:
    kind = attributes.get("Type", "").rsplit("/", 1)[-1]
    content = attributes.get("ContentType", "").lower()
    if "macroenabled" in content or "vbaproject" in content:
        raise Bad("MACRO")
    if tag == "Relationship" and kind in ("oleObject", "control", "package"):
        raise Bad("OLE_OBJECT")
    if tag == "Relationship" and attributes.get("TargetMode") == "External" and kind != "hyperlink":
        raise Bad("EXTERNAL_LINK")


def _unpacks(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    with package.open(part) as file:
        while file.read(1024 * 1024):
            pass


def answer(extension: str, path: str, out: str) -> dict[str, Any]:
    """What this process says about the file."""
    try:
        return {"ok": True, "rewritten": inspect(extension, path, out)}
    except Bad as bad:
        return {"bad": bad.code, "params": bad.params}
    except MemoryError:
        return {"bad": "TOO_COMPLEX", "params": {}}
    except (PyPdfError, OSError, ValueError, SyntaxError, zipfile.BadZipFile, zlib.error, EOFError, RecursionError):
        return {"bad": "UNREADABLE", "params": {"extension": extension}}
    except (KeyError, TypeError, AttributeError, IndexError, RuntimeError, NotImplementedError, AssertionError):
        return {"bad": "UNREADABLE", "params": {"extension": extension}}


def main() -> None:
    extension, path, out = sys.argv[1:]
    Image.preinit()
    jail.lock(writable=out)
    sys.stdout.write(json.dumps(answer(extension, path, out)))


if __name__ == "__main__":
    main()

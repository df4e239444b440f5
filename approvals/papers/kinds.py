"""What a file says it is: its name as data, its extension, its first and last bytes. Pure.

Source: reliability rules 3.11: extension = magic = a parser opens it; anything else is refused with one sentence.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import PurePosixPath

HEAD = 4096  # bytes looked at from the start
NAME_LENGTH = 120  # characters of a name that is kept
NO_NAME = "file"
ZIP_END, ZIP_ENTRY = b"PK\x05\x06", b"PK\x01\x02"
ZIP_REACH = 65_557  # bytes from the end in which a ZIP reader looks for the end of the directory
PDF_SLACK = 1024  # bytes behind the last %%EOF that PDF readers put up with


class Bad(Exception):
    """A file that is not taken; ``code`` names the sentence in ``words``."""

    def __init__(self, code: str, **params: object) -> None:
        self.code, self.params = code, params
        super().__init__(code)


@dataclass(frozen=True)
class Kind:
    """A kind of file that is taken. ``shown``: a browser may show it inline."""

    extension: str
    content_type: str
    magic: tuple[bytes, ...]
    shown: bool = False
    also: tuple[str, ...] = field(default=())


OOXML = "application/vnd.openxmlformats-officedocument"
KINDS = (
    Kind("pdf", "application/pdf", (b"%PDF-",), shown=True),
    Kind("docx", f"{OOXML}.wordprocessingml.document", (b"PK\x03\x04",)),
    Kind("xlsx", f"{OOXML}.spreadsheetml.sheet", (b"PK\x03\x04",)),
    Kind("png", "image/png", (b"\x89PNG\r\n\x1a\n",), shown=True),
    Kind("jpg", "image/jpeg", (b"\xff\xd8\xff",), shown=True, also=("jpeg",)),
)
BY_EXTENSION = {name: kind for kind in KINDS for name in (kind.extension, *kind.also)}
ACCEPT = ",".join(f".{name}" for name in BY_EXTENSION)
# An extension before the last one that a system would run: contract.pdf.exe is refused by its last one anyway.
RUNNABLE = frozenset(["bat", "cmd", "com", "exe", "hta", "html", "jar", "js", "lnk", "msi", "ps1", "scr", "svg", "vbs"])
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SCRIPT = re.compile(rb"<\s*(?:!doctype\s+html|html|script|svg|body|iframe)\b", re.IGNORECASE)


def clean_name(name: str) -> str:
    """The sender's name for a file as text to show: NFC, one line, no control or direction characters, no folders.

    At most NAME_LENGTH characters; the extension stays.
    """
    text = unicodedata.normalize("NFC", name)
    text = "".join(" " if char.isspace() else char for char in text)
    text = "".join(char for char in text if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    text = re.sub(r"%(?:2f|5c|00)", "_", text, flags=re.IGNORECASE)
    text = PurePosixPath(text.replace("\\", "/")).name
    text = " ".join(re.sub(r'[<>:"|?*]', "_", text).split()).strip(". ")
    stem, dot, extension = text.rpartition(".")
    if not dot:
        return text[:NAME_LENGTH] or NO_NAME
    return f"{stem[: NAME_LENGTH - len(extension) - 1].rstrip()}.{extension}"[:NAME_LENGTH]


def kind_of(name: str) -> Kind:
    """The kind that the (cleaned) name says. Raises Bad: EXTENSION, DOUBLE_EXTENSION."""
    parts = [part.strip().lower() for part in name.split(".")]
    kind = BY_EXTENSION.get(parts[-1]) if len(parts) > 1 else None
    if kind is None:
        inner = next((part for part in parts[1:-1] if part in BY_EXTENSION), None)
        raise Bad("DOUBLE_EXTENSION" if inner else "EXTENSION", extension=parts[-1][:20] if len(parts) > 1 else "—")
    if RUNNABLE.intersection(parts[1:-1]):
        raise Bad("DOUBLE_EXTENSION", extension=parts[-1])
    return kind


def check_head(kind: Kind, head: bytes) -> None:
    """The first bytes are those of the kind. Raises Bad: EMPTY, POLYGLOT, ENCRYPTED_OR_OLD, WEB_PAGE, WRONG_MAGIC."""
    if not head:
        raise Bad("EMPTY")
    is_pdf = kind.extension == "pdf"
    if head.startswith(kind.magic):
        if b"%PDF-" in head[:1024] and not is_pdf:
            raise Bad("POLYGLOT")
        return
    if head.startswith(OLE_MAGIC) and kind.extension in ("docx", "xlsx"):
        raise Bad("ENCRYPTED_OR_OLD")
    text = head[:1024].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").replace(b"\0", b"")
    if text.startswith(b"<") or SCRIPT.search(text):
        raise Bad("WEB_PAGE")
    raise Bad("POLYGLOT" if is_pdf and b"%PDF-" in head else "WRONG_MAGIC", extension=kind.extension)


def check_tail(kind: Kind, tail: bytes) -> None:
    """No second file hangs behind the first. ``tail``: the last ZIP_REACH bytes or more.

    Raises Bad: POLYGLOT, TRUNCATED (a PDF without its end mark).
    """
    if kind.extension not in ("docx", "xlsx") and ZIP_END in tail and ZIP_ENTRY in tail:
        raise Bad("POLYGLOT")
    if kind.extension != "pdf":
        return
    _body, mark, rest = tail.rpartition(b"%%EOF")
    if not mark:
        raise Bad("TRUNCATED")
    if len(rest) > PDF_SLACK or SCRIPT.search(rest) or b"MZ" in rest[:16]:
        raise Bad("POLYGLOT")

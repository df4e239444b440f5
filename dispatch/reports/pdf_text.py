"""Chinese text for PDF pages drawn by ourselves: widths, line breaks, and the font cut down to what was used. Pure.

The font is CID-keyed (Noto Sans SC): a character is written as its CID, so cutting the font down changes nothing on the
pages. A character that the font does not have is drawn as 〓, and copying gives the character itself.
"""

import io
import logging
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any
from unicodedata import category

GETA = "〓"
NOT_FIRST = "。，、；：！？）》」』】〕”’%％…"
NOT_LAST = "（《「『【〔“‘"
TOKEN = re.compile(r"[A-Za-z0-9.,+\-−/:_%]+|\s+|.", re.DOTALL)
EM = 1000
BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
UNSEEN = ("Cc", "Cf", "Mn", "Cs")  # categories: controls, joiners, marks that the font does not have, halves of pairs


def readable(text: str, has: Callable[[str], bool]) -> str:
    """With one kind of line break, blanks for tabs, and without what takes no room and the font cannot draw."""
    found = BREAKS.sub("\n", text).replace("\t", " ")
    if found.isascii() and found.replace("\n", "").isprintable():
        return found
    return "".join(char for char in found if char == "\n" or category(char) not in UNSEEN or has(char))


@cache
def _font() -> tuple[Mapping[int, str], Mapping[str, tuple[int, int]]]:
    """Code point → glyph, glyph → (advance, …) in thousandths of an em. Read once a process."""
    from fontTools.ttLib import TTFont
    from pylopdf_fonts_zh_cn import sans_path

    font = TTFont(sans_path(), lazy=True)
    return dict(font.getBestCmap()), dict(font["hmtx"].metrics)


class Face:
    """The font with a record of what was written with it."""

    def __init__(self) -> None:
        self._cmap, self._metrics = _font()
        self._widths: dict[str, int] = {}
        self.used: dict[int, str] = {}  # CID → character

    def has(self, char: str) -> bool:
        return ord(char) in self._cmap

    def width(self, text: str, size: float) -> float:
        """Points."""
        return sum(self._width(char) for char in text) * size / EM

    def _width(self, char: str) -> int:
        found = self._widths.get(char)
        if found is None:
            found = self._widths[char] = self._metrics[self._glyph(char)][0]
        return found

    def _glyph(self, char: str) -> str:
        return self._cmap.get(ord(char)) or self._cmap[ord(GETA)]

    def shown(self, text: str) -> bytes:
        """Operators that show the text at the current place."""
        parts, run = [], []
        for char in text:
            glyph = self._glyph(char)
            cid = int(glyph[3:])
            self.used.setdefault(cid, char if self.has(char) else GETA)
            if self.has(char):
                run.append(f"{cid:04x}")
                continue
            parts.append(_run(run))
            code = char.encode("utf-16-be").hex()
            parts.append(f"/Span <</ActualText <feff{code}>>> BDC <{cid:04x}> Tj EMC")
            run = []
        return " ".join([*parts, _run(run)]).encode()

    def lines(self, text: str, size: float, room: float) -> list[str]:
        """The text in lines no wider than ``room`` points; 。 never begins a line, （ never ends one."""
        found: list[str] = []
        for part in readable(text, self.has).split("\n"):
            found += self._wrapped(part, size, room)
        return found or [""]

    def _wrapped(self, text: str, size: float, room: float) -> list[str]:
        limit, lines, line, used = room * EM / size, [], "", 0
        for token in _tokens(text):
            width = sum(self._width(char) for char in token)
            if used + width > limit and line.strip():
                lines.append(line.rstrip())
                line, used = "", 0
                token = token.lstrip()
                width = sum(self._width(char) for char in token)
            if width > limit:
                for char in token:
                    if used + self._width(char) > limit and line:
                        lines.append(line)
                        line, used = "", 0
                    line, used = line + char, used + self._width(char)
                continue
            line, used = line + token, used + width
        return [*lines, line.rstrip()] if line or not lines else lines

    def objects(self) -> dict[str, Any]:
        """ "file": the cut font (CFF), "widths": W array, "unicode": ToUnicode map."""
        cids = sorted(self.used)
        widths = " ".join(f"{cid} [{self._metrics[f'cid{cid:05d}'][0]}]" for cid in cids)
        return {
            "file": _subset(frozenset(self.used.values())),
            "widths": f"[{widths}]",
            "unicode": _to_unicode(self.used),
        }


def _run(cids: list[str]) -> str:
    return f"<{''.join(cids)}> Tj" if cids else ""


def _tokens(text: str) -> list[str]:
    """Words and single characters, with the punctuation that must not part from them."""
    found: list[str] = []
    glue = False
    for token in TOKEN.findall(text):
        if found and (glue or token[0] in NOT_FIRST):
            found[-1] += token
        else:
            found.append(token)
        glue = token[-1] in NOT_LAST
    return found


def _subset(chars: frozenset[str]) -> bytes:
    from fontTools import subset
    from fontTools.ttLib import TTFont
    from pylopdf_fonts_zh_cn import sans_path

    logging.getLogger("fontTools").setLevel(logging.WARNING)
    options = subset.Options(
        layout_features=[], hinting=False, notdef_outline=True, drop_tables=["vhea", "vmtx", "VORG"]
    )
    font = TTFont(sans_path(), lazy=True)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[ord(char) for char in chars])
    cutter.subset(font)
    whole = io.BytesIO()
    font.save(whole, reorderTables=False)
    return bytes(TTFont(whole).getTableData("CFF "))


def _to_unicode(used: Mapping[int, str]) -> bytes:
    head = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /U def /CMapType 2 def "
        "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
    )
    pairs = [f"<{cid:04x}> <{char.encode('utf-16-be').hex()}>" for cid, char in sorted(used.items())]
    blocks = [pairs[at : at + 100] for at in range(0, len(pairs), 100)]
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return f"{head}{body}\nendcmap end end".encode()

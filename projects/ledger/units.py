"""Units of money and area in headers and captions. Pure."""

import re
from collections.abc import Iterable, Sequence

from projects.ledger.amounts import AREA_UNITS, MONEY_UNITS
from projects.ledger.text import folded

KNOWN = {"money": MONEY_UNITS, "area": AREA_UNITS}
LAND_UNITS = frozenset({"亩", "公顷", "ha", "hm2", "平方公里", "km2"})
_WORDS = sorted([*MONEY_UNITS, *AREA_UNITS], key=len, reverse=True)
_LAST = {word[-1].lower() for word in _WORDS}
_ANY = "|".join(map(re.escape, _WORDS))
_FILLER = r"(?:单位|人民币|金额|投资额?|资金|用地|土地|面积|为|均|:)*"
_TOKEN = re.compile(rf"{_FILLER}({_ANY})(?:人民币)?", re.IGNORECASE)
_AT_START = re.compile(rf"{_FILLER}({_ANY})", re.IGNORECASE)
_BRACKETS = re.compile(r"\(([^()]*)\)")
_AT_END = re.compile(rf"[/:,、]?(?:单位:?)?({_ANY})$", re.IGNORECASE)
_CAPTION = re.compile(
    r"(?:(?<![一-鿿])|(?<=金额)|(?<=计量)|(?<=投资)|(?<=货币)|(?<=资金)|(?<=面积)|(?<=表))单位(?:均?为|是|:)(.{1,40})"
)
_SEPARATOR = re.compile(r"[、,;/()和及|]")
_LONE = re.compile(rf"\(?(?:单位:?)?(?:人民币)?({_ANY})\)?", re.IGNORECASE)


def lone_unit(text: str) -> str | None:
    """The unit that a folded text consists of: ``亿元``, ``(万元)``, ``单位:亩``."""
    match = _LONE.fullmatch(text)
    return match[1].lower() if match else None


def without_unit(text: str) -> str:
    """A folded header without the unit at its end: ``总投资亿元`` → ``总投资``; a header of a unit alone stays."""
    if not text or text[-1].lower() not in _LAST:
        return text
    found = _AT_END.search(text)
    return text[: found.start()] if found and found.start() and (len(found[1]) > 1 or found[1] == "亩") else text


def unit_of(path: Sequence[str], family: str | None) -> str | None:
    """The unit that a header path names, the innermost level first."""
    known = KNOWN.get(family or "", {})
    for level in reversed(path):
        text = folded(level)
        for inside in _BRACKETS.findall(text):
            for token in _SEPARATOR.split(inside):
                match = _TOKEN.fullmatch(token)
                if match and match[1].lower() in known:
                    return match[1].lower()
        found = _AT_END.search(text)
        if found and found[1].lower() in known and (len(found[1]) > 1 or found[1] == "亩" or lone_unit(text)):
            return found[1].lower()
    return None


def caption_units(captions: Iterable[str]) -> tuple[str | None, str | None]:
    """``单位：万元、亩`` → (万元, 亩); 填报单位 and 责任单位 are no units; ``…一览表（万元）`` counts as well."""
    named = _named(captions)
    money = next((unit for unit in named if unit in MONEY_UNITS), None)
    return money, next((unit for unit in named if unit in AREA_UNITS), None)


def caption_floor_unit(captions: Iterable[str]) -> str | None:
    """``单位：亿元、亩、平方米`` → 平方米: no floor is measured in 亩."""
    return next((unit for unit in _named(captions) if unit in AREA_UNITS and unit not in LAND_UNITS), None)


def _named(captions: Iterable[str]) -> list[str]:
    found: list[str] = []
    for caption in captions:
        text = folded(caption)
        pieces = [piece for inside in _CAPTION.findall(text) for piece in _SEPARATOR.split(inside)]
        if not pieces:
            pieces = [inside for inside in _BRACKETS.findall(text) if lone_unit(inside)]
        found += [unit for piece in pieces if (unit := _leading_unit(piece))]
    return found


def _leading_unit(text: str) -> str | None:
    """``万元2025年4月`` → 万元; a single character must stand alone (万达集团 is no unit)."""
    match = _AT_START.match(text)
    if not match:
        return None
    rest = text[match.end() :]
    return match[1].lower() if len(match[1]) > 1 or not re.match(r"[一-鿿]", rest) else None

"""Money, areas and percentages as people write them (domain.md 4.4). Pure; never raises, whatever the value.

Each parser takes the unit of the column (or of the sheet) and gives it up to a unit in the cell.
"""

import datetime as dt
import math
import re
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from projects.ledger.findings import Note
from projects.ledger.text import is_blank, words
from projects.ledger.workbook import Value

MONEY_UNITS = {  # → 万元
    "元": Decimal("0.0001"),
    "千元": Decimal("0.1"),
    "万元": Decimal(1),
    "万": Decimal(1),
    "百万元": Decimal(100),
    "百万": Decimal(100),
    "千万元": Decimal(1000),
    "千万": Decimal(1000),
    "亿元": Decimal(10_000),
    "亿": Decimal(10_000),
}
AREA_UNITS = {  # → ㎡; the keys are folded (㎡ → m2)
    "亩": Decimal(2000) / 3,
    "公顷": Decimal(10_000),
    "ha": Decimal(10_000),
    "hm2": Decimal(10_000),
    "m2": Decimal(1),
    "平方米": Decimal(1),
    "平米": Decimal(1),
    "平方": Decimal(1),
    "万m2": Decimal(10_000),
    "万平方米": Decimal(10_000),
    "万平米": Decimal(10_000),
    "万平方": Decimal(10_000),
    "平方公里": Decimal(1_000_000),
    "km2": Decimal(1_000_000),
}
FOUR_PLACES, TWO_PLACES = Decimal("0.0001"), Decimal("0.01")
LARGEST = Decimal(10) ** 11


class Amount(NamedTuple):
    value: Decimal | None
    notes: tuple[Note, ...] = ()


UNREADABLE = Amount(None, (Note("NUMBER_INVALID"),))
NO_UNIT = Amount(None, (Note("UNIT_UNKNOWN"),))

_NUMBER = r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?"
_QUANTITY = re.compile(rf"(?P<number>{_NUMBER})(?P<unit>\D*)")
_APPROX_BEFORE = re.compile(r"^(?:约为?|大约|近|超过?|逾|不低于|不少于|不超过|预计|估算?|≈|>=?|≥|≤|<=?)")
_APPROX_AFTER = re.compile(r"(?:左右|以上|以内|余|多)(?=[亿万千百元亩]*$|$)")
_CURRENCY = re.compile(
    r"[美日欧港韩澳加]元|日[圆币]|港[币纸]|英镑|欧元|美金|新?台币|外[币汇]|[$€£₩]|USD|EUR|JPY|HKD|GBP|KRW", re.I
)
_YUAN_SIGN = re.compile(r"^(?:[¥￥]|RMB|CNY|人民币)|(?:RMB|CNY|人民币)$", re.IGNORECASE)
_SOME = r"\d[\d,]*(?:\.\d+)?"
_RANGE = re.compile(rf"^[+-]?{_SOME}\D{{0,3}}(?:[-~]+|至|到){_SOME}\D{{0,4}}$")
_NOTE = re.compile(r"^(?P<main>[^()]+)\((?P<note>.*)\)(?P<tail>[^()\d]*)$")
_PART = re.compile(r"^([^(),;]+?)[,;、](?=其中|含|包括)([^()]+)$")
_TWO_STEP = re.compile(r"^(\d+(?:\.\d+)?)亿(\d+(?:\.\d+)?)万元?$")


def to_decimal(number: int | float) -> Decimal | None:
    """The number as a spreadsheet shows it: 15 significant digits. None for NaN and the infinities."""
    if isinstance(number, float) and not math.isfinite(number):
        return None
    return Decimal(f"{number:.15g}") if isinstance(number, float) else Decimal(number)


def money_unit(text: str) -> str | None:
    """The money unit named by `text` (already folded), or None."""
    return text if text in MONEY_UNITS else None


def parse_money(value: Value, unit: str | None = None, *, is_total: bool = False) -> Amount:
    """An amount in 万元 to four places (the yuan).

    Notes: NUMBER_INVALID, MONEY_RANGE, MONEY_CURRENCY, UNIT_UNKNOWN (value None); MONEY_APPROX, MONEY_NOTE,
    MONEY_NEGATIVE, UNIT_SUSPECT (≥ 1000 亿元, or with `is_total` below 100 万元; value kept).
    """
    if is_blank(value):
        return Amount(None)
    if isinstance(value, bool | dt.date | dt.time | dt.timedelta):
        return UNREADABLE
    if isinstance(value, int | float):
        number = to_decimal(value)
        return UNREADABLE if number is None else _money(number, unit, [], is_total)
    return _money_text(words(value).lstrip("'"), unit, is_total)


def _money_text(text: str, unit: str | None, is_total: bool) -> Amount:
    if _CURRENCY.search(text):
        return Amount(None, (Note("MONEY_CURRENCY"),))
    text = _YUAN_SIGN.sub("", text).rstrip("。;,、")
    text = re.sub(r"(?<=元)整$", "", re.sub(r"^(?:总?投资|总额|金额|计):?(?=\d)", "", text))
    if re.fullmatch(r"\d+(?:\.\d+)?[eE]\+?\d{1,2}", text):
        text = f"{Decimal(text):f}"
    if part := _PART.match(text):
        text = f"{part[1]}({part[2]})"
    if re.fullmatch(r"\([\d.,]+\)", text):  # the accountant's minus
        text = "-" + text[1:-1]
    notes: list[Note] = []
    text, note = _split_note(text)
    if note:
        notes.append(Note("MONEY_NOTE", {"note": note}))
    if _RANGE.match(text):
        return Amount(None, (Note("MONEY_RANGE"),))
    plain = _APPROX_AFTER.sub("", _APPROX_BEFORE.sub("", text))
    if plain != text:
        notes.append(Note("MONEY_APPROX"))
    if two := _TWO_STEP.match(plain):
        return _money(Decimal(two[1]) * 10_000 + Decimal(two[2]), "万元", notes, is_total)
    number, own = _quantity(plain)
    if number is None or (own and own not in MONEY_UNITS):
        return UNREADABLE
    return _money(number, own or unit, notes, is_total)


def _split_note(text: str) -> tuple[str, str]:
    """``5(一期3)亿`` → (``5亿``, ``一期3``); ``5(亿元)`` → (``5亿元``, nothing)."""
    match = _NOTE.match(text)
    if not match:
        return text, ""
    if match["note"] in MONEY_UNITS:
        return match["main"] + match["note"], ""
    return match["main"] + match["tail"], match["note"]


def _quantity(text: str) -> tuple[Decimal | None, str]:
    match = _QUANTITY.fullmatch(text)
    if not match or not re.search(r"\d", match["number"]) or len(match["number"]) > 30:
        return None, ""
    return Decimal(match["number"].replace(",", "")), match["unit"]


def _money(number: Decimal, unit: str | None, notes: list[Note], is_total: bool) -> Amount:
    if unit is None:
        return NO_UNIT
    amount = number * MONEY_UNITS[unit]
    if abs(amount) >= LARGEST:
        return UNREADABLE
    amount = amount.quantize(FOUR_PLACES, ROUND_HALF_UP)
    if amount < 0:
        notes.append(Note("MONEY_NEGATIVE"))
    elif (unit in ("亿元", "亿") and number >= 1000) or (is_total and amount < 100):
        notes.append(Note("UNIT_SUSPECT", {"value": plain(amount)}))
    return Amount(amount, tuple(notes))


def parse_area_mu(value: Value, unit: str | None = None) -> Amount:
    """Land in 亩 to two places (1 亩 = 2000/3 ㎡). Notes as parse_floor_area_m2."""
    square_metres = _area(value, unit)
    if square_metres.value is None:
        return square_metres
    return square_metres._replace(value=(square_metres.value * 3 / 2000).quantize(TWO_PLACES, ROUND_HALF_UP))


def parse_floor_area_m2(value: Value, unit: str | None = None) -> Amount:
    """Floor area in ㎡ to two places. Notes: NUMBER_INVALID, UNIT_UNKNOWN; MONEY_APPROX for 约."""
    found = _area(value, unit)
    return found if found.value is None else found._replace(value=found.value.quantize(TWO_PLACES, ROUND_HALF_UP))


def _area(value: Value, unit: str | None) -> Amount:
    if is_blank(value):
        return Amount(None)
    if isinstance(value, bool | dt.date | dt.time | dt.timedelta):
        return UNREADABLE
    notes: tuple[Note, ...] = ()
    if isinstance(value, str):
        text = _split_area_note(words(value).lstrip("'"))
        plain = _APPROX_AFTER.sub("", _APPROX_BEFORE.sub("", text))
        notes = (Note("MONEY_APPROX"),) if plain != text else ()
        number, own = _area_quantity(plain)
    else:
        number, own = to_decimal(value or 0), ""
    if number is None or number < 0 or (own and own not in AREA_UNITS):
        return UNREADABLE
    if not (own or unit):
        return NO_UNIT
    square_metres = number * AREA_UNITS[own or unit or ""]
    return UNREADABLE if square_metres >= LARGEST else Amount(square_metres, notes)


def _split_area_note(text: str) -> str:
    match = _NOTE.match(text)
    return match["main"] + match["tail"] if match else text


def _area_quantity(text: str) -> tuple[Decimal | None, str]:
    """Like _quantity, for units that hold a digit (m2)."""
    match = re.fullmatch(rf"({_NUMBER})(\D*2?)", text)
    if not match or not re.search(r"\d", match[1]) or len(match[1]) > 30:
        return None, ""
    return Decimal(match[1].replace(",", "")), match[2].lower()


def parse_percent(value: Value, number_format: str = "General") -> Amount:
    """A rate in percent to four places: 0.833 shown as % is 83.3; 83.3 is 83.3. Above 150: PERCENT_HIGH."""
    found = _signed(value, number_format, r"%|个?百分点")
    if found.value is not None and found.value > 150:
        return found._replace(notes=(Note("PERCENT_HIGH"),))
    return found


def parse_pp(value: Value, number_format: str = "General") -> Amount:
    """Percentage points against the schedule: 超序时8.6个百分点 → 8.6, 滞后5.2 → −5.2, 持平 → 0."""
    if isinstance(value, str) and re.fullmatch(r"(?:与?序时)?(?:进度)?(?:基本)?持平", words(value)):
        return Amount(Decimal(0))
    return _signed(value, number_format, r"%|个?(?:百分)?点|pp|pct")


_AHEAD = re.compile(r"^(?:超前|超过?|快于?|领先|高于|提前|高|快|↑)(?:序时)?(?:进度)?")
_BEHIND = re.compile(r"^(?:滞后于?|落后于?|慢于?|低于|欠|低|慢|未达|↓)(?:序时)?(?:进度)?")


def _signed(value: Value, number_format: str, unit: str) -> Amount:
    if is_blank(value):
        return Amount(None)
    if isinstance(value, bool | dt.date | dt.time | dt.timedelta):
        return UNREADABLE
    if isinstance(value, int | float):
        number = to_decimal(value)
        if number is not None and "%" in number_format:
            number *= 100
        return _bounded(number)
    text = re.sub(r"^(?:约|达到?|为)(?=\d)", "", words(value).lstrip("'"))
    sign = -1 if _BEHIND.match(text) else 1
    text = _BEHIND.sub("", _AHEAD.sub("", re.sub(r"^(?:比|较)?序时(?:进度)?", "", text)))
    sign = -1 if _BEHIND.match(text) else sign
    match = re.fullmatch(rf"({_NUMBER})(?:{unit})?", text)
    if not match or not re.search(r"\d", match[1]) or len(match[1]) > 30:
        return UNREADABLE
    return _bounded(sign * Decimal(match[1].replace(",", "")))


def _bounded(number: Decimal | None) -> Amount:
    if number is None or abs(number) >= 10**8:
        return UNREADABLE
    return Amount(number.quantize(FOUR_PLACES, ROUND_HALF_UP))


def plain(number: Decimal) -> str:
    """A decimal without exponent and trailing zeros: ``50000``, ``2150.5``."""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text

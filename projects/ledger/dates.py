"""Dates as people write them (domain.md 4.4; samples README sections 2 and 5). Pure."""

import datetime as dt
import re
from calendar import monthrange
from dataclasses import dataclass
from typing import Literal, NamedTuple

from openpyxl.utils.datetime import from_excel

from projects.ledger.findings import Note
from projects.ledger.text import is_blank, words
from projects.ledger.workbook import Value

FIRST_YEAR, LAST_YEAR = 1990, 2100
Precision = Literal["day", "month", "quarter", "half", "year"]


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date known to some precision; month, quarter, half and year carry a day inside (see `value`).

    `value` is the first day of a month and the last day of a quarter, half or year. `done` with no value: it has
    happened, nobody wrote when.
    """

    value: dt.date | None
    precision: Precision | None = "day"
    done: bool = False

    @property
    def last_day(self) -> dt.date | None:
        """The last day that this date can mean."""
        if self.value is None or self.precision != "month":
            return self.value
        return self.value.replace(day=monthrange(self.value.year, self.value.month)[1])


@dataclass(frozen=True, slots=True)
class Period:
    """起止年限: either end may be missing."""

    start: PartialDate | None
    end: PartialDate | None


class DateResult(NamedTuple):
    value: PartialDate | None
    notes: tuple[Note, ...] = ()


DONE_UNKNOWN = PartialDate(None, None, done=True)
INVALID = DateResult(None, (Note("DATE_INVALID"),))
AMBIGUOUS = DateResult(None, (Note("DATE_AMBIGUOUS"),))


def parse_date(
    value: Value,
    number_format: str = "General",
    *,
    report_year: int | None = None,
    report_month: int | None = None,
    kind: Literal["actual", "planned"] = "actual",
) -> DateResult:
    """The date in a cell, with notes DATE_INVALID, DATE_AMBIGUOUS, DATE_DONE, DATE_YEAR_ASSUMED, VALUE_UNKNOWN.

    `report_year` fills in dates without a year (DATE_YEAR_ASSUMED); without it they are DATE_INVALID.  `kind`
    "actual" refuses 预计…/计划…: a plan is never stored as a fact.  Never raises, whatever the value.
    """
    if is_blank(value):
        return DateResult(None)
    if isinstance(value, dt.date):
        return _from_date_cell(value, number_format)
    if isinstance(value, bool | dt.time | dt.timedelta):
        return INVALID
    if isinstance(value, int | float):
        return _from_number(value)
    return _from_text(value or "", report_year, kind)


def _from_date_cell(value: dt.date, number_format: str) -> DateResult:
    on = value.date() if isinstance(value, dt.datetime) else value
    if not FIRST_YEAR <= on.year <= LAST_YEAR:
        return INVALID
    shown = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", number_format).lower()
    if "y" in shown and "d" not in shown and on.day == 1:
        return DateResult(PartialDate(on, "month"))
    return DateResult(PartialDate(on))


def _from_number(number: int | float) -> DateResult:
    """A serial day number, a bare year, yyyymmdd, yyyymm, or 2025.4 (and never a guess between 2025.1 and 2025.10)."""
    if not -1e9 < number < 1e9:
        return INVALID
    text = f"{number:.15g}"
    whole, _, fraction = text.partition(".")
    if FIRST_YEAR <= int(number) <= LAST_YEAR:
        return _from_year_number(int(whole), fraction)
    if text.isdecimal() and len(text) == 8:
        return _day(int(text[:4]), int(text[4:6]), int(text[6:]))
    if text.isdecimal() and len(text) == 6 and FIRST_YEAR <= int(text[:4]) <= LAST_YEAR:
        return _month(int(text[:4]), int(text[4:]))
    if 20_000 <= number <= 80_000:
        return DateResult(PartialDate(_as_date(from_excel(int(number)))))
    return INVALID


def _from_year_number(year: int, fraction: str) -> DateResult:
    if fraction == "1":
        return AMBIGUOUS
    if len(fraction) > 2:
        return INVALID
    return _month(year, int(fraction)) if fraction else _year(year)


def _as_date(moment: dt.datetime | dt.date | dt.time | dt.timedelta | None) -> dt.date | None:
    return moment.date() if isinstance(moment, dt.datetime) else None


def _day(year: int, month: int, day: int, *notes: Note) -> DateResult:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return INVALID
    try:
        return DateResult(PartialDate(dt.date(year, month, day)), notes)
    except ValueError:
        return INVALID


def _month(year: int, month: int, *notes: Note) -> DateResult:
    if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12):
        return INVALID
    return DateResult(PartialDate(dt.date(year, month, 1), "month"), notes)


def _end(year: int, month: int, precision: Precision, *notes: Note) -> DateResult:
    """The last day of `month`, known to `precision`."""
    if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12):
        return INVALID
    return DateResult(PartialDate(dt.date(year, month, monthrange(year, month)[1]), precision), notes)


def _year(year: int, *notes: Note) -> DateResult:
    return _end(year, 12, "year", *notes)


_TIME = re.compile(r"[\sT]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*(Z|AM|PM|上午|下午)?$", re.IGNORECASE)
_TRAILING_NOTE = re.compile(r"(?<=.)\([^()]*\)$")
_SOFT_PREFIX = re.compile(r"^(?:预计|计划|拟定?|力争|目标|约|于|争取|暂定|预期|已于|已在)(?:在|于|到)?")
_PLAN_PREFIX = re.compile(r"^(?:预计|计划|拟|力争|目标|争取|暂定|预期)")
_SOFT_SUFFIX = re.compile(
    r"(?:前后|以?前|之前|左右|上午|下午|(?:已|正式)?(?:完成|开工|竣工|投产|建成|签约|注册|备案|摘牌|拿地|封顶|达产|入库|动工|取得|办结|办理|交地))+$"
)
_PLANNED = re.compile(r"预计|计划|拟|力争|争取|预期|目标")
_PLAN_AT_END = re.compile(r"(?<=.)(?:预计|计划|拟|力争|争取)(?:开工|竣工|投产|完成|建成|动工)?$")
_SERIAL = re.compile(r"[34]\d{4}")
_DONE = re.compile(r"^(?:[√✓✔☑是YyＶ]|已\D{1,6}|完成|建成|已)$")
_NOT_DONE = re.compile(r"^(?:[×xX✗✘否Nn]|(?:未|尚未|暂未|还未|没有|正在|待)\D{0,8}|.{0,6}(?:办理|推进|进行)中)$")

_Y = r"(?:(?P<y>\d{4})年?)?"
_PATTERNS = [
    (re.compile(r"(?P<y>\d{4})[年.\-/](?P<m>\d{1,2})[月.\-/](?P<d>\d{1,2})[日号]?"), "day"),
    (re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"), "day"),
    (re.compile(r"(?P<yy>\d{2})[年.\-/](?P<m>\d{1,2})[月.\-/](?P<d>\d{1,2})[日号]?"), "day"),
    (re.compile(r"(?P<m>\d{1,2})月(?P<d>\d{1,2})[日号]?"), "day"),
    (re.compile(r"(?P<y>\d{4})[.\-/](?P<m>\d{1,2})月?份?"), "month"),
    (re.compile(rf"{_Y}(?P<m>\d{{1,2}})月份?初?"), "month"),
    (re.compile(r"(?P<yy>\d{2})年(?P<m>\d{1,2})月份?"), "month"),
    (re.compile(rf"{_Y}(?P<m>\d{{1,2}})月份?(?P<part>上旬|中旬|下旬|[底末])"), "part"),
    (re.compile(r"(?P<y>\d{4})[.\-/](?P<m>\d{1,2})月?(?P<part>上旬|中旬|下旬|[底末])"), "part"),
    (re.compile(rf"{_Y}第?(?P<q>[一二三四1-4])季度?[底末]?"), "quarter"),
    (re.compile(r"(?:(?P<y>\d{4})年?)?[Qq](?P<q>[1-4])"), "quarter"),
    (re.compile(rf"{_Y}第?(?P<roman>I|II|III|IV)季度?[底末]?"), "quarter"),
    (re.compile(r"(?P<y>(?:19|20)\d{2})(?P<m>0[1-9]|1[0-2])"), "month"),
    (re.compile(r"(?P<y>\d{4})[、,](?P<m>\d{1,2})[、,](?P<d>\d{1,2})"), "day"),
    (re.compile(rf"{_Y}(?P<h>[上下])半年[底末]?"), "half"),
    (re.compile(rf"{_Y}年?[底末内]"), "year"),
    (re.compile(r"(?P<y>\d{4})年?度?"), "year"),
]
_RELATIVE = {"今年": 0, "本年度": 0, "本年": 0, "当年": 0, "明年": 1, "次年": 1, "后年": 2, "去年": -1, "上年": -1}


def _from_text(raw: str, report_year: int | None, kind: str) -> DateResult:
    text = words(_TIME.sub("", raw.strip())).lstrip("'")
    bare = _TRAILING_NOTE.sub("", text)
    if kind == "actual" and _PLANNED.search(text[len(bare) :]):
        return INVALID
    text = re.sub(r"(?<=\d)。(?=\d)", ".", bare).rstrip(".。,、;")
    if _DONE.match(text):
        return DateResult(DONE_UNKNOWN, (Note("DATE_DONE"),))
    if _NOT_DONE.match(text):
        return DateResult(None, (Note("VALUE_UNKNOWN"),))
    if kind == "actual" and (_PLAN_PREFIX.match(text) or _PLAN_AT_END.search(text)):
        return INVALID
    if _SERIAL.fullmatch(text):
        return _from_number(int(text))
    if kind == "planned":
        text = _PLAN_AT_END.sub("", text)
    text = _chinese_numbers(_SOFT_SUFFIX.sub("", _SOFT_PREFIX.sub("", text)))
    text, year = _relative_year(text, report_year)
    for pattern, shape in _PATTERNS:
        if match := pattern.fullmatch(text):
            return _build(shape, match.groupdict(), year)
    return INVALID


def _relative_year(text: str, report_year: int | None) -> tuple[str, int | None]:
    """``明年上半年`` → (``上半年``, report year + 1)."""
    for word, shift in _RELATIVE.items():
        if text.startswith(word):
            rest = text[len(word) :]
            return rest or "年底", None if report_year is None else report_year + shift
    return text, report_year


def _build(shape: str, found: dict[str, str | None], report_year: int | None) -> DateResult:
    notes: list[Note] = []
    if found.get("y"):
        year = int(found["y"] or 0)
    else:
        assumed = 2000 + int(found["yy"] or 0) if found.get("yy") else report_year
        if assumed is None:
            return INVALID
        year = assumed
        notes.append(Note("DATE_YEAR_ASSUMED", {"year": year}))
    month = int(found.get("m") or 0)
    if shape == "day":
        return _day(year, month, int(found["d"] or 0), *notes)
    if shape == "month":
        return _month(year, month, *notes)
    if shape == "part":
        day = {"上旬": 10, "中旬": 20}.get(found["part"] or "")
        return _day(year, month, day, *notes) if day else _end(year, month, "day", *notes)
    if found.get("roman"):
        return _end(year, 3 * (("I", "II", "III", "IV").index(found["roman"] or "I") + 1), "quarter", *notes)
    if shape == "quarter":
        return _end(year, 3 * ("一二三四1234".index(found["q"] or "一") % 4 + 1), "quarter", *notes)
    if shape == "half":
        return _end(year, 6 if found["h"] == "上" else 12, "half", *notes)
    return _year(year, *notes)


_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0, "O": 0, "两": 2}
_CHINESE_YEAR = re.compile(r"^([〇○零O一二三四五六七八九]{4}|[〇○零一二三四五六七八九]{2})年")
_CHINESE_PART = re.compile(r"([〇零一二三四五六七八九十廿卅]{1,3})(?=[月日号])")


def _chinese_numbers(text: str) -> str:
    """``二〇二五年四月二十九日`` → ``2025年4月29日``; quarters keep their word."""
    text = _CHINESE_YEAR.sub(lambda m: "".join(str(_DIGITS[c]) for c in m[1]) + "年", text)
    return _CHINESE_PART.sub(lambda m: str(_small_number(m[1])), text)


def _small_number(text: str) -> int:
    """Chinese number below 100; 0 (which is no month and no day) when it is none."""
    text = text.replace("廿", "二十").replace("卅", "三十")
    tens, ten, units = text.partition("十")
    if len(tens) > 1 or len(units) > 1:
        return 0
    if not ten:
        return _DIGITS.get(tens, 0)
    return (_DIGITS.get(tens, 0) if tens else 1) * 10 + (_DIGITS.get(units, 0) if units else 0)


class PeriodResult(NamedTuple):
    value: Period | None
    notes: tuple[Note, ...] = ()


_SEPARATORS = re.compile(r"[-~至到]+")


def parse_period(value: Value, number_format: str = "General", *, report_year: int | None = None) -> PeriodResult:
    """起止年限: ``2025-2027``, ``2025.03-2026.12``, ``2025至2026``; a single year is start and end. Never raises."""
    if is_blank(value):
        return PeriodResult(None)
    text = re.sub(r"^自(?=\d)|(?<=\d[年月日])止$", "", words(value))
    middle = len(text) / 2
    for match in sorted(_SEPARATORS.finditer(text), key=lambda m: abs((m.start() + m.end()) / 2 - middle)):
        start = _period_end(text[: match.start()], report_year)
        year = start.value.year if start and start.value else None
        end = _period_end(text[match.end() :], year)
        if start and end and start.value and end.value and start.value <= (end.last_day or end.value):
            return PeriodResult(Period(start, end))
    single = parse_date(value, number_format, report_year=report_year, kind="planned")
    return PeriodResult(Period(single.value, single.value) if single.value else None, single.notes)


def _period_end(text: str, year: int | None) -> PartialDate | None:
    if re.fullmatch(r"\d{1,3}", text) or not text:
        return None
    found = parse_date(text, report_year=year, kind="planned").value
    return found if found and found.value else None

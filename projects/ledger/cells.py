"""Cell parsers: words and codes here, dates and amounts from their own modules. Pure; never raise.

A parser takes the typed value of a cell and returns its value with notes (see findings.CODES).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from projects.ledger.amounts import (
    Amount,
    parse_area_mu,
    parse_floor_area_m2,
    parse_money,
    parse_percent,
    parse_pp,
)
from projects.ledger.dates import PartialDate, Period, parse_date, parse_period
from projects.ledger.findings import Note
from projects.ledger.text import clean_text, is_blank, normalise_name, similar_name, words
from projects.ledger.workbook import Value
from projects.stages import Stage

__all__ = [
    "Amount",
    "PartialDate",
    "People",
    "Period",
    "clean_text",
    "credit_code_ok",
    "is_blank",
    "normalise_name",
    "parse_area_mu",
    "parse_choice",
    "parse_credit_code",
    "parse_date",
    "parse_enrolment",
    "parse_floor_area_m2",
    "parse_money",
    "parse_people",
    "parse_percent",
    "parse_period",
    "parse_phone",
    "parse_pp",
    "parse_project_code",
    "parse_stage",
    "parse_yes_no",
    "similar_name",
]

UNKNOWN = (Note("VALUE_UNKNOWN"),)
YES = frozenset(
    {
        "是", "√", "✓", "✔", "☑", "Y", "y", "YES", "Yes",
        "yes", "1", "TRUE", "有", "已入库", "已纳统", "已入统", "已销号", "已完成",
    }
)  # fmt: skip
NO = frozenset(
    {
        "否", "×", "✗", "✘", "X", "x", "N", "n", "NO", "No",
        "no", "0", "FALSE", "未入库", "待入库", "未纳统", "未入统", "待纳统", "待入统", "未销号",
    }
)  # fmt: skip

CHOICES: dict[str, dict[str, str]] = {
    "nature": {
        "新建": "new", "新开工": "new", "续建": "continuing", "结转": "continuing", "技改": "upgrade",
        "技术改造": "upgrade", "改扩建": "upgrade", "改建": "upgrade", "扩建": "upgrade", "技改扩能": "upgrade",
    },
    "level": {
        "省": "province", "省级": "province", "省重点": "province", "省级重点": "province",
        "市": "city", "市级": "city", "市重点": "city", "市级重点": "city",
        "区": "district", "区级": "district", "区重点": "district", "区级重点": "district",
        "县": "district", "县级": "district", "县重点": "district", "县级重点": "district",
    },
    "light": {
        "绿": "green", "黄": "yellow", "红": "red", "灰": "grey",
        "绿灯": "green", "黄灯": "yellow", "红灯": "red", "灰灯": "grey",
        "绿色": "green", "黄色": "yellow", "红色": "red", "灰色": "grey",
    },
}  # fmt: skip


class Choice(NamedTuple):
    value: str | None
    notes: tuple[Note, ...] = ()


class Answer(NamedTuple):
    value: bool | None
    notes: tuple[Note, ...] = ()


def parse_choice(field: str | Mapping[str, str], value: Value) -> Choice:
    """One word of a closed list (`CHOICES`, or the list itself); an unknown word is None with VALUE_UNKNOWN."""
    if is_blank(value):
        return Choice(None)
    word = words(value)
    known = CHOICES[field] if isinstance(field, str) else field
    found = known.get(word) or known.get(word.removesuffix("项目")) or known.get(re.sub(r"类(?:项目)?$", "", word))
    return Choice(found) if found else Choice(None, UNKNOWN)


def parse_yes_no(value: Value) -> Answer:
    """Yes, no, or nothing said (None, which is not no). Unknown words: None with VALUE_UNKNOWN."""
    if isinstance(value, bool):
        return Answer(value)
    if is_blank(value):
        return Answer(None)
    word = words(value)
    if word in YES:
        return Answer(True)
    return Answer(False) if word in NO else Answer(None, UNKNOWN)


class Enrolment(NamedTuple):
    on: PartialDate | None
    enrolled: bool | None
    notes: tuple[Note, ...] = ()


def parse_enrolment(value: Value, number_format: str = "General", *, report_year: int | None = None) -> Enrolment:
    """入库时间: a date means enrolled; the words of a yes/no column are understood too."""
    answer = parse_yes_no(value)
    if answer.value is not None:
        return Enrolment(None, answer.value)
    found = parse_date(value, number_format, report_year=report_year)
    on = found.value if found.value and found.value.value else None
    return Enrolment(on, True if found.value else None, found.notes)


class StageWord(NamedTuple):
    """`code` is L01…L15, ``suspended`` or ``terminated``; `exact` is false for loose words that need a confirmation."""

    code: str | None
    raw: str | None
    exact: bool = True
    notes: tuple[Note, ...] = ()


SUSPENDED, TERMINATED = "suspended", "terminated"
STAGE_WORDS: dict[str, str] = {
    "谋划": Stage.PLANNING, "洽谈": Stage.NEGOTIATION, "签约": Stage.SIGNED, "注册": Stage.REGISTERED,
    "立项备案": Stage.FILED, "备案": Stage.FILED, "立项": Stage.FILED, "供地": Stage.LAND, "摘牌": Stage.LAND,
    "供地(摘牌)": Stage.LAND, "拿地": Stage.LAND, "报批": Stage.PERMITTING, "报建": Stage.PERMITTING,
    "开工": Stage.STARTED, "主体封顶": Stage.TOPPED_OUT, "封顶": Stage.TOPPED_OUT, "竣工": Stage.COMPLETED,
    "设备安装": Stage.EQUIPPING, "试生产": Stage.TRIAL, "投产": Stage.PRODUCTION, "达产": Stage.FULL_CAPACITY,
    "立项备案(备案)": Stage.FILED, "主体封顶(封顶)": Stage.TOPPED_OUT,
    "达效": Stage.FULL_BENEFIT, "暂停": SUSPENDED, "终止": TERMINATED,
}  # fmt: skip
LOOSE_STAGE_WORDS: dict[str, str] = {
    "前期": Stage.FILED, "在建": Stage.STARTED, "建成": Stage.COMPLETED, "主体施工": Stage.STARTED,
    "设备调试": Stage.EQUIPPING, "停工": SUSPENDED, "停建": SUSPENDED, "缓建": SUSPENDED, "取消": TERMINATED,
}  # fmt: skip


def parse_stage(value: Value) -> StageWord:
    """The stage a word stands for (domain.md 3.1 and 4.4); anything else is STAGE_UNKNOWN."""
    if is_blank(value):
        return StageWord(None, None)
    raw, notes = clean_text(value, limit=60)
    if raw is None:
        return StageWord(None, None, notes=notes)
    word = re.sub(r"^(?:已|正在|进入)", "", words(value))
    word = re.sub(r"(?:阶段|中)$", "", word)
    if word in STAGE_WORDS:
        return StageWord(str(STAGE_WORDS[word]), raw)
    if word in LOOSE_STAGE_WORDS:
        return StageWord(str(LOOSE_STAGE_WORDS[word]), raw, exact=False)
    return StageWord(None, raw, exact=False, notes=(Note("STAGE_UNKNOWN"),))


@dataclass(frozen=True, slots=True)
class People:
    """Names, telephone numbers and unit found in one cell."""

    names: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    unit: str | None = None

    @property
    def joined_names(self) -> str | None:
        return "、".join(self.names) or None

    @property
    def joined_phones(self) -> str | None:
        return "、".join(self.phones) or None


_PHONE = re.compile(
    r"(?<!\d)(?:1[3-9]\d[ -]?\d{4}[ -]?\d{4}|0\d{2,3}[ -]?\d{7,8}(?:-\d{1,6})?|(?<![\d-])[2-8]\d{6,7})(?![\d-])"
)
_UNIT_FIRST = re.compile(r"^([\u4e00-\u9fff]{2,12}(?:局|办|委|街道|镇|乡|中心|部|科|公司|处|院)) *: *([^():]+)$")
_TWO_NAMES = re.compile(r"(?<![\u4e00-\u9fff])([\u4e00-\u9fff]{2,3})和([\u4e00-\u9fff]{2,3})(?![\u4e00-\u9fff])")
_BRACKET = re.compile(r"[(（【〔]([^()（）【】〔〕]*)[)）】〕]")


def parse_people(value: Value, *, limit: int = 100) -> tuple[People, tuple[Note, ...]]:
    """``张三 13800000000``, ``张三、李四``, ``张三（经发局）``, ``13800000000（张三）`` → names, numbers, unit."""
    text, notes = clean_text(value, limit=limit, lines=True)
    if text is None:
        return People(), notes
    text = re.sub(r"\+86[ -]?(?=1)|(?:联系)?(?:电话|手机|方式)\s*[:：]?\s*(?=[\d(])", " ", _to_ascii(text))
    phones = tuple(re.sub(r"(?<=\d) +(?=\d)", "", each) for each in _PHONE.findall(text))
    phones = tuple(each.replace("-", "") if each.startswith("1") else each for each in phones)
    text = _PHONE.sub(" ", text)
    if lead := _UNIT_FIRST.match(text.strip()):
        text = f"{lead[2]}({lead[1]})"
    inside = "、".join(each.strip() for each in _BRACKET.findall(text) if each.strip())
    names = _names(_BRACKET.sub(" ", text))
    if not names and inside:
        return People(_names(inside), phones), notes
    return People(names, phones, inside or None), notes


def _to_ascii(text: str) -> str:
    """Full-width digits, blanks and marks to their plain forms; everything else stays as written."""
    return "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else " " if c == "\u3000" else c for c in text)


def _names(text: str) -> tuple[str, ...]:
    text = _TWO_NAMES.sub(r"\1、\2", text)
    pieces = [each.strip(" :：") for each in re.split(r"[、,，;；/\n]|\s+和\s*|(?<=\S)\s*:\s*", text)]
    names: list[str] = []
    for piece in pieces:
        parts = piece.split()
        if len(parts) > 1 and all(len(part) == 1 for part in parts):
            parts = ["".join(parts)]  # 张 三
        elif not all(re.fullmatch(r"[\u4e00-\u9fff·]{2,}", part) for part in parts):
            parts = [piece]
        names += [part for part in parts if part]
    return tuple(names)


def parse_phone(value: Value, *, limit: int = 60) -> Choice:
    """A telephone number from text or a number cell; other text is kept."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text, notes = clean_text(value, limit=limit)
    people, _ = parse_people(text, limit=limit)
    return Choice(people.joined_phones if people.phones and not people.names and not people.unit else text, notes)


PROJECT_CODE = re.compile(r"\d{4}-\d{6}-\d{2}-\d{2}-\d{6}", re.ASCII)


def parse_project_code(value: Value, *, limit: int = 40) -> Choice:
    """YYMM-区划6位-类2位-类2位-流水6位; another shape is kept with CODE_FORMAT."""
    return _code(value, limit, "CODE_FORMAT", lambda code: bool(PROJECT_CODE.fullmatch(code)))


def parse_credit_code(value: Value, *, limit: int = 18) -> Choice:
    """Unified social credit code (GB 32100). A wrong one is CREDIT_CODE_INVALID, and kept when it is not too long."""
    found = _code(value, 10 * limit, "CREDIT_CODE_INVALID", credit_code_ok)
    return found._replace(value=None) if found.value and len(found.value) > limit else found


def _code(value: Value, limit: int, kind: str, is_right: Callable[[str], bool]) -> Choice:
    if is_blank(value):
        return Choice(None)
    text, notes = clean_text(words(value).upper(), limit=limit)
    if text is None or is_right(text):
        return Choice(text, notes)
    return Choice(text, (*notes, Note(kind)))


_CREDIT_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def credit_code_ok(code: str) -> bool:
    """Length, alphabet and check character of GB 32100-2015: weights 3^i mod 31, check = 31 − sum mod 31."""
    if len(code) != 18 or any(character not in _CREDIT_CHARACTERS for character in code):
        return False
    total = sum(_CREDIT_CHARACTERS.index(code[i]) * pow(3, i, 31) for i in range(17))
    return _CREDIT_CHARACTERS[-total % 31] == code[17]

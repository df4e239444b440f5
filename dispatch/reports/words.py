"""Chinese wording of the bulletin: months, days, figures. Pure. Source: domain.md 4.1."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from projects.investment import round_half_up

NONE = "—"
NATURES_ZH = {"new": "新建", "continuing": "续建", "upgrade": "技改", "": ""}
GROUPS_ZH = (("new", "新建项目"), ("continuing", "续建项目"), ("upgrade", "技改项目"), ("", "其他项目"))
NUMERALS = "一二三四五六七八九十"
LIGHTS_ZH = {"red": "● 红", "yellow": "▲ 黄", "blue": "◆ 蓝（临期）", "green": "√ 绿", "grey": "○ 灰（暂停）"}
POOLS_ZH = {"planning": "谋划一批", "reserve": "储备一批", "started": "开工一批", "production": "投产一批"}
CATEGORIES_ZH = {
    "land": "土地",
    "funds": "资金",
    "permits": "手续",
    "works": "施工",
    "enterprise": "企业自身",
    "other": "其他",
}
HALVES = ("上半年", "下半年")


def month_label(month: int) -> str:
    """4 → 4月完成"""
    return f"{month}月完成"


def months_label(month: int) -> str:
    """4 → 1-4月累计完成; 1 → 1月累计完成"""
    return f"{'1-' if month > 1 else ''}{month}月累计完成"


def span_label(month: int) -> str:
    """4 → 1—4月; 1 → 1月, for running text."""
    return f"1—{month}月" if month > 1 else "1月"


def long_day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def planned_day(day: date | None, precision: str) -> str:
    """A day as ISO; a coarser date in words, e.g. 2026年5月, 2026年2季度, 2026年上半年, 2026年."""
    if day is None:
        return ""
    match precision:
        case "month":
            return f"{day.year}年{day.month}月"
        case "quarter":
            return f"{day.year}年{(day.month + 2) // 3}季度"
        case "half":
            return f"{day.year}年{HALVES[day.month > 6]}"
        case "year":
            return f"{day.year}年"
    return day.isoformat()


def years(start: date | None, end: date | None) -> str:
    """建设起止年限: 2025-2027, 2026, or what is known of it."""
    if start and end and start.year != end.year:
        return f"{start.year}-{end.year}"
    known = start or end
    return str(known.year) if known else ""


def plain(value: Decimal | int | None, places: int = 2) -> str:
    """Rounded half up, without trailing zeros: 12.50 → 12.5; None → —."""
    if value is None:
        return NONE
    text = f"{round_half_up(Decimal(value), places):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def yi(value_10k: Decimal | None) -> str:
    """万元 in 亿元, two decimals at most."""
    return NONE if value_10k is None else plain(value_10k / 10_000)


def per_cent(value: Decimal | None) -> str:
    return NONE if value is None else f"{round_half_up(value)}%"


def against_calendar(points: Decimal | None) -> str:
    """+8.57 → 超序时进度8.6个百分点"""
    if points is None:
        return "序时进度无法比较"
    rounded = round_half_up(points)
    if not rounded:
        return "与序时进度持平"
    return f"{'超' if rounded > 0 else '低于'}序时进度{abs(rounded)}个百分点"


def numbered(index: int) -> str:
    """0 → 一"""
    return NUMERALS[index]


def joined(parts: Iterable[str], empty: str = "无") -> str:
    return "、".join(parts) or empty


def exact(value: Decimal | None) -> str | None:
    """Money for the snapshot: a plain decimal string without exponent or trailing zeros."""
    if value is None:
        return None
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text

"""Reading and checking one year's table as a person writes it. No database.

A line is `2027-02-05 off 春节` or `2027-02-20 work 春节`; commas, tabs and spaces separate, `#` starts a remark, and
a heading line is skipped. Every problem is a ValidationError whose messages name the line or the day.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

FIRST_YEAR, LAST_YEAR = 2000, 2100
NAME_LENGTH = 50
MAX_BYTES = 64 * 1024

OFF_WORDS = {"off", "holiday", "休", "放假", "休息"}
WORK_WORDS = {"work", "make-up", "班", "上班", "补班", "调休上班"}

_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_SEPARATORS = re.compile(r"[\s,，;；、]+")

Day = tuple[date, str]


@dataclass(frozen=True)
class YearTable:
    """The listed days of one year: (date, holiday name) pairs, sorted by date."""

    off: tuple[Day, ...] = ()
    make_up: tuple[Day, ...] = ()

    @classmethod
    def of(cls, off: Iterable[Day], make_up: Iterable[Day]) -> "YearTable":
        """Sorted, with names trimmed; duplicates are kept for `check_year` to find."""
        tidy = [tuple(sorted((on, name.strip()) for on, name in days)) for days in (off, make_up)]
        return cls(*tidy)

    def as_text(self) -> str:
        """The lines `read_notice` reads back to the same table."""
        lines = [(on, "off", name) for on, name in self.off] + [(on, "work", name) for on, name in self.make_up]
        return "\n".join(f"{on.isoformat()} {word} {name}".rstrip() for on, word, name in sorted(lines))

    def fingerprint(self) -> str:
        """SHA-256 of the content, hexadecimal."""
        return hashlib.sha256(self.as_text().encode()).hexdigest()


def decode(content: bytes) -> str:
    """The text of an uploaded file: UTF-8, or the GB 18030 that spreadsheets write. Raises ValidationError."""
    if len(content) > MAX_BYTES:
        raise ValidationError(_("The file is larger than 64 KB."))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValidationError(_("The file is neither UTF-8 nor GB 18030 text."))


def read_notice(text: str) -> YearTable:
    """The table written in `text`. Raises ValidationError with one message for each line it cannot read."""
    off: list[Day] = []
    make_up: list[Day] = []
    problems = []
    for number, line in enumerate(text.splitlines(), start=1):
        line = re.sub(r"\s", " ", line.split("#")[0].replace("\ufeff", "").replace('"', "")).strip(" ,，;；")
        if not line or (number == 1 and not any(char.isdigit() for char in line)):
            continue
        try:
            on, is_workday, name = _read_line(line)
        except ValueError:
            problems.append(_("Line %(number)d cannot be read: %(line)s") % {"number": number, "line": line[:60]})
        else:
            (make_up if is_workday else off).append((on, name))
    if problems:
        raise ValidationError(problems[:20])
    return YearTable.of(off, make_up)


def _read_line(line: str) -> tuple[date, bool, str]:
    """(date, worked, name); ValueError when a part is missing or wrong."""
    match = _DATE.match(line)
    if not match or not line.isprintable():
        raise ValueError(line)
    on = date(*(int(part) for part in match.groups()))
    parts = _SEPARATORS.split(line[match.end() :].strip(" ,，;；、"), maxsplit=1)
    word, name = parts[0].lower(), parts[1].strip() if len(parts) > 1 else ""
    if word not in OFF_WORDS | WORK_WORDS:
        raise ValueError(line)
    return on, word in WORK_WORDS, name


def check_year(year: int, table: YearTable, *, official: bool) -> None:
    """Raises ValidationError with every reason why `table` cannot be the table of `year`."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        bounds = {"first": FIRST_YEAR, "last": LAST_YEAR}
        raise ValidationError(_("The year must be between %(first)d and %(last)d.") % bounds)
    problems = [*_outside(year, table), *_twice(table)]
    for on, _name in table.make_up:
        if on.weekday() < 5:
            problems.append(_("%(on)s is not a weekend day, so it cannot be a make-up workday.") % {"on": on})
    for on, name in (*table.off, *table.make_up):
        if len(name) > NAME_LENGTH or not name.isprintable():
            problems.append(_("The name on %(on)s is too long or has unreadable characters.") % {"on": on})
    if official and not table.off:
        problems.append(_("An official table must list at least one day off."))
    if problems:
        raise ValidationError(problems[:20])


def _outside(year: int, table: YearTable) -> list[str]:
    wrong = [on for on, _name in (*table.off, *table.make_up) if on.year != year]
    return [_("%(on)s is not in %(year)d; load it with its own year.") % {"on": on, "year": year} for on in wrong]


def _twice(table: YearTable) -> list[str]:
    off, make_up = (Counter(on for on, _name in days) for days in (table.off, table.make_up))
    in_both = sorted(off & make_up)
    repeated = sorted(on for on, times in (off | make_up).items() if times > 1)
    return [
        *(_("%(on)s is both a day off and a make-up workday.") % {"on": on} for on in in_both),
        *(_("%(on)s is listed twice.") % {"on": on} for on in repeated),
    ]

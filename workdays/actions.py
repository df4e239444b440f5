"""Writing the holiday tables. Each action is one transaction with its history row."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from workdays.models import CalendarChange, CalendarDay, CalendarYear
from workdays.notice import YearTable, check_year

Days = Iterable[tuple[date, str]] | Mapping[date, str]


def load_year(
    year: int,
    *,
    status: str,
    off: Days,
    make_up: Days,
    note: str = "",
    by,
    at: datetime,
    source: str = CalendarChange.Source.PAGE,
    expected_version: int | None = None,
) -> CalendarChange | None:
    """Replace the whole table of one year; the history row, or None when status, note and days were already so.

    off, make_up: (date, holiday name) pairs or a mapping. by: a user, the id of one, or None for the system.
    expected_version: the version the person saw (0: no table yet); None accepts any.
    Raises ValidationError when the table cannot be right (see `notice.check_year`), or with code "conflict" when
    somebody else changed the year first. Then nothing has changed.
    """
    table = YearTable.of(_pairs(off), _pairs(make_up))
    if status not in CalendarYear.Status.values:
        raise ValidationError(_("Choose official or provisional."))
    check_year(year, table, official=status == CalendarYear.Status.OFFICIAL)
    with transaction.atomic():
        current = CalendarYear.objects.filter(pk=year).first()
        seen = current.version if current else 0
        if expected_version not in (None, seen):
            raise _conflict(year)
        if current and (current.status, current.note, current.fingerprint) == (status, note, table.fingerprint()):
            return None
        before = table_of(year)
        _put_year(year, seen, status=status, note=note, fingerprint=table.fingerprint(), updated_at=at)
        _put_days(year, table)
        return CalendarChange.objects.create(
            calendar_year_id=year,
            version=seen + 1,
            source=source,
            status_before=current.status if current else "",
            status_after=status,
            off_before=len(before.off),
            off_after=len(table.off),
            make_up_before=len(before.make_up),
            make_up_after=len(table.make_up),
            days=differences(before, table),
            at=at,
            by_id=getattr(by, "pk", by),
        )


def table_of(year: int) -> YearTable:
    """The stored table of `year`; empty when there is none."""
    off, make_up = [], []
    for on, is_workday, name in CalendarDay.objects.filter(year=year).values_list("on", "is_workday", "name"):
        (make_up if is_workday else off).append((on, name))
    return YearTable.of(off, make_up)


def differences(before: YearTable, after: YearTable) -> list[dict]:
    """The days that differ: {"on", "before", "after", "name"}, where before and after are "off", "work" or ""."""
    old, new = _by_day(before), _by_day(after)
    return [
        {
            "on": on.isoformat(),
            "before": old.get(on, ("", ""))[0],
            "after": new.get(on, ("", ""))[0],
            "name": new.get(on, old.get(on))[1],
        }
        for on in sorted(old.keys() | new.keys())
        if old.get(on) != new.get(on)
    ]


def _by_day(table: YearTable) -> dict[date, tuple[str, str]]:
    return {on: ("off", name) for on, name in table.off} | {on: ("work", name) for on, name in table.make_up}


def _pairs(days: Days) -> list[tuple[date, str]]:
    return list(days.items() if isinstance(days, Mapping) else days)


def _put_year(year: int, seen: int, **values) -> None:
    """Create version 1, or move version `seen` on by one; a conflict when the row is no longer that version."""
    if seen:
        if not CalendarYear.objects.filter(pk=year, version=seen).update(version=seen + 1, **values):
            raise _conflict(year)
        return
    try:
        with transaction.atomic():
            CalendarYear.objects.create(year=year, version=1, **values)
    except IntegrityError:
        raise _conflict(year) from None


def _put_days(year: int, table: YearTable) -> None:
    CalendarDay.objects.filter(year=year).delete()
    CalendarDay.objects.bulk_create(
        CalendarDay(on=on, year_id=year, is_workday=is_workday, name=name)
        for is_workday, days in ((False, table.off), (True, table.make_up))
        for on, name in days
    )


def _conflict(year: int) -> ValidationError:
    message = _("Somebody else has just changed %(year)d. Look at it again, then repeat your change.")
    return ValidationError(message % {"year": year}, code="conflict")

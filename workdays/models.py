"""The holiday tables: one row a year and one row for each day that is not an ordinary Monday-to-Friday day.

The database is the authority; `data/holidays_cn.yaml` only seeds it (domain.md 2.2). Rows are written by
`workdays.actions` alone.
"""

from functools import lru_cache

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from workdays.arithmetic import WorkCalendar


class CalendarYear(models.Model):
    """One year's table. `fingerprint` names its content: equal content, equal fingerprint."""

    class Status(models.TextChoices):
        OFFICIAL = "official", _("Official")
        PROVISIONAL = "provisional", _("Provisional")

    year = models.PositiveSmallIntegerField(_("year"), primary_key=True)
    status = models.CharField(_("status"), max_length=16, choices=Status)
    note = models.CharField(_("note"), max_length=500, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    fingerprint = models.CharField(max_length=64, editable=False)
    updated_at = models.DateTimeField(_("updated"))

    class Meta:
        ordering = ["-year"]
        verbose_name = _("calendar year")
        verbose_name_plural = _("calendar years")

    def __str__(self):
        return f"{self.year} · {self.get_status_display()}"


class CalendarDay(models.Model):
    """A day off, or a weekend day that is worked (make-up workday)."""

    on = models.DateField(_("date"), unique=True)
    year = models.ForeignKey(CalendarYear, models.CASCADE, related_name="days", verbose_name=_("year"))
    is_workday = models.BooleanField(_("make-up workday"))
    name = models.CharField(_("name"), max_length=50, blank=True)

    class Meta:
        ordering = ["on"]
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")

    def __str__(self):
        return f"{self.on:%Y-%m-%d} {self.name}".strip()


class CalendarChange(models.Model):
    """History, append-only: who loaded which year, when, from where, and what it replaced.

    `days` lists what changed: {"on": "2027-02-05", "before": "off"|"work"|"", "after": …, "name": …}.
    """

    class Source(models.TextChoices):
        SEED = "seed", _("Seed")
        FILE = "file", _("File")
        PAGE = "page", _("Page")

    calendar_year = models.ForeignKey(
        CalendarYear, models.PROTECT, related_name="changes", verbose_name=_("calendar year")
    )
    version = models.PositiveIntegerField(_("version"))
    source = models.CharField(_("source"), max_length=8, choices=Source)
    status_before = models.CharField(_("status before"), max_length=16, choices=CalendarYear.Status, blank=True)
    status_after = models.CharField(_("status after"), max_length=16, choices=CalendarYear.Status)
    off_before = models.PositiveSmallIntegerField(_("days off before"))
    off_after = models.PositiveSmallIntegerField(_("days off after"))
    make_up_before = models.PositiveSmallIntegerField(_("make-up workdays before"))
    make_up_after = models.PositiveSmallIntegerField(_("make-up workdays after"))
    days = models.JSONField(_("changed days"), default=list)
    at = models.DateTimeField(_("changed at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("changed by"),
    )

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("calendar change")
        verbose_name_plural = _("calendar changes")
        constraints = [
            models.UniqueConstraint(fields=["calendar_year", "version"], name="workdays_change_once_per_version"),
        ]

    def __str__(self):
        return f"{self.calendar_year_id} v{self.version}"


YearKey = tuple[int, str, str]


def load_calendar() -> WorkCalendar:
    """The calendar as it is in the database now.

    One small query names the tables (year, status, fingerprint). The calendar built from just these tables is kept
    in the process, so a second call costs that one query and no more; the first one after a change reads the days
    too. Call it once per request or job and pass the result down.
    """
    while True:
        key = tuple(CalendarYear.objects.order_by("year").values_list("year", "status", "fingerprint"))
        try:
            return _build(key)
        except _TableMoved:
            continue


class _TableMoved(Exception):
    """A year was replaced between the two queries."""


@lru_cache(maxsize=8)
def _build(key: tuple[YearKey, ...]) -> WorkCalendar:
    """The calendar of these tables. Raises _TableMoved, which is not cached, when the days belong to other ones."""
    fingerprints = {year: fingerprint for year, _status, fingerprint in key}
    off, make_up = {}, {}
    rows = CalendarDay.objects.values_list("on", "is_workday", "name", "year_id", "year__fingerprint")
    for on, is_workday, name, year, fingerprint in rows.order_by("on"):
        if fingerprints.get(year) != fingerprint:
            raise _TableMoved
        (make_up if is_workday else off)[on] = name
    return WorkCalendar({year: status for year, status, _fingerprint in key}, off, make_up)

"""Keeping reports: save, copy, delete. A report belongs to whoever made it; sharing lets the own unit read it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused
from accounts.models import User
from accounts.permissions import Verb, may
from dispatch.own_reports import present
from dispatch.own_reports.columns import Env
from dispatch.own_reports.datasets import DATASETS
from dispatch.own_reports.models import SavedReport
from dispatch.own_reports.reading import Reading
from projects.text import tidy

MOST_REPORTS = 100  # of one person
LONGEST_NAME = 100


@dataclass(frozen=True)
class Wanted:
    """What somebody wants kept. ``raw``: dataset, columns, filters, grouping, order, limit."""

    name: str
    raw: Mapping[str, Any] = field(default_factory=dict)
    is_shared: bool = False
    schedule: str = SavedReport.Schedule.NEVER


def raw_of(report: SavedReport) -> dict[str, Any]:
    """The definition as it is stored."""
    return {
        "dataset": report.dataset, "columns": report.columns, "filters": report.filters, "grouping": report.grouping,
        "order": report.order, "limit": report.limit,
    }  # fmt: skip


def permit(user: User) -> None:
    """Raises PermissionDenied."""
    if not may(user, Verb.MAKE_REPORT):
        raise PermissionDenied


@transaction.atomic
def create(wanted: Wanted, *, by: User, at: datetime) -> SavedReport:
    """A new report. Raises PermissionDenied, Refused (a definition that does not fit, a name that is taken)."""
    permit(by)
    User.objects.select_for_update().only("pk").get(pk=by.pk)
    if SavedReport.objects.filter(owner=by).count() >= MOST_REPORTS:
        raise Refused(_("You have %(most)d reports already. Delete one of them first.") % {"most": MOST_REPORTS})
    values = _values(wanted, by, at, mine=None)
    return SavedReport.objects.create(
        park=by.park, owner=by, organization=by.organization, created_at=at, updated_at=at, **values
    )


@transaction.atomic
def change(report: SavedReport, wanted: Wanted, *, version: int, by: User, at: datetime) -> SavedReport:
    """The report as it is wanted now. Raises PermissionDenied, Refused, Conflict."""
    permit(by)
    if report.owner_id != by.pk:
        raise PermissionDenied
    User.objects.select_for_update().only("pk").get(pk=by.pk)
    values = _values(wanted, by, at, mine=report.pk)
    if wanted.schedule != report.schedule:
        values["last_sent_on"] = None  # of the rhythm before; the new one begins today
    mine = SavedReport.objects.filter(pk=report.pk, version=version)
    if not mine.update(**values, organization=by.organization, updated_at=at, version=F("version") + 1):
        raise Conflict(_("This report has been changed in the meantime. Please look at it again."))
    report.refresh_from_db()
    return report


@transaction.atomic
def copy(report: SavedReport, *, by: User, at: datetime) -> SavedReport:
    """A report of one's own that says the same; neither shared nor sent."""
    name = _free_name(_("%(name)s (copy)") % {"name": report.name}, by)
    raw = raw_of(report)
    reading = Reading(raw, Env(by, at.date()))
    found = reading.definition
    fits = {
        "columns": list(found.columns), "filters": dict(found.filters), "grouping": list(found.grouping),
        "order": found.order, "limit": found.limit,
    }  # fmt: skip
    return create(Wanted(name, raw | fits), by=by, at=at)


def delete(report: SavedReport, *, by: User) -> None:
    """For good. Raises PermissionDenied."""
    if report.owner_id != by.pk:
        raise PermissionDenied
    SavedReport.objects.filter(pk=report.pk).delete()


def _values(wanted: Wanted, by: User, at: datetime, *, mine: int | None) -> dict[str, Any]:
    name = tidy(wanted.name)[:LONGEST_NAME]
    if not name:
        raise Refused(_("Please give the report a name."))
    if SavedReport.objects.filter(owner=by, name=name).exclude(pk=mine).exists():
        raise Refused(_("You have a report of this name already."))
    if wanted.raw.get("dataset") not in DATASETS or wanted.schedule not in SavedReport.Schedule.values:
        raise Refused(_("Such a report cannot be made."))
    reading = Reading(wanted.raw, Env(by, at.date()))
    if reading.problems:
        raise Refused(" ".join(present.problem_words(problem, reading) for problem in reading.problems[:5]))
    found = reading.definition
    return {
        "name": name, "dataset": reading.dataset.name, "columns": list(found.columns), "filters": dict(found.filters),
        "grouping": list(found.grouping), "order": found.order, "limit": found.limit, "is_shared": wanted.is_shared,
        "schedule": wanted.schedule,
    }  # fmt: skip


def _free_name(name: str, by: User) -> str:
    taken = set(SavedReport.objects.filter(owner=by).values_list("name", flat=True))
    base, number = name[: LONGEST_NAME - 5], 2
    found = base
    while found in taken:
        found, number = f"{base} {number}", number + 1
    return found

"""Shared by the tests of the steps: a loaded catalogue, projects with steps, a plain calendar and one way to move."""

from datetime import date, timedelta
from functools import cache
from pathlib import Path

import yaml

from approvals import actions
from approvals.catalogue_document import SHIPPED_PATH, read_catalogue
from approvals.loader import fingerprint, load_catalogue
from approvals.models import Catalogue, Step
from tests.factories import AT, TODAY
from tests.factories import project as bare_project
from workdays.arithmetic import WorkCalendar

PLAIN = WorkCalendar(years={2025: "official", 2026: "official"})  # Monday to Friday, nothing else


@cache
def document():
    return read_catalogue(SHIPPED_PATH.read_text(encoding="utf-8"))


@cache
def official() -> WorkCalendar:
    """The calendar that the product is shipped with."""
    path = Path(__file__).parents[2] / "workdays/data/holidays_cn.yaml"
    tables = yaml.safe_load(path.read_text(encoding="utf-8"))

    def days_of(kind):
        return {date.fromisoformat(row["date"]): row["name"] for table in tables.values() for row in table[kind]}

    return WorkCalendar({year: table["status"] for year, table in tables.items()}, days_of("off"), days_of("make_up"))


@cache
def shipped_fingerprint() -> str:
    return fingerprint(document())


def catalogue() -> Catalogue:
    """The shipped catalogue, in force; the fingerprint, which takes a while, is worked out once."""
    newest = Catalogue.objects.filter(park__isnull=True).order_by("-version").first()
    if newest is not None and newest.sha256 == shipped_fingerprint():
        return newest
    return load_catalogue(document(), at=AT)


def remove_catalogue() -> None:
    """The database as it is before a catalogue is loaded; no project may have steps yet."""
    Step.objects.all().delete()
    Catalogue.objects.all().delete()


def project(park, **fields):
    """A project with its 22 steps, the catalogue loaded when needed."""
    catalogue()
    project = bare_project(park, **fields)
    actions.give_steps([project], by=None, at=AT)
    return project


def step_of(project, code):
    return project.steps.select_related("step", "project").get(code=code)


def move(step, verb, on, *, by=None, today=TODAY, at=AT, **more):
    return actions.move(step, verb, on=on, by=by, at=at, today=today, calendar=PLAIN, **more)


def finish(project, *codes, on=date(2026, 1, 5)):
    """Approve these steps, in this order, all on one day; the steps."""
    done = []
    for code in codes:
        step = step_of(project, code)
        for verb in ("receive", "accept", "decide_approve"):
            move(step, verb, on)
        done.append(step)
    return done


def days(n: int) -> timedelta:
    return timedelta(days=n)


__all__ = ["AT", "PLAIN", "TODAY", "catalogue", "days", "document", "finish", "move", "project", "step_of"]

"""A park with a centre, two units, a leader, an enterprise and a project, and meetings of every kind in it."""

from dataclasses import dataclass
from datetime import date, timedelta

from accounts.models import Organization, Park, User
from dispatch.ledger import actions as ledger
from dispatch.meetings import actions
from projects.models import Project
from tests import factories
from tests.dispatch.ledger_cases import CALENDAR
from tests.factories import AT, TODAY

EDGE = {"at": AT, "on": TODAY}


@dataclass
class Zone:
    """``staff`` holds meetings, ``second`` is another person of the centre."""

    park: Park
    centre: Organization
    staff: User
    second: User
    leader: User
    unit: Organization
    worker: User
    other: Organization
    stranger: User
    enterprise: User
    project: Project


def zone() -> Zone:
    park = factories.park()
    centre = factories.organization(park, "park_office", name="项目中心")
    unit = factories.organization(park, name="自然资源和规划局")
    other = factories.organization(park, name="财政局")
    owner = factories.organization(park, "enterprise")
    project = factories.project(
        park, name="精密制造项目", responsible_unit=unit, enterprise=factories.enterprise(park, owner), updated_at=AT
    )
    return Zone(
        park, centre, factories.user(park, "staff", centre), factories.user(park, "staff", centre),
        factories.user(park, "leader"), unit, factories.user(park, "unit", unit), other,
        factories.user(park, "unit", other), factories.user(park, "enterprise", owner), project,
    )  # fmt: skip


def planned(z: Zone, kind="half_month", held_on=TODAY, **fields):
    values = {"title": "半月调度会", "chair_name": "陆主任"} | fields
    return actions.plan(park=z.park, kind=kind, held_on=held_on, by=z.staff, calendar=CALENDAR, **EDGE, **values)


def running(z: Zone, kind="half_month", on=TODAY, **fields):
    meeting = planned(z, kind, on, **fields)
    return actions.start(meeting, by=z.staff, at=AT, on=on, version=meeting.version)


def closed(z: Zone, meeting, on=TODAY, **more):
    return actions.close(meeting, by=z.staff, at=AT, on=on, version=meeting.version, **more)


def item(z: Zone, late_days=0, **fields):
    """An item of the project's unit, due in two weeks or ``late_days`` calendar days ago."""
    due = TODAY - timedelta(days=late_days) if late_days else TODAY + timedelta(days=14)
    values = {"title": "用地指标未落实", "unit": z.unit, "due_on": due, "project": z.project} | fields
    return ledger.register(park=z.park, by=z.staff, at=AT, on=date(2026, 1, 5), **values)


def point(z: Zone, meeting, title="水电接入"):
    return actions.add_point(meeting, title=title, by=z.staff)


def decided(z: Zone, at_point, text="十日内完成用电扩容", on=TODAY, days=14, **fields):
    values = {"unit": z.unit, "due_on": on + timedelta(days=days), "person_name": "李工"} | fields
    return actions.decide(at_point, text=text, by=z.staff, at=AT, on=on, **values)

"""People and items for the ledger's tests."""

from dataclasses import dataclass
from datetime import date, timedelta

from accounts.models import Organization, Park, User
from dispatch.ledger import actions
from dispatch.notices.models import Notice
from tests import factories
from tests.factories import AT, TODAY
from workdays.arithmetic import WorkCalendar

CALENDAR = WorkCalendar({2026: "official"}, {date(2026, 4, 6): "清明节"}, {})
FIVE = {
    "leader": "王主任",
    "measures": "每周协调一次",
    "starts_on": date(2026, 3, 2),
    "standard": "取得许可证",
    "reward_penalty": "按期完成通报表扬",
}
EDGE = {"at": AT, "on": TODAY}


@dataclass
class Cast:
    """One park: two of the centre, a leader, a unit with an office below it, and another unit."""

    park: Park
    staff: User
    second: User
    leader: User
    unit: Organization
    worker: User
    office_worker: User
    stranger: User


def cast() -> Cast:
    park = factories.park()
    centre = factories.organization(park, "park_office")
    unit = factories.organization(park)
    office = factories.organization(park, parent=unit)
    return Cast(
        park=park,
        staff=factories.user(park, "staff", centre),
        second=factories.user(park, "staff", centre),
        leader=factories.user(park, "leader"),
        unit=unit,
        worker=factories.user(park, "unit", unit),
        office_worker=factories.user(park, "unit", office),
        stranger=factories.user(park, "unit"),
    )


def item(cast: Cast, **fields):
    """A registered item; with ``unit`` and ``due_on`` it is assigned."""
    return actions.register(park=cast.park, by=cast.staff, **EDGE, **{"title": "用地指标未落实"} | fields)


def assigned(cast: Cast, **fields):
    return item(cast, **{"unit": cast.unit, "due_on": TODAY + timedelta(days=14)} | FIVE | fields)


def closing(cast: Cast, **fields):
    """Signed for by the unit, which asks for closure."""
    row = assigned(cast, **fields)
    actions.sign(row, by=cast.worker, version=1, **EDGE)
    return actions.ask_close(row, evidence="已取得许可证", by=cast.worker, version=2, **EDGE)


def closed(cast: Cast, **fields):
    return actions.close(closing(cast, **fields), by=cast.staff, version=3, **EDGE)


def hung(cast: Cast, **fields):
    """Moved up to the second tier of dispatch."""
    return actions.hang(assigned(cast, **fields), reason="需上级协调", by=cast.staff, version=1, **EDGE)


def snapshot(row) -> tuple:
    """The row, its history, its requests for an extension and what was told about it, as stored now."""
    row = type(row).objects.get(pk=row.pk)
    columns = tuple(getattr(row, f.attname) for f in row._meta.concrete_fields)
    history = tuple(row.history.order_by("pk").values_list("pk", "verb"))
    requests = tuple(row.extensions.order_by("pk").values_list("pk", "outcome", "workdays", "answer"))
    return columns, history, requests, Notice.objects.filter(about_type="ledger_item", about_id=row.pk).count()

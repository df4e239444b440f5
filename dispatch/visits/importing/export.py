"""Visits and planned visits as a workbook in the layout they are imported in; unchanged rows change nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, BinaryIO

from accounts.chunks import chunks
from accounts.models import Park
from dispatch.ledger.importing.values import CATEGORIES
from dispatch.visits import access
from dispatch.visits.importing.dryrun import PLAN_KEY, plan_values, visit_values, with_findings
from dispatch.visits.importing.table import LAYOUT, VISITS
from dispatch.visits.models import Visit, VisitGrid
from projects.ledger.dryrun import units_of
from projects.ledger.layouts import Leaf
from projects.ledger.template import template
from projects.ledger.writer import Row, list_sheet

CHUNK = 500
UNIT, FOUND, SOLVED = "走访单位", "问题数", "已解决数"
EXPORT = replace(LAYOUT, leaves=(*LAYOUT.leaves, *(Leaf(name, None) for name in (UNIT, FOUND, SOLVED))))


def export(visits: Iterable[Any], *, park: Park, at: datetime) -> BinaryIO:
    """These visits (``queries.for_list``) in their order: an open temporary file."""
    return list_sheet(VISITS, EXPORT, _visits(visits), park=park, at=at, title=f"{park.name_zh}走访台账")


def _visits(visits: Iterable[Any]) -> Iterator[Row]:
    for listed in chunks(visits, CHUNK):
        whole = {row.pk: row for row in with_findings(Visit.objects.filter(pk__in=[row.pk for row in listed]))}
        for row in listed:
            shown = {UNIT: str(row.organization), FOUND: row.found, SOLVED: row.solved}
            yield Row(row.pk, whole[row.pk].version, visit_values(whole[row.pk]) | shown)


def export_plan(planned: Iterable[Any], *, park: Park, at: datetime) -> BinaryIO:
    """These planned visits in their order: an open temporary file."""
    rows = (Row(PLAN_KEY + row.pk, row.version, plan_values(row)) for row in planned)
    return list_sheet(VISITS, LAYOUT, rows, park=park, at=at, title=f"{park.name_zh}走访计划")


def empty(user) -> BinaryIO:
    """The workbook to fill in, with the park's units, grids and enterprises."""
    park = user.park
    choices = {
        "enterprise": list(access.visitable(user).order_by("name").values_list("name", flat=True)),
        "grid": list(VisitGrid.objects.visible_to(user).filter(is_active=True).values_list("name", flat=True)),
        "category": list(CATEGORIES.values()),
        "responsible_unit": list(units_of(park).order_by("name").values_list("name", flat=True)),
    }
    return template(VISITS, LAYOUT, park=park, title=f"{park.name_zh}走访台账", choices=choices)

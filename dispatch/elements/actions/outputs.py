"""What a project in production yields in a year."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import Conflict
from accounts.models import User
from dispatch.elements import access
from dispatch.elements.actions import shared
from dispatch.elements.models import YearlyOutput
from projects.errors import InvalidFields
from projects.models import Project

FIGURES = ("output_10k", "revenue_10k", "tax_10k", "value_added_10k", "energy_tce", "employees")
FIELDS = (*FIGURES, "source")


@transaction.atomic
def save_output(
    *, project: Project, year: int, fields: Mapping[str, Any], version: int | None, by: User | None, at: datetime
) -> YearlyOutput:
    """The figures of one year, any of FIELDS; ``version`` None: as far as the writer has seen there are none yet."""
    access.require(access.edits_project(by, project))
    shared.check_year(year)
    if unknown := set(fields) - set(FIELDS):
        raise TypeError(f"not part of an output: {sorted(unknown)}")
    values = shared.checked(YearlyOutput, fields, project.park_id)
    row = YearlyOutput.objects.filter(project=project, year=year).first()
    if all(values.get(name, getattr(row, name, None)) is None for name in FIGURES):
        raise InvalidFields({"output_10k": [_("Please give at least one figure.")]})
    if row is None and version is None:
        made = YearlyOutput(project=project, year=year, **values)
        return shared.create(made, "output", {"year": year} | values, taken=shared.overtaken(), by=by, at=at)
    if row is None or version is None:
        raise Conflict(shared.overtaken())
    return shared.write(row, "output", values, version=version, by=by, at=at)

"""What stood in the register before an import wrote over it, so that it can be put back.

ImportRow.before of a change: {"columns": {column of Project: [before, after]}, "parts": [{"model", "key", "before",
"after"}]}; the values of a part are those of its columns, "before" None where the row was made by the import.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model

from projects.models import AnnualPlan, Milestone, MonthlyInvestment, Project, TeamMember

UNIQUE: dict[type[Model], tuple[list[str], list[str]]] = {
    Milestone: (
        ["project", "stage"],
        [
            "baseline_on", "baseline_precision", "forecast_on", "forecast_precision", "actual_on", "actual_precision",
            "is_done",
        ],
    ),
    AnnualPlan: (["project", "year"], ["planned_10k"]),
    MonthlyInvestment: (["project", "year", "month"], ["month_10k", "ytd_10k"]),
    TeamMember: (["project", "role"], ["person_name", "organization", "phone", "user"]),
}  # fmt: skip
_encode = DjangoJSONEncoder().default

Key = tuple[str, tuple[Any, ...]]


def value_of(row: Model, column: str) -> Any:
    """A column as JSON; rows it points to by their ids, money without regard to zeros behind the point."""
    value = getattr(row, row._meta.get_field(column).attname)
    if value is None or isinstance(value, str | int | bool):
        return value
    if hasattr(value, "normalize"):
        return f"{value.normalize():f}"
    return _encode(value)


def values_of(row: Model) -> dict[str, Any]:
    """The columns of a part that an import may set."""
    return {column: value_of(row, column) for column in UNIQUE[type(row)][1]}


def key_of(row: Model) -> Key:
    """Which part of its project it is."""
    return type(row).__name__, tuple(str(getattr(row, name)) for name in UNIQUE[type(row)][0][1:])


class Snapshot:
    """Taken before the new values are put on the rows."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.columns = {field.name: value_of(project, field.name) for field in Project._meta.concrete_fields}
        self.known: dict[Key, dict[str, Any]] = {}

    def parts(self, rows: Iterable[Model]) -> None:
        """Remembers these parts as they stand."""
        self.known |= {key_of(row): values_of(row) for row in rows}

    def taken(self, columns: Iterable[str], parts: Iterable[Model]) -> dict[str, Any]:
        """ImportRow.before of the columns and parts that were set."""
        found: dict[Key, Mapping[str, Any]] = {}
        for row in parts:
            model, key = key_of(row)
            found[model, key] = {"model": model, "key": list(key), "before": self.known.get((model, key)),
                                 "after": values_of(row)}  # fmt: skip
        return {
            "columns": {name: [self.columns[name], value_of(self.project, name)] for name in sorted(columns)},
            "parts": list(found.values()),
        }

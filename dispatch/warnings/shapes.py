"""The shape every rule gives its rows: one row for each warning that ought to be there, with EVERYTHING annotated."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    DateField,
    ExpressionWrapper,
    F,
    FloatField,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast

from dispatch.warnings import levels
from dispatch.warnings.levels import Level

COLUMNS = ["w_park", "w_project", "w_unit", "w_object", "w_label", "w_due", "w_level", "w_since"]
EVERYTHING = [*COLUMNS, "w_party", "w_behind"]
OF_UNIT = Value("unit", output_field=CharField())
OF_ENTERPRISE = Value("enterprise", output_field=CharField())
NOT_MEASURED = Cast(Value(None), FloatField())


@dataclass(frozen=True)
class Source:
    """Rows of one kind of object to which a rule applies, annotated with EVERYTHING."""

    object_type: str
    rows: QuerySet
    project_path: str

    def of_projects(self, low: int, high: int) -> QuerySet:
        """Only those of projects with low < id ≤ high."""
        return self.rows.filter(**{f"{self.project_path}__gt": low, f"{self.project_path}__lte": high})

    def without_project(self) -> QuerySet:
        return self.rows.filter(**{f"{self.project_path}__isnull": True})


def annotated(
    rows, *, path, unit, label, due, level, since, object_id="pk", prefix="project__", party=OF_UNIT,
    behind=NOT_MEASURED,
):  # fmt: skip
    """The rows with the columns of a warning. ``path``: lookup to the project's id. ``party``: whose days they are.

    ``behind``: percentage points with two decimals, for rules that measure them.
    """
    return rows.order_by().annotate(
        w_park=F("park_id" if prefix == "" else f"{prefix}park_id"),
        w_project=F(path),
        w_unit=unit,
        w_object=ExpressionWrapper(F(object_id), output_field=BigIntegerField()),
        w_label=label,
        w_due=due,
        w_level=level,
        w_since=since,
        w_party=party,
        w_behind=behind,
    )


def late_level(field: str, cutoffs: levels.LateCutoffs):
    return Case(
        When(**{f"{field}__lt": cutoffs.red_before}, then=Value(Level.RED.value)),
        default=Value(Level.YELLOW.value),
        output_field=CharField(),
    )


def fixed(level: Level):
    return Value(level.value, output_field=CharField())


def day_after(expression):
    return Cast(ExpressionWrapper(expression + timedelta(days=1), output_field=DateField()), DateField())


def soon_since(field: str, window: levels.SoonWindow):
    return Case(
        *[When(**{field: due}, then=Value(since)) for due, since in window.since.items()], output_field=DateField()
    )


def within(field: str, window: levels.SoonWindow) -> Q:
    return Q(**{f"{field}__gte": window.first, f"{field}__lte": window.last})

"""What every write of elements does: checked values, compare-and-swap on the version, history."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from accounts.errors import Conflict
from accounts.models import User
from dispatch.elements.kinds import KINDS, problem_of
from dispatch.elements.models import ElementEntry
from projects.actions.shared import as_json, clean_values, differences, refuse_other_parks
from projects.errors import InvalidFields

Row = TypeVar("Row", bound=models.Model)
YEARS = range(2000, 2101)


def checked(model: type[models.Model], values: Mapping[str, Any], park_id: int) -> dict[str, Any]:
    """The values as the columns keep them. Raises InvalidFields."""
    cleaned = clean_values(model, values)
    refuse_other_parks(park_id, cleaned)
    return cleaned


def check_year(year: Any) -> None:
    if not isinstance(year, int) or year not in YEARS:
        raise InvalidFields({"year": [_("Please check the year.")]})


def check_amount(name: str, amount: Decimal, element: str, *, positive: bool = False) -> None:
    """Raises InvalidFields with a sentence when the amount of this element cannot be."""
    kind = KINDS.get(element)
    if kind is None:
        raise InvalidFields({"element": [_("There is no such element.")]})
    sentences = {
        "number": _("This is not a number."),
        "negative": _("This cannot be negative."),
        "large": _("This number is too large."),
        "decimals": _("This has too many decimals; people are counted whole."),
    }
    if problem := problem_of(Decimal(amount), kind):
        raise InvalidFields({name: [sentences[problem]]})
    if positive and not amount:
        raise InvalidFields({name: [_("This must be more than nothing.")]})


def check_past(name: str, on: date | None, today: date) -> None:
    if on is None:
        raise InvalidFields({name: [_("Please give the day.")]})
    if on > today:
        raise InvalidFields({name: [_("This day lies in the future.")]})


def create(row: Row, kind: str, values: Mapping[str, Any], *, taken: str, by: User | None, at: datetime) -> Row:
    """Stores a new row with its first entry; ``taken``: the sentence when there is one already (Conflict)."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(taken) from error
    row.refresh_from_db()
    keep(row, kind, differences((name, None, value) for name, value in values.items()), by=by, at=at)
    return row


def write(
    row: Row, kind: str, values: Mapping[str, Any], *, version: int, by: User | None, at: datetime,
    note: str = "", taken: str = "",
) -> Row:  # fmt: skip
    """Writes what differs, if nobody was first; without a difference nothing is written. Raises Conflict."""
    changes = differences((name, getattr(row, name), value) for name, value in values.items())
    if row.version == version and not changes:
        return row
    same = type(row).objects.filter(pk=row.pk, version=version)
    try:
        with transaction.atomic():
            done = row.version == version and same.update(**values, version=version + 1)
    except IntegrityError as error:
        raise Conflict(taken or overtaken()) from error
    if not done:
        raise Conflict(overtaken())
    row.refresh_from_db()
    keep(row, kind, changes, by=by, at=at, note=note)
    return row


def overtaken() -> str:
    return _("Somebody else has changed this in the meantime. Please look at it again and repeat.")


def plain(value: Any) -> Any:
    """A value as the history keeps it."""
    return as_json(value)


def keep(
    row: models.Model, kind: str, changes: list[dict[str, Any]], *, by: User | None, at: datetime, note: str = ""
) -> None:
    """The history row of a change."""
    project = getattr(row, "project", None)
    park_id = row.park_id if hasattr(row, "park_id") else project.park_id
    ElementEntry.objects.create(
        park_id=park_id, project=project, object_type=kind, object_id=row.pk, changes=changes, note=note, by=by, at=at
    )

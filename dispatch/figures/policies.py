"""Reading and choosing a park's settings. Every choice is a new version with a reason; nothing stored is rewritten."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused
from accounts.models import Park
from dispatch.figures.models import FigureRules
from dispatch.figures.policy import FigurePolicy, check_calendar, check_rates, check_weights, policy_from

# part of the settings → codes of what is wrong with a value; other modules add their parts
CHECKS: dict[str, Callable[[Any], list[str]]] = {
    "rates": check_rates,
    "calendar": check_calendar,
    "weights": check_weights,
}


def versions(park_id: int) -> QuerySet[FigureRules]:
    """Everything that was ever in force in the park, the newest first: its own versions before the default's."""
    rows = FigureRules.objects.filter(Q(park=park_id) | Q(park__isnull=True)).select_related("by")
    return rows.order_by("-version", "park_id")


def newest(park_id: int) -> FigurePolicy:
    """The settings in force: the park's newest, else the default's, else version 0. One query."""
    rows = list(FigureRules.objects.filter(Q(park=park_id) | Q(park__isnull=True)).order_by("version"))
    own = [row for row in rows if row.park_id is not None] or rows
    return policy_from(own[-1].params, own[-1].version) if own else policy_from({}, 0)


def in_force(park_id: int) -> FigurePolicy:
    return newest(park_id)


def save_rules(
    *, part: str, value: Mapping[str, Any], note: str, base_version: int, by, at: datetime, park: Park | None = None
) -> FigureRules:
    """The next version of the park's settings with this part replaced; ``park``: that of ``by`` unless said.

    Raises Refused for a part nobody knows, a value its checker refuses, no reason or no change; Conflict when
    ``base_version`` is no longer the one in force.
    """
    return save_parts({part: value}, note=note, base_version=base_version, by=by, at=at, park=park)


def save_parts(
    parts: Mapping[str, Mapping[str, Any]], *, note: str, base_version: int, by, at: datetime, park: Park | None = None
) -> FigureRules:
    """Several parts in one version. Raises as ``save_rules``."""
    park = park or by.park
    wrong = [code for part, value in parts.items() for code in _wrong(part, value)]
    if wrong:
        raise Refused(_("These settings cannot be used: %(codes)s") % {"codes": "、".join(wrong)})
    if not note.strip():
        raise Refused(_("Please say why."))
    with transaction.atomic():
        current = newest(park.pk)
        if current.version != base_version:
            raise _overtaken()
        params = current.params | {part: dict(value) for part, value in parts.items()}
        if params == current.params:
            raise Refused(_("Nothing has been changed."))
        return _insert(park, current.version + 1, params, note.strip(), by, at)


def _wrong(part: str, value: Any) -> list[str]:
    return CHECKS[part](value) if part in CHECKS else ["unknown_part"]


def _insert(park: Park, version: int, params: dict[str, Any], note: str, by, at: datetime) -> FigureRules:
    try:
        with transaction.atomic():
            return FigureRules.objects.create(park=park, version=version, params=params, note=note, by=by, at=at)
    except IntegrityError:
        raise _overtaken() from None


def _overtaken() -> Conflict:
    return Conflict(_("Somebody else has changed these settings meanwhile. Please look at them again."))

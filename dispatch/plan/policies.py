"""Reading and choosing a park's rules for plans. Every choice is a new version with a reason; none is rewritten."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F, Max, QuerySet
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused
from accounts.models import Park
from accounts.permissions import Verb, may
from dispatch.plan.models import PlanRules
from dispatch.plan.policy import PlanPolicy, check, policy_from


def versions(park_id: int) -> QuerySet[PlanRules]:
    """Every version of the park, the newest first."""
    return PlanRules.objects.filter(park=park_id).select_related("by").order_by("-version")


def in_force(park_id: int) -> PlanPolicy:
    """The rules in force: the park's newest, else the defaults (version 0). One query."""
    row = PlanRules.objects.filter(park=park_id).order_by("-version").first()
    return policy_from(row.params, row.version) if row else policy_from({}, 0)


def of_parks(park_ids: Collection[int]) -> dict[int, PlanPolicy]:
    """Of each of these parks the rules in force. One query."""
    newest = PlanRules.objects.filter(park__in=park_ids).annotate(newest=Max("park__plan_rules__version"))
    found = {row.park_id: policy_from(row.params, row.version) for row in newest.filter(version=F("newest"))}
    return {park_id: found.get(park_id) or policy_from({}, 0) for park_id in park_ids}


def save_rules(
    params: Mapping[str, Any], *, note: str, base_version: int, by, at: datetime, park: Park | None = None
) -> PlanRules:
    """The next version of the park's rules; what ``params`` does not name stays. ``park``: that of ``by`` unless said.

    Raises PermissionDenied without EDIT_RULES, Refused for settings that cannot be used, no reason or no change,
    Conflict when ``base_version`` is no longer the one in force.
    """
    if by is not None and not may(by, Verb.EDIT_RULES):
        raise PermissionDenied
    park = park or by.park
    if wrong := check(params):
        raise Refused(_("These settings cannot be used: %(codes)s") % {"codes": "、".join(wrong)})
    if not note.strip():
        raise Refused(_("Please say why."))
    with transaction.atomic():
        current = in_force(park.pk)
        if current.version != base_version:
            raise _overtaken()
        new = policy_from(current.params | dict(params), current.version + 1)
        if new.params == current.params:
            raise Refused(_("Nothing has been changed."))
        return _insert(park, new, note.strip(), by, at)


def _insert(park: Park, new: PlanPolicy, note: str, by, at: datetime) -> PlanRules:
    try:
        with transaction.atomic():
            return PlanRules.objects.create(park=park, version=new.version, params=new.params, note=note, by=by, at=at)
    except IntegrityError:
        raise _overtaken() from None


def _overtaken() -> Conflict:
    return Conflict(_("Somebody else has changed these settings meanwhile. Please look at them again."))

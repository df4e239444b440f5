"""Changing the ladder: a policy is never edited, a new version of the park takes its place."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused
from accounts.models import Organization, User
from accounts.permissions import Verb, may
from dispatch.response import policies, words
from dispatch.response.models import DutyHolder, ResponsePolicy
from dispatch.response.policy import check


def save_policy(
    *, params: dict[str, Any], is_enabled: bool, note: str, base_version: int, by: User, at: datetime
) -> ResponsePolicy:
    """The next version for the person's park, in force from the next evaluation on.

    Raises PermissionDenied, Refused for settings that cannot be or without a reason, Conflict when the version the
    person saw (``base_version``) is not the one in force any more.
    """
    if not may(by, Verb.EDIT_RULES) or by.park is None:
        raise PermissionDenied
    if faults := check(params):
        raise Refused(" ".join(words.fault(one) for one in faults))
    if not note.strip():
        raise Refused(_("Please say why the ladder is changed."))
    overtaken = _("Somebody else has changed the ladder meanwhile. Look at it again, then save.")
    row = policies.newest(by.park.pk)
    if (row.version if row else 0) != base_version:
        raise Conflict(overtaken)
    new = ResponsePolicy(
        park=by.park, version=base_version + 1, params=params, is_enabled=is_enabled, note=note.strip(), by=by, at=at
    )
    try:
        with transaction.atomic():
            new.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(overtaken) from error
    return new


def name_holder(*, duty: str, organization: Organization | None, user: User, by: User) -> DutyHolder:
    """The person holds the office from now on. Raises PermissionDenied, Refused when they hold it already."""
    if not may(by, Verb.EDIT_RULES) or by.park is None or user.park != by.park:
        raise PermissionDenied
    try:
        with transaction.atomic():
            return DutyHolder.objects.create(park=by.park, duty=duty, organization=organization, user=user)
    except IntegrityError as error:
        raise Refused(_("This person holds the office already.")) from error


def remove_duty(held: DutyHolder, *, by: User) -> None:
    """The person does not hold the office any more; what was told before stays in the events."""
    if not may(by, Verb.EDIT_RULES) or held.park_id != by.organization.park_id:
        raise PermissionDenied
    held.delete()

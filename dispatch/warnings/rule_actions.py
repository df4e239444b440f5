"""Changes of a park's warning rules. Every change is a new version; nothing stored is ever rewritten."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused
from accounts.models import Park
from dispatch.warnings.models import WarningRule
from dispatch.warnings.rules import DEFAULTS, check_params, load_rules, next_version, shipped


def newest(park: Park, code: str) -> WarningRule:
    """The version in force in the park: its own, else the default. Raises Refused for a rule that is not there."""
    if code not in DEFAULTS:
        raise Refused(_("There is no such rule."))
    own = WarningRule.objects.filter(park=park, code=code).order_by("-version").first()
    if own is not None and not own.follows_default:
        return own
    return _default(code)


def _default(code: str) -> WarningRule:
    return WarningRule.objects.filter(park=None, code=code).order_by("-version").first() or shipped(code)


def change(*, park: Park, code: str, params: dict, is_enabled: bool, note: str, seen: int, by, at: datetime):
    """A new version of the park's own. ``seen``: the version in force that the person saw.

    Raises Refused for unknown thresholds, numbers out of range, no reason or no change; Conflict when somebody else
    has changed the rule since.
    """
    wrong = check_params(code, params)
    if wrong:
        names = "、".join(wrong)
        raise Refused(_("Unknown threshold, or not a number from 0 up: %(names)s") % {"names": names})
    with transaction.atomic():
        current = _current(park, code, seen)
        same = (DEFAULTS[code][2] | current.params) == (DEFAULTS[code][2] | params)
        if same and current.is_enabled == is_enabled:
            raise Refused(_("Nothing has been changed."))
        return _add(park, code, params, note, by, at, is_enabled=is_enabled)


def switch(*, park: Park, code: str, is_enabled: bool, note: str, seen: int, by, at: datetime):
    """On or off with the thresholds in force, as a new version. Raises as ``change``."""
    params = dict(newest(park, code).params)
    return change(park=park, code=code, params=params, is_enabled=is_enabled, note=note, seen=seen, by=by, at=at)


def back_to_default(*, park: Park, code: str, note: str, seen: int, by, at: datetime):
    """The default counts again, with whatever it becomes. Raises Refused when it does already; Conflict as above."""
    with transaction.atomic():
        current = _current(park, code, seen)
        if current.park_id is None:
            raise Refused(_("The default is in force already."))
        default = _default(code)
        return _add(park, code, default.params, note, by, at, is_enabled=default.is_enabled, follows_default=True)


def _current(park: Park, code: str, seen: int) -> WarningRule:
    load_rules()  # the default takes number 1 before a park takes one
    current = newest(park, code)
    if current.version != seen:
        raise Conflict(_("Somebody else has changed this rule meanwhile. Please look at it again."))
    return current


def _add(park: Park, code: str, params: dict, note: str, by, at: datetime, **fields) -> WarningRule:
    if not note.strip():
        raise Refused(_("Please say why."))
    name_zh, name_en, _params = DEFAULTS[code]
    row = WarningRule(
        park=park, code=code, version=next_version(code, park), name_zh=name_zh, name_en=name_en, params=params,
        note=note.strip(), by=by, at=at, **fields,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise Conflict(_("Somebody else has changed this rule meanwhile. Please look at it again.")) from None
    return row

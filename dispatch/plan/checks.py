"""Values typed into a plan: what can be stored and what fits together, with a sentence for each refusal. Pure."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from accounts.errors import Refused
from dispatch.plan.drafts import TaskRow
from projects.errors import InvalidFields
from projects.text import find_problem, tidy

LONGEST_WD = 2000
FIRST_YEAR, LAST_YEAR = 2000, 2100
MOST_OWN_TASKS = 200
TEXTS = {"name": 120, "not_before_reason": 200, "fixed_reason": 200, "person_name": 60}
DAYS = ("planned_on", "not_before_on", "fixed_on", "started_on", "finished_on")
DURATIONS = ("duration_wd", "preparation_wd")
REASONED = {"fixed_on": "fixed_reason", "not_before_on": "not_before_reason"}


def shown(text: str) -> str:
    """A key as typed, short enough and clean enough to be shown."""
    return "".join(character for character in str(text)[:12] if character.isprintable())


def refuse_columns(key: str, kind: str, values: Mapping[str, Any], allowed: Collection[str]) -> None:
    """Columns that this kind of task does not have here. Raises Refused, TypeError (no column at all)."""
    for name in values:
        if name in allowed:
            continue
        if name in ("started_on", "finished_on"):
            if kind == "milestone":
                raise Refused(_("When a milestone is reached is entered on the project's page, at the milestone."))
            raise Refused(_("When a step begins and ends is entered on the page of the step."))
        if name == "unit_id":
            raise Refused(_("The unit of a step is set on the page of the step."))
        if name in ("name", *DURATIONS):
            raise Refused(_("This cannot be changed for %(key)s.") % {"key": shown(key)})
        raise TypeError(f"not a column of a task: {name}")


def cleaned(values: Mapping[str, Any], today: date) -> dict[str, Any]:
    """All values as the columns store them. Raises InvalidFields with every problem found."""
    clean: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    for name, value in values.items():
        try:
            clean[name] = _cleaned(name, value, today)
        except InvalidFields as wrong:
            errors |= wrong.errors
    if errors:
        raise InvalidFields(errors)
    return clean


def _cleaned(name: str, value: Any, today: date) -> Any:
    if name in TEXTS:
        return text(name, value or "", TEXTS[name])
    if name in DURATIONS:
        return duration(name, value)
    if name in DAYS:
        found = day(name, value)
        if found and name in ("started_on", "finished_on") and found > today:
            raise InvalidFields({name: [_("This day lies in the future.")]})
        return found
    return value


def text(name: str, value: str, limit: int) -> str:
    found = tidy(str(value))
    if problem := find_problem(found, limit=limit):
        sentence = _("This contains a character that cannot be stored.")
        if problem.kind == "length":
            sentence = _("Too long: %(length)s characters, at most %(limit)s.")
            sentence %= {"length": problem.length, "limit": problem.limit}
        raise InvalidFields({name: [sentence]})
    if name == "name" and not found:
        raise InvalidFields({name: [_("Please give the task a name.")]})
    return found


def duration(name: str, value: Any) -> int | None:
    """Working days, 0 to LONGEST_WD; None: as the template or the catalogue says."""
    if value is None:
        return None
    if type(value) is not int or not 0 <= value <= LONGEST_WD:
        raise InvalidFields({name: [_("Please give 0 to %(limit)s working days.") % {"limit": LONGEST_WD}]})
    return value


def lag(value: Any) -> int:
    if type(value) is not int or not -LONGEST_WD <= value <= LONGEST_WD:
        sentence = _("Please give −%(limit)s to %(limit)s working days.") % {"limit": LONGEST_WD}
        raise InvalidFields({"lag_wd": [sentence]})
    return value


def day(name: str, value: Any) -> date | None:
    if value is None:
        return None
    if not isinstance(value, date) or not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise InvalidFields({name: [_("Please check the year.")]})
    return value


def reason(value: str, name: str = "reason") -> str:
    """The reason, tidied. Raises InvalidFields."""
    found = text(name, value, 500)
    if not found:
        raise InvalidFields({name: [_("Please give the reason.")]})
    return found


def fit_together(row: TaskRow) -> None:
    """Raises InvalidFields: a confirmed or earliest day without its reason, finished before started."""
    errors: dict[str, list[str]] = {}
    for column, why in REASONED.items():
        if getattr(row, column) and not getattr(row, why):
            errors[why] = [_("Please give the reason.")]
    if row.started_on and row.finished_on and row.finished_on < row.started_on:
        errors["finished_on"] = [_("This lies before the day it started.")]
    if errors:
        raise InvalidFields(errors)

"""What every action on a project does: permission, compare-and-swap on the version, history, checked values."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused
from accounts.models import Organization, User
from accounts.permissions import Verb, may
from projects.errors import InvalidFields
from projects.models import Enterprise, Project, ProjectChange
from projects.text import LONG_TEXT, find_problem, tidy


def may_report(user, project: Project) -> bool:
    """Whether the user reports for this project: the whole park's people, or its responsible unit and team's units."""
    if not may(user, Verb.REPORT_INVESTMENT):
        return False
    if user.role.scope == "park":
        return True
    branch = user.organization.branch_ids()
    return project.responsible_unit_id in branch or project.team.filter(organization__in=branch).exists()


def permit(by, *verbs: Verb) -> None:
    """One of the verbs is needed. ``by=None`` is the system itself (seeding). Raises PermissionDenied."""
    if by is not None and not any(may(by, verb) for verb in verbs):
        raise PermissionDenied


def claim(project: Project, version: int | None, *, by, at, **updates: Any) -> dict[str, Any]:
    """Writes ``updates`` if nobody has changed the project since ``version``; call inside the transaction, first.

    Returns what to put on the instance once the transaction is through. Raises Conflict.
    """
    seen = project.version if version is None else version
    updates = updates | {"updated_at": at, "updated_by": by, "version": seen + 1}
    same = seen == project.version
    if not same or not Project.objects.filter(pk=project.pk, version=seen).update(**updates):
        raise Conflict(_("Somebody else has changed this project in the meantime. Please look at it again."))
    return updates


def put(row: Any, updates: Mapping[str, Any]) -> Any:
    """The instance with these values on it."""
    for name, value in updates.items():
        setattr(row, name, value)
    return row


def as_json(value: Any) -> Any:
    """History form of a value: money as shortest decimal string, dates as ISO, rows by their name, empty as None."""
    if value is None or value == "":
        return None
    if isinstance(value, Decimal):
        return f"{value.normalize():f}" if value else "0"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, models.Model):
        return str(value)
    return value if isinstance(value, bool | int) else str(value)


def change(field: str, old: Any, new: Any) -> dict[str, Any] | None:
    """One entry of ``ProjectChange.changes``; None when nothing differs."""
    old, new = as_json(old), as_json(new)
    return None if old == new else {"field": field, "old": old, "new": new}


def differences(pairs: Iterable[tuple[str, Any, Any]]) -> list[dict[str, Any]]:
    """Changes of (field, old, new) triples that differ."""
    return [found for field, old, new in pairs if (found := change(field, old, new))]


def record(project: Project, verb, changes: list[dict[str, Any]], *, by, at, note: str = "") -> ProjectChange:
    """The history row of an action."""
    return ProjectChange.objects.create(project=project, verb=verb, changes=changes, note=note, by=by, at=at)


def text_error(value: str, limit: int) -> str | None:
    """Why this text is refused, as a sentence; None when it may be stored."""
    problem = find_problem(value, limit=limit)
    if problem is None:
        return None
    if problem.kind == "control":
        return _("The text contains a character that cannot be stored (%(code)s).") % {"code": problem.code}
    return _("Too long: %(length)s characters, at most %(limit)s.") % {"length": problem.length, "limit": problem.limit}


def clean_value(field: models.Field, value: Any) -> Any:
    """The value as the column stores it. Raises ValidationError with sentences."""
    if isinstance(field, models.ForeignKey):
        return value
    if isinstance(value, str) and isinstance(field, models.CharField | models.TextField):
        value = tidy(value, lines=not isinstance(field, models.CharField))
        if error := text_error(value, field.max_length or LONG_TEXT):
            raise ValidationError(error)
    value = field.clean(value, None)
    if isinstance(value, Decimal) and value < 0:
        raise ValidationError(_("This cannot be negative."))
    if isinstance(value, date) and not 1980 <= value.year <= 2100:
        raise ValidationError(_("Please check the year."))
    return value


def clean_values(model: type[models.Model], values: Mapping[str, Any]) -> dict[str, Any]:
    """All values checked against the model's columns. Raises InvalidFields with every problem found."""
    cleaned, errors = {}, {}
    for name, value in values.items():
        try:
            cleaned[name] = clean_value(model._meta.get_field(name), value)
        except ValidationError as error:
            errors[name] = error.messages
    if errors:
        raise InvalidFields(errors)
    return cleaned


def refuse_other_parks(park_id: int, values: Mapping[str, Any]) -> None:
    """Rows that a project points to belong to its own park. Raises InvalidFields."""
    errors = {}
    for name, value in values.items():
        owner = value.organization if isinstance(value, User) else value
        if isinstance(owner, Organization | Enterprise) and owner.park_id != park_id:
            errors[name] = [_("This belongs to another park.")]
    if errors:
        raise InvalidFields(errors)


def required_reason(reason: str) -> str:
    """The reason, tidied. Raises InvalidFields when it is empty or cannot be stored."""
    text = tidy(reason, lines=True)
    if not text:
        raise InvalidFields({"reason": [_("Please give the reason.")]})
    if error := text_error(text, LONG_TEXT):
        raise InvalidFields({"reason": [error]})
    return text


def checked_text(name: str, value: str) -> str:
    """Running text, tidied. Raises InvalidFields under ``name``."""
    text = tidy(value, lines=True)
    if error := text_error(text, LONG_TEXT):
        raise InvalidFields({name: [error]})
    return text


def refuse_unless_open(project: Project) -> None:
    """Terminated projects are closed: resume them first. Raises Refused."""
    if project.status == Project.Status.TERMINATED:
        raise Refused(_("This project has been terminated. Resume it first."))

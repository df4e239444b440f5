"""Making, changing and retiring a park's plan templates. Plans made from one keep what was copied."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused
from accounts.models import Park
from accounts.permissions import Verb, may
from dispatch.plan.models import PlanTemplate
from dispatch.plan.template_basis import Basis, basis_of
from dispatch.plan.template_rules import Wrong, check
from projects.actions.shared import differences, put
from projects.errors import InvalidFields
from projects.text import find_problem, tidy

COLUMNS = ("name", "nature", "land", "rows", "links")
HEAD = ("name", "nature", "land")


@transaction.atomic
def create_template(*, park: Park, values: Mapping[str, Any], note: str = "", by, at: datetime) -> PlanTemplate:
    """A new template; ``values``: COLUMNS. Raises PermissionDenied, InvalidFields, Refused."""
    if by is not None and not (may(by, Verb.EDIT_PLAN) and by.organization.park_id == park.pk):
        raise PermissionDenied
    clean = _clean(park, values)
    template = PlanTemplate(park=park, updated_by=by, updated_at=at, **clean)
    template.history = [_entry(1, "created", [], note, by, at)]
    _named_once(template.save)
    return template


@transaction.atomic
def edit_template(
    template: PlanTemplate, values: Mapping[str, Any], *, version: int, note: str = "", by, at: datetime
) -> PlanTemplate:
    """Its next version; without a difference nothing is written. Raises also Conflict."""
    _permit(template, by)
    clean = _clean(template.park, {name: getattr(template, name) for name in COLUMNS} | dict(values))
    changes = _changes(template, clean)
    return _write(template, clean, version, "edited", changes, note, by, at) if changes else template


@transaction.atomic
def set_offered(
    template: PlanTemplate, is_active: bool, *, version: int, note: str = "", by, at: datetime
) -> PlanTemplate:
    """Retired templates are offered no more; plans made from them stay. Without a difference nothing is written."""
    _permit(template, by)
    if template.is_active == is_active:
        return template
    verb = "offered" if is_active else "retired"
    return _write(template, {"is_active": is_active}, version, verb, [], note, by, at)


def _permit(template: PlanTemplate, by) -> None:
    if by is None:
        return
    if not (may(by, Verb.EDIT_PLAN) and PlanTemplate.objects.visible_to(by).filter(pk=template.pk).exists()):
        raise PermissionDenied


def _clean(park: Park, values: Mapping[str, Any]) -> dict[str, Any]:
    name = tidy(str(values.get("name", "")))
    if not name or find_problem(name, limit=100):
        raise InvalidFields({"name": [_("Please give the template a name of at most 100 characters.")]})
    nature, land = values.get("nature", ""), values.get("land", "")
    for column, value in (("nature", nature), ("land", land)):
        if value not in ("", *_codes(column)):
            raise InvalidFields({column: [_("This is none of the choices.")]})
    rows, links = list(values.get("rows", ())), list(values.get("links", ()))
    refuse_wrong(basis_of(park), rows, links)
    return {"name": name, "nature": nature, "land": land, "rows": rows, "links": links}


def _codes(column: str) -> list[str]:
    return [code for code, _label in PlanTemplate._meta.get_field(column).flatchoices]


def refuse_wrong(basis: Basis, rows: Sequence[Mapping[str, Any]], links: Sequence[Mapping[str, Any]]) -> None:
    """Raises Refused with a sentence for the first thing that is wrong."""
    if found := check(rows, links, known=basis.tasks, usual=basis.links):
        raise Refused(sentence(found[0]))


def sentence(wrong: Wrong) -> str:
    """What is wrong, in words."""
    words = {
        "too_many": _("A template has at most 200 tasks."),
        "twice": _("This is in the template twice: %(keys)s"),
        "unknown": _("The catalogue in force does not know this: %(keys)s"),
        "name": _("Please give the own task %(keys)s a name."),
        "name_length": _("The name of %(keys)s is too long."),
        "number": _("Please give whole working days, at most 2000: %(keys)s"),
        "same": _("A task cannot wait for itself: %(keys)s"),
        "kind": _("Please choose the kind of the link: %(keys)s"),
        "circle": _("These tasks would wait for each other: %(keys)s"),
    }
    text = words.get(wrong.code, _("This cannot be stored: %(keys)s"))
    return text % {"keys": " → ".join(key[:12] for key in wrong.keys)}


def _changes(template: PlanTemplate, clean: Mapping[str, Any]) -> list[dict[str, Any]]:
    """As a history keeps them: head columns, then S12.duration_wd, link.S12.S13 and so on."""
    found = differences((name, getattr(template, name), clean[name]) for name in HEAD)
    old, new = ({row["key"]: row for row in rows} for rows in (template.rows, clean["rows"]))
    for key in [*old, *(key for key in new if key not in old)]:
        columns = ("name", "duration_wd", "preparation_wd")
        pairs = ((f"{key}.{name}", old.get(key, {}).get(name), new.get(key, {}).get(name)) for name in columns)
        found += differences(pairs)
    before, after = ({_pair(link): link for link in links} for links in (template.links, clean["links"]))
    for pair in [*before, *(pair for pair in after if pair not in before)]:
        found += differences([(f"link.{pair}", _told(before.get(pair)), _told(after.get(pair)))])
    return found


def _pair(link: Mapping[str, Any]) -> str:
    return f"{link['before']}.{link['after']}"


def _told(link: Mapping[str, Any] | None) -> str | None:
    if link is None:
        return None
    return f"{link.get('kind', 'fs')} {link.get('lag_wd', 0):+d} {'hard' if link.get('is_hard', True) else 'soft'}"


def _entry(version: int, verb: str, changes: list[dict[str, Any]], note: str, by, at: datetime) -> dict[str, Any]:
    return {
        "version": version,
        "verb": verb,
        "by": str(by) if by else "",
        "at": at.isoformat(),
        "note": note.strip(),
        "changes": changes,
    }


def _write(
    template: PlanTemplate, values: Mapping[str, Any], version: int, verb: str, changes: list, note: str, by, at
) -> PlanTemplate:
    history = [*template.history, _entry(version + 1, verb, changes, note, by, at)]
    updates = {**values, "history": history, "version": version + 1, "updated_by": by, "updated_at": at}
    rows = PlanTemplate.objects.filter(pk=template.pk, version=version)
    if template.version != version or not _named_once(lambda: rows.update(**updates)):
        raise Conflict(_("Somebody else has changed this template in the meantime. Please look at it again."))
    return put(template, updates)


def _named_once(write):
    try:
        with transaction.atomic():
            return write()
    except IntegrityError:
        raise InvalidFields({"name": [_("The park has a template of this name already.")]}) from None

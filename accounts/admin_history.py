"""The administration's log keeps values: what a field said before and what it says now, also in the rows below it.

``LogEntry.change_message`` stays in Django's form; beside each "added", "changed" or "deleted" stand ``values``:
[field's name in English, old text, new text].
"""

import json
from dataclasses import dataclass

from django import forms
from django.contrib.admin.models import DELETION, LogEntry
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Manager, Model, QuerySet
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext, override

LONGEST = 300
SECRET = ("password", "secret", "token")
HIDDEN = "•••"
KINDS = ("added", "changed", "deleted")


@dataclass(frozen=True)
class Change:
    """One field: ``where`` names the row below the object ("" for the object itself)."""

    where: str
    field: str
    old: str
    new: str


def is_secret(name: str, field: forms.Field | None = None) -> bool:
    """Passwords and the like are never written down."""
    if field is not None and isinstance(field.widget, forms.PasswordInput):
        return True
    return any(word in name.lower() for word in SECRET)


def text_of(field: forms.Field, value) -> str:
    """A field's value for people: names of rows and choices, at most LONGEST characters."""
    return Truncator(_plain(field, value)).chars(LONGEST)


def _plain(field: forms.Field, value) -> str:
    if value is None or value == "":
        return ""
    if isinstance(field, forms.ModelMultipleChoiceField):
        rows = value.all() if isinstance(value, Manager) else value
        return "、".join(sorted(_row(field, row) for row in rows))
    if isinstance(field, forms.ModelChoiceField):
        return _row(field, value)
    if isinstance(field, forms.MultipleChoiceField):
        names = _names(field)
        return "、".join(names.get(str(one), str(one)) for one in value)
    if isinstance(field, forms.ChoiceField):
        return _names(field).get(str(value), str(value))
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, (list, tuple)) and all(isinstance(one, str) for one in value):
        return "、".join(value)
    if isinstance(value, (dict, list, tuple)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def _row(field: forms.ModelChoiceField, value) -> str:
    if isinstance(value, Model):
        return str(value)
    found = field.queryset.model._default_manager.filter(**{field.to_field_name or "pk": value}).first()
    return str(found or value)


def _names(field: forms.ChoiceField) -> dict[str, str]:
    flat = {}
    for value, name in field.choices:
        pairs = name if isinstance(name, (list, tuple)) else [(value, name)]
        flat |= {str(one): str(words) for one, words in pairs}
    return flat


def form_values(form: forms.BaseForm, names) -> list[list[str]]:
    """[field, old, new] of these fields of a form that has been saved."""
    rows = []
    for name in names:
        field = form.fields.get(name)
        if field is None or name not in form.cleaned_data:
            continue
        if is_secret(name, field):
            old, new = HIDDEN, HIDDEN
        else:
            old = text_of(field, form.get_initial_for_field(field, name))
            new = text_of(field, form.cleaned_data[name])
        rows.append([_label(form, name, field), old, new])
    return rows


def new_values(form: forms.BaseForm) -> list[list[str]]:
    """[field, "", text] of everything that was filled in for a new row."""
    said = [name for name, value in form.cleaned_data.items() if value not in ("", None, False)]
    rows = form_values(form, [name for name in said if not is_secret(name, form.fields.get(name))])
    return [[label, "", new] for label, _old, new in rows if new]


def _label(form: forms.BaseForm, name: str, field: forms.Field) -> str:
    """The field's name untranslated, as the log keeps it."""
    options = getattr(form, "_meta", None)
    with override(None):
        try:
            return str(options.model._meta.get_field(name).verbose_name)
        except (AttributeError, FieldDoesNotExist):
            return str(field.label or name)


def row_values(row: Model) -> list[list[str]]:
    """[field, text, ""] of a row that is being removed."""
    values = []
    for field in row._meta.concrete_fields:
        if field.primary_key or field.is_relation or is_secret(field.name):
            continue
        text = Truncator(str(field.value_from_object(row) or "")).chars(LONGEST)
        if text:
            with override(None):
                values.append([str(field.verbose_name), text, ""])
    return values


def with_values(message: list[dict], form, formsets, *, add: bool) -> list[dict]:
    """Django's change message with the values put in."""
    own = new_values(form) if add else form_values(form, form.changed_data)
    below = []
    for entry in message:
        if any("name" in body for body in entry.values()):
            below.append(entry)
        else:
            entry["values"] = own
    _with_rows(below, formsets or [])
    return message


def _with_rows(entries: list[dict], formsets) -> None:
    """Fills the entries of the rows below, which stand in the order in which Django wrote them."""
    waiting = iter(entries)
    for formset in formsets:
        forms_of = {form.instance.pk: form for form in formset.forms if form.instance.pk}
        for added in formset.new_objects:
            next(waiting)["values"] = new_values(forms_of[added.pk])
        for changed, names in formset.changed_objects:
            next(waiting)["values"] = form_values(forms_of[changed.pk], names)
        for deleted in formset.deleted_objects:
            next(waiting)["values"] = row_values(deleted)


def changes_of(entry: LogEntry) -> list[Change]:
    """The values of a log entry, the fields' names in the reader's language; empty for entries without any."""
    try:
        message = json.loads(entry.change_message)
    except ValueError:
        return []
    found = []
    for part in message if isinstance(message, list) else []:
        body = next((part[kind] for kind in KINDS if kind in part), {})
        where = f"{gettext(body['name'])} {body.get('object', '')}".strip() if "name" in body else ""
        found += [Change(where, gettext(label), old, new) for label, old, new in part.get("values", [])]
    return found


def changes_in_html(entry: LogEntry, longest: int = LONGEST) -> SafeString:
    """The changes as a list, old text struck out, each text cut to so many characters."""
    lines = [
        (f"{change.where} · {change.field}" if change.where else change.field, *_cut(longest, change.old, change.new))
        for change in changes_of(entry)
    ]
    items = format_html_join("", "<li>{}: <del>{}</del> → <ins>{}</ins></li>", lines)
    return format_html("<ul class='change-list'>{}</ul>", items) if lines else SafeString("")


def _cut(longest: int, *texts: str) -> list[str]:
    return [Truncator(text or "—").chars(longest) for text in texts]


class KeepsValues:
    """For a ModelAdmin: changes, additions and removals are logged with their values."""

    object_history_template = "admin/object_history.html"

    def construct_change_message(self, request, form, formsets, add=False):
        message = super().construct_change_message(request, form, formsets, add)
        return json.dumps(with_values(message, form, formsets, add=add), ensure_ascii=False)

    def log_deletions(self, request, queryset: QuerySet):
        return [
            LogEntry.objects.log_actions(
                request.user.pk,
                [row],
                DELETION,
                change_message=json.dumps([{"values": row_values(row)}], ensure_ascii=False),
                single_object=True,
            )
            for row in queryset
        ]

    def history_view(self, request, object_id, extra_context=None):
        response = super().history_view(request, object_id, extra_context)
        if hasattr(response, "context_data"):
            for entry in response.context_data["action_list"]:
                entry.changes = changes_of(entry)
        return response

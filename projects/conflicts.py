"""After a conflict: what the others changed beside what was typed, and a form that loses neither."""

from dataclasses import dataclass
from typing import Any

from projects import queries
from projects.actions.shared import as_json
from projects.forms import ActionForm
from projects.models import Project


@dataclass(frozen=True)
class Difference:
    """A field another person changed. ``mine`` is None where nothing was typed against it."""

    label: str
    theirs: str
    who: Any
    at: Any
    mine: str | None


def merge(form: ActionForm, fresh: Project) -> tuple[ActionForm, list[Difference]]:
    """The form again on the present project: fields only the others changed show their value, typed ones keep mine."""
    changes = queries.changes_since(fresh, form.cleaned_data["version"])
    first_old = {entry["field"]: entry["old"] for entry in reversed(changes)}
    latest = {entry["field"]: entry for entry in changes}
    data, names = form.data.copy(), {form.history_name(name): name for name in form.fields}
    again = form.__class__(data, **form_options(form), project=fresh, user=form.user, today=form.today)
    differences = []
    for field, entry in latest.items():
        name = names.get(field)
        mine = as_json(form.cleaned_data.get(name)) if name else None
        typed = name is not None and mine not in (first_old[field], entry["new"])
        if name and mine == first_old[field]:
            data[name] = _raw(again, name)
        text = queries.shown(field, mine) if typed else None
        differences.append(Difference(entry["label"], entry["new_text"], entry["who"], entry["at"], text))
    data["version"] = fresh.version
    return again, differences


def form_options(form: ActionForm) -> dict[str, Any]:
    """The further arguments a form was made with."""
    return {
        name: getattr(form, name) for name in ("stage", "change", "role") if isinstance(getattr(form, name, None), str)
    }


def _raw(form: ActionForm, name: str) -> Any:
    value = form.get_initial_for_field(form.fields[name], name)
    return "" if value is None else form.fields[name].prepare_value(value)

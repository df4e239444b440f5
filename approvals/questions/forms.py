"""The questionnaire: the catalogue's condition variables as one form. It only reads input."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.validators import MinValueValidator
from django.utils.translation import gettext_lazy as _

from approvals.questions.preview import fields_of
from approvals.questions.words import question
from projects.forms import columns, plain
from projects.models import Project

GROUPS = (
    (_("Energy"), ("annual_energy_tce", "annual_power_10k_kwh")),
    (_("Hazardous substances"), ("hazardous_chemical",)),
    (_("Land and earthwork"), ("has_new_construction_land", "land_area_ha", "earthwork_m3", "soil_erosion_area")),
    (_("Environment"), ("eia_class", "permit_class")),
    (_("Buildings"), (
        "building_scale", "special_fire_project", "has_civil_building", "works_investment_10k", "floor_area_m2",
    )),
)  # fmt: skip
OTHER = _("Other questions")
YES_NO = [("true", _("yes")), ("false", _("no")), ("", _("not known"))]
LABELS = {"land_area_ha": _("land (mu)")}


class AnswersForm(forms.Form):
    """``variables``: name → {type, zh, en}, as the catalogue keeps them. Every answer may stay open."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args, project: Project, variables: Mapping[str, Mapping[str, Any]], **kwargs):
        self.project, self.names = project, fields_of(variables)
        start = {field: _start(getattr(project, field)) for field in self.names.values()}
        kwargs.setdefault("auto_id", "id_answers_%s")
        super().__init__(*args, initial={"version": project.version} | start, **kwargs)
        for name, field in self.names.items():
            self.fields[field] = _field(field, LABELS.get(name) or question(variables[name]))

    def groups(self) -> Iterable[tuple[Any, list[tuple[str, forms.BoundField]]]]:
        """(title, [(variable, field)]) in the order of the page; empty groups are left out."""
        known = {name for _title, names in GROUPS for name in names}
        rest = tuple(name for name in self.names if name not in known)
        for title, names in (*GROUPS, (OTHER, rest)):
            own = [(name, self[self.names[name]]) for name in names if name in self.names]
            if own:
                yield title, own

    def sent(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        """What the page would send: these answers (null: not known) by column, as saved where one is left out."""
        return {**self.initial, **{name: _start(value) for name, value in answers.items()}}

    def values(self) -> dict[str, Any]:
        """Column → value, for ``projects.actions.edit``."""
        return {field: self.cleaned_data[field] for field in self.names.values()}


def _start(value: Any) -> Any:
    """A saved answer as its control shows it."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else plain(value)


def _field(name: str, label) -> forms.Field:
    field = columns(Project, [name])[name]
    if isinstance(field, forms.NullBooleanField):
        field = forms.TypedChoiceField(
            choices=YES_NO,
            coerce=lambda text: text == "true",
            empty_value=None,
            widget=forms.RadioSelect,
        )
        field.widget.attrs["class"] = "choice-row"
    elif isinstance(field, forms.ChoiceField):
        field.choices = [(key, words if key else _("not known")) for key, words in field.choices]
    elif isinstance(field, forms.DecimalField):
        field.validators.append(MinValueValidator(0))
        field.widget.attrs["min"] = 0
    field.label, field.required = label, False
    return field

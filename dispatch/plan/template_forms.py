"""Forms of templates: one line for each task every project has, own tasks and links below."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dispatch.ledger.forms import PlainTextForm, ProjectField
from dispatch.plan.models import PlanLink, PlanTemplate
from dispatch.plan.template_basis import Basis, Usual
from dispatch.plan.template_rules import LONGEST_WD, is_own
from projects.models import Project

SPARE_LINES = 3
DAYS = {"min_value": 0, "max_value": LONGEST_WD, "required": False}


def _days(label) -> forms.IntegerField:
    return forms.IntegerField(label=label, widget=forms.NumberInput(attrs={"inputmode": "numeric"}), **DAYS)


def _text(label, **options) -> forms.CharField:
    return forms.CharField(label=label, required=False, **options)


class HeadForm(PlainTextForm):
    """A new template: what it is for, and what it is made from."""

    name = forms.CharField(label=_("Name of the template"), max_length=100)
    nature = forms.ChoiceField(label=_("nature"), choices=[("", _("any")), *Project.Nature.choices], required=False)
    land = forms.ChoiceField(label=_("land"), choices=PlanTemplate.Land.choices, required=False)
    project = ProjectField(
        Project.objects.none(),
        label=_("Made from the plan of a project"),
        required=False,
        help_text=_("Name, code or initials of the name. Empty: from the limits of the catalogue."),
        widget=forms.TextInput(attrs={"maxlength": 200}),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = Project.objects.visible_to(user)


class TemplateForm(PlainTextForm):
    """The whole template; an empty duration follows the catalogue."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    name = forms.CharField(label=_("Name of the template"), max_length=100)
    nature = forms.ChoiceField(label=_("nature"), choices=[("", _("any")), *Project.Nature.choices], required=False)
    land = forms.ChoiceField(label=_("land"), choices=PlanTemplate.Land.choices, required=False)
    note = _text(_("Why is it changed?"), max_length=200)

    def __init__(self, *args, template: PlanTemplate, basis: Basis, **kwargs):
        self.basis, self.template = basis, template
        first = {name: getattr(template, name) for name in ("version", "name", "nature", "land")}
        self.own_keys, self.link_lines = _own_keys(template.rows), len(template.links) + SPARE_LINES
        super().__init__(*args, initial=first | self._first(), **kwargs)
        for usual in self.usual:
            self.fields[f"d_{usual.key}"] = _days(_("duration (working days)"))
            self.fields[f"p_{usual.key}"] = _days(_("preparation of papers (working days)"))
        for key in self.own_keys:
            self.fields[f"n_{key}"] = _text(_("Own task"), max_length=120)
            self.fields[f"d_{key}"] = _days(_("duration (working days)"))
            self.fields[f"p_{key}"] = _days(_("preparation of papers (working days)"))
        self._add_links()

    def _add_links(self) -> None:
        offered = [(key, f"{key} {usual.name}") for key, usual in self.basis.tasks.items()]
        offered += [(key, self._own_name(key)) for key in self.own_keys]
        for number in range(self.link_lines):
            choices = [("", "—"), *offered]
            self.fields[f"b_{number}"] = forms.ChoiceField(label=_("first"), choices=choices, required=False)
            self.fields[f"a_{number}"] = forms.ChoiceField(
                label=pgettext_lazy("link of a plan", "then"), choices=choices, required=False
            )
            self.fields[f"k_{number}"] = forms.ChoiceField(
                label=_("kind"), choices=PlanLink.Kind.choices, required=False
            )
            self.fields[f"l_{number}"] = forms.IntegerField(
                label=_("lag (working days)"), min_value=-LONGEST_WD, max_value=LONGEST_WD, required=False
            )
            self.fields[f"h_{number}"] = forms.BooleanField(label=_("hard"), required=False)

    def _own_name(self, key: str) -> str:
        name = next((row["name"] for row in self.template.rows if row["key"] == key), "")
        return f"{key} {name}".strip()

    def _first(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for row in self.template.rows:
            key = row["key"]
            found |= {f"d_{key}": row.get("duration_wd"), f"p_{key}": row.get("preparation_wd")}
            found[f"n_{key}"] = row.get("name", "")
        for number, link in enumerate(self.template.links):
            found |= {f"b_{number}": link["before"], f"a_{number}": link["after"], f"k_{number}": link.get("kind")}
            found |= {f"l_{number}": link.get("lag_wd"), f"h_{number}": link.get("is_hard", True)}
        return found | {f"h_{number}": True for number in range(len(self.template.links), self.link_lines)}

    @property
    def usual(self) -> list[Usual]:
        """Tasks with a duration, in the order of pages."""
        return [usual for usual in self.basis.tasks.values() if usual.duration_wd is not None]

    @property
    def lines(self) -> Iterable[dict[str, Any]]:
        """{usual, duration, preparation} for the table."""
        for usual in self.usual:
            yield {"usual": usual, "duration": self[f"d_{usual.key}"], "preparation": self[f"p_{usual.key}"]}

    @property
    def own_lines(self) -> Iterable[dict[str, Any]]:
        for key in self.own_keys:
            days = {"duration": self[f"d_{key}"], "preparation": self[f"p_{key}"]}
            yield {"key": key, "name": self[f"n_{key}"], **days}

    @property
    def link_fields(self) -> Iterable[list[Any]]:
        for number in range(self.link_lines):
            yield [self[f"{column}_{number}"] for column in "bakl"] + [self[f"h_{number}"]]

    @property
    def head(self) -> list[Any]:
        return [self["name"], self["nature"], self["land"]]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for number in range(self.link_lines):
            if bool(data.get(f"b_{number}")) != bool(data.get(f"a_{number}")):
                self.add_error(f"a_{number}", _("Choose both tasks of the link, or neither."))
        for key in self.own_keys:
            if data.get(f"d_{key}") is not None and not data.get(f"n_{key}"):
                self.add_error(f"n_{key}", _("Please give the task a name."))
        return data

    def values(self) -> dict[str, Any]:
        """What the action takes."""
        data = self.cleaned_data
        rows = [
            {"key": key, "name": "", "duration_wd": data[f"d_{key}"], "preparation_wd": data[f"p_{key}"]}
            for key in (usual.key for usual in self.usual)
            if data[f"d_{key}"] is not None or data[f"p_{key}"] is not None
        ]
        rows += [
            {
                "key": key,
                "name": data[f"n_{key}"],
                "duration_wd": data[f"d_{key}"] or 0,
                "preparation_wd": data[f"p_{key}"],
            }
            for key in self.own_keys
            if data[f"n_{key}"]
        ]
        links = [
            {
                "before": data[f"b_{number}"],
                "after": data[f"a_{number}"],
                "kind": data[f"k_{number}"] or PlanLink.Kind.FS.value,
                "lag_wd": data[f"l_{number}"] or 0,
                "is_hard": data[f"h_{number}"],
            }
            for number in range(self.link_lines)
            if data[f"b_{number}"]
        ]
        head = {name: data[name] for name in ("name", "nature", "land")}
        return head | {"rows": rows, "links": links}


def _own_keys(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Keys of the own tasks, and of the spare lines for new ones."""
    own = [row["key"] for row in rows if is_own(row["key"])]
    last = max((int(key[1:]) for key in own), default=0)
    return own + [f"T{last + number}" for number in range(1, SPARE_LINES + 1)]


class RetireForm(PlainTextForm):
    """Whether it is offered; the reason is kept."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    note = _text(_("Why?"), max_length=200)

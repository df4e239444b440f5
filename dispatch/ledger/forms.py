"""Forms of ledger items. They read input and offer only what the user may see; the rules are in the actions."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from approvals.models import ProjectStep
from dispatch.ledger.models import LedgerItem
from dispatch.measures.models import Measure
from dispatch.meetings.models import Meeting
from dispatch.visits.models import Visit
from dispatch.warnings.models import Warning
from projects.models import Milestone, Project
from projects.text import find_problem, number_in, tidy

LONG_TEXT = 5000
NOTE = 2000
SHOWN_MATCHES = 5
ORIGINS = ("meeting", "visit", "warning")
LINKED = (*ORIGINS, "measure")


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")


def day_field(label, **options):
    return forms.DateField(label=label, widget=DayInput(), **options)


def text_field(label, *, rows=3, max_length=LONG_TEXT, **options):
    return forms.CharField(
        label=label,
        widget=forms.Textarea(attrs={"rows": rows, "maxlength": max_length}),
        max_length=max_length,
        **options,
    )


class PlainTextForm(forms.Form):
    """Texts are tidied, and refused with the field's name when they hold a character no database keeps."""

    def clean(self):
        for name, value in list(self.cleaned_data.items()):
            if not isinstance(value, str):
                continue
            text = tidy(value, lines=isinstance(self.fields[name].widget, forms.Textarea))
            if find_problem(text, limit=LONG_TEXT):
                self.add_error(name, _("This contains a character that cannot be stored."))
            else:
                self.cleaned_data[name] = text
        return self.cleaned_data


class ProjectField(forms.ModelChoiceField):
    """A project by its name, code or pinyin initials: a zone has too many for a list. Takes the id from a link too."""

    widget = forms.TextInput

    def prepare_value(self, value):
        if isinstance(value, Project):
            return value.name
        pk = number_in(str(value or ""))
        found = None if pk is None else self.queryset.filter(pk=pk).first()
        return found.name if found else value

    def to_python(self, value):
        text = " ".join((value or "").split())
        if not text:
            return None
        if (pk := number_in(text)) is not None and (found := self.queryset.filter(pk=pk).first()):
            return found
        exact = self.queryset.filter(name=text).first()
        if exact:
            return exact
        matches = list(self.queryset.search(text).order_by("name_key")[: SHOWN_MATCHES + 1])
        if len(matches) == 1:
            return matches[0]
        if not matches:
            raise forms.ValidationError(_("No project has this name, code or these initials."))
        names = "、".join(project.name for project in matches[:SHOWN_MATCHES])
        raise forms.ValidationError(_("Several projects match: %(names)s. Please write more.") % {"names": names})


class ItemForm(PlainTextForm):
    """Register or edit an item. ``item`` given: editing; unit and deadline are then settled by assigning."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=LedgerItem.Kind.choices)
    category = forms.ChoiceField(label=_("Category"), choices=LedgerItem.Category.choices)
    source = forms.ChoiceField(label=_("Source"))
    title = forms.CharField(label=_("Title"), max_length=200)
    description = text_field(_("Description"), required=False)
    project = ProjectField(
        Project.objects.none(),
        label=_("Project"),
        required=False,
        help_text=_("Name, code or initials of the name."),
        widget=forms.TextInput(attrs={"maxlength": 200}),
    )
    project_step = forms.ModelChoiceField(ProjectStep.objects.none(), label=_("Approval step"), required=False)
    milestone = forms.ModelChoiceField(Milestone.objects.none(), label=_("Milestone"), required=False)
    leader = forms.CharField(label=_("Leader"), max_length=60, required=False)
    measures = text_field(_("Measures"), required=False)
    starts_on = day_field(_("From"), required=False)
    due_on = day_field(_("Until"), required=False)
    standard = text_field(_("Acceptance standard"), rows=2, required=False)
    reward_penalty = text_field(_("Reward and penalty"), rows=2, required=False)
    unit = forms.ModelChoiceField(Organization.objects.none(), label=_("Responsible unit"), required=False)
    person_name = forms.CharField(label=_("Person"), max_length=60, required=False)
    cooperating_units = forms.ModelMultipleChoiceField(
        Organization.objects.none(), label=_("Cooperating units"), required=False, widget=forms.CheckboxSelectMultiple
    )
    # Where it comes from; a link brings them, nobody types them.
    meeting = forms.ModelChoiceField(Meeting.objects.none(), required=False, widget=forms.HiddenInput)
    visit = forms.ModelChoiceField(Visit.objects.none(), required=False, widget=forms.HiddenInput)
    warning = forms.ModelChoiceField(Warning.objects.none(), required=False, widget=forms.HiddenInput)
    measure = forms.ModelChoiceField(Measure.objects.none(), required=False, widget=forms.HiddenInput)

    def __init__(self, *args, user, item=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.user, self.item = user, item
        units = Organization.objects.visible_to(user).units().order_by("name")
        self.fields["unit"].queryset = self.fields["cooperating_units"].queryset = units
        self.fields["project"].queryset = Project.objects.visible_to(user)
        self.fields["source"].choices = _sources(user)
        for name in LINKED:
            self.fields[name].queryset = self.fields[name].queryset.model.objects.visible_to(user)
        self._offer_parts_of(self._project())
        if item is not None:
            self._keep_what_assigning_settles(item)

    def _project(self):
        raw = self.data.get("project") if self.is_bound else self.initial.get("project")
        try:
            return raw if isinstance(raw, Project) else self.fields["project"].to_python(str(raw or ""))
        except forms.ValidationError:
            return None

    def _offer_parts_of(self, project) -> None:
        for name, model in (("project_step", ProjectStep), ("milestone", Milestone)):
            field, rows = self.fields[name], model.objects.visible_to(self.user)
            field.error_messages["invalid_choice"] = _("This does not belong to the chosen project.")
            field.queryset = rows.filter(project=project) if project else rows.none()
        self.fields["project_step"].queryset = self.fields["project_step"].queryset.select_related("step")
        self.knows_project = project is not None

    def _keep_what_assigning_settles(self, item) -> None:
        for name in ("source", *LINKED):
            del self.fields[name]
        if item.state != LedgerItem.State.REGISTERED:
            del self.fields["unit"], self.fields["due_on"]

    def clean(self):
        values = super().clean()
        starts_on = values.get("starts_on")
        due_on = values.get("due_on") or (self.item.due_on if self.item else None)
        if starts_on and due_on and due_on < starts_on:
            self.add_error(
                "due_on" if "due_on" in self.fields else "starts_on", _("The deadline lies before the start.")
            )
        return values

    def values(self) -> dict:
        """What the actions take: everything but the version and the cooperating units."""
        values = {name: v for name, v in self.cleaned_data.items() if name not in ("version", "cooperating_units")}
        return {name: v for name, v in values.items() if v is not None or name not in LINKED}


def _sources(user):
    """Leaders register instructions (批示); nobody types what an import brings."""
    source = LedgerItem.Source
    if user.organization.kind == Organization.Kind.LEADERSHIP:
        return [(source.INSTRUCTION.value, source.INSTRUCTION.label)]
    return [(choice.value, choice.label) for choice in source if choice is not source.LEDGER]

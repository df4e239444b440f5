"""Forms of filings. They only read input; the rules are in the actions."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.attempts import attempt
from dispatch.files.forms import PICTURES, ManyFilesField, ManyFilesInput
from dispatch.filing import rules, scope
from dispatch.filing.actions import TEXTS, Photos
from dispatch.filing.models import Filing, FilingRestatement, FilingRound
from dispatch.filing.queries import ACCEPTED, MISSING, STANDINGS
from dispatch.filing.rules import Known
from projects.actions.shared import as_json
from projects.errors import InvalidFields, NeedsAcknowledgement
from projects.forms import day_input
from projects.text import LONG_TEXT, find_problem


def number(label: Any, *, places: int = 4, required: bool = False, **more: Any) -> forms.DecimalField:
    """An amount typed on a phone's number pad."""
    widget = forms.NumberInput(attrs={"inputmode": "decimal", "step": "any", "min": 0})
    digits = 16 if places == 4 else 5
    return forms.DecimalField(
        label=label, required=required, max_digits=digits, decimal_places=places, widget=widget, **more
    )


def words(label: Any, *, required: bool = False, rows: int = 2, **more: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=required, max_length=LONG_TEXT, widget=widget, **more)


def tried(form: forms.Form, action: Callable[[], Any]) -> Any:
    """``attempt``, with refusals of single fields beside them and questions as a field to answer."""

    def told() -> Any:
        try:
            return action()
        except InvalidFields as refusal:
            for name, sentences in refusal.errors.items():
                form.add_error(name if name in form.fields else None, sentences)
        except NeedsAcknowledgement as refusal:
            form.ask_why(refusal.warnings)
        return None

    return attempt(form, told)


class VersionForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class FilingForm(VersionForm):
    """One month of one project on a phone. ``known``: the record before; the cumulative figure is asked for only where
    no earlier month is known."""

    month_10k = number(_("Investment of this month (10k CNY)"))
    ytd_10k = number(_("This year so far (10k CNY)"))
    physical_percent = number(_("Physical progress (%)"), places=2)
    physical_progress = words(_("Physical progress in words"))
    camera = forms.FileField(
        label=_("Take a photo"), required=False, max_length=255,
        widget=forms.ClearableFileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )  # fmt: skip
    photos = ManyFilesField(
        label=_("Choose photos"), required=False, widget=ManyFilesInput(attrs={"accept": f"image/*,{PICTURES}"})
    )
    taken_on = forms.DateField(label=_("Photos taken on"), required=False, widget=day_input())
    works_10k = number(_("of it building works"))
    equipment_10k = number(_("of it equipment"))
    other_10k = number(_("of it land and other costs"))
    issue = words(_("Problems"))
    next_work = words(_("Next work"))
    acknowledged = words(_("Why the figures are right"))

    def __init__(self, *args, filing: Filing, known: Known, today, **kwargs):
        self.filing, self.known, self.today = filing, known, today
        names = (*rules.FIGURES, *TEXTS, "acknowledged")
        first = {name: as_json(getattr(filing, name)) for name in names}
        kwargs["initial"] = {"version": filing.version, "taken_on": today} | first | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        if known.before_10k is not None:
            del self.fields["ytd_10k"]
        hands_in = self.data.get("do") != "save"
        self.fields["month_10k"].required = hands_in
        self.fields["physical_percent"].required = hands_in and known.needs_percent
        self.fields["month_10k"].widget.attrs |= {"data-filing-month": ""}
        self.fields["physical_percent"].widget.attrs |= {"max": 100}
        self.fields["camera"].widget.template_name = ManyFilesInput.template_name
        self.asks_why = bool(filing.acknowledged)

    def ask_why(self, sentences: list[str]) -> None:
        """The figures are unusual: the field for the reason appears, with what is unusual."""
        self.asks_why = True
        self.add_error("acknowledged", sentences)

    def clean_taken_on(self):
        day = self.cleaned_data["taken_on"]
        if day and not (self.filing.round.year, self.filing.round.month) <= (day.year, day.month) <= _month(self.today):
            raise forms.ValidationError(_("A photo of the month, please: its day lies outside of it."))
        if day and day > self.today:
            raise forms.ValidationError(_("This day has not come yet."))
        return day

    @property
    def values(self) -> dict[str, Any]:
        names = (*rules.FIGURES, *TEXTS, "acknowledged")
        return {"ytd_10k": None} | {name: self.cleaned_data[name] for name in names if name in self.fields}

    @property
    def uploads(self) -> Photos:
        camera = self.cleaned_data.get("camera")
        files = (*([camera] if camera else []), *self.cleaned_data.get("photos", []))
        return Photos(files, self.cleaned_data.get("taken_on") or self.today)


def _month(day) -> tuple[int, int]:
    return (day.year, day.month)


class ReturnForm(VersionForm):
    reason = words(_("What is wrong"), required=True, rows=3)


class RestateForm(VersionForm):
    """Other figures after the lock; empty ones stay as they are."""

    month_10k = number(_("Investment of the month (10k CNY)"))
    ytd_10k = number(_("Year so far (10k CNY)"), help_text=_("Empty: the month before plus this one."))
    works_10k = number(_("of it building works"))
    equipment_10k = number(_("of it equipment"))
    other_10k = number(_("of it land and other costs"))
    physical_percent = number(_("Physical progress (%)"), places=2)
    reason = words(_("Why the figures have to change"), required=True, rows=3)

    def __init__(self, *args, filing: Filing, before: dict[str, Any], **kwargs):
        first = {name: as_json(value) for name, value in before.items() if name != "ytd_10k"}
        super().__init__(*args, initial={"version": filing.version} | first, **kwargs)

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in rules.FIGURES if self.cleaned_data[name] is not None}


class DecideForm(VersionForm):
    grant = forms.ChoiceField(
        label=_("Decision"), widget=forms.RadioSelect,
        choices=[("yes", pgettext_lazy("restatement", "grant")), ("no", pgettext_lazy("restatement", "refuse"))],
    )  # fmt: skip
    decision = words(_("Reason"), required=True, rows=3)

    def __init__(self, *args, row: FilingRestatement, **kwargs):
        super().__init__(*args, initial={"version": row.version}, **kwargs)


class FilerForm(forms.Form):
    """Who files for a project: its responsible unit, or whom the centre names."""

    who = forms.ChoiceField(
        label=_("Who files"), widget=forms.RadioSelect,
        choices=[("unit", _("the responsible unit")), ("named", _("somebody else, named here"))],
    )  # fmt: skip
    organization = forms.ModelChoiceField(label=_("Named"), queryset=None, required=False, empty_label="—")

    def __init__(self, *args, project, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = scope.filers_for(project, user).order_by("kind", "name")

    def clean(self):
        if self.cleaned_data.get("who") == "named" and not self.cleaned_data.get("organization"):
            self.add_error("organization", _("Please say who."))
        return self.cleaned_data

    @property
    def filer(self):
        """None: the responsible unit."""
        return self.cleaned_data["organization"] if self.cleaned_data["who"] == "named" else None


class BoardFilter(forms.Form):
    """Which filings of the month."""

    q = forms.CharField(label=_("Search"), required=False, max_length=100)
    state = forms.ChoiceField(label=_("State"), required=False)
    unit = forms.ChoiceField(label=_("Filed by"), required=False)

    def __init__(self, *args, window: FilingRound, lines, **kwargs):
        super().__init__(*args, **kwargs)
        locked = window.state == FilingRound.State.LOCKED
        states = [(Filing.State.DRAFT.value, _("not handed in")), *Filing.State.choices[1:]]
        if locked:
            states = [(name, STANDINGS[name]) for name in (ACCEPTED, MISSING)]
        self.fields["state"].choices = [("", _("all")), *states]
        units = [(line.organization.pk, str(line.organization)) for line in lines if line.organization]
        self.fields["unit"].choices = [("", _("all")), *units]

    def clean_q(self):
        text = self.cleaned_data["q"]
        if find_problem(text, limit=100):
            raise forms.ValidationError(_("Please search for something shorter, in plain text."))
        return text

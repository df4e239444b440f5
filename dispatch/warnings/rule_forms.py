"""Forms of the rule pages: typed thresholds, the reason, the period of a dry run."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dispatch.ledger.forms import day_field
from dispatch.warnings import rules
from dispatch.warnings.dryrun import LONGEST, last_quarter
from dispatch.warnings.rule_words import threshold

ASCENDING = [
    ("yellow_from_pp", "red_above_pp"), ("yellow_after_days", "red_after_days"), ("yellow_after_wd", "red_after_wd"),
    ("yellow_from_wd", "red_above_wd"),
]  # fmt: skip

EARLIEST = 2000


class NoteForm(forms.Form):
    """Why, and which version was seen."""

    note = forms.CharField(label=_("Why"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
    seen = forms.IntegerField(widget=forms.HiddenInput)


class PeriodForm(forms.Form):
    """The past period of a dry run: at most a year, over before today."""

    first = day_field(_("from"))
    last = day_field(_("to"))

    def __init__(self, *args, today, **kwargs):
        first, last = last_quarter(today)
        kwargs["initial"] = {"first": first, "last": last} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.today = today

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last:
            if last < first:
                self.add_error("last", _("The period ends before it begins."))
            elif last >= self.today:
                self.add_error("last", _("Choose a period that is over."))
            elif first.year < EARLIEST:
                self.add_error("first", _("Choose a period after the year %(year)s.") % {"year": EARLIEST})
            elif last - first > LONGEST:
                self.add_error("first", _("A period of at most one year, please."))
        return cleaned


class RuleForm(PeriodForm):
    """A new version of one rule. ``thresholds`` are what the rule knows; the reason is asked for when saving."""

    is_enabled = forms.BooleanField(label=_("switched on"), required=False)
    note = forms.CharField(label=_("Why"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, code: str, today, **kwargs):
        super().__init__(*args, today=today, **kwargs)
        self.code = code
        self.names = list(rules.DEFAULTS[code][2])
        for name in self.names:
            self.fields[name] = _field(code, name)

    @property
    def thresholds(self) -> list:
        """The bound fields of the thresholds, in the order of the rule."""
        return [self[name] for name in self.names]

    def clean(self):
        cleaned = super().clean()
        for yellow, red in ASCENDING:
            low, high = cleaned.get(yellow), cleaned.get(red)
            if low is not None and high is not None and low > high:
                self.add_error(red, _("Red cannot come before yellow."))
        if "save" in self.data and not cleaned.get("note", "").strip():
            self.add_error("note", _("Please say why."))
        return cleaned

    @property
    def params(self) -> dict[str, Any]:
        """The thresholds as they are stored; whole numbers stay whole."""
        values = {name: self.cleaned_data[name] for name in self.names}
        return {name: int(value) if value == int(value) else float(value) for name, value in values.items()}


def _field(code: str, name: str) -> forms.DecimalField:
    known = threshold(code, name)
    return forms.DecimalField(
        label=f"{known.label} ({known.unit})",
        min_value=1 if name in rules.FROM_ONE else 0,
        max_value=rules.MOST.get(name, 100 if name.endswith("_pp") else rules.LARGEST),
        decimal_places=known.places,
        max_digits=10,
        widget=forms.NumberInput(attrs={"inputmode": "decimal"}),
    )

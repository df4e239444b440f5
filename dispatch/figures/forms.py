"""Forms of the pages of figures. The filters refuse nothing: what nobody understands falls back to the default."""

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from dispatch.figures.groups import By
from dispatch.figures.labels import BY_NAMES, CALENDAR_NAMES, RATE_NAMES, VARIANT_NAMES
from dispatch.figures.policy import FigurePolicy
from dispatch.figures.rates import RateKey
from dispatch.figures.table import AGAINST, SORTS

EARLIEST = date(2000, 1, 1)


class RatesForm(forms.Form):
    """Grouping, day, and which earlier day to compare with."""

    by = forms.ChoiceField(label=_("Group by"), choices=[(by.value, BY_NAMES[by]) for by in By], required=False)
    against = forms.ChoiceField(label=_("Compare with"), choices=list(AGAINST.items()), required=False)
    on = forms.DateField(label=_("Data up to"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    sort = forms.ChoiceField(
        choices=[(f"{sign}{name}",) * 2 for name in SORTS for sign in ("", "-")],
        required=False,
        widget=forms.HiddenInput,
    )

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["on"].widget.attrs["max"] = today.isoformat()
        self.initial = {"by": By.UNIT.value, "against": "week", "on": today}

    def clean_on(self):
        return day_inside(self.cleaned_data["on"], self.today)

    def chosen(self) -> dict:
        """by, against, on, sort."""
        given = {k: v for k, v in self.cleaned_data.items() if v} if self.is_bound and self.is_bound_valid() else {}
        found = {"by": By.UNIT, "against": "week", "on": self.today, "sort": "name"} | given
        return found | {"by": By(found["by"])}

    def is_bound_valid(self) -> bool:
        self.full_clean()
        return True


def day_inside(day: date | None, today: date) -> date | None:
    """The day, or today for one that has not come."""
    if day is None:
        return None
    if day > today or day < EARLIEST:
        raise forms.ValidationError(_("Choose a day that has come."))
    return day


class RulesForm(forms.Form):
    """Everything this module lets a park choose; the reason is asked for when saving."""

    note = forms.CharField(
        label=_("Why is it changed?"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, policy: FigurePolicy, **kwargs):
        initial = policy.rates | {"calendar": policy.calendar, "seen": policy.version}
        initial |= {f"weight_{key}": policy.weights[key] for key in RateKey}
        super().__init__(*args, initial=initial, **kwargs)
        for name, words in VARIANT_NAMES.items():
            self.fields[name] = _choice(RATE_NAMES[RateKey(name)], words)
        self.fields["calendar"] = _choice(_("Calendar"), CALENDAR_NAMES)
        for key in RateKey:
            self.fields[f"weight_{key}"] = forms.IntegerField(
                label=RATE_NAMES[key],
                min_value=0,
                max_value=100,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )

    @property
    def choices(self) -> list:
        return [self[name] for name in (*VARIANT_NAMES, "calendar")]

    @property
    def weights(self) -> list:
        return [self[f"weight_{key}"] for key in RateKey]

    def clean(self):
        cleaned = super().clean()
        points = [cleaned.get(f"weight_{key}") for key in RateKey]
        if None not in points and sum(points) != 100:
            self.add_error(None, _("The weights must add up to 100; these add up to %(sum)d.") % {"sum": sum(points)})
        if "save" in self.data and not cleaned.get("note", "").strip():
            self.add_error("note", _("Please say why."))
        return cleaned

    @property
    def parts(self) -> dict[str, dict]:
        """The parts of the settings as they are stored."""
        data = self.cleaned_data
        return {
            "rates": {name: data[name] for name in VARIANT_NAMES},
            "calendar": {"option": data["calendar"]},
            "weights": {key.value: data[f"weight_{key}"] for key in RateKey},
        }


def _choice(label, words) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=list(words.items()), widget=forms.RadioSelect)

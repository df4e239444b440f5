"""Forms of plans and programmes. They read input; the rules are in the actions."""

from datetime import date, timedelta
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dispatch.ledger.forms import PlainTextForm, ProjectField, day_field, text_field
from dispatch.programme import rules
from dispatch.programme.models import Programme, ProgrammeEntry
from projects.models import Project

EARLIEST, LATEST = 2000, 2100


def _money(label) -> forms.DecimalField:
    return forms.DecimalField(label=label, required=False, min_value=0, max_digits=16, decimal_places=4)


class PlanFilter(forms.Form):
    year = forms.TypedChoiceField(label=_("Year"), coerce=int, empty_value=None, required=False)
    q = forms.CharField(label=_("Search"), required=False, max_length=100)

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        years = range(today.year + 2, today.year - 6, -1)
        self.fields["year"].choices = [("", _("this year")), *((year, str(year)) for year in years)]

    @property
    def chosen(self) -> int:
        return (self.is_valid() and self.cleaned_data["year"]) or self.today.year

    @property
    def text(self) -> str:
        return self.cleaned_data["q"] if self.is_valid() else ""


class MonthsForm(forms.Form):
    """Twelve amounts of a year, 万元. All empty: even months."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    with_year = forms.BooleanField(label=_("Make their sum the annual plan"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for month in rules.MONTHS:
            self.fields[f"month{month}"] = _money(str(month))

    def months(self) -> dict[int, Decimal]:
        """The amounts; {} when nothing is filled in."""
        given = {month: self.cleaned_data.get(f"month{month}") for month in rules.MONTHS}
        return {} if all(value is None for value in given.values()) else {m: v or Decimal(0) for m, v in given.items()}

    def quarters(self) -> list[list[forms.BoundField]]:
        return [[self[f"month{3 * quarter - back}"] for back in (2, 1, 0)] for quarter in rules.QUARTERS]


class StartForm(forms.Form):
    first_year = forms.IntegerField(label=_("First year"), min_value=EARLIEST, max_value=LATEST - 2)


class YearsForm(PlainTextForm):
    """The money of the three years and the place in the order."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    place = forms.IntegerField(label=_("Priority"), min_value=1, max_value=100_000, required=False)

    def __init__(self, *args, programme: Programme, **kwargs):
        super().__init__(*args, **kwargs)
        for number in range(rules.YEARS):
            label = _("%(year)s (10k CNY)") % {"year": programme.first_year + number}
            self.fields[f"year{number + 1}_10k"] = _money(label)

    def years(self) -> list[Decimal | None]:
        return [self.cleaned_data[f"year{number + 1}_10k"] for number in range(rules.YEARS)]


class TakeInForm(YearsForm):
    project = ProjectField(Project.objects.none(), label=_("Project"), widget=forms.TextInput(attrs={"maxlength": 200}))
    reason = text_field(_("Why it is taken in"), rows=2)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = Project.objects.visible_to(user)


class EntryForm(YearsForm):
    note = forms.CharField(label=_("Note"), required=False, max_length=200)
    reason = text_field(_("Reason"), rows=2, required=False)

    def __init__(self, *args, programme: Programme, entry: ProgrammeEntry, **kwargs):
        super().__init__(*args, programme=programme, **kwargs)
        self.fields["place"].required = True
        self.fields["reason"].required = programme.state == Programme.State.APPROVED


class TakeOutForm(PlainTextForm):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    reason = text_field(_("Why it is taken out"), rows=2)


class MovesFilter(forms.Form):
    first = day_field(pgettext_lazy("day", "from"), required=False)
    last = day_field(pgettext_lazy("day", "to"), required=False)
    direction = forms.ChoiceField(
        label=_("Direction"), required=False, choices=[("", _("all")), ("up", _("promoted")), ("down", _("sent back"))]
    )

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        self.is_valid()

    @property
    def span(self) -> tuple[date, date]:
        """The days looked at: a year up to today without any."""
        given = getattr(self, "cleaned_data", {})
        last = given.get("last") or self.today
        return given.get("first") or last - min(timedelta(days=365), last - date.min), last

    @property
    def direction_chosen(self) -> str:
        return getattr(self, "cleaned_data", {}).get("direction", "")


class VersionForm(forms.Form):
    """Nothing but the version the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

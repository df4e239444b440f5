"""Forms of group starts. They read input; the rules are in the actions."""

from datetime import date, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Organization
from dispatch.group_start.queries import SORTS
from dispatch.group_start.words import READY_NAMES
from dispatch.ledger.forms import DayInput, PlainTextForm, day_field, text_field
from projects.models import Project

AHEAD = timedelta(days=30)
SORT_NAMES = {
    "ready": _("Readiest first"),
    "investment": _("Largest investment first"),
    "unit": _("Responsible unit"),
    "name": _("Name"),
}


class CandidateFilter(forms.Form):
    """Which day, and which of the waiting projects."""

    on = forms.DateField(label=_("Day"), required=False, widget=DayInput())
    q = forms.CharField(label=_("Search"), required=False, max_length=100)
    unit = forms.ModelChoiceField(Organization.objects.none(), label=_("Responsible unit"), required=False)
    industry = forms.CharField(label=_("Industry"), required=False, max_length=60)
    least = forms.DecimalField(label=_("Investment from (10k CNY)"), required=False, min_value=0, max_digits=16)
    ready = forms.ChoiceField(label=_("Can start"), required=False)
    sort = forms.ChoiceField(label=_("Sort by"), required=False, choices=[(key, SORT_NAMES[key]) for key in SORTS])

    def __init__(self, *args, user, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["unit"].queryset = Organization.objects.visible_to(user).units()
        self.fields["ready"].choices = [("", pgettext_lazy("choice", "all")), *READY_NAMES.items()]
        self.is_valid()

    def _given(self, name: str):
        return getattr(self, "cleaned_data", {}).get(name)

    @property
    def day(self) -> date:
        """The day asked for, a month ahead without one; never before today."""
        return max(self._given("on") or self.today + AHEAD, self.today)

    @property
    def sort_chosen(self) -> str:
        return self._given("sort") or SORTS[0]

    @property
    def ready_chosen(self) -> str:
        return self._given("ready") or ""

    def chosen(self, rows):
        """The projects the filters leave."""
        if text := self._given("q"):
            rows = rows.search(text)
        if unit := self._given("unit"):
            rows = rows.filter(responsible_unit__in=unit.branch_ids())
        if industry := self._given("industry"):
            rows = rows.filter(industry__icontains=industry)
        if (least := self._given("least")) is not None:
            rows = rows.filter(total_investment_10k__gte=least)
        return rows


class StartForm(PlainTextForm):
    on = day_field(_("Day"))
    title = forms.CharField(label=_("Title"), max_length=120)
    place = forms.CharField(label=_("Place"), max_length=120, required=False)
    note = text_field(_("Note"), rows=2, required=False, max_length=2000)


class EditForm(StartForm):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class ChosenForm(forms.Form):
    """Projects ticked in the table."""

    projects = forms.ModelMultipleChoiceField(Project.objects.none(), required=False)

    def __init__(self, *args, projects, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["projects"].queryset = projects


class VersionForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class ReasonForm(PlainTextForm):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    reason = text_field(_("Reason"), rows=2, max_length=500)


class NoteForm(PlainTextForm):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class LedgerForm(forms.Form):
    """Codes of the steps to be put on the ledger."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    codes = forms.MultipleChoiceField(required=False)

    def __init__(self, *args, codes, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["codes"].choices = [(code, code) for code in codes]

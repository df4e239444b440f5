"""The page "Load a year": first a preview, then the confirmation of exactly what was shown."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from workdays.models import CalendarYear
from workdays.notice import FIRST_YEAR, LAST_YEAR, MAX_BYTES, check_year, decode, read_notice


class LoadYearForm(forms.Form):
    """Valid: cleaned_data["table"] is a YearTable that fits the year."""

    year = forms.IntegerField(label=_("Year"), min_value=FIRST_YEAR, max_value=LAST_YEAR)
    status = forms.ChoiceField(label=_("Status"), choices=CalendarYear.Status)
    note = forms.CharField(label=_("Note"), max_length=500, required=False)
    text = forms.CharField(
        label=_("Days"),
        required=False,
        max_length=MAX_BYTES,
        widget=forms.Textarea(attrs={"rows": 16, "cols": 60}),
        help_text=_("One line a day: 2027-02-05 off 春节, or 2027-02-20 work 春节 for a make-up workday."),
    )
    file = forms.FileField(label=_("or a CSV file"), required=False)
    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    previewed = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)

    def clean(self):
        data = super().clean()
        if self.errors:
            return data
        if bool(data["text"].strip()) == bool(data["file"]):
            raise ValidationError(_("Paste the days or choose a file, one of the two."))
        table = read_notice(decode(data["file"].read()) if data["file"] else data["text"])
        check_year(data["year"], table, official=data["status"] == CalendarYear.Status.OFFICIAL)
        return data | {"table": table}

    def content_key(self) -> str:
        """What a preview has shown: the year, its status and the fingerprint of its days. Needs a valid form."""
        data = self.cleaned_data
        return f"{data['year']}:{data['status']}:{data['table'].fingerprint()}"

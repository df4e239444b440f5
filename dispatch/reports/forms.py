from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

MONTHS_BACK = 24


def month_choices(today: date) -> list[tuple[str, str]]:
    """The present month and the two years before it, newest first, as YYYY-MM."""
    newest = today.year * 12 + today.month - 1
    keys = [f"{n // 12}-{n % 12 + 1:02d}" for n in range(newest, newest - MONTHS_BACK - 1, -1)]
    return [(key, key) for key in keys]


class DraftForm(forms.Form):
    """Which month to draft; the month that runs comes first."""

    month = forms.ChoiceField(label=_("Month"))

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["month"].choices = month_choices(today)

    def clean_month(self) -> tuple[int, int]:
        year, month = self.cleaned_data["month"].split("-")
        return int(year), int(month)

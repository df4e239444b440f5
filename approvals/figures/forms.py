"""The filter of the figures. Only reads input; nothing is refused: what nobody understands falls back to this year."""

from datetime import date

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from approvals.figures.periods import FREE, Period, period, recent, running_year
from approvals.figures.table import BY
from approvals.forms import day_field


class PeriodForm(forms.Form):
    """``period``: 2026, 2026-Q3, 2026-03 or "free" with the two days."""

    period = forms.ChoiceField(label=gettext_lazy("Period"), required=False)
    first = day_field(pgettext_lazy("period", "From"), required=False)
    last = day_field(pgettext_lazy("period", "To"), required=False)

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        codes = recent(today)
        self.fields["period"].choices = [
            (_("Years"), [(code, code) for code in codes["years"]]),
            (_("Quarters"), [(code, code) for code in codes["quarters"]]),
            (_("Months"), [(code, code) for code in codes["months"]]),
            (FREE, _("From one day to another")),
        ]
        if not self.is_bound:
            self.initial["period"] = running_year(today).code

    def clean(self):
        given = super().clean()
        if given.get("period") == FREE:
            first, last = given.get("first"), given.get("last")
            if not first or not last:
                raise forms.ValidationError(_("Give both days, or choose a period."))
            if last < first:
                raise forms.ValidationError(_("The last day lies before the first."))
        return given

    def chosen(self) -> Period:
        """The period asked for; this year when there is none or it makes no sense."""
        given = self.cleaned_data if self.is_bound and self.is_valid() else {}
        if given.get("period") == FREE:
            return Period(FREE, given["first"], given["last"])
        return period(given["period"]) if given.get("period") else running_year(self.today)

    def query(self) -> dict[str, str]:
        """The filter as the addresses behind the numbers carry it."""
        chosen = self.chosen()
        days = {"first": f"{chosen.first}", "last": f"{chosen.last}"} if chosen.code == FREE else {}
        return {"period": chosen.code} | days


class FiguresForm(PeriodForm):
    by = forms.ChoiceField(label=gettext_lazy("Group by"), choices=list(BY.items()), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("by", "step")

    def lines(self) -> str:
        given = self.cleaned_data if self.is_bound and self.is_valid() else {}
        return given.get("by") or "step"

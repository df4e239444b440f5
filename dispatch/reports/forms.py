from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dispatch.reports.editing import LONGEST
from dispatch.reports.issuing import LARGEST_NUMBER, LONGEST_LINE

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


class VersionForm(forms.Form):
    """What the person saw."""

    version = forms.IntegerField(min_value=1, max_value=10**9, widget=forms.HiddenInput)


class SentenceForm(VersionForm):
    """One sentence of the notice."""

    after = forms.CharField(
        label=pgettext_lazy("bulletin", "Sentence"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "lang": "zh-Hans"}),
        help_text=_("Empty: back to what the facts say."),
    )


class IssueForm(VersionForm):
    """Number and addressees of the bulletin to issue."""

    number = forms.IntegerField(label=_("Number in the year"), min_value=1, max_value=LARGEST_NUMBER)
    send_to = forms.CharField(label=_("Sent to (主送)"), max_length=LONGEST_LINE)
    copy_to = forms.CharField(label=_("Copied to (抄送)"), max_length=LONGEST_LINE, required=False)


class SendBackForm(VersionForm):
    reason = forms.CharField(label=_("What has to be changed"), max_length=1000, widget=forms.Textarea({"rows": 3}))


class RestateForm(forms.Form):
    reason = forms.CharField(
        label=pgettext_lazy("bulletin", "Reason of the restatement"), max_length=1000,
        widget=forms.Textarea({"rows": 3}), help_text=_("It is printed on the list of changes (变化单)."),
    )  # fmt: skip


class PaperTemplateForm(forms.Form):
    file = forms.FileField(label=pgettext_lazy("bulletin", "Template (.docx)"))

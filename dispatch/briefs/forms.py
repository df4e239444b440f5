"""Forms of the brief: which week to freeze, why it is restated, which brief to compare with."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dispatch.briefs.weeks import Week, week_from


class FreezeForm(forms.Form):
    """``weeks``: those that may be frozen, the newest first."""

    week = forms.ChoiceField(label=_("Week"))

    def __init__(self, *args, weeks: list[Week], **options):
        super().__init__(*args, **options)
        self.fields["week"].choices = [(week.key, f"{week.key}（{week.monday} — {week.sunday}）") for week in weeks]

    def clean_week(self) -> Week:
        return week_from(self.cleaned_data["week"])


class RestateForm(forms.Form):
    reason = forms.CharField(label=_("Reason of the restatement"), max_length=500, widget=forms.Textarea({"rows": 3}))


class CompareForm(forms.Form):
    """``briefs``: the others that can be read."""

    def __init__(self, *args, briefs, **options):
        super().__init__(*args, **options)
        self.fields["with"] = forms.ModelChoiceField(
            queryset=briefs, label=pgettext_lazy("brief", "Compare with"), required=False
        )
        self.fields["with"].label_from_instance = label_of


def label_of(brief) -> str:
    """2026-W47, with its revision."""
    return f"{brief}{f' · r{brief.revision}' if brief.revision else ''} · {brief.get_state_display()}"

"""The form that makes a calendar feed."""

from django import forms
from django.utils.translation import gettext_lazy as _

from dispatch.ledger.forms import PlainTextForm


class FeedForm(PlainTextForm):
    name = forms.CharField(
        label=_("Name in the calendar"), max_length=100, required=False,
        help_text=_("Empty: a name is given by itself."),
    )  # fmt: skip
    reminds = forms.BooleanField(label=_("Remind me the day before at 09:00"), required=False)

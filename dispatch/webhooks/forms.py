"""Forms of webhooks. The rules are in the actions."""

from datetime import datetime, time, timedelta

from django import forms
from django.utils.timezone import make_aware
from django.utils.translation import gettext_lazy as _

from dispatch.webhooks import actions, addresses
from dispatch.webhooks.events import EVENTS
from dispatch.webhooks.models import WebhookDelivery


class WebhookForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=100)
    url = forms.CharField(
        label=_("Address of the receiver"), max_length=500, widget=forms.URLInput(attrs={"placeholder": "https://"}),
        help_text=_("Only https, and nothing in a private network unless the server allows it."),
    )  # fmt: skip
    events = forms.MultipleChoiceField(label=_("Tell of these events"), widget=forms.CheckboxSelectMultiple)
    sees_as = forms.ModelChoiceField(
        label=_("Sees as"), queryset=None, help_text=_("The receiver is told only what this person may see.")
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data=None, *, park, webhook=None, user=None):
        names = ("name", "url", "events", "sees_as", "version")
        initial = {name: getattr(webhook, name) for name in names} if webhook else {"sees_as": user}
        super().__init__(data, initial=initial)
        self.fields["events"].choices = [(code, f"{kind.label} ({code})") for code, kind in EVENTS.items()]
        self.fields["sees_as"].queryset = actions.receivers(park)

    def clean_url(self):
        url = self.cleaned_data["url"].strip()
        if fault := addresses.fault_of(url):
            raise forms.ValidationError(actions.words_of(fault))
        return url


class VersionForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class ReplayForm(forms.Form):
    since = forms.DateField(label=_("Since"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))

    def __init__(self, data=None, *, today):
        super().__init__(data, initial={"since": today - timedelta(days=7)})

    def moment(self) -> datetime:
        return make_aware(datetime.combine(self.cleaned_data["since"], time()))


class DeliveryFilter(forms.Form):
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("all")), *WebhookDelivery.State.choices]
    )
    event = forms.ChoiceField(label=_("Event"), required=False)

    def __init__(self, data=None):
        super().__init__(data)
        self.fields["event"].choices = [("", _("all")), *((code, kind.label) for code, kind in EVENTS.items())]
        self.is_valid()

    def narrow(self, rows):
        state, event = self.cleaned_data.get("state"), self.cleaned_data.get("event")
        rows = rows.filter(state=state) if state else rows
        return rows.filter(event__kind=event) if event else rows

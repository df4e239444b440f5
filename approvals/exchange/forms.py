"""Forms of the connector. The rules are in the actions."""

from django import forms
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from accounts.i18n import localized
from approvals.clocks import PAUSE_KINDS
from approvals.exchange import actions, rules
from approvals.flow import PAUSES, State
from approvals.models import ExchangeMessage, ExchangePlatform

NEW_ROWS = 3
SLUG = r"^[a-z0-9][a-z0-9_-]{0,39}$"
SPECIAL = [code for code in PAUSE_KINDS if State.SPECIAL_STARTED in PAUSES.get(code, {}).values()]


class MessageFilter(forms.Form):
    state = forms.ChoiceField(label=_("What became of it"), required=False)
    platform = forms.ModelChoiceField(label=_("Platform"), required=False, queryset=None, empty_label=_("all"))
    q = forms.CharField(
        label=_("Search"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )

    def __init__(self, data, *, user):
        super().__init__(data)
        self.fields["state"].choices = [("", _("all")), *ExchangeMessage.State.choices]
        self.fields["platform"].queryset = ExchangePlatform.objects.visible_to(user)
        self.is_valid()

    def narrow(self, rows):
        values = self.cleaned_data
        if values.get("state"):
            rows = rows.filter(state=values["state"])
        if values.get("platform"):
            rows = rows.filter(platform=values["platform"])
        if text := values.get("q", "").replace("\x00", "").strip():
            found = rows.filter(project_code__icontains=text) | rows.filter(case_number__icontains=text)
            rows = found | rows.filter(message_id__icontains=text) | rows.filter(item_code__icontains=text)
        return rows


class PlatformForm(forms.Form):
    """A platform with its items: one row for each assigned item and each unknown one of its open messages."""

    code = forms.RegexField(
        SLUG, label=_("Code"), help_text=_("Small letters, digits, - and _: part of the address it pushes to.")
    )
    name = forms.CharField(label=_("Name"), max_length=100)
    is_active = forms.BooleanField(label=_("Active"), required=False, initial=True)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data=None, *, platform=None):
        names = ("code", "name", "is_active", "version")
        super().__init__(data, initial={name: getattr(platform, name) for name in names} if platform else None)
        self.platform = platform
        self.unknown = unmapped(platform) if platform else {}
        steps = [("", "—"), *((code, f"{code} {name}") for code, name in actions.step_codes().items())]
        known = dict.fromkeys(self.unknown, "") | (platform.items if platform else {})
        self.items = []
        for n, (item, step) in enumerate([*known.items(), *[("", "")] * NEW_ROWS]):
            self.fields[f"item-{n}"] = forms.CharField(
                label=_("Item of the platform"), required=False, max_length=60, initial=item
            )
            self.fields[f"step-{n}"] = forms.ChoiceField(label=_("Step"), required=False, choices=steps, initial=step)
            for name in (f"item-{n}", f"step-{n}"):  # named by the head of their column alone
                self.fields[name].widget.attrs["aria-label"] = f"{self.fields[name].label} {n + 1}"
            self.items.append((f"item-{n}", f"step-{n}", self.unknown.get(item, 0)))
        states = ", ".join(f"{own}={code}" for own, code in (platform.states if platform else {}).items())
        self.fields["states"] = forms.CharField(
            label=_("Own state codes"), required=False, max_length=1000, initial=states,
            help_text=_("Only where they differ from the standard, for example: SL=3, BJ=11"),
        )  # fmt: skip

    @property
    def rows(self):
        return [(self[item], self[step], count) for item, step, count in self.items]

    @property
    def plain_fields(self):
        return [self[name] for name in ("code", "name", "is_active", "states")]

    def clean_states(self):
        found = {}
        for pair in filter(None, (part.strip() for part in self.cleaned_data["states"].replace("，", ",").split(","))):
            own, sign, code = (part.strip() for part in pair.partition("="))
            if not sign or not own or rules.code_of(code, {}) is None:
                raise forms.ValidationError(_("Write pairs such as SL=3, separated by commas; codes 1 to 15."))
            found[own] = rules.code_of(code, {})
        return found

    def values(self):
        data = self.cleaned_data
        pairs = [(data.get(item, "").strip(), data.get(step, "")) for item, step, _count in self.items]
        items = {item: step for item, step in pairs if item and step}
        return {name: data[name] for name in ("code", "name", "is_active", "states")} | {"items": items}


class UploadForm(forms.Form):
    platform = forms.ModelChoiceField(label=_("Platform"), queryset=None)
    file = forms.FileField(label=_("File"), help_text=_(".xlsx, .csv, .json or .xml, at most 10 MB"))

    def __init__(self, data=None, files=None, *, user):
        super().__init__(data, files)
        self.fields["platform"].queryset = ExchangePlatform.objects.visible_to(user).filter(is_active=True)


class ApplyForm(forms.Form):
    note = forms.CharField(
        label=_("Reason"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed where the step wants a reason, and to record it in spite of warnings."),
    )  # fmt: skip
    pause_kind = forms.ChoiceField(label=_("Special procedure"), required=False)
    is_forced = forms.BooleanField(label=_("I have read the warnings; record it nevertheless"), required=False)

    def __init__(self, data=None, *, message):
        super().__init__(data)
        kinds = [(code, localized(PAUSE_KINDS[code], "name")) for code in SPECIAL]
        self.fields["pause_kind"].choices = [("", "—"), *kinds]
        if message.state_code != State.SPECIAL_STARTED:
            del self.fields["pause_kind"]

    def clean(self):
        values = super().clean()
        if values.get("is_forced") and not values.get("note", "").strip():
            self.add_error("note", _("Please give the reason."))
        return values


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


def unmapped(platform) -> dict[str, int]:
    """{item code: open messages} of items that are assigned to no step, most messages first."""
    rows = platform.messages.filter(state__in=[ExchangeMessage.State.OPEN, ExchangeMessage.State.WAITING])
    rows = rows.exclude(item_code="").exclude(item_code__in=list(platform.items))
    return dict(rows.values_list("item_code").annotate(n=Count("pk")).order_by("-n", "item_code")[:100])

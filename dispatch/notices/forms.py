"""Forms of notices: filters, personal choice, robots, templates. The rules are in the actions."""

from datetime import datetime, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from dispatch.ledger.forms import PlainTextForm
from dispatch.notices import actions, channels, compose, planning, wording
from dispatch.notices.channels import http
from dispatch.notices.events import EVENTS
from dispatch.notices.models import Channel, Delivery, NoticeTemplate, PersonalChoice, Robot

ALL = ("", _("all"))
FOR_WATCHERS = {"machine_alarm"}
NOT_FOR_PEOPLE = {"enterprise_news"}
LONGEST_QUIET = timedelta(hours=18)


class InboxFilter(forms.Form):
    show = forms.ChoiceField(label=_("Show"), required=False, choices=[("", _("unread")), ("all", _("all"))])
    event = forms.ChoiceField(label=_("Kind of notice"), required=False)

    def __init__(self, data, *, events):
        super().__init__(data)
        self.fields["event"].choices = [ALL, *events]
        self.is_valid()

    @property
    def unread_only(self) -> bool:
        return self.cleaned_data.get("show", "") != "all"

    @property
    def chosen_event(self) -> str:
        return self.cleaned_data.get("event", "")


class DeliveryFilter(PlainTextForm):
    q = forms.CharField(
        label=_("Search"), max_length=100, required=False,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Person, address or subject")}),
    )  # fmt: skip
    channel = forms.ChoiceField(label=_("Channel"), required=False, choices=[ALL, *Channel.choices[1:]])
    state = forms.ChoiceField(label=_("State"), required=False, choices=[ALL, *Delivery.State.choices])


def time_field(label, **options):
    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    return forms.TimeField(label=label, widget=widget, required=False, **options)


class ChoiceForm(forms.Form):
    """What a person wants to be told, where, and when. ``rows``: one an event, for the table of the page."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    digest_at = time_field(_("Daily digest at"), help_text=_("On working days. Empty: 08:30."))
    quiet_from = time_field(_("Quiet from"), help_text=_("Empty: 21:00 to 07:30."))
    quiet_until = time_field(_("Quiet until"))
    language = forms.ChoiceField(label=_("Language of messages"), required=False)

    def __init__(self, data=None, *, user, choice: PersonalChoice | None, watches: bool):
        super().__init__(data, initial=self._present(choice))
        self.ready = [code for code in planning.OUT if code in channels.set_up()]
        self.choice = choice
        self.events = [
            event for event in EVENTS.values()
            if event.code not in NOT_FOR_PEOPLE and (watches or event.code not in FOR_WATCHERS)
        ]  # fmt: skip
        self.fields["language"].choices = [("", _("Chinese")), *NoticeTemplate.language.field.choices[1:]]
        for event in self.events:
            for code in self.ready:
                self.fields[f"{event.code}-{code}"] = self._box(event, code)

    @staticmethod
    def _present(choice):
        names = ("version", "digest_at", "quiet_from", "quiet_until", "language")
        return {name: getattr(choice, name) for name in names} if choice else {"version": 0}

    def _box(self, event, code):
        chosen = (self.choice.channels if self.choice else {}).get(event.code, event.channels)
        locked = event.mandatory and self.ready == [code]
        label = f"{event.label}: {Channel(code).label}"
        return forms.BooleanField(required=False, label=label, initial=locked or code in chosen, disabled=locked)

    @property
    def columns(self) -> list[str]:
        return [Channel(code).label for code in self.ready]

    @property
    def rows(self) -> list[dict]:
        return [
            {"event": event, "boxes": [(Channel(c).label, self[f"{event.code}-{c}"]) for c in self.ready]}
            for event in self.events
        ]

    def clean(self):
        values = self.cleaned_data
        start, end = values.get("quiet_from"), values.get("quiet_until")
        if (start is None) != (end is None):
            self.add_error("quiet_until", _("Quiet hours have a beginning and an end; leave both empty for the usual."))
        elif start is not None and _length(start, end) > LONGEST_QUIET:
            self.add_error("quiet_until", _("At most 18 quiet hours: else nothing would ever arrive."))
        else:
            self._check_digest(values.get("digest_at"), start, end)
        return values

    def _check_digest(self, digest_at, start, end):
        hours = {} if start is None else {"quiet_from": start, "quiet_until": end}
        if planning.is_quiet(digest_at or planning.DIGEST_AT, planning.Wishes(**hours)):
            self.add_error("digest_at", _("The digest would come in your quiet hours."))

    def values(self) -> dict:
        data = self.cleaned_data
        names = ("digest_at", "quiet_from", "quiet_until", "language", "version")
        wanted = {event.code: self._wanted(event) for event in self.events}
        return {name: data[name] for name in names} | {"channels": wanted}

    def _wanted(self, event) -> list[str]:
        """Channels that are not set up now keep what was chosen before."""
        before = (self.choice.channels if self.choice else {}).get(event.code, event.channels)
        kept = [code for code in before if code not in self.ready and code != Channel.IN_APP]
        return ["in_app", *(code for code in self.ready if self.cleaned_data[f"{event.code}-{code}"]), *kept]


def _length(start, end) -> timedelta:
    day = datetime(2026, 1, 1)  # noqa: DTZ001 - only the difference counts
    length = datetime.combine(day, end) - datetime.combine(day, start)
    return length % timedelta(days=1)


class RobotForm(PlainTextForm):
    """A group robot. Address and secret are only ever written: empty fields keep what is stored."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Robot.Kind.choices)
    name = forms.CharField(label=_("Chat group"), max_length=60, help_text=_("What people call the chat group."))
    organization = forms.ModelChoiceField(
        Organization.objects.none(),
        label=_("Only what concerns this unit"),
        required=False,
        empty_label=_("the whole park"),
    )
    webhook_url = forms.CharField(
        label=_("Webhook address"), max_length=500, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "url"}),
    )  # fmt: skip
    secret = forms.CharField(
        label=_("Secret for signatures"), max_length=200, required=False, strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("DingTalk and Feishu: switch on signatures at the robot and enter the secret. WeCom has none."),
    )  # fmt: skip
    drop_secret = forms.BooleanField(label=_("Forget the stored secret"), required=False)
    events = forms.MultipleChoiceField(
        label=_("What is told to the group"), required=False, widget=forms.CheckboxSelectMultiple
    )
    per_minute = forms.IntegerField(label=_("Messages a minute"), min_value=1, max_value=100, initial=20)
    is_enabled = forms.BooleanField(label=_("Switched on"), required=False, initial=True)

    def __init__(self, data=None, *, user, robot: Robot | None):
        names = ("kind", "name", "organization", "events", "per_minute", "is_enabled")
        super().__init__(data, initial={name: getattr(robot, name) for name in names} if robot else None)
        self.robot = robot
        self.fields["organization"].queryset = Organization.objects.visible_to(user).units().order_by("name")
        hidden = NOT_FOR_PEOPLE | FOR_WATCHERS
        self.fields["events"].choices = [(e.code, e.label) for e in EVENTS.values() if e.code not in hidden]
        self.fields["webhook_url"].required = robot is None
        if robot is None or not robot.secret:
            del self.fields["drop_secret"]
        if robot is not None:
            self.fields["webhook_url"].help_text = _("Stored. Fill in only to replace it.")
            if robot.secret:
                self.fields["secret"].help_text = _("Stored. Fill in only to replace it.")

    def clean(self):
        values = super().clean()
        kind, url = values.get("kind"), values.get("webhook_url")
        if url and kind:
            self._check(url, kind)
        elif self.robot is not None and kind and kind != self.robot.kind:
            self.add_error("webhook_url", _("Another kind of robot has another address. Please fill it in."))
        return values

    def _check(self, url, kind):
        told = {
            "scheme": _("The address must begin with https://."),
            "host": _("This is not an address of this vendor. Own servers are allowed by NOTICE_ROBOT_HOSTS."),
            "form": _("This is not an address that can be used."),
        }
        if fault := http.fault_of(url, kind):
            self.add_error("webhook_url", told[fault])


class TemplateForm(PlainTextForm):
    """Words of one event in one language; empty means the default."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    subject = forms.CharField(label=_("Subject"), max_length=200, required=False)
    text = forms.CharField(
        label=_("Text"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4, "maxlength": 2000})
    )

    def __init__(self, data=None, *, event: str, language: str, template: NoticeTemplate | None):
        names = ("version", "subject", "text")
        first = {name: getattr(template, name) for name in names} if template else {"version": 0}
        super().__init__(data, initial=first)
        self.event = event
        for name, words in zip(("subject", "text"), compose.default_words(event, language), strict=True):
            self.fields[name].widget.attrs["placeholder"] = words

    def clean(self):
        values = super().clean()
        for name in ("subject", "text"):
            wrong = wording.faults(values.get(name, ""), actions.placeholders_of(self.event))
            if wrong:
                text = _("Not known here: %(names)s. A placeholder is one of the names above in braces.")
                self.add_error(name, forms.ValidationError(text, params={"names": " ".join(wrong)}))
        return values

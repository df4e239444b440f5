"""Forms of meetings. They read input and offer only what the user may see; the rules are in the actions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Organization, User
from dispatch.ledger.flow import EXTENSION_LIMIT_WD
from dispatch.ledger.forms import NOTE, PlainTextForm, ProjectField, day_field, text_field
from dispatch.meetings.kinds import FACTS
from dispatch.meetings.models import Attendance, Meeting
from projects.models import Project

LONG = 10_000


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%H:%M")


def time_field(label):
    return forms.TimeField(label=label, widget=TimeInput(), required=False)


def version_field():
    return forms.IntegerField(widget=forms.HiddenInput, min_value=1)


def units_of(user: User):
    """Units that can be made responsible."""
    return Organization.objects.visible_to(user).units().order_by("name")


class MeetingForm(PlainTextForm):
    """A new meeting of one kind, or a change of a planned one (``meeting`` given)."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, required=False)
    project = ProjectField(Project.objects.none(), label=_("Project"), required=False,
                           widget=forms.TextInput(attrs={"maxlength": 200}),
                           help_text=_("Name, code or initials of the name."))  # fmt: skip
    title = forms.CharField(label=_("Title"), max_length=200)
    held_on = day_field(pgettext_lazy("meeting", "Day"))
    starts_at = time_field(pgettext_lazy("time of day", "From"))
    ends_at = time_field(pgettext_lazy("time of day", "Until"))
    place = forms.CharField(label=pgettext_lazy("meeting", "Place"), max_length=200, required=False)
    chair_name = forms.CharField(label=_("Chair"), max_length=60, required=False)
    reason = text_field(_("Why it changes"), rows=2, max_length=NOTE, required=False)

    def __init__(self, *args, user: User, kind: str, meeting: Meeting | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.user, self.kind, self.meeting = user, kind, meeting
        self.fields["project"].queryset = Project.objects.visible_to(user)
        if meeting is not None or not FACTS[kind].of_project:
            del self.fields["project"]
        elif kind == Meeting.Kind.TEAM:
            self.fields["project"].required = True
        if meeting is None:
            del self.fields["reason"]

    def clean(self):
        values = super().clean()
        first, last = values.get("starts_at"), values.get("ends_at")
        if first and last and last <= first:
            self.add_error("ends_at", _("The end lies before the beginning."))
        return values

    def details(self) -> dict[str, Any]:
        """What the actions take, and the chair's account when the name is that of one."""
        values = {name: v for name, v in self.cleaned_data.items() if name not in ("version", "project", "reason")}
        return values | {"chair": chair_of(self.user, values["chair_name"])}


def chair_of(user: User, name: str) -> User | None:
    """The one active account of the park with this name."""
    found = list(User.objects.visible_to(user).filter(display_name=name, is_active=True)[:2]) if name else []
    return found[0] if len(found) == 1 else None


class PointForm(PlainTextForm):
    """A point by hand."""

    title = forms.CharField(label=pgettext_lazy("agenda", "Point"), max_length=200)
    unit = forms.ModelChoiceField(Organization.objects.none(), label=_("Unit"), required=False)
    project = ProjectField(Project.objects.none(), label=_("Project"), required=False)

    def __init__(self, *args, user: User, meeting: Meeting, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units_of(user)
        self.fields["project"].queryset = Project.objects.visible_to(user)
        if meeting.project_id:
            del self.fields["project"]


class DiscussForm(PlainTextForm):
    """Stands in one form with DecideForm, so that sending one never loses what was typed into the other."""

    prefix = "said"
    version = version_field()
    text = text_field(_("Discussion"), rows=5, max_length=LONG, required=False)


class DecideForm(PlainTextForm):
    """Who does what until when; the five elements are filled, the standard can be changed."""

    prefix = "decide"
    text = text_field(pgettext_lazy("meeting", "Decision"), rows=2, max_length=NOTE)
    unit = forms.ModelChoiceField(Organization.objects.none(), label=_("Responsible unit"), required=False)
    person_name = forms.CharField(label=_("Person"), max_length=60, required=False)
    due_on = day_field(pgettext_lazy("deadline", "Until"), required=False)
    standard = text_field(_("Acceptance standard"), rows=2, max_length=NOTE, required=False)

    def __init__(self, *args, user: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units_of(user)


class CorrectForm(DecideForm):
    prefix = None
    version = version_field()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["standard"]


class RuleForm(PlainTextForm):
    """Deciding on the item a point is about. Which fields stand there depends on the verb."""

    item_version = version_field()
    workdays = forms.IntegerField(label=_("Working days more"), min_value=1, max_value=EXTENSION_LIMIT_WD)
    unit = forms.ModelChoiceField(Organization.objects.none(), label=_("Responsible unit"))
    due_on = day_field(pgettext_lazy("deadline", "Until"))
    reason = text_field(_("Reason"), rows=2, max_length=NOTE, required=False)
    WANTS = {"extend": ("workdays",), "assign": ("unit", "due_on"), "take_up": ("unit", "due_on")}

    def __init__(self, *args, user: User, verb: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.verb = verb
        self.fields["unit"].queryset = units_of(user)
        for name in ("workdays", "unit", "due_on"):
            if name not in self.WANTS.get(verb, ()):
                del self.fields[name]
            elif verb == "take_up":
                self.fields[name].required = False
        self.fields["reason"].required = verb == "case_meeting"


class ReasonForm(PlainTextForm):
    version = version_field()
    reason = text_field(_("Reason"), rows=2, max_length=NOTE)


class CloseForm(PlainTextForm):
    version = version_field()
    summary = text_field(_("Summary of the meeting"), rows=4, max_length=LONG, required=False)


class VersionForm(forms.Form):
    version = version_field()


class InviteForm(PlainTextForm):
    """One more: a unit, a person of it, or a person alone."""

    organization = forms.ModelChoiceField(Organization.objects.none(), label=_("Unit"), required=False)
    person_name = forms.CharField(label=_("Person"), max_length=60, required=False)
    part = forms.ChoiceField(label=pgettext_lazy("meeting", "As"), choices=Attendance.Part.choices, initial="extra")

    def __init__(self, *args, user: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = units_of(user)


class MarkForm(PlainTextForm):
    state = forms.ChoiceField(choices=Attendance.State.choices)
    note = forms.CharField(max_length=200, required=False)


class TemplateForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Kind of meeting"), choices=[("", _("all kinds")), *Meeting.Kind.choices], required=False
    )
    file = forms.FileField(label=pgettext_lazy("meeting", "Template (.docx)"))

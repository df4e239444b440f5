"""Forms of the response: filters, answers, policy and duty holders. Choices are what the user may see, never more."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Organization, User
from dispatch.ledger.forms import PlainTextForm, day_field, text_field
from dispatch.meetings.models import Meeting
from dispatch.response import policy, words
from dispatch.response.models import DutyHolder, ResponseCase
from dispatch.response.sessions import TIERS
from projects.models import Project

ALL = ("", _("all"))


class CaseFilter(forms.Form):
    q = forms.CharField(label=_("Project"), max_length=100, required=False, widget=forms.TextInput({"type": "search"}))
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", pgettext_lazy("response", "open")),
            ("held", _("held")),
            ("closed", pgettext_lazy("response", "closed")),
            ("all", _("all")),
        ],
    )
    level = forms.ChoiceField(
        label=_("Level"), required=False, choices=[ALL, *((str(n), words.ROMAN[n]) for n in (1, 2, 3))]
    )
    tier = forms.ChoiceField(label=_("Dispatch tier"), required=False, choices=[ALL, *((str(n), n) for n in TIERS)])
    unit = forms.ModelChoiceField(Organization.objects.none(), label=_("Unit"), required=False, empty_label=_("all"))
    overdue = forms.BooleanField(label=_("answer overdue"), required=False)
    project = forms.ModelChoiceField(Project.objects.none(), required=False, widget=forms.HiddenInput)

    def __init__(self, data, *, user, today, calendar, rhythm):
        super().__init__(data)
        self.today, self.calendar, self.rhythm = today, calendar, rhythm
        units = ResponseCase.objects.visible_to(user).order_by().values("unit")
        self.fields["unit"].queryset = Organization.objects.visible_to(user).filter(pk__in=units).order_by("name")
        self.fields["project"].queryset = Project.objects.visible_to(user)

    def narrow(self, rows):
        """The rows that pass every valid filter; an invalid one is shown with its message and ignored."""
        self.is_valid()
        values = self.cleaned_data
        match values.get("state", ""):
            case "":
                rows = rows.open()
            case "held":
                rows = rows.open().filter(is_held=True)
            case "closed":
                rows = rows.filter(closed_on__isnull=False)
        for name in ("level", "unit", "project"):
            if values.get(name):
                rows = rows.filter(**{name: values[name]})
        if values.get("tier"):
            rows = rows.at_tier(int(values["tier"]), self.today, self.calendar, self.rhythm)
        if values.get("overdue"):
            rows = rows.overdue(self.today)
        for word in values.get("q", "").split():
            rows = rows.filter(project__search_text__icontains=word)
        return rows

    @property
    def chosen_project(self):
        """The project the list is about, if any."""
        self.is_valid()
        return self.cleaned_data.get("project")


class AnswerForm(PlainTextForm):
    """Base of the answers. ``version``: the one the person saw."""

    answer = ""
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args, case, user, **kwargs):
        kwargs.setdefault("initial", {"version": case.version})
        kwargs.setdefault("prefix", None)
        kwargs.setdefault("auto_id", f"id_{self.answer}_%s")
        super().__init__(*args, **kwargs)
        self.case, self.user = case, user

    def arguments(self) -> dict[str, Any]:
        """What the action wants."""
        return dict(self.cleaned_data)


class AcknowledgeForm(AnswerForm):
    answer = "acknowledge"


class PlanForm(AnswerForm):
    answer = "plan"
    text = text_field(_("What will be done, and by whom?"), rows=3)
    due_on = day_field(_("The cause will be gone by"))


class MeetingForm(AnswerForm):
    answer = "meeting"
    text = text_field(_("What did the meeting decide?"), rows=3)
    meeting = forms.ModelChoiceField(Meeting.objects.none(), label=_("Record of the meeting"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["meeting"].queryset = Meeting.objects.visible_to(self.user).order_by("-held_on", "-pk")[:200]
        if self.data.get("meeting"):  # a slice cannot be filtered for the choice
            self.fields["meeting"].queryset = Meeting.objects.visible_to(self.user)


class ReportForm(AnswerForm):
    answer = "report"
    text = text_field(_("What has been done this week, and what stands in the way?"), rows=3)


class NoteForm(AnswerForm):
    answer = "note"
    text = text_field(_("Note"), rows=2)


ANSWER_FORMS = {form.answer: form for form in (AcknowledgeForm, PlanForm, MeetingForm, ReportForm, NoteForm)}


class PolicyForm(forms.Form):
    """The settings of a policy, flat: ``trigger_<kind>_<level>``, ``deadline_<level>_<name>``, ``told_<level>`` …"""

    base_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    is_enabled = forms.BooleanField(label=_("Response switched on"), required=False)
    note = forms.CharField(label=_("Why is it changed?"), max_length=200)

    def __init__(self, *args, current: policy.Policy, base_version: int, **kwargs):
        kwargs.setdefault("initial", _initial(current) | {"base_version": base_version})
        super().__init__(*args, **kwargs)
        self.current = current
        self._add_triggers()
        self._add_deadlines()
        self._add_rest()

    def _add_triggers(self) -> None:
        for kind in policy.TRIGGERS:
            for level in policy.LEVELS:
                places = 2 if kind in policy.POINTS else 0
                self.fields[f"trigger_{kind}_{level}"] = forms.DecimalField(
                    label=f"{words.KIND_NAMES[kind]} · {words.ROMAN[level]}", min_value=0, max_value=1000,
                    max_digits=6, decimal_places=places, required=False,
                )  # fmt: skip

    def _add_deadlines(self) -> None:
        for level in policy.LEVELS:
            for name in vars(policy.DEADLINES[level]):
                self.fields[f"deadline_{level}_{name}"] = forms.IntegerField(
                    label=f"{words.ROMAN[level]} · {DEADLINE_NAMES[name]}", min_value=0, max_value=250,
                    required=name in ("acknowledge_wd", "clear_wd"),
                )  # fmt: skip

    def _add_rest(self) -> None:
        for level in (policy.REMINDER, *policy.LEVELS):
            self.fields[f"told_{level}"] = forms.MultipleChoiceField(
                label=words.ROMAN.get(level, _("reminder")), required=False, choices=list(words.OFFICE_NAMES.items()),
                widget=forms.CheckboxSelectMultiple,
            )  # fmt: skip
        for name, label in RHYTHM_NAMES.items():
            self.fields[f"rhythm_{name}"] = forms.IntegerField(label=label, min_value=1, max_value=50)
        self.fields["clean_evaluations"] = forms.IntegerField(
            label=_("Clean evaluations before a level falls or a case closes"), min_value=1, max_value=10
        )

    def clean(self):
        cleaned = super().clean()
        if not self.errors:
            for one in policy.check(self.params()):
                self.add_error(None, words.fault(one))
        return cleaned

    def params(self) -> dict[str, Any]:
        """The settings as they are stored."""
        given = self.cleaned_data
        return {
            "triggers": {
                kind: {str(level): _plain(given[f"trigger_{kind}_{level}"]) for level in policy.LEVELS}
                for kind in policy.TRIGGERS
            },
            "deadlines": {
                str(level): {name: given[f"deadline_{level}_{name}"] for name in vars(policy.DEADLINES[level])}
                for level in policy.LEVELS
            },
            "told": {str(level): given[f"told_{level}"] for level in (policy.REMINDER, *policy.LEVELS)},
            "rhythm": {name: given[f"rhythm_{name}"] for name in RHYTHM_NAMES},
            "clean_evaluations": given["clean_evaluations"],
        }

    def trigger_rows(self) -> list[dict[str, Any]]:
        """For the page: one row a kind with its three fields."""
        return [
            {
                "label": words.KIND_NAMES[kind],
                "ours": kind in policy.OURS,
                "fields": [self[f"trigger_{kind}_{level}"] for level in policy.LEVELS],
            }
            for kind in policy.TRIGGERS
        ]

    def deadline_rows(self) -> list[dict[str, Any]]:
        return [
            {"label": label, "fields": [self[f"deadline_{level}_{name}"] for level in policy.LEVELS]}
            for name, label in DEADLINE_NAMES.items()
        ]

    def told_fields(self) -> list[Any]:
        return [self[f"told_{level}"] for level in (policy.REMINDER, *policy.LEVELS)]

    def rhythm_fields(self) -> list[Any]:
        return [*(self[f"rhythm_{name}"] for name in RHYTHM_NAMES), self["clean_evaluations"]]


DEADLINE_NAMES = {
    "acknowledge_wd": _("acknowledge within (working days, 0: the same day)"),
    "act_wd": _("plan or special meeting within (working days)"),
    "report_wd": _("report every (working days)"),
    "clear_wd": _("cleared within (working days)"),
}
RHYTHM_NAMES = {
    "weekly_on": _("Tier 1: weekday of the session (1 Monday … 5 Friday)"),
    "half_day": _("Tier 2: day of the month, besides the last workday"),
    "monthly_wd": _("Tier 3: workday of the month"),
    "quarterly_wd": _("Tier 4: workday of the quarter"),
}


def _plain(value: Decimal | None) -> str | int | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else str(value)


def _initial(current: policy.Policy) -> dict[str, Any]:
    found: dict[str, Any] = {"is_enabled": current.is_enabled, "clean_evaluations": current.clean_evaluations}
    for kind, bounds in current.triggers.items():
        found |= {f"trigger_{kind}_{level}": bound for level, bound in bounds.items()}
    for level, days in current.deadlines.items():
        found |= {f"deadline_{level}_{name}": value for name, value in vars(days).items()}
    found |= {f"told_{level}": list(offices) for level, offices in current.told.items()}
    return found | {f"rhythm_{name}": value for name, value in vars(current.rhythm).items()}


class DutyForm(forms.ModelForm):
    """Who holds an office. Heads of windows and departments hold it for one organization, the others for the park."""

    OF_UNIT = (DutyHolder.Duty.WINDOW_HEAD, DutyHolder.Duty.UNIT_HEAD)

    class Meta:
        model = DutyHolder
        fields = ["duty", "organization", "user"]

    def __init__(self, *args, user: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = Organization.objects.visible_to(user).units().order_by("name")
        people = User.objects.visible_to(user).filter(is_active=True).exclude(organization__kind="enterprise")
        self.fields["user"].queryset = people.order_by("organization__name", "display_name")
        self.instance.park = user.park

    def clean(self):
        cleaned = super().clean()
        duty, organization = cleaned.get("duty"), cleaned.get("organization")
        if duty in self.OF_UNIT and organization is None:
            self.add_error("organization", _("Of which organization?"))
        if duty and duty not in self.OF_UNIT and organization is not None:
            self.add_error("organization", _("This office is held for the whole park; leave this empty."))
        held = DutyHolder.objects.filter(
            park=self.instance.park, duty=duty, organization=organization, user=cleaned.get("user")
        )
        if not self.errors and held.exists():
            self.add_error("user", _("This person holds the office already."))
        return cleaned

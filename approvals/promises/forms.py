"""Forms about papers owed and promises, and the filters of their lists. They only read input."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from approvals.forms import DayInput, VersionForm, day_field, note_field
from approvals.models import CommittedStep
from approvals.promises.actions import Promise, Then
from approvals.promises.rules import CONDITIONAL
from projects.models import Project

LATE, SOON, GATED = "late", "soon", "gated"
OPEN, KEPT, BROKEN, DUE, EVERY = "", "kept", "broken", "due", "all"

BUILD_FIRST_TEXT = (
    "本单位承诺在开工建设的同时，按规定的条件、标准和技术要求完善本承诺所列各项手续，在验收前达到全部条件并接受核查；"
    "未履行承诺的，自愿承担停止建设、撤销审批决定等法律后果。"
)


def usual_text(step) -> str:
    """What is promised when the catalogue has no text of its own."""
    own = step.commitment_text_zh.strip()
    plain = (
        "本单位已知晓“{step}”的办理条件、标准和技术要求，承诺在规定时限内达到全部条件、提交的材料真实合法有效，"
        "并接受核查；未履行承诺的，自愿承担撤销审批决定等法律后果。"
    )
    return own or plain.format(step=step.name_zh)


def promise_fields(form, text: str, today) -> None:
    form.fields["text"] = forms.CharField(
        label=_("Text of the promise"), widget=forms.Textarea(attrs={"rows": 6}), max_length=4000, initial=text
    )
    form.fields["signed_by_name"] = forms.CharField(label=_("Signed by"), max_length=60)
    form.fields["signed_on"] = day_field(_("Signed on"), initial=today)


def condition_field(note: str):
    return forms.BooleanField(label=_("The condition for a commitment is met"), help_text=note)


def promise_of(values) -> Promise:
    return Promise(values.pop("text"), values.pop("signed_by_name"), values.pop("signed_on"))


class RenewForm(VersionForm):
    reason = note_field(_("Reason"))


class DecideForm(VersionForm):
    """The promise for one step, and the decision it carries."""

    on = day_field(_("Decided on"))

    def __init__(self, *args, step, today, **kwargs):
        super().__init__(*args, step=step, today=today, prefix="commitment", **kwargs)
        promise_fields(self, usual_text(step.step), today)
        if step.step.commitment == CONDITIONAL:
            self.fields["condition_confirmed"] = condition_field(step.step.commitment_note)
        self.fields["result_number"] = forms.CharField(
            label=_("Number of the result document"), max_length=100, required=False
        )
        self.fields["note"] = note_field(_("Note"), required=False)

    def arguments(self):
        values = dict(self.cleaned_data)
        return {"promise": promise_of(values)} | values


OUTCOMES = [(CommittedStep.Outcome.KEPT, _("kept")), (CommittedStep.Outcome.BROKEN, _("broken"))]
FOLLOWING = {
    Then.REVOKE: _("revoke the approval now"),
    Then.RECTIFY: _("have it put right by a day, then check again"),
    Then.LATER: _("leave it to those who may revoke"),
}


class CheckForm(VersionForm):
    """What the check found, and what follows when the promise is broken."""

    outcome = forms.ChoiceField(label=_("The commitment was"), choices=OUTCOMES, widget=forms.RadioSelect)
    on = day_field(_("Checked on"))
    note = note_field(_("What the check found"), required=False)
    then = forms.ChoiceField(label=_("If it was broken"), required=False, widget=forms.RadioSelect)
    check_due_on = forms.DateField(label=_("Put right by"), required=False, widget=DayInput())

    def __init__(self, *args, step, today, may_revoke, **kwargs):
        super().__init__(*args, step=step, today=today, prefix="check", **kwargs)
        offered = (Then.RECTIFY, Then.REVOKE if may_revoke else Then.LATER)
        self.fields["then"].choices = [(then.value, FOLLOWING[then]) for then in offered]

    def clean(self):
        values = super().clean()
        if values.get("outcome") == CommittedStep.Outcome.BROKEN and not values.get("then"):
            self.add_error("then", _("Say what follows."))
        return values

    def arguments(self):
        return self.cleaned_data | {"then": self.cleaned_data["then"] or Then.LATER}


class BuildFirstForm(forms.Form):
    """Steps decided on one promise on one day. ``choices``: candidates.Choices."""

    steps = forms.MultipleChoiceField(label=_("Steps"), widget=forms.CheckboxSelectMultiple)
    check_before = forms.ChoiceField(label=_("To be checked before step"))
    on = day_field(_("Decided on"))

    def __init__(self, *args, choices, today, **kwargs):
        super().__init__(*args, initial={"on": today, "check_before": choices.usual_check}, **kwargs)
        self.choices = choices
        self.fields["steps"].choices = [(choice.step.code, str(choice.step)) for choice in choices.open]
        self.fields["check_before"].choices = [(step.code, str(step)) for step in choices.checks]
        promise_fields(self, BUILD_FIRST_TEXT, today)
        for choice in choices.open:
            name = f"version_{choice.step.code}"
            field = forms.IntegerField(widget=forms.HiddenInput, min_value=1, initial=choice.step.version)
            self.fields[name] = field
        conditional = [choice.step.step for choice in choices.open if choice.is_conditional]
        if conditional:
            notes = "；".join(f"{step.code} {step.commitment_note}" for step in conditional)
            self.fields["condition_confirmed"] = condition_field(notes)
            self.fields["condition_confirmed"].required = False

    def arguments(self):
        values = dict(self.cleaned_data)
        versions = {code: values[f"version_{code}"] for code in values["steps"]}
        return {
            "codes": values["steps"],
            "promise": promise_of(values),
            "check_before": values["check_before"],
            "on": values["on"],
            "versions": versions,
            "condition_confirmed": values.get("condition_confirmed", False),
        }


class ListFilter(forms.Form):
    """Choices are what the user may see, never more."""

    q = forms.CharField(label=_("Project"), max_length=100, required=False)
    unit = forms.ModelChoiceField(Organization.objects.none(), label=_("Unit"), required=False, empty_label=_("all"))
    project = forms.ModelChoiceField(Project.objects.none(), required=False, widget=forms.HiddenInput)

    def __init__(self, data, *, user, rows):
        super().__init__(data)
        units = rows.order_by().values("project_step__unit")
        self.fields["unit"].queryset = Organization.objects.filter(pk__in=units).order_by("name")
        self.fields["project"].queryset = Project.objects.visible_to(user)

    def narrow(self, rows):
        """Rows that pass every valid filter; an invalid one is shown with its message and ignored."""
        self.is_valid()
        values = self.cleaned_data
        if values.get("unit"):
            rows = rows.filter(project_step__unit=values["unit"])
        if values.get("project"):
            rows = rows.filter(project_step__project=values["project"])
        for word in values.get("q", "").split():
            rows = rows.filter(project_step__project__search_text__icontains=word)
        return rows

    @property
    def chosen_project(self):
        self.is_valid()
        return self.cleaned_data.get("project")


class DebtFilter(ListFilter):
    due = forms.ChoiceField(
        label=_("Due"),
        required=False,
        choices=[
            ("", _("any")),
            (LATE, _("late")),
            (SOON, _("within three working days")),
            (GATED, _("before a step")),
        ],
    )

    def narrow_due(self, rows, today, calendar):
        due = self.cleaned_data.get("due")
        if due == LATE:
            return rows.filter(due_on__lt=today)
        if due == SOON:
            return rows.filter(due_on__gte=today, due_on__lte=calendar.add(today, 3))
        return rows.exclude(due_before="") if due == GATED else rows


class CommitmentFilter(ListFilter):
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            (OPEN, _("to be checked")),
            (DUE, _("check is due")),
            (BROKEN, _("broken")),
            (KEPT, _("kept")),
            (EVERY, _("all")),
        ],
    )

"""Forms of supervision. They read input and offer only what the user may see; the rules are in the actions."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Organization, User
from dispatch.ledger.forms import NOTE, PlainTextForm, ProjectField, day_field, text_field
from dispatch.ledger.models import LedgerItem
from dispatch.supervision import actions, rules
from dispatch.supervision.models import Feedback, Instruction
from projects.models import Project


class InstructionForm(PlainTextForm):
    """Write an instruction. Leaders write in their own name and have no choice of leader."""

    from_page = forms.CharField(widget=forms.HiddenInput, required=False)
    from_title = forms.CharField(widget=forms.HiddenInput, required=False)
    leader = forms.ModelChoiceField(User.objects.none(), label=pgettext_lazy("instruction", "Leader"))
    text = text_field(_("Instruction"), rows=4, max_length=NOTE)
    unit = forms.ModelChoiceField(Organization.objects.none(), label=_("Lead unit"))
    due_on = day_field(pgettext_lazy("instruction", "Until"))
    urgency = forms.ChoiceField(label=_("Urgency"), choices=Instruction.Urgency.choices, required=False)
    feedback_every_wd = forms.IntegerField(
        label=_("Report every (working days)"),
        min_value=0,
        max_value=rules.LONGEST_RHYTHM_WD,
        help_text=_("0: one report, at the deadline."),
    )
    project = ProjectField(
        Project.objects.none(), label=_("Project"), required=False, widget=forms.TextInput(attrs={"maxlength": 200})
    )
    category = forms.ChoiceField(label=_("Category"), choices=LedgerItem.Category.choices)
    standard = text_field(_("Acceptance standard"), rows=2, required=False)
    cooperating_units = forms.ModelMultipleChoiceField(
        Organization.objects.none(), label=_("Cooperating units"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        units = Organization.objects.visible_to(user).units().order_by("name")
        self.fields["unit"].queryset = self.fields["cooperating_units"].queryset = units
        self.fields["project"].queryset = Project.objects.visible_to(user)
        if actions.is_leader(user):
            del self.fields["leader"]
        else:
            self.fields["leader"].queryset = leaders_of(user)

    def values(self) -> dict:
        """What the action takes beside the page it was written from."""
        values = {name: value for name, value in self.cleaned_data.items() if not name.startswith("from_")}
        values["urgency"] = values["urgency"] or Instruction.Urgency.NORMAL
        return {"leader": self.user} | values


class ReportForm(PlainTextForm):
    """The unit's report."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    text = text_field(_("What has been done"), max_length=NOTE)


class AnswerForm(PlainTextForm):
    """The leader's answer."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    kind = forms.ChoiceField(label=_("Answer"), widget=forms.RadioSelect)
    text = text_field(_("Words of the leader"), rows=2, max_length=NOTE, required=False)

    def __init__(self, *args, may_go_on=True, **kwargs):
        super().__init__(*args, **kwargs)
        kinds = [choice for choice in Feedback.Kind if choice != Feedback.Kind.REPORT]
        if not may_go_on:
            kinds = [choice for choice in kinds if choice in rules.AFTER_CLOSURE]
        self.fields["kind"].choices = [(choice.value, choice.label) for choice in kinds]


class InstructionFilter(forms.Form):
    """The filters above the list."""

    q = forms.CharField(label=_("Search"), required=False, max_length=100)
    whose = forms.ChoiceField(
        label=_("Whose"),
        required=False,
        choices=[("", _("mine")), ("unit", _("my unit's")), ("all", _("all I may see"))],
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("open")), ("overdue", _("report overdue")), ("late", _("past the deadline")),
                 ("soon", _("due soon")), ("closed", _("closed")), ("all", _("all"))],
    )  # fmt: skip


def leaders_of(user: User):
    """People of the leadership of this person's park."""
    kind = Organization.Kind.LEADERSHIP
    rows = User.objects.filter(organization__park=user.organization.park_id, organization__kind=kind, is_active=True)
    return rows.filter(role__isnull=False).select_related("organization").order_by("pk")

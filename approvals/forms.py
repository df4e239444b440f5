"""Forms of a step's page. They only read input; the rules are in the actions."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.i18n import localized
from accounts.models import Organization
from approvals.clocks import PAUSE_KINDS
from approvals.date_rules import PROBLEM_TEXTS
from approvals.flow import Verb
from approvals.models import StepDocument

ACCEPTS = (Verb.ACCEPT, Verb.ACCEPT_WITH_OUTSTANDING)
DECIDES = (Verb.DECIDE_APPROVE, Verb.DECIDE_APPROVE_OUTSTANDING, Verb.DECIDE_REFUSE)
ASKED_FIRST = frozenset({"deemed_accepted"})
"""Warnings that have to be acknowledged before the record; the others are shown after it."""
REASONED = {
    Verb.NOTIFY_CORRECTION: _("What is missing, all of it"),
    Verb.PAUSE: _("Reason"),
    Verb.REJECT_APPLICATION: _("Reason"),
    Verb.REFUSE_ACCEPTANCE: _("Reason"),
    Verb.DECIDE_REFUSE: _("Reason"),
    Verb.REVOKE: _("Reason"),
}


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")


def day_field(label, **options):
    return forms.DateField(label=label, widget=DayInput(), **options)


def note_field(label, **options):
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": 2}), max_length=2000, **options)


class VersionForm(forms.Form):
    """Carries the version of the step that the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args, step, today, prefix=None, **kwargs):
        self.step = step
        kwargs["initial"] = {"version": step.version, "on": today} | kwargs.pop("initial", {})
        kwargs["auto_id"] = f"id_{prefix or type(self).__name__.lower()}_%s"
        super().__init__(*args, **kwargs)


class MoveForm(VersionForm):
    """Fields of one verb; ``move`` is called with ``arguments()``."""

    on = day_field(_("On"))

    def __init__(self, *args, verb: Verb, step, today, **kwargs):
        super().__init__(*args, step=step, today=today, prefix=f"move_{verb}", **kwargs)
        self.verb = verb
        if verb is Verb.PAUSE:
            choices = [("", "—"), *((code, localized(kind, "name")) for code, kind in PAUSE_KINDS.items())]
            self.fields["pause_kind"] = forms.ChoiceField(label=_("Kind of pause"), choices=choices)
        if verb is Verb.ACCEPT_WITH_OUTSTANDING:
            papers = [(paper.pk, paper.name) for paper in step.step.documents.all() if paper.deferrable]
            self.fields["outstanding"] = forms.TypedMultipleChoiceField(
                label=_("Papers that follow later"), choices=papers, coerce=int, widget=forms.CheckboxSelectMultiple
            )
        if verb in DECIDES:
            self.fields["result_number"] = forms.CharField(
                label=_("Number of the result document"), max_length=100, required=False
            )
            self.fields["delivered_on"] = day_field(_("Delivered on"), required=False)
        self.fields["note"] = note_field(REASONED.get(verb, _("Note")), required=verb in REASONED)
        if verb in ACCEPTS:
            self.fields["acknowledged"] = forms.BooleanField(
                label=_("I have read this and record it all the same"), required=False, widget=forms.HiddenInput
            )

    def arguments(self):
        given = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        asked = frozenset() if given.pop("acknowledged", False) else ASKED_FIRST
        return given | {"acknowledge": frozenset(PROBLEM_TEXTS) - asked}

    def demand_acknowledgement(self):
        """Asks to confirm an unusual record; used after the action has said what is unusual."""
        if "acknowledged" in self.fields:
            self.fields["acknowledged"].widget = forms.CheckboxInput()


class UndoForm(VersionForm):
    note = note_field(_("Note"), required=False)


class NotApplicableForm(VersionForm):
    reason = note_field(_("Reason"))


class AppliesForm(VersionForm):
    note = note_field(_("Note"), required=False)


class DocumentForm(VersionForm):
    state = forms.ChoiceField(label=_("State"), choices=StepDocument.State.choices)
    on = day_field(_("On"))
    note = forms.CharField(label=_("Note"), max_length=500, required=False)


class ExtendForm(VersionForm):
    days = forms.IntegerField(label=_("Working days"), min_value=1, max_value=10)
    reason = note_field(_("Reason"))


class DeliveryForm(VersionForm):
    on = day_field(_("Delivered on"))


class UnitForm(VersionForm):
    unit = forms.ModelChoiceField(label=_("Handling unit"), queryset=Organization.objects.none(), required=False)
    handler_name = forms.CharField(label=_("Handler"), max_length=60, required=False)
    handler_phone = forms.CharField(label=_("Phone"), max_length=60, required=False)

    def __init__(self, *args, user, step, today, **kwargs):
        own = {"unit": step.unit_id, "handler_name": step.handler_name, "handler_phone": step.handler_phone}
        super().__init__(*args, step=step, today=today, initial=own, **kwargs)
        self.fields["unit"].queryset = Organization.objects.visible_to(user).units()

"""Forms of the verbs of an item, one each. They read input and offer only what the user may see."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from approvals.papers.kinds import ACCEPT
from dispatch.files.forms import ManyFilesField, ManyFilesInput
from dispatch.ledger.actions.extensions import open_request
from dispatch.ledger.flow import EXTENSION_LIMIT_WD, ItemVerb
from dispatch.ledger.forms import NOTE, PlainTextForm, day_field, text_field
from projects.text import number_in

# What a unit reports most, to be sent with one tap from a phone.
PHRASES = (
    _("Seen on site; the work is under way."),
    _("Talked with the enterprise; it completes its papers."),
    _("Most is done; the rest follows this week."),
)


class MoveForm(PlainTextForm):
    """Fields of one verb and the version the person saw; ``arguments()`` is what the action takes."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, data=None, files=None, *, item, user):
        initial = {"version": item.version} | self.present(item)
        super().__init__(self.completed(data, files), files, initial=initial, auto_id=f"id_{self.verb}_%s")
        self.item, self.user = item, user

    def present(self, item) -> dict:
        return {}

    def completed(self, data, files):
        """What was sent, with the text that a quick phrase or a photo stands for."""
        return data

    def arguments(self) -> dict:
        return dict(self.cleaned_data)

    def texts(self) -> list[str]:
        """What was typed into running text, for somebody who was overtaken and cannot send it any more."""
        areas = (name for name, field in self.fields.items() if isinstance(field.widget, forms.Textarea))
        return [text for text in map(self.data.get, areas) if text]


class AssignForm(MoveForm):
    verb = ItemVerb.ASSIGN
    unit = forms.ModelChoiceField(Organization.objects.none(), label=_("Responsible unit"))
    person_name = forms.CharField(label=_("Person"), max_length=60, required=False)
    due_on = day_field(_("Until"))
    note = text_field(_("Note"), rows=2, max_length=NOTE, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Organization.objects.visible_to(self.user).units().order_by("name")

    def present(self, item):
        return {"unit": item.unit_id, "person_name": item.person_name, "due_on": item.due_on}


class SignForm(MoveForm):
    verb = ItemVerb.SIGN


class ProgressForm(MoveForm):
    verb = ItemVerb.PROGRESS
    note = text_field(_("What has been done"), max_length=NOTE)
    phrases = PHRASES

    def completed(self, data, files):
        """One of the phrases stands for the text when none was written."""
        quick = number_in((data or {}).get("quick", ""))
        if data is None or data.get("note") or quick is None or quick >= len(PHRASES):
            return data
        return _with(data, note=str(PHRASES[quick]))


class AskCloseForm(MoveForm):
    verb = ItemVerb.ASK_CLOSE
    use_required_attribute = False  # a photo without words will do
    evidence = text_field(
        _("Evidence that the acceptance standard is met"),
        max_length=NOTE,
        help_text=_("Document numbers, dates, who can confirm it. With a photo the text may be left out."),
    )
    photos = ManyFilesField(
        label=_("Photos and papers"),
        required=False,
        widget=ManyFilesInput(attrs={"accept": f"image/*,application/pdf,{ACCEPT}"}),
    )

    def completed(self, data, files):
        if data is None or data.get("evidence", "").strip() or not (files and files.getlist("photos")):
            return data
        return _with(data, evidence=_("See the attached files."))

    def arguments(self):
        return {name: value for name, value in self.cleaned_data.items() if name != "photos"}


class CloseForm(MoveForm):
    verb = ItemVerb.CLOSE
    note = text_field(_("What was verified"), rows=2, max_length=NOTE, required=False)


class ReasonForm(MoveForm):
    reason = text_field(_("Reason"), rows=2, max_length=NOTE)


class ReturnForm(ReasonForm):
    verb = ItemVerb.RETURN


class ReopenForm(ReasonForm):
    verb = ItemVerb.REOPEN


class DaysForm(ReasonForm):
    workdays = forms.IntegerField(label=_("Working days more"), min_value=1, max_value=EXTENSION_LIMIT_WD)
    field_order = ("workdays", "reason")


class AskExtensionForm(DaysForm):
    verb = ItemVerb.ASK_EXTENSION


class ExtendForm(DaysForm):
    """Starts with the days that were asked for."""

    verb = ItemVerb.EXTEND

    def present(self, item):
        request = open_request(item)
        return {"workdays": request.workdays} if request else {}


class RefuseExtensionForm(ReasonForm):
    verb = ItemVerb.REFUSE_EXTENSION


class AskHangForm(ReasonForm):
    verb = ItemVerb.ASK_HANG
    reason = text_field(_("Why it cannot be solved here"), rows=2, max_length=NOTE)


class RefuseHangForm(ReasonForm):
    verb = ItemVerb.REFUSE_HANG


class HangForm(ReasonForm):
    verb = ItemVerb.HANG
    reason = text_field(_("Why it cannot be solved here"), rows=2, max_length=NOTE)


class TakeUpForm(MoveForm):
    """The decision of the higher tier; unit and deadline where they change."""

    verb = ItemVerb.TAKE_UP
    note = text_field(_("Decision"), max_length=NOTE)
    unit = forms.ModelChoiceField(Organization.objects.none(), label=_("Responsible unit"))
    due_on = day_field(_("Until"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Organization.objects.visible_to(self.user).units().order_by("name")

    def present(self, item):
        return {"unit": item.unit_id, "due_on": item.due_on}


FORMS = (
    AssignForm, SignForm, ProgressForm, AskCloseForm, CloseForm, ReturnForm, ExtendForm, ReopenForm, TakeUpForm,
    HangForm, RefuseHangForm, AskHangForm, AskExtensionForm, RefuseExtensionForm,
)  # fmt: skip
MOVE_FORMS = {form.verb: form for form in FORMS}


def _with(data, **texts: str):
    data = data.copy()
    for name, text in texts.items():
        data[name] = str(text)
    return data

"""Forms of the enterprise's pages and of the officer who hands out links. They only read input."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from approvals.models import ApprovalPolicy, Rating
from approvals.portal.events import Event
from projects.text import find_problem, tidy

LONGEST = 1000
PHONE = re.compile(r"\+?[0-9][0-9 ()-]{4,27}[0-9]")


class TidyText(forms.CharField):
    """Text without stray spaces; refused when it holds a character that no database keeps."""

    def clean(self, value):
        text = super().clean(tidy(value or "", lines=isinstance(self.widget, forms.Textarea)))
        if find_problem(text, limit=LONGEST):
            raise ValidationError(_("This contains a character that cannot be stored."))
        return text


def long_text(label, **options):
    widget = forms.Textarea(attrs={"rows": 3, "maxlength": LONGEST})
    return TidyText(label=label, widget=widget, max_length=LONGEST, **options)


class LinkForm(forms.Form):
    """Hand out a link; the days are bounded by the park's policy."""

    holder_name = TidyText(label=_("Handed to"), max_length=60, help_text=_("The person who will use the link."))
    days = forms.IntegerField(label=_("Valid for (days)"), min_value=1)
    may_upload = forms.BooleanField(label=_("May hand in papers"), required=False, initial=True)
    may_ask = forms.BooleanField(label=_("May urge, ask for help and rate"), required=False, initial=True)

    def __init__(self, *args, park_id: int, **kwargs):
        super().__init__(*args, **kwargs)
        longest = ApprovalPolicy.of(park_id).link_days
        days = forms.IntegerField(label=_("Valid for (days)"), min_value=1, max_value=longest, initial=longest)
        self.fields["days"] = days
        self.order_fields(["holder_name", "days", "may_upload", "may_ask"])


class UrgeForm(forms.Form):
    text = long_text(_("What is urgent, and why"), required=False)


class AnswerForm(forms.Form):
    """The answer to the open urgings of a step, up to the newest one that was seen."""

    upto = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**62)
    text = long_text(_("Answer"), help_text=_("The enterprise reads this."))


class HelpForm(forms.Form):
    step = forms.ChoiceField(label=_("About which step"), required=False)
    text = long_text(_("What help do you need?"))

    def __init__(self, *args, steps, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [(step.code, f"{step.code} {step.step.name}") for step in steps]
        self.fields["step"].choices = [("", _("the project as a whole")), *choices]


class RateForm(forms.Form):
    SCORES = [
        (5, _("5 – very satisfied")),
        (4, _("4 – satisfied")),
        (3, _("3 – neither")),
        (2, _("2 – dissatisfied")),
        (1, _("1 – very dissatisfied")),
    ]
    score = forms.TypedChoiceField(
        label=_("How satisfied are you?"), choices=SCORES, coerce=int, widget=forms.RadioSelect
    )
    comment = long_text(_("Comment"), required=False)

    @classmethod
    def of(cls, data, rating: Rating | None):
        initial = {"score": rating.score, "comment": rating.comment} if rating else {}
        return cls(data, initial=initial)


class NoticeForm(forms.Form):
    events = forms.MultipleChoiceField(
        label=_("Tell me when"), choices=Event.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    email = forms.EmailField(label=_("E-mail"), required=False, max_length=254)
    phone = TidyText(label=_("Phone"), required=False, max_length=30)

    def clean_phone(self):
        phone = self.cleaned_data["phone"]
        if phone and not PHONE.fullmatch(phone):
            raise ValidationError(_("Please write a phone number: digits, spaces, + and - only."))
        return phone

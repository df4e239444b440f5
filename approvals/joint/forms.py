"""Forms of joint reviews. They only read input; the rules are in the actions."""

from django import forms
from django.utils.translation import gettext_lazy as _

from approvals.forms import note_field
from approvals.models import Bundle, JointReview, JointReviewStep


class OpenForm(forms.Form):
    """``present``: one requirement id for each paper that is there."""

    present = forms.TypedMultipleChoiceField(label=_("Papers that are there"), coerce=int, required=False)
    note = note_field(_("Note"), required=False)

    def __init__(self, *args, papers, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["present"].choices = [(paper.pk, paper.name) for paper in papers]


class AnswerForm(forms.Form):
    """``seen``: when the answer the person saw was given; empty for none."""

    answer = forms.ChoiceField(label=_("Answer"), widget=forms.RadioSelect)
    note = note_field(_("Opinion, for an objection the reason"), required=False)
    result_number = forms.CharField(label=_("Number of the result document"), max_length=100, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)

    def __init__(self, *args, row: JointReviewStep, **kwargs):
        answer = JointReviewStep.Answer
        given = "" if row.answer == answer.PENDING else row.answer
        own = {"answer": given, "note": row.note, "result_number": row.result_number, "seen": seen(row)}
        super().__init__(*args, initial=own, **kwargs)
        self.fields["answer"].choices = [(choice.value, choice.label) for choice in (answer.AGREED, answer.OBJECTED)]


def seen(row: JointReviewStep) -> str:
    return row.answered_at.isoformat() if row.answered_at else ""


class EndForm(forms.Form):
    """Carries the version of the review that the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args, review: JointReview, **kwargs):
        super().__init__(*args, initial={"version": review.version}, **kwargs)


class CancelForm(EndForm):
    reason = note_field(_("Reason"))


class FilterForm(forms.Form):
    state = forms.ChoiceField(label=_("State"), required=False)
    bundle = forms.ChoiceField(label=_("Bundle"), required=False)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [("", "—"), *JointReview.State.choices]
        bundles = Bundle.objects.filter(reviews__in=JointReview.objects.visible_to(user)).order_by("code").distinct()
        self.fields["bundle"].choices = [("", "—"), *{bundle.code: str(bundle) for bundle in bundles}.items()]

    def narrow(self, rows):
        """The rows the filters leave; a filter nobody understands leaves all."""
        given = self.cleaned_data if self.is_valid() else {}
        rows = rows.filter(state=given["state"]) if given.get("state") else rows
        return rows.filter(bundle__code=given["bundle"]) if given.get("bundle") else rows

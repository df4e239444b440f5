"""Forms of the papers. They only read input; the rules are in the actions."""

from django import forms
from django.utils.translation import gettext_lazy as _

from approvals.models import StepFile
from approvals.papers.kinds import ACCEPT

REVIEW = StepFile.Review


class UploadForm(forms.Form):
    """One file; on a phone the choice offers the camera too."""

    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": f"image/*,application/pdf,{ACCEPT}"}),
        allow_empty_file=True,
        max_length=255,
    )


class VersionedForm(forms.Form):
    """Carries the version of the step that the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args, step, **kwargs):
        kwargs["initial"] = {"version": step.version}
        super().__init__(*args, **kwargs)


class ReviewForm(VersionedForm):
    """A choice and a reason for each paper that waits: ``outcome_<file>``, ``reason_<file>``."""

    def __init__(self, *args, step, views, **kwargs):
        super().__init__(*args, step=step, **kwargs)
        self.views = [view for view in views if view.can_review]
        choices = [("", _("later")), (REVIEW.ACCEPTED, _("accept")), (REVIEW.RETURNED, _("return"))]
        for view in self.views:
            pk = view.newest.pk
            self.fields[f"outcome_{pk}"] = forms.ChoiceField(
                label=_("Review"), choices=choices, required=False, widget=forms.RadioSelect
            )
            self.fields[f"reason_{pk}"] = forms.CharField(
                label=_("Reason"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
            )

    @property
    def rows(self):
        """(paper, choice, reason) for the page."""
        return [
            {"paper": v, "outcome": self[f"outcome_{v.newest.pk}"], "reason": self[f"reason_{v.newest.pk}"]}
            for v in self.views
        ]

    @property
    def decisions(self) -> dict[int, tuple[str, str]]:
        values = self.cleaned_data
        ids = [view.newest.pk for view in self.views if values[f"outcome_{view.newest.pk}"]]
        return {pk: (values[f"outcome_{pk}"], values[f"reason_{pk}"]) for pk in ids}

    def clean(self):
        values = super().clean()
        if not self.errors and not self.decisions:
            raise forms.ValidationError(_("Accept or return at least one paper."))
        for pk, (outcome, reason) in ({} if self.errors else self.decisions).items():
            if outcome == REVIEW.RETURNED and not reason.strip():
                self.add_error(f"reason_{pk}", _("Please say why it is returned."))
        return values


class NoticeForm(VersionedForm):
    """Which missing papers to name, and further remarks."""

    missing = forms.MultipleChoiceField(
        label=_("Missing core papers"), required=False, widget=forms.CheckboxSelectMultiple
    )
    remarks = forms.CharField(
        label=_("Further remarks"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args, step, views, **kwargs):
        super().__init__(*args, step=step, **kwargs)
        absent = [(view.asked.code, view.asked.name) for view in views if view.as_rule().is_missing]
        self.fields["missing"].choices = absent
        self.initial["missing"] = [code for code, _name in absent]
        if not absent:
            del self.fields["missing"]


class ResubmitForm(VersionedForm):
    """Nothing but the version."""

"""Filter of the list and the forms of the two records. Input only; the rules are in rules.py and actions.py."""

from django import forms
from django.utils.translation import gettext_lazy as _

from approvals.certificates import queries
from approvals.forms import DayInput, day_field, note_field
from approvals.models import Certificate, Step
from projects.models import Project
from projects.text import find_problem

RUNNING, EXPIRED, ALL = "", "expired", "all"
WITHIN = ("30", "60", "90")


class CertificateFilter(forms.Form):
    """Narrows the list; the page and the workbook share it."""

    q = forms.CharField(
        label=_("Search"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Project or number")}),
    )
    when = forms.ChoiceField(label=_("End"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    step = forms.ChoiceField(label=_("Step"), required=False)
    project = forms.ModelChoiceField(Project.objects.none(), required=False, widget=forms.HiddenInput)

    def __init__(self, data, *, user, today):
        super().__init__(data)
        self.today = today
        within = [(days, _("within %(days)s days") % {"days": days}) for days in WITHIN]
        states = [(RUNNING, _("all that run")), *within, (EXPIRED, _("expired")), (ALL, _("all, also finished"))]
        self.fields["when"].choices = states
        self.fields["kind"].choices = [("", _("all")), *Step.Validity.choices]
        visible = Certificate.objects.visible_to(user)
        codes = visible.order_by("project_step__code").values_list("project_step__code", "project_step__step__name_zh")
        self.fields["step"].choices = [("", _("all")), *((code, f"{code} {name}") for code, name in codes.distinct())]
        self.fields["project"].queryset = Project.objects.visible_to(user)

    def clean_q(self):
        text = self.cleaned_data["q"]
        if find_problem(text, limit=100):
            raise forms.ValidationError(_("Please search for something shorter, in plain text."))
        return text

    def narrow(self, rows):
        """Rows that pass every valid filter; an invalid one is shown with its message and ignored."""
        self.is_valid()
        values = self.cleaned_data
        when = values.get("when", RUNNING)
        if when == EXPIRED:
            rows = queries.expired(rows, self.today)
        elif when in WITHIN:
            rows = queries.ending(rows, self.today, int(when))
        elif when != ALL:
            rows = queries.running(rows)
        for name, column in (("kind", "kind"), ("step", "project_step__code"), ("project", "project_step__project")):
            if values.get(name):
                rows = rows.filter(**{column: values[name]})
        for word in values.get("q", "").split():
            rows = rows.filter(
                queries.Q(project_step__project__search_text__icontains=word) | queries.Q(number__icontains=word)
            )
        return rows


class CertificateForm(forms.Form):
    """Carries the version of the certificate that the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    on = day_field(_("On"))

    def __init__(self, *args, row, today, **kwargs):
        kwargs["initial"] = {"version": row.certificate.version, "on": today} | kwargs.pop("initial", {})
        super().__init__(*args, auto_id=f"id_{type(self).__name__.lower()}_%s", **kwargs)


class RenewForm(CertificateForm):
    until = forms.DateField(label=_("Valid until"), widget=DayInput())
    reason = note_field(_("Reason"))

    def __init__(self, *args, row, today, **kwargs):
        super().__init__(*args, row=row, today=today, initial={"until": row.latest}, **kwargs)
        self.fields["until"].help_text = _("At the latest %(day)s.") % {"day": row.latest}


class VoidForm(CertificateForm):
    reason = note_field(_("Reason"))

"""What the ledger can be narrowed by; the page and the export share it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from dispatch.ledger.models import LedgerItem
from projects.models import Project
from projects.text import find_problem

OPEN, ALL = "", "all"
WAITING, OWN = "waiting", "own"
LATE, SOON = "late", "soon"


class LedgerFilter(forms.Form):
    """Choices are what the user may see, never more. ``soon``: first and last day that count as due soon."""

    q = forms.CharField(
        label=_("Search"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Number, title, person, unit or project")}),
    )
    state = forms.ChoiceField(label=_("State"), required=False)
    due = forms.ChoiceField(
        label=_("Deadline"), required=False, choices=[("", _("any")), (LATE, _("late")), (SOON, _("due soon"))]
    )
    whose = forms.ChoiceField(
        label=_("Whose"),
        required=False,
        choices=[("", _("all")), (WAITING, _("waiting for me")), (OWN, _("my unit in charge"))],
    )
    unit = forms.ModelChoiceField(Organization.objects.none(), label=_("Unit"), required=False, empty_label=_("all"))
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    category = forms.ChoiceField(label=_("Category"), required=False)
    source = forms.ChoiceField(label=_("Source"), required=False)
    project = forms.ModelChoiceField(Project.objects.none(), required=False, widget=forms.HiddenInput)

    def __init__(self, data, *, user, today, soon):
        super().__init__(data)
        self.user, self.today, self.soon = user, today, soon
        self.fields["state"].choices = [(OPEN, _("open")), (ALL, _("all")), *LedgerItem.State.choices]
        for name, choices in (
            ("kind", LedgerItem.Kind.choices),
            ("category", LedgerItem.Category.choices),
            ("source", LedgerItem.Source.choices),
        ):
            self.fields[name].choices = [("", _("all")), *choices]
        self.fields["unit"].queryset = Organization.objects.visible_to(user).units().order_by("name")
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
        for name in ("unit", "kind", "category", "source", "project"):
            if values.get(name):
                rows = rows.filter(**{name: values[name]})
        rows = self._in_state(rows, values.get("state", OPEN))
        rows = self._by_deadline(rows, values.get("due"))
        rows = self._of_whom(rows, values.get("whose"))
        return rows.search(values.get("q", ""))

    def _in_state(self, rows, state):
        if state == ALL:
            return rows
        return rows.filter(state=state) if state else rows.open()

    def _by_deadline(self, rows, due):
        if due == LATE:
            return rows.late(self.today)
        return rows.due_within(*self.soon) if due == SOON else rows

    def _of_whom(self, rows, whose):
        if whose == WAITING:
            return rows.waiting_for(self.user)
        return rows.in_charge(self.user) if whose == OWN else rows

    @property
    def chosen_project(self):
        """The project the list is about, if any."""
        self.is_valid()
        return self.cleaned_data.get("project")

"""Forms of the services on behalf. Input only; the rules are in actions.py."""

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from approvals.agency import actions, queries
from approvals.forms import DayInput, day_field, note_field
from approvals.models import AgentAction, ProjectStep
from projects.models import Project

OTHER = "other"
USUAL = (
    ("handed_in", _("Handed papers in at the window")),
    ("collected", _("Collected the result document")),
    ("filled_in", _("Filled in the application")),
    ("corrected", _("Put the corrections together")),
    ("accompanied", _("Accompanied the enterprise to the department")),
    ("advised", _("Explained what is needed")),
    (OTHER, _("Something else")),
)


class AgentChoice(forms.ModelChoiceField):
    def label_from_instance(self, person):
        return f"{person} · {person.organization}"


class StepChoice(forms.ModelChoiceField):
    def label_from_instance(self, row):
        return str(row)


class RecordForm(forms.Form):
    """One tap says what was done; everything else is filled in already."""

    kind = forms.ChoiceField(label=_("What was done"), choices=USUAL, widget=forms.RadioSelect)
    detail = note_field(_("In more words"), required=False)
    step = StepChoice(ProjectStep.objects.none(), label=_("Step"), required=False, empty_label=_("no particular step"))
    on = day_field(_("On"))
    on_behalf_of = forms.CharField(label=_("On behalf of"), max_length=100)
    agent = AgentChoice(User.objects.none(), label=_("Agent"))

    def __init__(self, *args, project: Project, user, today: date, step_code: str = "", **kwargs):
        named = queries.agent_of(project)
        steps = queries.steps_for(project, user)
        agent = user.pk if actions.is_agent(user, project) else named and named.user_id
        kwargs["initial"] = {
            "on": today,
            "on_behalf_of": str(project.enterprise or project.name)[:100],
            "agent": agent,
            "step": next((row.pk for row in steps if row.code == step_code), None),
        }
        super().__init__(*args, auto_id="id_agency_%s", **kwargs)
        self.fields["step"].queryset = steps
        people = User.objects.filter(
            organization__park=project.park_id, organization__kind__in=actions.OFFICES, is_active=True
        ).select_related("organization")
        if actions.records_for_any(user, project):
            self.fields["agent"].queryset = people.order_by("organization__name", "display_name")
        else:
            self.fields["agent"].queryset = people.filter(pk=user.pk)
            self.fields["agent"].widget = forms.HiddenInput()

    def clean(self):
        values = super().clean()
        if values.get("kind") == OTHER and not values.get("detail", "").strip():
            self.add_error("detail", _("Say what was done."))
        return values

    def arguments(self) -> dict:
        """Keyword arguments of ``actions.record``."""
        values = dict(self.cleaned_data)
        kind, detail = values.pop("kind"), values.pop("detail").strip()
        usual = "" if kind == OTHER else str(dict(USUAL)[kind])
        return values | {"what": "：".join(part for part in (usual, detail) if part)}


class CancelForm(forms.Form):
    reason = note_field(_("Reason"))


class PeriodFilter(forms.Form):
    """The period and what to narrow it by; ``group`` is how the counts are grouped."""

    since = forms.DateField(label=_("Period from"), required=False, widget=DayInput())
    until = forms.DateField(label=_("Period until"), required=False, widget=DayInput())
    group = forms.ChoiceField(label=_("Group the counts"), choices=list(queries.GROUPS.items()), required=False)
    agent = AgentChoice(User.objects.none(), label=_("Agent"), required=False, empty_label=_("all"))
    step = forms.ChoiceField(label=_("Step"), required=False)
    project = forms.ModelChoiceField(Project.objects.none(), required=False, widget=forms.HiddenInput)

    def __init__(self, data, *, user, today: date):
        data = data.copy()
        data.setdefault("since", today.replace(day=1).isoformat())
        data.setdefault("until", today.isoformat())
        data.setdefault("group", queries.AGENT)
        super().__init__(data)
        visible = AgentAction.objects.visible_to(user)
        people = User.objects.filter(pk__in=visible.order_by().values("agent")).select_related("organization")
        self.fields["agent"].queryset = people.order_by("display_name")
        codes = visible.filter(project_step__isnull=False).order_by("project_step__code")
        found = codes.values_list("project_step__code", flat=True).distinct()
        self.fields["step"].choices = [("", _("all")), *((code, code) for code in found)]
        self.fields["project"].queryset = Project.objects.visible_to(user)

    @property
    def grouping(self) -> str:
        return self.cleaned_data.get("group") or queries.AGENT

    def narrow(self, rows):
        """Rows that pass every valid filter; an invalid one is shown with its message and ignored."""
        self.is_valid()
        values = self.cleaned_data
        names = {
            "since": "on__gte", "until": "on__lte", "agent": "agent", "step": "project_step__code",
            "project": "project",
        }  # fmt: skip
        for name, column in names.items():
            if values.get(name):
                rows = rows.filter(**{column: values[name]})
        return rows

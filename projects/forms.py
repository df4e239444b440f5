"""Forms of the project pages: what was typed, checked for its kind; ``run`` calls the action.

Every form that changes a project carries the version the person saw.
"""

from datetime import date, datetime
from typing import Any

from django import forms
from django.db import models, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, User
from accounts.permissions import Verb, may
from projects import actions
from projects.actions.edit import BASIC_FIELDS, CONDITION_FIELDS, PROGRESS_FIELDS
from projects.actions.shared import as_json
from projects.filters import stage_choices
from projects.models import Milestone, Project, TeamMember
from projects.stages import ORDER, position

GROUPS = [
    (_("The project"), ("name", "enterprise_name", "code", "industry", "nature", "level", "location", "content")),
    (_("Size and money"), (
        "total_investment_10k", "equipment_investment_10k", "works_investment_10k", "invested_before_10k", "land_mu",
        "floor_area_m2", "period_start_on", "period_end_on",
    )),
    (_("People"), ("responsible_unit", "contact_name", "contact_phone", "remark")),
    (_("Answers that decide which approval steps apply"), tuple(
        name for name in CONDITION_FIELDS if name != "works_investment_10k"
    )),
]  # fmt: skip


def day_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def _formfield(column: models.Field, **options) -> forms.Field | None:
    if isinstance(column, models.DateField):
        options["widget"] = day_input()
    if isinstance(column, models.TextField):
        options["widget"] = forms.Textarea(attrs={"rows": 3})
    field = column.formfield(**options)
    if isinstance(field, forms.NullBooleanField):
        field.widget.attrs["class"] = "form-select"
    return field


def columns(model: type[models.Model], names) -> dict[str, forms.Field]:
    """Form fields for columns, by name."""
    return forms.fields_for_model(model, fields=list(names), formfield_callback=_formfield)


def plain(value: Any) -> Any:
    """A value as a control shows it: amounts without needless zeros."""
    return as_json(value) if not isinstance(value, models.Model | bool | date) else value


class ActionForm(forms.Form):
    """Base: ``project`` as it now stands, the ``user`` and ``today``."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    groups: list = []

    def __init__(self, *args, project: Project, user, today: date, **kwargs):
        self.project, self.user, self.today = project, user, today
        kwargs["initial"] = {"version": project.version} | self.start() | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.prepare()
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField):
                field.empty_label = "—"

    def start(self) -> dict[str, Any]:
        """What the controls show at first."""
        return {}

    def prepare(self) -> None:
        """Fields and choices that depend on project and user."""

    @property
    def seen(self) -> int:
        return self.cleaned_data["version"]

    def grouped(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """(title, fields) for long forms; empty for short ones."""
        return [(title, [self[name] for name in names if name in self.fields]) for title, names in self.groups]

    def history_name(self, name: str) -> str:
        """The name a form field has in the history."""
        return name

    def demand_acknowledgement(self) -> None:
        """Asks to acknowledge unusual figures; used after the action has named them."""
        self.fields["acknowledged"].widget = forms.CheckboxInput()


class ProjectFields(ActionForm):
    """The columns of a project; base of registering and editing."""

    groups = GROUPS
    enterprise_name = forms.CharField(label=_("enterprise"), max_length=200, required=False)

    def start(self):
        names = BASIC_FIELDS + CONDITION_FIELDS
        start = {name: plain(getattr(self.project, name)) for name in names}
        enterprise = self.project.enterprise
        return start | {"enterprise_name": enterprise.name if enterprise else ""}

    def prepare(self):
        self.fields |= columns(Project, BASIC_FIELDS + CONDITION_FIELDS)
        self.fields["name"].widget = forms.TextInput(attrs={"maxlength": 200})
        self.fields["responsible_unit"].queryset = Organization.objects.visible_to(self.user).units()

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name not in ("version", "different")}


class EditForm(ProjectFields):
    def history_name(self, name):
        return "enterprise" if name == "enterprise_name" else name

    def run(self, *, by, at: datetime, today: date):
        values = self.values()
        return actions.edit(self.project, values, by=by, at=at, version=self.seen)


class CreateForm(ProjectFields):
    """Registering: names that look alike are shown and have to be called different."""

    different = forms.BooleanField(label=_("This is a different project"), required=False, widget=forms.HiddenInput)

    def prepare(self):
        super().prepare()
        self.fields["name"].widget.attrs |= {
            "hx-get": reverse("projects:similar"), "hx-trigger": "change",
            "hx-target": "#similar", "hx-swap": "outerHTML",
        }  # fmt: skip

    def run(self, *, by, at: datetime, today: date) -> Project:
        return actions.create(self.project.park, self.values(), by=by, at=at)


class QuickForm(ActionForm):
    """Progress in 30 seconds, on site: how far the works are, three texts and this month's money."""

    ytd_10k = forms.DecimalField(
        label=_("This year so far (10k CNY)"), required=False, max_digits=16, decimal_places=4,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "any"}),
    )  # fmt: skip
    acknowledged = forms.BooleanField(label=_("The figures are right"), required=False, widget=forms.HiddenInput)

    def start(self):
        report = self.project.investments.filter(year=self.today.year, month=self.today.month).first()
        start = {name: plain(getattr(self.project, name)) for name in PROGRESS_FIELDS}
        return start | {"ytd_10k": plain(report.ytd_10k) if report else None}

    def prepare(self):
        fields = columns(Project, PROGRESS_FIELDS)
        for field in fields.values():
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = 2
        fields["physical_percent"].widget.attrs |= {"inputmode": "decimal", "min": 0, "max": 100, "step": "any"}
        self.fields = (
            {"version": self.fields["version"]}
            | fields
            | {name: self.fields[name] for name in ("ytd_10k", "acknowledged")}
        )

    def history_name(self, name):
        return f"investment.{self.today:%Y-%m}.{name}" if name == "ytd_10k" else name

    @transaction.atomic
    def run(self, *, by, at: datetime, today: date):
        texts = {name: self.cleaned_data[name] for name in PROGRESS_FIELDS}
        before = self.project.version
        actions.report_progress(self.project, texts, by=by, at=at, version=self.seen)
        ytd = self.cleaned_data["ytd_10k"]
        if ytd is not None and "ytd_10k" in self.changed_data:
            actions.report_investment(
                self.project, today.year, today.month, by=by, at=at, today=today, ytd_10k=ytd,
                acknowledged=self.cleaned_data["acknowledged"],
                version=self.seen if self.project.version == before else None,
            )  # fmt: skip


class InvestmentForm(ActionForm):
    year = forms.IntegerField(label=_("year"), min_value=2000, max_value=2100)
    month = forms.IntegerField(label=_("month"), min_value=1, max_value=12)
    month_10k = forms.DecimalField(label=_("this month (10k CNY)"), required=False, max_digits=16, decimal_places=4)
    ytd_10k = forms.DecimalField(
        label=_("this year so far (10k CNY)"), required=False, max_digits=16, decimal_places=4,
        help_text=_("Empty: the cumulative figure before plus this month."),
    )  # fmt: skip
    acknowledged = forms.BooleanField(label=_("The figures are right"), required=False, widget=forms.HiddenInput)

    def start(self):
        return {"year": self.today.year, "month": self.today.month}

    def run(self, *, by, at: datetime, today: date):
        values = {name: self.cleaned_data[name] for name in ("month_10k", "ytd_10k", "acknowledged")}
        year, month = self.cleaned_data["year"], self.cleaned_data["month"]
        return actions.report_investment(
            self.project, year, month, by=by, at=at, today=today, version=self.seen, **values
        )


class PlanForm(ActionForm):
    year = forms.IntegerField(label=_("year"), min_value=2000, max_value=2100)
    planned_10k = forms.DecimalField(label=_("planned (10k CNY)"), min_value=0, max_digits=16, decimal_places=4)

    def start(self):
        return {"year": self.today.year}

    def run(self, *, by, at: datetime, today: date):
        year, planned = self.cleaned_data["year"], self.cleaned_data["planned_10k"]
        return actions.set_annual_plan(self.project, year, planned, by=by, at=at, version=self.seen)


class GateForm(ActionForm):
    """A form whose action may find a gate closed; the reason to pass it is there for those who may."""

    override_reason = forms.CharField(
        label=_("Reason to pass the gate all the same"), required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Kept in the history with your name and everything that was missing."),
    )  # fmt: skip

    def prepare(self):
        if not may(self.user, Verb.OVERRIDE_GATE):
            del self.fields["override_reason"]

    @property
    def override(self) -> str:
        return self.cleaned_data.get("override_reason", "")


class StageForm(GateForm):
    stage = forms.ChoiceField(label=_("stage"))
    on = forms.DateField(label=_("entered on"), widget=day_input())
    evidence = forms.CharField(label=_("evidence"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    field_order = ["version", "stage", "on", "evidence", "override_reason"]

    def start(self):
        after = min(position(self.project.stage) + 1, len(ORDER) - 1)
        return {"stage": ORDER[after].value, "on": self.today}

    def prepare(self):
        super().prepare()
        choices = [(code, f"{code} {name}") for code, name in stage_choices() if code != self.project.stage]
        self.fields["stage"].choices = choices
        self.fields["stage"].widget.attrs |= {
            "hx-get": reverse("projects:stage", args=[self.project.pk]), "hx-trigger": "change", "hx-target": "#gate",
            "hx-select": "#gate", "hx-swap": "outerHTML", "hx-include": "this",
        }  # fmt: skip
        if not may(self.user, Verb.OVERRIDE_GATE):
            reason = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 2}))
            reason.label = _("Reason, when going back to an earlier stage")
            self.fields["override_reason"] = reason
        else:
            self.fields["override_reason"].label = _("Reason to pass the gate all the same, or to go back")

    @property
    def target(self) -> str:
        """The stage the page is about: chosen, else the next one."""
        stage = self["stage"].value()
        return stage if stage in ORDER else self.start()["stage"]

    def run(self, *, by, at: datetime, today: date):
        data = self.cleaned_data
        return actions.enter_stage(
            self.project, data["stage"], on=data["on"], evidence=data["evidence"], override_reason=self.override,
            by=by, at=at, today=today, version=self.seen,
        )  # fmt: skip


class EnrolForm(GateForm):
    on = forms.DateField(label=_("enrolled on"), widget=day_input())
    field_order = ["version", "on", "override_reason"]

    def start(self):
        return {"on": self.today}

    def run(self, *, by, at: datetime, today: date):
        on = self.cleaned_data["on"]
        return actions.enrol(
            self.project, on=on, override_reason=self.override, by=by, at=at, today=today, version=self.seen
        )


class MilestoneForm(GateForm):
    """One milestone; set with ``stage`` after construction arguments of the base."""

    reason = forms.CharField(
        label=_("Reason, when a known date changes"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    names = ("baseline_on", "forecast_on", "actual_on", "is_done", "evidence")

    def __init__(self, *args, stage: str, **kwargs):
        self.stage = stage
        super().__init__(*args, **kwargs)

    def start(self):
        self.milestone = self.project.milestones.filter(stage=self.stage).first() or Milestone(stage=self.stage)
        return {name: getattr(self.milestone, name) for name in self.names}

    def prepare(self):
        super().prepare()
        fields = columns(Milestone, self.names)
        order = {"version": self.fields.pop("version")} | fields | self.fields
        self.fields = order

    def history_name(self, name):
        return f"milestone.{self.stage}.{name}"

    def run(self, *, by, at: datetime, today: date):
        values = {name: self.cleaned_data[name] for name in self.names if name in self.changed_data}
        values |= {n.replace("_on", "_precision"): "day" for n in values if n.endswith("_on") and values[n]}
        return actions.set_milestone(
            self.project, self.stage, values, reason=self.cleaned_data["reason"], override_reason=self.override,
            by=by, at=at, today=today, version=self.seen,
        )  # fmt: skip


class StatusForm(ActionForm):
    """Suspending, resuming, terminating: since when and why."""

    on = forms.DateField(label=_("since"), widget=day_input())
    reason = forms.CharField(label=_("reason"), widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args, change: str, **kwargs):
        self.change = change
        super().__init__(*args, **kwargs)

    def start(self):
        return {"on": self.today}

    def run(self, *, by, at: datetime, today: date):
        act = {"suspend": actions.suspend, "resume": actions.resume, "terminate": actions.terminate}[self.change]
        data = self.cleaned_data
        return act(self.project, on=data["on"], reason=data["reason"], by=by, at=at, today=today, version=self.seen)


class TeamForm(ActionForm):
    names = ("person_name", "phone", "organization", "user")

    def __init__(self, *args, role: str, **kwargs):
        self.role = role
        super().__init__(*args, **kwargs)

    def start(self):
        member = self.project.team.filter(role=self.role).first()
        return {name: getattr(member, name) for name in self.names} if member else {}

    def prepare(self):
        self.fields |= columns(TeamMember, self.names)
        self.fields["organization"].queryset = (
            Organization.objects.visible_to(self.user).filter(is_active=True).exclude(kind="enterprise")
        )
        self.fields["user"].queryset = User.objects.visible_to(self.user).filter(is_active=True)

    def history_name(self, name):
        return f"team.{self.role}.{name}"

    def run(self, *, by, at: datetime, today: date):
        values = {name: self.cleaned_data[name] for name in self.names}
        return actions.set_team(self.project, self.role, values, by=by, at=at, version=self.seen)

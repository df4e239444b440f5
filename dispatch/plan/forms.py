"""Forms of a plan. Each reads one change (dispatch.plan.changes); the rules are there. Choices: what the plan has."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Organization, User
from dispatch.ledger.forms import PlainTextForm, day_field, text_field
from dispatch.plan import changes, checks
from dispatch.plan.actions.editing import template_change
from dispatch.plan.effects import Present
from dispatch.plan.explain import named
from dispatch.plan.models import Goal, PlanLink, PlanTemplate
from projects.errors import InvalidFields

BIGGEST_VERSION = 2**31 - 1
COLUMN_OF = {"unit": "unit_id"}
FIELD_OF = {column: name for name, column in COLUMN_OF.items()}


def days_field(label: Any, **options: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=checks.LONGEST_WD, **options)


def line_field(label: Any, max_length: int = 200) -> forms.CharField:
    return forms.CharField(label=label, max_length=max_length, required=False)


class ChangeForm(PlainTextForm):
    """One change of a plan. ``previewable``: its name in the field ``change`` of dispatch:plan_preview."""

    previewable = ""
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=BIGGEST_VERSION)

    def __init__(self, *args, present: Present, user: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.present, self.user = present, user
        self.initial.setdefault("version", present.plan.plan.version if present.plan.plan else 0)
        self.build()

    def build(self) -> None:
        """Fields that depend on the plan."""

    def change(self) -> changes.Change:
        raise NotImplementedError

    @property
    def seen(self) -> int | None:
        return self.cleaned_data.get("version")

    def task_choices(self) -> list[tuple[str, str]]:
        info = self.present.plan.info
        tasks = self.present.plan.network.tasks
        return [(key, named(key, info)) for key in info if not tasks[key].is_skipped]

    def units(self):
        return Organization.objects.visible_to(self.user).units().order_by("name")


class GoalForm(ChangeForm):
    previewable = "goal"
    goal = forms.ChoiceField(label=pgettext_lazy("plan", "Goal"), choices=Goal)
    target_on = day_field(_("Target day"), required=False, help_text=_("Empty: no target."))

    def build(self) -> None:
        draft = self.present.ground.draft
        self.initial |= {"goal": draft.goal, "target_on": draft.target_on}
        self.fields["goal"].required = "goal" in self.data or not self.is_bound

    def change(self) -> changes.Change:
        given = self.cleaned_data
        return changes.SetGoal(given["goal"], given["target_on"], with_target="target_on" in self.data)


class TemplateForm(ChangeForm):
    previewable = "template"
    template = forms.ModelChoiceField(PlanTemplate.objects.none(), label=_("Template"))

    def build(self) -> None:
        park = self.present.project.park_id
        rows = PlanTemplate.objects.visible_to(self.user).filter(park=park, is_active=True)
        self.fields["template"].queryset = rows

    def change(self) -> changes.Change:
        return template_change(self.present.project, self.cleaned_data["template"])


TASK_FIELDS: dict[str, Callable[[], forms.Field]] = {
    "name": lambda: forms.CharField(label=pgettext_lazy("task of a plan", "Name"), max_length=120),
    "duration_wd": lambda: days_field(_("Duration (working days)"), required=False),
    "preparation_wd": lambda: days_field(_("Preparation of papers (working days)"), required=False),
    "planned_on": lambda: day_field(pgettext_lazy("task of a plan", "Planned start"), required=False),
    "not_before_on": lambda: day_field(pgettext_lazy("task of a plan", "Not before"), required=False),
    "not_before_reason": lambda: line_field(_("Why not before")),
    "fixed_on": lambda: day_field(_("Confirmed day of the finish"), required=False),
    "fixed_reason": lambda: line_field(_("Why confirmed")),
    "started_on": lambda: day_field(pgettext_lazy("task of a plan", "Started on"), required=False),
    "finished_on": lambda: day_field(_("Finished on"), required=False),
    "unit": lambda: forms.ModelChoiceField(
        Organization.objects.none(), label=pgettext_lazy("of a task", "Unit"), required=False
    ),
    "person_name": lambda: line_field(_("Person"), 60),
}


class TaskForm(ChangeForm):
    """Everything about one task that may be said here. Fields that were not sent stay as they are."""

    previewable = "task"
    reason = line_field(_("Why a confirmed day or a fact changes"), 500)

    def __init__(self, *args, key: str, **kwargs):
        self.key = key
        super().__init__(*args, **kwargs)

    def build(self) -> None:
        row = self.present.ground.row(self.key)
        allowed = changes.EDITABLE[row.kind]
        for name, make in TASK_FIELDS.items():
            column = COLUMN_OF.get(name, name)
            if column in allowed:
                self.fields[name] = make()
                self.initial[name] = getattr(row, column)
        if "unit" in self.fields:
            self.fields["unit"].queryset = self.units()
        if "name" in self.fields and "name" not in self.data:
            self.fields["name"].required = False
        self._say_defaults()
        self.order_fields([*TASK_FIELDS, "reason", "version"])

    def _say_defaults(self) -> None:
        about = self.present.plan.info[self.key]
        if "duration_wd" in self.fields and self.initial["duration_wd"] is None:
            usual = max(0, about.duration_wd - about.preparation_wd)
            self.fields["duration_wd"].widget.attrs["placeholder"] = str(usual)
            self.fields["duration_wd"].help_text = _("Empty: as the template, the committed limit or the park says.")

    @property
    def sent(self) -> list[str]:
        return [name for name in TASK_FIELDS if name in self.fields and name in self.data]

    def change(self) -> changes.Change:
        given = self.cleaned_data
        values = {name: given[name] for name in self.sent}
        if "unit" in values:
            values["unit_id"] = unit.pk if (unit := values.pop("unit")) else None
        return changes.SetTask(self.key, values, given.get("reason", ""))


class AddForm(ChangeForm):
    previewable = "add"
    name = forms.CharField(label=pgettext_lazy("task of a plan", "Name"), max_length=120)
    duration_wd = days_field(_("Duration (working days)"))
    after = forms.MultipleChoiceField(label=_("Waits for"), required=False)
    before = forms.MultipleChoiceField(label=_("Held back by it"), required=False)
    unit = forms.ModelChoiceField(Organization.objects.none(), label=pgettext_lazy("of a task", "Unit"), required=False)
    person_name = line_field(_("Person"), 60)
    planned_on = day_field(pgettext_lazy("task of a plan", "Planned start"), required=False)

    def build(self) -> None:
        for name in ("after", "before"):
            self.fields[name].choices = self.task_choices()
            self.fields[name].widget.attrs["size"] = 6
        self.fields["unit"].queryset = self.units()

    def change(self) -> changes.Change:
        given = self.cleaned_data
        unit = given["unit"]
        values = {name: given[name] for name in ("person_name", "planned_on")} | {"unit_id": unit.pk if unit else None}
        return changes.AddTask(
            given["name"], given["duration_wd"], tuple(given["after"]), tuple(given["before"]), values
        )


class LinkForm(ChangeForm):
    """A new link, or with ``pair`` one that is there."""

    previewable = "link"
    before = forms.ChoiceField(label=_("First"))
    after = forms.ChoiceField(label=pgettext_lazy("link of a plan", "Then"))
    kind = forms.ChoiceField(label=_("How they hang together"), choices=PlanLink.Kind)
    lag_wd = forms.IntegerField(
        label=_("Lag (working days, negative: overlap)"),
        min_value=-checks.LONGEST_WD,
        max_value=checks.LONGEST_WD,
        initial=0,
    )
    is_hard = forms.BooleanField(label=_("Binding (otherwise only the usual order)"), required=False, initial=True)

    def __init__(self, *args, pair: tuple[str, str] | None = None, **kwargs):
        self.pair = pair
        super().__init__(*args, **kwargs)

    def build(self) -> None:
        for name in ("before", "after"):
            self.fields[name].choices = self.task_choices()
        if self.pair is None:
            return
        link = next(one for one in self.present.plan.plain.links if (one.before, one.after) == self.pair)
        shown = {"before": link.before, "after": link.after, "kind": link.kind.value}
        self.initial |= shown | {"lag_wd": link.lag_wd, "is_hard": link.is_hard}
        for name in ("before", "after"):
            self.fields[name].widget = forms.HiddenInput()

    def change(self) -> changes.Change:
        given = self.cleaned_data
        before, after = self.pair or (given["before"], given["after"])
        return changes.SetLink(before, after, given["kind"], given["lag_wd"], given["is_hard"])


class PullForm(ChangeForm):
    """Planned starts to be given up."""

    previewable = "pull"
    keys = forms.MultipleChoiceField(label=_("Planned starts"), widget=forms.CheckboxSelectMultiple)

    def build(self) -> None:
        info, draft = self.present.plan.info, self.present.ground.draft
        self.fields["keys"].choices = [
            (key, f"{named(key, info)} · {row.planned_on.isoformat()}")
            for key, row in draft.tasks.items()
            if row.planned_on and key in info and not self.present.plan.network.tasks[key].started_on
        ]

    @property
    def is_empty(self) -> bool:
        return not self.fields["keys"].choices

    def change(self) -> changes.Change:
        return changes.PullForward(tuple(self.cleaned_data["keys"]))


class ReasonForm(ChangeForm):
    """Why something is taken out. ``make`` turns the reason into the change."""

    reason = text_field(_("Reason"), rows=2, max_length=500)

    def __init__(self, *args, make: Callable[[str], changes.Change], **kwargs):
        self.make = make
        super().__init__(*args, **kwargs)

    def change(self) -> changes.Change:
        return self.make(self.cleaned_data["reason"])


class BaselineForm(PlainTextForm):
    """A new version of the baseline."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=BIGGEST_VERSION)
    basis = forms.ChoiceField(
        label=_("Promised are"),
        choices=[
            ("latest", _("the latest dates that keep the target")),
            ("forecast", _("the dates of the forecast")),
        ],
        widget=forms.RadioSelect,
    )
    reason = text_field(_("Why a new baseline"), rows=2, max_length=500)
    acknowledged = forms.BooleanField(label=_("Save it all the same"), required=False)


PREVIEWABLE: dict[str, type[ChangeForm]] = {
    form.previewable: form for form in (GoalForm, TemplateForm, AddForm, LinkForm, PullForm)
}


def renew(form: forms.Form, version: int, field: str = "version") -> None:
    """Once somebody has been told that another was first, sending the same again is meant."""
    if getattr(form, "was_overtaken", False):
        form.data = form.data.copy()
        form.data[field] = str(version)


def say(form: forms.Form, refusal: InvalidFields) -> None:
    """The refusal's sentences at the fields they are about."""
    for column, sentences in refusal.errors.items():
        name = FIELD_OF.get(column, column)
        form.add_error(name if name in form.fields else None, sentences)

"""Forms of visits, plans and grids. They read input and offer what the user may see; the rules are in the actions."""

import uuid
from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Organization, User
from dispatch.files.forms import PICTURES, ManyFilesField, ManyFilesInput
from dispatch.ledger.forms import PlainTextForm, day_field, text_field
from dispatch.ledger.models import LedgerItem
from dispatch.visits import access, rules
from dispatch.visits.actions import CORRECTABLE, Found
from dispatch.visits.models import Finding, VisitGrid
from dispatch.visits.rules import Period, quarter_of
from dispatch.visits.scope import NONE, OPEN, SOLVED, WAYS, Scope
from projects.models import Project
from projects.text import find_problem

FINDINGS = 6  # rows for findings on the form
CALLED = {"grid": _("Grid"), "unit": _("Unit"), "visitor": _("Visitor")}


def visitors(user: User):
    """People who may be given a visit, as far as the user knows them."""
    rows = User.objects.visible_to(user).filter(is_active=True, role__scope__in=("park", "unit"))
    return rows.select_related("organization").order_by("organization__name", "display_name")


class ScopeForm(forms.Form):
    """Period, grid, unit and visitor; the same for lists, plan, figures and their exports. Wrong input is ignored."""

    q = forms.CharField(
        label=_("Search"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Enterprise or project")}),
    )
    year = forms.TypedChoiceField(label=_("Year"), required=False, coerce=int, empty_value=None)
    quarter = forms.TypedChoiceField(label=_("Quarter"), required=False, coerce=int, empty_value=None)

    def __init__(self, data, *, user, today: date, ways=WAYS):
        super().__init__(data)
        self.user, self.today = user, today
        years = range(today.year + 1, today.year - 6, -1)
        self.fields["year"].choices = [("", _("this year")), *((year, str(year)) for year in years)]
        self.fields["quarter"].choices = [("", _("this quarter")), ("0", _("whole year"))] + [
            (number, f"Q{number}") for number in rules.QUARTERS
        ]
        self.fields["from"] = day_field(pgettext_lazy("beginning of a period", "From"), required=False)
        self.fields["to"] = day_field(pgettext_lazy("end of a period", "To"), required=False)
        for way in ways:
            self.fields[way] = forms.ChoiceField(label=CALLED[way], required=False, choices=self._choices(way))

    def _choices(self, way: str) -> list:
        if way == "grid":
            rows = VisitGrid.objects.visible_to(self.user)
        elif way == "unit":
            rows = Organization.objects.visible_to(self.user).units().order_by("name")
        else:
            rows = visitors(self.user)
        return [
            ("", _("all")),
            (NONE, pgettext_lazy("no grid, unit or visitor", "none")),
            *((r.pk, str(r)) for r in rows),
        ]

    def clean_q(self):
        text = self.cleaned_data["q"]
        if find_problem(text, limit=100):
            raise forms.ValidationError(_("Please search for something shorter, in plain text."))
        return text

    @property
    def period(self) -> Period:
        """Days typed come first; without any, the quarter or year chosen, else the present quarter."""
        self.is_valid()
        values = self.cleaned_data
        first, last = values.get("from"), values.get("to")
        if first or last:
            first = first or date(last.year, 1, 1)
            return Period(first, max(first, last or self.today))
        now = quarter_of(self.today)
        year, quarter = values.get("year") or now.year, values.get("quarter")
        if quarter is None:
            return rules.period_of(year, now.number) if year == now.year else rules.period_of(year, None)
        return rules.period_of(year, quarter or None)

    @property
    def scope(self) -> Scope:
        period = self.period
        chosen = {way: self.cleaned_data.get(way) or None for way in WAYS}
        return Scope(period, **{way: key if key in (None, NONE) else int(key) for way, key in chosen.items()})

    @property
    def has_more(self) -> bool:
        """One of the rarer filters is in use."""
        self.is_valid()
        return any(self.cleaned_data.get(name) for name in ("from", "to", *WAYS))

    @property
    def may_plan(self) -> bool:
        return access.may_plan(self.user)


class FindingFilter(ScopeForm):
    """Findings also by what became of them."""

    def __init__(self, data, *, user, today):
        super().__init__(data, user=user, today=today)
        self.fields["state"] = forms.ChoiceField(
            label=_("State"),
            required=False,
            choices=[("", _("all")), (OPEN, pgettext_lazy("finding", "open")), (SOLVED, _("solved"))],
        )
        self.fields["kind"] = forms.ChoiceField(
            label=_("Kind"), required=False, choices=[("", _("all")), *Finding.Kind.choices]
        )


class FiguresForm(ScopeForm):
    """Figures in groups of one way."""

    by = forms.ChoiceField(label=pgettext_lazy("figures in groups", "In groups of"), required=False)

    def __init__(self, data, *, user, today):
        super().__init__(data, user=user, today=today)
        del self.fields["q"]
        self.fields["by"].choices = [(way, CALLED[way]) for way in WAYS]

    @property
    def way(self) -> str:
        self.is_valid()
        return self.cleaned_data.get("by") or WAYS[0]


class VisitForm(PlainTextForm):
    """One visit; the enterprise is settled before. ``correcting``: the version seen instead of token and photos."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    project = forms.ModelChoiceField(Project.objects.none(), label=_("Project"), required=False)
    visited_on = day_field(_("Date of the visit"))
    met_name = forms.CharField(label=_("Whom I met"), max_length=100, required=False)
    companions = forms.CharField(label=_("Together with"), max_length=200, required=False)
    place = forms.CharField(label=_("Place"), max_length=200, required=False)
    latitude = forms.DecimalField(
        min_value=-90, max_value=90, decimal_places=6, required=False, widget=forms.HiddenInput
    )
    longitude = forms.DecimalField(
        min_value=-180, max_value=180, decimal_places=6, required=False, widget=forms.HiddenInput
    )
    summary = text_field(_("What was seen and said"), required=False)
    camera = ManyFilesField(
        label=_("Take a photo"),
        required=False,
        widget=ManyFilesInput(attrs={"accept": "image/*", "capture": "environment"}),
    )
    photos = ManyFilesField(
        label=_("Choose pictures"), required=False, widget=ManyFilesInput(attrs={"accept": f"image/*,{PICTURES}"})
    )

    def __init__(self, *args, enterprise, user, today, visit=None, **kwargs):
        super().__init__(*args, **kwargs)
        dropped = ("token", "camera", "photos", "project") if visit else ("version",)
        for name in dropped:
            del self.fields[name]
        self.fields["visited_on"].widget.attrs["max"] = today.isoformat()
        if visit is None:
            projects = Project.objects.visible_to(user).filter(enterprise=enterprise).order_by("-updated_at")
            self.fields["project"].queryset = projects
            self.initial.setdefault("token", uuid.uuid4())
            self.initial.setdefault("visited_on", today)

    def values(self) -> dict:
        return {name: self.cleaned_data[name] for name in CORRECTABLE if name in self.cleaned_data}

    @property
    def uploads(self) -> list:
        return [*self.cleaned_data["camera"], *self.cleaned_data["photos"]]


class FindingForm(PlainTextForm):
    """One need or problem; an empty row is none."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Finding.Kind.choices)
    category = forms.ChoiceField(
        label=_("Category"), choices=LedgerItem.Category.choices, initial=LedgerItem.Category.OTHER
    )
    text = text_field(_("What was found"), required=False, rows=2, max_length=2000)
    solved = forms.BooleanField(label=_("Solved on the spot"), required=False)
    solution = text_field(_("How it was solved"), required=False, rows=2, max_length=2000)

    def clean(self):
        values = super().clean()
        text, solved, solution = values.get("text"), values.get("solved"), values.get("solution")
        if (solved or solution) and not text and "text" not in self.errors:
            self.add_error("text", _("Please write what was found."))
        if solved and not solution and "solution" not in self.errors:
            self.add_error("solution", _("Please write how it was solved."))
        if solution and not solved:
            self.add_error("solved", _("Tick this if it was solved on the spot; otherwise leave the solution empty."))
        return values

    @property
    def found(self) -> Found | None:
        values = self.cleaned_data
        if not values.get("text"):
            return None
        return Found(values["text"], values["kind"], values["category"], values["solution"] if values["solved"] else "")


FindingRows = forms.formset_factory(FindingForm, extra=FINDINGS, max_num=FINDINGS, validate_max=True)


def found_in(rows) -> list[Found]:
    """What a valid set of rows says."""
    return [found for row in rows if (found := row.found) is not None]


class ReasonForm(PlainTextForm):
    """Taking a planned visit off."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    reason = text_field(_("Reason"), rows=2, max_length=200)


class MoveForm(PlainTextForm):
    """Another visitor, day, grid or quarter for a planned visit."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    visitor = forms.ModelChoiceField(User.objects.none(), label=_("Visitor"), required=False)
    plan_on = day_field(_("Wanted day"), required=False)
    grid = forms.ModelChoiceField(VisitGrid.objects.none(), label=_("Grid"), required=False)
    quarter = forms.ChoiceField(label=_("Quarter"))
    reason = text_field(_("Reason"), rows=2, max_length=200)

    def __init__(self, *args, user, today, planned, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["visitor"].queryset = visitors(user)
        self.fields["grid"].queryset = VisitGrid.objects.visible_to(user)
        own = rules.Quarter(planned.year, planned.quarter)
        first = rules.quarter_of(today)
        offered = sorted({own, first, first.next, first.next.next, first.next.next.next})
        self.fields["quarter"].choices = [(quarter.index, str(quarter)) for quarter in offered]

    def values(self) -> dict:
        year, number = divmod(int(self.cleaned_data["quarter"]), 4)
        own = {name: self.cleaned_data[name] for name in ("visitor", "plan_on", "grid")}
        return own | {"year": year, "quarter": number + 1}


class GridForm(PlainTextForm):
    name = forms.CharField(label=_("Name"), max_length=60)
    unit = forms.ModelChoiceField(Organization.objects.none(), label=_("Unit"), required=False)
    person = forms.ModelChoiceField(User.objects.none(), label=_("Visitor"), required=False)
    is_active = forms.BooleanField(label=_("Active"), required=False, initial=True)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Organization.objects.visible_to(user).units().order_by("name")
        self.fields["person"].queryset = visitors(user)


class QuarterForm(forms.Form):
    """The quarter a plan is made for: this one or the three after it."""

    quarter = forms.ChoiceField(label=_("Quarter"))

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        quarter, choices = quarter_of(today), []
        for _n in range(4):
            choices.append((quarter.index, str(quarter)))
            quarter = quarter.next
        self.fields["quarter"].choices = choices

    @property
    def chosen(self) -> rules.Quarter:
        year, number = divmod(int(self.cleaned_data["quarter"]), 4)
        return rules.Quarter(year, number + 1)


class PlacesFilter(forms.Form):
    """Enterprises by name and grid."""

    q = forms.CharField(
        label=_("Search"), max_length=100, required=False, widget=forms.TextInput(attrs={"type": "search"})
    )
    grid = forms.ChoiceField(label=_("Grid"), required=False)

    def __init__(self, data, *, grids):
        super().__init__(data)
        self.fields["grid"].choices = [
            ("", _("all")),
            (NONE, pgettext_lazy("no grid, unit or visitor", "none")),
            *((grid.pk, str(grid)) for grid in grids),
        ]

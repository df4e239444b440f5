"""Forms of elements. They read input and offer what the user may see; the rules are in the actions."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Organization
from dispatch.elements import overview, words, yields
from dispatch.elements.kinds import KINDS
from dispatch.elements.models import (
    AcquisitionPlot,
    Element,
    ElementNeed,
    ElementSupply,
    FundingApplication,
    YearlyOutput,
)
from dispatch.elements.per_mu import Indicator
from dispatch.elements.plots import CLEARED, COMPLETED, LATE, OPEN
from dispatch.elements.states import FundingVerb
from dispatch.ledger.forms import NOTE, PlainTextForm, ProjectField, day_field, text_field
from projects.filters import Select
from projects.forms import columns, plain
from projects.models import Project
from projects.text import find_problem

ALL = ("", _("all"))
AMOUNT = {"max_digits": 16, "decimal_places": 4, "min_value": 0}


def start_of(row, names) -> dict[str, Any]:
    """What a form shows at first: amounts without needless zeros."""
    return {name: plain(getattr(row, name)) for name in names}


class Editing(PlainTextForm):
    """A form over a row. ``version`` is empty for a new one; ``values()`` is what the action takes."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, required=False)

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}

    def offer_units(self, user, name: str = "unit") -> None:
        self.fields[name].queryset = Organization.objects.visible_to(user).units().order_by("name")
        self.fields[name].empty_label = "—"


class SupplyForm(Editing):
    amount = forms.DecimalField(label=_("available"), **AMOUNT)
    note = columns(ElementSupply, ["note"])["note"]

    def __init__(self, *args, element: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["amount"].label = words.name_with_unit(element)


class NeedForm(Editing):
    """A project's need. Without ``need`` it is a new one; the providing unit (``may_all`` False) settles less."""

    year = forms.IntegerField(label=_("year"), min_value=2000, max_value=2100)
    element = forms.ChoiceField(label=_("element"), choices=[(code, code) for code in KINDS])
    amount = forms.DecimalField(label=_("needed"), **AMOUNT)
    secured = forms.DecimalField(label=pgettext_lazy("element", "secured"), required=False, **AMOUNT)
    needed_on = day_field(_("needed by"), required=False)
    unit = forms.ModelChoiceField(Organization.objects.none(), label=_("Unit that provides it"), required=False)
    note = columns(ElementNeed, ["note"])["note"]

    def __init__(self, *args, user, need: ElementNeed | None = None, may_all: bool = True, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["element"].choices = [(code, words.name_with_unit(code)) for code in KINDS]
        self.offer_units(user)
        if need is not None:
            del self.fields["year"], self.fields["element"]
        if not may_all:
            for name in ("amount", "needed_on", "unit"):
                del self.fields[name]

    def values(self):
        found = super().values()
        return found | ({"secured": found["secured"] or 0} if "secured" in found else {})


class ApplicationForm(Editing):
    """An application; ``allowed``: names of what may be changed in its state."""

    kind = forms.ChoiceField(label=_("kind"), choices=FundingApplication.Kind.choices)
    title = forms.CharField(label=_("title"), max_length=200)
    asked_10k = forms.DecimalField(label=_("asked for (10k CNY)"), **AMOUNT)
    paid_10k = forms.DecimalField(label=_("paid out (10k CNY)"), required=False, **AMOUNT)
    note = text_field(_("note"), max_length=NOTE, required=False)

    def __init__(self, *args, allowed, **kwargs):
        super().__init__(*args, **kwargs)
        for name in [name for name in self.fields if name != "version" and name not in allowed]:
            del self.fields[name]


class MoveForm(Editing):
    """One step of an application: day, amount or reason, as the step wants them."""

    granted_10k = forms.DecimalField(label=pgettext_lazy("funds", "granted (10k CNY)"), **AMOUNT)
    on = day_field(pgettext_lazy("day of a record", "On"))
    note = text_field(_("note"), rows=2, max_length=NOTE, required=False)

    def __init__(self, *args, verb: FundingVerb, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["version"].required = True
        if verb != FundingVerb.GRANT:
            del self.fields["granted_10k"]
        if verb in (FundingVerb.WITHDRAW, FundingVerb.REOPEN):
            del self.fields["on"]
            self.fields["note"].label, self.fields["note"].required = _("Reason"), True


OUTPUT = ("output_10k", "revenue_10k", "tax_10k", "value_added_10k", "energy_tce", "employees", "source")


class OutputForm(Editing):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields |= columns(YearlyOutput, OUTPUT)


class PlotForm(Editing):
    """The plot itself; its progress is reported apart."""

    project = ProjectField(
        Project.objects.none(), label=_("Project"), required=False, help_text=_("Name, code or initials of the name."),
        widget=forms.TextInput(attrs={"maxlength": 200}),
    )  # fmt: skip
    unit = forms.ModelChoiceField(Organization.objects.none(), label=_("Responsible unit"), required=False)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        fields = columns(AcquisitionPlot, ("name", "area_mu", "households", "plants", "cost_10k", "due_on"))
        self.fields = {"name": fields.pop("name")} | self.fields | fields
        self.fields["project"].queryset = Project.objects.visible_to(user)
        self.offer_units(user)


class ProgressForm(Editing):
    """Totals to date; made for the phone."""

    def __init__(self, *args, plot: AcquisitionPlot, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["version"].required = True
        wholes = {"acquired_mu": plot.area_mu, "households_moved": plot.households, "plants_moved": plot.plants}
        found = columns(AcquisitionPlot, tuple(wholes))
        for name, whole in wholes.items():
            if whole:
                self.fields[name] = found[name]
                found[name].help_text = _("of %(whole)s") % {"whole": plain(whole)}
                found[name].widget.attrs["inputmode"] = "decimal" if name == "acquired_mu" else "numeric"
        self.fields["reason"] = text_field(
            _("Remark, or why a figure is smaller"), rows=2, max_length=NOTE, required=False
        )

    def values(self):
        return {name: value for name, value in super().values().items() if name != "reason"}


class ClearForm(Editing):
    on = day_field(_("Clear land since"))
    evidence = text_field(_("Papers that prove it"), rows=2, max_length=NOTE)


class ReasonForm(Editing):
    reason = text_field(_("Reason"), rows=2, max_length=NOTE)


class SearchForm(forms.Form):
    """Base of the filters above a list. Wrong input is ignored."""

    q = forms.CharField(
        label=_("Search"), max_length=100, required=False, widget=forms.TextInput(attrs={"type": "search"})
    )

    def __init__(self, data, *, user, today: date):
        super().__init__(data.copy())
        self.user, self.today = user, today
        self.prepare()
        self.is_valid()

    def prepare(self) -> None:
        """Fills the choices."""

    def clean_q(self):
        text = self.cleaned_data["q"]
        if find_problem(text, limit=100):
            raise forms.ValidationError(_("Please search for something shorter, in plain text."))
        return text

    def get(self, name: str, default: Any = "") -> Any:
        return self.cleaned_data.get(name) or default

    def number(self, name: str) -> int | None:
        return int(self.cleaned_data[name]) if self.cleaned_data.get(name) else None

    def _choice(self, name: str, label, choices) -> None:
        self.fields[name] = forms.ChoiceField(label=label, required=False, choices=choices, widget=Select)

    def _years(self, found: list[int], *, first=(), usual: int | None = None) -> None:
        self._choice("year", _("Year"), [*first, *((str(year), str(year)) for year in found)])
        if usual is not None and self.data.get("year") not in map(str, found):
            self.data["year"] = str(usual)

    def _units(self) -> None:
        units = Organization.objects.visible_to(self.user).units().order_by("name")
        self._choice("unit", _("Unit"), [ALL, *((str(unit.pk), str(unit)) for unit in units)])


class YearForm(SearchForm):
    """Only the year."""

    def prepare(self):
        del self.fields["q"]
        self._years(overview.years(self.user, self.today), usual=self.today.year)

    @property
    def year(self) -> int:
        return int(self.get("year"))


class TableForm(YearForm):
    """Projects against elements."""

    def prepare(self):
        self._years(overview.years(self.user, self.today), usual=self.today.year)
        self._choice("element", _("Element"), [ALL, *Element.choices])
        self._units()
        self._choice("state", _("State"), [ALL, ("short", _("something still open"))])

    @property
    def narrowing(self) -> dict[str, Any]:
        return {
            "element": self.get("element"), "unit": self.number("unit"), "q": self.get("q"),
            "short": self.get("state") == "short",
        }  # fmt: skip


class FundingFilter(SearchForm):
    def prepare(self):
        self._choice("kind", _("Kind"), [ALL, *FundingApplication.Kind.choices])
        self._choice("state", _("State"), [ALL, *FundingApplication.State.choices])
        self._years(list(range(self.today.year + 1, self.today.year - 6, -1)), first=[ALL])

    @property
    def narrowing(self) -> dict[str, Any]:
        return {"kind": self.get("kind"), "state": self.get("state"), "year": self.number("year"), "q": self.get("q")}


class YieldForm(SearchForm):
    """Indicator, year and industry of the ranking."""

    def prepare(self):
        del self.fields["q"]
        names = [(one.value, words.indicator_name(one)) for one in Indicator]
        self._choice("by", _("Indicator"), names)
        if self.data.get("by") not in frozenset(Indicator):
            self.data["by"] = Indicator.TAX.value
        self._years(yields.years(self.user, self.today), usual=yields.latest_year(self.user, self.today))
        self._choice("industry", _("Industry"), [ALL, *((name, name) for name in yields.industries(self.user))])

    @property
    def wanted(self) -> tuple[Indicator, int, str]:
        return Indicator(self.get("by")), int(self.get("year")), self.get("industry")


class PlotFilter(SearchForm):
    def prepare(self):
        states = [
            (OPEN, _("not cleared yet")), (LATE, _("late")), (COMPLETED, _("complete, to be confirmed")),
            (CLEARED, _("clear land confirmed")),
        ]  # fmt: skip
        self._choice("state", _("State"), [ALL, *states])
        self._units()

    @property
    def narrowing(self) -> dict[str, Any]:
        return {"state": self.get("state"), "unit": self.number("unit"), "q": self.get("q")}

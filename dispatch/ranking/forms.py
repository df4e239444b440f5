"""Forms of rankings. They read input; the rules are in the actions."""

from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Organization
from dispatch.ledger.forms import PlainTextForm, text_field
from dispatch.ranking.formula import FIELDS, HIGHEST_CAP, LONGEST_CODE, LONGEST_NAME, SOURCES, Formula, Kind
from dispatch.ranking.models import ContestEntry
from dispatch.reports.words import exact

REASON = 1000
SPARE_ROWS = 2

KIND_WORDS = {
    Kind.RATE: pgettext_lazy("score", "rate"),
    Kind.CLOSURE: _("closure rate"),
    Kind.ON_TIME: _("share done in time"),
    Kind.COUNTER: _("counter against the best unit"),
    Kind.PENALTY: _("points off for each case"),
}
SOURCE_WORDS = {
    "formalities": _("formalities settled"),
    "starts": _("projects started"),
    "enrolment": _("projects enrolled"),
    "investment": _("investment done"),
    "quarter": _("share of the quarter"),
    "items_closed": _("ledger items due this year and closed"),
    "tasks_on_time": _("ledger items and steps of the period done in time"),
    "items_on_time": _("ledger items of the period done in time"),
    "steps_on_time": _("steps of the period done in time"),
    "starts_completions": _("starts and completions of the period"),
    "project_starts": _("starts of the period"),
    "project_completions": _("completions of the period"),
    "entry": _("figure entered under the item's code"),
    "tasks_overdue": _("tasks overdue and open"),
}
EMPTY_WORDS = {
    "average": _("the average of the others"),
    "zero": pgettext_lazy("score", "nothing"),
    "full": _("full marks"),
}
WRONG_WORDS = {
    "no_items": _("A formula needs at least one item."),
    "too_many_items": _("These are too many items."),
    "code_twice": _("Every code may stand once only."),
    "bad_code": _("A code consists of letters, digits and underscores and begins with a letter."),
    "bad_name": _("Every item needs a short name."),
    "bad_source": _("This figure cannot be counted in this way."),
    "bad_cap": _("The cap is out of range."),
    "bad_weight": _("A weight is a whole number from 1 to 100."),
    "weights_not_100": _("The weights have to add up to 100; points off do not count."),
}


class ItemForm(forms.Form):
    """One line of a formula."""

    code = forms.CharField(label=_("Code"), max_length=LONGEST_CODE)
    name_zh = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)
    kind = forms.ChoiceField(label=_("Counted as"), choices=[(kind.value, KIND_WORDS[kind]) for kind in Kind])
    source = forms.ChoiceField(label=_("Figure"))
    weight = forms.IntegerField(label=_("Weight"), min_value=1, max_value=100)
    cap = forms.IntegerField(label=_("Cap (%)"), min_value=1, max_value=HIGHEST_CAP, initial=100)
    empty = forms.ChoiceField(label=_("Where there is nothing"), choices=list(EMPTY_WORDS.items()))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        names = dict.fromkeys(source for sources in SOURCES.values() for source in sources)
        self.fields["source"].choices = [(name, SOURCE_WORDS[name]) for name in names]


class ItemFormSetBase(BaseFormSet):
    def value(self) -> dict[str, Any]:
        """The formula as data; lines left empty or marked for removal are left out."""
        kept = [form for form in self.forms if form.has_changed() or form.initial]
        rows = [form.cleaned_data for form in kept if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        return {"items": [{name: row[name] for name in FIELDS} for row in rows]}


ItemFormSet = formset_factory(ItemForm, formset=ItemFormSetBase, extra=SPARE_ROWS, can_delete=True)


def item_forms(data, formula: Formula):
    return ItemFormSet(data, initial=[item.as_json() for item in formula.items], prefix="items")


class FormulaForm(PlainTextForm):
    """What goes with the lines of a formula."""

    base_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    note = forms.CharField(label=_("Why is it changed?"), max_length=200)


class ReasonForm(PlainTextForm):
    """A restatement."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    reason = text_field(_("What was wrong, and why is it counted again?"), rows=3, max_length=REASON)
    with_present_rules = forms.BooleanField(label=_("Use the formula that is in force now"), required=False)


class AppealForm(PlainTextForm):
    """A unit's appeal."""

    about = forms.ChoiceField(label=_("What is the appeal about?"))
    text = text_field(_("What is wrong, and why?"), rows=4, max_length=REASON)

    def __init__(self, *args, subjects: dict[str, str], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["about"].choices = list(subjects.items())


class AnswerForm(PlainTextForm):
    """The centre's answer."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    outcome = forms.ChoiceField(
        label=_("Decision"), widget=forms.RadioSelect,
        choices=[("upheld", _("the appeal is right")), ("rejected", _("the appeal is not right"))],
    )  # fmt: skip
    text = text_field(_("Reason, for the unit to read"), rows=4, max_length=REASON)


class EntriesForm(PlainTextForm):
    """The grid units × counters of one quarter; empty fields say nothing."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    source = forms.CharField(label=_("Where do these figures come from?"), max_length=200)

    def __init__(
        self, *args, units: list[Organization], counters: list[tuple[str, str]],
        present: dict[tuple[int, str], ContestEntry], **kwargs,
    ):  # fmt: skip
        super().__init__(*args, **kwargs)
        self.units, self.counters, self.present = units, counters, present
        for unit in units:
            for code, name in counters:
                entry = present.get((unit.pk, code))
                self.fields[self.name_of(unit, code)] = forms.DecimalField(
                    label=f"{unit.name} {name}", required=False, min_value=0, max_digits=15, decimal_places=4,
                    initial=exact(entry.value) if entry else None,
                )  # fmt: skip

    @staticmethod
    def name_of(unit: Organization, code: str) -> str:
        return f"value-{unit.pk}-{code}"

    def values(self) -> dict[tuple[Organization, str], Decimal]:
        found = {}
        for unit in self.units:
            for code, _name in self.counters:
                number = self.cleaned_data.get(self.name_of(unit, code))
                if number is not None:
                    found[unit, code] = number
        return found

    @property
    def grid(self) -> list[dict[str, Any]]:
        """Rows for the page."""
        return [
            {
                "unit": unit,
                "sources": self._sources(unit),
                "cells": [{"field": self[self.name_of(unit, code)], "name": name} for code, name in self.counters],
            }
            for unit in self.units
        ]

    def _sources(self, unit: Organization) -> list[str]:
        """Where the unit's present figures come from, each source once."""
        entries = [self.present[unit.pk, code] for code, _name in self.counters if (unit.pk, code) in self.present]
        return list(dict.fromkeys(entry.source for entry in entries))


def wrong_words(codes: list[str]) -> list[str]:
    return [str(WRONG_WORDS[code]) if code in WRONG_WORDS else code for code in codes]

"""Forms of measures. They read input; the rules are in the actions."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dispatch.ledger.forms import NOTE, PlainTextForm, text_field
from dispatch.ledger.models import LedgerItem
from dispatch.measures.actions import WRITABLE
from dispatch.measures.models import Measure


class MeasureForm(PlainTextForm):
    """Publish or edit a measure."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, required=False)
    title = forms.CharField(label=_("Title"), max_length=200)
    category = forms.ChoiceField(label=_("Category"), choices=LedgerItem.Category.choices)
    problem = text_field(_("Problem"), help_text=_("So that others recognise theirs: no names, no figures."))
    solution = text_field(_("How it was solved"), rows=6)
    conditions = text_field(_("When it applies"), rows=2, required=False)

    def values(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in WRITABLE}


class WithdrawForm(PlainTextForm):
    """Why a measure is no longer to be used."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    reason = text_field(_("Reason"), rows=2, max_length=NOTE)


class MeasureFilter(forms.Form):
    """The filters above the list."""

    q = forms.CharField(label=_("Search"), required=False, max_length=100)
    category = forms.ChoiceField(
        label=_("Category"), required=False, choices=[("", _("all")), *LedgerItem.Category.choices]
    )
    use = forms.ChoiceField(
        label=_("In use or not"),
        required=False,
        choices=[("", _("in use")), ("withdrawn", pgettext_lazy("measure", "withdrawn")), ("all", _("all"))],
    )

    def narrow(self, rows):
        """The rows these filters leave; a filter that says something unknown leaves everything."""
        values = self.cleaned_data if self.is_valid() else {}
        match values.get("use"):
            case "withdrawn":
                rows = rows.filter(withdrawn_at__isnull=False)
            case "all":
                pass
            case _:
                rows = rows.in_use()
        if category := values.get("category"):
            rows = rows.filter(category=category)
        return rows.search(values.get("q", ""))


def first_values(item: LedgerItem) -> dict[str, str]:
    """What the form starts with when an item is published: what it says itself, and the evidence of its closure."""
    solution = "\n".join(text for text in (item.measures, item.progress) if text)
    return {
        "title": item.title, "category": item.category, "problem": item.description or item.title, "solution": solution,
    }  # fmt: skip


def present(measure: Measure) -> dict:
    return {name: getattr(measure, name) for name in (*WRITABLE, "version")}

"""The form that makes a personal token."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.api_scopes import AREAS, READ, WRITE
from accounts.token_actions import LONGEST_DAYS, USUAL_DAYS

RIGHTS = {READ: pgettext_lazy("scope", "read"), WRITE: pgettext_lazy("scope", "write")}


def scope_choices() -> list[tuple[str, str]]:
    """Every scope with its words."""
    return [(f"{area}:{right}", f"{name} · {words}") for area, name in AREAS.items() for right, words in RIGHTS.items()]


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("What the token is for"), max_length=100, help_text=_("For example the program that will use it.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"), choices=scope_choices, widget=forms.CheckboxSelectMultiple,
        help_text=_("The token never allows more than your role does."),
    )  # fmt: skip
    days = forms.IntegerField(
        label=_("Valid for so many days"), min_value=1, max_value=LONGEST_DAYS, initial=USUAL_DAYS
    )

    def clean_name(self):
        name = " ".join(self.cleaned_data["name"].split())
        if not name.isprintable() or any("\ud800" <= letter <= "\udfff" for letter in name):
            raise forms.ValidationError(_("This contains a character that cannot be stored."))
        return name

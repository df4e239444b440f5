from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _


class FindForm(forms.Form):
    """What somebody is looking for in the guide."""

    q = forms.CharField(label=_("I need …"), required=False, max_length=100)
    line = forms.ChoiceField(label=_("Line"), required=False)

    def __init__(self, *args, lines: Sequence[tuple[str, str]], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["line"].choices = [("", _("all lines")), *lines]
        self.fields["q"].widget.attrs["placeholder"] = _("construction permit, fire, land …")

    def wanted(self) -> dict[str, str]:
        """Words and line; an unknown line is no line."""
        cleaned = self.cleaned_data if self.is_valid() else {}
        return {"words": cleaned.get("q", ""), "line": cleaned.get("line", "")}

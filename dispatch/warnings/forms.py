"""Filters of the warnings page. Choices are what the user may see, never more."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from dispatch.response.models import ResponseCase, ResponseLevel
from dispatch.warnings.models import Warning
from dispatch.warnings.reading import rule_names
from projects.models import Light

LEVELS = [(light.value, light.label) for light in (Light.RED, Light.YELLOW, Light.BLUE)]


class WarningFilter(forms.Form):
    q = forms.CharField(label=_("Project"), max_length=100, required=False)
    level = forms.ChoiceField(label=_("Level"), required=False)
    rule = forms.ChoiceField(label=_("Rule"), required=False)
    object_type = forms.ChoiceField(label=_("About"), required=False)
    unit = forms.ModelChoiceField(Organization.objects.none(), label=_("Unit"), required=False)
    party = forms.ChoiceField(label=_("Whose days"), required=False)
    response = forms.ChoiceField(label=_("Response level"), required=False)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        everything = [("", _("all"))]
        self.fields["level"].choices = everything + LEVELS
        self.fields["rule"].choices = everything + list(rule_names().items())
        self.fields["object_type"].choices = everything + Warning.ObjectType.choices
        self.fields["party"].choices = everything + Warning.Party.choices
        self.fields["response"].choices = everything + [(str(value), label) for value, label in ResponseLevel.choices]
        units = Warning.objects.visible_to(user).active().values("unit")
        self.fields["unit"].queryset = Organization.objects.filter(pk__in=units).order_by("name")
        self.fields["unit"].empty_label = _("all")

    def narrow(self, rows):
        """The rows that pass every valid filter; an invalid one is shown with its message and ignored."""
        self.is_valid()
        values = self.cleaned_data
        for name in ("level", "rule", "object_type", "unit", "party"):
            if values.get(name):
                rows = rows.filter(**{name: values[name]})
        if values.get("response"):
            cases = ResponseCase.objects.open().filter(level=values["response"])
            rows = rows.filter(pk__in=cases.values("warning"))
        for word in values.get("q", "").split():
            rows = rows.filter(project__search_text__icontains=word)
        return rows

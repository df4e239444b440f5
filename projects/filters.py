"""What the project list can be narrowed by; shared by the page and the API."""

import django_filters
from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from accounts.i18n import localized
from accounts.models import Organization
from projects import seams
from projects.models import Light, Project
from projects.stages import ORDER, STAGES, Pool
from projects.text import find_problem, normalise_name

POOL_NAMES = {
    Pool.PLANNING: _("planning"),
    Pool.RESERVE: _("reserve"),
    Pool.STARTED: _("started"),
    Pool.PRODUCTION: _("in production"),
}
LONGEST_SEARCH = 200


class SearchField(forms.CharField):
    """Words to look for, folded like the search text; unstorable characters are an error, not a crash."""

    def clean(self, value):
        text = super().clean(value)
        if find_problem(text, limit=LONGEST_SEARCH):
            raise forms.ValidationError(_("Please search for something shorter, in plain text."))
        return " ".join(normalise_name(word) for word in text.split())


class Select(forms.Select):
    """A drop-down written in one go; a template for every option is the dearest part of a page of filters."""

    def render(self, name, value, attrs=None, renderer=None):
        context = self.get_context(name, value, attrs)["widget"]
        options = (option for _group, group, _index in context["optgroups"] for option in group)
        lines = (("\n  ", o["value"], flatatt(o["attrs"]), o["label"]) for o in options)
        shown = format_html_join("", '{}<option value="{}"{}>{}</option>', lines)
        return format_html('<select name="{}"{}>{}\n</select>', name, flatatt(context["attrs"]), shown)


class SearchFilter(django_filters.CharFilter):
    field_class = SearchField


def units_of(request):
    """Responsible units the person may know of."""
    if not request:
        return Organization.objects.none()
    return Organization.objects.visible_to(request.user).units().only("name", "short_name")


def stage_choices():
    """(code, name in the active language) of all stages."""
    return [(stage.value, localized(STAGES[stage], "name")) for stage in ORDER]


class ProjectFilter(django_filters.FilterSet):
    """Needs ``request``; ``queryset`` is what the person may see."""

    q = SearchFilter(
        method="search",
        label=_("Search"),
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Name, initials, code or enterprise")}),
    )
    pool = django_filters.ChoiceFilter(
        method="in_pool", label=_("Pool"), widget=Select, choices=list(POOL_NAMES.items())
    )
    stage = django_filters.ChoiceFilter(label=_("Stage"), widget=Select, choices=stage_choices)
    light = django_filters.ChoiceFilter(label=_("Light"), widget=Select, choices=Light.choices)
    status = django_filters.ChoiceFilter(label=_("Status"), widget=Select, choices=Project.Status.choices)
    responsible_unit = django_filters.ModelChoiceFilter(label=_("Responsible unit"), widget=Select, queryset=units_of)
    industry = django_filters.CharFilter(method="in_industry", label=_("Industry"))
    level = django_filters.ChoiceFilter(label=_("Level"), widget=Select, choices=Project.Level.choices)
    nature = django_filters.ChoiceFilter(label=_("Nature"), widget=Select, choices=Project.Nature.choices)
    stale = django_filters.BooleanFilter(
        method="not_updated",
        label=_("Without news"),
        widget=Select(choices=[("", _("all")), ("true", _("Yes"))]),
    )

    class Meta:
        model = Project
        fields = ["q", "pool", "stage", "light", "status", "responsible_unit", "industry", "level", "nature", "stale"]

    def search(self, rows, name, value):
        return rows.search(value)

    def in_pool(self, rows, name, value):
        return rows.in_pool(value)

    def in_industry(self, rows, name, value):
        return rows.filter(industry__icontains=value)

    def not_updated(self, rows, name, value):
        if not value:
            return rows
        return rows.filter(seams.without_news())

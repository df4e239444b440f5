"""Filters of the pages of bulletins."""

from django import template

register = template.Library()


@register.filter
def of(mapping, key):
    """The value of a key in a mapping; empty without either."""
    return mapping.get(key, "") if mapping else ""

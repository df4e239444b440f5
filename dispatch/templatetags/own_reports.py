"""Filters of the pages of own reports."""

from django import template

register = template.Library()


@register.filter
def of_key(mapping, key):
    """The value of a dictionary, None where there is none."""
    return mapping.get(key)

"""Filters of the button that asks for a file."""

import json

from django import template

register = template.Library()


@register.filter
def as_json(value) -> str:
    """The value as JSON text, escaped by the template like any other text."""
    return json.dumps(value, ensure_ascii=False)

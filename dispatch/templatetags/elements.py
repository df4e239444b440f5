"""Filters of the pages of elements. Display only; None is always "—"."""

from django import template

from accounts.templatetags.navigator import percent
from dispatch.elements import words

register = template.Library()


@register.filter
def amount(value, element):
    """An amount of this element, grouped, with as many decimals as the element has."""
    return words.amount_text(value, element)


@register.filter
def element_title(element):
    """用地（亩）"""
    return words.name_with_unit(element)


@register.filter
def open_amount(need):
    """What is still to be found for a need."""
    return need.amount - need.secured


@register.filter
def share(value):
    """A fraction as a percentage, half up to one decimal."""
    return percent(None if value is None else words.decimal_of(value))

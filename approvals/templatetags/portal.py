"""Addresses of the enterprise's portal in templates."""

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_tag
def portal_url(who, name, *args):
    """``{% portal_url who "step" view.row.code %}``: the page for this account or this link."""
    return who.url(name, *args)


@register.filter
def stars(score):
    """4 → "4 of 5"."""
    return _("%(score)s of 5") % {"score": score}

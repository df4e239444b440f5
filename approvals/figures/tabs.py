"""The pages of figures, as tabs over each of them."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.permissions import Verb, may


def tabs(user, active: str) -> list[dict[str, Any]]:
    """Those this person may open; reviews and services are open to everybody of park and units."""
    pages = [
        ("steps", _("Steps and departments"), "approvals:figures", may(user, Verb.VIEW_FIGURES)),
        ("land", _("From land to ground breaking"), "approvals:figures_land", may(user, Verb.VIEW_FIGURES)),
        ("joint", _("Joint reviews"), "approvals:joint_list", True),
        ("agency", _("Service on behalf"), "approvals:agency", True),
    ]
    return [
        {"label": label, "href": reverse(name), "active": key == active}
        for key, label, name, allowed in pages
        if allowed
    ]

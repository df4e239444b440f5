"""What a view does with a refusal: it becomes an error of the form, and the typed text stays."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused


def attempt(form, action: Callable[[], Any]) -> Any:
    """The action's result, or None with its refusal as an error of the form.

    ``form.was_overtaken`` is set when somebody else was first.
    """
    try:
        return action()
    except Conflict as refusal:
        form.was_overtaken = True
        form.add_error(None, f"{refusal} {_('Your text is still here.')}")
    except Refused as refusal:
        form.add_error(None, str(refusal))
    return None


def status_of(form) -> int:
    """200 for a form nobody has sent or that was accepted, 409 for a refusal as a whole, 422 for wrong fields."""
    if not form.is_bound or form.is_valid():
        return 200
    return 409 if form.non_field_errors() else 422

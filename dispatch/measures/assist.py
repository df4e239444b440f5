"""Help while an item is being written: what was solved before, and a measure's words taken over into the form."""

from typing import Any

from django.http import HttpRequest, QueryDict

from dispatch.ledger.models import LedgerItem
from dispatch.measures import actions
from dispatch.measures.models import Measure
from dispatch.measures.search import Alike, similar

MANY = ("cooperating_units",)
NOT_TYPED = ("csrfmiddlewaretoken", "similar", "take_measure")
SHOWN = 5
LONGEST = 1000  # characters of the new text that are looked at


def asked_for_help(request: HttpRequest) -> bool:
    """Whether the form was sent to look for what is alike, or to take a measure over; nothing is registered then."""
    return request.method == "POST" and ("similar" in request.POST or "take_measure" in request.POST)


def typed(request: HttpRequest) -> dict[str, Any]:
    """First values of the form from what was typed, with the words of the measure named ``take_measure``."""
    values = {name: _value(request.POST, name) for name in request.POST if name not in NOT_TYPED}
    measure = named(request, request.POST.get("take_measure", ""))
    if measure is None:
        return values
    so_far = LedgerItem(measures=values.get("measures", ""), standard=values.get("standard", ""))
    return values | actions.words_of(measure, so_far) | {"measure": measure.pk}


def linked(request: HttpRequest) -> dict[str, Any]:
    """First values from the measure that a link names (``?measure=12``), if the user may see it."""
    measure = named(request, request.GET.get("measure", ""))
    if measure is None:
        return {}
    return actions.words_of(measure) | {"measure": measure.pk, "category": measure.category}


def alike(request: HttpRequest) -> Alike:
    """What is alike to the title and description that were typed."""
    text = "\n".join(request.POST.get(name, "") for name in ("title", "description"))
    return similar(text[:LONGEST], user=request.user, limit=SHOWN)


def named(request: HttpRequest, pk: str) -> Measure | None:
    """The measure in use of this key, if the user may see it."""
    if not (pk.isascii() and pk.isdecimal() and len(pk) < 19):
        return None
    return Measure.objects.visible_to(request.user).in_use().select_related("item").filter(pk=pk).first()


def _value(data: QueryDict, name: str) -> Any:
    return data.getlist(name) if name in MANY else data.get(name)

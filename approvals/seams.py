"""Where higher apps act for approvals. They register in ``AppConfig.ready()``; approvals only calls."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from approvals.models import HelpRequest


@dataclass(frozen=True)
class HelpState:
    """How a request for help stands, in words for the enterprise; ``result`` only once it is closed."""

    text: str
    is_closed: bool = False
    closed_on: date | None = None
    result: str = ""


# (request, at=moment, on=day) called inside the transaction that made the request → (id, number) of what keeps it
help_requested: list[Callable[..., tuple[int, str]]] = []

# ids given by help_requested → {id: HelpState}; ids that are gone are left out
help_states: list[Callable[[Collection[int]], Mapping[int, HelpState]]] = []


def states_of(requests: Collection["HelpRequest"]) -> dict[int, HelpState]:
    """{item id: HelpState} of these requests, from all apps together."""
    ids = [request.item_id for request in requests if request.item_id]
    found: dict[int, HelpState] = {}
    for source in help_states if ids else ():
        found |= source(ids)
    return found

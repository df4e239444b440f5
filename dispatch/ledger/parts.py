"""Parts of an item's page that other sub-packages add: files, similar measures, the instruction behind it, …

A source is a function (item, user, today) → Part or None; it registers itself in ``AppConfig.ready()``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from accounts.models import User
from dispatch.ledger.models import LedgerItem


@dataclass(frozen=True)
class Part:
    """A section of the page: its heading, template and context; parts stand in the order of ``order``."""

    title: Any
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    order: int = 50


sources: list[Callable[[LedgerItem, User, date], Part | None]] = []


def parts_of(item: LedgerItem, user: User, today: date) -> list[Part]:
    """The parts that have something to show to this person."""
    found = [source(item, user, today) for source in sources]
    return sorted((part for part in found if part is not None), key=lambda part: part.order)

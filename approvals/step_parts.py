"""The parts of a step's page that the sub-packages of approvals and higher apps add, each with its own template."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from approvals import seams

MAIN, SIDE = "main", "side"


@dataclass(frozen=True)
class Part:
    """One section of the page.

    The template finds ``part`` (this context), ``view``, ``row``, ``project`` and ``is_staff``; those of approvals
    begin with ``approvals/parts/_``. ``column`` is MAIN or SIDE.
    """

    template: str
    context: Mapping[str, Any]
    column: str = MAIN


Source = Callable[..., Part | None]
"""(view: StepView, user) → the part, or None when there is nothing to show to this person. ``user`` may be a
ProjectVisitor; ``view.today`` and ``view.calendar`` are the day and the calendar of the page."""


def sources() -> tuple[Source, ...]:
    """In the order of the page; what higher apps have registered comes last."""
    from approvals.certificates import parts as certificates
    from approvals.days import bars
    from approvals.joint import part as joint
    from approvals.papers import part as papers
    from approvals.portal import part as portal
    from approvals.promises import part as promises

    own = (portal.source, papers.source, promises.source, bars.part, joint.source, certificates.step_part)
    return (*own, *seams.step_parts)


def parts_of(view, user) -> dict[str, list[Part]]:
    """The parts for this person: {"main_parts": […], "side_parts": […]}."""
    found = [part for source in sources() if (part := source(view, user))]
    return {
        "main_parts": [part for part in found if part.column == MAIN],
        "side_parts": [part for part in found if part.column == SIDE],
    }

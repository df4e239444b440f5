"""Where higher apps act for approvals. They register in ``AppConfig.ready()``; approvals only calls."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from accounts.i18n import localized
from projects.stages import STAGES, Stage

if TYPE_CHECKING:
    from approvals.models import HelpRequest, ProjectStep
    from projects.models import Project


@dataclass(frozen=True)
class HelpState:
    """How a request for help stands, in words for the enterprise; ``result`` only once it is closed."""

    text: str
    is_closed: bool = False
    closed_on: date | None = None
    result: str = ""


@dataclass(frozen=True)
class Expected:
    """A milestone ahead: its stage and day as things stand; provisional when that year's holidays are not official."""

    stage: str
    on: date
    is_provisional: bool = False

    @property
    def name(self) -> str:
        return localized(STAGES[Stage(self.stage)], "name")


# (request, at=moment, on=day) called inside the transaction that made the request → (id, number) of what keeps it
help_requested: list[Callable[..., tuple[int, str]]] = []

# ids given by help_requested → {id: HelpState}; ids that are gone are left out
help_states: list[Callable[[Collection[int]], Mapping[int, HelpState]]] = []

# (view: StepView, user) → step_parts.Part or None; these parts stand after those of approvals itself
step_parts: list[Callable] = []

# (step, verb, user) → sentences to read before this is recorded; they stop nobody
cautions: list[Callable[..., Iterable[str]]] = []


# (step, StepTransition, by=, at=) called inside the transaction that recorded it
on_recorded: list[Callable[..., None]] = []


# (project, today) → milestones ahead with the days they are expected, for the enterprise
expected: list[Callable[..., Iterable[Expected]]] = []


def expected_of(project: "Project", today: date) -> list[Expected]:
    """When any app expects the milestones ahead, in order."""
    return [found for source in expected for found in source(project, today)]


def cautions_for(step: "ProjectStep", verb: str, user) -> list[str]:
    """What any app finds worth saying before ``verb`` is recorded on the step."""
    return [sentence for source in cautions for sentence in source(step, verb, user)]


def states_of(requests: Collection["HelpRequest"]) -> dict[int, HelpState]:
    """{item id: HelpState} of these requests, from all apps together."""
    ids = [request.item_id for request in requests if request.item_id]
    found: dict[int, HelpState] = {}
    for source in help_states if ids else ():
        found |= source(ids)
    return found

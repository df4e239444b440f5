"""Where higher apps have something to say about projects. They register in ``AppConfig.ready()``; projects only calls.

Each registry is a plain list of functions, called in the order of registration.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Model, Q

if TYPE_CHECKING:
    from projects.models import Project


@dataclass(frozen=True)
class Missing:
    """One unmet requirement of a gate, as a sentence for the person who is refused, with a link when there is one."""

    code: str
    text: str
    url: str = ""


@dataclass(frozen=True)
class Panel:
    """A part of the project page: template name and a function (project, user, today) → context.

    With the key "investment" it stands above the figures of that tab and gets none of its own.
    """

    key: str
    title: Any
    template: str
    context: Callable[..., Mapping[str, Any]]


# (project, gate name, on) → what is missing before the gate may be passed
gate_checks: list[Callable[["Project", str, date], Iterable[Missing]]] = []

# (projects, by, at) called inside the transaction that created them, for many at once
on_created: list[Callable[..., None]] = []

# (project ids, by, at) called inside the transaction after actual milestone dates have become known or changed
on_milestones: list[Callable[..., None]] = []

# (project, by, at) called inside the transaction after columns other than the progress texts have changed
on_edited: list[Callable[..., None]] = []

# (StageEntry rows with their projects, by, at) called inside the transaction after projects have entered a stage
on_stage: list[Callable[..., None]] = []

# (project ids, by, at) called inside the transaction after projects were suspended, resumed or terminated
on_status: list[Callable[..., None]] = []

# organization ids → condition on Project: projects that reach these units by something in a higher app
unit_reach: list[Callable[[list[int]], Q]] = []

# (projects, user, today) → {project id: {name: value}} facts for rows of a list, fetched for the whole page at once
row_facts: list[Callable[[Sequence["Project"], Any, date], Mapping[int, Mapping[str, Any]]]] = []

# (park id, year) → {month: why its investment may no longer be reported}, a sentence that says what to do instead
investment_locks: list[Callable[[int, int], Mapping[int, str]]] = []

# (request, rows of a list asked for as a workbook) → an answer in its place when it takes too long to wait for, or None
long_lists: list[Callable[[Any, Any], Any]] = []

# () → condition on Project: nobody has recorded anything about these for too long
quiet: list[Callable[[], Q]] = []

# request of the project list → {"label", "href"} of another view of the same projects, beside table and board
list_views: list[Callable[[Any], Mapping[str, Any]]] = []

# model → (at) → condition on its rows: made when projects were created at that moment, or by the machine since, and
# touched by nobody. They go with the project; whatever else hangs on it keeps its import from being taken back
born_with: dict[type[Model], Callable[[datetime], Q]] = {}

# (project ids, adopted_at, by, at) called inside the transaction that takes an import back, before the values of these
# projects, written at ``adopted_at``, are put back; may raise Refused
on_import_undone: list[Callable[..., object]] = []

# parts of the project page, in order
panels: list[Panel] = []


def instead_of(request, rows) -> Any:
    """What any app answers instead of making this list at once; None: make it."""
    return next((answer for offer in long_lists if (answer := offer(request, rows)) is not None), None)


def missing_for(project: "Project", gate: str, on: date) -> list[Missing]:
    """Everything any app finds missing before ``project`` may pass ``gate`` on the day ``on``."""
    return [item for check in gate_checks for item in check(project, gate, on)]


def locked_months(park_id: int, year: int) -> dict[int, str]:
    """{month: why} of the months of the year whose investment is closed for everybody but a restatement."""
    return {month: why for lock in investment_locks for month, why in lock(park_id, year).items()}


def without_news() -> Q:
    """Projects that any app calls quiet; none where nobody says so."""
    condition = Q(pk__in=[])
    for found in quiet:
        condition |= found()
    return condition


def facts_for(projects: Sequence["Project"], user, today: date) -> dict[int, dict[str, Any]]:
    """Row facts of all apps merged, one dictionary a project."""
    merged: dict[int, dict[str, Any]] = {project.pk: {} for project in projects}
    for source in row_facts:
        for pk, facts in source(projects, user, today).items():
            merged[pk].update(facts)
    return merged

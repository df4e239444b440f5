"""What every project's network has beside its steps: milestones, pieces of work, and how they hang together. Pure.

Source: domain.md 1 (gates), 3.1 (what each stage needs). Steps and the links between them come from the catalogue.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping

from projects.planning.network import Link, LinkKind
from projects.stages import GATES, Stage

MILESTONES: tuple[str, ...] = ("L03", "L04", "L05", "L06", "L08", "L09", "L10", "L11", "L12", "L13")
GOALS: tuple[str, ...] = ("L08", "L10", "L13")
FINAL_GOAL = GOALS[-1]
# piece of work → the milestones it lies between; W2 (fitting out) ends when an acceptance of the works can begin
WORKS: Mapping[str, tuple[str, str]] = {
    "W1": ("L08", "L09"),
    "W2": ("L09", "L10"),
    "W3": ("L09", "L11"),
    "W4": ("L11", "L12"),
    "W5": ("L12", "L13"),
}
ACCEPTANCES = ("S18", "S19", "S20")
_FIXED: tuple[Link, ...] = (
    Link("L03", "L04"),
    Link("L04", "S01"),
    Link("S01", "L05"),
    Link("S09", "L06"),
    Link("L08", "W1"),
    Link("W1", "L09"),
    Link("L09", "W2"),
    *(Link("W2", step) for step in ACCEPTANCES),
    Link("W2", "L10"),
    Link("L09", "W3"),
    Link("W3", "L11"),
    Link("L11", "W4"),
    Link("W4", "L12"),
    Link("S21", "L10"),
    Link("L12", "W5"),
    Link("W5", "L13"),
    Link("L10", "L13", is_hard=False),
)
_STAGE_OF_GATE = {gate: stage.value for stage, gate in GATES.items() if stage is not Stage.LAND}


def own_key(number: int) -> str:
    """Key of a project's own task."""
    return f"T{number}"


def links(gates: Mapping[str, Collection[str]], keys: Collection[str], dropped: Collection[str] = ()) -> list[Link]:
    """The links of the skeleton among ``keys``, each pair once.

    ``gates``: {code of the catalogue's milestone gate: codes of its steps}. A piece of work in ``dropped`` is bridged:
    what came after it follows what came before it.
    """
    found = {(link.before, link.after): link for link in [*_FIXED, *_gate_links(gates)]}
    for key in dropped:
        _bridge(found, key)
    return [link for link in found.values() if link.before in keys and link.after in keys]


def is_law(link: Link) -> bool:
    """A hard predecessor of the catalogue or a gate; links of pieces of work are only typical."""
    return link.is_hard and not {link.before, link.after} & set(WORKS)


def keeps_law(link: Link, *, pre_review: bool) -> bool:
    """Whether a project's own link asks as much as the law; side by side only where a pre-review is possible."""
    if link.kind is LinkKind.FF and not pre_review:
        return False
    return link.is_hard and link.lag_wd >= 0 and link.kind is not LinkKind.SS


def _gate_links(gates: Mapping[str, Collection[str]]) -> Iterator[Link]:
    for gate, stage in _STAGE_OF_GATE.items():
        for step in gates.get(gate, ()):
            yield Link(step, stage)


def _bridge(found: dict[tuple[str, str], Link], key: str) -> None:
    befores = [pair[0] for pair in found if pair[1] == key]
    afters = [pair[1] for pair in found if pair[0] == key]
    for before in befores:
        for after in afters:
            found.setdefault((before, after), Link(before, after))
    for pair in [pair for pair in found if key in pair]:
        del found[pair]


def usual_goal(reached: Iterable[str]) -> str:
    """The next of start, completion and production that is not reached; production when all are."""
    passed = set(reached)
    return next((goal for goal in GOALS if goal not in passed), FINAL_GOAL)

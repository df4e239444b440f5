"""What a park chooses about its plans. Pure. Source: design.md 4 "Plan"; the defaults are ours, typical values.

``params``: {"works": {"W1": working days, …}, "with_soft": bool, "minimum_sample": int, "risk_on": bool, "runs": int}.
What is missing counts as in DEFAULT.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

WORKS: Mapping[str, int] = {"W1": 120, "W2": 60, "W3": 40, "W4": 30, "W5": 20}
LONGEST_WD = 2000
SAMPLES = (3, 100)  # fewer than 3 finished steps tell nothing
RUNS = (200, 20_000)  # of the simulation of one project


@dataclass(frozen=True)
class PlanPolicy:
    """``version`` 0: nobody has chosen anything.

    ``works``: working days of the pieces of work where a project says nothing; typical default. ``with_soft``: links
    that are only the usual order bind too. ``minimum_sample``: below so many finished steps the park's own durations
    say "not enough data". ``risk_on``: p50 and p80 are worked out; ``runs``: how often each project is simulated.
    """

    version: int = 0
    works: Mapping[str, int] = field(default_factory=lambda: dict(WORKS))
    with_soft: bool = False
    minimum_sample: int = 5
    risk_on: bool = False
    runs: int = 2000

    @property
    def params(self) -> dict[str, Any]:
        """The settings in full."""
        return {
            "works": dict(self.works),
            "with_soft": self.with_soft,
            "minimum_sample": self.minimum_sample,
            "risk_on": self.risk_on,
            "runs": self.runs,
        }


DEFAULT = PlanPolicy()


def policy_from(params: Mapping[str, Any], version: int) -> PlanPolicy:
    """What ``check`` found nothing wrong with; each part that is missing or wrong counts as in DEFAULT."""
    wrong = set(check(params))
    kept = {name: params[name] for name in DEFAULT.params if name in params and name not in wrong}
    works = kept.pop("works", {})
    return PlanPolicy(version=version, works={**WORKS, **works}, **kept)


def check(params: Mapping[str, Any]) -> list[str]:
    """Names of the parts that cannot be used, "unknown" for one nobody knows; empty: nothing is wrong."""
    wrong = [name for name, is_right in _CHECKS.items() if name in params and not is_right(params[name])]
    return wrong + ["unknown"] * bool(set(params) - set(_CHECKS))


def _are_works(value: Any) -> bool:
    if not isinstance(value, Mapping) or set(value) - set(WORKS):
        return False
    return all(_is_between(days, (0, LONGEST_WD)) for days in value.values())


def _is_between(value: Any, bounds: tuple[int, int]) -> bool:
    return type(value) is int and bounds[0] <= value <= bounds[1]


_CHECKS: dict[str, Callable[[Any], bool]] = {
    "works": _are_works,
    "with_soft": lambda value: isinstance(value, bool),
    "minimum_sample": lambda value: _is_between(value, SAMPLES),
    "risk_on": lambda value: isinstance(value, bool),
    "runs": lambda value: _is_between(value, RUNS),
}

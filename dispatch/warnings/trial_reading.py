"""The cases of a dry run in words."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from dispatch.response.models import ResponseLevel
from dispatch.warnings.dryrun import Fired, Outcome
from dispatch.warnings.reading import names_of
from dispatch.warnings.trial import Trial
from projects.models import Project

LIGHTS = ("red", "yellow", "blue")


@dataclass(frozen=True)
class CaseLine:
    project: str
    about: str
    first: date
    over: date | None
    level: str
    response: str
    answered: str


@dataclass(frozen=True)
class TrialView:
    """What the page shows: the figures of both versions and one page of the cases of the proposed one."""

    trial: Trial
    page: Any
    lines: list[CaseLine]

    @property
    def columns(self) -> list[tuple[str, Outcome]]:
        return [("proposed", self.trial.proposed), ("in_force", self.trial.in_force)]

    @property
    def levels(self) -> list[tuple[str, int, int]]:
        """(light, proposed, in force), worst first."""
        wanted, now = self.trial.proposed.by_level, self.trial.in_force.by_level
        return [(light, wanted[light], now[light]) for light in LIGHTS]

    @property
    def responses(self) -> list[tuple[Any, int, int, int, int]]:
        """(level, nobody answers: proposed, in force; everybody answers: proposed, in force)."""
        a, b = self.trial.proposed, self.trial.in_force
        return [
            (label, a.by_response[level], b.by_response[level], a.by_answered[level], b.by_answered[level])
            for level, label in ResponseLevel.choices
        ]

    @property
    def months(self) -> list[tuple[str, list[int], list[int]]]:
        """(month, red, yellow and blue of the proposed version, the same of the one in force)."""
        return [
            (month, [wanted.get(light, 0) for light in LIGHTS], [now.get(light, 0) for light in LIGHTS])
            for month, wanted, now in self.trial.months
        ]


def case_lines(fired: list[Fired], code: str) -> list[CaseLine]:
    """The cases in their order; two queries for any number."""
    ids = {one.case.thing.project_id for one in fired}
    projects = dict(Project.objects.filter(pk__in=ids).values_list("pk", "name"))
    about = names_of([_Like(code, one) for one in fired])
    levels = dict(ResponseLevel.choices)
    return [
        CaseLine(
            projects.get(one.case.thing.project_id, ""),
            words,
            one.first,
            one.case.over,
            one.level.value,
            levels.get(one.response, ""),
            levels.get(one.answered, ""),
        )
        for one, words in zip(fired, about, strict=True)
    ]


class _Like:
    """A case as far as a warning's words need it."""

    def __init__(self, code: str, one: Fired):
        self.rule, thing = code, one.case.thing
        self.object_type, self.object_id, self.label = thing.object_type, thing.object_id, thing.label

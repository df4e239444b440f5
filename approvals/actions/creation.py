"""A project's own copy of the steps, and the decision by hand whether one of them applies."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.chunks import chunks
from accounts.errors import Refused
from accounts.permissions import Verb
from approvals.actions.records import day_of, require, require_version, snapshot, write
from approvals.flow import State, is_done, is_open
from approvals.judging import Applicability, Judged, StepRule, answers_of, judged_columns, rules_of, variables_of
from approvals.models import Catalogue, ProjectStep, Step, StepTransition
from projects.models import Project

BATCH = 200  # projects
PAIRS = 5000  # rows copied by one statement
ANSWERS = 1000  # judgements remembered for one rule
COPY = """
WITH pair (project_id, example_id) AS (VALUES {pairs})
INSERT INTO approvals_projectstep (project_id, {columns})
SELECT pair.project_id, {copied}
FROM pair JOIN approvals_projectstep example ON example.id = pair.example_id
WHERE example.id IN ({examples})
ORDER BY pair.project_id, example.seq
"""  # known to PostgreSQL and SQLite
SET_APPLIES, SET_NOT_APPLICABLE = "set_applies", "set_not_applicable"


@transaction.atomic
def give_steps(projects: Iterable[Project], *, by, at: datetime) -> int:
    """Give each project its copy of the catalogue in force in its park, judged by what is known about it; returns
    rows made.

    For many projects of several parks at once. Without a catalogue nobody gets steps; loading one makes up for it.
    """
    in_force = Catalogue.objects.by_park()
    writers: dict[int, _Writer] = {}
    made = 0
    for batch in chunks(projects, BATCH):
        for catalogue, own in _by_catalogue(batch, in_force):
            if catalogue.pk not in writers:
                writers[catalogue.pk] = _Writer(
                    rules_for(catalogue.steps.all(), catalogue), list(catalogue.variables), at
                )
            made += writers[catalogue.pk].write(own)
    return made


def _by_catalogue(projects: Iterable[Project], in_force: Mapping[int | None, Catalogue]):
    """(catalogue, projects that follow it): the park's own version, else the common one; others are left out."""
    groups: dict[int, tuple[Catalogue, list[Project]]] = {}
    for project in projects:
        if catalogue := in_force.get(project.park_id) or in_force.get(None):
            groups.setdefault(catalogue.pk, (catalogue, []))[1].append(project)
    return groups.values()


def give_missing_steps(*, by, at: datetime) -> int:
    """Steps for every project that has none, as after the first catalogue has been loaded; returns projects served."""
    bare = Project.objects.filter(steps__isnull=True).order_by("pk")
    served = bare.count()
    if give_steps(bare.iterator(), by=by, at=at) == 0:
        return 0
    return served


def rules_for(steps, catalogue: Catalogue) -> list[StepRule]:
    """Parsed rules of a QuerySet of catalogue steps, in two queries."""
    rows = steps.select_related("phase", "line").prefetch_related("variants")
    return rules_of(rows, variables_of(catalogue.variables))


class _Rule:
    """A rule that judges equal answers once."""

    def __init__(self, rule: StepRule) -> None:
        self.rule = rule
        self.names = rule.variables
        self._judge = lru_cache(maxsize=ANSWERS)(lambda values: rule.judge(dict(zip(self.names, values, strict=True))))

    def judge(self, answers: Mapping[str, Any]) -> Judged:
        return self._judge(tuple(answers[name] for name in self.names))


class _Writer:
    """Writes the steps of many projects. The first row of its kind (step and judgement) is the example for the others,
    which the database copies from it."""

    def __init__(self, rules: Iterable[StepRule], names: Sequence[str], at: datetime) -> None:
        self.rules = [_Rule(rule) for rule in rules]
        self.names, self.at = names, at
        self.examples: dict[tuple[int, Judged], ProjectStep] = {}

    def write(self, projects: Iterable[Project]) -> int:
        """Gives these projects their steps; returns rows made."""
        new, copies = [], []
        for project in projects:
            answers = answers_of(project, self.names)
            for rule in self.rules:
                judged = rule.judge(answers)
                kind = (rule.rule.step.pk, judged)
                if example := self.examples.get(kind):
                    copies.append((project.pk, example))
                else:
                    self.examples[kind] = self._row(project, rule.rule.step, judged)
                    new.append(self.examples[kind])
        ProjectStep.objects.bulk_create(new)
        for pairs in chunks(copies, PAIRS):
            _copy([(project, example.pk) for project, example in pairs])
        return len(new) + len(copies)

    def _row(self, project: Project, step: Step, judged: Judged) -> ProjectStep:
        return ProjectStep(
            project=project,
            step=step,
            code=step.code,
            seq=step.seq,
            phase_code=step.phase.code,
            line_code=step.line.code,
            updated_at=self.at,
            **judged_columns(step, judged),
        )


def _copy(pairs: Sequence[tuple[int, int]]) -> None:
    """A row for each (project id, id of the row it is like)."""
    quote, examples = connection.ops.quote_name, sorted({example for _project, example in pairs})
    own = {"id", "project_id"}
    same = [quote(field.column) for field in ProjectStep._meta.concrete_fields if field.column not in own]
    statement = COPY.format(
        pairs=", ".join(["(%s, %s)"] * len(pairs)),
        columns=", ".join(same),
        copied=", ".join(f"example.{column}" for column in same),
        examples=", ".join(["%s"] * len(examples)),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*(value for pair in pairs for value in pair), *examples])


@transaction.atomic
def set_not_applicable(
    step: ProjectStep, *, reason: str, by, at: datetime, version: int | None = None
) -> StepTransition:
    """Decide by hand that the project does not need this step; needs a reason and a name. Work under way forbids it."""
    require(by, Verb.SET_APPLICABILITY, step)
    require_version(step, version)
    state = State(step.state)
    if not reason.strip():
        raise Refused(_("Please give the reason."))
    if is_open(state) or is_done(state):
        raise Refused(_("Work has been recorded on this step: it cannot be marked as not applicable."))
    changes = {
        "applicability": Applicability.NOT_APPLICABLE,
        "not_applicable_reason": reason.strip(),
        "not_applicable_by": by,
    }
    return write(
        step, changes, verb=SET_NOT_APPLICABLE, on=day_of(at), by=by, at=at, before=snapshot(step), note=reason.strip()
    )


@transaction.atomic
def set_applies(step: ProjectStep, *, by, at: datetime, note: str = "", version: int | None = None) -> StepTransition:
    """Decide by hand that the project needs this step."""
    require(by, Verb.SET_APPLICABILITY, step)
    require_version(step, version)
    if step.applicability == Applicability.APPLIES:
        raise Refused(_("This step applies already."))
    changes = {"applicability": Applicability.APPLIES, "not_applicable_reason": "", "not_applicable_by": None}
    return write(step, changes, verb=SET_APPLIES, on=day_of(at), by=by, at=at, before=snapshot(step), note=note)

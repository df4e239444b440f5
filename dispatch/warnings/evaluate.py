"""Derives the warnings of a day from the stored facts: set-based, idempotent, in batches of projects.

Each batch is one transaction: new rows, changed levels, cleared rows, their events and the projects' lights, all or
none. Evaluators take turns (SQLite by its one writer, PostgreSQL by the rows of the rules), and the unique keys of
Warning and WarningEvent hold should that ever fail. Source: domain.md 3.3, 3.4 (guards).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.db.models import Case, CharField, Exists, F, Max, OuterRef, Q, QuerySet, Value, When

from accounts.models import Park
from dispatch.warnings import wanted
from dispatch.warnings.candidates import Source, sources
from dispatch.warnings.models import Warning, WarningEvent, WarningRule
from dispatch.warnings.rules import DERIVED, WITHOUT_PROJECT, Rule, load_rules, rule_groups
from dispatch.webhooks import outbox, tellers
from projects.models import Light, Project
from workdays.arithmetic import WorkCalendar
from workdays.models import load_calendar

BATCH = 2000
CHUNK = 500


@dataclass
class Counts:
    """What one evaluation did: {rule: {"raised" | "reopened" | "level" | "moved" | "cleared": n}} and lights."""

    rules: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    lights: int = 0

    def add(self, rule: str, what: str, n: int) -> None:
        if n:
            self.rules[rule][what] += n

    @property
    def total(self) -> int:
        """Rows written, lights included; 0 when nothing changed."""
        return self.lights + sum(n for counts in self.rules.values() for n in counts.values())

    def as_dict(self) -> dict:
        return {rule: dict(counts) for rule, counts in self.rules.items()} | {"lights": self.lights}


@dataclass(frozen=True)
class Part:
    """A batch: projects with low < id ≤ high, or what belongs to no project when ``high`` is None."""

    low: int
    high: int | None

    def of(self, source: Source) -> QuerySet:
        return source.without_project() if self.high is None else source.of_projects(self.low, self.high)

    def concerned(self, rules: list[Rule]) -> list[Rule]:
        return rules if self.high is not None else [rule for rule in rules if rule.code in WITHOUT_PROJECT]

    def warnings(self) -> QuerySet:
        if self.high is None:
            return Warning.objects.filter(project__isnull=True)
        return Warning.objects.filter(project__gt=self.low, project__lte=self.high)


def evaluate(
    *,
    as_of: date,
    at: datetime,
    park: Park | None = None,
    batch: int = BATCH,
    fence: Callable[[], None] = lambda: None,
) -> Counts:
    """Makes the warnings what they must be on ``as_of``; of one park, or of all. A second run writes nothing.

    ``fence`` is called first in the transaction of every batch; what it raises stops the evaluation there, with the
    finished batches kept. ``at`` is when it runs; no stored fact depends on it.
    """
    load_rules()
    calendar = load_calendar()
    counts = Counts()
    run = Run(as_of, park, calendar, counts)
    heard = bool(outbox.wanting("warning.raised"))
    for part in _parts(park, batch):
        with transaction.atomic():
            fence()
            newest = _newest_event() if heard else 0
            left = _bring(part.concerned(_take_turn(park)), part, run)
            if heard:
                raised = {"events__kind": WarningEvent.Kind.RAISED, "events__as_of": as_of, "events__pk__gt": newest}
                tellers.warnings_raised(Warning.objects.filter(**raised), as_of=as_of, at=at)
            counts.lights += _lights(part, park, left)
    return counts


def _newest_event() -> int:
    return WarningEvent.objects.aggregate(newest=Max("pk"))["newest"] or 0


def preview(*, as_of: date, at: datetime, park: Park | None = None) -> Counts:
    """What ``evaluate`` would do now; nothing is changed."""
    with transaction.atomic():
        counts = evaluate(as_of=as_of, at=at, park=park)
        transaction.set_rollback(True)
    return counts


def _parts(park: Park | None, size: int) -> Iterator[Part]:
    projects = Project.objects.order_by("pk") if park is None else Project.objects.filter(park=park).order_by("pk")
    low = 0
    while highs := list(projects.filter(pk__gt=low).values_list("pk", flat=True)[:size]):
        yield Part(low, highs[-1])
        low = highs[-1]
    yield Part(0, None)


def _take_turn(park: Park | None) -> list[Rule]:
    """The rules in force, locked: a second evaluator waits here and then sees what the first has done."""
    list(WarningRule.objects.select_for_update().order_by("pk").values_list("pk", flat=True))
    groups = rule_groups()
    return groups if park is None else [rule for rule in groups if rule.is_for(park.pk)]


@dataclass(frozen=True)
class Run:
    """What one evaluation looks at."""

    as_of: date
    park: Park | None
    calendar: WorkCalendar
    counts: Counts


def _bring(groups: list[Rule], part: Part, run: Run) -> set[int]:
    """Clears, changes and raises, the derived rules last; returns the projects that a warning left for another one."""
    left: set[int] = set()
    for is_derived in (False, True):
        now = [rule for rule in groups if (rule.code in DERIVED) == is_derived]
        if now:
            left |= _bring_some(now, part, run)
    return left


def _bring_some(groups: list[Rule], part: Part, run: Run) -> set[int]:
    active = part.warnings().filter(rule__in={rule.code for rule in groups}, cleared_on__isnull=True)
    if run.park is not None:
        active = active.filter(park=run.park)
    with wanted.table():
        filled = sum([_fill(rule, part, run) for rule in groups])
        if filled or active.exists():
            _clear(active, run)
        if not filled:
            return set()
        left = _change(run)
        for rule, n in wanted.insert_missing(run.as_of).items():
            run.counts.add(rule, "raised", n)
        return left


def _fill(rule: Rule, part: Part, run: Run) -> int:
    """How many warnings the rule wants in its parks."""
    filled = 0
    for source in sources(rule, run.as_of, run.calendar):
        rows = part.of(source).filter(rule.where("w_park"))
        if run.park is not None:
            rows = rows.filter(w_park=run.park.pk)
        filled += wanted.add(rule, source.object_type, rows)
    return filled


def _clear(active: QuerySet, run: Run) -> None:
    """Clears what no rule holds for any more."""
    found = wanted.gone(active)
    for chunk in _chunks(found):
        Warning.objects.filter(pk__in=[pk for pk, _level, _rule in chunk]).update(cleared_on=run.as_of)
        _record([(pk, level) for pk, level, _rule in chunk], WarningEvent.Kind.CLEARED, run.as_of)
    for rule, n in Counter(rule for _pk, _level, rule in found).items():
        run.counts.add(rule, "cleared", n)


def _change(run: Run) -> set[int]:
    """Reopens cleared rows whose cause is back, and writes new levels, units, projects, labels, parties and points."""
    left: set[int] = set()
    groups: dict[tuple, list[tuple[int, str]]] = defaultdict(list)
    for pk, rule, version, cleared_on, was, now in wanted.differing():
        fields = {name: now[name] for name in now if now[name] != was[name]}
        if cleared_on is not None:
            fields["cleared_on"] = None
        if cleared_on is not None or "level" in fields:
            fields["rule_version"] = version
        if "project_id" in fields and was["project_id"]:
            left.add(was["project_id"])
        groups[rule, tuple(fields.items())].append((pk, now["level"]))
    for (rule, fields), found in groups.items():
        run.counts.add(rule, _write(dict(fields), found, run.as_of), len(found))
    return left


def _write(fields: dict, found: list[tuple[int, str]], as_of: date) -> str:
    """Writes the same fields to all of them, with events unless they only moved; returns what happened."""
    what = "reopened" if "cleared_on" in fields else "level" if "level" in fields else "moved"
    for chunk in _chunks(found):
        Warning.objects.filter(pk__in=[pk for pk, _level in chunk]).update(**fields)
        if what != "moved":
            _record(chunk, WarningEvent.Kind.RAISED if what == "reopened" else WarningEvent.Kind.LEVEL, as_of)
    return what


def _record(chunk: list[tuple[int, str]], kind: str, as_of: date) -> None:
    """The events of one kind and day. What happens again on a day takes the place of what was before, so that the
    newest event says how the day ended."""
    WarningEvent.objects.filter(warning__in=[pk for pk, _level in chunk], kind=kind, as_of=as_of).delete()
    events = [WarningEvent(warning_id=pk, kind=kind, level=level, as_of=as_of) for pk, level in chunk]
    WarningEvent.objects.bulk_create(events, ignore_conflicts=True)


def _chunks(found: list) -> Iterator[list]:
    for start in range(0, len(found), CHUNK):
        yield found[start : start + CHUNK]


def _lights(part: Part, park: Park | None, left: set[int]) -> int:
    """Writes the light of projects whose light is not the right one: the worst active warning, grey unless active."""
    active = Warning.objects.filter(project=OuterRef("pk"), cleared_on__isnull=True)
    worst = Case(
        When(~Q(status=Project.Status.ACTIVE), then=Value(Light.GREY.value)),
        *[
            When(Exists(active.filter(level=light)), then=Value(light.value))
            for light in (Light.RED, Light.YELLOW, Light.BLUE)
        ],
        default=Value(Light.GREEN.value),
        output_field=CharField(),
    )
    inside = Q(pk__in=left) if part.high is None else Q(pk__gt=part.low, pk__lte=part.high) | Q(pk__in=left)
    projects = Project.objects.filter(inside)
    if park is not None:
        projects = projects.filter(park=park)
    wrong = projects.annotate(worst=worst).exclude(light=F("worst")).values_list("worst", "pk")
    by_light: dict[str, list[int]] = defaultdict(list)
    for light, pk in wrong:
        by_light[light].append(pk)
    for light, pks in by_light.items():
        for chunk in _chunks(pks):
            Project.objects.filter(pk__in=chunk).update(light=light)
    return sum(map(len, by_light.values()))

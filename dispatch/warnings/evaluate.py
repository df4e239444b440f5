"""Derives the warnings of a day from the stored facts: set-based, idempotent, in batches of projects.

Each batch is one transaction: new rows, changed levels, cleared rows, their events and the projects' lights, all or
none. Evaluators take turns (SQLite by its one writer, PostgreSQL by the rows of the rules), and the unique keys of
Warning and WarningEvent hold should that ever fail. Source: domain.md 3.3, 3.4 (guards).
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Case, CharField, Exists, F, Max, OuterRef, Q, QuerySet, Value, When

from accounts.models import Park
from dispatch.warnings.candidates import COLUMNS, Source, sources
from dispatch.warnings.models import Warning, WarningEvent, WarningRule
from dispatch.warnings.rules import WITHOUT_PROJECT, Rule, load_rules, rules_in_force
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
    for part in _parts(park, batch):
        with transaction.atomic():
            fence()
            left: set[int] = set()
            for rule in part.concerned(_take_turn()):
                left |= _apply(rule, part, park, as_of, calendar, counts)
            counts.lights += _lights(part, park, left)
    return counts


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


def _take_turn() -> list[Rule]:
    """The rules in force, locked: a second evaluator waits here and then sees what the first has done."""
    list(WarningRule.objects.select_for_update().order_by("pk").values_list("pk", flat=True))
    return rules_in_force()


def _apply(rule: Rule, part: Part, park, as_of: date, calendar: WorkCalendar, counts: Counts) -> set[int]:
    """Clears, changes and raises; returns the projects that a warning has left for another one."""
    left: set[int] = set()
    everything = sources(rule, as_of, calendar)
    active = part.warnings().filter(rule=rule.code, cleared_on__isnull=True)
    if park is not None:
        active = active.filter(park=park)
    counts.add(rule.code, "cleared", _clear(active, everything, as_of))
    for source in everything:
        rows = part.of(source)
        if park is not None:
            rows = rows.filter(w_park=park.pk)
        left |= _change(rule, source.object_type, rows, as_of, counts)
        counts.add(rule.code, "raised", _raise(rule, source.object_type, rows, as_of))
    return left


def _raise(rule: Rule, object_type: str, rows: QuerySet, as_of: date) -> int:
    """Inserts what is not there yet, with its event; one statement each."""
    select, params = rows.values_list(*COLUMNS).query.sql_with_params()
    newest = Warning.objects.aggregate(newest=Max("pk"))["newest"] or 0
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Warning._meta.db_table} (rule, rule_version, object_type, park_id, project_id,"  # noqa: S608
            f" unit_id, object_id, label, due_on, level, since_on) SELECT %s, %s, %s, c.* FROM ({select}) c WHERE 1 = 1"
            " ON CONFLICT (rule, object_type, object_id, due_on) DO NOTHING",
            [rule.code, rule.version, object_type, *params],
        )
        raised = cursor.rowcount
        if raised:
            cursor.execute(
                f"INSERT INTO {WarningEvent._meta.db_table} (warning_id, kind, level, as_of)"  # noqa: S608
                f" SELECT id, %s, level, %s FROM {Warning._meta.db_table} WHERE id > %s AND rule = %s"
                " ON CONFLICT (warning_id, kind, as_of) DO NOTHING",
                [WarningEvent.Kind.RAISED.value, as_of, newest, rule.code],
            )
    return raised


def _clear(active: QuerySet, everything: list[Source], as_of: date) -> int:
    """Clears what no source of the rule holds for any more."""
    gone = active
    for source in everything:
        same = source.rows.filter(w_object=OuterRef("object_id"), w_due=OuterRef("due_on"))
        gone = gone.filter(~Exists(same))
    found = list(gone.order_by("pk").values_list("pk", "level"))
    for chunk in _chunks(found):
        Warning.objects.filter(pk__in=[pk for pk, _level in chunk]).update(cleared_on=as_of)
        _record(chunk, WarningEvent.Kind.CLEARED, as_of)
    return len(found)


def _change(rule: Rule, object_type: str, rows: QuerySet, as_of: date, counts: Counts) -> set[int]:
    """Reopens cleared rows whose cause is back, and writes new levels, units, projects and labels."""
    left: set[int] = set()
    groups: dict[tuple, list[tuple[int, str]]] = defaultdict(list)
    for pk, cleared_on, was, now in _differing(rule, object_type, rows):
        fields = {name: now[name] for name in now if now[name] != was[name]}
        if cleared_on is not None:
            fields["cleared_on"] = None
        if cleared_on is not None or "level" in fields:
            fields["rule_version"] = rule.version
        if "project_id" in fields and was["project_id"]:
            left.add(was["project_id"])
        groups[tuple(fields.items())].append((pk, now["level"]))
    for fields, found in groups.items():
        names = dict(fields)
        what = "reopened" if "cleared_on" in names else "level" if "level" in names else "moved"
        for chunk in _chunks(found):
            Warning.objects.filter(pk__in=[pk for pk, _level in chunk]).update(**names)
            if what != "moved":
                _record(chunk, WarningEvent.Kind.RAISED if what == "reopened" else WarningEvent.Kind.LEVEL, as_of)
        counts.add(rule.code, what, len(found))
    return left


_NAMES = ("level", "unit_id", "project_id", "label")


def _differing(rule: Rule, object_type: str, rows: QuerySet) -> Iterator[tuple]:
    """(pk, cleared_on, stored values, right values) of rows that are not as they should be."""
    columns = ("w_object", "w_due", "w_level", "w_unit", "w_project", "w_label")
    select, params = rows.values_list(*columns).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT w.id, w.cleared_on, w.level, w.unit_id, w.project_id, w.label,"  # noqa: S608
            " c.w_level, c.w_unit, c.w_project, c.w_label"
            f" FROM ({select}) c CROSS JOIN {Warning._meta.db_table} w"
            " WHERE w.rule = %s AND w.object_type = %s AND w.object_id = c.w_object AND w.due_on = c.w_due"
            " AND (w.cleared_on IS NOT NULL OR w.level <> c.w_level OR w.label <> c.w_label"
            " OR COALESCE(w.unit_id, 0) <> COALESCE(c.w_unit, 0)"
            " OR COALESCE(w.project_id, 0) <> COALESCE(c.w_project, 0))",
            [*params, rule.code, object_type],
        )
        found = cursor.fetchall()
    for pk, cleared_on, *values in found:
        yield pk, cleared_on, dict(zip(_NAMES, values[:4], strict=True)), dict(zip(_NAMES, values[4:], strict=True))


def _record(chunk: list[tuple[int, str]], kind: str, as_of: date) -> None:
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

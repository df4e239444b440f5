"""Who is red and why, and whose light has become better or worse since a week ago. Source: domain.md 3.3."""

from typing import Any

from django.db.models import F, Min, OuterRef, Subquery, Window
from django.db.models.functions import RowNumber

from dispatch.dashboard.frame import Asked
from dispatch.figures.days import Frozen
from dispatch.warnings.models import Warning
from dispatch.warnings.reading import Line, lines
from projects.models import Light, Project, TeamMember

BAD = (Light.RED.value, Light.YELLOW.value)
SEVERITY = {"red": 0, "yellow": 1, "blue": 2, "green": 3, "grey": 4}
MOST = 40
WORST = 10
REASONS = 3


def changed(asked: Asked, before: Frozen | None) -> list[dict[str, Any]]:
    """Projects that are, or were on the frozen day, yellow or red and have another light now; those that have become
    worse first, 40 at most. ``why``: the severest warning that stands; none for a light that is good again.

    A light that was neither red, yellow nor grey is called green. At most four queries.
    """
    if before is None:
        return []
    then = {pk: light for light, projects in before.colours.items() for pk in projects}
    rows = Project.objects.filter(park=asked.park).exclude(status=Project.Status.TERMINATED).order_by()
    now = dict(rows.exclude(light__in=[Light.GREEN, Light.BLUE]).values_list("pk", "light"))
    moved = [pk for pk in {*then, *now} if then.get(pk) != now.get(pk) and {then.get(pk), now.get(pk)} & {*BAD}]
    known = {pk: then.get(pk, Light.GREEN.value) for pk in moved}
    worse_first = sorted(moved, key=lambda pk: (*_rank(known[pk], now.get(pk, Light.GREEN.value)), pk))[:MOST]
    named = {
        pk: (name, light) for pk, name, light in rows.filter(pk__in=worse_first).values_list("pk", "name", "light")
    }
    why = reasons([pk for pk in worse_first if now.get(pk) in BAD], asked)
    return [
        {"project": pk, "name": named[pk][0], "from": known[pk], "to": named[pk][1], "why": why.get(pk, "")}
        for pk in worse_first
        if pk in named
    ]


def _rank(before: str, now: str) -> tuple[bool, int]:
    """Worse ones first, the severest of them before the others; grey is neither."""
    worse = now in BAD and SEVERITY[now] < SEVERITY[before]
    return not worse, SEVERITY[now]


def reasons(projects: list[int], asked: Asked) -> dict[int, str]:
    """Project → its severest standing warning in words, of equal ones the longest late. Two queries."""
    rows = Warning.objects.active().filter(project__in=projects, level__in=BAD).order_by("due_on", "pk")
    worst: dict[int, Warning] = {}
    for row in sorted(rows, key=lambda row: SEVERITY[row.level]):
        worst.setdefault(row.project_id or 0, row)
    said = lines(list(worst.values()), today=asked.as_of, calendar=asked.calendar) if worst else []
    return {line.warning.project_id or 0: in_words(line) for line in said}


def in_words(line: Line) -> str:
    """What, by which rule, how late."""
    return " · ".join(dict.fromkeys(part for part in (line.about, line.rule_name, line.amount) if part))


def worst(asked: Asked) -> list[dict[str, Any]]:
    """The ten red projects that have been late the longest, each with its first three red warnings. Three queries."""
    red = Warning.objects.active().filter(park=asked.park, level="red", project__status=Project.Status.ACTIVE)
    latest = red.order_by().values("project").annotate(due=Min("due_on")).order_by("due", "project")[:WORST]
    order = [row["project"] for row in latest]
    place = Window(RowNumber(), partition_by=F("project"), order_by=[F("due_on").asc(), F("pk").asc()])
    leaders = TeamMember.objects.filter(project=OuterRef("project"), role=TeamMember.Role.LEADER).order_by()
    rows = red.filter(project__in=order).annotate(place=place).filter(place__lte=REASONS)
    rows = rows.annotate(
        leader=Subquery(leaders.values("person_name")[:1]),
        project_name=F("project__name"),
        unit_name=F("project__responsible_unit__name"),
    ).order_by("due_on", "pk")
    found: dict[int, dict[str, Any]] = {}
    for line in lines(list(rows), today=asked.as_of, calendar=asked.calendar):
        row: Any = line.warning
        one = found.setdefault(
            row.project_id,
            {"project": row.project_id, "name": row.project_name, "leader": row.leader or "",
             "unit": row.unit_name or "", "since_on": row.due_on.isoformat(), "why": []},
        )  # fmt: skip
        one["why"].append({"text": in_words(line), "url": line.url})
    return [found[pk] for pk in order if pk in found]

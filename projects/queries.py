"""What pages about projects show, fetched in a number of queries that does not grow with the rows."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, Count, F, IntegerField, Value, When
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.i18n import localized
from accounts.permissions import Verb, may
from projects import seams
from projects.actions.edit import CONDITION_FIELDS
from projects.actions.shared import as_json
from projects.filters import POOL_NAMES
from projects.investment import ahead_of_calendar, calendar_progress, latest_ytd, month_amount, percent
from projects.models import (
    AnnualPlan,
    ImportRow,
    Light,
    Milestone,
    MonthlyInvestment,
    Project,
    ProjectChange,
    TeamMember,
)
from projects.stages import MILESTONE_STAGES, ORDER, STAGES, Pool, Stage, pool_of, position

SHOWN = (
    "name", "stage", "light", "status", "total_investment_10k", "updated_at",
    "enterprise__name", "responsible_unit__name", "responsible_unit__short_name",
)  # fmt: skip
SEVERITY = {Light.RED: 0, Light.YELLOW: 1, Light.BLUE: 2, Light.GREEN: 3, Light.GREY: 4}
# name in the address → columns, ascending; a leading "-" in the address turns the first one
SORTS: dict[str, tuple[str, ...]] = {
    "light": ("severity", "-total_investment_10k"),
    "name": ("name_key",),
    "stage": ("stage", "name_key"),
    "investment": ("total_investment_10k",),
    "updated": ("updated_at",),
    "unit": ("responsible_unit__name", "name_key"),
}
DEFAULT_SORT = "light"


def ordered(rows, sort: str):
    """Rows in the order named by an address parameter; anything not in SORTS gives what needs action first."""
    name = sort.removeprefix("-")
    if name not in SORTS:
        sort = name = DEFAULT_SORT
    if name == "light":
        cases = [When(light=light, then=Value(rank)) for light, rank in SEVERITY.items()]
        rows = rows.annotate(severity=Case(*cases, default=Value(9), output_field=IntegerField()))
    first, *rest = SORTS[name]
    column = F(first).desc(nulls_last=True) if sort.startswith("-") else F(first).asc(nulls_last=True)
    others = [F(c[1:]).desc(nulls_last=True) if c.startswith("-") else F(c).asc() for c in rest]
    return rows.order_by(column, *others, "pk")


def for_list(rows):
    """Columns and names a row of a list shows."""
    return rows.select_related("enterprise", "responsible_unit").only(*SHOWN)


def counts(rows) -> dict[str, Counter]:
    """{"pool": {pool: n}, "light": {light: n}} in one query."""
    pools, lights = Counter(), Counter()
    for stage, light, number in rows.order_by().values_list("stage", "light").annotate(n=Count("pk")):
        pools[pool_of(stage)] += number
        lights[light] += number
    return {"pool": pools, "light": lights}


@dataclass(frozen=True)
class Row:
    """One line of the list. Money 万元; ``ahead`` in percentage points against the calendar."""

    project: Project
    facts: Mapping[str, Any]
    plan_10k: Decimal | None
    ytd_10k: Decimal | None
    rate: Decimal | None
    ahead: Decimal | None

    @property
    def pool_name(self):
        return POOL_NAMES[self.project.pool]

    @cached_property
    def updated_at(self) -> datetime:
        """In the time zone of the reader."""
        return localtime(self.project.updated_at)


def rows_of(projects: Sequence[Project], user, today: date) -> list[Row]:
    """Lines for the projects of one page: facts of all apps, this year's plan and what has been completed."""
    ids = [project.pk for project in projects]
    facts = seams.facts_for(projects, user, today)
    plans, reports = _money(ids, today.year)
    return [_row(p, facts[p.pk], plans.get(p.pk), reports.get(p.pk, {}), today) for p in projects]


def _money(ids: Sequence[int], year: int) -> tuple[dict[int, Decimal], dict[int, dict[int, Decimal]]]:
    """The year's plan, and its cumulative figures by month, of these projects; 万元, one query."""
    plans: dict[int, Decimal] = {}
    reports: dict[int, dict[int, Decimal]] = defaultdict(dict)
    planned = AnnualPlan.objects.filter(project__in=ids, year=year).order_by()
    reported = MonthlyInvestment.objects.filter(project__in=ids, year=year).order_by()
    plan_month = Value(0, output_field=IntegerField())
    rows = planned.values_list("project", plan_month, "planned_10k")
    for pk, month, amount in rows.union(reported.values_list("project", "month", "ytd_10k"), all=True):
        if month == 0:
            plans[pk] = amount
        else:
            reports[pk][month] = amount
    return plans, reports


def _row(project: Project, facts, plan, reports, today: date) -> Row:
    ytd = latest_ytd(reports, today.month)
    reported = max((month for month in reports if month <= today.month), default=today.month)
    return Row(project, facts, plan, ytd, percent(ytd, plan), ahead_of_calendar(ytd, plan, reported))


def board(rows, user, today: date, limit: int = 20) -> list[dict[str, Any]]:
    """Four columns (四个一批) with the projects that need action first: {"pool", "rows"}."""
    columns = {pool: list(for_list(ordered(rows.in_pool(pool), DEFAULT_SORT))[:limit]) for pool in Pool}
    shown = {row.project.pk: row for row in rows_of([p for ps in columns.values() for p in ps], user, today)}
    return [{"pool": pool, "rows": [shown[p.pk] for p in projects]} for pool, projects in columns.items()]


def stage_line(project: Project, milestones: Iterable[Milestone]) -> list[dict[str, Any]]:
    """The 15 stops: done, current, skipped (an entry jumped over it and no milestone says otherwise) or future."""
    dated = {m.stage: m.actual_on for m in milestones if m.actual_on or m.is_done}
    entries = list(project.stage_entries.all())
    entered = {entry.stage: entry.entered_on for entry in entries}
    jumped = {
        stage
        for entry in entries
        if entry.from_stage
        for stage in ORDER[position(entry.from_stage) + 1 : position(entry.stage)]
    }
    here = position(project.stage)
    return [
        {
            "code": stage.value,
            "label": localized(STAGES[stage], "name"),
            "state": _stop_state(stage, here, stage in jumped and stage not in dated and stage not in entered),
            "on": (dated.get(stage) or (entered.get(stage) if stage != ORDER[0] else None))
            if position(stage) <= here
            else None,
        }
        for stage in ORDER
    ]


def _stop_state(stage: Stage, here: int, skipped: bool) -> str:
    if position(stage) == here:
        return "current"
    if position(stage) > here:
        return "future"
    return "skipped" if skipped else "done"


def milestone_rows(milestones: Iterable[Milestone], today: date) -> list[dict[str, Any]]:
    """All stages with a milestone: {"stage", "name", "milestone", "late"}; ``late`` in calendar days or None."""
    known = {m.stage: m for m in milestones}
    return [
        {
            "stage": stage.value,
            "name": localized(STAGES[stage], "name"),
            "milestone": known.get(stage),
            "late": _late(known.get(stage), today),
        }
        for stage in MILESTONE_STAGES
    ]


def _late(milestone: Milestone | None, today: date) -> int | None:
    if milestone is None or milestone.due_on is None or (milestone.is_done and not milestone.actual_on):
        return None
    return max(((milestone.actual_on or today) - milestone.due_on).days, 0)


@dataclass
class Year:
    """Investment of one year, 万元. ``months``: 12 × {"month", "amount", "ytd", "calendar" (planned by now)}."""

    year: int
    plan_10k: Decimal | None
    ytd_10k: Decimal | None = None
    rate: Decimal | None = None
    ahead: Decimal | None = None
    months: list[dict[str, Any]] = field(default_factory=list)


def investment_years(project: Project, today: date) -> list[Year]:
    """Every year with a plan or a report, newest first; two queries."""
    plans = {plan.year: plan.planned_10k for plan in project.annual_plans.all()}
    reports: dict[int, dict[int, MonthlyInvestment]] = defaultdict(dict)
    for row in project.investments.all():
        reports[row.year][row.month] = row
    years = sorted(set(plans) | set(reports) | {today.year}, reverse=True)
    return [_year(year, plans.get(year), reports.get(year, {})) for year in years]


def _year(number: int, plan: Decimal | None, reports: Mapping[int, MonthlyInvestment]) -> Year:
    ytd = {month: row.ytd_10k for month, row in reports.items()}
    amounts = {month: row.month_10k for month, row in reports.items()}
    year = Year(number, plan, latest_ytd(ytd, 12))
    year.rate = percent(year.ytd_10k, plan)
    year.ahead = ahead_of_calendar(year.ytd_10k, plan, max(ytd)) if ytd else None
    for month in range(1, 13):
        year.months.append(
            {
                "month": month,
                "amount": month_amount(ytd, amounts, month),
                "ytd": ytd.get(month),
                "calendar": plan * calendar_progress(month) / 100 if plan else None,
            }
        )
    return year


def bars(year: Year, width: int = 720, height: int = 180) -> dict[str, Any] | None:
    """Geometry of the year's picture: cumulative bars against the calendar line; None without a figure."""
    top = max([m["ytd"] or 0 for m in year.months] + [year.plan_10k or 0])
    if not top:
        return None
    left, base, slot = 8, height - 22, (width - 16) / 12
    scale = (base - 16) / float(top)
    stops = [
        {
            "month": m["month"],
            "x": round(left + slot * index + slot * 0.2, 1),
            "middle": round(left + slot * (index + 0.5), 1),
            "width": round(slot * 0.6, 1),
            "height": round(float(m["ytd"] or 0) * scale, 1),
            "y": round(base - float(m["ytd"] or 0) * scale, 1),
            "value": m["ytd"],
        }
        for index, m in enumerate(year.months)
    ]
    line = [
        (s["middle"], round(base - float(m["calendar"]) * scale, 1))
        for s, m in zip(stops, year.months, strict=True)
        if m["calendar"]
    ]
    return {
        "width": width, "height": height, "base": base, "bars": stops, "label_y": height - 6,
        "line": " ".join(f"{x},{y}" for x, y in line),
    }  # fmt: skip


def history_rows(changes: Iterable[ProjectChange], user=None) -> list[dict[str, Any]]:
    """History for the timeline component: at, who, what, note; an imported change leads to its import. Two queries."""
    changes = list(changes)
    imports = _imports_of([row for row in changes if row.verb == ProjectChange.Verb.IMPORTED], user)
    return [
        {
            "href": imports.get((row.project_id, row.at), ""),
            "at": row.at,
            "who": str(row.by) if row.by else _("system"),
            "what": row.get_verb_display(),
            "note": "；".join(
                [*(sentence(entry) for entry in row.changes if entry), *([row.note] if row.note else [])]
            ),
        }
        for row in changes
    ]


def _imports_of(changes: list[ProjectChange], user) -> dict[tuple[int, datetime], str]:
    """(project, moment) → page of the import that was written then, where the person may see it."""
    if not changes or user is None or not may(user, Verb.IMPORT_LEDGER):
        return {}
    rows = ImportRow.objects.filter(
        project__in={row.project_id for row in changes}, batch__finished_at__in={row.at for row in changes}
    )
    found = rows.values_list("project", "batch__finished_at", "batch", "sheet", "row", "action")
    return {
        (project, at): reverse("projects:import_detail", args=[pk])
        + "?"
        + urlencode({"show": action, "at": f"{sheet}!{row}"})
        for project, at, pk, sheet, row, action in found
    }


def sentence(entry: Mapping[str, Any]) -> str:
    """One change in words: "total investment: 50000 → 52000", or the value alone where nothing was known before."""
    name = entry["field"]
    if entry["old"] is None:
        return f"{field_label(name)}：{shown(name, entry['new'])}"
    return f"{field_label(name)}：{shown(name, entry['old'])} → {shown(name, entry['new'])}"


def changes_since(project: Project, version: int) -> list[dict[str, Any]]:
    """What others changed since ``version``, oldest first: {"field", "label", "old", "new", "who", "at"}.

    Every write raises the version by one and leaves one history row.
    """
    missed = max(project.version - version, 0)
    rows = project.history.select_related("by").order_by("-at", "-pk")[: min(missed, 20)]
    return [
        {
            "field": entry["field"],
            "label": field_label(entry["field"]),
            "old": entry["old"],
            "new": entry["new"],
            "new_text": shown(entry["field"], entry["new"]),
            "who": row.by,
            "at": row.at,
        }
        for row in reversed(rows)
        for entry in row.changes
        if entry
    ]


def field_label(name: str) -> str:
    """Name of a changed field as pages call it; also of parts: "milestone.L08.actual_on", "plan.2026"."""
    kind, *rest = name.split(".")
    if not rest:
        return str(Project._meta.get_field(name).verbose_name)
    if kind == "milestone":
        return f"{localized(STAGES[Stage(rest[0])], 'name')} {Milestone._meta.get_field(rest[1]).verbose_name}"
    if kind == "team":
        return f"{TeamMember.Role(rest[0]).label} {TeamMember._meta.get_field(rest[1]).verbose_name}"
    if kind == "investment":
        return f"{rest[0]} {MonthlyInvestment._meta.get_field(rest[1]).verbose_name}"
    return f"{rest[0]} {AnnualPlan._meta.get_field('planned_10k').verbose_name}"


def shown(name: str, value: Any) -> str:
    """A stored history value in words: choices and stages by their names, yes/no, "—" for nothing."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "stage":
        return localized(STAGES[Stage(value)], "name")
    if "." not in name:
        choices = dict(Project._meta.get_field(name).flatchoices)
        return str(choices.get(value, value))
    return str(value)


def similar(rows, key: str, limit: int = 5):
    """Projects whose names hold ``key`` (a ``similar_name``), for the hint before a second registration."""
    return rows.filter(name_key__contains=key).select_related("enterprise").order_by("name_key")[:limit] if key else []


def answers(project: Project) -> list[dict[str, Any]]:
    """Answers the catalogue's conditions ask for: {"label", "text"}; text None while it is not known."""
    return [
        {"label": Project._meta.get_field(name).verbose_name, "text": _answer(project, name), "name": name}
        for name in CONDITION_FIELDS
    ]


def _answer(project: Project, name: str) -> str | None:
    value = getattr(project, name)
    if value is None or value == "":
        return None
    return shown(name, value if isinstance(value, bool) else as_json(value))

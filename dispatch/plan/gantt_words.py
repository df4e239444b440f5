"""What the chart of a plan says in words: beside a bar, in its table, to a screen reader. Display only, no tables."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from dispatch.plan import explain
from dispatch.plan.gantt import Chart, Row, Words
from dispatch.plan.values import ProjectPlan, TaskInfo
from projects.planning.schedule import Problem, Schedule, Standing

GROUP_NAMES = {
    "milestones": gettext_lazy("Milestones"),
    "LAND": gettext_lazy("Land line"),
    "EVAL": gettext_lazy("Assessments line"),
    "SITE": gettext_lazy("Site line"),
    "FILING": gettext_lazy("Design and filing line"),
    "works": gettext_lazy("Construction and equipment"),
    "ACCEPT": gettext_lazy("Acceptance line"),
    "own": gettext_lazy("Own tasks"),
}
MARKS = {Standing.FINISHED: "✓", Standing.RUNNING: "▶", Standing.WAITING: "○", Standing.SKIPPED: "–"}


def group_name(code: str) -> str:
    return str(GROUP_NAMES.get(code, code))


def chart_words(*, is_halted: bool = False) -> Words:
    """Texts inside the drawing, in the active language; a halted project's "today" is the day of the halt."""
    months = [_("Jan"), _("Feb"), _("Mar"), _("Apr"), pgettext("short month", "May"), _("Jun"), _("Jul"), _("Aug"),
              _("Sep"), _("Oct"), _("Nov"), _("Dec")]  # fmt: skip
    today = pgettext("line in a chart", "halted") if is_halted else pgettext("line in a chart", "today")
    return Words(today, pgettext("line in a chart", "target"), lambda number: months[number - 1])


def standing_word(standing: Standing) -> str:
    return {
        Standing.FINISHED: pgettext("task of a plan", "finished"),
        Standing.RUNNING: pgettext("task of a plan", "running"),
        Standing.WAITING: pgettext("task of a plan", "not started"),
        Standing.SKIPPED: pgettext("task of a plan", "does not apply"),
    }[standing]


def float_text(days: int | None) -> str:
    """Working days of total float in words; "—" where there is none to speak of."""
    if days is None:
        return "—"
    if days < 0:
        return ngettext("%(n)s day short", "%(n)s days short", -days) % {"n": -days}
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


def period(start: date | None, finish: date | None) -> str:
    """2026-03-02 – 2026-03-20; one day alone where they are the same or one is unknown."""
    known = [f"{day:%Y-%m-%d}" for day in dict.fromkeys((start, finish)) if day]
    return " – ".join(known) or "—"


def sentence(row: Row, plan: ProjectPlan) -> str:
    """The bar for those who do not see it."""
    here = row.placed
    parts = [f"{row.key} {row.name}: {standing_word(here.standing)}"]
    if here.finish:
        parts.append(period(None if row.info.kind == "milestone" else here.start, here.finish))
    if row.is_critical:
        parts.append(_("decides the goal"))
    parts += list(_remarks(row))
    if here.is_open:
        parts.append(why(row, plan))
    return "; ".join(parts)


def why(row: Row, plan: ProjectPlan) -> str:
    """Why it is not earlier."""
    return explain.why_there(row.placed, plan.network.tasks[row.key], plan.info)


def _remarks(row: Row) -> Iterator[str]:
    here = row.placed
    if row.late_wd:
        yield ngettext("%(n)s working day after the baseline", "%(n)s working days after the baseline", row.late_wd) % {
            "n": row.late_wd
        }
    if here.total_float_wd is not None:
        yield _("float: %(float)s") % {"float": float_text(here.total_float_wd)}
    if here.latest_finish:
        yield _("latest finish %(day)s") % {"day": f"{here.latest_finish:%Y-%m-%d}"}
    if row.reported_point is not None and row.info.reported_on:
        yield _("reported for %(day)s") % {"day": f"{row.info.reported_on:%Y-%m-%d}"}
    for pause in row.info.pauses:
        yield _("paused %(days)s %(why)s") % {"days": period(pause.start, pause.end), "why": pause.label}
    if here.is_provisional:
        yield _("provisional: a year without official holidays")


@dataclass(frozen=True, slots=True)
class Line:
    """One task as the table below the chart and the workbook show it."""

    row: Row
    group: str
    unit: str
    baseline: str
    forecast: str
    actual: str
    total_float: str
    why: str

    @property
    def mark(self) -> str:
        return MARKS[self.row.placed.standing]

    @property
    def state(self) -> str:
        return standing_word(self.row.placed.standing)


def lines(chart: Chart, plan: ProjectPlan) -> list[Line]:
    """The chart as a table, in the same order."""
    return [_line(row, group_name(group.code), plan) for group in chart.groups for row in group.rows]


def _line(row: Row, group: str, plan: ProjectPlan) -> Line:
    here, about = row.placed, row.info
    point = about.kind == "milestone"
    begun = here.start if here.standing is Standing.RUNNING else None
    actual = period(None if point else here.start, here.finish) if not here.is_open else ""
    return Line(
        row=row,
        group=group,
        unit=" · ".join(filter(None, (about.unit_name, about.person))) or "—",
        baseline=period(None if point else about.baseline_start, about.baseline_finish),
        forecast=period(None if point or begun else here.start, here.finish) if here.is_open else "—",
        actual=actual or (_("since %(day)s") % {"day": f"{begun:%Y-%m-%d}"} if begun and not point else "—"),
        total_float=float_text(here.total_float_wd) if here.is_open else "—",
        why=why(row, plan) if here.is_open or here.finish is None else "—",
    )


def chain_of(schedule: Schedule, plan: ProjectPlan) -> Sequence[TaskInfo]:
    """Tasks of the chain that decides the goal, milestones left out but for the goal."""
    known = [plan.info[key] for key in schedule.chain if key in plan.info]
    return [one for one in known if one.key == schedule.goal or one.kind != "milestone"]


def chain_why(schedule: Schedule, plan: ProjectPlan) -> str:
    """Why the chain does not begin earlier; empty without one."""
    first = schedule.chain[0] if schedule.chain else ""
    if not first:
        return ""
    return f"{name_of(first, plan)}: {explain.why_there(schedule[first], plan.network.tasks[first], plan.info)}"


def name_of(key: str, plan: ProjectPlan) -> str:
    return plan.info[key].name if key in plan.info else key


def conflict_lines(schedule: Schedule, plan: ProjectPlan) -> list[tuple[bool, str]]:
    """(only a hint, sentence) of everything that does not fit together; the shortfall itself stands above."""
    told = [one for one in schedule.conflicts if one.problem is not Problem.TARGET_SHORT]
    return [(one.is_hint, explain.what_is_wrong(one, plan.info)) for one in sorted(told, key=lambda one: one.is_hint)]

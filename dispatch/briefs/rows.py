"""The table of the brief in words: which projects stand in it, in which order, and their twelve columns. Pure.

Source: domain.md 4.2.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from approvals.flow import State
from dispatch.reports.words import LIGHTS_ZH, exact
from projects.stages import STAGES, Stage, position

STATUSES_ZH = {"active": "恢复推进", "suspended": "项目暂停", "terminated": "项目终止"}
LEVELS_ZH = {1: "Ⅰ级响应", 2: "Ⅱ级响应", 3: "Ⅲ级响应"}
LIGHT_ORDER = {"red": 0, "yellow": 1, "blue": 2, "green": 3, "grey": 4}
BAD = ("red", "yellow")


@dataclass(frozen=True)
class Happening:
    """``kind``: created, stage, status, milestone, step, investment, enrolled, physical_progress.

    ``what``: stage code, status, name of the step, or month "2026-10"; ``more``: the stage before, the reason, the
    state of the step, or the cumulative investment in 万元.
    """

    kind: str
    what: str = ""
    on: date | None = None
    more: str = ""


@dataclass(frozen=True, order=True)
class Task:
    """A milestone or ledger item due in the span ``now`` of this brief or ``next`` of the following one."""

    span: str
    due_on: date
    title: str
    is_done: bool = False
    is_late: bool = False


@dataclass(frozen=True, order=True)
class Case:
    """An open response case, 1 the most severe."""

    level: int
    due_on: date
    text: str


@dataclass(frozen=True)
class ProjectWeek:
    """One project with everything the table may say of it. Money in 万元."""

    pk: int
    name: str
    total_10k: Decimal | None
    stage: str
    light: str
    progress: str
    issue: str
    next_work: str
    unit: str
    leader: str
    happenings: tuple[Happening, ...] = ()
    tasks: tuple[Task, ...] = ()
    problems: tuple[str, ...] = ()
    hung: tuple[str, ...] = ()
    cases: tuple[Case, ...] = ()

    @property
    def has_something_to_say(self) -> bool:
        """A change, a warning, a task of these days or something that wants coordination."""
        return bool(self.light in BAD or self.happenings or self.tasks or self.hung or self.cases)


def table(projects: Iterable[ProjectWeek]) -> dict[str, Any]:
    """``rows`` of the projects with something to say, the red first, then by investment; how many others there are."""
    projects = list(projects)
    chosen = sorted((p for p in projects if p.has_something_to_say), key=_order)
    rows = [_row(number, project) for number, project in enumerate(chosen, 1)]
    return {"rows": rows, "listed": len(rows), "others": len(projects) - len(rows), "total": len(projects)}


def task_counts(tasks: Iterable[Task]) -> dict[str, int]:
    """Tasks of this brief: due, of these done, late and not yet due; and how many fall to the next."""
    tasks = list(tasks)
    now = [task for task in tasks if task.span == "now"]
    done, late = sum(task.is_done for task in now), sum(task.is_late for task in now)
    return {
        "due": len(now),
        "done": done,
        "late": late,
        "not_yet": len(now) - done - late,
        "next": len(tasks) - len(now),
    }


def _order(project: ProjectWeek) -> tuple[int, Decimal, str, int]:
    return LIGHT_ORDER[project.light], -(project.total_10k or Decimal(0)), project.name, project.pk


def _row(number: int, project: ProjectWeek) -> dict[str, Any]:
    return {
        "no": number,
        "project": project.pk,
        "name": project.name,
        "total_10k": exact(project.total_10k),
        "stage": project.stage,
        "stage_name": STAGES[Stage(project.stage)].name_zh,
        "progress": progress(project),
        "done": _tasks_done(project.tasks),
        "plan": _plan(project),
        "issue": _joined([_line(project.issue), *project.problems]),
        "coordinate": _coordinate(project),
        "unit": project.unit,
        "leader": project.leader,
        "light": project.light,
        "light_zh": LIGHTS_ZH[project.light],
    }


def progress(project: ProjectWeek) -> str:
    """本周进展: what was recorded since the last brief, then the works as they stand."""
    found = [text for happening in _told_once(project.happenings) if (text := happened(happening))]
    if works := _line(project.progress):
        changed = any(happening.kind == "physical_progress" for happening in project.happenings)
        found.append(f"形象进度{'（本周更新）' if changed else ''}：{works}")
    return _joined(found)


def _told_once(happenings: Sequence[Happening]) -> list[Happening]:
    """Without what another record says as well: a stage entered dates its milestone; the last report counts."""
    entered = {happening.what for happening in happenings if happening.kind == "stage"}
    last = {(happening.kind, happening.what): happening for happening in happenings}
    return [
        happening for happening in last.values() if not (happening.kind == "milestone" and happening.what in entered)
    ]


def happened(happening: Happening) -> str:
    """One record in words; "" for one that is said otherwise."""
    day = f"（{happening.on.month}月{happening.on.day}日）" if happening.on else ""
    match happening.kind:
        case "created":
            return "新登记项目"
        case "stage":
            name = STAGES[Stage(happening.what)].name_zh
            return f"{'退回' if _goes_back(happening) else '进入'}{name}阶段{day}"
        case "status":
            reason = f"：{_line(happening.more)}" if happening.more else ""
            return f"{STATUSES_ZH[happening.what]}{day}{reason}"
        case "milestone":
            return f"{STAGES[Stage(happening.what)].name_zh}节点完成{day}"
        case "step":
            state = State(int(happening.more))
            return "" if state is State.NOT_STARTED else f"{happening.what}{state.label_zh}{day}"
        case "enrolled":
            return "入库纳统"
        case "investment":
            return _invested(happening)
    return ""


def _goes_back(happening: Happening) -> bool:
    return bool(happening.more) and position(Stage(happening.what)) < position(Stage(happening.more))


def _invested(happening: Happening) -> str:
    month = int(happening.what.partition("-")[2])
    return f"上报{'1—' if month > 1 else ''}{month}月累计完成投资{exact(Decimal(happening.more))}万元"


def _tasks_done(tasks: Sequence[Task]) -> str:
    """上周任务完成情况: what fell due in this brief's days and whether it is done."""
    return _joined(f"{task.title}：{_state(task)}" for task in tasks if task.span == "now")


def _state(task: Task) -> str:
    if task.is_done:
        return "已完成"
    return f"未完成（{_day(task.due_on)}到期）" if task.is_late else f"推进中（{_day(task.due_on)}到期）"


def _plan(project: ProjectWeek) -> str:
    """下周计划: what falls due until the next brief, then the work as the unit has described it."""
    due = [f"{_day(task.due_on)}前完成{task.title}" for task in project.tasks if task.span == "next"]
    return _joined([*due, _line(project.next_work)])


def _coordinate(project: ProjectWeek) -> str:
    """需协调事项: open cases at level Ⅰ or Ⅱ and ledger items that were moved up."""
    cases = [f"{LEVELS_ZH[case.level]}：{case.text}" for case in project.cases]
    return _joined([*cases, *(f"挂账提级：{text}" for text in project.hung)])


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _line(text: str) -> str:
    """One line, without the stop at its end."""
    return " ".join(text.split()).rstrip("。；;. ")


def _joined(parts: Iterable[str]) -> str:
    return "；".join(dict.fromkeys(part for part in parts if part))

# ruff: noqa: E501 one instruction a line
"""Leaders' instructions of the example park: fresh ones, one overdue, one answered, one closed."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from accounts.models import Organization, User
from dispatch.demo.clockface import at_work
from dispatch.demo.people import Cast
from dispatch.ledger import actions as ledger
from dispatch.supervision import actions
from dispatch.supervision.models import Instruction
from dispatch.supervision.origin import Page
from projects.models import Project
from workdays.arithmetic import WorkCalendar


@dataclass(frozen=True)
class Word:
    """``project``: number in the cast; ``ago`` and ``due``: workdays before and after today; ``chain``: (workdays ago,
    kind, text); ``closes``: the unit asked for closure and the centre verified it."""

    text: str
    unit: str
    ago: int
    due: int
    every: int = 5
    project: int | None = None
    helpers: tuple[str, ...] = ()
    urgency: str = "normal"
    chain: tuple[tuple[int, str, str], ...] = ()
    closes: bool = False
    by_staff: bool = False


WORDS = (
    Word("请市政部门牵头，本周内拿出施工用电增容方案，确保桩机同时作业。", "shizheng", 14, 3, 3, 29, ("jianshe",), "urgent", ((10, "report", "已与供电部门会商，拟新增一台临时箱变。"), (9, "continue", "方案可行，请明确到货和送电时间。"), (2, "report", "箱变已到场，计划三日内送电。"))),
    Word("线路迁改不能再拖，请街道和供电部门倒排工期，每周报一次进展。", "dongyuan", 12, 6, 5, 12, ("jingfa",), "urgent"),
    Word("请经发部门逐家核实设备补助兑现情况，列出清单和时间表。", "jingfa", 4, 8, 5, 43, ("ziran", "jianshe"), by_staff=True),
    Word("请住建部门会同审图机构，一次性告知消防专篇修改意见。", "jianshe", 20, -2, 5, 21, (), "normal", ((15, "report", "已召开专题会，意见已一次性书面告知。"), (14, "satisfied", "很好，请继续盯住设计单位回复。"))),
    Word("请研究职工通勤问题，提出公交线路优化建议。", "shizheng", 30, -8, 0, None, (), "normal", ((12, "report", "已完成客流调查，定制班车已开通。"), (11, "satisfied", "职工反映很好。")), closes=True),
    Word("请自然资源部门梳理区域评估成果适用范围，便于新项目直接引用。", "ziran", 1, 15, 10),
)  # fmt: skip


def write_instructions(cast: Cast, projects: dict[int, Project], *, as_of: date, calendar: WorkCalendar) -> int:
    """Issues them oldest first, so that their numbers follow time; returns how many."""
    leader = next(
        user for user in cast.users.values() if user.role_id and user.organization.kind == Organization.Kind.LEADERSHIP
    )
    for word in sorted(WORDS, key=lambda word: -word.ago):
        if word.project is None or word.project in projects:
            _write(word, cast, projects, leader, as_of, calendar)
    return Instruction.objects.filter(park=cast.park).count()


def _write(word: Word, cast: Cast, projects: dict, leader: User, as_of: date, calendar: WorkCalendar) -> None:
    project = projects.get(word.project)
    about = Page(reverse("projects:detail", args=[project.pk]), project, project) if project else Page("")
    due = calendar.add(as_of, word.due) if word.due >= 0 else calendar.subtract(as_of, -word.due)
    row = actions.issue(
        park=cast.park, leader=leader, text=word.text, unit=cast.units[word.unit], due_on=due, about=about,
        about_title=project.name if project else "", urgency=word.urgency, feedback_every_wd=word.every,
        cooperating_units=[cast.units[key] for key in word.helpers], standard="有明确结果并经现场核实。",
        reward_penalty="纳入半月通报。", measures="牵头单位每周会商，专人盯办。",
        **_moment(cast.staff if word.by_staff else leader, calendar.subtract(as_of, word.ago), 0),
    )  # fmt: skip
    for place, (ago, kind, text) in enumerate(word.chain, start=1):
        day = calendar.subtract(as_of, ago)
        if kind == "report":
            by = cast.user_of(word.unit)
            actions.report(row, text=text, version=row.version, **_moment(by, day, place))
        else:
            actions.answer(row, kind=kind, text=text, version=row.version, **_moment(leader, day, place))
    if word.closes:
        _close(row, cast, word, calendar.subtract(as_of, 5))


def _close(row: Instruction, cast: Cast, word: Word, day: date) -> None:
    item = row.item
    item.refresh_from_db()
    asked = _moment(cast.user_of(word.unit), day, 5)
    item = ledger.ask_close(item, evidence="班车运行平稳，附客流统计表。", version=item.version, **asked)
    ledger.close(item, note="现场乘坐核实。", version=item.version, **_moment(cast.staff, day, 6))


def _moment(by: User, day: date, place: int) -> dict[str, Any]:
    return {"by": by, "on": day, "at": at_work(day, place)}

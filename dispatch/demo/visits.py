# ruff: noqa: E501 one visit a line
"""Visits of the example park: three grids, the plan of the quarter, twenty-odd visits with findings in every state."""

from dataclasses import dataclass
from datetime import date, timedelta

from dispatch.demo.clockface import at_work
from dispatch.demo.people import Cast
from dispatch.ledger import actions as ledger
from dispatch.ledger.models import LedgerItem
from dispatch.notices.outbox import settle
from dispatch.visits import actions, plans, rules
from dispatch.visits.actions import Found
from dispatch.visits.models import PlannedVisit, Visit, VisitGrid
from projects.models import Project
from workdays.arithmetic import WorkCalendar

# Name, unit, visitor; the unit "" is the centre's own.
GRIDS = (("东园网格", "dongyuan", "dongyuan"), ("西园网格", "xiyuan", "xiyuan"), ("重点项目网格", "", "zhuanyuan"))
IN_GRIDS = 30  # numbers in the cast from FIRST on whose enterprises are planned
FIRST = 8


@dataclass(frozen=True)
class Sight:
    """One visit. ``project``: number in the cast; ``ago``: workdays before today; ``who``: user name.

    ``findings``: (kind, category, text, way); way: "registered" … "closed" on the ledger, or "!how" solved on the spot.
    """

    project: int
    ago: int
    who: str
    met: str
    summary: str
    findings: tuple[tuple[str, str, str, str], ...] = ()


SIGHTS = (
    Sight(8, 34, "xiyuan", "总经理 程先生", "产线图纸已定，等环评。", (("problem", "permits", "环评补充监测点位不清楚", "closed"),)),
    Sight(9, 33, "zhuanyuan", "项目经理 罗女士", "场地已平整，等用地指标。", (("problem", "land", "农转用指标排队时间不明", "working"), ("need", "other", "希望提供周边宿舍信息", "!当场提供人才公寓名录和联系人"))),
    Sight(10, 32, "dongyuan", "厂长 田先生", "设备已订货，十二月到。"),
    Sight(11, 30, "xiyuan", "副总 白先生", "安全评价已委托。", (("need", "funds", "设备贷款想了解贴息", "closed"),)),
    Sight(12, 29, "zhuanyuan", "总经理 顾女士", "线路迁改影响打桩。", (("problem", "works", "地块北侧10千伏线路未迁", "working"),)),
    Sight(13, 27, "dongyuan", "行政经理 温女士", "施工许可资料基本齐全。", (("problem", "other", "厂门口夜间路灯不亮", "!当场报市政中心，当晚修复"),)),
    Sight(14, 26, "xiyuan", "总工 雷先生", "水土保持方案待批。"),
    Sight(15, 25, "zhuanyuan", "总经理 叶女士", "节能审查被退回过一次。", (("problem", "permits", "节能报告口径需与审查意见统一", "signed"),)),
    Sight(16, 23, "dongyuan", "项目经理 江先生", "附着物补偿谈判中。", (("problem", "land", "一户苗木补偿没谈妥", "working"),)),
    Sight(17, 22, "xiyuan", "财务总监 苏女士", "出让金第二期待缴。", (("need", "funds", "出让价款希望分期缴纳", "closed"), ("problem", "other", "公交不到厂区", "assigned"))),
    Sight(18, 20, "zhuanyuan", "总经理 贺先生", "总图在优化。"),
    Sight(19, 19, "dongyuan", "副总 方女士", "规划退距有疑问。", (("problem", "permits", "北侧退距标准前后说法不一", "closed"),)),
    Sight(20, 17, "xiyuan", "厂长 韩先生", "正在报建。", (("need", "permits", "希望图审与消防同步", "signed"),)),
    Sight(21, 15, "zhuanyuan", "项目经理 许先生", "消防专篇修改中。", (("problem", "permits", "设计院回复图审意见慢", "assigned"),)),
    Sight(22, 13, "dongyuan", "总经理 石先生", "工资保证金待缴。", (("problem", "funds", "工资保证金办理网点少", "!陪同到园区银行网点当场开户"),)),
    Sight(23, 12, "lingdao", "董事长 沈先生", "对接二期意向。", (("need", "land", "二期希望预留相邻地块", "assigned"),)),
    Sight(24, 10, "zhuanyuan", "总经理 陆女士", "领证在即。"),
    Sight(25, 8, "dongyuan", "项目经理 林先生", "施工便道需借地。", (("problem", "works", "便道借用相邻地块未批", "signed"),)),
    Sight(26, 6, "xiyuan", "副总 程女士", "容缺材料月底前补齐。"),
    Sight(27, 5, "zhuanyuan", "厂长 罗先生", "边角地想一并用。", (("need", "land", "边角地六亩希望整合", "registered"),)),
    Sight(28, 3, "dongyuan", "总经理 顾先生", "招工难。", (("problem", "enterprise", "试生产缺熟练工约三十人", "registered"), ("problem", "other", "厂区手机信号弱", "!当场联系运营商，已排期加装"))),
    Sight(29, 1, "xiyuan", "项目经理 白女士", "基坑开挖中，排水通畅。", (("problem", "works", "东侧雨水管接口未开放", "registered"),)),
)  # fmt: skip
WAYS = ("registered", "assigned", "signed", "working", "closed")


def write_visits(cast: Cast, projects: dict[int, Project], *, as_of: date, calendar: WorkCalendar) -> int:
    """Grids, the plan of the quarter of ``as_of``, and the visits; oldest first. Returns how many visits."""
    _write_grids(cast, projects)
    quarter = rules.quarter_of(as_of)
    first = min(calendar.add(quarter.first - timedelta(days=1), 1), as_of)
    plans.make_plan(cast.park, quarter, by=cast.staff, at=at_work(first), today=first)
    settle("visit_plan", [quarter.index], at=at_work(first, 1))
    for sight in sorted(SIGHTS, key=lambda sight: -sight.ago):
        if sight.project in projects and projects[sight.project].enterprise_id:
            _write(sight, cast, projects[sight.project], as_of, calendar)
    _take_one_off(cast, as_of)
    return Visit.objects.filter(park=cast.park).count()


def _write_grids(cast: Cast, projects: dict[int, Project]) -> None:
    numbers = [n for n in range(FIRST, FIRST + IN_GRIDS) if n in projects and projects[n].enterprise_id]
    for place, (name, unit, visitor) in enumerate(GRIDS):
        fields = {"name": name, "unit": cast.units.get(unit or "centre"), "person": cast.users[visitor]}
        grid = plans.save_grid(None, park=cast.park, fields=fields, by=cast.staff)
        mine = {projects[n].enterprise_id: projects[n].enterprise for n in numbers if n % len(GRIDS) == _column(place)}
        taken = VisitGrid.objects.filter(members__enterprise__in=mine).values_list("members__enterprise", flat=True)
        rest = [company for pk, company in mine.items() if pk not in set(taken)]
        plans.place_enterprises(grid, rest, park=cast.park, by=cast.staff)


def _column(place: int) -> int:
    """The grid of project 8 is the western one, that of 9 the centre's, that of 10 the eastern one."""
    return (FIRST + (2, 0, 1)[place]) % len(GRIDS)


def _write(sight: Sight, cast: Cast, project: Project, as_of: date, calendar: WorkCalendar) -> None:
    day, by = calendar.subtract(as_of, sight.ago), cast.users[sight.who]
    findings = [
        Found(text, kind, category, way[1:] if way.startswith("!") else "")
        for kind, category, text, way in sight.findings
    ]
    planned = actions.open_plan(project.enterprise, day)
    if planned is None or planned.visitor_id != by.pk:
        by = cast.users["zhuanyuan"] if by.role.scope == "unit" else by
    visit = actions.record(
        enterprise=project.enterprise, visited_on=day, by=by, at=at_work(day, sight.project), today=day,
        findings=findings, project=project, met_name=sight.met, summary=sight.summary, place=project.location[:200],
    )  # fmt: skip
    ways = [way for *_rest, way in sight.findings if not way.startswith("!")]
    items = LedgerItem.objects.filter(visit=visit).order_by("pk")
    for item, way in zip(items, ways, strict=True):
        _move(item, WAYS.index(way), cast, day, as_of, calendar)


def _move(item: LedgerItem, steps: int, cast: Cast, day: date, as_of: date, calendar: WorkCalendar) -> None:
    """The first ``steps`` moves of assigned → signed → working → closed, a workday apart."""
    unit = item.unit or cast.units["jingfa"]
    person = next((user for user in cast.users.values() if user.organization_id == unit.pk), None)
    if person is None or person.role.scope != "unit":
        unit, person = cast.units["jingfa"], cast.users["jingfa"]

    def when() -> dict:
        nonlocal day
        day = min(calendar.add(day, 1), as_of - timedelta(days=1))
        return {"on": day, "at": at_work(day, int(item.number[-4:]) % 50), "version": item.version}

    if steps >= 1:
        due = max(calendar.add(day, 15), day)
        item = ledger.assign(item, unit=unit, due_on=due, person_name=person.display_name, by=cast.staff, **when())
    if steps >= 2:
        item = ledger.sign(item, by=person, **when())
    if steps >= 3:
        item = ledger.report_progress(item, note="已与企业对接，明确了办理路径和时间。", by=person, **when())
    if steps >= 4:
        item = ledger.ask_close(item, evidence="已办结并回访，企业表示满意。", by=person, **when())
        ledger.close(item, note="回访属实，同意销号。", by=cast.staff, **when())


def _take_one_off(cast: Cast, as_of: date) -> None:
    quarter = rules.quarter_of(as_of)
    rows = PlannedVisit.objects.filter(
        park=cast.park, year=quarter.year, quarter=quarter.number, visit=None, cancelled_at=None
    )
    if (row := rows.order_by("-pk").first()) is not None:
        day = as_of - timedelta(days=1)
        reason = "企业停产检修，改下季度走访。"
        plans.take_off(row, reason=reason, by=cast.staff, at=at_work(day, 3), version=row.version)

# ruff: noqa: E501 one item a line
"""The responsibility ledger of the example park: thirty-odd items in every state, moved by the real actions."""

from dataclasses import dataclass
from datetime import date, timedelta

from dispatch.demo.clockface import at_work
from dispatch.demo.people import Cast
from dispatch.ledger import actions
from dispatch.ledger.models import LedgerItem
from projects.models import Project
from workdays.arithmetic import WorkCalendar


@dataclass(frozen=True)
class Item:
    """``project``: number in the cast, None: of no project; ``raised``: workdays ago; ``due``: workdays from today.

    ``way``: how far it has come; ``lacking``: five elements left empty.
    """

    category: str
    title: str
    description: str
    project: int | None
    unit: str
    raised: int
    due: int
    way: str
    lacking: tuple[str, ...] = ()
    source: str = "centre"
    kind: str = "problem"


ITEMS = (
    Item("land", "10千伏线路迁改滞后", "地块北侧线路未迁改，净地无法交付。", 12, "dongyuan", 38, -6, "working"),
    Item("land", "农转用指标待落实", "地块内尚缺农转用指标，需列入下一批次组卷。", 9, "ziran", 30, 8, "working", source="meeting"),
    Item("land", "地上附着物补偿争议", "一户苗木补偿标准未谈妥，影响场地平整。", 16, "xiyuan", 45, -13, "returned", source="visit"),
    Item("land", "临时便道用地协调", "施工便道需借用相邻地块。", 25, "xiyuan", 12, 6, "signed", source="enterprise"),
    Item("funds", "土地出让价款分期支付", "企业申请分期缴纳出让价款。", 17, "jingfa", 16, 2, "working", source="enterprise"),
    Item("funds", "设备贷款贴息申报", "协助企业申报技改贷款贴息。", 32, "jingfa", 40, -20, "closed", kind="task"),
    Item("funds", "工资保证金缴存", "农民工工资保证金未缴，影响施工许可。", 22, "jianshe", 14, -1, "working", source="warning"),
    Item("funds", "项目贷款授信协调", "组织银企对接，落实项目贷款授信。", 30, "jingfa", 25, 10, "assigned", ("leader", "reward_penalty"), "meeting"),
    Item("permits", "环评报告书补充监测", "技术评估要求补充地下水现状监测。", 8, "huanbao", 20, 3, "working", source="warning"),
    Item("permits", "节能报告修改复核", "碳排放核算口径需与审查意见统一。", 10, "jingfa", 18, -3, "working", source="warning"),
    Item("permits", "施工图消防专篇修改", "审图机构提出修改意见，设计单位逾期未回。", 21, "jianshe", 35, -9, "closing", source="warning"),
    Item("permits", "总平面方案退距调整", "北侧退距不足，需优化总平面布局。", 19, "ziran", 15, 5, "signed"),
    Item("permits", "工程规划许可配套费核定", "配套费减免政策适用条款待明确。", 20, "ziran", 22, -2, "extended", source="enterprise"),
    Item("permits", "排污许可申请补正", "自行监测方案需完善后重新提交。", 38, "huanbao", 26, -5, "working", source="warning"),
    Item("permits", "规划核实面积差异", "实测面积与许可面积差异需说明。", 36, "ziran", 33, -11, "reopened"),
    Item("permits", "不动产登记资料补齐", "补充联合验收意见书后办理首次登记。", 37, "budongchan", 9, 1, "working"),
    Item("permits", "安全预评价外部距离论证", "补充周边敏感目标安全距离论证。", 11, "yingji", 24, 4, "signed", source="meeting"),
    Item("works", "施工用电容量不足", "现有箱变容量不足，桩机无法同时作业。", 29, "shizheng", 28, -7, "closing", source="visit"),
    Item("works", "燃气管道接入方案", "厂区燃气接入点待确定。", 40, "shizheng", 50, -22, "closed", source="visit"),
    Item("works", "雨季排水不畅", "厂区东侧市政雨水管未贯通，基坑积水。", 31, "shizheng", 36, -15, "closed", source="visit"),
    Item("works", "主体施工进度滞后", "劳动力投入不足，需倒排工期。", 34, "jianshe", 21, 7, "working", source="warning", kind="task"),
    Item("works", "道路开口审批", "厂区主出入口道路开口手续。", 33, "shizheng", 60, -40, "closed", source="enterprise"),
    Item("works", "塔吊安全距离整改", "塔吊回转半径与高压线距离不足。", 35, "jianshe", 11, -4, "returned", source="visit"),
    Item("enterprise", "企业内部决策放缓", "集团投资决策会延期，影响二期投入。", 30, "jingfa", 19, 12, "assigned", ("measures", "standard"), "visit"),
    Item("enterprise", "招工困难", "试生产阶段缺熟练工约六十人。", 42, "xiyuan", 32, -10, "closed", source="enterprise"),
    Item("enterprise", "升规入统资料准备", "达产后按月核对产值，准备入统资料。", 44, "jingfa", 17, 15, "working", kind="task"),
    Item("other", "印发下月开工项目清单", "梳理具备开工条件的项目，明确责任单位。", None, "jianshe", 6, 3, "assigned", ("leader",), "meeting", "task"),
    Item("other", "公交线路延伸至西园片区", "多家企业反映职工通勤不便。", None, "shizheng", 55, -30, "closed", source="visit"),
    Item("other", "园区区域评估成果更新", "更新地质灾害、压覆矿产等评估成果。", None, "ziran", 48, 20, "working", source="instruction", kind="task"),
    Item("other", "企业反映政策兑现慢", "两家企业反映设备补助未到账。", 43, "", 3, 0, "registered", ("leader", "measures", "dates", "standard", "reward_penalty"), "enterprise"),
    Item("land", "边角地整合利用", "相邻边角地约六亩，企业希望一并供应。", 27, "", 4, 0, "registered", ("leader", "standard", "dates"), "visit"),
    Item("other", "核实暂停项目复工计划", "请企业书面说明复工条件和时间。", 46, "jingfa", 10, 9, "signed", source="instruction", kind="task"),
)  # fmt: skip
NOTES = (
    "已现场踏勘并召开协调会，明确了分工和时间。",
    "责任单位已提出方案，正在与企业和设计单位对接。",
    "已完成大部分工作，剩余事项本周内收尾。",
)
EVIDENCE = "相关事项已办结，附会议纪要、现场照片和企业确认函。"
STANDARD = "问题彻底解决，企业书面确认，现场核查无遗留。"
REWARD = "按期销号的在半月排名中加分；逾期的全区通报并扣减考核分。"


def write_items(cast: Cast, projects: dict[int, Project], *, as_of: date, calendar: WorkCalendar) -> int:
    """Registers and moves the items, oldest first, so that their numbers follow time; returns how many."""
    for item in sorted(ITEMS, key=lambda item: -item.raised):
        if item.project is None or item.project in projects:
            _write(item, cast, projects.get(item.project), as_of, calendar)
    return LedgerItem.objects.filter(park=cast.park).count()


def _write(item: Item, cast: Cast, project: Project | None, as_of: date, calendar: WorkCalendar) -> None:
    raised = calendar.subtract(as_of, item.raised)
    due = calendar.add(as_of, item.due) if item.due >= 0 else calendar.subtract(as_of, -item.due)
    elements = {
        "leader": "陆承安", "measures": "专班每周会商一次，责任单位上门服务，限时销号。",
        "dates": {"starts_on": raised, "due_on": due}, "standard": STANDARD, "reward_penalty": REWARD,
    }  # fmt: skip
    fields = {}
    for name, value in elements.items():
        if name not in item.lacking:
            fields |= value if isinstance(value, dict) else {name: value}
    if item.unit:
        person = cast.user_of(item.unit)
        fields |= {"unit": cast.units[item.unit], "due_on": due, "person": person, "person_name": person.display_name}
    row = actions.register(
        park=cast.park, by=cast.staff, at=at_work(raised), on=raised, source=item.source, kind=item.kind,
        category=item.category, title=item.title, description=item.description, project=project, **fields,
    )  # fmt: skip
    _Mover(row, cast, raised, as_of, calendar).go(item)


class _Mover:
    """Moves one item on, two or so workdays a move, never later than the day before ``as_of``."""

    def __init__(self, row: LedgerItem, cast: Cast, raised: date, as_of: date, calendar: WorkCalendar):
        self.row, self.cast, self.day, self.calendar = row, cast, raised, calendar
        self.last, self.place = as_of - timedelta(days=1), 1

    def go(self, item: Item) -> None:
        if item.way in ("registered", "assigned"):
            return
        self._unit(actions.sign)
        if item.way == "signed":
            return
        if item.way == "extended":
            self._centre(
                actions.extend, workdays=8, reason="政策条款需上级明确，同意延期一次。", calendar=self.calendar
            )
        self._unit(actions.report_progress, note=NOTES[item.raised % 3])
        if item.way in ("working", "extended"):
            return
        self._unit(actions.ask_close, evidence=EVIDENCE)
        if item.way == "returned":
            self._centre(actions.send_back, reason="企业反映问题仍未解决，请补充落实并提供佐证。")
        elif item.way in ("closed", "reopened"):
            self._centre(actions.close, note="现场核查属实，同意销号。")
        if item.way == "reopened":
            self._centre(actions.reopen, reason="回访发现问题反弹，重新办理。")

    def _unit(self, action, **more) -> None:
        self._move(action, self.row.person, more)

    def _centre(self, action, **more) -> None:
        self._move(action, self.cast.staff, more)

    def _move(self, action, by, more) -> None:
        self.day = min(self.calendar.add(self.day, 1), self.last)
        self.place += 1
        moment = {"on": self.day, "at": at_work(self.day, self.place), "version": self.row.version}
        self.row = action(self.row, by=by, **moment, **more)

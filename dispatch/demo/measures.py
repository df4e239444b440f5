# ruff: noqa: E501 one measure a line
"""Measures of the example park: how closed items were solved, published for the next time, and one taken over."""

from datetime import date

from dispatch.demo.clockface import at_work
from dispatch.demo.people import Cast
from dispatch.ledger.models import LedgerItem
from dispatch.measures import actions
from dispatch.measures.models import Measure
from projects.models import Project
from workdays.arithmetic import WorkCalendar

# Title of the closed item → (title, problem, solution, conditions) of the measure.
PUBLISHED = (
    ("设备贷款贴息申报", "技改贷款贴息“一次告知、集中申报”", "企业不清楚技改贷款贴息条件，材料反复退回。", "1. 专员按清单核对设备发票、贷款合同和还息凭证；\n2. 经发部门每季度集中受理一次，现场预审；\n3. 财政部门在预审后三个工作日内反馈。", "已投产或设备到位过半的技改项目。"),
    ("燃气管道接入方案", "燃气接入点提前会商", "厂区燃气接入点迟迟不能确定，影响室外管网施工。", "1. 燃气公司、设计单位和企业在总平面定稿前会商一次；\n2. 市政、燃气两张管网图叠合确定接入点；\n3. 同步办理掘路许可，一次开挖。", "总平面方案尚未报批的项目。"),
    ("雨季排水不畅", "市政雨水管未贯通时的临时排水", "市政雨水管未贯通，雨季基坑积水、施工用电存在风险。", "1. 市政单位架设临时泵站并落实值守；\n2. 施工单位在红线内设沉砂池；\n3. 雨水管贯通列入当月市政计划，按周报进度。", "周边市政管网正在建设的地块。"),
    ("道路开口审批", "主出入口道路开口并联办理", "道路开口涉及市政、交警、绿化三家，串联办理耗时长。", "1. 代办员牵头三家现场踏勘，一次出具意见；\n2. 绿化移植与开口施工合并一个方案；\n3. 意见一致后当日发证。", ""),
    ("招工困难", "试生产阶段“共享用工”", "试生产阶段缺熟练工，短期难以招满。", "1. 人社部门对接同行业淡季企业，签订共享用工协议；\n2. 职业学校安排顶岗实习；\n3. 街道组织专场招聘会。", "用工缺口在一百人以内。"),
    ("公交线路延伸至西园片区", "职工通勤定制公交", "多家企业反映职工通勤不便。", "1. 由三家企业共同提出班次需求；\n2. 公交公司先开通早晚高峰定制班车，试运行一个月；\n3. 客流达标后转为常规线路延伸。", "同一片区职工三百人以上。"),
)  # fmt: skip
WITHDRAWN = ("道路开口审批", "该事项已并入工程建设许可阶段一并办理，不再单独审批。")
# Open item → title of the closed item whose measure it takes over.
TAKEN = (("施工用电容量不足", "雨季排水不畅"), ("临时便道用地协调", "燃气管道接入方案"))


def write_measures(cast: Cast, projects: dict[int, Project], *, as_of: date, calendar: WorkCalendar) -> int:
    """Publishes them three workdays ago, withdraws one and lets two items take one over; returns how many there are."""
    items = {item.title: item for item in LedgerItem.objects.filter(park=cast.park).select_related("unit")}
    then, since = calendar.subtract(as_of, 3), calendar.subtract(as_of, 1)
    made: dict[str, Measure] = {}
    for place, (origin, title, problem, solution, conditions) in enumerate(PUBLISHED):
        item = items.get(origin)
        if item is None or item.state != LedgerItem.State.CLOSED:
            continue
        words = {"title": title, "problem": problem, "solution": solution, "conditions": conditions}
        at = at_work(then, place)
        made[origin] = actions.publish(item=item, fields=words | {"category": item.category}, by=cast.staff, at=at)
    for place, (title, origin) in enumerate(TAKEN):
        item = items.get(title)
        if origin in made and item and item.state in ("assigned", "signed", "working"):
            moment = {"at": at_work(since, place), "on": since, "version": item.version}
            actions.take_over(item, made[origin], by=cast.staff, **moment)
    origin, reason = WITHDRAWN
    if origin in made:
        actions.withdraw(made[origin], reason=reason, by=cast.staff, at=at_work(since, 9), version=1)
    return len(made)

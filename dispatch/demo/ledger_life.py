# ruff: noqa: E501 one act a line
"""What happens around the items of the example park: moved up and back, extensions asked for, comments."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from accounts.models import User
from dispatch.demo.clockface import at_work
from dispatch.demo.people import Cast
from dispatch.ledger import actions
from dispatch.ledger.models import LedgerItem
from projects.models import Project
from workdays.arithmetic import WorkCalendar

Act = tuple[str, str, dict[str, Any]]  # who ("unit", "centre", "leader"), action, arguments

ACTS: dict[str, tuple[Act, ...]] = {
    "农转用指标待落实": (
        ("unit", "ask_hang", {"reason": "指标由省级统筹，本级无法落实，请求提级调度。"}),
        ("centre", "hang", {"reason": "农转用指标须省厅统筹，提请三级调度研究。"}),
        ("centre", "hang", {"reason": "二级调度已研究，需管委会领导出面协调。"}),
    ),
    "园区区域评估成果更新": (
        ("centre", "hang", {"reason": "评估经费未列入年度预算，本级不能决定。"}),
        ("leader", "take_up", {"note": "经费从预备费列支，自然资源分局月底前完成招标。"}),
    ),
    "总平面方案退距调整": (
        ("unit", "ask_extension", {"workdays": 5, "reason": "设计单位须重新出图并公示，原期限不足。"}),
    ),
    "环评报告书补充监测": (
        ("unit", "ask_extension", {"workdays": 10, "reason": "地下水枯水期监测须连续采样。"}),
        ("centre", "extend", {"workdays": 6, "reason": "同意延期六个工作日，不再顺延。"}),
    ),
    "主体施工进度滞后": (
        ("unit", "ask_extension", {"workdays": 8, "reason": "雨天停工，劳动力未到位。"}),
        ("centre", "refuse_extension", {"reason": "劳动力组织属施工单位责任，不予延期。"}),
    ),
    "不动产登记资料补齐": (("unit", "ask_hang", {"reason": "涉及税务部门核定，请求提级协调。"}),),
}  # fmt: skip

COMMENTS: dict[str, tuple[tuple[str, str], ...]] = {
    "10千伏线路迁改滞后": (("centre", "请@{unit} 本周内与供电公司再碰一次，结果在这里回复。"), ("unit", "周四上午现场碰头，供电公司同意先行施工。")),
    "农转用指标待落实": (("leader", "请把省厅对口处室和联系人列出来。"), ("unit", "已报送中心，@{centre} 请查收。")),
    "节能报告修改复核": (("unit", "口径已与审查机构沟通，等企业盖章。"),),
    "施工图消防专篇修改": (("centre", "核销前请补充审图机构的合格书编号。"),),
}  # fmt: skip


def write_ledger_life(cast: Cast, projects: dict[int, Project], *, as_of: date, calendar: WorkCalendar) -> int:
    """Plays the acts on the items that ``write_items`` has written; returns how many were played."""
    items = LedgerItem.objects.filter(park=cast.park).select_related("unit", "person")
    by_title = {item.title: item for item in items}
    played = 0
    for title, acts in ACTS.items():
        if title in by_title:
            played += _play(by_title[title], acts, cast, as_of, calendar)
    for title, said in COMMENTS.items():
        if title in by_title:
            played += _talk(by_title[title], said, cast, as_of)
    return played


def _people(item: LedgerItem, cast: Cast) -> dict[str, User]:
    leader = next(user for user in cast.users.values() if user.role_id and user.role.code == "leader")
    return {"unit": item.person or cast.staff, "centre": cast.staff, "leader": leader}


def _play(item: LedgerItem, acts: tuple[Act, ...], cast: Cast, as_of: date, calendar: WorkCalendar) -> int:
    people, extra = _people(item, cast), {"extend": {"calendar": calendar}}
    on = max(item.history.latest("on").on, as_of - timedelta(days=1))
    for place, (who, verb, words) in enumerate(acts):
        action: Callable[..., LedgerItem] = getattr(actions, verb)
        moment = {"at": at_work(on, 30 + place), "on": on, "version": item.version}
        item = action(item, by=people[who], **words, **extra.get(verb, {}), **moment)
    return len(acts)


def _talk(item: LedgerItem, said: tuple[tuple[str, str], ...], cast: Cast, as_of: date) -> int:
    people, on = _people(item, cast), as_of - timedelta(days=1)
    names = {key: str(person) for key, person in people.items()}
    for place, (who, text) in enumerate(said):
        actions.comment(item, text=text.format(**names), by=people[who], at=at_work(on, 40 + place), on=on)
    return len(said)

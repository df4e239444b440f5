"""A park with a platform, a project with steps, and messages as the platform would send them."""

from datetime import datetime

from approvals.exchange import actions, records
from approvals.models import ExchangePlatform
from tests.approvals import cases as steps
from tests.factories import AT, TODAY

ITEMS = {"370000-BA-01": "S01", "370000-NH-03": "S04"}
CODE = "2026-0017"


def platform(park, **fields) -> ExchangePlatform:
    values = {"code": "sheng", "name": "省审批平台", "items": dict(ITEMS)}
    return ExchangePlatform.objects.create(park=park, **(values | fields))


def project(park, **fields):
    return steps.project(park, **({"code": CODE} | fields))


def fields(number: str, state, when: str, **more) -> dict:
    values = {
        "消息编号": number, "项目代码": CODE, "办件编号": "BJ1", "事项编码": "370000-BA-01", "事项名称": "备案",
        "状态代码": str(state), "状态时间": when, "承办单位": "经发局", "经办人": "王经办", "备注": "",
    }  # fmt: skip
    return values | more


def push(platform, by, *found: dict, at: datetime = AT):
    """Keeps and tries these messages; [(state, why)] in their order, as they are at the end."""
    taken = actions.keep(platform, records.read_messages(found), by=by, at=at)
    actions.settle([one.message for one in taken], by=by, at=at, today=TODAY)
    for one in taken:
        one.message.refresh_from_db()
    return [one.message for one in taken]


def states(messages) -> list[str]:
    return [message.state for message in messages]


def state_of(project, code="S01") -> int:
    return steps.step_of(project, code).state

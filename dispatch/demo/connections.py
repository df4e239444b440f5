"""Connections of the example park: a webhook with what it was told, an approval platform with what it has told.

The receiver's address is made up and leads nowhere; the webhook is switched off, so nothing is sent.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from accounts.models import User
from approvals.exchange import actions, records
from approvals.flow import State
from approvals.models import ExchangePlatform, ProjectStep
from dispatch.demo.people import Cast
from dispatch.webhooks.events import EVENTS
from dispatch.webhooks.models import Webhook, WebhookDelivery, WebhookEvent
from dispatch.webhooks.signing import new_secret
from projects.models import Project, StageEntry
from workdays.arithmetic import WorkCalendar

ZONE = ZoneInfo("Asia/Shanghai")
TOLD = 6
ITEMS = {f"370000-SP-{n:02}": f"S{n:02}" for n in (1, 4, 9, 11, 12, 13, 15, 21)}


def write_connections(cast: Cast, projects: dict[int, Project], *, as_of: date, calendar: WorkCalendar) -> None:
    """A webhook with six deliveries, and five messages of a platform: one nothing new, four to be looked at.

    A person of the project centre has set both up.
    """
    park, by = cast.park, cast.staff
    at = datetime.combine(as_of - timedelta(days=1), time(16, 30), ZONE)
    _webhook(park, by, at)
    platform = ExchangePlatform.objects.create(park=park, code="sheng", name="省工程建设项目审批平台", items=ITEMS)
    found = records.read_messages(_messages(park, as_of))
    taken = actions.keep(platform, found, by=by, at=at)
    actions.settle([one.message for one in taken], by=by, at=at, today=as_of)


def _webhook(park, by: User, at: datetime) -> None:
    webhook = Webhook.objects.create(
        park=park, name="市重点项目平台", url="https://hooks.example.com/navigator", events=list(EVENTS), sees_as=by,
        secret=new_secret(), created_at=at - timedelta(days=60), switched_off_at=at, switched_off_reason=str(by),
    )  # fmt: skip
    entries = StageEntry.objects.filter(project__park=park).exclude(from_stage="").select_related("project")
    for n, entry in enumerate(entries.order_by("-at", "-pk")[:TOLD]):
        _told(webhook, entry, is_lost=n == 1)


def _told(webhook: Webhook, entry: StageEntry, *, is_lost: bool) -> None:
    project = entry.project
    data = {
        "project": {"id": project.pk, "code": project.code, "name": project.name},
        "before": entry.from_stage, "after": entry.stage, "entered_on": entry.entered_on.isoformat(), "url": "",
    }  # fmt: skip
    event = WebhookEvent.objects.create(
        park=webhook.park, kind="project.stage_changed", key=str(entry.pk), project_id=project.pk, data=data,
        happened_at=entry.at,
    )  # fmt: skip
    state, attempts, status = ("failed", 10, 503) if is_lost else ("sent", 1, 204)
    how = {"state": state, "attempts": attempts, "status": status}
    sent_at = None if is_lost else entry.at + timedelta(seconds=2)
    WebhookDelivery.objects.create(webhook=webhook, event=event, next_at=entry.at, sent_at=sent_at, **how)


def _messages(park, as_of: date) -> list[dict[str, str]]:
    """One that says what is recorded already, and four that a person has to look at."""
    steps = ProjectStep.objects.filter(project__park=park, code="S01").exclude(project__code="")
    done = steps.filter(state=State.APPROVED, decided_on__isnull=False).select_related("project").first()
    free = steps.filter(state=State.NOT_STARTED).select_related("project").first() or done
    if done is None:
        return []
    day, known = f"{as_of - timedelta(days=3)} 10:20:00", f"{done.decided_on} 10:00:00"
    rows = [
        (done.project.code, "370000-SP-01", "11", known, ""),
        (free.project.code, "370000-SP-01", "11", day, ""),
        (free.project.code, "370000-SP-77", "1", day, ""),
        ("2026-9999", "370000-SP-01", "1", day, ""),
        (done.project.code, "370000-SP-01", "99", day, "系统测试"),
    ]
    names = ("项目代码", "事项编码", "状态代码", "状态时间", "备注")
    return [dict(zip(names, row, strict=True)) | {"消息编号": f"SP-{n:06}"} for n, row in enumerate(rows, 1)]

"""Notices of the example park: a few in every inbox, a message that got through and one that did not, two robots.

The addresses are made up and lead nowhere; without a mail server nothing is sent, and the robots are switched off.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.urls import reverse

from accounts.models import User
from dispatch.ledger.models import LedgerItem
from dispatch.notices import compose, planner
from dispatch.notices.models import Channel, Delivery, Notice, Robot
from dispatch.notices.outbox import About, Message, tell
from workdays.arithmetic import WorkCalendar

ZONE = ZoneInfo("Asia/Shanghai")
ITEMS = 6
EVENTS = ["ledger_assigned", "response", "ledger_closing", "meeting_minutes"]


def write_notices(cast, projects, *, as_of: date, calendar: WorkCalendar) -> None:
    """Robots, then notices about open items to the centre and to the unit in charge, then two deliveries."""
    park = projects[0].park
    _robots(park)
    day = calendar.previous_workday(as_of - timedelta(days=1))
    at = datetime.combine(day, time(15, 20), ZONE)
    items = LedgerItem.objects.filter(park=park).exclude(state="closed").select_related("unit", "project")
    for n, item in enumerate(items.order_by("pk")[:ITEMS]):
        _about(item, park, as_of=day, at=at + timedelta(minutes=7 * n))
    _deliveries(park, at + timedelta(hours=1))


def _robots(park) -> None:
    hooks = {
        "wecom": ("招商专班群", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=example-key-0000"),
        "dingtalk": ("项目调度群", "https://oapi.dingtalk.com/robot/send?access_token=example-token-0000"),
    }
    for kind, (name, url) in hooks.items():
        Robot.objects.create(park=park, kind=kind, name=name, webhook_url=url, events=EVENTS, is_enabled=False)


def _about(item: LedgerItem, park, *, as_of: date, at: datetime) -> None:
    people = park_people(park, item)
    url = reverse("dispatch:ledger_detail", args=[item.pk])
    facts = {
        "number": item.number, "title": item.title, "unit": str(item.unit or ""), "about": item.title,
        "due_on": item.due_on.isoformat() if item.due_on else "", "project": item.project.name if item.project else "",
    }  # fmt: skip
    about = About("item", item.pk, url, item.project)
    for event in ("ledger_assigned", "reminder"):
        tell(Message(park, event, f"demo/{event}/{item.pk}", about, facts), people, as_of=as_of, at=at)


def park_people(park, item: LedgerItem):
    """The accounts of the centre and of the unit in charge."""
    rows = User.objects.filter(organization__park=park, is_active=True).select_related("organization")
    return [user for user in rows if user.organization.kind == "park_office" or user.organization_id == item.unit_id]


def _deliveries(park, at: datetime) -> None:
    notices = list(Notice.objects.filter(park=park, recipient__isnull=False).select_related(*planner.RECIPIENTS)[:4])
    if not notices:
        return
    Notice.objects.filter(park=park).update(dispatched_at=at)
    for n, (state, error) in enumerate((("sent", ""), ("dead", "SMTPRecipientsRefused: 550 no such mailbox"))):
        mine = [notice for notice in notices if notice.recipient_id == notices[0].recipient_id][: 2 - n]
        key = f"demo/{park.pk}/{n}"
        delivery = Delivery(
            park=park, channel=Channel.EMAIL, key=key, reference=planner.reference_of(key), state=state, error=error,
            recipient=mine[0].recipient, address=f"example{n}@example.com", attempts=1, send_from=at, created_at=at,
            sent_at=at if state == "sent" else None,
        )  # fmt: skip
        planner.fill(delivery, mine, compose.templates_in_force([park.pk]))
        delivery.save()
        delivery.notices.set(mine)

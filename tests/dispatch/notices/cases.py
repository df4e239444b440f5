"""A park with people who can be reached, notices for them, and a clock that the test turns."""

from datetime import datetime, timedelta

from dispatch.notices import planner, sending
from dispatch.notices.models import Delivery, Notice, Robot
from dispatch.notices.outbox import About, Message, tell, tell_groups
from dispatch.notices.planning import ZONE
from tests import factories
from tests.harness.post import SECRET, Mailbox, Robots
from workdays.arithmetic import WorkCalendar

CALENDAR = WorkCalendar({2026: "official"})
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=ZONE)


class Clock:
    """A clock that stands still until it is moved, or creeps so that two moments are never the same."""

    def __init__(self, at: datetime = MONDAY):
        self.at = at

    def __call__(self) -> datetime:
        self.at += timedelta(milliseconds=1)
        return self.at

    def forward(self, **step) -> None:
        self.at += timedelta(**step)


def person(park, n=1, **fields):
    return factories.user(park, "unit", email=f"p{n}@example.com", **fields)


def told(people, key: str, *, at: datetime, event="instruction_issued", about=1, **fields) -> None:
    """One notice for each of these people; an instruction: urgent, so that it leaves at once."""
    facts = {"number": key, "leader": "王主任", "text": f"内容{key}", "due_on": "2026-03-09"}
    message = Message(people[0].park, event, key, About("item", about, f"/ledger/{about}/"), facts, **fields)
    tell(message, people, as_of=at.date(), at=at)


def told_group(robot: Robot, key: str, *, at: datetime) -> None:
    facts = {"number": key, "leader": "王主任", "text": f"内容{key}", "due_on": "2026-03-09"}
    message = Message(robot.park, "instruction_issued", key, About("item", 1, "/ledger/1/"), facts)
    tell_groups(message, unit_id=None, as_of=at.date(), at=at)


def robot(park, fake: Robots, **fields) -> Robot:
    values = {"webhook_url": fake.url, "secret": "" if fake.kind == "wecom" else SECRET, "kind": fake.kind}
    return Robot.objects.create(park=park, name=f"群{fake.kind}", events=["instruction_issued"], **(values | fields))


def use_mail(settings, box: Mailbox) -> None:
    settings.NOTICE_EMAIL = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", box.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.SITE_URL = "https://navigator.example.com"


def round_of_sender(now: Clock, calendar: WorkCalendar = CALENDAR) -> int:
    """What the minute's task does; returns how many messages were taken."""
    sending.bury(now=now())
    planner.plan_deliveries(now=now(), calendar=calendar)
    return sending.send_due(now=now, calendar=calendar)


def run_until(now: Clock, *, minutes: int, step: int = 1, calendar: WorkCalendar = CALENDAR) -> None:
    for _ in range(0, minutes, step):
        now.forward(minutes=step)
        round_of_sender(now, calendar)


def states() -> dict[str, int]:
    found: dict[str, int] = {}
    for state in Delivery.objects.values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


def lost() -> list[str]:
    """Keys of notices that were not settled and are in no sent message."""
    sent = Notice.objects.filter(deliveries__state="sent").values("pk")
    return list(Notice.objects.filter(settled_at=None).exclude(pk__in=sent).values_list("key", flat=True))
